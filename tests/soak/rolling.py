"""Rolling restarts, `python -m tests.soak rolling`: people write while processes are restarted."""

import asyncio
import random
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot import content
from tests import postgres
from tests.layout import Layout, deliver, heard, laid_out
from tests.processes import telegram, wait_until

ROUNDS = 5
"""In each, every one of the four processes is restarted, a web process sometimes by SIGKILL."""
PEOPLE, EACH, EVERY = 60, 8, 6.0
"""Ten messages a second; nobody writes so often that they are asked to wait."""
QUESTIONS = ("vneid là gì", "ngày chuyển đổi số là ngày nào")


@dataclass(frozen=True)
class Rolled:
    """What a round came to."""

    restarts: int
    kills: int
    statuses: frozenset[int]
    """Of those that were asked to end."""
    asked: int
    answered: int
    doubled: int
    disordered: int
    refused: int
    """Deliveries a process did not take, which another then took."""

    @property
    def good(self) -> bool:
        """Whether everybody was answered, once and in order."""
        told = self.answered == self.asked and not (self.doubled or self.disordered)
        return told and self.statuses == {0}

    def __str__(self) -> str:
        return (
            f"{self.restarts} restarts by SIGTERM, {self.kills} by SIGKILL: asked {self.asked}, "
            f"answered {self.answered}, doubled {self.doubled}, out of order {self.disordered}, "
            f"taken by another process {self.refused}"
        )


def main() -> int:
    """Some rounds; 1 when anything was lost, doubled or out of order."""
    with postgres.server() as server, tempfile.TemporaryDirectory() as folder:
        content.load(cache=Path(folder) / "cache")  # learned once, for all of them
        rounds = [one_round(number, Path(folder), server) for number in range(ROUNDS)]
    return 0 if all(rolled.good for rolled in rounds) else 1


def one_round(number: int, folder: Path, server: str) -> Rolled:
    """Four fresh processes, each restarted once while people write."""
    state = folder / str(number)
    shutil.copytree(folder / "cache", state / "cache")
    journal = state / "journal.jsonl"
    people = range(6000, 6000 + PEOPLE)
    texts = {chat: [QUESTIONS[turn % 2] for turn in range(EACH)] for chat in people}
    with telegram(journal) as api:
        httpx.post(f"{api}/control/meet", json={"users": list(people)}).raise_for_status()
        url = postgres.create(server, f"rolling{number}")
        with laid_out(state, api, url) as layout, ThreadPoolExecutor(1) as pool:
            load = pool.submit(lambda: asyncio.run(deliver(layout.addresses(), texts, EVERY)))
            statuses, kills = restarted(layout, random.Random(number))
            refused = load.result(300)
            wait_until(lambda: answers(journal) >= PEOPLE * EACH, 120, "not all were answered")
    wanted = [turn % 2 == 0 for turn in range(EACH)]
    told = heard(journal)
    orders = [[text.startswith("VNeID") for text in told[chat]] for chat in people]
    rolled = Rolled(
        restarts=len(statuses),
        kills=kills,
        statuses=frozenset(statuses),
        asked=PEOPLE * EACH,
        answered=answers(journal),
        doubled=sum(max(0, len(order) - EACH) for order in orders),
        disordered=sum(1 for order in orders if order != wanted),
        refused=refused,
    )
    print(f"round {number}: {rolled}", flush=True)
    return rolled


def restarted(layout: Layout, chance: random.Random) -> tuple[list[int], int]:
    """Each process once, in any order: the exit statuses, and how many were killed instead."""
    statuses, kills = [], 0
    for bot in chance.sample(layout.all, len(layout.all)):
        if bot.only == "web" and chance.random() < 0.4:  # a worker amid a call leaves an unknown
            bot.kill()
            bot.start()
            bot.wait_healthy()
            kills += 1
        else:
            statuses.append(layout.restart(bot))
    return statuses, kills


def answers(journal: Path) -> int:
    """How many answers were sent."""
    return sum(map(len, heard(journal).values()))


if __name__ == "__main__":
    sys.exit(main())
