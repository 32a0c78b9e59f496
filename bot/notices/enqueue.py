"""Queueing a notice: chunk by chunk, each person once, together with their message."""

from collections.abc import Sequence
from datetime import datetime
from itertools import starmap
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session, col

from bot import outbox
from bot.db import changed, table_of
from bot.messages import dump
from bot.notices import audience as audiences
from bot.notices.announce import OUT, PLANNED, WAITING, Notice, Recipient, id_of, said
from bot.notices.audience import CHUNK, LISTENER, Listener, Target, Ways
from bot.outbox import BULK, Outbox

PAGE = "web"
"""The channel whose outbox rows are themselves the messages."""

_OUTBOX, _RECIPIENT = table_of(Outbox), table_of(Recipient)


def fill(session: Session, notice: Notice, ways: Ways, now: datetime, limit: int = CHUNK) -> int:
    """Queue a notice to the next people of its audience; how many were looked at."""
    number = id_of(notice)
    chosen = audiences.load(notice.audience)
    if chosen.named:
        found, notice.cursor = _named(session, notice, limit)
    else:
        found = audiences.after(session, chosen, notice.cursor, limit, urgent=notice.urgent)
        notice.cursor = found[-1].id if found else notice.cursor
    notice.filled = len(found) < limit
    known = set() if chosen.named else _known(session, number, found)
    new = [person for person in found if person.id not in known]
    told = audiences.targets(session, new, ways, now, urgent=notice.urgent)
    if chosen.named:
        _unplan(session, number, told)
    _put(session, notice, told, now)
    return len(found)


def _named(session: Session, notice: Notice, limit: int) -> tuple[Sequence[Listener], int]:
    statement = (
        select(*LISTENER)
        .join(_RECIPIENT, _RECIPIENT.c.person_id == LISTENER[0])
        .where(
            _RECIPIENT.c.notice_id == notice.id,
            _RECIPIENT.c.state == PLANNED,
            LISTENER[0] > notice.cursor,
        )
        .order_by(LISTENER[0])
        .limit(limit)
    )
    found = list(starmap(Listener, session.connection().execute(statement)))
    return found, found[-1].id if found else notice.cursor


def _unplan(session: Session, number: int, told: list[Target]) -> None:
    """Those who were named make room for what becomes of them."""
    session.execute(
        delete(Recipient)
        .where(
            col(Recipient.notice_id) == number,
            col(Recipient.state) == PLANNED,
            col(Recipient.person_id).in_([target.person_id for target in told]),
        )
        .execution_options(synchronize_session=False)
    )


def _known(session: Session, number: int, found: Sequence[Listener]) -> set[int]:
    """Who has it already: somebody may have been named, or linked to somebody, meanwhile.

    From the first to the last of them: given five hundred numbers, PostgreSQL read the whole notice
    for each chunk.
    """
    if not found:
        return set()
    statement = select(col(Recipient.person_id)).where(
        col(Recipient.notice_id) == number,
        col(Recipient.person_id).between(found[0].id, found[-1].id),
    )
    return set(session.scalars(statement))


def _put(session: Session, notice: Notice, told: list[Target], now: datetime) -> None:
    """A recipient for each, with their message in the outbox when they can be told."""
    number = id_of(notice)
    bodies = {code: dump(said(notice, code)) for code in {target.language for target in told}}
    pages = [
        _row(number, target, bodies, PAGE, target.web, outbox.SENT, now)
        for target in told
        if target.web
    ]
    sends = [
        _row(number, target, bodies, target.channel, target.chat, outbox.QUEUED, now)
        for target in told
        if not target.why
    ]
    on_page, in_outbox = _insert(session, pages), _insert(session, sends)
    rows = [
        {
            "notice_id": number,
            "person_id": target.person_id,
            "channel": target.channel or (PAGE if target.web else ""),
            "state": WAITING if target.why else OUT,
            "reason": target.why,
            "outbox_id": in_outbox.get(target.person_id) or on_page.get(target.person_id),
            "at": now,
        }
        for target in told
    ]
    if rows:
        session.connection().execute(insert(_RECIPIENT), rows)


def _row(
    number: int,
    target: Target,
    bodies: dict[str, str],
    channel: str,
    chat: str,
    state: str,
    now: datetime,
) -> dict[str, Any]:
    return outbox.row_of(channel, chat, bodies[target.language], now, state) | {
        "rank": BULK,
        "person_id": target.person_id,
        "late": True,
        "notice_id": number,
    }


def _insert(session: Session, rows: list[dict[str, Any]]) -> dict[int, int]:
    """Put messages in; the row number of each person's.

    Asked for afterwards: with PostgreSQL's driver, returning them at once took twice as long.
    """
    if not rows:
        return {}
    connection, first = session.connection(), rows[0]
    connection.execute(insert(_OUTBOX), rows)
    numbers = [row["person_id"] for row in rows]
    on_page = _OUTBOX.c.channel == PAGE
    statement = select(_OUTBOX.c.person_id, _OUTBOX.c.id).where(
        _OUTBOX.c.notice_id == first["notice_id"],
        _OUTBOX.c.person_id.between(min(numbers), max(numbers)),
        on_page if first["channel"] == PAGE else ~on_page,
        _OUTBOX.c.edits.is_(None),
    )
    return {int(row[0]): int(row[1]) for row in connection.execute(statement)}


def merge(session: Session, kept: int, gone: int, now: datetime) -> None:
    """Two people turned out to be one: of a notice to both, one copy is not sent, if it can be."""
    mine, theirs = _RECIPIENT.alias(), _RECIPIENT.alias()
    doubles = (
        select(mine.c.id, mine.c.outbox_id, theirs.c.outbox_id, theirs.c.channel, _OUTBOX.c.state)
        .join(theirs, theirs.c.notice_id == mine.c.notice_id)
        .join(_OUTBOX, _OUTBOX.c.id == theirs.c.outbox_id)
        .where(mine.c.person_id == kept, theirs.c.person_id == gone, mine.c.state == OUT)
    )
    for number, own, other, channel, state in list(session.connection().execute(doubles)):
        if state in {outbox.QUEUED, outbox.HELD}:
            _drop(session, other, now)
        elif _drop(session, own, now):
            had = update(_RECIPIENT).where(_RECIPIENT.c.id == number)
            session.execute(had.values(outbox_id=other, channel=channel))


def _drop(session: Session, row: int, now: datetime) -> bool:
    """Do not send a message, unless it is out; whether that was in time."""
    unsent = _OUTBOX.c.state.in_((outbox.QUEUED, outbox.HELD))
    statement = update(_OUTBOX).where(_OUTBOX.c.id == row, unsent)
    return changed(session.execute(statement.values(state=outbox.CANCELLED, settled_at=now))) == 1
