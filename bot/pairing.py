"""Two addresses, one person: a six-digit code shown in one chat and typed in the other."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import DateTime, delete, func, select, update
from sqlmodel import Field, Session, SQLModel, col

from bot.db import changed
from bot.people import PERSON

CODE_FOR = timedelta(minutes=10)
TRIES, TRIES_OF_ALL = 5, 30
"""Wrong codes in ten minutes, of one person and of everybody: a code is one of a million, so with
ten codes out a stranger finds one in some 30,000 hours."""


class PairingCode(SQLModel, table=True):
    """A code that was shown, to be typed once somewhere else."""

    __tablename__ = "pairing_code"
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True, sa_column_kwargs={"info": PERSON})
    lane: str
    """The chat it was shown in."""
    code_hash: str = Field(index=True)
    until: datetime = Field(sa_type=DateTime(timezone=True), index=True)


class PairingTry(SQLModel, table=True):
    """A wrong code that was typed."""

    __tablename__ = "pairing_try"
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True, sa_column_kwargs={"info": PERSON})
    at: datetime = Field(sa_type=DateTime(timezone=True), index=True)


@dataclass(frozen=True)
class Shown:
    """Where a right code was shown."""

    person_id: int
    lane: str


class TooManyTriesError(Exception):
    """Too many wrong codes were typed, by this person or by all."""


def show(session: Session, person_id: int, lane: str, now: datetime) -> str:
    """A new code for a chat; one shown before is worth nothing any more."""
    session.execute(
        delete(PairingCode)
        .where((col(PairingCode.person_id) == person_id) | (col(PairingCode.until) <= now))
        .execution_options(synchronize_session=False)
    )
    while True:
        code = f"{secrets.randbelow(1_000_000):06d}"
        if _find(session, code, now) is None:
            break
    session.add(
        PairingCode(person_id=person_id, lane=lane, code_hash=_hash(code), until=now + CODE_FOR)
    )
    session.flush()
    return code


def check(session: Session, person_id: int, code: str, now: datetime) -> Shown | None:
    """Where a code was shown, or None when it is wrong or over. Raises TooManyTriesError."""
    session.execute(
        delete(PairingTry)
        .where(col(PairingTry.at) <= now - CODE_FOR)
        .execution_options(synchronize_session=False)
    )
    if _tries(session) >= TRIES_OF_ALL or _tries(session, person_id) >= TRIES:
        raise TooManyTriesError
    found = _find(session, code, now)
    if found is None:
        session.add(PairingTry(person_id=person_id, at=now))
        session.flush()
        return None
    return Shown(found.person_id, found.lane)


def use(session: Session, code: str, now: datetime) -> Shown | None:
    """Spend a code: where it was shown; None when it is over, or somebody was faster."""
    found = _find(session, code, now)
    if found is None:
        return None
    spent = (
        update(PairingCode)
        .where(col(PairingCode.id) == found.id, col(PairingCode.until) > now)
        .values(until=now)
        .execution_options(synchronize_session=False)
    )
    shown = Shown(found.person_id, found.lane)
    return shown if changed(session.execute(spent)) == 1 else None


def _tries(session: Session, person_id: int | None = None) -> int:
    statement = select(func.count()).select_from(PairingTry)
    if person_id is not None:
        statement = statement.where(col(PairingTry.person_id) == person_id)
    return int(session.scalar(statement) or 0)


def _find(session: Session, code: str, now: datetime) -> PairingCode | None:
    statement = select(PairingCode).where(
        col(PairingCode.code_hash) == _hash(code), col(PairingCode.until) > now
    )
    return session.scalars(statement).first()


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
