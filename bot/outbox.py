"""Messages to send: queued in the transaction that caused them, claimed, sent, settled."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, Index, bindparam, delete, exists, func, or_, select, text, update
from sqlmodel import Field, Session, SQLModel, col

from bot.db import changed, table_of
from bot.messages import (
    BrokenError,
    Capability,
    DeliveryError,
    MovedError,
    Reply,
    RetryError,
    SlowDownError,
    UncertainError,
    dump,
    split,
)
from bot.pace import FARTHEST, Pace, Rate, free_from, hold, lock, room, spend
from bot.people import PERSON

QUEUED, SENDING, SENT, FAILED, UNKNOWN = "queued", "sending", "sent", "failed", "unknown"
HELD, CANCELLED, LATER = "held", "cancelled", "later"
"""held: waits until somebody lets it go; so does all that came back with a backup, for it may have
been sent since. cancelled: never to be sent. later: it could not be sent, and was shown when the
person next wrote."""
ANSWER, BULK = 0, 1
LEASE = timedelta(seconds=30)
"""Longer than any call may take: a row still `sending` after it is `unknown`."""
STALE = timedelta(hours=24)
"""What has waited longer is not sent any more: nobody expects it, it would come out of the blue."""
SKEW = timedelta(minutes=1)
"""How far the clocks of two processes may be apart."""
TRIES = 20
"""With growing waits a little more than an hour: longer than platforms are usually away."""
DOUBTED = 6
"""After so many tries, a minute or two, a message that alone fails is given up."""
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=5)


class Outbox(SQLModel, table=True):
    """A message to send. On the web and in the terminal the row is itself the message."""

    __table_args__ = (
        Index("ix_outbox_state_channel_rank_id", "state", "channel", "rank", "id"),
        Index("ix_outbox_lane_id", "lane", "id"),
        Index(
            "ix_outbox_notice_id_state",
            "notice_id",
            "state",
            sqlite_where=text("notice_id IS NOT NULL"),
            postgresql_where=text("notice_id IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},  # a row number is never used again
    )
    id: int | None = Field(default=None, primary_key=True)
    channel: str
    chat: str
    lane: str
    rank: int = ANSWER
    body: str
    state: str = QUEUED
    not_before: datetime = Field(sa_type=DateTime(timezone=True))
    attempts: int = 0
    owner: str = ""
    lease_until: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    external: str = ""
    """The platform's id of the message, once it is sent."""
    error: str = ""
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    settled_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    person_id: int | None = Field(
        default=None, foreign_key="person.id", index=True, sa_column_kwargs={"info": PERSON}
    )
    passing: bool = False
    """Deleted once it was delivered."""
    edits: int | None = None
    """The row whose message this one changes; None for a message of its own."""
    late: bool = False
    """Nobody waits for it in the chat: shown when the person next writes, if it cannot be sent."""
    notice_id: int | None = None
    """The notice it is a copy of."""


