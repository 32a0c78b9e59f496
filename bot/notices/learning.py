"""What a talk taught: three questions before and after, the share right of those who did both."""

import random
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import DateTime, UniqueConstraint, select
from sqlmodel import Field, Session, SQLModel, col

from bot.db import insert_new
from bot.notices.calendar import Occurrence
from bot.notices.taking_part import Talk, ended
from bot.people import PERSON
from quiz.bank import Bank, Question

Phase = Literal["before", "after"]
MANY = 3


class TalkAnswer(SQLModel, table=True):
    """An answer to one of the questions, before or after; the first one counts."""

    __table_args__ = (UniqueConstraint("occurrence", "person_key", "phase", "question"),)
    id: int | None = Field(default=None, primary_key=True)
    occurrence: str
    person_key: str = Field(index=True, sa_column_kwargs={"info": PERSON})
    phase: str
    question: str
    choice: int
    is_right: bool
    at: datetime = Field(sa_type=DateTime(timezone=True))


@dataclass(frozen=True)
class Learned:
    """Of how many we know both, and the shares (0 to 1) they had right before and after."""

    people: int
    before: float
    after: float
    once: int
    """Answered all questions only before, or only after."""


def phase_of(item: Occurrence, now: datetime) -> Phase:
    """Before until half of it is over: people still come in when it has begun."""
    return "before" if now < item.start + (ended(item) - item.start) / 2 else "after"


def drawn(talk: Talk, bank: Bank, today: date) -> list[Question]:
    """The questions of a talk: drawn once, the same for everybody before and after."""
    if not talk.questions:
        talk.questions = ",".join(_draw(talk.occurrence, bank, today))
    known = {question.id: question for question in bank.questions}
    return [known[name] for name in talk.questions.split(",") if name in known]


def _draw(seed: str, bank: Bank, today: date) -> list[str]:
    """Not the hard ones, each of another subject."""
    pool = [question for question in bank.current(today) if question.difficulty < MANY]
    random.Random(seed).shuffle(pool)  # noqa: S311 - which questions are asked is no secret
    subjects: dict[str, str] = {}
    for question in pool:
        subjects.setdefault(question.category, question.id)
    return list(subjects.values())[:MANY]


def answer(
    session: Session,
    occurrence: str,
    person_key: str,
    phase: Phase,
    question: Question,
    choice: int,
    now: datetime,
) -> bool:
    """Keep an answer; False when there was one."""
    row = {"occurrence": occurrence, "person_key": person_key, "phase": phase}
    told = {"question": question.id, "choice": choice, "is_right": choice == question.answer}
    return insert_new(session, TalkAnswer, [{**row, **told, "at": now}]) == 1


def answered(session: Session, occurrence: str, person_key: str, phase: Phase) -> dict[str, bool]:
    """Which questions somebody answered, and whether rightly."""
    statement = select(col(TalkAnswer.question), col(TalkAnswer.is_right)).where(
        col(TalkAnswer.occurrence) == occurrence,
        col(TalkAnswer.person_key) == person_key,
        col(TalkAnswer.phase) == phase,
    )
    return dict(session.execute(statement).all())


def learned(session: Session, occurrence: str) -> Learned:
    """What those knew who answered everything twice, before and after."""
    talk = session.get(Talk, occurrence)
    asked = len(talk.questions.split(",")) if talk and talk.questions else MANY
    rows = session.execute(
        select(col(TalkAnswer.person_key), col(TalkAnswer.phase), col(TalkAnswer.is_right)).where(
            col(TalkAnswer.occurrence) == occurrence
        )
    )
    papers: dict[str, dict[str, list[bool]]] = {}
    for key, phase, right in rows:
        papers.setdefault(key, {"before": [], "after": []})[phase].append(right)
    whole = {
        key: [phase for phase, rights in paper.items() if len(rights) == asked]
        for key, paper in papers.items()
    }
    both = [papers[key] for key, phases in whole.items() if len(phases) == 2]
    once = sum(len(phases) == 1 for phases in whole.values())
    return Learned(len(both), _share(both, "before"), _share(both, "after"), once)


def _share(papers: list[dict[str, list[bool]]], phase: Phase) -> float:
    rights = [right for paper in papers for right in paper[phase]]
    return sum(rights) / len(rights) if rights else 0.0
