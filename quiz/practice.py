"""Practice: what comes next for one learner, wrong ones spaced over days, the day's question."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from fsrs import Card, Rating, Scheduler
from sqlalchemy import DateTime, select
from sqlmodel import Field, Session, SQLModel, col

from quiz.bank import Question
from quiz.store import PERSON, dialect_of, insert, table_of

_SCHEDULER = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
"""FSRS with its published weights, in days: people play a few questions a day, not in ten minutes
again. Without chance, so that a test sees what people get."""
ENOUGH = 50
"""Answers after which a question's share of right ones says something (blueprint, rule 12)."""
TOO_HARD, TOO_EASY = 0.25, 0.95


class Review(SQLModel, table=True):
    """When a learner should see a question again."""

    person_key: str = Field(primary_key=True, sa_column_kwargs={"info": PERSON})
    question: str = Field(primary_key=True)
    due_at: datetime = Field(sa_type=DateTime(timezone=True))
    card: str
    """What the spacing remembers, as JSON."""


class Learner(SQLModel, table=True):
    """A learner's streak of days, and whether they want the day's question."""

    person_key: str = Field(primary_key=True, sa_column_kwargs={"info": PERSON})
    days: int = 0
    longest: int = 0
    last_day: date | None = None
    daily: bool = Field(default=False, index=True)
    asked_on: date | None = None
    """The day whose question was put to them last."""


class Tried(SQLModel, table=True):
    """How often a question was answered by anybody, and how often rightly."""

    question: str = Field(primary_key=True)
    times: int = 0
    right: int = 0


@dataclass(frozen=True)
class Wish:
    """What a learner wants to practise; empty and 0: anything."""

    category: str = ""
    difficulty: int = 0

    def fits(self, question: Question) -> bool:
        """Whether a question is what they want."""
        return self.category in {"", question.category} and self.difficulty in {
            0,
            question.difficulty,
        }


def pick(
    session: Session,
    questions: Sequence[Question],
    person_key: str,
    wish: Wish,
    now: datetime,
    chance: random.Random,
    seen: Sequence[str] = (),
) -> Question | None:
    """The next question: one that is due again, else a new one, else the one due soonest.

    `seen` are those of this sitting, which do not come again in it.
    """
    fitting = {item.id: item for item in questions if wish.fits(item) and item.id not in seen}
    statement = select(Review.question, Review.due_at).where(  # type: ignore[call-overload]
        col(Review.person_key) == person_key
    )
    known = session.execute(statement.order_by(col(Review.due_at), col(Review.question))).all()
    mine = [(name, due) for name, due in known if name in fitting]
    if mine and mine[0][1] <= now:
        return fitting[mine[0][0]]
    fresh = sorted(fitting.keys() - {name for name, _due in mine})
    if fresh:
        return fitting[chance.choice(fresh)]
    return fitting[mine[0][0]] if mine else None


def learn(
    session: Session, person_key: str, question: str, today: date, now: datetime, *, right: bool
) -> Learner:
    """Keep an answer: when the question comes again, the streak, and how hard it proves."""
    review = session.get(Review, (person_key, question))
    card = Card.from_json(review.card) if review else Card(card_id=0, due=now)
    rating = Rating.Good if right else Rating.Again
    card, _log = _SCHEDULER.review_card(card, rating, now.astimezone(UTC))
    kept = {
        "person_key": person_key,
        "question": question,
        "due_at": card.due,
        "card": card.to_json(),
    }
    _upsert(session, Review, kept)
    _count(session, question, right=right)
    learner = of(session, person_key)
    _keep_streak(learner, today)
    session.flush()
    return learner


def _upsert(session: Session, table: type[SQLModel], row: dict[str, object]) -> None:
    statement = insert(table, dialect_of(session))
    keys = [item.name for item in table_of(table).primary_key]
    fresh = {name: statement.excluded[name] for name in row if name not in keys}
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_=fresh), [row])


def _count(session: Session, question: str, *, right: bool) -> None:
    statement = insert(Tried, dialect_of(session))
    target = table_of(Tried)
    more = {"times": target.c.times + 1, "right": target.c.right + int(right)}
    session.execute(
        statement.on_conflict_do_update(index_elements=["question"], set_=more),
        [{"question": question, "times": 1, "right": int(right)}],
    )


def of(session: Session, person_key: str) -> Learner:
    """The learner a person is, begun if they are new."""
    learner = session.get(Learner, person_key)
    if learner is None:
        learner = Learner(person_key=person_key)
        session.add(learner)
    return learner


def _keep_streak(learner: Learner, today: date) -> None:
    if learner.last_day == today:
        return
    goes_on = learner.last_day == today - timedelta(days=1)
    learner.days = learner.days + 1 if goes_on else 1
    learner.longest = max(learner.longest, learner.days)
    learner.last_day = today


def streak(learner: Learner, today: date) -> int:
    """Days in a row up to today or yesterday; 0 when the row is broken."""
    fresh = learner.last_day is not None and learner.last_day >= today - timedelta(days=1)
    return learner.days if fresh else 0


def due_count(session: Session, person_key: str, now: datetime) -> int:
    """How many questions wait to come again."""
    statement = select(Review.question).where(  # type: ignore[call-overload]
        col(Review.person_key) == person_key, col(Review.due_at) <= now
    )
    return len(session.execute(statement).all())


def of_the_day(questions: Sequence[Question], today: date) -> Question:
    """The day's question: the same for everybody, easy or middling, another one each day."""
    pool = sorted((item for item in questions if item.difficulty < 3), key=lambda item: item.id)
    turn, place = divmod(today.toordinal(), len(pool))
    order = sorted(pool, key=lambda item: hashlib.sha256(f"{turn}{item.id}".encode()).digest())
    return order[place]


def waiting_for_daily(session: Session, today: date, limit: int = 200) -> list[Learner]:
    """Subscribers to whom today's question was not put yet."""
    statement = select(Learner).where(
        col(Learner.daily),
        (col(Learner.asked_on).is_(None)) | (col(Learner.asked_on) < today),
    )
    return list(session.scalars(statement.order_by(col(Learner.person_key)).limit(limit)))


def odd_ones(session: Session) -> list[Tried]:
    """Questions that proved too hard or too easy, to be written anew."""
    rows = session.scalars(select(Tried).where(col(Tried.times) >= ENOUGH))
    return [row for row in rows if not TOO_HARD <= row.right / row.times <= TOO_EASY]
