"""One process at a time: a work is done under a lease, which is prolonged while it goes on."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from bot import leases
from bot.db import Database

log = structlog.get_logger()
LENGTH = timedelta(seconds=5)
"""So long after a process died the next one goes on with its work."""
EVERY = 1.0
"""Seconds between two looks: to prolong the lease, or to see whether it is free."""
PATIENCE = 2.0
"""Seconds the database has for it; with EVERY less than LENGTH: we end before others begin."""

Work = Callable[[], Awaitable[None]]
Alone = Callable[[Work], Coroutine[None, None, None]]
"""Does a work, in one process at a time."""


async def at_once(work: Work) -> None:
    """Do a work now: there is no other process."""
    await work()


def utc_now() -> datetime:
    """The moment it is."""
    return datetime.now(UTC)


@dataclass
class Sole:
    """Does a work in one process at a time, whichever has the lease of its name."""

    db: Database
    name: str
    owner: str
    now: Callable[[], datetime] = utc_now
    every: float = EVERY

    async def __call__(self, work: Work) -> None:
        """Wait for the lease and do the work; if the lease is lost, end it and wait again."""
        while True:
            await self._wait()
            doing = asyncio.ensure_future(work())
            try:
                while not doing.done():
                    await asyncio.wait({doing}, timeout=self.every)
                    if not doing.done() and not await self._take():
                        break
                else:
                    return await doing
            finally:
                doing.cancel()
                await asyncio.gather(doing, return_exceptions=True)
                await self._give_up()
            log.warning("lease lost", work=self.name)

    async def _wait(self) -> None:
        while not await self._take():  # noqa: ASYNC110 - what we wait for is in the database
            await asyncio.sleep(self.every)

    async def _take(self) -> bool:
        """Take or prolong the lease; what cannot be written down is not held."""
        take = partial(leases.take, name=self.name, owner=self.owner, now=self.now(), length=LENGTH)
        with contextlib.suppress(Exception):
            async with asyncio.timeout(PATIENCE):
                return await self.db.write(take)
        return False

    async def _give_up(self) -> None:
        with contextlib.suppress(Exception):
            async with asyncio.timeout(PATIENCE):
                await self.db.write(partial(leases.give_up, name=self.name, owner=self.owner))
