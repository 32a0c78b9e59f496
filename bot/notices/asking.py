"""Questions sent in before a talk: voted up by others, shown to who speaks, hidden by them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import DateTime, UniqueConstraint, func, select
from sqlmodel import Field, Session, SQLModel, col

from bot.db import insert_new
from bot.people import PERSON
from quiz import nicknames

LONGEST, EACH = 300, 5
"""Letters of a question; questions somebody may send in for one talk."""
_PHONE = re.compile(r"(?<!\d)(?:\+?84|0)(?:[\s.-]?\d){8,10}(?!\d)")
_ADDRESS = re.compile(
    r"(?:https?://|www\.|\b)(?:[\w-]+\.)+(?:com|net|vn|top|xyz|org|info|cc|me|link)\b",
    re.IGNORECASE,
)
_STATE = re.compile(r"\.gov\.vn$", re.IGNORECASE)


class TalkQuestion(SQLModel, table=True):
    """A question for a talk. Nobody but us sees whose it is."""

    __table_args__ = (UniqueConstraint("occurrence", "person_id", "text"),)
    id: int | None = Field(default=None, primary_key=True)
    occurrence: str = Field(index=True)
    person_id: int = Field(foreign_key="person.id", index=True, sa_column_kwargs={"info": PERSON})
    text: str
    hidden: bool = False
    at: datetime = Field(sa_type=DateTime(timezone=True))


class TalkVote(SQLModel, table=True):
    """Somebody wants to hear the answer too."""

    __table_args__ = (UniqueConstraint("question", "person_id"),)
    id: int | None = Field(default=None, primary_key=True)
    question: int = Field(index=True)
    """No foreign key: who asked may be forgotten while who voted is not."""
    person_id: int = Field(foreign_key="person.id", index=True, sa_column_kwargs={"info": PERSON})


@dataclass(frozen=True)
class Asked:
    """A question with how many others want to hear its answer."""

    id: int
    person_id: int
    text: str
    votes: int
    hidden: bool


class QuestionError(Exception):
    """A question cannot be taken: `reason` is short, long, many, again, rude or address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def ask(session: Session, occurrence: str, person_id: int, text: str, now: datetime) -> int:
    """Send a question in; its row number. Raises QuestionError."""
    wrong = _problem(text)
    if wrong:
        raise QuestionError(wrong)
    mine = select(func.count()).where(
        col(TalkQuestion.occurrence) == occurrence, col(TalkQuestion.person_id) == person_id
    )
    if (session.scalar(mine) or 0) >= EACH:
        raise QuestionError("many")
    row = {"occurrence": occurrence, "person_id": person_id, "text": text, "hidden": False}
    if not insert_new(session, TalkQuestion, [{**row, "at": now}]):
        raise QuestionError("again")
    newest = select(func.max(col(TalkQuestion.id))).where(
        col(TalkQuestion.occurrence) == occurrence, col(TalkQuestion.person_id) == person_id
    )
    return session.scalar(newest) or 0


def _problem(text: str) -> str:
    """Why a question is not shown to a hall: others read it without anybody having looked."""
    if len(text) < 8:
        return "short"
    if len(text) > LONGEST:
        return "long"
    addresses = (found[0] for found in _ADDRESS.finditer(text))
    if _PHONE.search(text) or any(not _STATE.search(address) for address in addresses):
        return "address"
    return "rude" if nicknames.swears(text) else ""


def vote(session: Session, question: int, person_id: int) -> bool:
    """Want to hear an answer too; False when one did already, or asked it oneself."""
    found = session.get(TalkQuestion, question)
    if found is None or found.hidden or found.person_id == person_id:
        return False
    return insert_new(session, TalkVote, [{"question": question, "person_id": person_id}]) == 1


def hide(session: Session, occurrence: str, question: int, *, hidden: bool = True) -> bool:
    """Take a question off the lists, or put it back."""
    found = session.get(TalkQuestion, question)
    if found is None or found.occurrence != occurrence:
        return False
    found.hidden = hidden
    return True


def listed(session: Session, occurrence: str, *, hidden: bool = False) -> Sequence[Asked]:
    """The questions for a talk, most wanted first; those hidden only when asked for."""
    votes = (
        select(func.count()).where(col(TalkVote.question) == col(TalkQuestion.id)).scalar_subquery()
    )
    statement = (
        select(
            col(TalkQuestion.id),
            col(TalkQuestion.person_id),
            col(TalkQuestion.text),
            votes.label("votes"),
            col(TalkQuestion.hidden),
        )
        .where(col(TalkQuestion.occurrence) == occurrence)
        .order_by(col(TalkQuestion.hidden), votes.desc(), col(TalkQuestion.id))
    )
    if not hidden:
        statement = statement.where(col(TalkQuestion.hidden).is_(False))
    return [Asked(*row) for row in session.execute(statement)]
