"""Passes: one-time links that open a session in a browser; a session can be taken back at once."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import DateTime, select, update
from sqlmodel import Field, Session, SQLModel, col

from bot.db import changed

Kind = Literal["organiser", "juror", "team", "helper"]
"""Whom a pass is for: an organiser by row number, a juror by row number, a team by its key, a
helper by the contest's row number."""
LINK_FOR = timedelta(minutes=30)
STAGE_LINK_FOR = timedelta(hours=12)
"""Links for jurors, teams and helpers are printed before the evening."""
SEEN_EVERY = timedelta(minutes=10)
"""How exactly we remember when a session was used."""
SESSION_FOR: dict[str, timedelta] = {
    "organiser": timedelta(days=30),
    "juror": timedelta(hours=24),
    "team": timedelta(hours=24),
    "helper": timedelta(hours=24),
}


class Pass(SQLModel, table=True):
    """A link, and the session it opened; tokens (256 bits) are kept as their hashes only."""

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    subject: str
    link_hash: str = Field(unique=True)
    link_until: datetime = Field(sa_type=DateTime(timezone=True))
    session_hash: str | None = Field(default=None, unique=True)
    session_until: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    made_at: datetime = Field(sa_type=DateTime(timezone=True))
    opened_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    revoked_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    seen_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    """When its session last opened a page of the desk, no finer than SEEN_EVERY."""


@dataclass(frozen=True)
class Holder:
    """Who a browser is, by its session."""

    pass_id: int
    kind: str
    subject: str


def issue(session: Session, kind: Kind, subject: str, now: datetime) -> str:
    """Make a link's token; it opens one session, once, and is kept nowhere."""
    token = secrets.token_urlsafe(32)
    lasting = LINK_FOR if kind == "organiser" else STAGE_LINK_FOR
    made = Pass(
        kind=kind, subject=subject, link_hash=_hash(token), link_until=now + lasting, made_at=now
    )
    session.add(made)
    session.flush()
    return token


def is_good(session: Session, token: str, now: datetime) -> bool:
    """Whether a link would open a session; looking does not use it up."""
    statement = select(Pass.id).where(*_usable(token, now))  # type: ignore[call-overload]
    return session.scalar(statement) is not None


def _usable(token: str, now: datetime) -> tuple[object, ...]:
    return (
        col(Pass.link_hash) == _hash(token),
        col(Pass.link_until) > now,
        col(Pass.opened_at).is_(None),
        col(Pass.revoked_at).is_(None),
    )


def open_session(session: Session, token: str, now: datetime) -> tuple[str, Holder] | None:
    """Use a link up: the session's token and whose it is; None when the link is not good.

    One statement decides, so that of two browsers with the same link only one gets in.
    """
    secret = secrets.token_urlsafe(32)
    taken = session.execute(
        update(Pass)
        .where(*_usable(token, now))  # type: ignore[arg-type]
        .values(opened_at=now, session_hash=_hash(secret))
        .execution_options(synchronize_session=False)
    )
    if changed(taken) != 1:
        return None
    found = session.scalars(select(Pass).where(col(Pass.session_hash) == _hash(secret))).one()
    found.session_until = now + SESSION_FOR[found.kind]
    session.flush()
    return secret, Holder(found.id or 0, found.kind, found.subject)


def holder(session: Session, secret: str, now: datetime) -> Holder | None:
    """Whose a session is, as long as it lasts and is not revoked; None otherwise."""
    if not secret:
        return None
    statement = select(Pass.id, Pass.kind, Pass.subject).where(  # type: ignore[call-overload]
        col(Pass.session_hash) == _hash(secret),
        col(Pass.session_until) > now,
        col(Pass.revoked_at).is_(None),
    )
    row = session.execute(statement).first()
    return None if row is None else Holder(*row)


def revoke(session: Session, kind: Kind, subject: str, now: datetime) -> int:
    """End every session and link of somebody, at once; how many there were."""
    ended = session.execute(
        update(Pass)
        .where(col(Pass.kind) == kind, col(Pass.subject) == subject, col(Pass.revoked_at).is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
    return changed(ended)


def sessions(session: Session, kind: Kind, subject: str, now: datetime) -> Sequence[Pass]:
    """The sessions of somebody that are open now, the newest first."""
    statement = select(Pass).where(
        col(Pass.kind) == kind,
        col(Pass.subject) == subject,
        col(Pass.session_until) > now,
        col(Pass.revoked_at).is_(None),
    )
    return session.scalars(statement.order_by(col(Pass.id).desc())).all()


def is_stale(found: Pass, now: datetime) -> bool:
    """Whether it is time to write down again that a session is used."""
    return found.seen_at is None or now - found.seen_at >= SEEN_EVERY


def see(session: Session, pass_id: int, now: datetime) -> None:
    """A session is used now."""
    seen = update(Pass).where(col(Pass.id) == pass_id).values(seen_at=now)
    session.execute(seen.execution_options(synchronize_session=False))


def leave(session: Session, pass_id: int, now: datetime) -> None:
    """End one session: its holder signs out."""
    found = session.get(Pass, pass_id)
    if found is not None:
        found.revoked_at = now


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
