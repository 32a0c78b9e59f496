"""A full hall: answers that pour in, pictures that go out, and what counting an answer costs.

`python -m tests.bench.stage` prints the tables. The hall is another process, which holds all the
streams and presses all the buttons; both keep to the clock of the machine they share.
"""

import asyncio
import contextlib
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any, cast

import aiohttp
import uvloop
from sqlmodel import Session, select

from bot import organisers, passes, people
from bot.db import Database
from bot.tables import migrate
from quiz import contest, players, recount, rounds
from quiz.log import Answer
from quiz.papers import Entrant
from quiz.rules import Rules
from tests import postgres
from tests.bench.count import ratio
from tests.bench.start import ROOT
from tests.evening import evening_of

PLAYERS, WITHIN = 1000, 5.0
"""Everybody answers each question, at a moment of their own within so many seconds."""
HALLS = (1000, 5000)
QUESTIONS = 3
RULES = Rules("bench", "Bench", mode="stage", difficulty={1: QUESTIONS}, seconds={1: 60})
STEP = re.compile(rb'"step":(\d+)')
AT = re.compile(rb'"at":(\d+)')
TARGETS = {1000: 150, 5000: 400}
"""Milliseconds within which 99 of 100 pictures arrive."""


# The hall: a process of its own


@dataclass
class Heard:
    """What the watchers heard: of each step when it came, of each picture how old it was."""

    steps: dict[int, list[float]] = field(default_factory=dict)
    ages: list[float] = field(default_factory=list)


class Watcher(asyncio.Protocol):
    """One phone that listens; it reads as little as it can, so that the server is measured."""

    heard = Heard()

    def __init__(self, path: str) -> None:
        self.request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        self.step = -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        cast("asyncio.Transport", transport).write(self.request)

    def data_received(self, data: bytes) -> None:
        """Note what came, and when."""
        now = time.time()
        found = AT.findall(data)
        if not found:
            return
        step = int(STEP.findall(data)[-1])
        if step != self.step:
            self.step = step
            Watcher.heard.steps.setdefault(step, []).append(now)
        else:
            Watcher.heard.ages.append(now - int(found[-1]) / 1000)


@dataclass(frozen=True)
class Order:
    """What the hall is to do."""

    host: str
    port: int
    code: str
    secret: str
    visitors: Sequence[str]
    watchers: int

    @property
    def url(self) -> str:
        """Where the contest is."""
        return f"http://{self.host}:{self.port}/san-khau/{self.code}"


async def hall(order: Order) -> dict[str, Any]:
    """Fill the hall, play every question, and tell what was heard."""
    loop = asyncio.get_running_loop()
    path = f"/san-khau/{order.code}/luong"
    for number in range(order.watchers):
        await loop.create_connection(lambda: Watcher(path), order.host, order.port)
        if number % 50 == 0:
            await asyncio.sleep(0.02)
    await asyncio.sleep(2)
    Watcher.heard = Heard()
    connector = aiohttp.TCPConnector(limit=0)
    pressed: list[tuple[float, float, str]] = []
    stepped: dict[int, float] = {}
    async with aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        seen = 0
        for _question in range(QUESTIONS):
            for act in ("open", "close", "reveal", "standings"):
                if act == "close":
                    pressed += await press_all(session, order)
                stepped[seen + 1] = time.time()
                await step(session, order, act, seen)
                seen += 1
                await asyncio.sleep(1.5)
    return {
        "pressed": pressed,
        "steps": {
            number: [at - stepped[number] for at in times]
            for number, times in Watcher.heard.steps.items()
            if number in stepped
        },
        "ages": Watcher.heard.ages,
    }


async def step(session: aiohttp.ClientSession, order: Order, act: str, seen: int) -> None:
    """The presenter presses a button."""
    async with session.post(
        f"{order.url}/buoc",
        data={"act": act, "seen": str(seen)},
        headers={"Cookie": f"pass={order.secret}"},
        allow_redirects=False,
    ) as answer:
        if answer.status != 303:
            raise RuntimeError(await answer.text())


async def press_all(session: aiohttp.ClientSession, order: Order) -> list[tuple[float, float, str]]:
    """Everybody presses once, at a moment of their own: when, until when, and what came of it."""
    chance = random.Random(7)

    async def press(visitor: str) -> tuple[float, float, str]:
        await asyncio.sleep(chance.random() * WITHIN)
        began = time.time()
        async with session.post(
            f"{order.url}/tra-loi",
            data={"choice": str(chance.randrange(4)), "question": ""},
            headers={"Cookie": f"visitor={visitor}", "Accept": "application/json"},
        ) as answer:
            result = (await answer.json())["result"]
        return began, time.time(), result

    return list(await asyncio.gather(*(press(visitor) for visitor in order.visitors)))


