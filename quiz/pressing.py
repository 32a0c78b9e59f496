"""Presses of a live contest: each counted once, by the moment it was received."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import BindParameter, bindparam, select
from sqlmodel import Session

from quiz import scoring
from quiz.bank import OPTIONS, Question
from quiz.board import Standing
from quiz.contest import questions, standing_of
from quiz.log import Answer
from quiz.rounds import Round, id_of, rules_of
from quiz.rules import Rules
from quiz.scoring import Tally
from quiz.stage import Stage
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
        for row in session.connection().execute(_PLAYERS, _of(asking, keys)).all()
    }
    answered = set(session.connection().execute(_ANSWERED, _on(asking, keys)).scalars().all())
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
    if not 0 <= item.shown < OPTIONS or (item.question and item.question != asking.question.id):
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
