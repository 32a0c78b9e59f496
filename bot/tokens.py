"""Tokens that rotate: one row a name, refreshed by one process at a time, stored before use."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import DateTime, or_, select, update
from sqlmodel import Field, Session, SQLModel, col

from bot.db import changed, insert_new, table_of

LEASE = timedelta(seconds=60)
"""How long one process may take to refresh; longer than its call to the platform can last."""


class Token(SQLModel, table=True):
    """A pair of tokens. The refresh token works once: losing its successor means asking anew."""

    name: str = Field(primary_key=True)
    access: str = ""
    refresh: str = ""
    access_until: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    refresh_until: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    trouble: str = ""
    """Why a person has to consent again; empty while all is well."""
    lost: int = 0
    """How often in a row the platform had our refresh token and its answer did not arrive."""
    again_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    owner: str = ""
    lease_until: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    verifier: str = ""
    """The secret half of a consent that was asked for and not given yet (PKCE)."""
    state: str = ""
    asked_until: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


@dataclass(frozen=True)
class Pair:
    """What the platform gave: a token to call with, and one to get the next pair with."""

    access: str
    refresh: str
    access_until: datetime
    refresh_until: datetime


@dataclass(frozen=True)
class Held:
    """What is stored under a name."""

    pair: Pair
    trouble: str
    lost: int
    again_at: datetime | None


_ROW = table_of(Token)


def held(session: Session, name: str) -> Held | None:
    """The pair under a name; None when nobody consented yet."""
    row = session.connection().execute(select(_ROW).where(_ROW.c.name == name)).first()
    if row is None or not row.access:
        return None
    pair = Pair(row.access, row.refresh, row.access_until, row.refresh_until)
    return Held(pair, row.trouble, row.lost, row.again_at)


def lease(session: Session, name: str, access: str, owner: str, now: datetime) -> Held | None:
    """The right to refresh, if `access` is still the stored token and nobody else is at it."""
    taken = session.execute(
        update(Token)
        .where(
            col(Token.name) == name,
            col(Token.access) == access,
            col(Token.trouble) == "",
            or_(col(Token.lease_until).is_(None), col(Token.lease_until) <= now),
            or_(col(Token.again_at).is_(None), col(Token.again_at) <= now),
        )
        .values(owner=owner, lease_until=now + LEASE)
        .execution_options(synchronize_session=False)
    )
    return held(session, name) if changed(taken) else None


def keep(session: Session, name: str, spent: str, pair: Pair) -> None:
    """Store the pair which the refresh token `spent` gave, also when our lease ran out meanwhile.

    Whatever another process then made of the spent token (trouble), this pair is the good one.
    """
    _change(session, name, spent, **_fresh(pair))


def put_off(session: Session, name: str, spent: str, until: datetime, *, lost: int) -> None:
    """Try again later, not before `until`; `lost` counts answers that did not arrive."""
    _change(session, name, spent, again_at=until, lost=lost, owner="", lease_until=None)


def stop(session: Session, name: str, spent: str, why: str) -> None:
    """A person has to consent again."""
    _change(session, name, spent, trouble=why, owner="", lease_until=None)


def revoke(session: Session, name: str, why: str) -> None:
    """The platform took our right away, whatever the tokens are."""
    session.execute(update(Token).where(col(Token.name) == name).values(trouble=why))


def store(session: Session, name: str, pair: Pair) -> None:
    """Store the pair of a new consent; the question for it is answered."""
    _begin(session, name)
    done = {"verifier": "", "state": "", "asked_until": None}
    session.execute(update(Token).where(col(Token.name) == name).values(**_fresh(pair), **done))


def ask(session: Session, name: str, verifier: str, state: str, until: datetime) -> None:
    """Remember that a person was asked to consent; the newest question counts."""
    _begin(session, name)
    question = {"verifier": verifier, "state": state, "asked_until": until}
    session.execute(update(Token).where(col(Token.name) == name).values(**question))


def asked(session: Session, name: str, now: datetime) -> tuple[str, str] | None:
    """The verifier and the state of the consent that is asked for, until it expires."""
    row = session.connection().execute(select(_ROW).where(_ROW.c.name == name)).first()
    if row is None or row.asked_until is None or row.asked_until <= now:
        return None
    return row.verifier, row.state


def _begin(session: Session, name: str) -> None:
    texts = ("access", "refresh", "trouble", "owner", "verifier", "state")
    insert_new(session, Token, [{"name": name, "lost": 0, **dict.fromkeys(texts, "")}])


def _fresh(pair: Pair) -> dict[str, object]:
    """The columns of a pair nothing has gone wrong with."""
    return {
        "access": pair.access,
        "refresh": pair.refresh,
        "access_until": pair.access_until,
        "refresh_until": pair.refresh_until,
        "trouble": "",
        "lost": 0,
        "again_at": None,
        "owner": "",
        "lease_until": None,
    }


def _change(session: Session, name: str, spent: str, **values: object) -> None:
    """Change a row, unless another pair came into it meanwhile."""
    session.execute(
        update(Token)
        .where(col(Token.name) == name, col(Token.refresh) == spent)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
