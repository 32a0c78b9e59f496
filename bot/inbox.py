"""Messages received: accepted once, handed out in order per chat, parked when unreadable."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    DateTime,
    Index,
    UniqueConstraint,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlmodel import Field, Session, SQLModel, col

from bot.db import changed, insert_new, table_of
from bot.messages import Received
from bot.people import PERSON

WAITING, HANDLING, DONE, PARKED = "waiting", "handling", "done", "parked"
LEASE = timedelta(seconds=10)
SKEW = timedelta(minutes=1)
"""How far the clocks of two processes may be apart."""
TRIES = 3
"""A message that failed this often is parked, so that it never blocks those behind it."""


class Inbox(SQLModel, table=True):
    """A message received. `payload` is forgotten once it is handled; `text` is what was said."""

    __table_args__ = (
        UniqueConstraint("channel", "key"),
        Index("ix_inbox_state_lane_id", "state", "lane", "id"),
        Index("ix_inbox_lane_id", "lane", "id"),
        {"sqlite_autoincrement": True},  # a row number is never used again
    )
    id: int | None = Field(default=None, primary_key=True)
    channel: str
    key: str
    lane: str
    payload: str = ""
    received_at: datetime = Field(sa_type=DateTime(timezone=True))
    state: str = WAITING
    attempts: int = 0
    owner: str = ""
    lease_until: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    error: str = ""
    person_id: int | None = Field(
        default=None, foreign_key="person.id", index=True, sa_column_kwargs={"info": PERSON}
    )
    text: str = ""


# Statements of the hot path are built once: building them anew was most of a message's cost.
_ROW = table_of(Inbox)
_EARLIER = _ROW.alias()
_FIRST = (
    select(
        _ROW.c.id, _ROW.c.channel, _ROW.c.lane, _ROW.c.payload, _ROW.c.received_at, _ROW.c.attempts
    )
    .where(
        _ROW.c.state == WAITING,
        _ROW.c.channel.in_(bindparam("names", expanding=True)),
        ~exists().where(
            _EARLIER.c.lane == _ROW.c.lane,
            _EARLIER.c.state.in_((WAITING, HANDLING)),
            _EARLIER.c.id < _ROW.c.id,
        ),
    )
    .order_by(_ROW.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_TAKE = (
    update(_ROW)
    .where(_ROW.c.id.in_(bindparam("rows", expanding=True)))
    .values(
        state=HANDLING,
        owner=bindparam("by"),
        lease_until=bindparam("until"),
        attempts=_ROW.c.attempts + 1,
    )
)
_FINISH = (
    update(_ROW)
    .where(_ROW.c.id == bindparam("row"), _ROW.c.owner == bindparam("by"), _ROW.c.state == HANDLING)
    .values(state=DONE, payload="", lease_until=None)
)
_KEEP = (
    update(_ROW)
    .where(_ROW.c.id == bindparam("row"))
    .values(person_id=bindparam("who"), text=bindparam("said"))
)
_FORGET = _KEEP.values(lane="")


@dataclass(frozen=True)
class Task:
    """A message handed out to be handled."""

    id: int
    channel: str
    lane: str
    payload: str
    received_at: datetime
    attempts: int


def accept(session: Session, deliveries: Sequence[Received]) -> int:
    """Keep what was delivered, each once; how many were new."""
    rows = [
        {
            "channel": item.channel,
            "key": item.key,
            "lane": item.lane,
            "payload": item.payload,
            "received_at": item.at,
            "state": WAITING,
            "attempts": 0,
            "owner": "",
            "error": "",
            "text": "",
        }
        for item in deliveries
    ]
    return insert_new(session, Inbox, rows)


def claim(
    session: Session, channels: Sequence[str], owner: str, now: datetime, limit: int = 64
) -> list[Task]:
    """Hand out the first unhandled message of each chat, at most `limit`, to `owner`."""
    connection = session.connection()
    found = connection.execute(_FIRST, {"names": list(channels), "most": limit})
    tasks = [Task(*row) for row in found]
    if tasks:
        given = {"rows": [task.id for task in tasks], "by": owner, "until": now + LEASE}
        connection.execute(_TAKE, given)
    return tasks


def finish(session: Session, task: Task, owner: str) -> bool:
    """Mark a message handled; False when it is no longer ours, and nothing may be done for it."""
    done = session.connection().execute(_FINISH, {"row": task.id, "by": owner})
    return changed(done) == 1


def keep_text(session: Session, row_id: int, person_id: int | None, text: str) -> None:
    """Keep what was said and by whom; nothing of it when the person was just forgotten."""
    keep = _FORGET if person_id is None else _KEEP
    session.connection().execute(keep, {"row": row_id, "who": person_id, "said": text})


def give_back(session: Session, task: Task, owner: str, error: str) -> str:
    """After a failure: wait for another try, or park what failed TRIES times. The new state."""
    state = PARKED if task.attempts + 1 >= TRIES else WAITING
    session.execute(
        update(Inbox)
        .where(col(Inbox.id) == task.id, col(Inbox.owner) == owner, col(Inbox.state) == HANDLING)
        .values(state=state, error=error[:200], owner="", lease_until=None)
        .execution_options(synchronize_session=False)
    )
    return state


def take_back(session: Session, owner: str) -> int:
    """Hand out again what `owner` could not handle for no fault of the messages; how many."""
    result = session.execute(
        update(Inbox)
        .where(col(Inbox.state) == HANDLING, col(Inbox.owner) == owner)
        .values(state=WAITING, owner="", lease_until=None, attempts=col(Inbox.attempts) - 1)
        .execution_options(synchronize_session=False)
    )
    return changed(result)


def park(session: Session, task: Task, owner: str, error: str) -> None:
    """Put aside what cannot be read, for a person to look at."""
    session.execute(
        update(Inbox)
        .where(col(Inbox.id) == task.id, col(Inbox.owner) == owner, col(Inbox.state) == HANDLING)
        .values(state=PARKED, error=error[:200], owner="", lease_until=None)
        .execution_options(synchronize_session=False)
    )


def recover(session: Session, now: datetime, *, alone: bool = False) -> int:
    """Hand out again what a dead process left; `alone`: no other process can be alive."""
    statement = update(Inbox).where(col(Inbox.state) == HANDLING)
    if not alone:  # a lease longer than any was given before the clock was set back
        until = col(Inbox.lease_until)
        statement = statement.where(or_(until <= now, until > now + LEASE + SKEW))
    result = session.execute(
        statement.values(state=WAITING, owner="", lease_until=None).execution_options(
            synchronize_session=False
        )
    )
    return changed(result)


def waiting(session: Session) -> int:
    """How many messages are not handled yet."""
    statement = select(func.count()).where(col(Inbox.state).in_((WAITING, HANDLING)))
    return int(session.scalar(statement) or 0)


def oldest_waiting(session: Session) -> datetime | None:
    """When the message came that has waited longest to be handled."""
    statement = select(func.min(col(Inbox.received_at))).where(
        col(Inbox.state).in_((WAITING, HANDLING))
    )
    found: datetime | None = session.scalar(statement)
    return found


def parked(session: Session) -> int:
    """How many messages were put aside."""
    return int(session.scalar(select(func.count()).where(col(Inbox.state) == PARKED)) or 0)


def said(session: Session, lane: str, limit: int = 50) -> list[tuple[int, datetime, str, str]]:
    """What people said in a chat, newest `limit`: (row, when, text, key), oldest first."""
    statement = (
        select(Inbox.id, Inbox.received_at, Inbox.text, Inbox.key)  # type: ignore[call-overload]
        .where(col(Inbox.lane) == lane, col(Inbox.text) != "")
        .order_by(col(Inbox.id).desc())
        .limit(limit)
    )
    return [tuple(row) for row in session.execute(statement)][::-1]
