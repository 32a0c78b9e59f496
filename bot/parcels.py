"""The content as YAML and CSV files: written out, compared, and taken in whole or not at all."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.content import Content
from bot.desk import edits, overlay, places, quizzes
from bot.desk.edits import DRAFT, LIVE, Change
from bot.notices import edits as event_edits
from bot.notices import events, vetting
from bot.notices.programme import Programme
from bot.packing import COLUMNS, LISTS, MAPPINGS, Data, Kind, Part, cell, dump, plain, read
from faq.book import Book
from faq.files import Mapping as Item
from faq.files import Mistake
from quiz.bank import FLAGS, Question

EDITED: dict[Kind, edits.Kind] = {
    "entries": "entry",
    "questions": "quiz",
    "links": "link",
    "places": "place",
    "values": "value",
}
"""How the desk's changes of each kind are kept; events have rows of their own."""
Wrongs = Iterator[tuple[str, str, str]]
"""Of which row, what, and what to do."""


@dataclass(frozen=True)
class House:
    """What is now: the shipped files with everything laid over them."""

    content: Content
    programme: Programme
    session: Session

    def now(self, kind: Kind) -> dict[str, Data]:
        """Everything of a kind as its file has it, by its id."""
        match kind:
            case "entries":
                book = self.content.book
                return {one.id: overlay.as_data(one, book) for one in book.entries}
            case "questions":
                return {one.id: quizzes.as_data(one) for one in self.content.bank.questions}
            case "links":
                pages = self.content.pages.values()
                return {one.id: _full({"id": one.id, **overlay.page_data(one)}) for one in pages}
            case "places":
                return {one["id"]: one for one in places.rows_of(self.content.places)}
            case "values":
                return {one["id"]: one for one in places.values_of(self.content.places)}
            case "events":
                current = self.programme.current(self.session)
                return {one.id: plain(events.as_written(one)) for one in current}


@dataclass(frozen=True)
class Difference:
    """Something that a file would change: what it is now, and what it would be."""

    kind: Kind
    name: str
    before: Data
    after: Data

    @property
    def waits(self) -> bool:
        """Whether it is new and needs a second pair of eyes before it is used."""
        return not self.before and self.kind in {"entries", "questions"}

    @property
    def keys(self) -> list[tuple[str, str, str]]:
        """Each key that differs, as it is and as it would be."""
        keys = [key for key in COLUMNS[self.kind] if self.before.get(key) != self.after.get(key)]
        return [(key, cell(self.before.get(key)), cell(self.after.get(key))) for key in keys]


