"""Starting: the bots as processes, and how long until the first answer, cold and warm.

`python -m tests.bench.start` prints the table. Cold: an empty state folder, so the database is
made and the matcher learns the book. Warm: both are there.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import httpx
import psutil

if TYPE_CHECKING:
    from tests.bench.path import Pass

ROOT = Path(__file__).parents[2]
SECRET = "bench"
TRIES = 5
WITHIN = 60.0


@contextlib.contextmanager
def sinking() -> Iterator[str]:
    """A sink in its own process; gives its address."""
    command = [sys.executable, "-m", "tests.bench.path", "sink"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip() if process.stdout else ""
        finally:
            process.kill()


@dataclass
class Bot:
    """A bot under measure: its process, and what each of its passes showed."""

    name: str
    port: int
    process: psutil.Process
    passes: dict[str, list["Pass"]] = field(default_factory=dict)

    def hooks(self) -> list[str]:
        """Where updates are delivered."""
        return [f"http://127.0.0.1:{self.port}/webhooks/telegram"]

    def resident(self) -> int:
        """Bytes of memory it holds."""
        return int(self.process.memory_info().rss)

    def worked(self) -> float:
        """Seconds of processor it has used."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


@contextlib.contextmanager
def ours(api: str, state: Path) -> Iterator[Bot]:
    """This bot, with its database in a folder, fed by webhook."""
    from tests import processes

    bot = processes.Bot(state, api)
    bot.more = settings(bot.port)
    bot.start()
    try:
        bot.wait_healthy()
        assert bot.process is not None
        yield Bot("ours", bot.port, psutil.Process(bot.process.pid))
    finally:
        bot.end()


def settings(port: int) -> dict[str, str]:
    """What our bot is told, besides where Telegram is."""
    return {
        "BOT_TELEGRAM_MODE": "webhook",
        "BOT_TELEGRAM_WEBHOOK_SECRET": SECRET,
        "BOT_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "OPENBLAS_NUM_THREADS": "1",
    }


@contextlib.contextmanager
def echo(api: str) -> Iterator[Bot]:
    """The bare echo bot."""
    from tests.processes import free_port, wait_until

    port = free_port()
    command = [sys.executable, "-m", "tests.bench.echo_bot", api, str(port)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            wait_until(lambda: listens(port), 30, "the echo bot does not start")
            yield Bot("bare echo", port, psutil.Process(process.pid))
        finally:
            process.terminate()


def listens(port: int) -> bool:
    """Whether something answers on a port."""
    with contextlib.suppress(httpx.HTTPError):
        return bool(httpx.get(f"http://127.0.0.1:{port}/").status_code)
    return False


# From the start to the first answer


@dataclass(frozen=True)
class Started:
    """One start: seconds until it is healthy and until its first reply, and what that cost."""

    healthy: float
    answered: float
    worked: float
    """Seconds of processor: what a machine with nothing else to do would need."""
    resident: int


def start(api: str, state: Path, update: str) -> Started:
    """Start our bot, ask one question as soon as it is up, and end it."""
    from tests import processes

    bot = processes.Bot(state, api)
    bot.more = settings(bot.port)
    with httpx.Client(timeout=10) as client:
        client.get(f"{api}/reset")
        begun = time.monotonic()
        bot.start()
        try:
            address = f"http://127.0.0.1:{bot.port}"
            until(lambda: client.get(f"{address}/health").status_code == 200)
            healthy = time.monotonic() - begun
            head = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
            client.post(f"{address}/webhooks/telegram", content=update, headers=head)
            until(lambda: client.get(f"{api}/count").json()[0] == 1)
            (first,) = client.get(f"{api}/times").json()[2].values()
            assert bot.process is not None
            process = Bot("ours", bot.port, psutil.Process(bot.process.pid))
            resident = process.process.memory_info().rss
            return Started(healthy, first - begun, process.worked(), resident)
        finally:
            bot.end()


def until(met: Callable[[], bool]) -> None:
    """Look every 10 ms until something is so. Raises TimeoutError."""
    limit = time.monotonic() + WITHIN
    while time.monotonic() < limit:
        with contextlib.suppress(httpx.ConnectError):
            if met():
                return
        time.sleep(0.01)
    raise TimeoutError


def weigh(cache: Path) -> int:
    """Bytes the book and its matcher add, in a process that has imported everything else."""
    command = [sys.executable, "-m", "tests.bench.start", "weigh", str(cache)]
    return int(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)


def weighed(cache: Path) -> int:
    """What this process grows by when it loads the book."""
    import bot.app  # noqa: F401 - so that only the book is weighed
    from bot import content

    before = psutil.Process().memory_info().rss
    known = content.load(cache=cache)
    known.find("vneid mức 2 làm ở đâu")
    return int(psutil.Process().memory_info().rss - before)


def compare() -> Iterator[str]:
    """Cold and warm starts in turn, and the memory."""
    from tests.bench.path import updates

    kinds: dict[str, list[Started]] = {"cold": [], "warm": []}
    with sinking() as api:
        for turn in range(TRIES):
            with tempfile.TemporaryDirectory() as folder:
                for number, kind in enumerate(kinds):
                    (update,) = updates([turn + 1], number)
                    kinds[kind].append(start(api, Path(folder), update))
                book = weigh(Path(folder) / "cache")
    yield f"{'start':8}{'/health s':>11}{'answer s':>10}{'(slowest)':>11}{'CPU s':>7}{'RSS MB':>8}"
    for kind, starts in kinds.items():
        answers = [item.answered for item in starts]
        yield (
            f"{kind:8}{median(item.healthy for item in starts):11.2f}{median(answers):10.2f}"
            f"{max(answers):11.2f}{median(item.worked for item in starts):7.2f}"
            f"{median(item.resident for item in starts) / 1e6:8.0f}"
        )
    yield f"of it the book with its matcher: {book / 1e6:.0f} MB"
    yield f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def main() -> None:
    """Print the table; or weigh the book, in a process of its own."""
    if __name__ == "__main__" and sys.argv[1:2] == ["weigh"]:
        print(weighed(Path(sys.argv[2])))
    else:
        print("\n".join(compare()))


if __name__ == "__main__":
    main()
