"""What people ask of us by law: what kind, received when, due when, done when; never by whom."""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Literal

from sqlalchemy import DateTime, select
from sqlmodel import Field, Session, SQLModel, col

Kind = Literal["see", "correct", "forget", "withdraw"]
Way = Literal["self", "office"]
VIETNAM = timezone(timedelta(hours=7))
"""Where the law counts working days."""
ANSWER_WITHIN = 2
"""Working days in which a request must be answered (Nghị định 356/2025/NĐ-CP)."""
DONE_WITHIN: dict[str, timedelta] = {
    "see": timedelta(days=10),
    "correct": timedelta(days=10),
    "forget": timedelta(days=10),
    "withdraw": timedelta(days=15),
}
"""The decree gives 10 to 20 days by kind, and 15 to withdraw; of a range we keep the shortest."""


class PrivacyRequest(SQLModel, table=True):
    """A request for one's data, to correct or delete it, or a consent withdrawn."""

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    way: str = "self"
    """self: in the chat, met by the program. office: told to a person, who meets it."""
    received_at: datetime = Field(sa_type=DateTime(timezone=True))
    answer_by: datetime = Field(sa_type=DateTime(timezone=True))
    due_at: datetime = Field(sa_type=DateTime(timezone=True))
    done_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True), index=True)


class UnknownRequestError(Exception):
    """No open request has this number."""


def receive(
    session: Session, kind: Kind, now: datetime, *, way: Way = "self", done: bool = False
) -> PrivacyRequest:
    """Write a request down with its deadlines; `done`: it was met at once."""
    request = PrivacyRequest(
        kind=kind,
        way=way,
        received_at=now,
        answer_by=working_days_after(now, ANSWER_WITHIN),
        due_at=now + DONE_WITHIN[kind],
        done_at=now if done else None,
    )
    session.add(request)
    return request


def working_days_after(moment: datetime, days: int) -> datetime:
    """So many working days later; holidays count as working days, so the date is never too late."""
    local = moment.astimezone(VIETNAM)
    while days:
        local += timedelta(days=1)
        days -= local.weekday() < 5
    return local.astimezone(moment.tzinfo)


def waiting(session: Session) -> Sequence[PrivacyRequest]:
    """Requests not done yet, oldest first."""
    statement = select(PrivacyRequest).where(col(PrivacyRequest.done_at).is_(None))
    return session.scalars(statement.order_by(col(PrivacyRequest.id))).all()


def to_scrub(session: Session) -> list[PrivacyRequest]:
    """People who forgot themselves in the chat: their rows are gone, their traces perhaps not."""
    return [one for one in waiting(session) if (one.kind, one.way) == ("forget", "self")]


def overdue(session: Session, now: datetime) -> Sequence[PrivacyRequest]:
    """Requests whose first deadline has passed and that are not done."""
    return [request for request in waiting(session) if request.answer_by <= now]


def finish(session: Session, request_id: int, now: datetime) -> PrivacyRequest:
    """A request is done. Raises UnknownRequestError."""
    found = session.get(PrivacyRequest, request_id)
    if found is None or found.done_at is not None:
        raise UnknownRequestError
    found.done_at = now
    return found
