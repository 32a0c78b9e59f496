"""A notice that changed: what was sent is edited where that can be, and who comes is told."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, insert, literal, or_, select, update
from sqlmodel import Session

from bot import organisers, outbox
from bot.db import changed, table_of
from bot.messages import dump
from bot.notices.announce import (
    DRAFT,
    LONGEST,
    Draft,
    Notice,
    NoticeError,
    id_of,
    said,
    send,
    write,
)
from bot.notices.audience import Audience, Ways
from bot.notices.dispatch import BUSY
from bot.outbox import BULK, Outbox
from bot.people import Person

_OUTBOX, _PERSON = table_of(Outbox), table_of(Person)


@dataclass(frozen=True)
class Correction:
    """A short word to those who said they would come."""

    text: str
    people: Collection[int]
    text_en: str = ""
    urgent: bool = False


@dataclass(frozen=True)
class Amended:
    """What a change came to."""

    replaced: int
    """Messages not sent yet, or read on our own page: they simply say the new words."""
    edited: int
    """Messages sent, whose edit is queued."""
    correction: int | None = None
    """The notice that tells those who come."""


def amend(
    session: Session,
    notice: Notice,
    text: str,
    by: str,
    now: datetime,
    ways: Ways,
    zone: ZoneInfo,
    *,
    text_en: str = "",
    correction: Correction | None = None,
) -> Amended:
    """Give a notice new words, everywhere it is or will be seen. Raises NoticeError."""
    if not text.strip():
        raise NoticeError("empty")
    if max(len(text), len(text_en)) > LONGEST:
        raise NoticeError("long")
    notice.text, notice.text_en, notice.changed_at = text.strip(), text_en.strip(), now
    organisers.note(session, by, "notices.amend", f"notice {notice.id}", now)
    if notice.state == DRAFT:
        return Amended(0, 0)
    session.flush()
    replaced = sum(_replace(session, notice, language, ways) for language in ("vi", "en"))
    before = edits(session, id_of(notice)).total()
    for language in ("vi", "en"):
        _edit(session, notice, language, ways, now)
    edited = edits(session, id_of(notice)).total() - before
    sent = None
    if correction is not None:
        word = replace(correction, urgent=correction.urgent or notice.urgent)
        more = {"event": notice.event, "code": notice.code}
        sent = correct(session, word, by, now, zone, about=notice, **more)
    return Amended(replaced, edited, sent)


def _speaks(language: str) -> ColumnElement[bool]:
    """Rows of people who are told in a language; all others, and groups, in Vietnamese."""
    english = select(_PERSON.c.id).where(_PERSON.c.language == "en")
    mine = _OUTBOX.c.person_id.in_(english)
    return mine if language == "en" else or_(_OUTBOX.c.person_id.is_(None), ~mine)


def _replace(session: Session, notice: Notice, language: str, ways: Ways) -> int:
    fetched = [name for name, can in ways.can.items() if not can.push]
    unread = _OUTBOX.c.state.in_(BUSY) | _OUTBOX.c.channel.in_(fetched)
    result = session.execute(
        update(_OUTBOX)
        .where(_OUTBOX.c.notice_id == id_of(notice), _speaks(language), unread)
        .values(body=dump(said(notice, language)))
    )
    return changed(result)


def _edit(session: Session, notice: Notice, language: str, ways: Ways, now: datetime) -> None:
    """An edit for each message that is out, or just going out: it waits for that in its lane."""
    editable = [name for name, can in ways.can.items() if can.push and can.edit]
    values = {
        "channel": _OUTBOX.c.channel,
        "chat": _OUTBOX.c.chat,
        "lane": _OUTBOX.c.lane,
        "rank": literal(BULK),
        "body": literal(dump(said(notice, language))),
        "state": literal(outbox.QUEUED),
        "not_before": literal(now, _OUTBOX.c.not_before.type),
        "attempts": literal(0),
        "owner": literal(""),
        "external": literal(""),
        "error": literal(""),
        "created_at": literal(now, _OUTBOX.c.created_at.type),
        "person_id": _OUTBOX.c.person_id,
        "passing": literal(False),
        "edits": _OUTBOX.c.id,
        "late": literal(False),
        "notice_id": _OUTBOX.c.notice_id,
    }
    out = select(*values.values()).where(
        _OUTBOX.c.notice_id == id_of(notice),
        _OUTBOX.c.state.in_((outbox.SENDING, outbox.SENT)),
        _OUTBOX.c.channel.in_(editable),
        _OUTBOX.c.edits.is_(None),
        _speaks(language),
    )
    session.execute(insert(_OUTBOX).from_select(list(values), out))


def correct(
    session: Session,
    correction: Correction,
    by: str,
    now: datetime,
    zone: ZoneInfo,
    *,
    about: Notice | None = None,
    event: str = "",
    code: str = "",
) -> int | None:
    """Send a short word to those who come: each once, where they like it, not at night."""
    if not correction.people:
        return None
    draft = Draft(
        correction.text,
        correction.text_en,
        Audience(named=True),
        correction.urgent,
        event,
        code,
        about.id if about else None,
    )
    made = write(session, draft, by, now, named=correction.people)
    send(session, made, by, now, zone)
    return made.id


def edits(session: Session, number: int) -> Counter[str]:
    """How the edits of a notice stand, by state of the outbox."""
    statement = (
        select(_OUTBOX.c.state, func.count())
        .where(_OUTBOX.c.notice_id == number, _OUTBOX.c.edits.is_not(None))
        .group_by(_OUTBOX.c.state)
    )
    return Counter({row[0]: row[1] for row in session.connection().execute(statement)})
