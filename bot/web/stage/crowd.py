"""Those who watch a live contest: one picture, encoded once; a slow phone skips, never queues."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from bot.db import Database
from bot.flows.live import SIGNAL
from bot.signals import Signals
from bot.web.stage import snapshot

log = structlog.get_logger()
LOOK, PING = 1.0, 15.0
"""Seconds between two looks when nothing is told (another process may have counted), and between
two signs of life to those who listen."""
BREATH = 0.15
"""Seconds between two pictures at least: nobody sees more than six a second."""
MOST = 12_000
"""Streams a process holds for one contest; 10,000 were measured at 23 KiB each."""


@dataclass(eq=False)
class Crowd:
    """The watchers of one contest, and the picture they are shown."""

    db: Database
    signals: Signals
    round_id: int
    body: bytes = b""
    watchers: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)
    _shown: dict[str, Any] = field(default_factory=dict)
    _places: dict[str, int] = field(default_factory=dict)
    _task: asyncio.Task[None] | None = None

    async def watch(self) -> AsyncIterator[bytes]:
        """The stream of one watcher: the newest picture, whenever there is one."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._follow(), name=f"stage {self.round_id}")
        self.watchers += 1
        seen = b""
        try:
            # All come back after a restart, but not in the same second.
            yield f"retry: {1000 + secrets.randbelow(4000)}\n{_clock()}".encode()
            while not self.signals.closed:
                news = self.news
                if self.body and self.body is not seen:
                    seen = self.body
                    yield seen
                    continue
                await news.wait()
        finally:
            self.watchers -= 1

    async def picture(self) -> dict[str, Any]:
        """The picture of this moment, for a page."""
        return await self.db.fetch(partial(self._look))

    def _look(self, session: Session) -> dict[str, Any]:
        return snapshot.take(session, self.round_id, self._places)

    async def _follow(self) -> None:
        """Look whenever something is told, and now and then anyway, as long as anybody watches."""
        key, told = SIGNAL.format(self.round_id), time.monotonic()
        while not self.signals.closed:
            ticket = self.signals.ticket(key)
            with contextlib.suppress(SQLAlchemyError):
                if await self._refresh():
                    told = time.monotonic()
            if time.monotonic() - told >= PING:
                told = time.monotonic()
                self._tell(_clock().encode())
            if not self.watchers:
                break
            await asyncio.sleep(BREATH)
            await self.signals.wait(ticket, LOOK)
        self._wake()

    async def _refresh(self) -> bool:
        """Whether there is a new picture, which is then told."""
        shown = await self.picture()
        if shown == self._shown:
            return False
        opens = shown["phase"] == "open" and self._shown.get("phase") != "open"
        if opens and shown["number"] > 1:
            # Movement is told against the board before this question.
            self._places = await self.db.fetch(partial(snapshot.ranks, round_id=self.round_id))
        self._shown = shown
        self._tell(snapshot.encode(shown))
        return True

    def _tell(self, body: bytes) -> None:
        self.body = body
        self._wake()

    def _wake(self) -> None:
        news, self.news = self.news, asyncio.Event()
        news.set()


def _clock() -> str:
    """The server's time: phones are wrong by minutes."""
    return f"event: clock\ndata: {time.time_ns() // 1_000_000}\n\n"
