"""Accuracy, calibration and confusions of a matcher on labelled questions. Pure."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from faq.matcher import Found, Near, Sure

BINS = 10
SHOWN = 30


class QuestionsError(Exception):
    """A file of labelled questions cannot be read; says where."""


class Finder(Protocol):
    """Any matcher, with the encoder or without."""

    def find(self, text: str, topic: str | None = None, /) -> Found:
        """Find the answer to a question."""


@dataclass(frozen=True)
class Question:
    """A labelled question: the entry it asks for, or None when no entry answers it."""

    text: str
    topic: str | None
    style: str = ""


@dataclass(frozen=True)
class Row:
    """Shares of a group of questions; the last three of those without an answer."""

    style: str
    asked: int
    top1: float
    top3: float
    helped: float
    false: float
    sure: float
    foreign: int
    foreign_sure: float
    foreign_offered: float


@dataclass(frozen=True)
class Bin:
    """Answers whose probability fell between two bounds, and how many of them were right."""

    low: float
    high: float
    count: int
    promised: float
    right: float


@dataclass(frozen=True)
class Confusion:
    """A question whose best entry was not the right one."""

    text: str
    topic: str | None
    found: str
    score: float
    verdict: str


@dataclass(frozen=True)
class Report:
    """Everything measured; the first row is the whole set."""

    rows: tuple[Row, ...]
    calibration: tuple[Bin, ...]
    confusions: tuple[Confusion, ...]

    @property
    def total(self) -> Row:
        """The figures of the whole set."""
        return self.rows[0]

    def to_json(self) -> str:
        """Return everything, for machines."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2)

    def to_text(self) -> str:
        """Return tables, for people."""
        parts = (_rows(self.rows), _bins(self.calibration), _confusions(self.confusions))
        return "\n\n".join("\n".join(part) for part in parts)


def load_questions(path: Path) -> list[Question]:
    """Read labelled questions, one JSON object a line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionsError(f"{path}: {error}") from error
    return [
        _question(line, f"{path}:{number}")
        for number, line in enumerate(lines, start=1)
        if line.strip()
    ]


def _question(line: str, where: str) -> Question:
    try:
        item = json.loads(line)
        text, topic, style = item["text"], item["topic"], item.get("style", "")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise QuestionsError(f'{where}: expected {{"text", "topic" or null, "style"}}') from error
    if not isinstance(text, str) or not isinstance(topic, str | None) or not isinstance(style, str):
        raise QuestionsError(f"{where}: text and style are strings, topic a string or null")
    return Question(text, topic, style)


def evaluate(matcher: Finder, questions: Iterable[Question]) -> Report:
    """Ask every question and count."""
    answers = [(question, matcher.find(question.text)) for question in questions]
    groups = defaultdict(list)
    for question, found in answers:
        groups[question.style].append((question, found))
    rows = [_row("all", answers), *(_row(style, groups[style]) for style in sorted(groups))]
    return Report(tuple(rows), tuple(_calibration(answers)), tuple(_wrong(answers)))


Answer = tuple[Question, Found]


def _row(style: str, answers: Sequence[Answer]) -> Row:
    ours = [(q, found) for q, found in answers if q.topic is not None]
    others = [(q, found) for q, found in answers if q.topic is None]
    return Row(
        style,
        len(ours),
        _share(ours, lambda q, found: q.topic in [hit.id for hit in found.hits[:1]]),
        _share(ours, lambda q, found: q.topic in [hit.id for hit in found.hits[:3]]),
        _share(ours, _helped),
        _share(ours, lambda q, found: isinstance(found, Sure) and found.hits[0].id != q.topic),
        _share(ours, lambda _, found: isinstance(found, Sure)),
        len(others),
        _share(others, lambda _, found: isinstance(found, Sure)),
        _share(others, lambda _, found: isinstance(found, Near)),
    )


def _helped(question: Question, found: Found) -> bool:
    """Whether the person got the answer, or can choose it."""
    match found:
        case Sure():
            return found.hits[0].id == question.topic
        case Near():
            return question.topic in [hit.id for hit in found.offered]
        case _:
            return False


def _share(answers: Sequence[Answer], holds: Callable[[Question, Found], bool]) -> float:
    return sum(holds(*answer) for answer in answers) / len(answers) if answers else 0.0


def _calibration(answers: Sequence[Answer]) -> Iterator[Bin]:
    """Compare what the best hit's probability promised with what was right, in ten steps."""
    bins: defaultdict[int, list[tuple[float, bool]]] = defaultdict(list)
    for question, found in answers:
        for hit in found.hits[:1]:
            step = min(int(hit.score * BINS), BINS - 1)
            bins[step].append((hit.score, hit.id == question.topic))
    for step, pairs in sorted(bins.items()):
        promised = sum(score for score, _ in pairs) / len(pairs)
        right = sum(fits for _, fits in pairs) / len(pairs)
        yield Bin(step / BINS, (step + 1) / BINS, len(pairs), promised, right)


def _wrong(answers: Sequence[Answer]) -> list[Confusion]:
    """Return wrong entries, and certainty where there is no answer; worst first."""
    wrong = [
        Confusion(q.text, q.topic, found.hits[0].id, found.hits[0].score, found.verdict)
        for q, found in answers
        if found.hits and found.hits[0].id != q.topic and (q.topic or isinstance(found, Sure))
    ]
    return sorted(wrong, key=lambda each: -each.score)


def _rows(rows: Sequence[Row]) -> list[str]:
    head = f"{'style':16}{'asked':>7}{'top-1':>8}{'top-3':>8}{'helped':>8}{'false':>8}{'sure':>8}"
    lines = [head + f"{'foreign':>9}{'sure':>8}{'offered':>9}"]
    for row in rows:
        line = f"{row.style:16}{row.asked:7}"
        shares = (row.top1, row.top3, row.helped, row.false, row.sure)
        line += "".join(f"{share:8.3f}" if row.asked else f"{'-':>8}" for share in shares)
        if row.foreign:
            line += f"{row.foreign:9}{row.foreign_sure:8.3f}{row.foreign_offered:9.3f}"
        lines.append(line)
    return lines


def _bins(bins: Sequence[Bin]) -> list[str]:
    lines = [f"{'probability':16}{'count':>7}{'promised':>10}{'right':>8}"]
    return lines + [
        f"{each.low:.1f} to {each.high:.1f}{each.count:13}{each.promised:10.3f}{each.right:8.3f}"
        for each in bins
    ]


def _confusions(wrong: Sequence[Confusion]) -> list[str]:
    pairs = Counter((each.topic or "(none)", each.found) for each in wrong)
    lines = [f"{len(wrong)} confusions; most frequent, then most certain:"]
    lines += [f"{n:4}  {topic} -> {found}" for (topic, found), n in pairs.most_common(SHOWN // 3)]
    return lines + [
        f"{each.score:6.2f} {each.verdict:8}{each.text!r}: {each.topic or '(none)'} -> {each.found}"
        for each in wrong[:SHOWN]
    ]
