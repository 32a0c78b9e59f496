"""What was asked, as counts alone: never who, never a word; a day is summed up when it is over."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Index, Select, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col

from bot.db import table_of

SURE, NEAR, NOTHING = "sure", "near", "nothing"
VERDICTS = (SURE, NEAR, NOTHING)
PARTS = ("verdict", "entry", "hamlet", "channel")
"""What a day's questions are counted by, each for itself: no count says two things of a person."""

MONTHLY = "/month"
AT_ONCE = 7
"""Days summed up in one go, so that nobody waits long behind it."""


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
    """How many questions of a day had a value: a verdict, an entry, a thôn, a channel.

    A part whose name ends in MONTHLY holds the sums of whole months, under their first day.
    """

    __table_args__ = (
        Index("ix_askedtally_part_name_day", "part", "name", "day"),
        {"sqlite_with_rowid": False},  # the key is the row: one look, not two
    )
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


def roll(session: Session, today: date, most: int = AT_ONCE) -> int:
    """Sum up days that are over; how many questions were. Any number of processes may.

    What is not summed up yet is counted all the same, only slower.
    """
    return sum(_roll_day(session, on) for on in unsummed(session, today)[:most])


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
        {"part": part + kind, "day": under, "name": name, "count": count}
        for kind, under in (("", on), (MONTHLY, on.replace(day=1)))
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
    begin, end = _whole_months(first, last)
    spans = [(part, first, last)]
    if begin < end:
        day = timedelta(days=1)
        spans = [(part, first, begin - day), (part + MONTHLY, begin, end - day), (part, end, last)]
    tallies = [
        select(AskedTally.name, func.sum(col(AskedTally.count)))  # type: ignore[call-overload]
        .where(col(AskedTally.part) == name, col(AskedTally.day).between(since, until))
        .group_by(col(AskedTally.name))
        for name, since, until in spans
        if since <= until
    ]
    value = table_of(Asked).c[part]
    fresh = select(value, func.count()).where(col(Asked.day).between(first, last))
    return _sum(session, *tallies, fresh.group_by(value))


def _whole_months(first: date, last: date) -> tuple[date, date]:
    """Where the whole months of a span begin, and the first day after them."""
    begin = first if first.day == 1 else _next_month(first)
    after = last + timedelta(days=1)
    return begin, after.replace(day=1)


def _next_month(on: date) -> date:
    return (on.replace(day=1) + timedelta(days=31)).replace(day=1)


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


def stepped(
    session: Session, part: str, steps: Sequence[tuple[date, date]]
) -> dict[tuple[str, int], int]:
    """How many questions of each step, by the step's number, had each value of a part."""
    return {
        (name, at): count
        for at, (begin, end) in enumerate(steps)
        for name, count in totals(session, part, begin, end).items()
    }


def by_day(session: Session, part: str, first: date, last: date) -> dict[tuple[str, date], int]:
    """How many questions of each day had each value of a part that has few: a row for each."""
    tally = select(col(AskedTally.name), col(AskedTally.day), col(AskedTally.count)).where(
        col(AskedTally.part) == part, col(AskedTally.day).between(first, last)
    )
    value = table_of(Asked).c[part]
    fresh = select(value, Asked.day, func.count()).where(col(Asked.day).between(first, last))  # type: ignore[call-overload]
    found: Counter[tuple[str, date]] = Counter()
    for statement in (tally, fresh.group_by(value, col(Asked.day))):
        for name, on, count in session.execute(statement):
            found[name, on] += int(count)
    return dict(found)


def _sum(session: Session, *statements: Select[Any]) -> dict[Any, int]:
    """The counts of several statements put together."""
    found: Counter[Any] = Counter()
    for statement in statements:
        for name, count in session.execute(statement):
            found[name] += int(count)
    return dict(found)
