"""Organisers: their roles, what each may do, and the audit line of every act."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import DateTime, Index, select
from sqlmodel import Field, Session, SQLModel, col

from bot import sensitive
from bot.people import PERSON, Person, id_of

Role = Literal["admin", "editor", "contest", "announcer", "viewer"]
Act = Literal[
    "organisers.manage",
    "questions.read",
    "questions.answer",
    "content.edit",
    "quiz.edit",
    "contest.run",
    "events.edit",
    "notices.send",
    "numbers.read",
]
POWERS: dict[Role, frozenset[Act]] = {
    "admin": frozenset(
        {
            "organisers.manage",
            "questions.read",
            "questions.answer",
            "content.edit",
            "quiz.edit",
            "contest.run",
            "events.edit",
            "notices.send",
            "numbers.read",
        }
    ),
    "editor": frozenset(
        {
            "questions.read",
            "questions.answer",
            "content.edit",
            "quiz.edit",
            "events.edit",
            "numbers.read",
        }
    ),
    "contest": frozenset({"contest.run", "quiz.edit", "numbers.read"}),
    "announcer": frozenset({"events.edit", "notices.send", "questions.read", "numbers.read"}),
    "viewer": frozenset({"questions.read", "numbers.read"}),
}
CODE_FOR = timedelta(minutes=10)
"""A joining code works once, for this long."""


class Organiser(SQLModel, table=True):
    """Someone with powers. Joined to a person by a code that is typed to the bot once."""

    id: int | None = Field(default=None, primary_key=True)
    name: str
    role: str
    person_id: int | None = Field(
        default=None, foreign_key="person.id", index=True, sa_column_kwargs={"info": PERSON}
    )
    code_hash: str = Field(default="", index=True)
    code_until: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    added_at: datetime = Field(sa_type=DateTime(timezone=True))
    removed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class Audit(SQLModel, table=True):
    """Who did what, when, and whether it was allowed. Organisers are named, residents never."""

    __table_args__ = (Index("ix_audit_actor_id", "actor", "id"), Index("ix_audit_at", "at"))
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=DateTime(timezone=True))
    actor: str
    act: str
    subject: str
    allowed: bool = True


class UnknownOrganiserError(Exception):
    """No organiser has this number, or they were removed."""


def add(session: Session, name: str, role: Role, actor: str, now: datetime) -> str:
    """Add an organiser; returns the code (128 bits, once, ten minutes) they type to the bot."""
    code = new_code()
    organiser = Organiser(
        name=name, role=role, code_hash=_hash(code), code_until=now + CODE_FOR, added_at=now
    )
    session.add(organiser)
    session.flush()
    note(session, actor, "organisers.add", f"organiser {organiser.id} {role}", now)
    return code


def new_code() -> str:
    """128 bits as hex, with no run of digits that would be masked as a card or identity number."""
    code = secrets.token_hex(16)
    while sensitive.blank(code) != code:
        code = secrets.token_hex(16)
    return code


def join(session: Session, person: Person, code: str, now: datetime) -> Organiser | None:
    """Make the person who knows a valid code the organiser it was made for."""
    found = session.scalars(
        select(Organiser).where(
            col(Organiser.code_hash) == _hash(code),
            col(Organiser.code_until) > now,
            col(Organiser.removed_at).is_(None),
        )
    ).first()
    if found is None:
        note(session, "chat", "organisers.join", "unknown code", now, allowed=False)
        return None
    found.person_id, found.code_hash, found.code_until = id_of(person), "", None
    note(session, found.name, "organisers.join", f"organiser {found.id}", now)
    return found


def listed(session: Session) -> Sequence[Organiser]:
    """Everybody with powers now."""
    statement = select(Organiser).where(col(Organiser.removed_at).is_(None))
    return session.scalars(statement.order_by(col(Organiser.id))).all()


def remove(session: Session, organiser_id: int, actor: str, now: datetime) -> Organiser:
    """Take an organiser's powers away, at once. Raises UnknownOrganiserError."""
    found = session.get(Organiser, organiser_id)
    if found is None or found.removed_at is not None:
        raise UnknownOrganiserError
    found.removed_at, found.person_id, found.code_hash = now, None, ""
    note(session, actor, "organisers.remove", f"organiser {found.id}", now)
    return found


def of(session: Session, person: Person | None) -> Organiser | None:
    """The organiser a person is, or None."""
    if person is None or person.id is None:
        return None
    statement = select(Organiser).where(
        col(Organiser.person_id) == person.id, col(Organiser.removed_at).is_(None)
    )
    return session.scalars(statement).first()


def may(session: Session, person: Person | None, act: Act) -> bool:
    """Whether a person may do something: the one place that decides."""
    organiser = of(session, person)
    return organiser is not None and act in POWERS.get(organiser.role, frozenset())  # type: ignore[call-overload]


def note(
    session: Session, actor: str, act: str, subject: str, now: datetime, *, allowed: bool = True
) -> None:
    """Write the audit line of an act. `subject` names our own rows, nothing people wrote."""
    session.add(Audit(at=now, actor=actor, act=act, subject=subject, allowed=allowed))


def _hash(code: str) -> str:
    return hashlib.sha256(code.strip().lower().encode()).hexdigest()
