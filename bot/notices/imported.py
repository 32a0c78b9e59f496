"""Events taken from a file of YAML or CSV: what that tells people is found out before"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session

from bot import organisers
from bot.notices import edits
from bot.notices.changes import Desk
from bot.notices.events import Event, as_written
from bot.notices.foresight import Foreseen, foresee
from bot.notices.programme import Programme
from bot.notices.vetting import parse
from faq.files import Mapping as Item
from faq.files import Mistake, read

LISTS = ("hamlets", "support", "agenda", "without", "agenda_en")
"""Columns of a CSV file that hold several values, a semicolon between."""


@dataclass(frozen=True)
class Step:
    """One event of the file: as it stands now, if it does, as the file has it, what that tells."""

    item: Item
    before: Event | None
    after: Event
    foreseen: Foreseen

    @property
    def is_same(self) -> bool:
        """Whether nothing changes."""
        return self.before is not None and as_written(self.before) == as_written(self.after)


def load(path: Path, programme: Programme, desk: Desk) -> tuple[list[Item], list[Mistake]]:
    """The events of a file, and every mistake in them."""
    items, mistakes = _items(path)
    seen: set[str] = set()
    for item in items:
        mistakes += parse(item, path.name, programme.names, desk.zone)[1]
        name = str(item.get("id"))
        if name in seen:
            mistakes.append(Mistake(path.name, item.line, f"id {name} có hai lần", "Đổi một"))
        seen.add(name)
    return items, sorted(mistakes)


def steps(
    session: Session, programme: Programme, items: Sequence[Item], desk: Desk
) -> Iterator[Step]:
    """What taking each event would do now."""
    current = {event.id: event for event in programme.current(session)}
    for item in items:
        event, _mistakes = parse(item, edits.DESK, programme.names, desk.zone)
        if event is not None:
            known = edits.known(session, programme.events, programme.names, event.id)
            foreseen = foresee(session, known, event, desk)
            yield Step(item, current.get(event.id), event, foreseen)


def take(
    session: Session, programme: Programme, items: Sequence[Item], desk: Desk, *, quiet: bool
) -> list[Step]:
    """Take every event that changes; when `quiet`, nobody is told of any of them."""
    done = list(steps(session, programme, items, desk))
    for step in done:
        if step.is_same:
            continue
        shipped, names = programme.events, programme.names
        version = step.before.version if step.before else 0
        edits.save(session, shipped, names, step.item, desk.by, version, desk.now)
        if quiet:
            edits.mark_told(session, step.after.id, desk.now)
            subject = f"event {step.after.id}"
            organisers.note(session, desk.by, "events.quiet", subject, desk.now)
    return done


def _items(path: Path) -> tuple[list[Item], list[Mistake]]:
    """The events of a file, YAML as in data/events.yaml or CSV with the same names as columns."""
    if path.suffix.lower() != ".csv":
        items, _whole, mistakes = read(path, "events")
        return items, mistakes
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(_rows(csv.DictReader(file))), []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        what = f"không đọc được ({type(error).__name__})"
        return [], [Mistake(path.name, 0, what, "Lưu lại dạng CSV UTF-8")]


def _rows(reader: "csv.DictReader[str]") -> Iterator[Item]:
    for row in reader:
        values: dict[str, Any] = {
            key.strip(): value.strip() for key, value in row.items() if key and value
        }
        for key in LISTS:
            if key in values:
                values[key] = [part.strip() for part in values[key].split(";") if part.strip()]
        item = Item(values)
        item.line, item.lines = reader.line_num, {}
        yield item
