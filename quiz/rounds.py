"""Rounds: opened with frozen rules and questions; papers written alone, answers counted once."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from typing import Literal

from sqlalchemy import DateTime, select
from sqlmodel import Field, Session, SQLModel, col

from quiz import rules as rules_
from quiz.bank import Question
from quiz.draw import Asked, draw
from quiz.rules import Rules

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No letter that is taken for another one when it is read from a wall."""


class Round(SQLModel, table=True):
    """A contest people enter: what is asked and how it is counted never changes after opening."""

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    """The same on every machine that results are merged on."""
    code: str = Field(unique=True)
    """What players type to join."""
    title: str
    season: str = Field(default="", index=True)
    mode: str
    rules: str
    sheet: str
    """The questions as they were at opening, by id."""
    seed: str
    asked: str = "[]"
    """On stage: the questions in their order, each with the order of its options."""
    opens_at: datetime = Field(sa_type=DateTime(timezone=True))
    closes_at: datetime = Field(sa_type=DateTime(timezone=True))
    closed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    actual: int | None = None
    """The number that was to be predicted, once it is known."""
    rehearsal: bool = False
    opened_by: str = ""


class RoundClosedError(Exception):
    """The round does not take players now: not open yet, or over."""


class UnknownRoundError(Exception):
    """There is no such round."""


def open_round(
    session: Session,
    rules: Rules,
    questions: Sequence[Question],
    *,
    title: str,
    opens_at: datetime,
    closes_at: datetime,
    by: str,
    season: str = "",
    rehearsal: bool = False,
) -> Round:
    """Open a round with a copy of its rules and questions. Raises TooFewQuestionsError."""
    uid = secrets.token_hex(16)
    seed = secrets.token_hex(16)
    picked = draw(questions, rules, seed)  # also shows that there are enough questions
    used = {item.question for item in picked} if rules.mode == "stage" else None
    sheet = [item for item in questions if used is None or item.id in used]
    round_ = Round(
        uid=uid,
        code=free_code(session),
        title=title,
        season=season,
        mode=rules.mode,
        rules=rules_.dump(rules),
        sheet=json.dumps([_frozen(item) for item in sheet], ensure_ascii=False),
        seed=seed,
        asked=written(picked) if rules.mode == "stage" else "[]",
        opens_at=opens_at,
        closes_at=closes_at,
        rehearsal=rehearsal,
        opened_by=by,
    )
    session.add(round_)
    session.flush()
    return round_


def free_code(session: Session) -> str:
    """A joining code no round has."""
    while True:
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(5))
        taken = select(Round.id).where(col(Round.code) == code)  # type: ignore[call-overload]
        if session.scalar(taken) is None:
            return code


def _frozen(item: Question) -> dict[str, object]:
    data = asdict(item)
    del data["withdrawn"]  # what is withdrawn later stays in the rounds that have it
    data["valid_until"] = None
    return data


@lru_cache(maxsize=64)
def _sheet(_uid: str, written: str) -> Mapping[str, Question]:
    items = (
        Question(**{**item, "options": tuple(item["options"]), "not_with": tuple(item["not_with"])})
        for item in json.loads(written)
    )
    return {item.id: item for item in items}


@lru_cache(maxsize=64)
def _loaded(written: str) -> Rules:
    return rules_.loads(written)


def written(asked: Sequence[Asked]) -> str:
    """Drawn questions as JSON."""
    return json.dumps([[item.question, item.order] for item in asked])


@lru_cache(maxsize=256)
def drawn(kept: str) -> tuple[Asked, ...]:
    """Drawn questions that were kept with `written`."""
    return tuple(Asked(question, tuple(order)) for question, order in json.loads(kept))


def sheet_of(round_: Round) -> Mapping[str, Question]:
    """The round's questions as they were when it was opened, by id."""
    return _sheet(round_.uid, round_.sheet)


def rules_of(round_: Round) -> Rules:
    """The round's rules as they were when it was opened."""
    return _loaded(round_.rules)


def id_of(round_: Round) -> int:
    """The row number of a round that is stored."""
    if round_.id is None:
        msg = "this round is not stored yet"
        raise ValueError(msg)
    return round_.id


def by_code(session: Session, code: str) -> Round:
    """The round with a joining code, or a uid. Raises UnknownRoundError."""
    wanted = code.strip()
    statement = select(Round).where(
        (col(Round.code) == wanted.upper()) | (col(Round.uid) == wanted.lower())
    )
    found = session.scalars(statement).first()
    if found is None:
        raise UnknownRoundError
    return found


def listed(session: Session, *, rehearsals: bool = False) -> list[Round]:
    """All rounds, the newest first."""
    statement = select(Round).order_by(col(Round.opens_at).desc(), col(Round.id).desc())
    if not rehearsals:
        statement = statement.where(~col(Round.rehearsal))
    return list(session.scalars(statement))


def running(session: Session, now: datetime, mode: rules_.Mode) -> list[Round]:
    """The rounds one may enter now, those that close first before the others."""
    statement = (
        select(Round)
        .where(
            col(Round.mode) == mode,
            ~col(Round.rehearsal),
            col(Round.closed_at).is_(None),
            col(Round.opens_at) <= now,
            col(Round.closes_at) > now,
        )
        .order_by(col(Round.closes_at), col(Round.id))
    )
    return list(session.scalars(statement))


def state_of(round_: Round, now: datetime) -> Literal["soon", "open", "over"]:
    """Whether a round takes players, will, or does so no more."""
    if is_open(round_, now):
        return "open"
    return "soon" if round_.closed_at is None and round_.opens_at > now else "over"


def is_open(round_: Round, now: datetime) -> bool:
    """Whether a round takes players now."""
    return round_.closed_at is None and round_.opens_at <= now < round_.closes_at
