"""What counting an answer costs: pressing.press beside raw SQLite writes of the same rows.

`python -m tests.bench.count` prints the table: batches of the same size, a commit each, with the
same pragmas.
"""

import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from bot.db import Database
from bot.tables import migrate
from quiz import contest, pressing, rounds
from quiz.log import Paper
from quiz.pressing import Press
from quiz.rules import Rules
from quiz.store import table_of
from tests.evening import evening_of

PEOPLE, QUESTIONS, BATCH, RUNS = 2048, 4, 256, 5
RULES = Rules("bench", "Bench", mode="stage", difficulty={1: QUESTIONS}, seconds={1: 600})
Rows = list[dict[str, Any]]


def prepare(db: Database) -> int:
    """A contest everybody has joined; its row."""

    def work(session: Session) -> int:
        now = datetime.now(UTC)
        round_ = evening_of(session, RULES, now)
        round_id = rounds.id_of(round_)
        papers = [
            {"round_id": round_id, "person_key": f"{number:032x}", "started_at": now}
            for number in range(PEOPLE)
        ]
        session.execute(insert(table_of(Paper)), papers)
        contest.count_again(session, round_)
        return round_id

    return db.run(work).result()


def run(db: Database, round_id: int, driver: sqlite3.Connection) -> tuple[float, float]:
    """Answers a second as the stage counts them, and of the driver alone with the same rows."""
    mine = theirs = 0.0
    round_ = db.read(lambda session: session.get_one(rounds.Round, round_id))
    for _question in range(QUESTIONS):
        _step(db, round_id, "open")
        for first in range(0, PEOPLE, BATCH):
            now = datetime.now(UTC)
            presses = [
                Press(f"{number:032x}", number % 4, "stage", now)
                for number in range(first, first + BATCH)
            ]
            begun = time.perf_counter()
            results = db.run(partial(pressing.press, round_=round_, presses=presses)).result()
            mine += time.perf_counter() - begun
            assert results == ["counted"] * BATCH
            theirs += raw(driver, *db.read(partial(_written, round_id=round_id, presses=presses)))
        for act in ("close", "reveal"):
            _step(db, round_id, act)
    return PEOPLE * QUESTIONS / mine, PEOPLE * QUESTIONS / theirs


def _step(db: Database, round_id: int, act: str) -> None:
    def work(session: Session) -> None:
        round_ = session.get_one(rounds.Round, round_id)
        seen = contest.standing_of(session, round_).step
        contest.take(session, round_, act, seen, "bench", datetime.now(UTC))  # type: ignore[arg-type]

    db.run(work).result()


def _written(session: Session, round_id: int, presses: Sequence[Press]) -> tuple[Rows, Rows]:
    """The rows a batch left, as SQLite keeps them."""
    keys = [item.person_key for item in presses]
    marks = ",".join("?" * len(keys))
    raw = session.connection().connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    rows = []
    for table in ("answer", "standing"):
        newest = "AND opening = (SELECT max(opening) FROM answer)" if table == "answer" else ""
        found = raw.execute(
            f"SELECT * FROM {table} WHERE round_id = ? {newest} AND person_key IN ({marks})",  # noqa: S608
            [round_id, *keys],
        )
        names = [column[0] for column in found.description]
        rows.append([dict(zip(names, row, strict=True)) for row in found])
    return rows[0], rows[1]


def opened(path: Path) -> sqlite3.Connection:
    """The driver alone, with the pragmas of ours."""
    driver = sqlite3.connect(path, isolation_level=None)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "cache_size=-16384",
    ):
        driver.execute(f"PRAGMA {pragma}")
    return driver


def raw(driver: sqlite3.Connection, answers: Rows, standings: Rows) -> float:
    """Seconds the driver alone needs to write the same rows, a commit a batch."""
    answer = _insert("answer", answers[0])
    standing = _insert("standing", standings[0]) + _upsert(standings[0])
    begun = time.perf_counter()
    driver.execute("BEGIN IMMEDIATE")
    driver.executemany(answer, answers)
    driver.executemany(standing, standings)
    driver.execute("COMMIT")
    return time.perf_counter() - begun


def _insert(table: str, row: dict[str, Any]) -> str:
    names = ", ".join(f'"{name}"' for name in row)
    return f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{name}' for name in row)})"  # noqa: S608


def _upsert(row: dict[str, Any]) -> str:
    kept = {"round_id", "person_key", "side"}
    fresh = ", ".join(f'"{name}" = excluded."{name}"' for name in row if name not in kept)
    return f" ON CONFLICT (round_id, person_key) DO UPDATE SET {fresh}"


def one(folder: Path) -> tuple[float, float]:
    """One run, batch by batch in turn, so that a busy machine is busy for both."""
    db, other = (Database(f"sqlite:///{folder}/{name}.db") for name in ("ours", "raw"))
    driver: sqlite3.Connection | None = None
    try:
        for each in (db, other):
            migrate(each.engine)
        round_id = prepare(db)
        prepare(other)
        other.close()
        driver = opened(folder / "raw.db")
        return run(db, round_id, driver)
    finally:
        if driver is not None:
            driver.close()
        db.close()


def ratio() -> Iterator[str]:
    """The median of the runs, and the ratio of each run."""
    runs = []
    for _run in range(RUNS):
        with tempfile.TemporaryDirectory() as folder:
            runs.append(one(Path(folder)))
    mine, theirs = median(rate for rate, _raw in runs), median(rate for _rate, rate in runs)
    ratios = sorted(rate / alone for rate, alone in runs)
    yield f"{PEOPLE * QUESTIONS} answers in batches of {BATCH}: pressing.press {mine:.0f}/s, "
    yield f"raw sqlite3 of the same rows {theirs:.0f}/s, ratio {median(ratios):.2f} "
    yield f"({ratios[0]:.2f}-{ratios[-1]:.2f}), target 0.6"


def main() -> None:
    """Print the table."""
    print("\n".join(ratio()))
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
