"""Groups: a group of a thôn that subscribed as a whole, and how many notices a day it takes."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import DateTime, UniqueConstraint, delete, select, update
from sqlmodel import Field, Session, SQLModel, col

from bot import organisers
from bot.db import changed
from bot.people import PERSON

A_DAY = 3
"""Notices a day a group takes at most, unless settled otherwise: it is theirs to talk in."""
ACTOR = "group admin"
"""Who acted, in the audit: residents are never named there."""


class GroupSub(SQLModel, table=True):
    """A group that hears notices, of a thôn or of the whole island."""

    __table_args__ = (UniqueConstraint("channel", "chat"),)
    id: int | None = Field(default=None, primary_key=True)
    channel: str
    chat: str
    hamlet: str = ""
    """Empty: the whole island."""
    confirmed_by: int | None = Field(
        default=None, foreign_key="person.id", index=True, sa_column_kwargs={"info": PERSON}
    )
    """The admin of the group who said yes."""
    confirmed_at: datetime = Field(sa_type=DateTime(timezone=True))
    a_day: int = A_DAY
    sent_on: date | None = None
    sent: int = 0
    """Notices it was sent on that day."""


def of(session: Session, channel: str, chat: str) -> GroupSub | None:
    """The subscription of a group, or None."""
    statement = select(GroupSub).where(col(GroupSub.channel) == channel, col(GroupSub.chat) == chat)
    return session.scalars(statement).first()


def subscribe(
    session: Session, channel: str, chat: str, hamlet: str, person_id: int, now: datetime
) -> GroupSub:
    """A group hears a thôn's notices from now on; one that did hears those of this thôn."""
    found = of(session, channel, chat)
    if found is None:
        found = GroupSub(channel=channel, chat=chat, confirmed_at=now)
        session.add(found)
    found.hamlet, found.confirmed_by, found.confirmed_at = hamlet, person_id, now
    session.flush()
    what = f"group {found.id} {hamlet or 'all'}"
    organisers.note(session, ACTOR, "groups.subscribe", what, now)
    return found


def leave(session: Session, channel: str, chat: str, now: datetime, actor: str = ACTOR) -> bool:
    """A group hears no more notices; whether it did."""
    found = of(session, channel, chat)
    if found is None:
        return False
    organisers.note(session, actor, "groups.leave", f"group {found.id}", now)
    session.delete(found)
    session.flush()
    return True


def move(session: Session, channel: str, old: str, new: str) -> None:
    """A group has a new id; if that one subscribed as well, one row is enough."""
    mine = (col(GroupSub.channel) == channel, col(GroupSub.chat) == old)
    if of(session, channel, new) is not None:
        session.execute(delete(GroupSub).where(*mine))
        return
    session.execute(update(GroupSub).where(*mine).values(chat=new))


def hearing(session: Session, hamlets: Sequence[str]) -> Sequence[GroupSub]:
    """The groups that hear a notice for some thôn (none: for everyone)."""
    statement = select(GroupSub).order_by(col(GroupSub.id))
    if hamlets:
        statement = statement.where(col(GroupSub.hamlet).in_(("", *hamlets)))
    return session.scalars(statement).all()


def has_room(group: GroupSub, today: date) -> bool:
    """Whether a group takes one more notice today."""
    return group.sent_on != today or group.sent < group.a_day


def take(session: Session, group: GroupSub, today: date) -> bool:
    """Count one notice of today against a group's limit; False when there is no room.

    One statement decides, so that two processes cannot both take the last one.
    """
    new_day = (col(GroupSub.sent_on).is_(None)) | (col(GroupSub.sent_on) != today)
    mine = col(GroupSub.id) == group.id
    first = update(GroupSub).where(mine, new_day).values(sent_on=today, sent=0)
    session.execute(first.execution_options(synchronize_session=False))
    counted = session.execute(
        update(GroupSub)
        .where(mine, col(GroupSub.sent) < col(GroupSub.a_day))
        .values(sent=col(GroupSub.sent) + 1)
        .execution_options(synchronize_session=False)
    )
    session.refresh(group)
    return changed(counted) == 1
