"""The loops: hand out messages received, answer them, send what is queued, mend after a crash."""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from bot import dossier, inbox, jobs, leases, links, outbox, pace, people, sensitive, state
from bot.channels.channel import Carrying, Channel, Editing, Guarded
from bot.conversation import converse, is_question, needs_admin
from bot.db import Database
from bot.flows import daily, restraint, weekly
from bot.flows.ask import render
from bot.flows.turn import House
from bot.inbox import Task
from bot.messages import (
    Capability,
    DeliveryError,
    GoneError,
    Incoming,
    MovedError,
    RefusedError,
    Reply,
    UncertainError,
    UnreadableError,
    load,
)
from bot.metrics import ANSWER_TIME, HELD_BACK, PARKED, SENT
from bot.notices import groups, remind, urge
from bot.notices.audience import Reach, Ways
from bot.outbox import Rates, Sending
from bot.signals import Signals
from faq.matcher import Found
from faq.text import clean

log = structlog.get_logger()
IDLE = 1.0
"""Seconds between two looks when nobody wakes us: another process may have left something."""
MEND = 5.0
"""Seconds between two looks for what dead processes held."""
PATIENCE = 20.0
"""Seconds a channel's call may take before we call it uncertain; shorter than outbox.LEASE."""
INLINE_RESULTS = 5


def utc_now() -> datetime:
    """The moment it is."""
    return datetime.now(UTC)


