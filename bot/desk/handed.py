"""Questions handed to a unit that should answer them, each with a day by which it is due."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import DateTime, func, select
from sqlmodel import Field, Session, SQLModel, col

from bot.db import upsert
from faq.unanswered import OPEN, Unanswered

LONGEST_UNIT = 120


class Handed(SQLModel, table=True):
    """A question that a unit should answer; the newest handing on counts."""

    question: int = Field(primary_key=True)
    """The row of the question."""
    unit: str
    due: date
    by: str
    at: datetime = Field(sa_type=DateTime(timezone=True))


def hand(
    session: Session, questions: Sequence[int], unit: str, due: date, by: str, now: datetime
) -> None:
    """Hand questions to a unit."""
    rows = [
        Handed(question=row, unit=unit, due=due, by=by, at=now).model_dump() for row in questions
    ]
    if rows:
        upsert(session, Handed, rows)


def of(session: Session, questions: Sequence[int]) -> dict[int, Handed]:
    """Who should answer which of these questions."""
    found = session.scalars(select(Handed).where(col(Handed.question).in_(list(questions))))
    return {row.question: row for row in found}


def overdue(session: Session, today: date, limit: int = 100) -> list[tuple[Handed, Unanswered]]:
    """What units have not answered in time, the longest overdue first."""
    statement = (
        select(Handed, Unanswered)
        .join(Unanswered, col(Unanswered.id) == col(Handed.question))
        .where(col(Unanswered.state) == OPEN, col(Handed.due) < today)
        .order_by(col(Handed.due), col(Handed.question))
        .limit(limit)
    )
    return [(row, question) for row, question in session.execute(statement)]


def count_overdue(session: Session, today: date) -> int:
    """How many questions units have not answered in time."""
    statement = (
        select(func.count())
        .select_from(Handed)
        .join(Unanswered, col(Unanswered.id) == col(Handed.question))
        .where(col(Unanswered.state) == OPEN, col(Handed.due) < today)
    )
    return int(session.scalar(statement) or 0)
