"""The steps of a live contest, as they were taken and undone: its own log."""

from datetime import datetime

from sqlalchemy import DateTime, UniqueConstraint, select
from sqlmodel import Field, Session, SQLModel, col

from quiz.stage import Done


class Step(SQLModel, table=True):
    """Something the presenter did. Two presses of one moment cannot both be the same step."""

    __table_args__ = (UniqueConstraint("round_id", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    number: int
    act: str
    at: datetime = Field(sa_type=DateTime(timezone=True))
    by: str = ""
    undone_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


def taken(session: Session, round_id: int) -> list[Done]:
    """Every step of a contest, undone ones too, in order."""
    statement = select(Step.number, Step.act, Step.at, Step.undone_at).where(  # type: ignore[call-overload]
        col(Step.round_id) == round_id
    )
    return [Done(*row) for row in session.execute(statement.order_by(col(Step.number)))]


def openings(session: Session, round_id: int) -> list[int]:
    """The steps that opened a question and stand: answers to others are void."""
    return [
        step.number
        for step in taken(session, round_id)
        if step.act == "open" and step.undone_at is None
    ]


def last(session: Session, round_id: int) -> Step | None:
    """The last step that stands."""
    statement = (
        select(Step)
        .where(col(Step.round_id) == round_id, col(Step.undone_at).is_(None))
        .order_by(col(Step.number).desc())
        .limit(1)
    )
    return session.scalars(statement).first()
