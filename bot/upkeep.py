"""Upkeep: old words blanked, traces of the forgotten scrubbed, alarms raised; each by itself."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from sqlmodel import Session

from bot import outbox, pace, privacy, retention, rights
from bot.db import Database
from bot.desk import visits
from quiz import papers

log = structlog.get_logger()
EVERY = 5.0
"""Seconds between two rounds."""
BLANK_EVERY = timedelta(hours=1)
AGAIN = timedelta(minutes=1)
"""After a failure."""
WATCH_EVERY = timedelta(minutes=1)
PAPERS_EVERY = timedelta(minutes=1)
FAREWELL = timedelta(seconds=40)
"""How long a farewell may wait to be delivered: its address would be the last thing we keep."""

REST = timedelta(seconds=10)
"""After this long the pace of the farewell's chat, kept under its address, counts no more."""


def utc_now() -> datetime:
    """The moment it is."""
    return datetime.now(UTC)


@dataclass
class Upkeep:
    """What must be done from time to time, until it is stopped."""

    db: Database
    keep: timedelta
    """How long texts are kept."""
    watch: Callable[[datetime], Awaitable[None]] | None = None
    """Looks for troubles and tells of them."""
    now: Callable[[], datetime] = utc_now
    _next: dict[str, datetime] = field(default_factory=dict)

    async def run(self) -> None:
        """Work until cancelled; what fails is tried again, and harms nothing else."""
        while True:
            await self.once()
            await asyncio.sleep(EVERY)

    async def once(self) -> None:
        """One round of all there is to do."""
        steps: Mapping[str, tuple[timedelta, Callable[[], Awaitable[None]]]] = {
            "scrub": (timedelta(0), self.scrub),
            "blank": (BLANK_EVERY, self.blank),
            "watch": (WATCH_EVERY, self._watch),
            "papers": (PAPERS_EVERY, self._papers),
            "visits": (PAPERS_EVERY, self._visits),
        }
        for name, (every, step) in steps.items():
            if self._next.get(name, self.now()) > self.now():
                continue
            try:
                await step()
            except Exception as error:  # noqa: BLE001 - the database may be away; it will be back
                log.error("upkeep failed", step=name, error=type(error).__name__)
                self._next[name] = self.now() + max(every, AGAIN)
            else:
                self._next[name] = self.now() + every

    async def _watch(self) -> None:
        if self.watch is not None:
            await self.watch(self.now())

    async def _papers(self) -> None:
        """Hand in the contest papers whose time is over."""
        await self.db.write(partial(papers.hand_in_overdue, now=self.now()))

    async def _visits(self) -> None:
        """End the visits of helpers whose hour is over, and blank what was said in them."""
        while await self.db.write(partial(visits.close_over, now=self.now())):
            pass

    async def blank(self) -> None:
        """Blank the words that are past their time, a lot at a time."""
        before = self.now() - self.keep
        while old := await self.db.fetch(partial(retention.find, before=before)):
            await self.db.write(partial(retention.blank, old=old))

    async def scrub(self) -> None:
        """Once people were forgotten: leave no trace of them in our files, then call it done."""
        requests = await self.db.fetch(rights.to_scrub)
        if not requests or requests[-1].received_at + REST > self.now():
            return
        if await self.db.write(self._farewells):
            return  # a farewell is still to be read
        tables = [*{table.name for table, _column in privacy.columns()}, "person", "pace"]
        if await asyncio.to_thread(self.db.scrub, tables):
            done = await self.db.write(self._done)
            log.info("forgotten people scrubbed", count=done)

    def _farewells(self, session: Session) -> bool:
        """Whether a farewell waits; one that could not be delivered in time is dropped."""
        outbox.drop_passing(session, self.now() - FAREWELL)
        pace.sweep_spent(session, self.now())
        return outbox.passing(session)

    def _done(self, session: Session) -> int:
        requests = rights.to_scrub(session)
        for request in requests:
            request.done_at = self.now()
        return len(requests)
