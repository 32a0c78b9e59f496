"""The question bank: loaded and checked, all mistakes at once. Pure."""

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path

from rapidfuzz import fuzz

from faq.files import Mapping as Item
from faq.files import Mistake, read, text, texts
from faq.text import fold

OPTIONS = 4
LONGEST_QUESTION, LONGEST_OPTION, LONGEST_EXPLANATION = 255, 90, 190
"""Within Telegram's quiz poll: 300, 100 and 200 (https://core.telegram.org/bots/api#sendpoll)."""
PER_TOPIC = 3
ALIKE = 92.0
"""Likeness, of 100, from which two folded questions are the same question."""
LONGEST_SHARE = 0.30
"""Of the questions of a bank, how many may have the right option as their one longest."""
FORBIDDEN = ("tat ca deu dung", "ca a va b", "khong dap an nao", "luon luon")


@dataclass(frozen=True)
class Question:
    """One question with four options, one of them right."""

    id: str
    category: str
    difficulty: int
    """1 easy, 2 middling, 3 hard."""
    topic: str
    """The FAQ entry the fact stands in."""
    source: str
    question: str
    options: tuple[str, ...]
    answer: int
    """The right option, from 0."""
    explanation: str
    fixed_order: bool = False
    """The options are an ascending row of numbers and are not shuffled."""
    valid_until: date | None = None
    """The last day on which the question may be drawn."""
    not_with: tuple[str, ...] = ()
    """Questions that would give the answer away, or the reverse."""
    withdrawn: bool = False
    """Taken out by an organiser: kept, and never drawn again."""
    file: str = ""
    line: int = 0

    def current(self, today: date) -> bool:
        """Whether the question may be drawn on a day."""
        return not self.withdrawn and (self.valid_until is None or today <= self.valid_until)

    @property
    def mark(self) -> str:
        """Changes when what is asked does: an answer to another form of it counts for nothing."""
        asked = "\n".join((self.question, *self.options, str(self.answer)))
        return hashlib.sha256(asked.encode()).hexdigest()[:8]


FIELDS = frozenset(Question.__dataclass_fields__) - {"file", "line"}
"""The keys a question may have in its file; its category is the file's unless it names one."""
FLAGS = ("fixed_order", "withdrawn")


@dataclass(frozen=True)
class Fault:
    """Something wrong with a question: in which of its keys, what, and what to do."""

    key: str
    what: str
    remedy: str


Faults = Iterator[tuple[Question, Fault]]


@dataclass(frozen=True)
class Bank:
    """All questions, in the order of the files."""

    questions: tuple[Question, ...]
    categories: dict[str, str]

    def current(self, today: date) -> list[Question]:
        """The questions that may be drawn on a day."""
        return [question for question in self.questions if question.current(today)]


def load(folder: Path, topics: Mapping[str, Sequence[str]]) -> tuple[Bank, list[Mistake]]:
    """The bank in a folder and every mistake in it; `topics` gives each FAQ entry's sources."""
    bank, mistakes = gather(folder)
    return bank, sorted([*mistakes, *check(bank, topics), *balance(bank)])


def gather(folder: Path) -> tuple[Bank, list[Mistake]]:
    """The questions in a folder, and those that are none; nothing else is checked yet."""
    questions: list[Question] = []
    categories: dict[str, str] = {}
    mistakes: list[Mistake] = []
    for path in sorted(folder.glob("*.yaml")):
        items, whole, wrong = read(path, "questions")
        mistakes += wrong
        category = text(whole, "category") or path.stem
        categories[category] = text(whole, "title") or category
        for item in items:
            question, found = parse(item, category, path.name)
            name = text(item, "id") or "?"
            mistakes += [
                Mistake(path.name, item.at(fault.key), *_told(name, fault)) for fault in found
            ]
            questions += [question] if question else []
    return Bank(tuple(questions), categories), mistakes


def parse(item: Item, category: str, file: str) -> tuple[Question | None, list[Fault]]:
    """The question an item is, or what must be mended before it is one."""
    found = list(_form(item))
    return (None, found) if found else (_question(item, category, file), [])


