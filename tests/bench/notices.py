"""Notices: how fast they leave, how fast they are queued: `python -m tests.bench.notices`.

An emulated Telegram in its own process enforces the limits (30 a second in all, and more). The bot
is a process of its own; during the broadcast residents ask, and it is paused and resumed once.
"""

import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
from sqlmodel import Session

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.webchat import CAN as WEB
from bot.db import Database
from bot.notices import announce, audience, dispatch, enqueue, tally
from bot.notices.announce import Draft
from bot.notices.audience import EVERYONE, Ways
from bot.people import Address, Interest, Person
from bot.tables import migrate
from tests import postgres, processes

PEOPLE, CROWD = 2000, 100_000
FIRST = 1_000_000
ASKED_EVERY = 7.0
WAYS = Ways({"telegram": TelegramChannel.can, "web": WEB})
TEXT = "Mời bà con dự tọa đàm Chuyển đổi số lúc 19:00 thứ Bảy tại nhà văn hóa thôn. " * 3


def invite(session: Session, first: int, many: int, now: datetime) -> None:
    """People who wrote on Telegram once and registered."""
    rows = [
        {
            "id": first + number,
            "key": f"k{first + number}",
            "language": "vi",
            "hamlet": "",
            "unit": "",
            "preferred": "",
            "muted": False,
            "created_at": now,
            "seen_at": now,
        }
        for number in range(many)
    ]
    at = [
        {
            "person_id": row["id"],
            "channel": "telegram",
            "user": str(row["id"]),
            "chat": str(row["id"]),
        }
        for row in rows
    ]
    wish = [{"person_id": row["id"], "name": "talk", "at": now} for row in rows]
    session.connection().execute(Person.__table__.insert(), rows)  # type: ignore[attr-defined]
    session.connection().execute(Address.__table__.insert(), at)  # type: ignore[attr-defined]
    session.connection().execute(Interest.__table__.insert(), wish)  # type: ignore[attr-defined]


def written(session: Session, now: datetime, *, urgent: bool = True) -> int:
    """A notice to everyone, urgent where the bench may have to run at night, sent now."""
    notice = announce.write(session, Draft(TEXT, urgent=urgent), "bench", now)
    announce.send(session, notice, "bench", now, ZoneInfo("Asia/Ho_Chi_Minh"))
    return announce.id_of(notice)


# A hundred thousand


def crowd(url: str) -> str:
    """Queue a hundred thousand, in a process of its own: how long, and how much memory."""
    command = [sys.executable, "-m", "tests.bench.notices", "crowd", url]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def queue_crowd(url: str) -> str:
    """The same, in this process."""
    db, now = Database(url), datetime.now(UTC)
    migrate(db.engine)
    for first in range(1, CROWD, 10_000):
        db.run(partial(invite, first=first, many=10_000, now=now)).result()
    number = db.run(partial(written, now=now, urgent=False)).result()
    slowest, start = 0.0, time.monotonic()

    def fill(session: Session) -> bool:
        notice = announce.get(session, number)
        enqueue.fill(session, notice, WAYS, now)
        return notice.filled

    filled = False
    while not filled:
        begun = time.monotonic()
        filled = db.run(fill).result()
        slowest = max(slowest, time.monotonic() - begun)
    took = time.monotonic() - start
    parts = [f"{took:5.1f} s to queue, longest transaction {slowest * 1000:4.0f} ms"]
    for name, work in (
        ("tally", lambda session: tally.tally(session, number)),
        ("pause", lambda s: dispatch.pause(s, announce.get(s, number), "bench", now)),
    ):
        begun = time.monotonic()
        if name == "pause":
            db.run(lambda session: setattr(announce.get(session, number), "state", "sending"))
        db.run(work).result()
        parts.append(f"{name} {time.monotonic() - begun:.2f} s")
    begun = time.monotonic()
    db.read(partial(audience.survey, audience=EVERYONE, ways=WAYS, now=now))
    parts.append(f"survey {time.monotonic() - begun:.1f} s")
    count = tally_of(db, number).total
    db.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return f"{count} recipients: " + ", ".join(parts) + f", at most {peak:.0f} MB"


def tally_of(db: Database, number: int) -> tally.Tally:
    """How a notice stands."""
    return db.read(partial(tally.tally, number=number))


# Two thousand, through Telegram's limits


@dataclass(frozen=True)
class Heard:
    """What the emulator's journal tells."""

    took: float
    peak: int
    copies: Counter[int]
    answers: list[float]


