"""One process beside several: `python -m tests.bench.several`. The same load for each, in turn.

One process on SQLite, one on PostgreSQL, and two web processes with two workers on PostgreSQL, all
as plain processes of this machine, with the sink and the driver of tests.bench.path. PostgreSQL is
as durable as it is by itself (fsync on).
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests import postgres, processes
from tests.bench.path import run, table
from tests.bench.start import Bot, settings, sinking


@dataclass
class Several(Bot):
    """A bot of several processes."""

    ports: tuple[int, ...] = ()
    """Of those that take updates."""
    others: tuple[psutil.Process, ...] = ()

    def hooks(self) -> list[str]:
        """Where updates are delivered, in turn."""
        return [f"http://127.0.0.1:{port}/webhooks/telegram" for port in self.ports]

    def resident(self) -> int:
        """Bytes of memory all of them hold."""
        return super().resident() + sum(one.memory_info().rss for one in self.others)

    def worked(self) -> float:
        """Seconds of processor all of them have used."""
        times = [one.cpu_times() for one in self.others]
        return super().worked() + sum(time.user + time.system for time in times)


@contextlib.contextmanager
def started(name: str, api: str, state: Path, url: str, *parts: str) -> Iterator[Several]:
    """Processes of the given parts, an empty one for both, on one database."""
    state.mkdir()
    learned = state.parent / "cache"  # by the first of all
    learned.mkdir(exist_ok=True)
    (state / "cache").symlink_to(learned)
    bots = [processes.Bot(state, api, url, only=part) for part in parts]
    try:
        for bot in bots:
            bot.more = settings(bot.port)
            bot.start()
        for bot in bots:
            bot.wait_healthy()
        first, *others = [psutil.Process(bot.process.pid) for bot in bots if bot.process]
        ports = tuple(bot.port for bot in bots if bot.only != "worker")
        yield Several(name, ports[0], first, ports=ports, others=tuple(others))
    finally:
        for bot in bots:
            bot.end()


def main() -> None:
    """Measure and print the table."""
    with (
        tempfile.TemporaryDirectory() as folder,
        postgres.server() as server,
        sinking() as api,
        contextlib.ExitStack() as stack,
    ):
        one, four = (postgres.create(server, name) for name in ("one", "four"))
        parts = ("web", "web", "worker", "worker")
        bots = [
            stack.enter_context(started(name, api, Path(folder) / str(place), url, *asked))
            for place, (name, url, asked) in enumerate(
                (
                    ("1, SQLite", "", ("",)),
                    ("1, PostgreSQL", one, ("",)),
                    ("2+2, PostgreSQL", four, parts),
                )
            )
        ]
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores before")
        run(bots, api)
        print("\n".join(table(bots)))
        print(f"load {os.getloadavg()[0]:.1f} after")


if __name__ == "__main__":
    main()