def check(bank: Bank, topics: Mapping[str, Sequence[str]]) -> list[Mistake]:
    """Everything wrong with the questions of a bank, alone and together."""
    return [
        Mistake(one.file, one.line, *_told(one.id, fault)) for one, fault in faults(bank, topics)
    ]


def faults(bank: Bank, topics: Mapping[str, Sequence[str]]) -> Faults:
    """The same, by question and key. What is withdrawn is asked nobody, so it may be as it is."""
    for question in bank.questions:
        if not question.withdrawn:
            yield from ((question, fault) for fault in _content(question))
    yield from sourced(bank, topics)
    yield from _across(bank)


def sourced(bank: Bank, topics: Mapping[str, Sequence[str]]) -> Faults:
    """Questions whose FAQ entry is not there, or has not their source."""
    for question in bank.questions:
        if not question.withdrawn:
            found = _sourced(question.topic, question.source, topics)
            yield from ((question, fault) for fault in found)


def draft_faults(item: Item, topics: Mapping[str, Sequence[str]]) -> list[Fault]:
    """What can already be said of the content of an item that is no question yet."""
    options = texts(item, "options")
    found = [
        *_sizes(text(item, "question"), options, text(item, "explanation")),
        *_written((text(item, "question"), text(item, "explanation"), *options)),
        *_sourced(text(item, "topic"), text(item, "source"), topics),
    ]
    broken = {fault.key for fault in _form(item)}
    return [fault for fault in found if fault.key not in broken]


def _told(name: str, fault: Fault) -> tuple[str, str]:
    """A fault in words, with the question it is of."""
    return f"câu {name}: {fault.what}", fault.remedy


def _form(item: Item) -> Iterator[Fault]:
    """Faults without whose mending there is no question."""
    for key in ("id", "topic", "source", "question", "explanation"):
        if not text(item, key):
            yield Fault(key, f"thiếu {key}", f"Thêm {key}")
    if text(item, "difficulty") not in {"1", "2", "3"}:
        yield Fault("difficulty", "mức không phải 1, 2 hay 3", "Sửa difficulty")
    options = texts(item, "options")
    if len(options) != OPTIONS or len({option for option in options if option}) != OPTIONS:
        yield Fault("options", "không có đúng bốn lựa chọn khác nhau", "Viết đủ bốn, không trùng")
    if text(item, "answer") not in {"0", "1", "2", "3"}:
        remedy = "Chọn lựa chọn đúng; trong tệp, answer tính từ 0"
        yield Fault("answer", "đáp án không phải 0-3", remedy)
    if text(item, "valid_until") and _date(text(item, "valid_until")) is None:
        yield Fault("valid_until", "valid_until không phải ngày", "Viết dạng 2026-12-31")
    for key in FLAGS:
        if text(item, key).lower() not in {"", "true", "false"}:
            yield Fault(key, f"{key} không phải true hay false", "Viết true hoặc bỏ đi")
    for key in item.keys() - FIELDS:
        yield Fault(key, f"khóa lạ {key}", "Sửa tên hoặc bỏ đi")


