"""Changes to events made at the desk or by commands: rows laid over the shipped file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, UniqueConstraint, select
from sqlmodel import Field, Session, SQLModel, col

from bot.notices import filed
from bot.notices.events import Event, Names, as_item, as_written
from bot.notices.vetting import parse
from faq.files import Mistake

DESK = "bàn làm việc"
"""The file that mistakes of rows are told under."""


class EventEdit(SQLModel, table=True):
    """An event as somebody left it; the newest version counts."""

    __table_args__ = (UniqueConstraint("event", "version"),)
    id: int | None = Field(default=None, primary_key=True)
    event: str
    version: int
    who: str
    at: datetime = Field(sa_type=DateTime(timezone=True))
    body: str
    """The whole event as JSON."""
    told_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    """When those concerned were told of the change, if there was anything to tell."""


class OutdatedError(Exception):
    """Somebody else changed it meanwhile; `version` is the newest."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


@dataclass(frozen=True)
class Saved:
    """What became of a change: the event when it was kept, else the mistakes."""

    event: Event | None
    mistakes: tuple[Mistake, ...] = ()


def current(session: Session, shipped: Sequence[Event], names: Names) -> tuple[Event, ...]:
    """The events of this moment: the shipped ones with the newest edits over them, and new ones.

    An edit that no longer fits (its unit is gone) is not used; `check` tells of it.
    """
    events = {event.id: event for event in shipped}
    for row in _newest(session):
        event, _mistakes = _read(row, names)
        if event is not None:
            events[event.id] = event
    return tuple(events.values())


def check(session: Session, names: Names) -> list[Mistake]:
    """What is wrong with the newest edits."""
    return sorted(wrong for row in _newest(session) for wrong in _read(row, names)[1])


def save(
    session: Session,
    shipped: Sequence[Event],
    names: Names,
    data: Mapping[str, Any],
    who: str,
    version: int,
    now: datetime,
) -> Saved:
    """Keep an event as `data` has it, unless that has mistakes. Raises OutdatedError.

    `version` is the one the change was made to: 0 for an event as shipped, or a new one.
    """
    event, mistakes = parse(as_item(data), DESK, names)
    if event is None or mistakes:
        return Saved(None, tuple(mistakes))
    known = {one.id: one for one in current(session, shipped, names)}.get(event.id)
    newest = known.version if known else 0
    if newest != version:
        raise OutdatedError(newest)
    body = json.dumps(as_written(event), ensure_ascii=False)
    session.add(EventEdit(event=event.id, version=version + 1, who=who, at=now, body=body))
    session.flush()
    return Saved(replace(event, version=version + 1, changed_at=now))


def history(session: Session, event: str) -> Sequence[EventEdit]:
    """Who changed an event and when, newest first."""
    statement = select(EventEdit).where(col(EventEdit.event) == event)
    return session.scalars(statement.order_by(col(EventEdit.version).desc())).all()


def _newest(session: Session) -> list[EventEdit]:
    rows = session.scalars(select(EventEdit).order_by(col(EventEdit.version), col(EventEdit.id)))
    return list({row.event: row for row in rows}.values())


def _read(row: EventEdit, names: Names) -> tuple[Event | None, list[Mistake]]:
    event, mistakes = parse(as_item(json.loads(row.body)), DESK, names)
    if event is None:
        return None, mistakes
    return replace(event, version=row.version, changed_at=row.at), mistakes


# Telling of changes


def untold(session: Session) -> list[str]:
    """Events that were changed since people were last told."""
    statement = select(col(EventEdit.event)).where(col(EventEdit.told_at).is_(None)).distinct()
    return sorted(session.scalars(statement))


def edited(session: Session) -> set[str]:
    """Events that somebody changed: of these the file's words are not in use."""
    return set(session.scalars(select(col(EventEdit.event)).distinct()))


def known(session: Session, shipped: Sequence[Event], names: Names, event: str) -> Event | None:
    """An event as people know it: as they were last told of it, else as its file was accepted."""
    told = next((row for row in history(session, event) if row.told_at is not None), None)
    if told is not None:
        return _read(told, names)[0]
    as_shipped = next((one for one in shipped if one.id == event), None)
    return filed.known(session, event, names) or as_shipped


def since_told(
    session: Session, shipped: Sequence[Event], names: Names, event: str
) -> tuple[Event | None, Event | None, str]:
    """An event as people know it, as it is now, and who changed it last."""
    newest = history(session, event)[0]
    return known(session, shipped, names, event), _read(newest, names)[0], newest.who


def mark_told(session: Session, event: str, now: datetime) -> None:
    """The newest version of an event is what people know from now on."""
    for row in history(session, event):
        row.told_at = row.told_at or now
    session.flush()
