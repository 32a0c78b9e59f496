"""Which units are to be commended in a year: chosen by organisers, never by the ranking alone."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import DateTime, UniqueConstraint, delete, select
from sqlmodel import Field, Session, SQLModel, col


class Commended(SQLModel, table=True):
    """A unit that is to be commended in a year."""

    __table_args__ = (UniqueConstraint("year", "unit"),)
    id: int | None = Field(default=None, primary_key=True)
    year: int
    unit: str
    who: str
    """The organiser who chose it."""
    at: datetime = Field(sa_type=DateTime(timezone=True))


def of(session: Session, year: int) -> frozenset[str]:
    """The units chosen for a year."""
    return frozenset(
        session.scalars(select(col(Commended.unit)).where(col(Commended.year) == year))
    )


def choose(session: Session, year: int, units: Collection[str], who: str, now: datetime) -> None:
    """Commend just these units in a year; those that stay chosen keep who chose them, and when."""
    before = of(session, year)
    gone = before - set(units)
    session.execute(
        delete(Commended)
        .where(col(Commended.year) == year, col(Commended.unit).in_(gone))
        .execution_options(synchronize_session=False)
    )
    for unit in sorted(set(units) - before):
        session.add(Commended(year=year, unit=unit, who=who, at=now))
    session.flush()