def _date(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _question(item: Item, category: str, file: str) -> Question:
    return Question(
        id=text(item, "id"),
        category=text(item, "category") or category,
        difficulty=int(text(item, "difficulty")),
        topic=text(item, "topic"),
        source=text(item, "source"),
        question=text(item, "question"),
        options=texts(item, "options"),
        answer=int(text(item, "answer")),
        explanation=text(item, "explanation"),
        fixed_order=text(item, "fixed_order").lower() == "true",
        valid_until=_date(text(item, "valid_until")),
        not_with=texts(item, "not_with"),
        withdrawn=text(item, "withdrawn").lower() == "true",
        file=file,
        line=item.line,
    )


def _content(question: Question) -> Iterator[Fault]:
    """Faults of one question: too long, words not allowed, a right option that stands out."""
    yield from _sizes(question.question, question.options, question.explanation)
    yield from _written((question.question, question.explanation, *question.options))
    lengths = [len(option) for option in question.options]
    right = lengths.pop(question.answer)
    if right > 1.5 * sum(lengths) / len(lengths) and right > max(lengths) + 8:
        yield Fault("options", "đáp án đúng dài hơn hẳn", "Viết các lựa chọn dài gần nhau")


def _sizes(question: str, options: Sequence[str], explanation: str) -> Iterator[Fault]:
    longest = max(map(len, options), default=0)
    for key, name, size, most in (
        ("question", "câu hỏi", len(question), LONGEST_QUESTION),
        ("options", "lựa chọn", longest, LONGEST_OPTION),
        ("explanation", "giải thích", len(explanation), LONGEST_EXPLANATION),
    ):
        if size > most:
            yield Fault(key, f"{name} dài {size} ký tự", f"Rút xuống {most}")
    if any(words in fold(option) for words in FORBIDDEN for option in options):
        yield Fault("options", "lựa chọn kiểu 'tất cả đều đúng'", "Viết lựa chọn cụ thể")


def _written(parts: Sequence[str]) -> Iterator[Fault]:
    if any(not unicodedata.is_normalized("NFC", part) for part in parts):
        yield Fault("question", "không ở dạng NFC", "Lưu lại bằng bộ gõ Unicode dựng sẵn")


def _sourced(topic: str, source: str, topics: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    if topic not in topics:
        yield Fault("topic", f"không có mục hỏi đáp {topic}", "Sửa topic")
    elif source not in topics[topic]:
        yield Fault("source", f"nguồn {source} không thuộc mục {topic}", "Sửa source")


def _across(bank: Bank) -> Faults:
    """Faults between questions: ids, categories, likeness, too many on a topic."""
    names = Counter(question.id for question in bank.questions)
    asked = [question for question in bank.questions if not question.withdrawn]
    for question in bank.questions:
        if names[question.id] > 1:
            yield question, Fault("id", f"id có {names[question.id]} lần", "Đổi id")
        if question.category not in bank.categories:
            yield question, Fault("category", f"không có nhóm {question.category}", "Sửa category")
        for other in question.not_with:
            if other not in names:
                yield question, Fault("not_with", f"not_with {other} không có", "Sửa not_with")
    yield from _alike(asked)
    topics = Counter(question.topic for question in asked)
    for question in {question.topic: question for question in asked}.values():
        if (count := topics[question.topic]) > PER_TOPIC:
            what = f"chủ đề {question.topic} có {count} câu"
            yield question, Fault("topic", what, f"Tối đa {PER_TOPIC}")


def _alike(questions: Iterable[Question]) -> Faults:
    folded = [(question, fold(question.question)) for question in questions]
    for (first, words), (second, others) in combinations(folded, 2):
        if fuzz.ratio(words, others, score_cutoff=ALIKE):
            yield second, Fault("question", f"gần trùng câu {first.id}", "Bỏ hoặc viết lại")


def balance(bank: Bank) -> list[Mistake]:
    """Right options stand about as often in each place, and are seldom the longest.

    A matter of the edition as a whole: no single question is to blame for it.
    """
    questions = [question for question in bank.questions if not question.withdrawn]
    if len(questions) < 40:
        return []
    wrong = []
    places = Counter(question.answer for question in questions)
    if max(places.values()) - min(places[place] for place in range(OPTIONS)) > len(questions) * 0.1:
        told = f"vị trí đáp án lệch: {dict(places)}"
        wrong.append(Mistake("quiz", 0, told, "Đổi chỗ lựa chọn"))
    longest = sum(1 for question in questions if _stands_out(question))
    if longest > LONGEST_SHARE * len(questions):
        told = f"đáp án đúng dài nhất ở {longest} câu"
        wrong.append(Mistake("quiz", 0, told, "Rút ngắn đáp án đúng"))
    return wrong


def _stands_out(question: Question) -> bool:
    lengths = [len(option) for option in question.options]
    return lengths.pop(question.answer) > max(lengths)


def expired(bank: Bank, today: date) -> list[Question]:
    """Questions whose time is over: they are not drawn, and wait to be rewritten."""
    return [one for one in bank.questions if not one.withdrawn and not one.current(today)]