# The evening around it


def fill(db: Database) -> tuple[int, str, str, list[str]]:
    """A contest with its players: its row, its code, an organiser's session, the visitors."""

    def work(session: Session) -> tuple[int, str, str, list[str]]:
        now = datetime.now(UTC)
        round_ = evening_of(session, RULES, now)
        visitors = []
        for number in range(PLAYERS):
            visitor = f"{number:032x}"
            person, _new = people.welcome(session, "web", visitor, visitor, now)
            players.name(session, person.key, f"Người {number}", now)
            contest.join(session, round_, Entrant(person.key), "stage", now)
            visitors.append(visitor)
        organisers.add(session, "Hoa", "contest", "bench", now)
        token = passes.issue(session, "organiser", str(organisers.listed(session)[0].id), now)
        opened = passes.open_session(session, token, now)
        assert opened is not None
        return rounds.id_of(round_), round_.code, opened[0], visitors

    return db.run(work).result()


@contextlib.contextmanager
def served(folder: Path, url: str) -> Iterator[tuple[int, Database]]:
    """Our bot as a process, and its database."""
    from tests.processes import Bot

    bot = Bot(folder, "", url, {"BOT_TELEGRAM_TOKEN": ""})
    db = Database(bot.url)
    try:
        migrate(db.engine)
        bot.start()
        bot.wait_healthy()
        yield bot.port, db
    finally:
        bot.end()
        db.close()


def evening(folder: Path, url: str, watchers: int) -> dict[str, Any]:
    """One evening with so many who watch; what was heard, and whether the log holds it all."""
    with served(folder, url) as (port, db):
        round_id, code, secret, visitors = fill(db)
        order = [port, code, secret, visitors, watchers]
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.stage", "hall"],
            cwd=ROOT,
            input=json.dumps(order),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )

        def counted(session: Session) -> tuple[int, int]:
            round_ = session.get_one(rounds.Round, round_id)
            rows = session.execute(select(Answer.id)).all()
            return len(rows), len(recount.compare(session, round_))

        heard: dict[str, Any] = json.loads(done.stdout)
        heard["rows"], heard["differences"] = db.read(counted)
    return heard


def p99(values: Sequence[float]) -> float:
    """The 99th percentile, in milliseconds."""
    return quantiles(values, n=100)[98] * 1000


def told(name: str, watchers: int, heard: dict[str, Any]) -> str:
    """A line of the table."""
    began, ended, results = zip(*heard["pressed"], strict=True)
    size = PLAYERS
    lots = [slice(at, at + size) for at in range(0, len(began), size)]
    last = max(max(ended[lot]) - max(began[lot]) for lot in lots)
    steps = [late for times in heard["steps"].values() for late in times]
    whole = all(len(times) == watchers for times in heard["steps"].values())
    return (
        f"{name:12}{watchers:9}{results.count('counted'):9}{heard['rows']:7}"
        f"{heard['differences']:6}{last:9.2f}"
        f"{p99([end - start for start, end in zip(began, ended, strict=True)]):9.0f}"
        f"{median(steps) * 1000:8.0f}{p99(steps):8.0f}{p99(heard['ages']):8.0f}"
        f"{TARGETS[watchers]:8}{'' if whole else '  some missed a step'}"
    )


def main() -> None:
    """Be the hall when told to; else measure and print the tables."""
    if __name__ == "__main__" and sys.argv[1:] == ["hall"]:
        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        port, *rest = json.load(sys.stdin)
        json.dump(uvloop.run(hall(Order("127.0.0.1", port, *rest))), sys.stdout)
        return
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores before")
    print("\n".join(ratio()))
    print(
        f"{PLAYERS} players answer {QUESTIONS} questions, each within {WITHIN:.0f} s; times in ms"
    )
    print(
        f"{'':12}{'watching':>9}{'counted':>9}{'rows':>7}{'diff':>6}{'last s':>9}{'press99':>9}"
        f"{'step50':>8}{'step99':>8}{'count99':>8}{'target':>8}"
    )
    with postgres.server() as server:
        for watchers in HALLS:
            for name in ("sqlite", "postgresql"):
                with tempfile.TemporaryDirectory() as folder:
                    url = postgres.create(server, f"b{watchers}") if name != "sqlite" else ""
                    print(told(name, watchers, evening(Path(folder), url, watchers)), flush=True)
    print(f"load {os.getloadavg()[0]:.1f} after")


if __name__ == "__main__":
    main()