# Statements of the hot path are built once: building them anew was most of a message's cost.
_ROW = table_of(Outbox)
_EARLIER = _ROW.alias()
_PACE = table_of(Pace)
_INSERT = _ROW.insert()
_DUE = (
    select(
        _ROW.c.id,
        _ROW.c.channel,
        _ROW.c.chat,
        _ROW.c.body,
        _ROW.c.attempts,
        _ROW.c.rank,
        _ROW.c.passing,
        _ROW.c.edits,
        select(_EARLIER.c.external).where(_EARLIER.c.id == _ROW.c.edits).scalar_subquery(),
    )
    .where(
        _ROW.c.state == QUEUED,
        _ROW.c.channel.in_(bindparam("names", expanding=True)),
        _ROW.c.rank == bindparam("ranked"),
        _ROW.c.not_before <= bindparam("now"),
        _ROW.c.created_at > bindparam("fresh"),
        ~exists().where(
            _EARLIER.c.lane == _ROW.c.lane,
            _EARLIER.c.state.in_((QUEUED, SENDING)),
            _EARLIER.c.id < _ROW.c.id,
            _EARLIER.c.rank <= _ROW.c.rank,
        ),
        ~exists().where(
            _PACE.c.key == _ROW.c.lane,
            _PACE.c.free_at > bindparam("now"),
            _PACE.c.free_at <= bindparam("far"),
        ),
    )
    .order_by(_ROW.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_BULK = (
    select(_ROW.c.id)
    .where(_ROW.c.state == QUEUED, _ROW.c.channel == bindparam("name"), _ROW.c.rank == BULK)
    .limit(1)
)
_TAKE = (
    update(_ROW)
    .where(_ROW.c.id.in_(bindparam("rows", expanding=True)))
    .values(
        state=SENDING,
        owner=bindparam("by"),
        lease_until=bindparam("until"),
        attempts=_ROW.c.attempts + 1,
    )
)
_SENT = (
    update(_ROW)
    .where(_ROW.c.id == bindparam("row"), _ROW.c.owner == bindparam("by"), _ROW.c.state == SENDING)
    .values(
        state=SENT,
        external=bindparam("name"),
        settled_at=bindparam("now"),
        error="",
        lease_until=None,
    )
)


@dataclass(frozen=True)
class Sending:
    """A message handed out to be sent."""

    id: int
    channel: str
    chat: str
    body: str
    attempts: int
    rank: int
    passing: bool = False
    edits: int | None = None
    external: str | None = None
    """The platform's id of the message to change."""


@dataclass(frozen=True)
class Rates:
    """How fast a channel's account may send: to one chat, and in bulk to all."""

    chat: Callable[[str], Rate]
    bulk: Rate


def row_of(
    channel: str, chat: str, body: str, now: datetime, state: str = QUEUED
) -> dict[str, Any]:
    """A row as it is inserted: an answer to a chat, not sent yet or there at once."""
    return {
        "channel": channel,
        "chat": chat,
        "lane": f"{channel}:{chat}",
        "rank": ANSWER,
        "body": body,
        "state": state,
        "not_before": now,
        "attempts": 0,
        "owner": "",
        "external": "",
        "error": "",
        "created_at": now,
        "settled_at": now if state == SENT else None,
        "person_id": None,
        "passing": False,
        "edits": None,
        "late": False,
        "notice_id": None,
    }


def put(
    session: Session,
    channel: str,
    chat: str,
    replies: Sequence[Reply],
    can: Capability,
    now: datetime,
    *,
    person_id: int | None = None,
    rank: int = ANSWER,
    late: bool = False,
) -> None:
    """Queue replies to a chat, long ones cut; where the person fetches, they are there at once."""
    rows = [
        {
            **row_of(channel, chat, dump(part), now, QUEUED if can.push else SENT),
            "rank": rank,
            "person_id": person_id,
            "passing": part.passing,
            "late": late,
        }
        for reply in replies
        for part in split(reply, can.max_length)
    ]
    if rows:
        session.connection().execute(_INSERT, rows)


def claim(
    session: Session,
    rates: Mapping[str, Rates],
    owner: str,
    now: datetime,
    limit: int = 32,
) -> list[Sending]:
    """Hand out messages due on the channels of `rates`, at most one of each chat.

    Answers go first and are held only for their own chat's pace, or when the platform said so.
    Bulk gets what the account's rate leaves, in small lots, so that a crash leaves few unknown.
    """
    free = [name for name in rates if free_from(session, f"hold:{name}", now) <= now]
    rows = _due(session, free, ANSWER, now, limit)
    for name in free:
        if session.connection().scalar(_BULK, {"name": name}) is None:
            continue
        lock(session, name, now)
        lot = min(room(session, name, rates[name].bulk, now), limit - len(rows))
        if lot > 0:
            rows += _due(session, [name], BULK, now, lot)
    if rows:
        _take(session, rows, owner, now)
        spend(session, _spent(rows, rates), now)
    return rows


def pause(session: Session, rates: Mapping[str, Rates], now: datetime) -> timedelta | None:
    """How long until bulk may go on, when it waits for nothing but its account's pace."""
    waits = [
        max(free_from(session, key, now) for key in (name, f"hold:{name}")) - now
        for name in rates
        if session.connection().scalar(_BULK, {"name": name}) is not None
    ]
    return min(waits, default=None)


def _due(
    session: Session, channels: list[str], rank: int, now: datetime, limit: int
) -> list[Sending]:
    given = {
        "names": channels,
        "ranked": rank,
        "now": now,
        "fresh": now - STALE,
        "far": now + FARTHEST,
        "most": limit,
    }
    return [Sending(*row) for row in session.connection().execute(_DUE, given)]


def _take(session: Session, rows: list[Sending], owner: str, now: datetime) -> None:
    given = {"rows": [row.id for row in rows], "by": owner, "until": now + LEASE}
    session.connection().execute(_TAKE, given)


def _spent(rows: list[Sending], rates: Mapping[str, Rates]) -> dict[str, tuple[Rate, int]]:
    """What the messages use up: of their chat, and of their account."""
    spent: dict[str, tuple[Rate, int]] = {}
    for row in rows:
        rate = rates[row.channel]
        spent[f"{row.channel}:{row.chat}"] = (rate.chat(row.chat), 1)
        _, count = spent.get(row.channel, (rate.bulk, 0))
        spent[row.channel] = (rate.bulk, count + 1)
    return spent


def settle(
    session: Session, row: Sending, owner: str, result: str | DeliveryError, now: datetime
) -> str:
    """Write down what became of a message: the platform's id, or why not. The new state.

    A definite failure is tried again with growing delay; `unknown` never by itself.
    """
    mine = (col(Outbox.id) == row.id, col(Outbox.owner) == owner, col(Outbox.state) == SENDING)
    if isinstance(result, str) and not row.passing:
        given = {"row": row.id, "by": owner, "name": result, "now": now}
        session.connection().execute(_SENT, given)
        return SENT
    if isinstance(result, str):
        session.execute(
            delete(Outbox)
            .where(*mine, col(Outbox.passing))
            .execution_options(synchronize_session=False)
        )
    values = _outcome(row, result, now, _most(session, row, result, now))
    if isinstance(result, SlowDownError) and result.wait is not None:
        hold(session, f"hold:{row.channel}", timedelta(seconds=result.wait), now)
    session.execute(
        update(Outbox)
        .where(*mine)
        .values(lease_until=None, **values)
        .execution_options(synchronize_session=False)
    )
    return str(values["state"])


def _most(session: Session, row: Sending, result: str | DeliveryError, now: datetime) -> int:
    """How often a message is tried: less when it alone fails, for its chat waits behind it."""
    plain = isinstance(result, RetryError) and result.wait is None
    doubted = plain and row.attempts + 1 >= DOUBTED
    return DOUBTED if doubted and _alone(session, row, now) else TRIES


def _alone(session: Session, row: Sending, now: datetime) -> bool:
    """Whether the platform took what was for other chats, both before the last try and since, and
    nobody else's message waits for another try."""
    before = now - _wait(row.attempts - 1)
    others = (col(Outbox.channel) == row.channel, col(Outbox.chat) != row.chat)
    # What was queued later, so that few rows are looked at.
    taken = exists().where(*others, col(Outbox.state) == SENT, col(Outbox.id) > row.id)
    first = before - _wait(row.attempts - 2)
    again = exists().where(*others, col(Outbox.state) == QUEUED, col(Outbox.attempts) > 0)
    found = select(
        taken.where(col(Outbox.settled_at).between(first, before)),
        taken.where(col(Outbox.settled_at) > before),
        ~again,
    )
    return all(session.connection().execute(found).one())


def _wait(attempts: int) -> timedelta:
    """How long a message waits after so many failed tries and one more."""
    return min(FIRST_WAIT * (1 << attempts), LONGEST_WAIT)


def _outcome(
    row: Sending, result: str | DeliveryError, now: datetime, most: int
) -> dict[str, object]:
    match result:
        case str():
            return {"state": SENT, "external": result, "settled_at": now, "error": ""}
        case SlowDownError() | BrokenError():
            # Not this message's fault: its tries are not used up.
            wait = timedelta(seconds=result.wait or 5.0)
            return {
                "state": QUEUED,
                "not_before": now + wait,
                "error": result.reason,
                "attempts": row.attempts,
            }
        case MovedError():
            return {
                "state": QUEUED,
                "chat": result.moved_to,
                "lane": f"{row.channel}:{result.moved_to}",
                "error": result.reason,
            }
        case RetryError() if row.attempts + 1 < (result.most or most):
            wait = _wait(row.attempts)
            if result.wait is not None:
                wait = max(wait, timedelta(seconds=result.wait))
            return {"state": QUEUED, "not_before": now + wait, "error": result.reason}
        case UncertainError():
            return {"state": UNKNOWN, "settled_at": now, "error": result.reason}
        case _:
            return {"state": FAILED, "settled_at": now, "error": result.reason}


def recover(session: Session, now: datetime, *, alone: bool = False) -> int:
    """What a dead process was sending is `unknown`; `alone`: no other process can be alive."""
    statement = update(Outbox).where(col(Outbox.state) == SENDING)
    if not alone:  # a lease longer than any was given before the clock was set back
        until = col(Outbox.lease_until)
        statement = statement.where(or_(until <= now, until > now + LEASE + SKEW))
    result = session.execute(
        statement.values(
            state=UNKNOWN, error="process ended while sending", settled_at=now, lease_until=None
        ).execution_options(synchronize_session=False)
    )
    return changed(result)


def give_up_stale(session: Session, now: datetime) -> int:
    """Give up what has waited too long; an answer is shown when its person next writes."""
    result = session.execute(
        update(Outbox)
        .where(col(Outbox.state) == QUEUED, col(Outbox.created_at) <= now - STALE)
        .values(
            state=FAILED,
            error="waited too long",
            settled_at=now,
            late=or_(col(Outbox.late), col(Outbox.notice_id).is_(None)),
        )
        .execution_options(synchronize_session=False)
    )
    return changed(result)


def catch_up(session: Session, now: datetime) -> int:
    """What was queued before the clock was set back does not wait until it is that late again."""
    result = session.execute(
        update(Outbox)
        .where(col(Outbox.state) == QUEUED, col(Outbox.created_at) > now + SKEW)
        .values(created_at=now, not_before=now)
        .execution_options(synchronize_session=False)
    )
    return changed(result)


def release(session: Session, rows: Sequence[Sending], owner: str) -> None:
    """Give back what was claimed but not begun to be sent."""
    session.execute(
        update(Outbox)
        .where(
            col(Outbox.id).in_([row.id for row in rows]),
            col(Outbox.owner) == owner,
            col(Outbox.state) == SENDING,
        )
        .values(state=QUEUED, owner="", lease_until=None, attempts=col(Outbox.attempts) - 1)
        .execution_options(synchronize_session=False)
    )


def hold_all(session: Session) -> int:
    """Put on hold what was to be sent; how many. For a database that came from a backup."""
    found = update(Outbox).where(col(Outbox.state).in_((QUEUED, SENDING)))
    result = session.execute(
        found.values(state=HELD, owner="", lease_until=None).execution_options(
            synchronize_session=False
        )
    )
    return changed(result)


def let_go(session: Session, now: datetime, *, drop: bool = False) -> int:
    """Queue what is on hold, as of now; or give it up. How many."""
    values = {"state": FAILED, "settled_at": now, "error": "given up after a restore"}
    if not drop:
        values = {"state": QUEUED, "not_before": now, "created_at": now}
    found = update(Outbox).where(col(Outbox.state) == HELD).values(**values)
    return changed(session.execute(found.execution_options(synchronize_session=False)))


def counts(session: Session) -> dict[str, int]:
    """How many messages are in each state."""
    statement = select(Outbox.state, func.count()).group_by(col(Outbox.state))  # type: ignore[call-overload]
    return {str(state): int(number) for state, number in session.execute(statement)}


def oldest_queued(session: Session) -> datetime | None:
    """When the message that has waited longest was queued."""
    statement = select(func.min(col(Outbox.created_at))).where(col(Outbox.state) == QUEUED)
    found: datetime | None = session.scalar(statement)
    return found


def history(session: Session, lane: str, after: int = 0, limit: int = 50) -> list[tuple[int, str]]:
    """The newest messages of a chat after a row: (row, body), oldest first."""
    statement = (
        select(Outbox.id, Outbox.body)  # type: ignore[call-overload]
        .where(col(Outbox.lane) == lane, col(Outbox.id) > after, col(Outbox.body) != "")
        .order_by(col(Outbox.id).desc())
        .limit(limit)
    )
    return [(int(row), str(body)) for row, body in session.execute(statement)][::-1]


def body_of_poll(session: Session, lane: str, poll: str) -> str | None:
    """What was sent as a quiz poll in a chat, or None; it was kept as `<message>/<poll>`."""
    statement = select(Outbox.body).where(  # type: ignore[call-overload]
        col(Outbox.lane) == lane,
        col(Outbox.external).endswith(f"/{poll}", autoescape=True),
        col(Outbox.body) != "",
    )
    body: str | None = session.scalar(statement.limit(1))
    return body


def sweep_passing(session: Session, before: datetime) -> int:
    """Delete messages that were not to be kept, sent before a moment."""
    result = session.execute(
        delete(Outbox)
        .where(
            col(Outbox.passing),
            col(Outbox.state).in_((SENT, FAILED, UNKNOWN)),
            col(Outbox.settled_at) <= before,
        )
        .execution_options(synchronize_session=False)
    )
    return changed(result)


def drop_passing(session: Session, before: datetime) -> int:
    """Delete what was not to be kept and could not be sent since before a moment."""
    result = session.execute(
        delete(Outbox)
        .where(col(Outbox.passing), col(Outbox.state) == QUEUED, col(Outbox.created_at) <= before)
        .execution_options(synchronize_session=False)
    )
    return changed(result)


def passing(session: Session) -> bool:
    """Whether anything is there that is not to be kept."""
    return session.scalar(select(Outbox.id).where(col(Outbox.passing)).limit(1)) is not None  # type: ignore[call-overload]


def move(session: Session, channel: str, old: str, new: str) -> None:
    """A chat has a new id: what waits for it goes there."""
    session.execute(
        update(Outbox)
        .where(
            col(Outbox.channel) == channel,
            col(Outbox.chat) == old,
            col(Outbox.state).in_((QUEUED, HELD)),
        )
        .values(chat=new, lane=f"{channel}:{new}")
        .execution_options(synchronize_session=False)
    )
