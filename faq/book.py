"""The FAQ's entries: the shipped edition loaded and checked, all mistakes at once. Pure."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal, cast

from faq.files import Mapping, Mistake, misnamed, read, text, texts

Confidence = Literal["verified", "verified-2nd", "document", "practice", "product"]
CONFIDENCES = ("verified", "verified-2nd", "document", "practice", "product")
REVIEWS = ("stable", "legal", "local", "product")
TO_COMPARE = ("verified-2nd", "document")
"""Stated with number and date, and listed for an operator to compare with the original."""
LONGEST_ANSWER = 900
FEWEST_PHRASINGS = 15


@dataclass(frozen=True)
class Source:
    """Where a fact comes from: a citation people can read, with number, date and address."""

    id: str
    cite: str
    number: str
    date: str
    url: str
    confidence: str


@dataclass(frozen=True)
class Entry:
    """One question and its answer."""

    id: str
    category: str
    question: str
    answer: str
    phrasings: tuple[str, ...]
    sources: tuple[str, ...]
    confidence: Confidence
    review: str
    reviewed_on: date
    review_by: date
    links: tuple[str, ...] = ()
    local: tuple[str, ...] = ()
    next: tuple[str, ...] = ()
    neighbours: tuple[str, ...] = ()
    question_en: str = ""
    answer_en: str = ""
    phrasings_en: tuple[str, ...] = ()
    known: str = ""
    """What is said, after the local values, once one of them is there; `answer` until then."""
    known_en: str = ""
    needs: str = ""
    """The feature of the bot the answer is about; it is told honestly while that is missing."""
    file: str = ""
    line: int = 0

    @property
    def english(self) -> tuple[str, ...]:
        """How visitors ask this, if it is answered in English."""
        return (self.question_en, *self.phrasings_en) if self.question_en else ()

    def expired(self, today: date) -> bool:
        """Whether the answer should have been reviewed by now."""
        return self.review_by < today


FIELDS = frozenset(Entry.__dataclass_fields__) - {"category", "file", "line"}
"""The keys an entry may have in its file."""


@dataclass(frozen=True)
class Book:
    """All entries, in the order of the files."""

    entries: tuple[Entry, ...]
    sources: dict[str, Source]
    categories: dict[str, str]
    by_id: dict[str, Entry] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {entry.id: entry for entry in self.entries})

    def cite(self, entry: Entry) -> list[Source]:
        """The sources of an entry, those a resident can look up first."""
        found = [self.sources[name] for name in entry.sources if name in self.sources]
        return sorted(found, key=lambda source: (not source.number, not source.url))


def load(folder: Path) -> tuple[Book, list[Mistake]]:
    """The book in `folder` (faq/*.yaml and sources.yaml), and every mistake in it.

    Entries with mistakes of form are left out of the book; the rest of it stands.
    """
    sources, mistakes = load_sources(folder / "sources.yaml")
    entries: list[Entry] = []
    categories: dict[str, str] = {}
    for path in sorted((folder / "faq").glob("*.yaml")):
        items, whole, wrong = read(path, "entries")
        mistakes += wrong
        category = text(whole, "category") or path.stem
        categories[category] = text(whole, "title") or category
        for item in items:
            found, wrong = parse(item, category, path.name)
            mistakes += wrong
            entries += found
    book = Book(tuple(entries), sources, categories)
    return book, sorted(mistakes + cross(book))


def load_sources(path: Path) -> tuple[dict[str, Source], list[Mistake]]:
    """The sources by their id, and the mistakes in their file."""
    items, _, mistakes = read(path, "sources")
    sources = {}
    for item in items:
        source = Source(*(text(item, key) for key in Source.__dataclass_fields__))
        if not source.id or not source.cite:
            remedy = "Mỗi nguồn cần id và cite"
            mistakes.append(Mistake(path.name, item.line, "nguồn thiếu id hoặc cite", remedy))
        elif source.id in sources:
            mistakes.append(
                Mistake(path.name, item.line, f"nguồn {source.id} có hai lần", "Bỏ một")
            )
        sources[source.id] = source
    return sources, mistakes


def parse(
    item: Mapping, category: str, file: str, fewest: int = FEWEST_PHRASINGS
) -> tuple[list[Entry], list[Mistake]]:
    """The entry of a mapping, unless its form is wrong; and what is wrong."""
    wrong = [*_form(item, file)]
    dates = {}
    for key in ("reviewed_on", "review_by"):
        try:
            dates[key] = date.fromisoformat(text(item, key))
        except ValueError:
            wrong.append(
                Mistake(file, item.at(key), f"{key} không phải ngày", "Viết dạng 2026-11-25")
            )
    if wrong:
        return [], wrong
    entry = Entry(
        id=text(item, "id"),
        category=category,
        question=text(item, "question"),
        answer=text(item, "answer"),
        phrasings=texts(item, "phrasings"),
        sources=texts(item, "sources"),
        confidence=cast("Confidence", text(item, "confidence")),
        review=text(item, "review"),
        reviewed_on=dates["reviewed_on"],
        review_by=dates["review_by"],
        links=texts(item, "links"),
        local=texts(item, "local"),
        next=texts(item, "next"),
        neighbours=texts(item, "neighbours"),
        question_en=text(item, "question_en"),
        answer_en=text(item, "answer_en"),
        phrasings_en=texts(item, "phrasings_en"),
        known=text(item, "known"),
        known_en=text(item, "known_en"),
        needs=text(item, "needs"),
        file=file,
        line=item.line,
    )
    return [entry], _content(entry, item, fewest)


def _form(item: Mapping, file: str) -> Iterable[Mistake]:
    """Mistakes without whose mending there is no entry."""
    name = text(item, "id")
    for key, what, remedy in misnamed(item):
        yield Mistake(file, item.at(key), what, remedy)
    for key in ("question", "answer"):
        if not text(item, key):
            yield Mistake(file, item.at(key), f"mục {name} thiếu {key}", f"Thêm {key}")
    if text(item, "confidence") not in CONFIDENCES:
        remedy = f"Dùng một trong: {', '.join(CONFIDENCES)}"
        yield Mistake(file, item.at("confidence"), f"mục {name}: confidence sai", remedy)
    if text(item, "review") not in REVIEWS:
        remedy = f"Dùng một trong: {', '.join(REVIEWS)}"
        yield Mistake(file, item.at("review"), f"mục {name}: review sai", remedy)
    for key in item.keys() - FIELDS:
        yield Mistake(file, item.at(key), f"mục {name}: khóa lạ {key}", "Sửa tên hoặc bỏ đi")


def _content(entry: Entry, item: Mapping, fewest: int) -> list[Mistake]:
    """Mistakes that leave the entry usable."""
    wrong = [*_answers(entry, item)]

    def say(key: str, what: str, remedy: str) -> None:
        wrong.append(Mistake(entry.file, item.at(key), f"mục {entry.id}: {what}", remedy))

    if len(entry.phrasings) < fewest:
        say("phrasings", f"chỉ có {len(entry.phrasings)} cách hỏi", f"Cần {fewest}")
    if not entry.sources:
        say("sources", "thiếu nguồn", "Thêm id nguồn từ sources.yaml")
    english = {bool(entry.question_en), bool(entry.answer_en)}
    if len(english) > 1 or (entry.phrasings_en and english == {False}):
        say("answer_en", "câu hỏi và trả lời tiếng Anh phải đi cùng nhau", "Thêm phần thiếu")
    if entry.known and not entry.local:
        say("known", "known cần có local", "Thêm mã giá trị địa phương, hoặc bỏ known")
    if bool(entry.known_en) != bool(entry.known and entry.answer_en):
        say("known_en", "known và known_en không đi cùng nhau", "Thêm phần thiếu, hoặc bỏ bớt")
    if entry.review_by < entry.reviewed_on:
        say("review_by", "hạn rà soát trước ngày rà soát", "Sửa review_by")
    for key in ("question", "answer", "known", "phrasings", "phrasings_en"):
        if any(not unicodedata.is_normalized("NFC", part) for part in texts(item, key)):
            say(key, f"{key} không ở dạng NFC", "Lưu lại bằng bộ gõ Unicode dựng sẵn")
    return wrong


def _answers(entry: Entry, item: Mapping) -> Iterable[Mistake]:
    """Answers that are too long or name an address that is not encrypted."""
    for key in ("answer", "answer_en", "known", "known_en"):
        told, line = text(item, key), item.at(key)
        if len(told) > LONGEST_ANSWER:
            what = f"mục {entry.id}: {key} dài {len(told)} ký tự"
            yield Mistake(entry.file, line, what, f"Rút xuống {LONGEST_ANSWER}")
        if "http://" in told:
            what = f"mục {entry.id}: {key} có địa chỉ không mã hóa (http://)"
            yield Mistake(entry.file, line, what, "Dùng https:// hoặc chỉ ghi tên miền")


def cross(book: Book) -> list[Mistake]:
    """Mistakes between entries: ids used twice, and names that lead nowhere."""
    wrong = []
    seen: dict[str, Entry] = {}
    for entry in book.entries:
        if entry.id in seen:
            first = seen[entry.id]
            what = f"id {entry.id} đã có ở {first.file}:{first.line}"
            wrong.append(Mistake(entry.file, entry.line, what, "Đổi một trong hai"))
        seen.setdefault(entry.id, entry)
        named = (*entry.next, *entry.neighbours)
        wrong += _lost(entry, named, book.by_id, "mục")
        wrong += _lost(entry, entry.sources, book.sources, "nguồn")
    return wrong


def _lost(entry: Entry, names: Sequence[str], known: Iterable[str], kind: str) -> list[Mistake]:
    """Names an entry uses that nobody has."""
    return [
        Mistake(entry.file, entry.line, f"mục {entry.id}: không có {kind} {name}", "Sửa tên")
        for name in names
        if name not in known
    ]


def expired(book: Book, today: date) -> list[Entry]:
    """Entries past their review date."""
    return [entry for entry in book.entries if entry.expired(today)]
