"""A live contest, stored step by step: joining, pressing, and what the projector shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import BindParameter, bindparam, func, select
from sqlmodel import Session, col

from quiz import board, scoring, stage, steps
from quiz.bank import OPTIONS, Question
from quiz.board import Standing
from quiz.draw import Asked
from quiz.papers import Answer, Entrant, Paper, entry_of, may_enter, tallies
from quiz.rounds import Round, drawn, id_of, rules_of, sheet_of
from quiz.rules import Rules
from quiz.scoring import Tally
from quiz.stage import Act, Stage, StepError
from quiz.steps import Step
from quiz.store import many, table_of

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


@dataclass(frozen=True)
class _Asking:
    """The question presses are for, with all that judging a press needs."""

    round_id: int
    rules: Rules
    question: Question
    order: tuple[int, ...]
    limit: timedelta
    opened: datetime
    deadline: datetime
    opening: int


def press(
    session: Session, round_: Round, presses: Sequence[Press], now: Stage | None = None
) -> list[Result]:
    """Count answers, each once, by the moment it was received; what became of each, in order.

    `now` is where the contest stands, when the caller knows; it is looked up otherwise.
    """
    current = now or standing_of(session, round_)
    asking = _asking(round_, current)
    if asking is None:
        return ["closed"] * len(presses)
    keys = sorted({item.person_key for item in presses})
    # The rows stay locked, so that of two processes the second sees what the first has counted.
    players = {
        row[0]: (row[1], Tally(*row[2:]))
        for row in session.connection().execute(_PLAYERS, _of(asking, keys))
    }
    answered = set(session.connection().execute(_ANSWERED, _on(asking, keys)).scalars())
    results: list[Result] = []
    rows: list[dict[str, Any]] = []
    for item in presses:
        result = _judge(item, asking, players)
        if result == "counted" and item.person_key in answered:
            result = "already"
        if result == "counted":
            answered.add(item.person_key)
            rows.append(_row(item, asking, players[item.person_key][0]))
        results.append(result)
    if rows:
        many(session, _ANSWER, rows)
        many(session, _STAND, [_stood(asking, row, players[row["person_key"]][1]) for row in rows])
    return results


_STANDING, _LOG = table_of(Standing), table_of(Answer)
_KEYS: BindParameter[Sequence[str]] = bindparam("keys", expanding=True)
_PLAYERS = (
    select(
        _STANDING.c.person_key,
        _STANDING.c.paper_id,
        *(_STANDING.c[name] for name in ("right", "points", "took", "answered", "finished")),
    )
    .where(_STANDING.c.round_id == bindparam("round"), _STANDING.c.person_key.in_(_KEYS))
    .order_by(_STANDING.c.person_key)
    .with_for_update()
)
_ANSWERED = select(_LOG.c.person_key).where(
    _LOG.c.round_id == bindparam("round"),
    _LOG.c.question == bindparam("asked"),
    _LOG.c.opening == bindparam("step"),
    _LOG.c.attempt == 1,
    _LOG.c.person_key.in_(_KEYS),
)
_ANSWER = _LOG.insert().inline()
_STAND = (
    _STANDING.update()
    .where(
        _STANDING.c.round_id == bindparam("of_round"), _STANDING.c.person_key == bindparam("who")
    )
    .values(
        right=bindparam("new_right"),
        points=bindparam("new_points"),
        took=bindparam("new_took"),
        answered=bindparam("new_answered"),
        finished=bindparam("new_finished"),
        key=bindparam("new_key"),
    )
)


def _asking(round_: Round, current: Stage) -> _Asking | None:
    """The question that takes answers, or None."""
    if current.phase not in {"open", "closed"} or not current.opened_at or not current.deadline:
        return None
    question, asked = questions(round_)[current.question - 1]
    rules = rules_of(round_)
    return _Asking(
        id_of(round_),
        rules,
        question,
        asked.order,
        rules.limit(question.difficulty),
        current.opened_at,
        current.deadline,
        current.opening,
    )


def _of(asking: _Asking, keys: list[str]) -> dict[str, Any]:
    return {"round": asking.round_id, "keys": keys}


def _on(asking: _Asking, keys: list[str]) -> dict[str, Any]:
    return {**_of(asking, keys), "asked": asking.question.id, "step": asking.opening}


def _judge(item: Press, asking: _Asking, players: Mapping[str, Any]) -> Result:
    if item.person_key not in players:
        return "stranger"
    if not 0 <= item.shown < OPTIONS or item.question not in {"", asking.question.id}:
        return "unknown"
    if item.channel == HELPER:
        return "counted"
    if item.at < asking.opened:
        return "closed"
    return "late" if scoring.is_late(item.channel, asking.deadline, item.at) else "counted"


def _row(item: Press, asking: _Asking, paper_id: int) -> dict[str, Any]:
    """An answer as the log keeps it."""
    received = asking.opened + asking.limit if item.channel == HELPER else item.at
    spent = scoring.took(asking.opened, asking.limit, received)
    choice = asking.order[item.shown]
    right = choice == asking.question.answer
    return {
        "round_id": asking.round_id,
        "paper_id": paper_id,
        "person_key": item.person_key,
        "attempt": 1,
        "question": asking.question.id,
        "opening": asking.opening,
        "choice": choice,
        "right": right,
        "late": False,
        "points": scoring.points(asking.rules, asking.limit, spent, right=right),
        "took": spent,
        "asked_at": asking.opened,
        "received_at": received,
        "channel": item.channel,
    }


def _stood(asking: _Asking, row: Mapping[str, Any], before: Tally) -> dict[str, Any]:
    """The standing row of somebody after an answer."""
    tally = scoring.add(
        before,
        right=row["right"],
        gained=row["points"],
        took_ms=row["took"],
        at=row["received_at"],
    )
    return {
        "of_round": asking.round_id,
        "who": row["person_key"],
        "new_right": tally.right,
        "new_points": tally.points,
        "new_took": tally.took,
        "new_answered": tally.answered,
        "new_finished": tally.finished,
        "new_key": scoring.key(asking.rules, tally),
    }


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
