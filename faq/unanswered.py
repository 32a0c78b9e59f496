"""Questions nobody has answered: kept with a code, answered by a person, given back."""

import json
from collections.abc import Sequence
from datetime import datetime

from rapidfuzz import fuzz, process
from sqlalchemy import DateTime, Index, func, select, update
from sqlmodel import Field, Session, SQLModel, col

OPEN, ANSWERED = "open", "answered"
WAITING, APPROVED, REFUSED = "waiting", "approved", "refused"
ALIKE = 75.0
"""Likeness, of 100, from which two folded questions are put together."""
PREFIX = "H-"


class Unanswered(SQLModel, table=True):
    """A question for a person. The asker is known by an opaque key."""

    __table_args__ = (Index("ix_unanswered_state_asked_at_why", "state", "asked_at", "why"),)
    id: int | None = Field(default=None, primary_key=True)
    person_key: str = Field(index=True, sa_column_kwargs={"info": {"person": True}})
    channel: str = ""
    lane: str = ""
    """Where it was asked: the answer goes back there."""
    text: str
    folded: str = ""
    near: str = "[]"
    """Ids of the entries that came nearest, best first, as JSON."""
    why: str = "nothing"
    """nothing: no entry was near. refused: none of those offered. wrong: "chưa đúng ý"."""
    asked_at: datetime = Field(sa_type=DateTime(timezone=True))
    state: str = OPEN
    answer: str = ""
    answered_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    answered_by: str = ""

    @property
    def code(self) -> str:
        """The name people know it by: H-0142."""
        return f"{PREFIX}{self.id or 0:04d}"


class Candidate(SQLModel, table=True):
    """A wording that a person confirmed to mean an entry; an organiser may add it to the entry."""

    id: int | None = Field(default=None, primary_key=True)
    person_key: str = Field(index=True, sa_column_kwargs={"info": {"person": True}})
    entry: str
    text: str
    folded: str = ""
    at: datetime = Field(sa_type=DateTime(timezone=True))
    state: str = WAITING


class UnknownCandidateError(Exception):
    """No wording with this number waits for a decision."""


class UnknownQuestionError(Exception):
    """No question has this code."""


def keep(
    session: Session,
    *,
    person_key: str,
    channel: str,
    lane: str,
    text: str,
    folded: str,
    near: Sequence[str],
    why: str,
    now: datetime,
) -> Unanswered:
    """Keep a question for a person to answer; asked again in the same chat, it stays one."""
    same = select(Unanswered).where(
        col(Unanswered.person_key) == person_key,
        col(Unanswered.folded) == folded,
        col(Unanswered.state) == OPEN,
    )
    known = session.scalars(same).first()
    if known is not None:
        return known
    question = Unanswered(
        person_key=person_key,
        channel=channel,
        lane=lane,
        text=text,
        folded=folded,
        near=json.dumps(list(near)),
        why=why,
        asked_at=now,
    )
    session.add(question)
    session.flush()
    return question


def by_code(session: Session, code: str) -> Unanswered:
    """The question with a code such as H-0142. Raises UnknownQuestionError."""
    digits = code.strip().upper().removeprefix(PREFIX).strip()
    found = (
        session.get(Unanswered, int(digits)) if digits.isdecimal() and len(digits) < 10 else None
    )
    if found is None:
        raise UnknownQuestionError
    return found


def waiting(session: Session, limit: int = 50) -> Sequence[Unanswered]:
    """Questions not answered yet, oldest first."""
    statement = select(Unanswered).where(col(Unanswered.state) == OPEN)
    return session.scalars(statement.order_by(col(Unanswered.id)).limit(limit)).all()


def still_open(session: Session, rows: Sequence[int]) -> Sequence[Unanswered]:
    """Those of some questions that nobody has answered yet, oldest first."""
    statement = select(Unanswered).where(
        col(Unanswered.id).in_(list(rows)), col(Unanswered.state) == OPEN
    )
    return session.scalars(statement.order_by(col(Unanswered.id))).all()


def count_waiting(session: Session) -> int:
    """How many questions are not answered yet."""
    statement = select(func.count()).where(col(Unanswered.state) == OPEN)
    return int(session.scalar(statement) or 0)


def answer(question: Unanswered, text: str, by: str, now: datetime) -> None:
    """Write a person's answer down; giving it back is for the one who calls."""
    question.state, question.answer = ANSWERED, text
    question.answered_at, question.answered_by = now, by


def confirm(
    session: Session, *, person_key: str, entry: str, text: str, folded: str, now: datetime
) -> None:
    """Keep a wording that a person confirmed to mean an entry."""
    session.add(Candidate(person_key=person_key, entry=entry, text=text, folded=folded, at=now))


def adopt(session: Session, question: Unanswered, entry: str, now: datetime) -> None:
    """Take the words of a question into an entry, as an organiser decided."""
    session.add(
        Candidate(
            person_key=question.person_key,
            entry=entry,
            text=question.text,
            folded=question.folded,
            at=now,
            state=APPROVED,
        )
    )


def candidates(session: Session, limit: int = 100) -> Sequence[Candidate]:
    """Confirmed wordings that wait for an organiser, oldest first; each wording once."""
    statement = select(Candidate).where(col(Candidate.state) == WAITING)
    found = session.scalars(statement.order_by(col(Candidate.id)).limit(limit * 5)).all()
    unique = {(item.entry, item.folded): item for item in reversed(found)}
    return sorted(unique.values(), key=lambda item: item.id or 0)[:limit]


def decide(session: Session, candidate_id: int, *, take: bool) -> Candidate:
    """Take a confirmed wording into its entry, or refuse it. Raises UnknownCandidateError."""
    found = session.get(Candidate, candidate_id)
    if found is None or found.state != WAITING:
        raise UnknownCandidateError
    same = update(Candidate).where(
        col(Candidate.entry) == found.entry, col(Candidate.folded) == found.folded
    )
    session.execute(same.values(state=APPROVED if take else REFUSED))
    session.refresh(found)
    return found


def approved(session: Session) -> dict[str, list[str]]:
    """The wordings taken into each entry."""
    statement = select(Candidate.entry, Candidate.text).where(col(Candidate.state) == APPROVED)  # type: ignore[call-overload]
    taken: dict[str, list[str]] = {}
    for entry, text in session.execute(statement.order_by(col(Candidate.id))):
        if text not in taken.setdefault(entry, []):
            taken[entry].append(text)
    return taken


def grouped(questions: Sequence[Unanswered], alike: float = ALIKE) -> list[list[Unanswered]]:
    """Questions put together by likeness, the largest group first."""
    groups: list[list[Unanswered]] = []
    first: list[str] = []
    for question in questions:
        found = process.extractOne(
            question.folded, first, scorer=fuzz.token_set_ratio, score_cutoff=alike
        )
        if found is None:
            first.append(question.folded)
            groups.append([question])
        else:
            groups[found[2]].append(question)
    return sorted(groups, key=lambda group: (-len(group), group[0].id or 0))
