"""A live contest, stored step by step: joining, the steps, and what the projector shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from quiz import board, stage, steps
from quiz.bank import OPTIONS, Question
from quiz.draw import Asked
from quiz.log import Answer, Paper, entry_of, tallies
from quiz.papers import Entrant, may_enter
from quiz.rounds import Round, drawn, id_of, rules_of, sheet_of
from quiz.scoring import Tally
from quiz.stage import Act, Stage, StepError
from quiz.steps import Step


@dataclass(frozen=True)
class Shown:
    """A question as everybody sees it."""

    id: str
    number: int
    text: str
    options: tuple[str, ...]
    answer: int
    """Where the right option stands."""
    explanation: str


class StaleStepError(StepError):
    """Somebody else took a step meanwhile."""


def questions(round_: Round) -> list[tuple[Question, Asked]]:
    """The questions of the contest in their order, with the order of their options."""
    sheet = sheet_of(round_)
    return [(sheet[item.question], item) for item in drawn(round_.asked)]


def standing_of(session: Session, round_: Round) -> Stage:
    """Where the contest stands."""
    rules = rules_of(round_)
    limits = [rules.limit(question.difficulty) for question, _asked in questions(round_)]
    return stage.after(steps.taken(session, id_of(round_)), limits)


def take(session: Session, round_: Round, act: Act, seen: int, by: str, now: datetime) -> Stage:
    """Take a step; `seen` is how many steps the presenter saw. Raises StepError."""
    current = standing_of(session, round_)
    if current.step != seen:
        raise StaleStepError(act)
    stage.check(current, act, now)
    number = current.step + 1
    session.add(Step(round_id=id_of(round_), number=number, act=act, at=now, by=by))
    if act == "end":
        round_.closed_at = now
    session.flush()
    return standing_of(session, round_)


def undo(session: Session, round_: Round, seen: int, now: datetime) -> Stage:
    """Take back the last step; the answers to a question opened by mistake become void."""
    current = standing_of(session, round_)
    if current.step != seen:
        raise StaleStepError("undo")
    last = steps.last(session, id_of(round_))
    if last is None:
        raise StepError("nothing to undo")
    last.undone_at = now
    if last.act == "end":
        round_.closed_at = None
    session.flush()
    if last.act == "open":
        count_again(session, round_)
    return standing_of(session, round_)


def join(session: Session, round_: Round, who: Entrant, channel: str, now: datetime) -> Paper:
    """Take part from now on; joining again changes nothing.

    Raises RoundClosedError and NotAllowedError.
    """
    known = paper_of(session, round_, who.person_key)
    if known is not None:
        return known
    may_enter(round_, who, now)
    paper = Paper(
        round_id=id_of(round_),
        person_key=who.person_key,
        started_at=now,
        unit=who.unit,
        channel=channel,
    )
    session.add(paper)
    session.flush()
    board.enter(session, [board.row_of(rules_of(round_), entry_of(paper), Tally())])
    return paper


def paper_of(session: Session, round_: Round, person_key: str) -> Paper | None:
    """The paper of somebody who joined, or None."""
    statement = select(Paper).where(
        col(Paper.round_id) == id_of(round_), col(Paper.person_key) == person_key
    )
    return session.scalars(statement).first()


def joined(session: Session, person_key: str, now: datetime) -> Round | None:
    """The live contest a person takes part in now, or None."""
    statement = (
        select(Round)
        .join(Paper, col(Paper.round_id) == col(Round.id))
        .where(
            col(Paper.person_key) == person_key,
            col(Round.mode) == "stage",
            col(Round.closed_at).is_(None),
            col(Round.closes_at) > now,
        )
        .order_by(col(Paper.id).desc())
        .limit(1)
    )
    return session.scalars(statement).first()


def count_again(session: Session, round_: Round) -> None:
    """Write every standing row anew from the log."""
    board.enter(session, board.best_rows(rules_of(round_), tallies(session, round_)))


def shown(round_: Round, number: int) -> Shown:
    """A question as it stands on the projector."""
    question, asked = questions(round_)[number - 1]
    return Shown(
        question.id,
        number,
        question.question,
        tuple(question.options[original] for original in asked.order),
        asked.order.index(question.answer),
        question.explanation,
    )


def distribution(session: Session, round_: Round, current: Stage) -> tuple[int, ...]:
    """How many chose each option, in the order they are shown."""
    if not current.question:
        return (0,) * OPTIONS
    question, asked = questions(round_)[current.question - 1]
    statement = (
        select(Answer.choice, func.count())  # type: ignore[call-overload]
        .where(
            col(Answer.round_id) == id_of(round_),
            col(Answer.question) == question.id,
            col(Answer.opening) == current.opening,
            ~col(Answer.late),
        )
        .group_by(col(Answer.choice))
    )
    chosen = {int(choice): int(many) for choice, many in session.execute(statement)}
    return tuple(chosen.get(original, 0) for original in asked.order)


def answers_of(session: Session, round_: Round, person_key: str) -> list[Answer]:
    """What a player answered, in the order it was received."""
    statement = select(Answer).where(
        col(Answer.round_id) == id_of(round_), col(Answer.person_key) == person_key
    )
    return list(session.scalars(statement.order_by(col(Answer.received_at))))


def answer_to(session: Session, round_: Round, current: Stage, person_key: str) -> Answer | None:
    """A player's answer to the question the contest is about, or None."""
    mine: Iterable[Answer] = answers_of(session, round_, person_key)
    return next((item for item in mine if item.opening == current.opening), None)