def broadcast(url: str = "", workers: int = 1) -> str:
    """Two thousand people are told while residents ask; paused and resumed in the middle."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        journal = state / "journal.jsonl"
        with processes.telegram(journal, "--limits", "--latency", "0.05") as api:
            return _broadcast(state, journal, api, url, workers)


def _broadcast(state: Path, journal: Path, api: str, url: str, workers: int) -> str:
    bots = [processes.Bot(state, api, url)]
    db = Database(bots[0].url)
    migrate(db.engine)
    now = datetime.now(UTC)
    db.run(partial(invite, first=FIRST, many=PEOPLE, now=now)).result()
    with httpx.Client(base_url=api, timeout=30) as control:
        people_of(control, range(FIRST, FIRST + PEOPLE))
        bots += [other(state, api, url, number) for number in range(1, workers)]
        try:
            for bot in bots:
                bot.start()
                bot.wait_healthy()
            number = db.run(partial(written, now=datetime.now(UTC))).result()
            asked = _watch(db, number, control)
        finally:
            for bot in bots:
                bot.end()
        calls = control.get("/control/calls").json()
    told = tally_of(db, number)
    db.close()
    refused = sum(1 for call in calls if call["method"] == "sendMessage" and call["code"] == 429)
    heard = listen(journal, asked)
    doubled = sum(1 for many in heard.copies.values() if many > 1)
    return (
        f"{told.sent} of {told.total} in {heard.took:.1f} s without the pause, at most "
        f"{heard.peak} in any second, {refused} refused by the limiter, {doubled} doubled, "
        f"{told.unknown} unknown, adds up: {told.adds_up}; "
        f"{len(heard.answers)} residents answered within {max(heard.answers):.2f} s"
    )


def other(state: Path, api: str, url: str, number: int) -> processes.Bot:
    """One more process on the same database, with a state folder of its own."""
    folder = state / f"other{number}"
    folder.mkdir()
    return processes.Bot(
        folder,
        api,
        url,
        more={"BOT_TELEGRAM_MODE": "webhook"}
        | {"BOT_TELEGRAM_WEBHOOK_SECRET": "bench", "BOT_PUBLIC_URL": "http://127.0.0.1:9"},
    )


def people_of(control: httpx.Client, users: Sequence[int]) -> None:
    """Let the emulator know people who have started the bot."""
    control.post("/control/meet", json={"users": list(users)}).raise_for_status()


def _watch(db: Database, number: int, control: httpx.Client) -> dict[int, float]:
    """Wait for the end; ask now and then; pause for five seconds in the middle."""
    asked: dict[int, float] = {}
    paused = False
    while True:
        far = db.read(partial(tally.progress, number=number, now=datetime.now(UTC)))
        if far.state == "done":
            return asked
        user = 9000 + len(asked)
        if not asked or time.monotonic() - max(asked.values()) > ASKED_EVERY:
            asked[user] = time.monotonic()
            control.post("/control/says", json={"user": user, "text": "vneid là gì"})
        if not paused and far.done > PEOPLE // 2:
            paused = True
            _on(db, dispatch.pause, number)
            time.sleep(5)
            _on(db, dispatch.resume, number)
        time.sleep(0.2)


def _on(db: Database, act: object, number: int) -> None:
    now = datetime.now(UTC)
    db.run(lambda s: act(s, announce.get(s, number), "bench", now)).result()  # type: ignore[operator]


def listen(journal: Path, asked: dict[int, float]) -> Heard:
    """What was delivered, when, and how soon residents had their answers."""
    lines = [json.loads(line) for line in journal.read_text("utf-8").splitlines()]
    sends = [line for line in lines if line["method"] == "sendMessage"]
    times = sorted(line["at"] for line in sends)
    peak = max(
        sum(1 for at in times[index : index + 40] if at < start + 1)
        for index, start in enumerate(times)
    )
    told = [line for line in sends if int(line["chat_id"]) >= FIRST]
    moments = sorted(line["at"] for line in told)
    gaps = sum(b - a for a, b in itertools.pairwise(moments) if b - a > 3)
    first: dict[int, float] = {}
    for line in sends:
        first.setdefault(int(line["chat_id"]), line["at"])
    answers = [first[user] - at for user, at in asked.items() if user in first]
    copies = Counter(int(line["chat_id"]) for line in told)
    return Heard(moments[-1] - moments[0] - gaps, peak, copies, answers)


def main() -> None:
    """Play a part when told to; else measure and print."""
    if __name__ == "__main__" and sys.argv[1:2] == ["crowd"]:
        print(queue_crowd(sys.argv[2]))
        return
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores before")
    with tempfile.TemporaryDirectory() as folder, postgres.server() as server:
        print(f"SQLite     {crowd(f'sqlite:///{folder}/crowd.db')}", flush=True)
        print(f"PostgreSQL {crowd(postgres.create(server, 'crowd'))}", flush=True)
        print(f"SQLite, one process       {broadcast()}", flush=True)
        two = broadcast(postgres.create(server, "two"), workers=2)
        print(f"PostgreSQL, two processes {two}", flush=True)
    print(f"load {os.getloadavg()[0]:.1f} after")


if __name__ == "__main__":
    main()
