"""Who is told what a unit owes: whom organisers named, else those organisers who belong to it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import DateTime, delete, select
from sqlmodel import Field, Session, SQLModel, col

from bot import organisers
from bot.db import upsert
from bot.organisers import Organiser
from bot.people import Person


class UnitContact(SQLModel, table=True):
    """The organiser who is told what a unit owes."""

    unit: str = Field(primary_key=True)
    organiser_id: int = Field(foreign_key="organiser.id")
    by: str
    at: datetime = Field(sa_type=DateTime(timezone=True))


def named(session: Session) -> dict[str, Organiser]:
    """Whom organisers named for each unit; those whose powers were taken away are left out."""
    known = {one.id: one for one in organisers.listed(session)}
    rows = session.scalars(select(UnitContact))
    return {row.unit: known[row.organiser_id] for row in rows if row.organiser_id in known}


def name(session: Session, unit: str, organiser: int, by: str, now: datetime) -> None:
    """Name an organiser for a unit, in place of who was; 0: nobody.

    Raises UnknownOrganiserError.
    """
    if not organiser:
        session.execute(
            delete(UnitContact)
            .where(col(UnitContact.unit) == unit)
            .execution_options(synchronize_session=False)
        )
        return
    if organiser not in {one.id for one in organisers.listed(session)}:
        raise organisers.UnknownOrganiserError
    row = UnitContact(unit=unit, organiser_id=organiser, by=by, at=now)
    upsert(session, UnitContact, [row.model_dump()])


def of(session: Session) -> Mapping[str, tuple[Organiser, ...]]:
    """Who is told for each unit that has somebody."""
    found: dict[str, tuple[Organiser, ...]] = {}
    belong = (
        select(col(Person.unit), Organiser)
        .join(Organiser, col(Organiser.person_id) == col(Person.id))
        .where(col(Organiser.removed_at).is_(None), col(Person.unit) != "")
        .order_by(col(Organiser.id))
    )
    for unit, organiser in session.execute(belong):
        found[unit] = (*found.get(unit, ()), organiser)
    return {**found, **{unit: (one,) for unit, one in named(session).items()}}
