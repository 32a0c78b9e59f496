"""A live contest, stored step by step: joining, pressing, and what the projector shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, select
from sqlmodel import Session, col

from quiz import board, scoring, stage, steps
from quiz.bank import OPTIONS, Question
from quiz.board import Standing
from quiz.draw import Asked
from quiz.papers import Answer, Entrant, Paper, entry_of, may_enter, tallies
from quiz.rounds import Round, drawn, id_of, rules_of, sheet_of
from quiz.scoring import Tally
from quiz.stage import Act, Stage, StepError
from quiz.steps import Step
from quiz.store import dialect_of, insert, table_of

HELPER = "paper"
"""The channel of answers a helper keys in from paper: they are collected at the bell and may be
keyed until the reveal, so they count as having taken all the time there was."""
Result = Literal["counted", "already", "late", "closed", "unknown", "stranger"]
"""counted: it is in. already: the first answer stands. late: after the deadline. closed: no
question is open. unknown: no such option or question. stranger: not joined."""


@dataclass(frozen=True)
class Press:
    """An answer as it was received, from any channel."""

    person_key: str
    shown: int
    """The option as it stands on the projector, from 0."""
    channel: str
    at: datetime
    question: str = ""
    """The question the button belongs to; empty: the one that is open."""


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


_STANDING = table_of(Standing)
_MINE = (
    "person_key",
    "paper_id",
    "side",
    "unit",
    "right",
    "points",
    "took",
    "answered",
    "finished",
)


def press(
    session: Session, round_: Round, presses: Sequence[Press], now: Stage | None = None
) -> list[Result]:
    """Count answers, each once, by the moment it was received; what became of each, in order.

    `now` is where the contest stands, when the caller knows; it is looked up otherwise.
    """
    current = now or standing_of(session, round_)
    if current.phase not in {"open", "closed"} or current.opened_at is None:
        return ["closed"] * len(presses)
    question, asked = questions(round_)[current.question - 1]
    players = _standings(session, round_, {item.person_key for item in presses})
    results: list[Result] = []
    rows: dict[str, dict[str, Any]] = {}
    for item in presses:
        result = _judge(item, current, question, players)
        if result == "counted" and item.person_key in rows:
            result = "already"
        if result == "counted":
            mine = players[item.person_key]
            rows[item.person_key] = _row(round_, item, current, question, asked, mine)
        results.append(result)
    fresh = _insert(session, list(rows.values()))
    _stand(session, round_, [rows[key] for key in fresh], players)
    return [
        "already" if result == "counted" and item.person_key not in fresh else result
        for item, result in zip(presses, results, strict=True)
    ]


def _standings(session: Session, round_: Round, keys: set[str]) -> dict[str, dict[str, Any]]:
    statement = select(*(_STANDING.c[name] for name in _MINE)).where(
        _STANDING.c.round_id == id_of(round_), _STANDING.c.person_key.in_(keys)
    )
    rows = session.connection().execute(statement).mappings()
    return {row["person_key"]: dict(row) for row in rows}


def _judge(item: Press, current: Stage, question: Question, players: Mapping[str, Any]) -> Result:
    if item.person_key not in players:
        return "stranger"
    if not 0 <= item.shown < OPTIONS or item.question not in {"", question.id}:
        return "unknown"
    if item.channel == HELPER:
        return "counted"
    if current.deadline is None or current.opened_at is None or item.at < current.opened_at:
        return "closed"
    if scoring.is_late(item.channel, current.deadline, item.at):
        return "late"
    return "counted"


def _row(
    round_: Round,
    item: Press,
    current: Stage,
    question: Question,
    asked: Asked,
    mine: Mapping[str, Any],
) -> dict[str, Any]:
    rules = rules_of(round_)
    limit = rules.limit(question.difficulty)
    opened = current.opened_at or item.at
    received = opened + limit if item.channel == HELPER else item.at
    spent = scoring.took(opened, limit, received)
    choice = asked.original(item.shown)
    right = choice == question.answer
    return {
        "round_id": id_of(round_),
        "paper_id": mine["paper_id"],
        "person_key": item.person_key,
        "attempt": 1,
        "question": question.id,
        "opening": current.opening,
        "choice": choice,
        "right": right,
        "late": False,
        "points": scoring.points(rules, limit, spent, right=right),
        "took": spent,
        "asked_at": opened,
        "received_at": received,
        "channel": item.channel,
    }


def _insert(session: Session, rows: list[dict[str, Any]]) -> set[str]:
    """Insert the answers nobody gave before; whose they are."""
    if not rows:
        return set()
    statement = insert(Answer, dialect_of(session)).on_conflict_do_nothing()
    target = table_of(Answer)
    found = session.connection().execute(statement.returning(target.c.person_key), rows)
    return set(found.scalars())


def _stand(
    session: Session,
    round_: Round,
    rows: Sequence[Mapping[str, Any]],
    players: Mapping[str, Mapping[str, Any]],
) -> None:
    """Bring the standing rows of those who answered up to date."""
    rules, round_id = rules_of(round_), id_of(round_)
    fresh = []
    for row in rows:
        mine = players[row["person_key"]]
        before = Tally(
            mine["right"], mine["points"], mine["took"], mine["answered"], mine["finished"]
        )
        tally = scoring.add(
            before,
            right=row["right"],
            gained=row["points"],
            took_ms=row["took"],
            at=row["received_at"],
        )
        entry = board.Entry(
            mine["paper_id"], round_id, row["person_key"], 1, mine["unit"], mine["side"]
        )
        fresh.append(board.row_of(rules, entry, tally))
    board.enter(session, fresh)


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
