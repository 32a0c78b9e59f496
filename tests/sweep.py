"""A sweep of kill points: a bot that kills itself just before or after its n-th commit or send.

The bot is a forked child with a channel that writes what it sends into a file. After each death
a second child finishes the work. What was acknowledged must be answered, and nothing twice.
"""

import asyncio
import os
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import text

from bot import inbox, outbox
from bot.db import Database
from bot.flows.turn import House
from bot.messages import Reply, plain
from bot.signals import Signals
from bot.tables import migrate
from bot.worker import Worker
from tests.fakes import FakeChannel, delivery

PEOPLE = 3
POINTS = ("before a commit", "after a commit", "before a send", "after a send")


@dataclass(frozen=True)
class Verdict:
    """What a death at one point came to."""

    died: bool
    """False: the work was done before the point came."""
    acknowledged: int
    lost: int
    doubled: int
    unknown: int


class Filed(FakeChannel):
    """Writes what it sends into a file, and may die there."""

    folder: Path
    tick: Callable[[str], None]

    async def send(self, chat: str, reply: Reply) -> str:
        """The platform has it once the line is written."""
        self.tick("before a send")
        note(self.folder / "sent", f"{chat}: {plain(reply)[:20]!r}")
        self.tick("after a send")
        return "1"


def note(file: Path, line: str) -> None:
    """A line that outlives the process."""
    with file.open("a") as out:
        out.write(line + "\n")


def lines(file: Path) -> list[str]:
    """What was noted."""
    return file.read_text("utf-8").splitlines() if file.exists() else []


def kill_at(folder: Path, house: House, point: str, number: int) -> Verdict:
    """Die at the n-th `point`, start again, and see what came of it."""
    url = f"sqlite:///{folder / 'bot.db'}"
    db = Database(url)
    migrate(db.engine)
    db.close()
    died = in_child(partial(work, folder, house, (point, number)))
    in_child(partial(work, folder, house, ("", 0)))
    counted = Counter(lines(folder / "sent"))
    db = Database(url)
    states = db.read(outbox.counts)
    unsure = db.read(
        lambda s: set(s.scalars(text("SELECT chat FROM outbox WHERE state = 'unknown'")))
    )
    db.close()
    heard = {line.split(":")[0] for line in counted} | unsure
    asked = set(lines(folder / "acknowledged"))
    return Verdict(
        died,
        len(asked),
        len(asked - heard),
        sum(1 for count in counted.values() if count > 1),
        states.get(outbox.UNKNOWN, 0),
    )


def in_child(run: Callable[[], None]) -> bool:
    """Run in a process of its own; whether it was killed. Raises RuntimeError when it failed."""
    child = os.fork()
    if child == 0:
        try:
            run()
        except BaseException:  # noqa: BLE001 - a child must never return into the test
            traceback.print_exc(file=sys.stderr)
            os._exit(1)
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status) == signal.SIGKILL
    if status:
        msg = "the child failed"
        raise RuntimeError(msg)
    return False


def work(folder: Path, house: House, death: tuple[str, int]) -> None:
    """Take everybody's question, acknowledge it, answer, send; die where it was said."""
    seen: Counter[str] = Counter()

    def tick(point: str) -> None:
        seen[point] += 1
        if (point, seen[point]) == death:
            os.kill(os.getpid(), signal.SIGKILL)

    db = Database(f"sqlite:///{folder / 'bot.db'}")
    commit = db.engine.dialect.do_commit

    def committing(connection: object) -> None:
        tick("before a commit")
        commit(connection)  # type: ignore[arg-type]
        tick("after a commit")

    db.engine.dialect.do_commit = committing  # type: ignore[method-assign, assignment]
    channel = Filed()
    channel.folder, channel.tick = folder, tick
    worker = Worker(db, lambda: house, {"fake": channel}, Signals(), alone=True)
    asyncio.run(_all(db, worker, folder))
    db.close()


async def _all(db: Database, worker: Worker, folder: Path) -> None:
    await db.write(partial(worker._recover, alone=True))  # noqa: SLF001
    for number in range(PEOPLE):
        user = f"p{number}"
        item = delivery(user, "/quyenriengtu", datetime.now(UTC), user=user)
        await db.write(partial(inbox.accept, deliveries=[item]))
        if user not in lines(folder / "acknowledged"):
            note(folder / "acknowledged", user)
    while await worker.handle_some():
        pass
    while await worker.send_some() or db.read(outbox.counts).get(outbox.QUEUED):
        await worker.idle()
        await asyncio.sleep(0)
