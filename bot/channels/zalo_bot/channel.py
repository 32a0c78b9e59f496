"""The Zalo Bot channel: getUpdates or webhook in, plain text out; recovers by itself."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx
import structlog
from sqlmodel import Session

from bot import reach
from bot.channels.channel import Accept
from bot.channels.utf16 import LENGTH, LIMIT, fitted, units
from bot.channels.zalo_bot.client import BotApiError, BotClient, meaning
from bot.channels.zalo_bot.plan import used
from bot.channels.zalo_bot.read import CHANNEL, Update, bare, read, received
from bot.db import Database
from bot.messages import Capability, DeliveryError, Incoming, Reply, plain
from bot.outbox import Rates
from bot.pace import Rate
from bot.people import Address
from bot.reach import Reach
from bot.settings import Settings
from bot.sole import Alone, at_once

log = structlog.get_logger()
FLOOR = 1.0
"""Seconds between two polls at least: a real bot was seen to answer at once, again and again."""
AGAIN, LONGEST = 3.0, 300.0
"""Seconds before Zalo is tried again after a failure, growing."""
LOOK = 600.0
"""Seconds between two looks whether our webhook is still set."""
PAUSE, LONGEST_PAUSE = 60.0, 3600.0
"""Seconds nothing is sent after a 429, doubling: the rate is not told, nor when a quota is over."""

# Zalo publishes no rate; this is gentle, and answers still come at once.
CHAT = Rate(timedelta(seconds=1), burst=3)
BULK = Rate(timedelta(seconds=1 / 5))
RATES = Rates(chat=lambda _chat: CHAT, bulk=BULK)
CAN = Capability(buttons=False, edit=False, max_length=LENGTH, markup="plain", push=True)


def utc_now() -> datetime:
    """The moment it is."""
    return datetime.now(UTC)


class ZaloBotChannel:
    """A Zalo Bot. Nothing here waits for it: the bot starts and answers elsewhere without it."""

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
        self.client = BotClient(self.http, settings)
        self.names: tuple[str, ...] = ()
        self.bot_id = ""
        self.state = "starting"
        """starting, polling, webhook, or what is wrong; shown by /health."""
        self.last_heard: datetime | None = None
        self._pauses = 0
        self._failures = 0

    def read(self, payload: str) -> Incoming | None:
        """The message in an update."""
        return read(payload, self.names, self.bot_id)

    async def send(self, chat: str, reply: Reply) -> str:
        """Send a reply as plain text: there are no buttons, and markup breaks on people's words."""
        text = plain(reply)
        if units(text) > LIMIT:
            log.warning("left out: more than Zalo takes in one message", units=units(text))
        try:
            sent = await self.client.send(chat, fitted(text))
        except BotApiError as error:
            raise self._settle(error) from None
        self._pauses = 0
        return sent

    def _settle(self, error: BotApiError) -> DeliveryError:
        pause = min(PAUSE * 2**self._pauses, LONGEST_PAUSE)
        if error.code == 429:
            self._pauses += 1
            if self._pauses == 2:
                log.error("Zalo takes no more messages: the rate, or the plan of the bot, is over")
        elif error.code == 401:
            self.state = "token refused"
        return meaning(error, pause)

    def reach(self, session: Session, address: Address, now: datetime) -> Reach:
        """Whether a notice would arrive: while the plan of this month has room."""
        plan = int(self.settings.zalo_bot_monthly)
        spent = used(session, now, self.settings.zone).messages >= plan
        return Reach("quota") if spent else Reach()

    async def acknowledge(self, message: Incoming) -> None:
        """There are no buttons."""

    async def answer_inline(self, message: Incoming, replies: list[tuple[str, Reply]]) -> None:
        """There is no other chat."""

    # Receiving

    async def deliver(self, updates: list[Update], accept: Accept) -> None:
        """Keep what was said; whoever wrote can be reached again."""
        now = self.now()
        self.last_heard = now
        kept = [item for update in updates if (item := received(update, now)) is not None]
        if not kept:
            return
        if writers := [who for update in updates if (who := _writer(update))]:
            await self.db.write(partial(_heard, people=writers, at=now))
        await accept(kept)

    async def run(self, accept: Accept, alone: Alone = at_once) -> None:
        """Introduce ourselves, then receive, for ever; every failure is waited out."""
        while True:
            wait = min(AGAIN * 2**self._failures, LONGEST)
            self._failures += 1
            try:
                await self.introduce()
                if self.settings.zalo_bot_mode == "webhook":
                    await self._listen()
                else:
                    await alone(partial(self._poll, accept))
            except BotApiError as error:
                wait = self._refused(error, wait)
            except DeliveryError as error:
                self.state = f"unreachable ({error.reason})"
                log.warning("Zalo Bot is not reached", reason=error.reason)
            except Exception as error:  # noqa: BLE001 - the database may be away; it will be back
                log.error("updates of Zalo Bot are not kept", error=type(error).__name__)
            await asyncio.sleep(wait)

    def _refused(self, error: BotApiError, wait: float) -> float:
        """Say what is wrong; how long to wait."""
        if error.webhook_is_set:
            self.state = "another system's webhook is set"
            log.error("a webhook is set on this bot: it cannot be polled, and is left as it is")
            return LONGEST
        if error.code == 401:
            self.state = "token refused"
            log.error("Zalo refuses the token of the bot")
            return LONGEST
        self.state = f"refused ({error.code})"
        log.warning("Zalo Bot refuses", code=error.code)
        return wait

    async def introduce(self) -> None:
        """Learn our names, so that a mention of us can be told from what is asked."""
        me = await self.client.me()
        self.bot_id = str(me.get("id") or "")
        names = (me.get("display_name"), me.get("account_name"))
        self.names = tuple(name for name in names if isinstance(name, str) and name)

    async def _poll(self, accept: Accept) -> None:
        """getUpdates; there is no offset, so what comes twice is told by its id in the inbox."""
        if await self.client.webhook():
            # Not deleted: another system may live on it.
            raise BotApiError(400, "a webhook is set")
        self.state = "polling"
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            updates = await self.client.updates()
            self.last_heard, self._failures = self.now(), 0
            await self.deliver(updates, accept)
            await asyncio.sleep(max(0.0, FLOOR - (loop.time() - began)))

    async def _listen(self) -> None:
        """Have updates delivered to our address; look after it from time to time."""
        url = f"{self.settings.public_url.rstrip('/')}/webhooks/zalo-bot"
        await self.client.set_webhook(url, self.settings.zalo_bot_webhook_secret)
        self.state, self._failures = "webhook", 0
        while True:
            await asyncio.sleep(LOOK)
            if await self.client.webhook() != url:
                return

    async def close(self) -> None:
        """Let the connections go."""
        await self.http.aclose()


def _writer(update: Update) -> str:
    """Who wrote to us alone."""
    message = bare(update).get("message")
    if not isinstance(message, dict):
        return ""
    chat, sender = message.get("chat"), message.get("from")
    if not isinstance(chat, dict) or not isinstance(sender, dict):
        return ""
    user = sender.get("id")
    return user if isinstance(user, str) and chat.get("id") == user else ""


def _heard(session: Session, people: list[str], at: datetime) -> None:
    for user in people:
        reach.heard(session, CHANNEL, user, at)
