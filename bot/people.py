"""People: a person has one or more addresses, a language, a thôn, a unit, and consents."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import DateTime, UniqueConstraint, bindparam, delete, select, update
from sqlmodel import Field, Session, SQLModel, col

from bot import rights
from bot.db import changed, insert_new

PERSON = {"person": True}
"""Marks a column that says whom a row is about, so that privacy.py finds it."""
SEEN_EVERY = timedelta(hours=1)
"""How exactly we remember when somebody wrote: no finer than we use it."""


class Person(SQLModel, table=True):
    """Someone who wrote to us. No name, no number: only what we must know to answer."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    """The opaque name under which `faq` and `quiz` know this person."""
    language: str = "vi"
    hamlet: str = Field(default="", index=True)
    unit: str = ""
    preferred: str = ""
    """The channel on which this person wants what we send on our own accord; empty: we choose."""
    muted: bool = False
    """Wants no notices, except in an emergency."""
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    seen_at: datetime = Field(sa_type=DateTime(timezone=True))


class Address(SQLModel, table=True):
    """Where a person writes from."""

    __table_args__ = (UniqueConstraint("channel", "user"),)
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True, sa_column_kwargs={"info": PERSON})
    channel: str
    user: str
    chat: str
    blocked_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class Consent(SQLModel, table=True):
    """What a person agreed to or withdrew, with the words they saw."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True, sa_column_kwargs={"info": PERSON})
    kind: str
    given: bool
    wording: str
    at: datetime = Field(sa_type=DateTime(timezone=True))


class Interest(SQLModel, table=True):
    """Something a person wants to hear of: a kind of event, a subject."""

    __table_args__ = (UniqueConstraint("person_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True, sa_column_kwargs={"info": PERSON})
    name: str = Field(index=True)
    at: datetime = Field(sa_type=DateTime(timezone=True))


_FIND = (
    select(Person)
    .join(Address, col(Address.person_id) == col(Person.id))
    .where(col(Address.channel) == bindparam("name"), col(Address.user) == bindparam("who"))
)


def find(session: Session, channel: str, user: str) -> Person | None:
    """The person at an address, or None."""
    return session.scalars(_FIND, {"name": channel, "who": user}).first()


def welcome(
    session: Session, channel: str, user: str, chat: str, now: datetime
) -> tuple[Person, bool]:
    """The person at an address, met now if never before; and whether they are new."""
    known = find(session, channel, user)
    if known is not None:
        if now - known.seen_at > SEEN_EVERY:
            known.seen_at = now
        return known, False
    person = Person(key=secrets.token_hex(16), created_at=now, seen_at=now)
    session.add(person)
    session.flush()
    session.add(Address(person_id=id_of(person), channel=channel, user=user, chat=chat))
    session.flush()
    return person, True


def id_of(person: Person) -> int:
    """The row number of a person that is stored."""
    if person.id is None:
        msg = "this person is not stored yet"
        raise ValueError(msg)
    return person.id


def addresses(session: Session, person_id: int) -> Sequence[Address]:
    """Where a person can be reached."""
    statement = select(Address).where(col(Address.person_id) == person_id)
    return session.scalars(statement.order_by(col(Address.id))).all()


def part(session: Session, person: Person, leaving: Sequence[Address], now: datetime) -> Person:
    """Some addresses of a person are a new person's from now on, who speaks the same language."""
    alone = Person(
        key=secrets.token_hex(16),
        language=person.language,
        muted=person.muted,
        created_at=now,
        seen_at=now,
    )
    session.add(alone)
    session.flush()
    for address in leaving:
        address.person_id = id_of(alone)
    session.flush()
    return alone


def by_key(session: Session, key: str) -> Person | None:
    """The person known to `faq` and `quiz` under a key."""
    return session.scalars(select(Person).where(col(Person.key) == key)).first()


def agree(
    session: Session, person: Person, kind: str, wording: str, now: datetime, *, given: bool = True
) -> None:
    """Keep what a person agreed to (or withdrew), with the words they saw."""
    if not given:
        rights.receive(session, "withdraw", now, done=True)
    session.add(Consent(person_id=id_of(person), kind=kind, given=given, wording=wording, at=now))


def follow(session: Session, person_id: int, name: str, now: datetime) -> None:
    """Let a person hear of something from now on."""
    insert_new(session, Interest, [{"person_id": person_id, "name": name, "at": now}])


def unfollow(session: Session, person_id: int, name: str = "") -> int:
    """Let a person hear of something no more, of nothing at all when none is named; how many."""
    statement = delete(Interest).where(col(Interest.person_id) == person_id)
    if name:
        statement = statement.where(col(Interest.name) == name)
    return changed(session.execute(statement))


def interests(session: Session, person_id: int) -> list[str]:
    """What a person wants to hear of."""
    statement = select(col(Interest.name)).where(col(Interest.person_id) == person_id)
    return list(session.scalars(statement.order_by(col(Interest.name))))


def mark_blocked(
    session: Session, channel: str, chat: str, now: datetime, *, blocked: bool = True
) -> None:
    """Remember that nobody hears us at an address any more, or that they came back."""
    session.execute(
        update(Address)
        .where(col(Address.channel) == channel, col(Address.chat) == chat)
        .values(blocked_at=now if blocked else None)
    )


def move(session: Session, channel: str, old: str, new: str) -> None:
    """A chat has a new id."""
    session.execute(
        update(Address)
        .where(col(Address.channel) == channel, col(Address.chat) == old)
        .values(chat=new)
    )
