"""Copies of notices for groups: each group once, within what it takes a day, counted apart."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Select, UniqueConstraint, func, insert, select
from sqlmodel import Field, Session, SQLModel

from bot import outbox
from bot.db import table_of
from bot.messages import dump
from bot.notices import audience as audiences
from bot.notices import groups
from bot.notices.announce import OUT, Notice, id_of, said
from bot.notices.audience import Ways
from bot.notices.calendar import ISLAND
from bot.notices.groups import GroupSub
from bot.outbox import BULK, Outbox

FULL, OFF = "full", "channel off"
"""Of a group: it has had its notices of the day; its channel is not on."""


class GroupCopy(SQLModel, table=True):
    """A notice and a group it is for: once, whatever happens."""

    __table_args__ = (UniqueConstraint("notice_id", "group_id"),)
    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notice.id")
    group_id: int
    """The subscription's number, which outlives the subscription."""
    state: str
    outbox_id: int | None = None
    at: datetime = Field(sa_type=DateTime(timezone=True))


_OUTBOX, _COPY = table_of(Outbox), table_of(GroupCopy)


def queue(session: Session, notice: Notice, ways: Ways, now: datetime) -> int:
    """Queue a notice to the groups it is for that do not have it yet; how many have a copy now."""
    chosen = audiences.load(notice.audience)
    if not chosen.is_public:
        return 0
    known = set(session.scalars(select(_COPY.c.group_id).where(_COPY.c.notice_id == id_of(notice))))
    for group in groups.hearing(session, chosen.hamlets):
        if group.id not in known:
            session.add(_copy(session, notice, group, ways, now))
    session.flush()
    return sum(told(session, id_of(notice)).values())


def _copy(
    session: Session, notice: Notice, group: GroupSub, ways: Ways, now: datetime
) -> GroupCopy:
    state, row = OUT, None
    if group.channel not in ways.can:
        state = OFF
    elif not groups.take(session, group, now.astimezone(ISLAND).date()) and not notice.urgent:
        state = FULL
    else:
        row = _put(session, notice, group, now)
    return GroupCopy(
        notice_id=id_of(notice), group_id=group.id or 0, state=state, outbox_id=row, at=now
    )


def _put(session: Session, notice: Notice, group: GroupSub, now: datetime) -> int:
    body = dump(said(notice, "vi"))
    values = outbox.row_of(group.channel, group.chat, body, now)
    values |= {"rank": BULK, "notice_id": id_of(notice)}
    made = session.connection().execute(insert(_OUTBOX).values(**values))
    return int(made.inserted_primary_key[0]) if made.inserted_primary_key else 0


def told(session: Session, number: int) -> Counter[str]:
    """How the copies of a notice stand: sent, left, full, failed and so on."""
    statement = (
        select(_COPY.c.state, _OUTBOX.c.state, func.count())
        .outerjoin(_OUTBOX, _OUTBOX.c.id == _COPY.c.outbox_id)
        .where(_COPY.c.notice_id == number)
        .group_by(_COPY.c.state, _OUTBOX.c.state)
    )
    counts: Counter[str] = Counter()
    for own, sending, many in session.connection().execute(statement):
        state = sending if own == OUT else own
        waits = state in {outbox.QUEUED, outbox.HELD, outbox.SENDING, None}
        counts["left" if waits else state] += many
    return counts


def rows(number: int) -> Select[Any]:
    """The messages of a notice that go to groups."""
    return select(_COPY.c.outbox_id).where(_COPY.c.notice_id == number)
