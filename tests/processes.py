"""The bot and the emulated Telegram as processes of their own, to be killed and started again."""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
from sqlalchemy import text

from bot import content as contents
from bot.db import Database
from tests.nursery import Child

ROOT = Path(__file__).parent.parent
TOKEN = "1234:TEST"
SECRET = "a-secret-of-the-webhook"
UP_WITHIN = 300.0
"""Seconds a start may take. A first start learns the book: 5 s of processor, which was more than a
minute where ten others wanted the same two cores. One that died is not waited for."""
FORKED = False
"""Whether a start is a fork of a process that has imported everything; pytest sets it."""


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(met: Callable[[], bool], within: float, what: str) -> float:
    """Wait until something is so; how long it took. Raises TimeoutError saying `what`."""
    start = time.monotonic()
    while time.monotonic() - start < within:
        if met():
            return time.monotonic() - start
        time.sleep(0.05)
    raise TimeoutError(what)


@contextlib.contextmanager
def telegram(journal: Path, *more: str) -> Iterator[str]:
    """An emulated Telegram in its own process; gives its address."""
    command = [sys.executable, "-m", "tests.emulators.telegram", "--token", TOKEN]
    process = subprocess.Popen(
        [*command, "--journal", str(journal), *more], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        line = process.stdout.readline().strip() if process.stdout else ""
        yield line
    finally:
        process.kill()
        process.communicate()


def learned(state: Path) -> None:
    """What the matcher learns from the book, so that a first start is as quick as the others."""
    contents.load(cache=state / "cache")


@dataclass
class Bot:
    """`python -m bot run` with a Telegram of its own, on one state folder; perhaps a part alone."""

    state: Path
    telegram_url: str
    database_url: str = ""
    more: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    only: str = ""
    process: subprocess.Popen[bytes] | Child | None = None

    def start(self) -> None:
        """Start it; returns at once."""
        env = {
            **os.environ,
            "BOT_STATE_DIR": str(self.state),
            "BOT_PORT": str(self.port),
            "BOT_DATABASE_URL": self.database_url,
            "BOT_TELEGRAM_TOKEN": TOKEN,
            "BOT_TELEGRAM_API_URL": self.telegram_url,
            **self.more,
        }
        words = ["run", *(["--only", self.only] if self.only else [])]
        log = self.state / "bot.log"
        if FORKED:
            self.process = Child(words, ROOT, env, log)
            return
        command = [sys.executable, "-m", "bot", *words]
        with log.open("ab") as out:
            self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out)

    def kill(self) -> None:
        """SIGKILL: no word of farewell."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def end(self, within: float = 15.0) -> int:
        """SIGTERM: it drains; its exit status."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        return self.wait(within)

    def wait(self, within: float = 30.0) -> int:
        """Wait for it to end by itself; its exit status."""
        if self.process is None:
            return 0
        status = self.process.wait(within)
        self.process = None
        return status

    def healthy(self) -> bool:
        """Does it answer, and can it commit?"""
        try:
            answer = httpx.get(f"http://127.0.0.1:{self.port}/health", timeout=10)
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.OK

    def wait_healthy(self, within: float = UP_WITHIN) -> float:
        """Wait until it is up; how long that took. Raises TimeoutError with its log."""
        start = time.monotonic()
        while time.monotonic() - start < within and not self.died:
            if self.healthy():
                return time.monotonic() - start
            time.sleep(0.05)
        raise TimeoutError((self.state / "bot.log").read_text("utf-8"))

    @property
    def died(self) -> bool:
        """Whether it was started and has ended by itself."""
        return self.process is not None and self.process.poll() is not None

    @property
    def url(self) -> str:
        """The database it uses."""
        return self.database_url or f"sqlite:///{self.state / 'bot.db'}"


def sent(journal: Path) -> Counter[int]:
    """How many answers each person was sent, the first-use notice not counted."""
    if not journal.exists():
        return Counter()
    # It is being written: what follows the last line end is not whole yet.
    whole = journal.read_bytes().split(b"\n")[:-1]
    lines = [json.loads(line) for line in whole]
    return Counter(
        int(line["chat_id"])
        for line in lines
        if line["method"] == "sendMessage" and not str(line["text"]).startswith("Đôi lời")
    )


def unknown(url: str) -> Counter[int]:
    """How many answers to each person may have been sent and may not."""
    query = "SELECT chat FROM outbox WHERE state = 'unknown' AND body NOT LIKE '%Đôi lời%'"
    return Counter(int(chat) for chat in column(url, query))


def column(url: str, query: str) -> list[str]:
    """The first column of a query to the database of a bot that runs, or has ended."""
    db = Database(url)
    try:
        return db.read(lambda session: list(session.scalars(text(query))))
    finally:
        db.close()


@contextlib.contextmanager
def running(bot: Bot) -> Iterator[Bot]:
    """A started bot, gone at the end however the test ends."""
    bot.start()
    try:
        bot.wait_healthy()
        yield bot
    finally:
        bot.kill()


@dataclass(frozen=True)
class Verdict:
    """What a run with kills came to."""

    asked: int
    delivered: int
    lost: int
    """Neither delivered nor known to be uncertain."""
    doubled: int
    uncertain: int
    kills: int


def webhook(port: int) -> dict[str, str]:
    """The settings with which Telegram delivers to us."""
    return {
        "BOT_TELEGRAM_MODE": "webhook",
        "BOT_TELEGRAM_WEBHOOK_SECRET": SECRET,
        "BOT_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }


def run_with_kills(
    state: Path, people: int, kills: int, seed: int, database_url: str = "", mode: str = "polling"
) -> Verdict:
    """People ask while the bot is killed again and again; then it is left to finish.

    Every second kill comes while it is up and at work, the others wherever its start has got to.
    """
    chance = random.Random(seed)
    journal = state / "journal.jsonl"
    port = free_port()
    more = webhook(port) if mode == "webhook" else {}
    with telegram(journal) as address, httpx.Client(base_url=address, timeout=30) as control:
        bot = Bot(state, address, database_url, more, port)
        bot.start()
        bot.wait_healthy()
        batch = max(1, people // (kills + 1))
        for first in range(0, people, batch):
            for user in range(first, min(first + batch, people)):
                order = {"user": 6000 + user, "text": "vneid là gì"}
                control.post("/control/says", json=order).raise_for_status()
            if first // batch < kills:
                if first // batch % 2 == 0:
                    bot.wait_healthy()
                time.sleep(chance.uniform(0.0, 1.2))
                bot.kill()
                bot.start()
        bot.wait_healthy()
        expected = set(range(6000, 6000 + people))
        done = partial(_settled, journal, bot.url, expected)
        with contextlib.suppress(TimeoutError):
            wait_until(done, 60, "some were not answered")
        bot.end()
    copies, unsure = sent(journal), unknown(bot.url)
    return Verdict(
        asked=people,
        delivered=sum(1 for user in expected if copies[user]),
        lost=sum(1 for user in expected if not copies[user] and not unsure[user]),
        doubled=sum(1 for user in expected if copies[user] > 1),
        uncertain=sum(unsure.values()),
        kills=kills,
    )


def _settled(journal: Path, url: str, expected: set[int]) -> bool:
    return expected <= set(sent(journal)) | set(unknown(url))
