"""News between processes: PostgreSQL's LISTEN and NOTIFY join the signals of all of them."""

import asyncio
import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import psycopg
import structlog
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlmodel import Session

from bot.db import Database

log = structlog.get_logger()
CHANNEL = "bot_news"
AGAIN = 1.0
"""Seconds before a lost connection is tried again; everybody looks now and then meanwhile."""
LOT = 100
"""Keys in a notification, which PostgreSQL takes up to 8,000 bytes of."""
ALIVE = {"keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "3"}
"""So that a connection that died without a word is noticed within half a minute."""
NOTIFY = text("SELECT pg_notify(:channel, :payload)")


@dataclass(eq=False)
class Wire:
    """Tells the other processes what is told here, and tells here what they tell.

    What is lost with a connection is made good by looking: `missed` is called after each one.
    """

    db: Database
    heard: Callable[[str], None]
    """Called with each key another process told."""
    missed: Callable[[], None]
    """Called when something may have been missed."""
    live: bool = False
    """Whether we listen at this moment; shown by /health."""
    again: float = AGAIN
    _me: str = field(default_factory=lambda: secrets.token_hex(4))
    _told: set[str] = field(default_factory=set)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, key: str) -> None:
        """Tell the other processes, soon; what is told meanwhile goes along."""
        self._told.add(key)
        self._news.set()

    async def run(self) -> None:
        """Speak and listen until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._speak())
            group.create_task(self._listen())

    async def flush(self) -> None:
        """Tell what is not told yet; the others look now and then, should it fail."""
        keys, self._told = self._told, set()
        if not keys:
            return
        try:
            await self.db.write(partial(_notify, payloads=list(self._payloads(keys))))
        except Exception as error:  # noqa: BLE001 - the database may be away; it will be back
            log.warning("news not told", error=type(error).__name__)

    def _payloads(self, keys: set[str]) -> Iterator[str]:
        names = sorted(keys)
        for first in range(0, len(names), LOT):
            yield json.dumps([self._me, *names[first : first + LOT]])

    async def _speak(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            await self.flush()

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except (psycopg.Error, OSError, ValueError) as error:
                log.warning("no news of other processes", error=type(error).__name__)
            finally:
                self.live = False
            await asyncio.sleep(self.again)

    async def _hear(self) -> None:
        """Listen on one connection, for as long as it lasts."""
        opening = psycopg.AsyncConnection.connect(conninfo(self.db.url), autocommit=True)
        async with await opening as connection:
            await connection.execute(f"LISTEN {CHANNEL}".encode())
            self.live = True
            self.missed()
            async for notice in connection.notifies():
                self._take(notice.payload)

    def _take(self, payload: str) -> None:
        told_by, *keys = json.loads(payload)
        if told_by != self._me:
            for key in keys:
                self.heard(key)


def conninfo(url: str) -> str:
    """A database's address as the driver alone takes it."""
    plain = make_url(url).set(drivername="postgresql")
    lasting = plain.update_query_dict({"connect_timeout": "5", **ALIVE})
    return lasting.render_as_string(hide_password=False)


def _notify(session: Session, payloads: Sequence[str]) -> None:
    for payload in payloads:
        session.connection().execute(NOTIFY, {"channel": CHANNEL, "payload": payload})
