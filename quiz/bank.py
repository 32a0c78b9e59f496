"""The question bank: loaded and checked, all mistakes at once. Pure."""

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
    file: str = ""
    line: int = 0

    def current(self, today: date) -> bool:
        """Whether the question may be drawn on a day."""
        return self.valid_until is None or today <= self.valid_until


FIELDS = frozenset(Question.__dataclass_fields__) - {"category", "file", "line"}
"""The keys a question may have in its file."""


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
    questions: list[Question] = []
    categories: dict[str, str] = {}
    mistakes: list[Mistake] = []
    for path in sorted(folder.glob("*.yaml")):
        items, whole, wrong = read(path, "questions")
        mistakes += wrong
        category = text(whole, "category") or path.stem
        categories[category] = text(whole, "title") or category
        for item in items:
            wrong = list(_form(item, path.name))
            mistakes += wrong
            if not wrong:
                questions.append(_question(item, category, path.name))
    bank = Bank(tuple(questions), categories)
    mistakes += [wrong for question in questions for wrong in _content(question, topics)]
    return bank, sorted([*mistakes, *_across(bank)])


def _form(item: Item, file: str) -> Iterator[Mistake]:
    """Mistakes without whose mending there is no question."""
    name = text(item, "id") or "?"

    def say(key: str, what: str, remedy: str) -> Mistake:
        return Mistake(file, item.at(key), f"câu {name}: {what}", remedy)

    for key in ("id", "topic", "source", "question", "explanation"):
        if not text(item, key):
            yield say(key, f"thiếu {key}", f"Thêm {key}")
    if text(item, "difficulty") not in {"1", "2", "3"}:
        yield say("difficulty", "mức không phải 1, 2 hay 3", "Sửa difficulty")
    if len(set(texts(item, "options"))) != OPTIONS:
        yield say("options", "không có đúng bốn lựa chọn khác nhau", "Sửa options")
    if text(item, "answer") not in {"0", "1", "2", "3"}:
        yield say("answer", "đáp án không phải 0-3", "answer tính từ 0")
    if text(item, "valid_until") and _date(text(item, "valid_until")) is None:
        yield say("valid_until", "valid_until không phải ngày", "Viết dạng 2026-12-31")
    for key in item.keys() - FIELDS:
        yield say(key, f"khóa lạ {key}", "Sửa tên hoặc bỏ đi")


def _date(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _question(item: Item, category: str, file: str) -> Question:
    return Question(
        id=text(item, "id"),
        category=category,
        difficulty=int(text(item, "difficulty")),
        topic=text(item, "topic"),
        source=text(item, "source"),
        question=text(item, "question"),
        options=texts(item, "options"),
        answer=int(text(item, "answer")),
        explanation=text(item, "explanation"),
        fixed_order=item.get("fixed_order") is True,
        valid_until=_date(text(item, "valid_until")),
        not_with=texts(item, "not_with"),
        file=file,
        line=item.line,
    )


def _content(question: Question, topics: Mapping[str, Sequence[str]]) -> Iterator[Mistake]:
    """Mistakes of one question: too long, a source that is not its topic's, words not allowed."""

    def say(what: str, remedy: str) -> Mistake:
        return Mistake(question.file, question.line, f"câu {question.id}: {what}", remedy)

    sizes = [
        ("câu hỏi", len(question.question), LONGEST_QUESTION),
        ("lựa chọn", max(map(len, question.options)), LONGEST_OPTION),
        ("giải thích", len(question.explanation), LONGEST_EXPLANATION),
    ]
    for name, size, most in sizes:
        if size > most:
            yield say(f"{name} dài {size} ký tự", f"Rút xuống {most}")
    if question.topic not in topics:
        yield say(f"không có mục hỏi đáp {question.topic}", "Sửa topic")
    elif question.source not in topics[question.topic]:
        yield say(f"nguồn {question.source} không thuộc mục {question.topic}", "Sửa source")
    whole = (question.question, question.explanation, *question.options)
    if any(not unicodedata.is_normalized("NFC", part) for part in whole):
        yield say("không ở dạng NFC", "Lưu lại bằng bộ gõ Unicode dựng sẵn")
    folded = [fold(option) for option in question.options]
    if any(words in option for words in FORBIDDEN for option in folded):
        yield say("lựa chọn kiểu 'tất cả đều đúng'", "Viết lựa chọn cụ thể")
    lengths = [len(option) for option in question.options]
    right = lengths.pop(question.answer)
    if right > 1.5 * sum(lengths) / len(lengths) and right > max(lengths) + 8:
        yield say("đáp án đúng dài hơn hẳn", "Viết các lựa chọn dài gần nhau")


def _across(bank: Bank) -> Iterator[Mistake]:
    """Mistakes between questions: ids, likeness, balance, too many on a topic."""
    names = Counter(question.id for question in bank.questions)
    for question in bank.questions:
        if names[question.id] > 1:
            yield _at(question, f"id {question.id} có {names[question.id]} lần", "Đổi id")
        for other in question.not_with:
            if other not in names:
                yield _at(question, f"not_with {other} không có", "Sửa not_with")
    yield from _alike(bank.questions)
    for topic, count in Counter(question.topic for question in bank.questions).items():
        if count > PER_TOPIC:
            yield Mistake("quiz", 0, f"chủ đề {topic} có {count} câu", f"Tối đa {PER_TOPIC}")
    yield from _balance(bank.questions)


def _alike(questions: Iterable[Question]) -> Iterator[Mistake]:
    folded = [(question, fold(question.question)) for question in questions]
    for (first, words), (second, others) in combinations(folded, 2):
        if fuzz.ratio(words, others) >= ALIKE:
            yield _at(second, f"câu {second.id} gần trùng câu {first.id}", "Bỏ hoặc viết lại")


def _balance(questions: Sequence[Question]) -> Iterator[Mistake]:
    """Right options stand about as often in each place, and are seldom the longest."""
    if len(questions) < 40:
        return
    places = Counter(question.answer for question in questions)
    if max(places.values()) - min(places[place] for place in range(OPTIONS)) > len(questions) * 0.1:
        yield Mistake("quiz", 0, f"vị trí đáp án lệch: {dict(places)}", "Đổi chỗ lựa chọn")
    longest = sum(1 for question in questions if _stands_out(question))
    if longest > LONGEST_SHARE * len(questions):
        yield Mistake("quiz", 0, f"đáp án đúng dài nhất ở {longest} câu", "Rút ngắn đáp án đúng")


def _stands_out(question: Question) -> bool:
    lengths = [len(option) for option in question.options]
    return lengths.pop(question.answer) > max(lengths)


def _at(question: Question, what: str, remedy: str) -> Mistake:
    return Mistake(question.file, question.line, what, remedy)


def expired(bank: Bank, today: date) -> list[Question]:
    """Questions whose time is over: they are not drawn, and wait to be rewritten."""
    return [question for question in bank.questions if not question.current(today)]
