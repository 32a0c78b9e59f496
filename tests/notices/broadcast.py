"""A broadcast through an emulated Telegram that fails, hangs and kills, and what came of it."""

import json
import signal
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx

from bot.db import Database
from bot.notices import tally
from bot.notices.tally import Progress, Tally
from bot.tables import migrate
from tests.bench.notices import FIRST, invite, other, people_of, written
from tests.processes import Bot, telegram


@dataclass(frozen=True)
class Outcome:
    """The tally of the bot beside the journal of the emulator."""

    people: int
    kills: int
    told: Tally
    copies: Counter[int]
    took: float
    workers: int = 1
    """Processes that sent at once, on one database."""
    crashed: tuple[str, ...] = ()
    """How processes ended that nobody killed: exit status and last line of their log."""

    @property
    def silent(self) -> int:
        """Not delivered, and counted neither as failed nor as unknown: lost without a word."""
        missing = self.people - len(self.copies)
        return max(0, missing - self.told.failed.total() - self.told.unknown)

    @property
    def doubled(self) -> int:
        """People who have it more than once."""
        return sum(1 for many in self.copies.values() if many > 1)

    @property
    def agrees(self) -> bool:
        """Whether the numbers add up, and are the journal's but for what is unknown."""
        told = self.told
        delivered = told.sent <= len(self.copies) <= told.sent + told.unknown
        return told.adds_up and told.total == self.people and not told.left and delivered

    def __str__(self) -> str:
        told = self.told
        return (
            f"{self.people} people, {self.workers} processes, {self.kills} kills, "
            f"{self.took:.0f} s: sent {told.sent}, "
            f"failed {told.failed.total()}, unknown {told.unknown}, journal {len(self.copies)}, "
            f"silently lost {self.silent}, doubled {self.doubled}, agrees {self.agrees}"
            f"{'; crashed: ' if self.crashed else ''}{'; '.join(self.crashed)}"
        )


def faults(kills: list[int], hang: str) -> str:
    """5% each of 429, 5xx, refused, and accepted without an answer; kills after those calls."""
    kinds = ({"kind": "flood"}, {"kind": "error"}, {"kind": "blocked"}, {"kind": hang})
    some = [{**kind, "probability": 0.05, "times": None} for kind in kinds]
    return json.dumps([*({"kind": "kill", "nth": nth} for nth in kills), *some])


def run(
    state: Path, people: int, kills: list[int], hang: str, url: str = "", workers: int = 1
) -> Outcome:
    """Tell everybody, however often a bot is killed in the middle of a call; they take turns."""
    journal = state / "journal.jsonl"
    with (
        telegram(journal, "--limits", "--faults", faults(kills, hang)) as api,
        httpx.Client(base_url=api, timeout=30) as control,
    ):
        bots = [Bot(state, api, url)]
        bots += [other(state, api, url, number) for number in range(1, workers)]
        db = Database(bots[0].url)
        migrate(db.engine)
        db.run(partial(invite, first=FIRST, many=people, now=datetime.now(UTC))).result()
        people_of(control, range(FIRST, FIRST + people))
        number = db.run(partial(written, now=datetime.now(UTC))).result()
        begun, died, crashed = time.monotonic(), 0, list[str]()
        try:
            while progress(db, number).state != "done":
                died += revive(bots, died, crashed, control)
                if time.monotonic() - begun > people + 120:
                    raise TimeoutError(str(progress(db, number)))
                time.sleep(0.2)
        finally:
            for bot in bots:
                bot.kill()
        told, took = progress(db, number).tally, time.monotonic() - begun
        db.close()
    return Outcome(people, died, told, copies(journal), took, workers, tuple(crashed))


def revive(bots: list[Bot], died: int, crashed: list[str], control: httpx.Client) -> int:
    """Start what does not run, and say which is to be killed next; how many had been killed."""
    killed = 0
    down = [bot for bot in bots if bot.process is None or bot.process.poll() is not None]
    for bot in down:
        status = None if bot.process is None else bot.process.returncode
        killed += status == -signal.SIGKILL
        if status not in {None, -signal.SIGKILL}:
            said = (bot.state / "bot.log").read_text("utf-8").strip().splitlines()
            crashed.append(f"{status}: {said[-1] if said else ''}")
        bot.start()
    prey = bots[(died + killed) % len(bots)].process
    if down and prey is not None:
        control.post("/control/prey", json={"pid": prey.pid})
    return killed


def progress(db: Database, number: int) -> Progress:
    """How far the notice is."""
    return db.read(partial(tally.progress, number=number, now=datetime.now(UTC)))


def copies(journal: Path) -> Counter[int]:
    """How often each person was told, by what the emulator accepted."""
    lines = [json.loads(line) for line in journal.read_text("utf-8").splitlines()]
    return Counter(int(line["chat_id"]) for line in lines if line["method"] == "sendMessage")
