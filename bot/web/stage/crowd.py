"""Those who watch a live contest: one picture, encoded once; a slow phone skips, never queues."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from bot.db import ClosedError, Database
from bot.flows.live import HURRY, SIGNAL
from bot.signals import Signals
from bot.web.stage import snapshot

log = structlog.get_logger()
LOOK, PING = 1.0, 15.0
"""Seconds between two looks when nothing is told (another process may have counted), and between
two signs of life to those who listen."""
BREATH, LONGEST_BREATH = 0.12, 1.0
PER_WATCHER = 0.0001
"""Seconds between two pictures: 0.12 at least, a second for 10,000 who watch, so that a growing
count never takes more than a third of a core. A step of the presenter does not wait for it."""
MOST = 12_000
"""Streams a process holds for one contest; 10,000 were measured at 23 KiB each."""


@dataclass(eq=False)
class Crowd:
    """The watchers of one contest, and the picture they are shown."""

    db: Database
    signals: Signals
    round_id: int
    units: Callable[[], Mapping[str, str]]
    """The names of units by their id."""
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
        return await self.db.fetch(self._look)

    async def latest(self) -> dict[str, Any]:
        """The picture the watchers have, so that a hall full of reloads asks the database once."""
        followed = self._task is not None and not self._task.done()
        return self._shown if followed and self._shown else await self.picture()

    def step(self) -> None:
        """The presenter took a step: show it now."""
        self.signals.tell(HURRY.format(self.round_id))
        self.signals.tell(SIGNAL.format(self.round_id))

    def _look(self, session: Session) -> dict[str, Any]:
        return snapshot.take(session, self.round_id, self._places, self.units())

    async def _follow(self) -> None:
        """Look whenever something is told, and now and then anyway, as long as anybody watches."""
        key, told = SIGNAL.format(self.round_id), time.monotonic()
        self._shown, self.body = {}, b""
        while not self.signals.closed:
            ticket = self.signals.ticket(key)
            hurry = self.signals.ticket(HURRY.format(self.round_id))
            if await self._refresh():
                told = time.monotonic()
            elif time.monotonic() - told >= PING and self._shown:
                told = time.monotonic()
                # Whoever comes next gets the newest body, so a sign of life is a picture too.
                self._tell(_clock().encode() + snapshot.encode(self._shown))
            if not self.watchers:
                break
            await self._pause(ticket, hurry)
        self._wake()

    async def _pause(self, ticket: asyncio.Event, hurry: asyncio.Event) -> None:
        breath = min(LONGEST_BREATH, max(BREATH, self.watchers * PER_WATCHER))
        if not await self.signals.wait(hurry, breath):
            await self.signals.wait(ticket, LOOK)

    async def _refresh(self) -> bool:
        """Whether there is a new picture, which is then told."""
        try:
            shown = await self.picture()
            opens = shown["phase"] == "open" and self._shown.get("phase") != "open"
            if opens and shown["number"] > 1:
                # Movement is told against the board before this question.
                self._places = await self.db.fetch(partial(snapshot.ranks, round_id=self.round_id))
        except (SQLAlchemyError, ClosedError) as error:
            log.error("stage not looked at", error=type(error).__name__)
            return False
        if shown == self._shown:
            return False
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