@dataclass
class Worker:
    """Answers and sends for the channels it is given, until it is stopped."""

    db: Database
    house: Callable[[], House]
    channels: Mapping[str, Channel]
    signals: Signals
    reach: Mapping[str, Reach] = field(default_factory=dict)
    """Per channel: whether an address can be written to now, and why not."""
    alone: bool = False
    """No other process works on this database, so what is left over can be taken at once."""
    restrained: bool = False
    """Whoever floods is answered only so often; tests may speak as fast as they like."""
    now: Callable[[], datetime] = utc_now
    owner: str = field(default_factory=lambda: secrets.token_hex(8))
    received: asyncio.Event = field(default_factory=asyncio.Event)
    queued: asyncio.Event = field(default_factory=asyncio.Event)
    due: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._matching = ThreadPoolExecutor(1, thread_name_prefix="match")
        self._sends: set[asyncio.Task[None]] = set()
        self._busy: set[str] = set()
        self._behind = False
        """Messages of ours were left when the database failed."""

    @property
    def can(self) -> dict[str, Capability]:
        """What each channel can show."""
        return {name: channel.can for name, channel in self.channels.items()}

    def wake(self) -> None:
        """Something new is in the inbox."""
        self.received.set()

    async def run(self) -> None:
        """Work until `stop`; then finish what was begun."""
        await self._begin()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._loop(self.received, self.handle_some))
                group.create_task(self._loop(self.queued, self.send_some))
                group.create_task(self._loop(self.due, self.work_some))
                group.create_task(self._mend())
        finally:
            await self.idle()
            self._matching.shutdown()

    async def _begin(self) -> None:
        """Take back what is left of an earlier process, as soon as the database lets us."""
        while not self.ended.is_set():
            try:
                await self.db.write(partial(self._recover, alone=self.alone))
            except OperationalError as error:
                log.error("not begun yet", error=type(error).__name__)
                await asyncio.sleep(IDLE)
            else:
                return

    async def idle(self) -> None:
        """Wait until everything that was begun is settled."""
        while self._sends:
            await asyncio.gather(*self._sends, return_exceptions=True)

    def stop(self) -> None:
        """Take nothing new; what is under way is finished."""
        self.ended.set()
        self.received.set()
        self.queued.set()
        self.due.set()

    async def _loop(self, event: asyncio.Event, step: Callable[[], Awaitable[int]]) -> None:
        """Do a step while it finds something; else wait to be woken."""
        while not self.ended.is_set():
            event.clear()
            try:
                done = await step()
            except Exception as error:  # noqa: BLE001 - the database may be away; it will be back
                log.error("step failed", step=step.__name__, error=type(error).__name__)
                done = 0
                await asyncio.sleep(IDLE)
            if not done:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(event.wait(), IDLE)

    async def _mend(self) -> None:
        """Take back what dead processes held, and delete what was not to be kept."""
        while not self.ended.is_set():
            with contextlib.suppress(Exception):
                await self.db.write(partial(self._recover, alone=False))
                await self.ask_of_the_day()
                await self.tell_the_week()
                await self.plan_reminders()
                await self.urge_units()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.ended.wait(), MEND)

    def _recover(self, session: Session, *, alone: bool) -> None:
        now = self.now()
        inbox.recover(session, now, alone=alone)
        lost = outbox.recover(session, now, alone=alone)
        outbox.catch_up(session, now)
        stale = outbox.give_up_stale(session, now)
        outbox.sweep_passing(session, now - timedelta(seconds=30))
        pace.sweep(session, now)
        if lost:
            log.warning("sends of a dead process are unknown", count=lost)
        if stale:
            log.warning("waited too long to be sent", count=stale)

    async def ask_of_the_day(self) -> None:
        """Put the day's question to those who want it, some at a time."""
        send = partial(daily.send, house=self.house(), can=self.can, now=self.now())
        while await self.db.write(partial(self._mine, "daily", send)):
            self.queued.set()

    async def tell_the_week(self) -> None:
        """Send the week's news to those who want it, some at a time."""
        send = partial(weekly.send, house=self.house(), can=self.can, now=self.now())
        while await self.db.write(partial(self._mine, "weekly", send)):
            self.queued.set()

    async def plan_reminders(self) -> None:
        """Plan the reminders of what is coming; one that moved or is off is reminded of no more."""
        house, now = self.house(), self.now()
        keep = partial(remind.keep, programme=house.programme, now=now, zone=house.zone)
        keep = partial(keep, before=house.remind)
        await self.db.write(partial(self._mine, "reminders", keep))

    async def urge_units(self) -> None:
        """Remind units of what they owe, each once for a day and a step."""
        house, now = self.house(), self.now()
        send = partial(urge.send, planned=house.programme.plan, now=now, zone=house.zone)
        if await self.db.write(partial(self._mine, "urge", send)):
            self.due.set()

    def _mine(self, name: str, work: Callable[[Session], int], session: Session) -> int:
        """Do a work unless another process is at it, which would do it for the same people."""
        return work(session) if leases.take(session, name, self.owner, self.now()) else 0

    # Receiving

    async def handle_some(self) -> int:
        """Answer the first unhandled message of each chat; how many there were."""
        tasks, topics = await self.db.write(self._claim)
        self._behind = False
        handled = (self._handle(task, topics.get(task.lane, "")) for task in tasks)
        for result in await asyncio.gather(*handled, return_exceptions=True):
            if isinstance(result, BaseException):
                self._behind = True
                raise result
        if tasks:
            self.queued.set()
        return len(tasks)

    def _claim(self, session: Session) -> tuple[list[Task], dict[str, str]]:
        """Messages to answer, and what each chat is about."""
        now = self.now()
        if self._behind:
            inbox.take_back(session, self.owner)
        tasks = inbox.claim(session, list(self.channels), self.owner, now)
        lanes = [task.lane for task in tasks]
        return tasks, state.topics(session, lanes, now) if lanes else {}

    async def _handle(self, task: Task, topic: str) -> None:
        try:
            await self._answer(task, topic)
        except UnreadableError as error:
            PARKED.labels(task.channel).inc()
            log.warning("parked", inbox=task.id, reason=str(error))
            await self.db.write(partial(inbox.park, task=task, owner=self.owner, error=str(error)))
        except OperationalError:
            raise  # the database is away or full: no fault of this message, and no try used up
        except Exception as error:
            name = type(error).__name__
            give_back = partial(inbox.give_back, task=task, owner=self.owner, error=name)
            result = await self.db.write(give_back)
            log.error("not handled", inbox=task.id, error=name, state=result, exc_info=error)

    async def _answer(self, task: Task, topic: str) -> None:
        """Read, match, then answer in one transaction."""
        channel = self.channels[task.channel]
        message = channel.read(task.payload)
        if message is None:
            await self.db.write(partial(inbox.finish, task=task, owner=self.owner))
            return
        if message.kind == "inline":
            await self._answer_inline(task, channel, message)
            return
        if message.callback:
            self._later(channel.acknowledge(message))
        if isinstance(channel, Guarded) and needs_admin(message):
            message = replace(message, admin=await channel.is_admin(message.chat, message.user))
        found = await self._match(message, topic)
        changed: list[str] = []
        await self.db.write(partial(self._converse, task, message, found, changed))
        ANSWER_TIME.observe(max(0.0, (self.now() - task.received_at).total_seconds()))
        if not channel.can.push:
            self.signals.tell(task.lane)  # where people fetch, a page waits for it
        for key in changed:
            self.signals.tell(key)
        self.queued.set()

    async def _match(self, message: Incoming, topic: str) -> tuple[Found, ...]:
        """What the question means; done off the loop and before the transaction."""
        if not message.addressed or not is_question(message):
            return ()
        find = partial(self.house().content.find, message.text, topic)
        return await asyncio.get_running_loop().run_in_executor(self._matching, find)

    def _converse(
        self,
        task: Task,
        message: Incoming,
        found: tuple[Found, ...],
        changed: list[str],
        session: Session,
    ) -> None:
        """The transaction: the message is handled, its effects and its replies are there."""
        if not inbox.finish(session, task, self.owner):
            return  # another process took it over after our lease
        if message.kind == "moved":
            move(session, message)
            return
        if self.restrained and self._held_back(session, task, message):
            return
        replies, person_id, text = converse(
            session,
            self.house(),
            message,
            found,
            self.can,
            task.received_at,
            self.now(),
            changed,
            self.reach,
        )
        session.flush()
        self._say(session, task, message, replies, person_id, text)

    def _say(
        self,
        session: Session,
        task: Task,
        message: Incoming,
        replies: Sequence[Reply],
        person_id: int | None,
        text: str,
    ) -> None:
        """Queue what is answered, and keep what was written as far as it is to be kept."""
        can, now = self.channels[message.channel].can, self.now()
        inbox.keep_text(session, task.id, person_id, text)
        outbox.put(session, message.channel, message.chat, replies, can, now, person_id=person_id)

    def _held_back(self, session: Session, task: Task, message: Incoming) -> bool:
        """Whether somebody who floods is not answered; once they are asked to wait."""
        replies = restraint.restrain(session, self.house(), message, self.now())
        if replies is None:
            return False
        person = people.find(session, message.channel, message.user)
        pushes = self.channels[message.channel].can.push
        shown = "" if pushes else sensitive.blank(clean(message.text))  # on the page it stands
        self._say(session, task, message, replies, person.id if person else None, shown)
        HELD_BACK.labels(message.channel).inc()
        return True

    async def _answer_inline(self, task: Task, channel: Channel, message: Incoming) -> None:
        """A question typed in another chat is answered at once or not at all."""
        found = await self._match(message, "")
        replies = await self.db.fetch(partial(self._inline_replies, found))
        await self.db.write(partial(inbox.finish, task=task, owner=self.owner))
        self._later(channel.answer_inline(message, replies))

    def _inline_replies(
        self, found: tuple[Found, ...], session: Session
    ) -> list[tuple[str, Reply]]:
        content = self.house().content
        gone = links.dead(session)
        hits = found[0].hits if found and found[0].verdict != "nothing" else ()
        entries = [content.book.by_id[hit.id] for hit in hits[:INLINE_RESULTS]]
        return [(entry.question, render(content, entry, gone)) for entry in entries]

    # What is due

    def ways(self) -> Ways:
        """How people can be told of what they did not ask for just now."""
        return Ways(self.can, self.reach)

    async def work_some(self) -> int:
        """Do a little of what is due (notices, reminders); 1 when there is more to do at once."""
        ways, house, now = self.ways(), self.house(), self.now()
        step = partial(
            jobs.step,
            owner=self.owner,
            ways=ways,
            zone=house.zone,
            now=now,
            programme=house.programme,
        )
        more = await self.db.write(step)
        if more:
            self.queued.set()
        return int(more)

    # Sending

    async def send_some(self) -> int:
        """Begin to send what is due; how many there were."""
        rates = {name: channel.rates for name, channel in self.channels.items() if channel.can.push}
        if not rates:
            return 0
        rows, pause = await self.db.write(partial(self._due, rates=rates))
        if pause is not None:
            asyncio.get_running_loop().call_later(pause.total_seconds(), self.queued.set)
        for row in rows:
            self._later(self._send(row))
        while len(self._sends) > 256:
            await asyncio.wait(self._sends, return_when=asyncio.FIRST_COMPLETED)
        return len(rows)

    def _due(
        self, session: Session, rates: dict[str, Rates]
    ) -> tuple[list[Sending], timedelta | None]:
        """What is to be sent now; when there is nothing, how long until the pace lets bulk go."""
        now = self.now()
        rows = outbox.claim(session, rates, self.owner, now)
        return rows, None if rows else outbox.pause(session, rates, now)

    async def _send(self, row: Sending) -> None:
        result: str | DeliveryError
        try:
            async with asyncio.timeout(PATIENCE):
                result = await self._deliver(row)
        except DeliveryError as error:
            result = error
        except TimeoutError:
            result = UncertainError("no answer in time")
        except Exception as error:
            log.error("send failed", outbox=row.id, error=type(error).__name__, exc_info=error)
            result = UncertainError(type(error).__name__)
        outcome = await self._keep(partial(self._settle, row, result))
        SENT.labels(row.channel, outcome).inc()
        if isinstance(result, DeliveryError):
            log.warning("not sent", outbox=row.id, state=outcome, reason=result.reason)
        self.queued.set()

    async def _keep(self, settle: Callable[[Session], str]) -> str:
        """Write down how a send ended; while the database fails, again, as long as it is ours."""
        for _again in range(int(outbox.LEASE.total_seconds() - PATIENCE)):
            try:
                return await self.db.write(settle)
            except OperationalError as error:
                if self.ended.is_set():
                    raise
                log.error("a send is not written down yet", error=type(error).__name__)
                await asyncio.sleep(IDLE)
        return await self.db.write(settle)

    async def _deliver(self, row: Sending) -> str:
        """Send a message, or change the one it is about; the platform's id of it."""
        channel = self.channels[row.channel]
        if row.edits is None:
            reply = load(row.body)
            if reply.file_of and isinstance(channel, Carrying):
                return await self._carry(channel, row.chat, reply)
            return await channel.send(row.chat, reply)
        if not isinstance(channel, Editing) or not row.external:
            reason = "nothing to edit"
            raise RefusedError(reason)
        await channel.edit(row.chat, row.external, load(row.body))
        return row.external

    async def _carry(self, channel: Carrying, chat: str, reply: Reply) -> str:
        """Send somebody the file of their data, as it is at this moment."""
        house = self.house()
        make = partial(
            dossier.file_of,
            key=reply.file_of,
            operator=house.operator,
            zone=house.zone,
            now=self.now(),
        )
        body = await self.db.fetch(make)
        if body is None:
            reason = "the person is gone"
            raise RefusedError(reason)
        return await channel.carry(chat, reply, dossier.FILE, body)

    def _settle(self, row: Sending, result: str | DeliveryError, session: Session) -> str:
        now = self.now()
        if isinstance(result, GoneError):
            people.mark_blocked(session, row.channel, row.chat, now)
            groups.leave(session, row.channel, row.chat, now, actor=row.channel)
        if isinstance(result, MovedError):
            people.move(session, row.channel, row.chat, result.moved_to)
            outbox.move(session, row.channel, row.chat, result.moved_to)
            groups.move(session, row.channel, row.chat, result.moved_to)
        return outbox.settle(session, row, self.owner, result, now)

    def _later(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._sends.add(task)
        task.add_done_callback(self._sends.discard)


def move(session: Session, message: Incoming) -> None:
    """A group has a new id: what we know of it, and what waits for it, goes along."""
    old, new = message.chat, message.ref
    people.move(session, message.channel, old, new)
    outbox.move(session, message.channel, old, new)
    groups.move(session, message.channel, old, new)
