"""What was asked, as counts alone: never who, never a word; a day is summed up when it is over."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, Index, delete, func, select, union_all
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col

from bot.db import table_of

SURE, NEAR, NOTHING = "sure", "near", "nothing"
VERDICTS = (SURE, NEAR, NOTHING)
PARTS = ("verdict", "entry", "hamlet", "channel")
"""What a day's questions are counted by, each for itself: no count says two things of a person."""

MONTHLY, WEEKLY = "/month", "/week"
WEEKS = frozenset({"hamlet"})
"""The parts that are summed up by week too: those counted over whole weeks alone."""
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

    A part whose name ends in MONTHLY holds the sums of whole months, under their first day; one
    that ends in WEEKLY those of whole weeks, under their Monday.
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
_FRESH, _TALLY = table_of(Asked).c, table_of(AskedTally).c


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
    kinds = (("", on), (MONTHLY, on.replace(day=1)), (WEEKLY, monday(on)))
    rows = [
        {"part": part + kind, "day": under, "name": name, "count": count}
        for kind, under in kinds
        for (part, name), count in sorted(sums.items())
        if kind != WEEKLY or part in WEEKS
    ]
    if rows:
        _add(session, rows)
    return len(taken)


def monday(on: date) -> date:
    """The first day of the week of a day."""
    return on - timedelta(days=on.weekday())


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
        select(_TALLY.name, func.sum(_TALLY["count"]))
        .where(_TALLY.part == name, _TALLY.day.between(since, until))
        .group_by(_TALLY.name)
        for name, since, until in spans
        if since <= until
    ]
    value = _FRESH[part]
    fresh = select(value, func.count()).where(_FRESH.day.between(first, last)).group_by(value)
    return _sum(session, union_all(*tallies, fresh))


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
    tally = select(_TALLY.day, func.sum(_TALLY["count"])).where(
        _TALLY.part == part, _TALLY.day.between(first, last)
    )
    fresh = select(_FRESH.day, func.count()).where(_FRESH.day.between(first, last))
    if names is not None:
        tally = tally.where(_TALLY.name.in_(names))
        fresh = fresh.where(_FRESH[part].in_(names))
    found = _sum(session, union_all(tally.group_by(_TALLY.day), fresh.group_by(_FRESH.day)))
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


def by_week(session: Session, part: str, first: date, last: date) -> dict[tuple[str, date], int]:
    """How many questions of each week had each value of a part of WEEKS, by the week's Monday.

    `first` is a Monday and `last` a Sunday.
    """
    tally = select(_TALLY.name, _TALLY.day, _TALLY["count"]).where(
        _TALLY.part == part + WEEKLY, _TALLY.day.between(first, last)
    )
    value = _FRESH[part]
    fresh = (
        select(value, _FRESH.day, func.count())
        .where(_FRESH.day.between(first, last))
        .group_by(value, _FRESH.day)
    )
    found: Counter[tuple[str, date]] = Counter()
    for name, on, count in session.connection().execute(union_all(tally, fresh)):
        found[name, monday(on)] += int(count)
    return dict(found)


def _sum(session: Session, statement: CompoundSelect[Any]) -> dict[Any, int]:
    """The counts of several statements put together."""
    found: Counter[Any] = Counter()
    for name, count in session.connection().execute(statement):
        found[name] += int(count)
    return dict(found)
