"""What the file said of each event when it was last accepted: the event as people know it"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import DateTime, delete, select, update
from sqlmodel import Field, Session, SQLModel

from bot.db import changed, insert_new, table_of
from bot.notices.events import Event, Names, as_item, as_written
from bot.notices.vetting import parse

FILE = "events.yaml"


class FiledEvent(SQLModel, table=True):
    """An event of the file, as it was when it was accepted."""

    event: str = Field(primary_key=True)
    mark: str
    """The fingerprint of the file's words."""
    body: str
    """The whole event as JSON."""
    at: datetime = Field(sa_type=DateTime(timezone=True))


_FILED = table_of(FiledEvent)


@dataclass(frozen=True)
class Accepted:
    """An event as it was accepted."""

    mark: str
    body: str
    names: Names

    @cached_property
    def event(self) -> Event | None:
        """The event, read when it is wanted; None when it cannot be read any more."""
        return parse(as_item(json.loads(self.body)), FILE, self.names)[0]


def mark_of(event: Event) -> str:
    """A fingerprint of an event: the same for the same words, wherever they stand in the file."""
    return hashlib.sha256(_body(event).encode()).hexdigest()


def _body(event: Event) -> str:
    return json.dumps(as_written(event), ensure_ascii=False, sort_keys=True)


def accepted(session: Session, names: Names) -> dict[str, Accepted]:
    """Every event that was accepted, by its id."""
    rows = session.execute(select(_FILED.c.event, _FILED.c.mark, _FILED.c.body))
    return {row.event: Accepted(row.mark, row.body, names) for row in rows}


def known(session: Session, event: str, names: Names) -> Event | None:
    """One event as it was accepted."""
    one = select(_FILED.c.mark, _FILED.c.body).where(_FILED.c.event == event)
    row = session.execute(one).first()
    return Accepted(row.mark, row.body, names).event if row else None


def add(session: Session, events: Iterable[Event], now: datetime) -> None:
    """Accept events nothing was kept of; those there are stay as they were accepted."""
    rows = [
        {"event": one.id, "mark": mark_of(one), "body": _body(one), "at": now} for one in events
    ]
    insert_new(session, FiledEvent, rows)


def move(session: Session, name: str, mark: str, event: Event | None, now: datetime) -> bool:
    """Accept an event as it is now (None: it is gone), in place of what bears `mark`.

    False when somebody else did meanwhile: of many who try at once, one is told True.
    """
    mine = (_FILED.c.event == name, _FILED.c.mark == mark)
    if event is None:
        return changed(session.execute(delete(_FILED).where(*mine))) == 1
    values = {"mark": mark_of(event), "body": _body(event), "at": now}
    return changed(session.execute(update(_FILED).where(*mine).values(values))) == 1
