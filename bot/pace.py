"""How fast we may send, to a chat and in all: one GCRA row a key, shared by every process."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import DateTime, bindparam, delete, select
from sqlmodel import Field, Session, SQLModel, col

from bot.db import insert_new, table_of, upsert

FARTHEST = timedelta(hours=1)
"""No pace reaches further ahead; one that seems to was written before the clock was set back."""


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
    slack: timedelta = timedelta(0)
    """How late one may have been sent without delaying those after it: a loop never wakes sharp."""


_ROW = table_of(Pace)
_FREE = select(_ROW.c.free_at).where(_ROW.c.key == bindparam("name"))
_DUE = (
    select(_ROW.c.key, _ROW.c.due)
    .where(_ROW.c.key.in_(bindparam("names", expanding=True)))
    .order_by(_ROW.c.key)  # in one order, so that two processes cannot lock each other out
    .with_for_update()
)
_LOCK = select(_ROW.c.key).where(_ROW.c.key == bindparam("name")).with_for_update()


def free_from(session: Session, key: str, now: datetime) -> datetime:
    """The moment a key is free; now when nothing is known of it, or nothing that can be true."""
    found: datetime | None = session.connection().scalar(_FREE, {"name": key})
    return now if found is None or found > now + FARTHEST else found


def room(session: Session, key: str, rate: Rate, now: datetime) -> int:
    """How many may go out now under a key."""
    found: datetime | None = session.connection().scalar(_FREE, {"name": key})
    if found is None or found > now + FARTHEST:
        return rate.burst
    if found > now:
        return 0
    return min(rate.burst, 1 + int((now - found) / rate.interval))


def lock(session: Session, key: str, now: datetime) -> None:
    """Until the commit no other process spends under a key; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        insert_new(session, Pace, [{"key": key, "due": now, "free_at": now}])
        session.connection().execute(_LOCK, {"name": key})


def spend(session: Session, rates: Mapping[str, tuple[Rate, int]], now: datetime) -> None:
    """Count messages that go out: for each key its rate and how many."""
    if not rates:
        return
    known = session.connection().execute(_DUE, {"names": list(rates)})
    due = {row.key: row.due for row in known if row.due <= now + FARTHEST}
    rows = []
    for key in sorted(rates):
        rate, count = rates[key]
        start = max(due.get(key, now), now - rate.slack)
        after = start + rate.interval * count
        rows.append({"key": key, "due": after, "free_at": after - rate.interval * (rate.burst - 1)})
    upsert(session, Pace, rows)


def hold(session: Session, key: str, wait: timedelta, now: datetime) -> None:
    """Nothing goes out under a key for so long (the platform said so), at most FARTHEST."""
    free = max(now + min(wait, FARTHEST), free_from(session, key, now))
    upsert(session, Pace, [{"key": key, "due": free, "free_at": free}])


def sweep(session: Session, now: datetime) -> None:
    """Forget keys that have been free for an hour."""
    session.execute(delete(Pace).where(col(Pace.free_at) < now - timedelta(hours=1)))


def sweep_spent(session: Session, now: datetime) -> None:
    """Forget keys that hold nobody back any more: they are addresses of people."""
    session.execute(delete(Pace).where(col(Pace.due) <= now, col(Pace.free_at) <= now))
