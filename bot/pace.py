"""How fast we may send, to a chat and in all: one GCRA row a key, shared by every process."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import DateTime, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col

from bot.db import table_of


class Pace(SQLModel, table=True):
    """A key (a lane, or a channel's account) and the moment it is free again."""

    key: str = Field(primary_key=True)
    due: datetime = Field(sa_type=DateTime(timezone=True))
    """When the next one would be due at a steady rate (GCRA's theoretical arrival time)."""
    free_at: datetime = Field(sa_type=DateTime(timezone=True), index=True)


@dataclass(frozen=True)
class Rate:
    """One message each `interval`, `burst` at once after a silence."""

    interval: timedelta
    burst: int = 1


def free_from(session: Session, key: str, now: datetime) -> datetime:
    """The moment a key is free; now when nothing is known of it."""
    row = session.get(Pace, key)
    return now if row is None else row.free_at


def room(session: Session, key: str, rate: Rate, now: datetime) -> int:
    """How many may go out now under a key."""
    row = session.get(Pace, key)
    if row is None:
        return rate.burst
    if row.free_at > now:
        return 0
    return min(rate.burst, 1 + int((now - row.free_at) / rate.interval))


def spend(session: Session, rates: Mapping[str, tuple[Rate, int]], now: datetime) -> None:
    """Count messages that go out: for each key its rate and how many."""
    if not rates:
        return
    known = select(Pace.key, Pace.due).where(col(Pace.key).in_(rates))  # type: ignore[call-overload]
    due = {row.key: row.due for row in session.execute(known)}
    rows = []
    for key in sorted(rates):  # in one order, so that two processes cannot lock each other out
        rate, count = rates[key]
        after = max(due.get(key, now), now) + rate.interval * count
        rows.append({"key": key, "due": after, "free_at": after - rate.interval * (rate.burst - 1)})
    _upsert(session, rows)


def hold(session: Session, key: str, until: datetime) -> None:
    """Nothing goes out under a key before a moment (the platform said so)."""
    free = max(until, free_from(session, key, until))
    _upsert(session, [{"key": key, "due": free, "free_at": free}])


def sweep(session: Session, now: datetime) -> None:
    """Forget keys that have been free for an hour."""
    session.execute(delete(Pace).where(col(Pace.free_at) < now - timedelta(hours=1)))


def _upsert(session: Session, rows: list[dict[str, object]]) -> None:
    table = table_of(Pace)
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    statement = insert.on_conflict_do_update(
        index_elements=["key"],
        set_={"due": insert.excluded.due, "free_at": insert.excluded.free_at},
    )
    session.connection().execute(statement, rows)
    session.expire_all()
