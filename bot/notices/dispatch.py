"""A notice under way: taken on step by step, held at night, paused, ended, tried again."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, or_, select, update
from sqlmodel import Session, col

from bot import organisers, outbox
from bot.db import changed, table_of
from bot.notices import copies
from bot.notices.announce import (
    CANCELLED,
    DONE,
    OUT,
    PAUSED,
    SCHEDULED,
    SENDING,
    Notice,
    NoticeError,
    Recipient,
    id_of,
    wake,
)
from bot.notices.audience import CHUNK, Ways
from bot.notices.enqueue import fill
from bot.outbox import Outbox

GONE = ("403", "gone")
"""Errors of people who left: trying again would tell nothing new."""
BUSY = (outbox.QUEUED, outbox.SENDING, outbox.HELD)

_OUTBOX, _RECIPIENT = table_of(Outbox), table_of(Recipient)


def due(session: Session, now: datetime) -> Sequence[Notice]:
    """Notices whose moment has come, and those under way."""
    statement = select(Notice).where(
        or_(
            (col(Notice.state) == SCHEDULED) & (col(Notice.due_at) <= now),
            col(Notice.state).in_((SENDING, PAUSED)),
            (col(Notice.state) == CANCELLED) & col(Notice.done_at).is_(None),
        )
    )
    return session.scalars(statement.order_by(col(Notice.urgent).desc(), col(Notice.id))).all()


def advance(session: Session, notice: Notice, ways: Ways, zone: ZoneInfo, now: datetime) -> bool:
    """Take a notice one step on; whether there is more to do at once."""
    if notice.state == SCHEDULED:
        notice.state, notice.started_at = SENDING, notice.started_at or now
    night = not notice.urgent and wake(now, zone) > now
    notice.resting = notice.state == SENDING and night
    _keep_still(session, notice, now)
    if notice.state == SENDING and not notice.resting and not notice.filled:
        _fill(session, notice, ways, now)
        return True
    _finish(session, notice, now)
    return False


def _fill(session: Session, notice: Notice, ways: Ways, now: datetime) -> None:
    """The next people; the groups after the last of them."""
    fill(session, notice, ways, now)
    if notice.filled:
        copies.queue(session, notice, ways, now)


def _keep_still(session: Session, notice: Notice, now: datetime) -> None:
    """What is queued waits while its notice does; a try that failed meanwhile is queued again."""
    number = id_of(notice)
    if notice.state == CANCELLED:
        _change(session, number, (outbox.QUEUED, outbox.HELD), outbox.CANCELLED, now)
    elif notice.state == PAUSED or notice.resting:
        _change(session, number, (outbox.QUEUED,), outbox.HELD)
    else:
        _change(session, number, (outbox.HELD,), outbox.QUEUED, now)


def _change(
    session: Session, number: int, old: tuple[str, ...], new: str, at: datetime | None = None
) -> int:
    statement = update(_OUTBOX).where(_OUTBOX.c.notice_id == number, _OUTBOX.c.state.in_(old))
    values: dict[str, Any] = {"state": new}
    if at is not None:  # what is let go counts as queued now, however long it was held
        values["created_at" if new == outbox.QUEUED else "settled_at"] = at
    return changed(session.execute(statement.values(**values)))


def _finish(session: Session, notice: Notice, now: datetime) -> None:
    """A notice of which nothing is left to send is done; how it ended is kept with each person."""
    number = id_of(notice)
    if notice.state not in {SENDING, CANCELLED} or (notice.state == SENDING and not notice.filled):
        return
    busy = select(_OUTBOX.c.id).where(_OUTBOX.c.notice_id == number, _OUTBOX.c.state.in_(BUSY))
    if session.connection().execute(busy.limit(1)).first() is not None:
        return
    ended = (
        update(_RECIPIENT)
        .where(
            _RECIPIENT.c.notice_id == number,
            _RECIPIENT.c.state == OUT,
            exists().where(_OUTBOX.c.id == _RECIPIENT.c.outbox_id),
        )
        .values(
            state=select(_OUTBOX.c.state)
            .where(_OUTBOX.c.id == _RECIPIENT.c.outbox_id)
            .scalar_subquery(),
            reason=select(_OUTBOX.c.error)
            .where(_OUTBOX.c.id == _RECIPIENT.c.outbox_id)
            .scalar_subquery(),
        )
    )
    session.execute(ended)
    notice.done_at = now
    if notice.state == SENDING:
        notice.state = DONE


# What organisers do


def pause(session: Session, notice: Notice, by: str, now: datetime) -> None:
    """Send nothing more of a notice until `resume`. Raises NoticeError."""
    if notice.state not in {SCHEDULED, SENDING}:
        raise NoticeError("state")
    notice.state = PAUSED
    _keep_still(session, notice, now)
    organisers.note(session, by, "notices.pause", f"notice {notice.id}", now)


def pause_all(session: Session) -> int:
    """Pause whatever was on its way or planned: for a database that came from a backup."""
    found = session.execute(
        update(Notice)
        .where(col(Notice.state).in_((SCHEDULED, SENDING)))
        .values(state=PAUSED)
        .execution_options(synchronize_session=False)
    )
    return changed(found)


def resume(session: Session, notice: Notice, by: str, now: datetime) -> None:
    """Go on with a paused notice. Raises NoticeError."""
    if notice.state != PAUSED:
        raise NoticeError("state")
    notice.state = SENDING if notice.started_at else SCHEDULED
    if notice.started_at:
        _keep_still(session, notice, now)
    organisers.note(session, by, "notices.resume", f"notice {notice.id}", now)


def cancel(session: Session, notice: Notice, by: str, now: datetime) -> None:
    """Send nothing more of a notice, ever. Raises NoticeError."""
    if notice.state in {DONE, CANCELLED}:
        raise NoticeError("state")
    notice.state = CANCELLED
    _keep_still(session, notice, now)
    organisers.note(session, by, "notices.cancel", f"notice {notice.id}", now)


def retry(
    session: Session, notice: Notice, by: str, now: datetime, *, unknown: bool = False
) -> int:
    """Send again to those it failed for; how many. Raises NoticeError.

    Those of whom it is `unknown` whether they have it only when an organiser says so.
    """
    if notice.state not in {SENDING, DONE}:
        raise NoticeError("state")
    number = id_of(notice)
    again = (outbox.FAILED, outbox.UNKNOWN) if unknown else (outbox.FAILED,)
    mine = select(_RECIPIENT.c.outbox_id).where(
        _RECIPIENT.c.notice_id == number, _RECIPIENT.c.state.in_((OUT, *again))
    )
    in_groups = copies.rows(number)
    failed = select(_OUTBOX.c.id).where(
        or_(_OUTBOX.c.id.in_(mine), _OUTBOX.c.id.in_(in_groups)),
        _OUTBOX.c.state.in_(again),
        _OUTBOX.c.error.not_in(GONE),
    )
    rows = list(session.connection().scalars(failed))
    back = {
        "state": outbox.QUEUED,
        "attempts": 0,
        "error": "",
        "not_before": now,
        "created_at": now,
    }
    for start in range(0, len(rows), CHUNK):
        some = rows[start : start + CHUNK]
        session.execute(
            update(_OUTBOX).where(_OUTBOX.c.id.in_(some)).values(**back, settled_at=None)
        )
        session.execute(
            update(_RECIPIENT)
            .where(_RECIPIENT.c.outbox_id.in_(some))
            .values(state=OUT, reason="", at=now)
        )
    if rows:
        notice.state, notice.done_at = SENDING, None
    organisers.note(session, by, "notices.retry", f"notice {number}: {len(rows)}", now)
    return len(rows)


ACTS: dict[str, Callable[[Session, Notice, str, datetime], object]] = {
    "pause": pause,
    "resume": resume,
    "cancel": cancel,
    "retry": retry,
}
"""What organisers do with a notice under way, by name."""
