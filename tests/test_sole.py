"""One process at a time: who has the lease works, and the next one goes on when it is free."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from bot import inbox, leases
from bot.channels.telegram.channel import STANDBY, TelegramChannel
from bot.db import Database
from bot.messages import Received
from bot.settings import Settings
from bot.sole import LENGTH, Sole, utc_now
from tests.emulators.telegram import TelegramEmulator


class Working:
    """A work that goes on until it is cancelled, in several processes that would do it."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.at_it: list[str] = []
        """Who is at it now."""
        self.most = 0

    async def work(self, name: str) -> None:
        """Be at it."""
        self.at_it.append(name)
        self.most = max(self.most, len(self.at_it))
        try:
            await asyncio.Event().wait()
        finally:
            self.at_it.remove(name)

    def begin(self, name: str) -> asyncio.Task[None]:
        """A process that wants to do it."""
        sole = Sole(self.db, "poll", name, every=0.01)
        return asyncio.create_task(sole(partial(self.work, name)))


async def until(met: Callable[[], bool]) -> None:
    """Wait until something is so, at most 10 seconds."""
    async with asyncio.timeout(10):
        while not met():  # noqa: ASYNC110 - what it waits for is told by nothing
            await asyncio.sleep(0.005)


async def test_one_works_and_the_next_goes_on_at_once(db: Database) -> None:
    """The second waits while the first works, and begins as soon as the first ends well."""
    working = Working(db)
    first = working.begin("one")
    await until(lambda: working.at_it == ["one"])
    second = working.begin("two")
    await asyncio.sleep(0.05)
    held = list(working.at_it)
    first.cancel()
    await until(lambda: working.at_it == ["two"])
    second.cancel()
    await asyncio.gather(first, second, return_exceptions=True)

    assert (held, working.most) == (["one"], 1)


async def test_a_lost_lease_ends_the_work(db: Database) -> None:
    """Whoever finds that another has the lease stops, and waits for it again."""
    working = Working(db)
    task = working.begin("one")
    await until(lambda: working.at_it == ["one"])
    later = utc_now() + LENGTH + timedelta(seconds=1)
    taken = partial(leases.take, name="poll", owner="two", now=later, length=timedelta(0))
    got = await db.write(taken)
    await until(lambda: not working.at_it)
    await db.write(partial(leases.give_up, name="poll", owner="two"))
    await until(lambda: working.at_it == ["one"])
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert got


async def test_a_lease_that_cannot_be_written_ends_the_work(sqlite_url: str) -> None:
    """Without a database nobody knows who works, so nobody does."""
    db = Database(sqlite_url)
    working = Working(db)
    task = working.begin("one")
    await until(lambda: working.at_it == ["one"])
    db.close()
    await until(lambda: not working.at_it)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_what_the_work_raises_is_raised(db: Database) -> None:
    """A failure of the work is its own; the lease is free afterwards."""

    async def fails() -> None:
        raise OSError

    sole = Sole(db, "poll", "one", every=0.01)
    with pytest.raises(OSError):  # noqa: PT011 - any message will do
        await sole(fails)

    assert await db.write(partial(leases.take, name="poll", owner="two", now=utc_now()))


async def test_one_process_polls_telegram(db: Database) -> None:
    """Of two processes one asks for updates; when it ends, the other goes on where it was."""

    async def accept(deliveries: list[Received]) -> int:
        return await db.write(partial(inbox.accept, deliveries=deliveries))

    async with TelegramEmulator() as telegram:
        settings = Settings(telegram_token=telegram.token, telegram_api_url=telegram.api_url)
        channels = [TelegramChannel(settings) for _process in range(2)]
        soles = [Sole(db, "poll:telegram", name, every=0.01) for name in ("one", "two")]
        one, two = (
            asyncio.create_task(channel.run(accept, sole))
            for channel, sole in zip(channels, soles, strict=True)
        )
        await until(lambda: {item.state for item in channels} == {"polling", STANDBY})
        first = channels[0].state == "polling"
        await telegram.user("Lan", id_=5001).says("một")
        await until(lambda: db.read(inbox.waiting) == 1)
        (one if first else two).cancel()
        await telegram.user("Minh", id_=5002).says("hai")
        await until(lambda: db.read(inbox.waiting) == 2)
        conflicts = [call for call in telegram.calls if call.code == 409]
        for task in (one, two):
            task.cancel()
        await asyncio.gather(one, two, return_exceptions=True)
        for channel in channels:
            await channel.close()

    assert conflicts == []
