"""News between processes over PostgreSQL: told to the others, and mended when it breaks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import psycopg

from bot.db import Database
from bot.signals import Signals
from bot.wire import Wire, conninfo

OURS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"


@dataclass
class Process:
    """What one process has: its signals and its wire."""

    db: Database
    signals: Signals = field(default_factory=Signals)
    misses: int = 0

    def __post_init__(self) -> None:
        self.wire = Wire(self.db, self.signals.wake, self._missed, again=0.05)
        self.signals.pass_on = self.wire.tell

    def _missed(self) -> None:
        self.misses += 1
        self.signals.wake_all()

    async def hears(self, key: str) -> bool:
        """Whether news of a key comes within ten seconds."""
        return await self.signals.wait(self.signals.ticket(key), 10)


@contextlib.asynccontextmanager
async def process(url: str) -> AsyncIterator[Process]:
    """A process that listens."""
    made = Process(Database(url))
    task = asyncio.create_task(made.wire.run())
    try:
        await listening(made)
        yield made
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        made.db.close()


async def listening(one: Process, misses: int = 1) -> None:
    """Wait until it listens, after so many connections."""
    async with asyncio.timeout(10):
        while not (one.wire.live and one.misses >= misses):  # noqa: ASYNC110 - told by nothing
            await asyncio.sleep(0.005)


async def test_news_wakes_the_other_process(postgres_url: str) -> None:
    """What one process tells, those who wait in another hear at once; keys not told sleep on."""
    async with process(postgres_url) as one, process(postgres_url) as two:
        asleep = two.signals.ticket("web:minh")
        waiting = asyncio.create_task(two.hears("web:lan"))
        await asyncio.sleep(0)
        one.signals.tell("web:lan")
        heard = await waiting

    assert heard
    assert not asleep.is_set()


async def test_nobody_hears_their_own_news_twice(postgres_url: str) -> None:
    """What a process told wakes it once, and does not come back from the database."""
    async with process(postgres_url) as one, process(postgres_url) as two:
        ticket = two.signals.ticket("last")
        one.signals.tell("web:lan")
        again = one.signals.ticket("web:lan")
        await one.wire.flush()
        one.signals.tell("last")
        await two.signals.wait(ticket, 10)

    assert not again.is_set()


async def test_many_keys_are_told_together(postgres_url: str) -> None:
    """A thousand lanes at once arrive whole, though a notification holds only so much."""
    async with process(postgres_url) as one, process(postgres_url) as two:
        lanes = [f"web:{number:032x}" for number in range(1000)]
        waiting = [asyncio.create_task(two.hears(lane)) for lane in lanes]
        await asyncio.sleep(0)
        for lane in lanes:
            one.signals.tell(lane)
        heard = await asyncio.gather(*waiting)

    assert all(heard)


async def test_a_lost_connection_is_mended(postgres_url: str) -> None:
    """When the listener's connection is cut it comes back, everybody looks, and news flows."""
    async with process(postgres_url) as one, process(postgres_url) as two:
        waiting = asyncio.create_task(two.hears("told in between"))
        await asyncio.sleep(0)
        with psycopg.connect(conninfo(postgres_url), autocommit=True) as admin:
            admin.execute(OURS)
        looked = await waiting
        await listening(two, misses=2)
        again = asyncio.create_task(two.hears("web:lan"))
        await asyncio.sleep(0)
        one.signals.tell("web:lan")
        heard = await again

    assert (looked, heard) == (True, True)
