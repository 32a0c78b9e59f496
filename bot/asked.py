"""What was asked, as counts alone: never who, never a word; a day is summed up when it is over."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col

from bot.db import table_of

SURE, NEAR, NOTHING = "sure", "near", "nothing"
VERDICTS = (SURE, NEAR, NOTHING)
PARTS = ("verdict", "entry", "hamlet", "channel")
"""What a day's questions are counted by, each for itself: no count says two things of a person."""


class Asked(SQLModel, table=True):
    """A question of a day that is not over yet; its row goes when the day is summed up."""

    id: int | None = Field(default=None, primary_key=True)
    day: date = Field(index=True)
    verdict: str
    entry: str = ""
    """The entry that answered; empty when none did at once."""
    hamlet: str = ""
    channel: str = ""


class AskedTally(SQLModel, table=True):
    """How many questions of a day had a value: a verdict, an entry, a thôn, a channel."""

    __table_args__ = {"sqlite_with_rowid": False}  # the key is the row: one look, not two
    part: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    name: str = Field(primary_key=True)
    count: int = 0


def note(
    session: Session, on: date, verdict: str, entry: str = "", hamlet: str = "", channel: str = ""
) -> None:
    """Count a question, of a day on the island."""
    # A plain insert: counting up shared rows here would make the processes wait for each other.
    row = {"day": on, "verdict": verdict, "entry": entry, "hamlet": hamlet, "channel": channel}
    session.connection().execute(_NOTE, row)


_NOTE = table_of(Asked).insert()


def roll(session: Session, today: date) -> int:
    """Sum up the days that are over; how many questions were. Any number of processes may."""
    return sum(_roll_day(session, on) for on in unsummed(session, today))


def unsummed(session: Session, today: date) -> list[date]:
    """The days that are over and have questions not summed up yet."""
    statement = select(Asked.day).where(col(Asked.day) < today).distinct()  # type: ignore[call-overload]
    return sorted(session.scalars(statement))


def _roll_day(session: Session, on: date) -> int:
    """Take a day's rows and put their sums in: whoever takes a row alone counts it."""
    columns = [table_of(Asked).c[part] for part in PARTS]
    taken = session.execute(delete(Asked).where(col(Asked.day) == on).returning(*columns)).all()
    sums = Counter((part, row[at]) for row in taken for at, part in enumerate(PARTS))
    rows = [
        {"part": part, "day": on, "name": name, "count": count}
        for (part, name), count in sorted(sums.items())
    ]
    if rows:
        _add(session, rows)
    return len(taken)


def _add(session: Session, rows: Sequence[dict[str, object]]) -> None:
    target = table_of(AskedTally)
    postgres = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert(target) if postgres else sqlite.insert(target)
    more = {"count": target.c["count"] + insert.excluded["count"]}
    keys = list(target.primary_key)
    statement = insert.on_conflict_do_update(index_elements=keys, set_=more)
    session.connection().execute(statement, list(rows))


def totals(session: Session, part: str, first: date, last: date) -> dict[str, int]:
    """How many questions of some days had each value of a part."""
    tally = select(AskedTally.name, func.sum(col(AskedTally.count))).where(  # type: ignore[call-overload]
        col(AskedTally.part) == part, col(AskedTally.day).between(first, last)
    )
    fresh = select(table_of(Asked).c[part], func.count()).where(col(Asked.day).between(first, last))
    return _sum(
        session, tally.group_by(col(AskedTally.name)), fresh.group_by(table_of(Asked).c[part])
    )


def days(
    session: Session, part: str, names: Sequence[str] | None, first: date, last: date
) -> dict[date, int]:
    """How many questions each day had, all of them or those with one of the values."""
    tally = select(AskedTally.day, func.sum(col(AskedTally.count))).where(  # type: ignore[call-overload]
        col(AskedTally.part) == part, col(AskedTally.day).between(first, last)
    )
    fresh = select(Asked.day, func.count()).where(col(Asked.day).between(first, last))  # type: ignore[call-overload]
    if names is not None:
        tally = tally.where(col(AskedTally.name).in_(names))
        fresh = fresh.where(table_of(Asked).c[part].in_(names))
    found = _sum(session, tally.group_by(col(AskedTally.day)), fresh.group_by(col(Asked.day)))
    return {on: found[on] for on in sorted(found)}


def _sum(session: Session, *statements: Select[Any]) -> dict[Any, int]:
    """The counts of several statements put together."""
    found: Counter[Any] = Counter()
    for statement in statements:
        for name, count in session.execute(statement):
            found[name] += int(count)
    return dict(found)
