"""Changed answers, links and local values laid over the shipped edition, checked like its files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from bot import content as contents
from bot import links
from bot.content import Content, Places
from bot.desk import places as local
from bot.desk.edits import ContentEdit, Wrong
from bot.links import Page
from faq import book as books
from faq.book import Book, Entry, Source
from faq.files import Mapping as Item
from faq.files import Mistake
from quiz import bank as banks

DESK = "bàn làm việc"
"""The file that mistakes of the desk are told under."""
KEYS = (
    *("id", "category", "question", "answer", "phrasings", "cite", "sources", "confidence"),
    *("review", "reviewed_on", "review_by", "links", "local", "next", "neighbours"),
    *("question_en", "answer_en", "phrasings_en", "known", "known_en", "needs"),
)
"""What an entry of the desk may have, in the order of its form; `cite` is a source of its own."""
LISTS = frozenset({"phrasings", "sources", "links", "local", "next", "neighbours", "phrasings_en"})
APART = frozenset({"category", "cite", "questions"})
"""Keys of a form that an entry of a file has not; `questions` wait for its answer."""
FEWEST = 1
"""Wordings of an entry made at the desk: more come with the questions people ask."""


@dataclass(frozen=True)
class Local:
    """The links and places of the shipped edition with the desk's changes over them."""

    rows: tuple[ContentEdit, ...]

    def __call__(self, pages: dict[str, Page], places: Places) -> tuple[dict[str, Page], Places]:
        """Both as they are now; a change that no longer fits is not used."""
        pages = dict(pages)
        for row in self.rows:
            if row.kind == "link":
                page = page_of(row.name, row.data)
                if not wrong_page(page):
                    pages[row.name] = page
        return pages, local.lay(places, [(row.kind, row.name, row.data) for row in self.rows])


def lay(book: Book, rows: Sequence[ContentEdit]) -> Book:
    """The book with the desk's entries in the place of the shipped ones, and new ones after."""
    entries = {entry.id: entry for entry in book.entries}
    sources = dict(book.sources)
    for row in rows:
        if row.kind != "entry":
            continue
        entry, mistakes = parse(row.data)
        if entry is not None and not mistakes:
            entries[entry.id] = entry
            sources |= source_of(row.data)
    return Book(tuple(entries.values()), sources, book.categories)


def parse(data: Mapping[str, Any]) -> tuple[Entry | None, list[Wrong]]:
    """The entry of a form, and what is wrong with it by field."""
    item = Item({key: value for key, value in data.items() if key not in APART})
    item.lines = {key: number for number, key in enumerate(KEYS, start=1)}
    own = source_of(data)
    if own:
        item["sources"] = [*own, *(name for name in data.get("sources", ()) if name not in own)]
    category = str(data.get("category", ""))
    found, mistakes = books.parse(item, category, DESK, FEWEST)
    return (found[0] if found else None), [_wrong(mistake) for mistake in mistakes]


def _wrong(mistake: Mistake) -> Wrong:
    known = 0 < mistake.line <= len(KEYS)
    return Wrong(KEYS[mistake.line - 1] if known else "", mistake.what, mistake.remedy)


def source_of(data: Mapping[str, Any]) -> dict[str, Source]:
    """The source an entry of the desk brings along, in words of its own."""
    cite = str(data.get("cite", "")).strip()
    name = f"{data.get('id', '')}-nguon"
    return {name: Source(name, cite, "", "", "", "practice")} if cite else {}


def check(content: Content, data: Mapping[str, Any]) -> tuple[Entry | None, list[Wrong]]:
    """The entry, and everything that is wrong with it: alone, and together with all others."""
    entry, wrong = parse(data)
    if entry is None:
        return None, wrong
    if entry.category not in content.book.categories:
        wrong.append(Wrong("category", f"không có nhóm {entry.category}", "Chọn một nhóm"))
    entries = {one.id: one for one in content.book.entries} | {entry.id: entry}
    sources = content.book.sources | source_of(data)
    fresh = Book(tuple(entries.values()), sources, content.book.categories)
    known = set(told(content, content.book))
    wrong += [Wrong(_field(what), what, remedy) for what, remedy in told(content, fresh)
              if (what, remedy) not in known]  # fmt: skip
    return entry, wrong


def told(content: Content, book: Book) -> Iterable[tuple[str, str]]:
    """What is wrong between the entries of a book, and what they name."""
    mistakes = [
        *books.cross(book),
        *contents.cross(book, content.pages, content.places),
        *contents.shared_phrasings(book.entries),
    ]
    asked = banks.sourced(content.bank, contents.topics(book))
    return [
        *((mistake.what, mistake.remedy) for mistake in mistakes),
        *((f"câu đố {one.id}: {fault.what}", fault.remedy) for one, fault in asked),
    ]


def _field(what: str) -> str:
    """The field a mistake between entries belongs to."""
    for part, name in (
        ("không có nguồn", "sources"),
        ("câu đố", "sources"),
        ("không có liên kết", "links"),
        ("không có giá trị địa phương", "local"),
        ("không có chức năng", "needs"),
        ("không có mục", "next"),
        (" trùng ", "phrasings"),
    ):
        if part in what:
            return name
    return ""


def as_data(entry: Entry, book: Book) -> dict[str, Any]:
    """An entry as a form or a file has it: what is empty is left out."""
    own = f"{entry.id}-nguon"
    data: dict[str, Any] = {}
    for key in KEYS:
        value = getattr(entry, key, "")
        if key == "cite":
            value = book.sources[own].cite if own in book.sources else ""
        if key == "sources":
            value = tuple(name for name in entry.sources if name != own)
        if value:
            data[key] = list(value) if key in LISTS else str(value)
    return data


def page_of(name: str, data: Mapping[str, Any]) -> Page:
    """The link of a form."""
    keys = [item.name for item in fields(Page) if item.name != "id"]
    return Page(name, *(str(data.get(key, "")).strip() for key in keys))


def wrong_page(page: Page) -> str:
    """What makes a link unusable; empty when nothing does."""
    return links.wrong(page)


def page_data(page: Page) -> dict[str, Any]:
    """A link as a form has it."""
    return {item.name: getattr(page, item.name) for item in fields(Page) if item.name != "id"}
