"""Which process does a kind of work, and until when nobody else may."""

from datetime import datetime, timedelta

from sqlalchemy import DateTime, delete, or_, update
from sqlmodel import Field, Session, SQLModel, col

from bot.db import changed, insert_new

LEASE = timedelta(seconds=10)


class Lease(SQLModel, table=True):
    """Which process does a kind of work, and until when nobody else may."""

    name: str = Field(primary_key=True)
    owner: str
    until: datetime = Field(sa_type=DateTime(timezone=True))


def take(session: Session, name: str, owner: str, now: datetime, length: timedelta = LEASE) -> bool:
    """Take or prolong the lease of a kind of work; False when another process has it.

    One that ends later than any lease can was written before the clock was set back.
    """
    insert_new(session, Lease, [{"name": name, "owner": owner, "until": now}])
    free = or_(col(Lease.owner) == owner, col(Lease.until) <= now, col(Lease.until) > now + LEASE)
    result = session.execute(
        update(Lease)
        .where(col(Lease.name) == name, free)
        .values(owner=owner, until=now + length)
        .execution_options(synchronize_session=False)
    )
    return changed(result) == 1


def give_up(session: Session, name: str, owner: str) -> None:
    """Let another process take a kind of work at once."""
    session.execute(
        delete(Lease)
        .where(col(Lease.name) == name, col(Lease.owner) == owner)
        .execution_options(synchronize_session=False)
    )
