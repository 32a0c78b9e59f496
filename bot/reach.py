"""Who can be reached, and why not: asked before anything is sent on our own accord."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import DateTime, select, update
from sqlmodel import Field, Session, SQLModel, col

from bot import people
from bot.db import table_of, upsert
from bot.i18n import _
from bot.people import PERSON, Address

Why = Literal["", "blocked", "window", "declined", "resting", "quota"]


@dataclass(frozen=True)
class Reach:
    """Whether a message would arrive at an address now; if not, why; and whether it costs."""

    why: Why = ""
    billed: bool = False

    @property
    def ok(self) -> bool:
        """Whether it would arrive."""
        return not self.why


Ask = Callable[[Session, Address, datetime], Reach]
"""What a channel may know of it: its method `reach`."""


def of(session: Session, address: Address, now: datetime, asks: Mapping[str, Ask]) -> Reach:
    """Whether an address can be reached: as its channel says, else unless it blocked us."""
    if address.blocked_at is not None:
        return Reach("blocked")
    ask = asks.get(address.channel)
    return Reach() if ask is None else ask(session, address, now)


def reason(why: Why) -> str:
    """Why some people cannot be reached, for organisers, after their number."""
    return {
        "": "",
        "blocked": _("đã chặn hoặc bỏ quan tâm"),
        "window": _("đã lâu chưa nhắn Zalo nên Zalo không cho gửi"),
        "declined": _("không nhận tin của Official Account"),
        "resting": _("đã nhận đủ số tin Zalo cho phép hôm nay"),
        "quota": _("chưa gửi được vì hết hạn mức tin Zalo"),
    }[why]


class Contact(SQLModel, table=True):
    """An address of a channel that counts: last heard when, closed why and until when.

    The row with no chat speaks of the account itself.
    """

    channel: str = Field(primary_key=True)
    chat: str = Field(primary_key=True)
    person_id: int | None = Field(
        default=None, foreign_key="person.id", index=True, sa_column_kwargs={"info": PERSON}
    )
    heard_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    closed: str = ""
    closed_until: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    """None: until they write."""


@dataclass(frozen=True)
class Standing:
    """How things stand with an address."""

    heard_at: datetime | None
    closed: Why


_ROW = table_of(Contact)
_PEOPLE = table_of(people.Person)
_ADDRESSES = table_of(Address)


def standing(session: Session, channel: str, chat: str, now: datetime) -> Standing:
    """How things stand with an address; of who wrote but once, the moment they were met."""
    row = _row(session, channel, chat)
    at = row.heard_at if row is not None else None
    if at is None:
        met = (
            select(_PEOPLE.c.seen_at)
            .join(_ADDRESSES, _ADDRESSES.c.person_id == _PEOPLE.c.id)
            .where(_ADDRESSES.c.channel == channel, _ADDRESSES.c.chat == chat)
        )
        at = session.connection().scalar(met)
    if row is None or (row.closed_until is not None and row.closed_until <= now):
        return Standing(at, "")
    return Standing(at, cast("Why", row.closed))


def heard(session: Session, channel: str, user: str, at: datetime) -> None:
    """Somebody did something which the platform counts: whatever was closed is open again."""
    person = people.find(session, channel, user)
    if person is None:  # their first message: the person is made when it is answered
        return
    known = _row(session, channel, user)
    newest = at if known is None or known.heard_at is None else max(at, known.heard_at)
    _keep(session, channel, user, people.id_of(person), newest)
    session.execute(
        update(Address)
        .where(
            col(Address.channel) == channel,
            col(Address.user) == user,
            col(Address.blocked_at).is_not(None),
        )
        .values(blocked_at=None)
    )


def close(
    session: Session, channel: str, chat: str, why: Why, until: datetime | None = None
) -> None:
    """Send nothing on our own accord to an address until a moment, or until they write."""
    person = people.find(session, channel, chat)
    if chat and person is None:
        return
    known = _row(session, channel, chat)
    at = None if known is None else known.heard_at
    if at is None and person is not None:
        at = person.seen_at
    owner = None if person is None else people.id_of(person)
    _keep(session, channel, chat, owner, at, closed=why, until=until)


def mark(session: Session, channel: str, at: datetime) -> None:
    """Remember of the account up to when everything was fetched."""
    known = _row(session, channel, "")
    closed = "" if known is None else known.closed
    _keep(session, channel, "", None, at, closed, None if known is None else known.closed_until)


def _row(session: Session, channel: str, chat: str) -> Contact | None:
    found = select(_ROW).where(_ROW.c.channel == channel, _ROW.c.chat == chat)
    row = session.connection().execute(found).mappings().first()
    return None if row is None else Contact(**row)


def _keep(
    session: Session,
    channel: str,
    chat: str,
    person_id: int | None,
    at: datetime | None,
    closed: str = "",
    until: datetime | None = None,
) -> None:
    row = Contact(
        channel=channel,
        chat=chat,
        person_id=person_id,
        heard_at=at,
        closed=closed,
        closed_until=until,
    )
    upsert(session, Contact, [row.model_dump()])
