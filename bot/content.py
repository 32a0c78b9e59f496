"""The shipped edition as the bot uses it: entries, links, places, the matcher; checked across."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Protocol

from bot import links
from bot.links import Page
from bot.messages import Choice
from faq import book as books
from faq.book import Book, Entry
from faq.files import Mapping, Mistake, read, text, texts
from faq.foreign import load_foreign
from faq.matcher import Document, Found, Matcher
from faq.text import Lexicon, fold, load_lexicon
from quiz import bank as banks
from quiz import rules
from quiz.bank import Bank
from quiz.rules import Rules

DATA = Path(__file__).parent.parent / "data"
FEATURES: frozenset[str] = frozenset({"contest", "notices"})
"""Features of the bot that are there; an answer about another one says that it is not yet."""
ALL_FEATURES = frozenset({"contest", "notices"})


class Finder(Protocol):
    """What finds entries: by their words, or by their meaning too."""

    def find(self, text: str, topic: str | None = None) -> Found:
        """The answer to a question, the choices near it, or nothing."""

    def find_all(self, text: str, topic: str | None = None) -> tuple[Found, ...]:
        """The answers to a message: two when it holds two clear questions, else one."""

    def explain(self, text: str, topic: str | None = None) -> str:
        """What was read, what matched and why."""


@dataclass(frozen=True)
class Value:
    """Something only local people know: a phone number, an address, hours. Empty: not known."""

    id: str
    label: str
    value: str


@dataclass(frozen=True)
class Place:
    """A thôn or a unit that people may say they belong to."""

    id: str
    name: str


@dataclass(frozen=True)
class Places:
    """What is local: places, values, emergency numbers, and the questions worth suggesting."""

    hamlets: tuple[Place, ...]
    units: tuple[Place, ...]
    values: dict[str, Value]
    emergency: tuple[Choice, ...]
    suggestions: tuple[tuple[str, frozenset[int]], ...]
    former_hamlets: tuple[Place, ...] = ()
    """Thôn nobody may pick any more; people, events and teams that name one keep its name."""
    former_units: tuple[Place, ...] = ()

    @property
    def hamlet_names(self) -> dict[str, str]:
        """What every thôn is called, also one that is withdrawn."""
        return {place.id: place.name for place in (*self.former_hamlets, *self.hamlets)}

    @property
    def unit_names(self) -> dict[str, str]:
        """What every unit is called, also one that is withdrawn."""
        return {place.id: place.name for place in (*self.former_units, *self.units)}

    def missing(self) -> list[Value]:
        """The values nobody has filled in yet."""
        return [value for value in self.values.values() if not value.value]


@dataclass(frozen=True, repr=False)  # written out it is megabytes long
class Content:
    """Everything the bot knows, with the matcher over it."""

    book: Book
    pages: dict[str, Page]
    places: Places
    matcher: Finder
    lexicon: Lexicon
    bank: Bank
    contests: dict[str, Rules]
    mistakes: tuple[Mistake, ...] = ()
    shipped: Book | None = None
    """The book of the files, before anything was laid over it."""
    shipped_bank: Bank | None = None
    """The same of the quiz questions."""
    shipped_places: Places | None = None
    """The same of what is local."""

    @property
    def topics(self) -> dict[str, tuple[str, ...]]:
        """The entries that quiz questions may be about, each with its sources."""
        return topics(self.book)

    def find(self, question: str, topic: str = "") -> tuple[Found, ...]:
        """The answers to a message: one, or two when it asks two things."""
        return self.matcher.find_all(question, topic or None)

    def suggested(self, month: int, count: int = 6) -> list[Entry]:
        """Questions worth asking in a month: those of the season first."""
        named = sorted(self.places.suggestions, key=lambda item: month not in item[1])
        fitting = [name for name, months in named if not months or month in months]
        return [self.book.by_id[name] for name in fitting if name in self.book.by_id][:count]


LayLocal = Callable[[dict[str, Page], Places], tuple[dict[str, Page], Places]]


def load(
    data: Path = DATA,
    cache: Path | None = None,
    lay_over: Callable[[Book], Book] = lambda book: book,
    lay_local: LayLocal = lambda pages, places: (pages, places),
    lay_bank: Callable[[Bank], Bank] = lambda bank: bank,
) -> Content:
    """Load everything in `data`; what is wrong stands in `mistakes`, the rest is used.

    `lay_over` may put local edits over the shipped book before the matcher learns it,
    `lay_local` over the links and places, and `lay_bank` over the quiz questions.
    """
    shipped, mistakes = books.load(data)
    book = lay_over(shipped)
    pages, more = links.load(data / "links.yaml")
    shipped_places, wrong = load_places(data / "places.yaml")
    pages, places = lay_local(pages, shipped_places)
    mistakes += [*more, *wrong, *cross(book, pages, places)]
    shipped_bank, bank, in_quiz = quiz(data, book, lay_bank)
    contests, in_rules = rules.load(data / "contests.yaml", bank.categories)
    mistakes += in_quiz
    mistakes += in_rules
    lexicon = load_lexicon(data / "lexicons")
    foreign = load_foreign(data / "foreign.yaml")
    matcher = Matcher.build(documents(book), lexicon, cache, foreign)
    told = tuple(sorted(mistakes))
    before = (shipped, shipped_bank, shipped_places)
    return Content(book, pages, places, matcher, lexicon, bank, contests, told, *before)


def quiz(
    data: Path, book: Book, lay_bank: Callable[[Bank], Bank]
) -> tuple[Bank, Bank, list[Mistake]]:
    """The quiz questions of the files, those in use, and what is wrong with them beside a book."""
    shipped, mistakes = banks.gather(data / "quiz")
    bank = lay_bank(shipped)
    return shipped, bank, [*mistakes, *banks.balance(shipped), *banks.check(bank, topics(book))]


def topics(book: Book) -> dict[str, tuple[str, ...]]:
    """The entries of a book that quiz questions may be about, each with its sources."""
    return {entry.id: entry.sources for entry in book.entries}


def documents(book: Book) -> list[Document]:
    """The entries as the matcher wants them; visitors ask in English."""
    return [
        Document(
            entry.id,
            entry.question,
            (*entry.phrasings, *entry.english),
            entry.neighbours,
            entry.answer,
        )
        for entry in book.entries
    ]


def deepen(content: Content, cache: Path | None = None, data: Path = DATA) -> Content:
    """The same content found by meaning too, when the extra `semantic` is installed.

    The first time takes minutes, since every phrasing is encoded; then a second.
    """
    from faq.semantic import SemanticMatcher, load_encoder

    encoder = load_encoder()
    if encoder is None or not isinstance(content.matcher, Matcher):
        return content
    foreign = load_foreign(data / "foreign.yaml")
    told = documents(content.book)
    matcher = SemanticMatcher.build(content.matcher, told, encoder, cache, foreign)
    return replace(content, matcher=matcher)


def load_places(path: Path) -> tuple[Places, list[Mistake]]:
    """What is local, and the mistakes in its file."""
    values, whole, mistakes = read(path, "values")
    named = {
        text(item, "id"): Value(text(item, "id"), text(item, "label"), text(item, "value"))
        for item in values
    }
    suggestions = tuple(
        (text(item, "entry"), frozenset(int(month) for month in texts(item, "months")))
        for item in _items(whole, "suggestions")
    )
    emergency = tuple(
        Choice(text(item, "label"), text(item, "number")) for item in _items(whole, "emergency")
    )
    places = Places(
        hamlets=_places(whole, "hamlets"),
        units=_places(whole, "units"),
        values=named,
        emergency=emergency,
        suggestions=suggestions,
        former_hamlets=_places(whole, "hamlets", withdrawn=True),
        former_units=_places(whole, "units", withdrawn=True),
    )
    return places, mistakes


def _items(whole: Mapping, key: str) -> list[Mapping]:
    return [item for item in whole.get(key) or [] if isinstance(item, Mapping)]


def _places(whole: Mapping, key: str, *, withdrawn: bool = False) -> tuple[Place, ...]:
    """The places of a list that are offered, or those that are withdrawn."""
    return tuple(
        Place(text(item, "id"), text(item, "name"))
        for item in _items(whole, key)
        if (text(item, "withdrawn").lower() == "true") == withdrawn
    )


def cross(book: Book, pages: dict[str, Page], places: Places) -> Iterable[Mistake]:
    """Names in entries and places that lead nowhere."""
    for entry in book.entries:
        for name in entry.links:
            if name not in pages:
                yield _lost(entry, f"không có liên kết {name}")
        for name in entry.local:
            if name not in places.values:
                yield _lost(entry, f"không có giá trị địa phương {name}")
        if entry.needs and entry.needs not in ALL_FEATURES:
            yield _lost(entry, f"không có chức năng {entry.needs}")
    for name, _ in places.suggestions:
        if name not in book.by_id:
            yield Mistake("places.yaml", 0, f"gợi ý {name} không có mục", "Sửa suggestions")


def _lost(entry: Entry, what: str) -> Mistake:
    return Mistake(entry.file, entry.line, f"mục {entry.id}: {what}", "Sửa tên hoặc thêm vào")


def check(content: Content, today: date) -> list[Mistake]:
    """Every mistake: of form, between files, wordings that two entries share, reviews overdue."""
    late = [
        Mistake(
            entry.file,
            entry.line,
            f"mục {entry.id} quá hạn rà soát {entry.review_by}",
            "Rà lại nội dung rồi sửa reviewed_on và review_by",
        )
        for entry in books.expired(content.book, today)
    ]
    over = [
        Mistake(item.file, item.line, f"câu {item.id} hết hạn {item.valid_until}", "Viết lại")
        for item in banks.expired(content.bank, today)
    ]
    return sorted([*content.mistakes, *shared_phrasings(content.book.entries), *late, *over])


def shared_phrasings(entries: Sequence[Entry]) -> list[Mistake]:
    """Wordings of two entries with the same words, accents and order apart.

    Nobody could tell them apart. Words that differ in a number only ("mức 1", "mức 2") are not.
    """
    seen: dict[str, tuple[Entry, str]] = {}
    wrong = []
    for entry in entries:
        for phrasing in (entry.question, *entry.phrasings, *entry.english):
            key = " ".join(sorted(set(fold(phrasing).split())))
            first, words = seen.setdefault(key, (entry, phrasing))
            if first.id != entry.id:
                what = f"mục {entry.id}: {phrasing!r} trùng {words!r} của mục {first.id}"
                remedy = "Giữ ở một mục, viết lại ở mục kia"
                wrong.append(Mistake(entry.file, entry.line, what, remedy))
    return wrong
