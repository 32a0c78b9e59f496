"""The Zalo Official Account: its webhook or the newest chats in, consultation messages out."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import structlog
from sqlmodel import Session

from bot import reach, tokens
from bot.channels.channel import Accept
from bot.channels.utf16 import LENGTH, LIMIT, fitted, units
from bot.channels.zalo_oa.client import CodeError, OaClient, buttons
from bot.channels.zalo_oa.codes import ALARMING, CLOSES, MEND, REST, act_of, meaning
from bot.channels.zalo_oa.keeper import ASK_AGAIN, Keeper
from bot.channels.zalo_oa.oauth import TOKEN
from bot.channels.zalo_oa.polling import EVERY, Poller
from bot.channels.zalo_oa.read import CHANNEL, Event, happened, read, received, touched
from bot.channels.zalo_oa.window import window
from bot.db import Database
from bot.messages import (
    BrokenError,
    Capability,
    DeliveryError,
    Incoming,
    RefusedError,
    Reply,
    SlowDownError,
    plain,
)
from bot.outbox import Rates
from bot.pace import Rate
from bot.people import Address
from bot.reach import Reach
from bot.settings import Settings
from bot.sole import Alone, at_once

log = structlog.get_logger()
LOOK = 600.0
"""Seconds between two looks after the token."""
AGAIN, LONGEST = 5.0, 300.0
"""Seconds before a channel that does not work is tried again, growing."""
SHORTEST, SLOWEST = 2.0, 60.0
"""Seconds nothing is sent after Zalo said that we call too often (-32), growing."""

# 4,000 calls a minute for an app (-32 beyond it); what is sent in bulk leaves most of it free.
CHAT = Rate(timedelta(seconds=1), burst=5)
BULK = Rate(timedelta(seconds=1 / 20), burst=2)
RATES = Rates(chat=lambda _chat: CHAT, bulk=BULK)
CAN = Capability(buttons=False, edit=False, max_length=LENGTH, markup="plain", push=True)
TEMPLATES = {"plain": "", "button": "button"}


def utc_now() -> datetime:
    """The moment it is."""
    return datetime.now(UTC)


class ZaloOaChannel:
    """Zalo OA. Nothing waits for it: without a token the bot answers elsewhere."""

    name = CHANNEL
    can = CAN
    rates = RATES

    def __init__(
        self, settings: Settings, db: Database, now: Callable[[], datetime] = utc_now
    ) -> None:
        self.settings = settings
        self.db = db
        self.now = now
        self.http = httpx.AsyncClient()
        self.keeper = Keeper(db, self.http, settings, now)
        self.client = OaClient(self.http, settings, self.keeper)
        self.poller = Poller(db, self.client, settings.zalo_oa_id, now)
        self.buttons = settings.zalo_oa_buttons
        """off, or which form of buttons is tried; off by itself once Zalo refuses them."""
        self.state = "starting"
        """starting, polling, webhook, or what is wrong; shown by /health."""
        self.last_heard: datetime | None = None
        self._mended_at: datetime | None = None
        self._pause = SHORTEST
        self._alarm = ""

    def read(self, payload: str) -> Incoming | None:
        """The message in an event."""
        return read(payload)

    # Sending

    async def send(self, chat: str, reply: Reply) -> str:
        """Send a reply, unless it would cost what nobody allowed."""
        if self._mended_at is not None and self.now() < self._mended_at:
            raise BrokenError("stopped", wait=(self._mended_at - self.now()).total_seconds())
        found = await self.db.fetch(partial(self._standing, chat=chat, now=self.now()))
        if not found.ok:
            raise RefusedError(found.why)
        try:
            sent = await self._send(chat, reply)
        except CodeError as error:
            raise await self._settle(chat, error.code) from None
        self._pause = SHORTEST
        return sent

    async def _send(self, chat: str, reply: Reply) -> str:
        text = plain(reply)
        if units(text) > LIMIT:
            log.warning("left out: more than Zalo takes in one message", units=units(text))
        message: dict[str, Any] = {"text": fitted(text)}
        if self.buttons == "off" or not reply.choices:
            return await self.client.send(chat, message)
        dressed = {**message, "attachment": buttons(reply, TEMPLATES[self.buttons])}
        try:
            return await self.client.send(chat, dressed)
        except CodeError as error:
            if act_of(error.code) != "plain":
                raise
        self.buttons = "off"
        log.warning("Zalo takes no buttons: left out from now on")
        return await self.client.send(chat, message)

    async def _settle(self, chat: str, code: int) -> DeliveryError:
        """What follows from an error code: for the person, for what costs, for the channel."""
        act = act_of(code)
        if act in ALARMING or act is None:
            log.error("Zalo refuses", code=code, act=act or "not on our list")
        if act in CLOSES:
            until = self.now() + REST if act == "resting" else None
            await self.db.write(
                partial(reach.close, channel=CHANNEL, chat=chat, why=CLOSES[act], until=until)
            )
        elif act == "quota":
            until = self.now() + REST
            await self.db.write(
                partial(reach.close, channel=CHANNEL, chat="", why="quota", until=until)
            )
        elif act in {"channel", "token"}:
            self.state = f"stopped ({code})"
            self._mended_at = self.now() + timedelta(seconds=MEND)
        elif act == "slow":
            self._pause = min(self._pause * 2, SLOWEST)
            return SlowDownError(str(code), wait=self._pause)
        return meaning(code, self.now(), self.settings.zone)

    def reach(self, session: Session, address: Address, now: datetime) -> Reach:
        """Whether a notice would arrive: closed addresses and closed windows are not reached."""
        return self._standing(session, address.chat, now)

    def _standing(self, session: Session, chat: str, now: datetime) -> Reach:
        found = reach.standing(session, CHANNEL, chat, now)
        if found.closed:
            return Reach(found.closed)
        match window(found.heard_at, now):
            case "free":
                return Reach()
            case "billed" if self.settings.zalo_oa_billed == "on":
                spent = reach.standing(session, CHANNEL, "", now).closed
                return Reach("quota") if spent == "quota" else Reach(billed=True)
            case _:
                return Reach("window")

    async def acknowledge(self, message: Incoming) -> None:
        """A tap needs no answer of its own."""

    async def answer_inline(self, message: Incoming, replies: list[tuple[str, Reply]]) -> None:
        """There is no other chat."""

    # Receiving

    async def deliver(self, events: list[Event], accept: Accept) -> None:
        """Keep what happened: who opened their window, and what was said. Raises when it cannot."""
        now, oa_id = self.now(), self.settings.zalo_oa_id
        self.last_heard = now
        people = [(who, happened(event, now)) for event in events if (who := touched(event, oa_id))]
        if people:
            await self.db.write(partial(_heard, people=people))
        kept = [item for event in events if (item := received(event, oa_id, now)) is not None]
        if kept:
            await accept(kept)

    async def revoked(self) -> None:
        """The OA took its permission back: nothing can be sent until it is given again."""
        await self.db.write(partial(tokens.revoke, name=TOKEN, why="permission revoked"))
        self.state = f"permission revoked: {ASK_AGAIN}"
        log.error("the Official Account withdrew its permission")

    async def run(self, accept: Accept, alone: Alone = at_once) -> None:
        """Look after the token and, without a webhook, fetch; every failure is waited out."""
        wait = AGAIN
        while True:
            try:
                await self._live(accept, alone)
                wait = AGAIN
            except CodeError as error:
                self.state = f"refused ({error.code})"
                log.error("Zalo refuses", code=error.code)
            except DeliveryError as error:
                self.state = self._alarm or f"not working ({error.reason})"
                log.warning("the Official Account is not reached", reason=error.reason)
            except Exception as error:  # noqa: BLE001 - the database may be away; it will be back
                log.error("the Official Account is not looked after", error=type(error).__name__)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST)

    async def _live(self, accept: Accept, alone: Alone) -> None:
        """Once: a token that holds, an account that answers; then poll, or listen."""
        self._alarm = await self.keeper.watch()
        await self.client.account()
        polling = self.settings.zalo_oa_mode == "polling"
        self.state = self._alarm or ("polling" if polling else "webhook")
        self._mended_at = None
        if not polling:
            await asyncio.sleep(LOOK)
            return
        await alone(partial(self._poll, accept))

    async def _poll(self, accept: Accept) -> None:
        """Fetch again and again, until it is time to look at token and account."""
        looked = self.now()
        while self.now() - looked < timedelta(seconds=LOOK):
            await self.poll(accept)
            await asyncio.sleep(EVERY)

    async def poll(self, accept: Accept) -> None:
        """Fetch what is new, and keep it; only then is it behind us."""
        began = self.now()
        events = await self.poller.fetch()
        await self.deliver(events, accept)
        await self.poller.done(began)
        self.last_heard = self.now()

    async def close(self) -> None:
        """Finish a renewal of the token, then let the connections go."""
        await self.keeper.close()
        await self.http.aclose()


def _heard(session: Session, people: list[tuple[str, datetime]]) -> None:
    for user, at in people:
        reach.heard(session, CHANNEL, user, at)
