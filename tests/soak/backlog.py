"""The backlog: `python -m tests.soak backlog`. 10,000 messages wait; when is the first answered?"""

import sys
import tempfile
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx

from bot import inbox
from bot.channels.telegram.channel import received
from bot.db import Database
from bot.tables import migrate
from tests.emulators.telegram import updates
from tests.processes import Bot, learned, running, sent, telegram, wait_until

WAITING, FIRST_WITHIN, END_WITHIN = 10_000, 5.0, 10.0


def main() -> int:
    """Start on a full inbox, see the first answer, then end under load; 1 when too slow."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        journal = folder / "journal.jsonl"
        learned(folder)
        with telegram(journal) as address, httpx.Client(base_url=address, timeout=60) as control:
            bot = Bot(folder, address)
            with running(bot):  # the first start learns the book; it is not what we measure
                for user in range(6000, 6050):
                    control.post("/control/says", json={"user": user, "text": "chào"})
                wait_until(lambda: len(sent(journal)) >= 50, 60, "not answered")
            fill(bot.url)
            before = sum(sent(journal).values())
            start = time.monotonic()
            bot.start()
            wait_until(lambda: sum(sent(journal).values()) > before, 60, "no answer")
            first = time.monotonic() - start
            bot.wait_healthy()
            stop = time.monotonic()
            status = bot.end(60)
            ended = time.monotonic() - stop
        left, answered = waiting(bot.url)
    print(
        f"backlog {WAITING}: first answer after {first:.1f} s; SIGTERM under load: exit {status} "
    )
    print(f"after {ended:.1f} s; {answered} answered, {left} still wait, {WAITING} in all")
    whole = left + answered == WAITING
    return int(first > FIRST_WITHIN or ended > END_WITHIN or status != 0 or not whole)


def fill(url: str) -> None:
    """10,000 questions of 50 people, kept as the channel keeps them."""
    db = Database(url)
    migrate(db.engine)
    now = datetime.now(UTC)
    for start in range(0, WAITING, 1000):
        some = [
            received(
                updates.message("vneid là gì", 500_000 + number, user=person(6000 + number % 50))
            )
            for number in range(start, start + 1000)
        ]
        assert all(one.at >= now for one in some)
        db.run(partial(inbox.accept, deliveries=some)).result()
    db.close()


def person(number: int) -> dict[str, object]:
    """Somebody on Telegram."""
    return updates.person(number, "Lan")


def waiting(url: str) -> tuple[int, int]:
    """How many of the backlog wait, and how many were handled."""
    db = Database(url)
    left = db.read(inbox.waiting)
    db.close()
    return left, WAITING - left


if __name__ == "__main__":
    sys.exit(main())
