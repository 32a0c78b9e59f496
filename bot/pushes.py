"""Web Push: which browsers may be pushed to, and the keys under which we sign."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import DateTime, delete, select, update
from sqlmodel import Field, Session, SQLModel, col

from bot.db import changed, insert_new
from bot.people import PERSON

CHANNEL = "webpush"
MOST = 5
"""Browsers of one visitor; the oldest makes room."""


class Subscription(SQLModel, table=True):
    """A browser that may be pushed to."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True, sa_column_kwargs={"info": PERSON})
    visitor: str = Field(index=True)
    endpoint: str = Field(unique=True)
    p256dh: str
    auth: str
    at: datetime = Field(sa_type=DateTime(timezone=True))


class Vapid(SQLModel, table=True):
    """The one pair of keys, made at the first start; every process signs with it."""

    id: int = Field(default=1, primary_key=True)
    private_key: str
    public_key: str
    application_key: str
    """What a page gives its browser to subscribe with."""
    made_at: datetime = Field(sa_type=DateTime(timezone=True))


@dataclass(frozen=True)
class Keys:
    """The pair of keys in use."""

    private: bytes
    public: bytes
    application: str


def keys(session: Session, now: datetime) -> Keys:
    """The keys in use; made now if there are none."""
    if session.get(Vapid, 1) is None:
        from webpush import VAPID  # cryptography is heavy, and most processes make no keys

        private, public, application = VAPID.generate_keys()
        made = {
            "id": 1,
            "private_key": private.decode(),
            "public_key": public.decode(),
            "application_key": application,
            "made_at": now,
        }
        insert_new(session, Vapid, [made])  # of two processes that start at once, one wins
    found = session.get_one(Vapid, 1)
    private_key, public_key = found.private_key.encode(), found.public_key.encode()
    return Keys(private_key, public_key, found.application_key)


def subscribe(
    session: Session,
    person_id: int,
    visitor: str,
    endpoint: str,
    secrets: tuple[str, str],
    now: datetime,
) -> None:
    """Let a browser be pushed to: its endpoint, and its two secrets."""
    forget(session, endpoint)
    p256dh, auth = secrets
    session.add(
        Subscription(
            person_id=person_id,
            visitor=visitor,
            endpoint=endpoint,
            p256dh=p256dh,
            auth=auth,
            at=now,
        )
    )
    session.flush()
    for old in of(session, visitor)[MOST:]:
        session.delete(old)


def forget(session: Session, endpoint: str, visitor: str = "") -> int:
    """Push to a browser no more (of this visitor, when one is named); how many it was."""
    statement = delete(Subscription).where(col(Subscription.endpoint) == endpoint)
    if visitor:
        statement = statement.where(col(Subscription.visitor) == visitor)
    return changed(session.execute(statement))


def of(session: Session, visitor: str) -> Sequence[Subscription]:
    """The browsers of a visitor, the newest first."""
    statement = select(Subscription).where(col(Subscription.visitor) == visitor)
    return session.scalars(statement.order_by(col(Subscription.id).desc())).all()


def subscribed(session: Session, people: Iterable[int | None]) -> set[str]:
    """Which visitors among some people can be pushed to."""
    statement = select(col(Subscription.visitor)).where(col(Subscription.person_id).in_(people))
    return set(cast("Iterable[str]", session.scalars(statement)))


def part(session: Session, visitor: str, person_id: int) -> None:
    """The browsers of a visitor are another person's from now on."""
    session.execute(
        update(Subscription)
        .where(col(Subscription.visitor) == visitor)
        .values(person_id=person_id)
        .execution_options(synchronize_session=False)
    )
