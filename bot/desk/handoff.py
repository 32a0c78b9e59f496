"""Chats an organiser has taken over: the bot keeps quiet there, and always comes back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import DateTime, bindparam, select
from sqlmodel import Field, Session, SQLModel, col

from bot import state
from bot.db import table_of
from bot.people import PERSON

LASTS = timedelta(hours=2)
"""How long the bot keeps quiet after an organiser's last word."""


class Handoff(SQLModel, table=True):
    """A chat taken over by an organiser, from when until when."""

    id: int | None = Field(default=None, primary_key=True)
    lane: str = Field(index=True)
    person_id: int = Field(foreign_key="person.id", index=True, sa_column_kwargs={"info": PERSON})
    by: str
    since: datetime = Field(sa_type=DateTime(timezone=True))
    until: datetime = Field(sa_type=DateTime(timezone=True))


class TakenError(Exception):
    """Somebody else talks with this person already; `by` says who."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


_ROW = table_of(Handoff)
_HELD = select(_ROW.c.id).where(_ROW.c.lane == bindparam("name"), _ROW.c.until > bindparam("now"))


def holds(session: Session, lane: str, now: datetime) -> bool:
    """Whether an organiser talks in a chat now, so that the bot keeps quiet."""
    found = session.connection().scalar(_HELD, {"name": lane, "now": now})
    return found is not None


def take(session: Session, lane: str, person_id: int, by: str, now: datetime) -> Handoff:
    """Take a chat over; what the bot had asked there is open no more. Raises TakenError."""
    for row in current(session, now):
        if row.lane == lane and row.by != by:
            raise TakenError(row.by)
        if row.lane == lane:
            return row
    chat = state.of(session, lane)
    state.close(chat)
    state.save(session, chat)
    made = Handoff(lane=lane, person_id=person_id, by=by, since=now, until=now + LASTS)
    session.add(made)
    session.flush()
    return made


def current(session: Session, now: datetime) -> Sequence[Handoff]:
    """The chats taken over now, the longest first."""
    statement = select(Handoff).where(col(Handoff.until) > now)
    return session.scalars(statement.order_by(col(Handoff.id))).all()


def spoke(row: Handoff, now: datetime) -> None:
    """The organiser wrote: the time limit runs from here."""
    row.until = now + LASTS


def give_back(row: Handoff, now: datetime) -> None:
    """The bot answers again."""
    row.until = min(row.until, now)