@dataclass(frozen=True)
class Look:
    """What a file would do: everything it changes, or everything that is wrong with it."""

    differences: tuple[Difference, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    rows: int = 0


# Writing


def write(house: House, kind: Kind, form: str) -> str:
    """Everything of a kind as a file; reading it back changes nothing."""
    return dump(kind, list(house.now(kind).values()), form)


# Comparing


def compare(house: House, name: str, body: bytes) -> Look:
    """What taking a file in would change; with any mistake, nothing."""
    parts, mistakes = read(name, body)
    changed: list[Difference] = []
    for part in parts:
        mistakes += _misnamed(name, part)
        before = house.now(part.kind)
        rows = [(item, _normal(part.kind, item)) for item in part.items]
        new = [
            Difference(part.kind, row["id"], before.get(row["id"], {}), row)
            for _item, row in rows
            if row.get("id") and not _same(before.get(row["id"]), row)
        ]
        lines = {row.get("id", ""): item.line for item, row in rows}
        for where, what, remedy in _wrong(house, part.kind, new):
            mistakes.append(Mistake(name, lines.get(where, 0), what, remedy))
        changed += new
    count = sum(len(part.items) for part in parts)
    if mistakes:
        return Look((), tuple(sorted(set(mistakes))), count)
    return Look(tuple(changed), (), count)


def _misnamed(name: str, part: Part) -> Iterator[Mistake]:
    """Rows without an id of their own, and keys nobody knows."""
    names = Counter(str(item.get("id", "")) for item in part.items)
    for item in part.items:
        if not item.get("id") or names[str(item.get("id"))] > 1:
            what = f"id {item.get('id')!r} thiếu hoặc có hai lần"
            yield Mistake(name, item.line, what, "Sửa id")
        for key in sorted(item.keys() - set(COLUMNS[part.kind])):
            yield Mistake(name, item.at(key), f"khóa lạ {key}", "Sửa tên hoặc bỏ đi")


def _same(before: Data | None, row: Data) -> bool:
    """Whether a row changes nothing; a place that is nowhere need not be withdrawn."""
    return before == row or (before is None and "list" in row and bool(row.get("withdrawn")))


def _normal(kind: Kind, item: Item) -> Data:
    """A row in the form everything of its kind has here."""
    data: Data = {}
    for key in COLUMNS[kind]:
        value = item.get(key)
        if key in MAPPINGS or isinstance(value, list):
            parts = value if isinstance(value, list) else []
            value = [plain(one) if isinstance(one, Mapping) else str(one) for one in parts]
        elif key in LISTS and value:
            value = [str(value)]
        elif value is not None:
            value = str(value).strip()
        if key in FLAGS:
            value = {"true": "true", "false": ""}.get(str(value or "").lower(), value)
        if value or (kind == "values" and key in {"label", "value"}):
            data[key] = value or ""
    return data


def _wrong(house: House, kind: Kind, changed: Sequence[Difference]) -> Wrongs:
    """What is wrong with the new rows: of which row, what, and what to do."""
    match kind:
        case "entries":
            return _wrong_entries(house.content, changed)
        case "questions":
            return _wrong_questions(house.content, changed)
        case "places" | "values":
            return _wrong_places(house.content, kind, changed)
        case "links":
            return _wrong_links(house.content, changed)
        case "events":
            return _wrong_events(house.programme, changed)


def _wrong_links(content: Content, changed: Sequence[Difference]) -> Wrongs:
    known = content.pages.keys() | {one.name for one in changed}
    for one in changed:
        page = overlay.page_of(one.name, one.after)
        if what := overlay.wrong_page(page):
            yield one.name, what, "Sửa title hoặc url"
        if page.fallback and page.fallback not in known:
            yield one.name, f"không có trang thay thế {page.fallback}", "Sửa fallback"


def _wrong_questions(content: Content, changed: Sequence[Difference]) -> Wrongs:
    good: list[Question] = []
    for one in changed:
        if (question := quizzes.parse(one.after)[0]) is not None:
            good.append(question)
        else:
            found = quizzes.check(content, one.after)[1]
            yield from ((one.name, f"câu {one.name}: {it.what}", it.remedy) for it in found)
    for name, wrong in quizzes.together(content, good) if good else ():
        yield name, f"câu {name}: {wrong.what}" if name else wrong.what, wrong.remedy


def _wrong_places(content: Content, kind: Kind, changed: Sequence[Difference]) -> Wrongs:
    edited = EDITED[kind]
    fresh = places.lay(content.places, [(edited, one.name, one.after) for one in changed])
    for one in changed:
        for wrong in places.check(content, edited, one.after, fresh):
            yield one.name, wrong.what, wrong.remedy


def _wrong_events(programme: Programme, changed: Sequence[Difference]) -> Wrongs:
    for one in changed:
        for wrong in vetting.parse(events.as_item(one.after), "", programme.names)[1]:
            yield one.name, wrong.what, wrong.remedy


def _wrong_entries(content: Content, changed: Sequence[Difference]) -> Wrongs:
    entries = dict(content.book.by_id)
    sources = dict(content.book.sources)
    for one in changed:
        entry, wrong = overlay.parse(one.after)
        yield from ((one.name, item.what, item.remedy) for item in wrong)
        if entry is not None:
            entries[entry.id] = entry
            sources |= overlay.source_of(one.after)
            if entry.category not in content.book.categories:
                yield one.name, f"không có nhóm {entry.category}", "Sửa category"
    book = Book(tuple(entries.values()), sources, content.book.categories)
    known = set(overlay.told(content, content.book))
    for what, remedy in overlay.told(content, book):
        if (what, remedy) not in known:
            yield what.partition("mục ")[2].partition(":")[0], what, remedy


# Taking in


def take(house: House, look: Look, who: str, now: datetime) -> list[str]:
    """Keep everything a look showed; what it was, for the audit.

    New entries and quiz questions wait as drafts for a second pair of eyes, like those written
    at the desk.
    """
    return [_keep(house, one, who, now) for one in look.differences]


def _keep(house: House, one: Difference, who: str, now: datetime) -> str:
    session, programme = house.session, house.programme
    if one.kind == "events":
        known = {event.id: event.version for event in programme.current(session)}
        version = known.get(one.name, 0)
        shipped, names = programme.events, programme.names
        event_edits.save(session, shipped, names, one.after, who, version, now)
        return f"event {one.name} v{version + 1}"
    kind = EDITED[one.kind]
    version = edits.version_of(session, kind, one.name)
    change = Change(kind, one.name, _body(one), version)
    if kind == "entry":
        change = replace(change, base=_base(house.content, one.name))
    elif kind == "quiz":
        change = replace(change, base=quizzes.stamp(house.content.shipped_bank, one.name))
    elif kind in {"place", "value"}:
        change = replace(change, base=places.stamp(house.content.shipped_places, kind, one.name))
    state = DRAFT if one.waits else LIVE
    edits.save(session, change, who, now, state)
    return f"{kind} {one.name} v{version + 1}"


def _body(one: Difference) -> Data:
    return one.after if one.kind in {"entries", "questions"} else {**one.after, "id": one.name}


def _base(content: Content, name: str) -> str:
    """The stamp of an entry as it is shipped; empty when it is not."""
    shipped = content.shipped
    entry = shipped.by_id.get(name) if shipped else None
    return edits.stamp(overlay.as_data(entry, shipped)) if entry and shipped else ""


def _full(data: Mapping[str, Any]) -> Data:
    return {key: value for key, value in data.items() if value}
