"""What could not be pushed: shown first when the person next writes, and counted apart."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from bot import outbox
from bot.db import table_of
from bot.i18n import _, day, language
from bot.messages import Reply, load
from bot.notices.announce import CANCELLED, LATER, OUT, WAITING, Notice, Recipient, said
from bot.outbox import Outbox

STALE = timedelta(days=30)
"""Older ones are not shown out of the blue."""
MOST = 5
_OUTBOX, _RECIPIENT, _NOTICE = table_of(Outbox), table_of(Recipient), table_of(Notice)
# Asked at every message: built once.
_WAITING = (
    select(_RECIPIENT.c.id, _RECIPIENT.c.notice_id, _OUTBOX.c.lane)
    .outerjoin(_OUTBOX, _OUTBOX.c.id == _RECIPIENT.c.outbox_id)
    .join(_NOTICE, _NOTICE.c.id == _RECIPIENT.c.notice_id)
    .where(
        _RECIPIENT.c.person_id == bindparam("who"),
        _RECIPIENT.c.state == WAITING,
        _RECIPIENT.c.at > bindparam("since"),
        _NOTICE.c.state != CANCELLED,
    )
    .order_by(_RECIPIENT.c.id.desc())
    .limit(MOST)
)
_FAILED = (
    select(_OUTBOX.c.id, _OUTBOX.c.body, _OUTBOX.c.notice_id)
    .where(
        _OUTBOX.c.person_id == bindparam("who"),
        _OUTBOX.c.state == outbox.FAILED,
        _OUTBOX.c.late,
        _OUTBOX.c.created_at > bindparam("since"),
    )
    .order_by(_OUTBOX.c.id.desc())
    .limit(MOST)
)


def missed(
    session: Session, person_id: int, lane: str, now: datetime, zone: ZoneInfo
) -> list[Reply]:
    """Notices and late answers a person could not be pushed, the oldest first; counted as seen."""
    given = {"who": person_id, "since": now - STALE}
    connection = session.connection()
    waiting = list(connection.execute(_WAITING, given))[::-1]
    failed = list(connection.execute(_FAILED, given))[::-1]
    if not waiting and not failed:
        return []
    session.flush()
    replies = [
        _dated(session, number, zone) for _id, number, shown in waiting if shown != lane
    ]  # on our own page it stands already
    replies += [load(body) for _id, body, _number in failed]
    _mark(session, [row[0] for row in waiting], now)
    _mark_failed(session, person_id, [(row[0], row[2]) for row in failed], now)
    return replies


def _dated(session: Session, number: int, zone: ZoneInfo) -> Reply:
    notice = session.get_one(Notice, number)
    told = said(notice, language())
    at = day(notice.started_at or notice.created_at, zone)
    heading = _("Thông báo ngày {date}:").format(date=at)
    return Reply(f"{heading}\n{told.text}", source=told.source)


def _mark(session: Session, rows: list[int], now: datetime) -> None:
    if rows:
        seen = update(_RECIPIENT).where(_RECIPIENT.c.id.in_(rows))
        session.execute(seen.values(state=LATER, at=now))


def _mark_failed(
    session: Session, person_id: int, failed: list[tuple[int, int | None]], now: datetime
) -> None:
    if not failed:
        return
    rows = [row for row, _notice in failed]
    session.execute(update(_OUTBOX).where(_OUTBOX.c.id.in_(rows)).values(state=outbox.LATER))
    told = update(_RECIPIENT).where(
        _RECIPIENT.c.person_id == person_id,
        _RECIPIENT.c.outbox_id.in_(rows),
        _RECIPIENT.c.state.in_((OUT, outbox.FAILED)),
    )
    session.execute(told.values(state=LATER, at=now))
