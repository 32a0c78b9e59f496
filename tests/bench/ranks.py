"""A board of 100,000 players: the top, one's own rank and neighbours, and the units, each alone.

`python -m tests.bench.ranks` prints the table, on SQLite and on PostgreSQL.
"""

import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median, quantiles

from sqlalchemy import insert, text
from sqlmodel import Session

from bot.db import Database
from bot.tables import migrate
from quiz import board, rounds, rungs, scoring
from quiz.board import Standing
from quiz.rules import Rules
from quiz.scoring import Tally
from quiz.store import table_of
from tests import postgres
from tests.evening import evening_of

PEOPLE, UNITS, LOOKS, LOT = 100_000, 60, 400, 5000
RULES = Rules("bench", "Bench", mode="self", difficulty={1: 10}, seconds={1: 20}, unit_best=10)
TARGET = 20.0
"""Milliseconds in which 99 of 100 looks at the top and at one's own rank are answered."""


def fill(db: Database) -> int:
    """A round with its standings; its row."""
    chance = random.Random(5)

    def row(round_id: int, number: int) -> dict[str, object]:
        right, took = chance.randrange(11), chance.randrange(200_000)
        tally = Tally(right, right * 100, took, 10, 1_700_000_000_000 + chance.randrange(10**7))
        return {
            "round_id": round_id,
            "person_key": f"{number:032x}",
            "paper_id": number,
            "unit": f"u{chance.randrange(UNITS)}",
            "right": right,
            "points": right * 100,
            "took": took,
            "answered": 10,
            "finished": tally.finished,
            "key": scoring.key(RULES, tally),
        }

    now = datetime.now(UTC)
    round_id = db.run(lambda session: rounds.id_of(evening_of(session, RULES, now))).result()
    for start in range(0, PEOPLE, LOT):
        lot = [row(round_id, number) for number in range(start, start + LOT)]
        db.run(lambda session, lot=lot: session.execute(insert(table_of(Standing)), lot)).result()  # type: ignore[misc]
    db.run(lambda session: rungs.rebuild(session, round_id, board.PLAYERS)).result()
    # As PostgreSQL does by itself within a minute or so of many writes, and SQLite when told.
    tidy = "VACUUM ANALYZE" if db.dialect == "postgresql" else "ANALYZE"
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(tidy))
    return round_id


def top(session: Session, round_id: int, _key: str) -> object:
    """The first twenty."""
    return board.top(session, round_id, 20)


def own(session: Session, round_id: int, key: str) -> object:
    """A player's rank, with the neighbours and theirs."""
    mine = board.standing(session, round_id, key)
    assert mine is not None
    return board.around(session, mine)


def units(session: Session, round_id: int, _key: str) -> object:
    """The board of units."""
    return board.units(session, round_id, RULES)


def looks(db: Database, round_id: int, look: Callable[[Session, int, str], object]) -> list[float]:
    """Milliseconds of each look, every one of another player in a session of its own."""
    chance, times = random.Random(9), []
    for _ in range(LOOKS):
        key = f"{chance.randrange(PEOPLE):032x}"
        work = partial(_looked, look, round_id, key)
        began = time.perf_counter()
        db.read(work)
        times.append((time.perf_counter() - began) * 1000)
    return times


def _looked(
    look: Callable[[Session, int, str], object], round_id: int, key: str, session: Session
) -> object:
    return look(session, round_id, key)


def measure(url: str, kind: str) -> None:
    """Fill a database and print its rows."""
    db = Database(url)
    migrate(db.engine)
    round_id = fill(db)
    for name, look in (("top 20", top), ("own rank, neighbours", own), ("60 units", units)):
        times = looks(db, round_id, look)
        line = f"{median(times):.1f} ms, p99 {quantiles(times, n=100)[98]:.1f} ms"
        print(f"{kind:<11} {name:<21} {line}", flush=True)
    db.close()


def main() -> int:
    """Both databases."""
    with tempfile.TemporaryDirectory() as folder:
        measure(f"sqlite:///{Path(folder) / 'bot.db'}", "SQLite")
    with postgres.server() as server:
        measure(postgres.create(server, "ranks"), "PostgreSQL")
    print(f"target: p99 {TARGET:.0f} ms for the top and one's own rank")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
