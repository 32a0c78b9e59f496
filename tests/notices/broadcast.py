"""A broadcast through an emulated Telegram that fails, hangs and kills, and what came of it."""

import json
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
from tests.bench.notices import FIRST, invite, people_of, written
from tests.processes import Bot, telegram


@dataclass(frozen=True)
class Outcome:
    """The tally of the bot beside the journal of the emulator."""

    people: int
    kills: int
    told: Tally
    copies: Counter[int]
    took: float

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
            f"{self.people} people, {self.kills} kills, {self.took:.0f} s: sent {told.sent}, "
            f"failed {told.failed.total()}, unknown {told.unknown}, journal {len(self.copies)}, "
            f"silently lost {self.silent}, doubled {self.doubled}, agrees {self.agrees}"
        )


def faults(kills: list[int], hang: str) -> str:
    """5% each of 429, 5xx, refused, and accepted without an answer; kills after those calls."""
    kinds = ({"kind": "flood"}, {"kind": "error"}, {"kind": "blocked"}, {"kind": hang})
    some = [{**kind, "probability": 0.05, "times": None} for kind in kinds]
    return json.dumps([*({"kind": "kill", "nth": nth} for nth in kills), *some])


def run(state: Path, people: int, kills: list[int], hang: str, url: str = "") -> Outcome:
    """Tell everybody, however often the bot is killed in the middle of a call."""
    journal = state / "journal.jsonl"
    with (
        telegram(journal, "--limits", "--faults", faults(kills, hang)) as api,
        httpx.Client(base_url=api, timeout=30) as control,
    ):
        bot = Bot(state, api, url)
        db = Database(bot.url)
        migrate(db.engine)
        db.run(partial(invite, first=FIRST, many=people, now=datetime.now(UTC))).result()
        people_of(control, range(FIRST, FIRST + people))
        number = db.run(partial(written, now=datetime.now(UTC))).result()
        begun, died = time.monotonic(), -1
        try:
            while progress(db, number).state != "done":
                if bot.process is None or bot.process.poll() is not None:
                    died += 1
                    bot.start()
                    assert bot.process is not None
                    control.post("/control/prey", json={"pid": bot.process.pid})
                if time.monotonic() - begun > people + 120:
                    raise TimeoutError(str(progress(db, number)))
                time.sleep(0.2)
        finally:
            bot.kill()
        told, took = progress(db, number).tally, time.monotonic() - begun
        db.close()
    return Outcome(people, died, told, copies(journal), took)


def progress(db: Database, number: int) -> Progress:
    """How far the notice is."""
    return db.read(partial(tally.progress, number=number, now=datetime.now(UTC)))


def copies(journal: Path) -> Counter[int]:
    """How often each person was told, by what the emulator accepted."""
    lines = [json.loads(line) for line in journal.read_text("utf-8").splitlines()]
    return Counter(int(line["chat_id"]) for line in lines if line["method"] == "sendMessage")
