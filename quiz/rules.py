"""The rules of a contest (thể lệ), as data: loaded and checked, all mistakes at once. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, get_args

from faq.files import Mapping as Item
from faq.files import Mistake, read, text, texts

Mode = Literal["self", "stage"]
"""self: everybody alone, in their own time. stage: together, question by question."""
Criterion = Literal["right", "points", "time", "finish", "guess"]
"""right: more right answers. points: more points. time: less time on right answers. finish:
finished earlier. guess: predicted number nearer to the true one."""
Period = Literal["round", "week"]
DIFFICULTIES = (1, 2, 3)
MOST_QUESTIONS = 50
LONGEST_LIMIT = 600
JURORS = (3, 7)
"""How many jurors mark a stage performance, at least and at most."""


@dataclass(frozen=True)
class Part:
    """A part of a stage performance that the jury marks."""

    id: str
    name: str
    most: int
    """Marks a juror may give, from 0."""
    weight: float = 1.0


@dataclass(frozen=True)
class Rules:
    """What is played and how it is counted. Frozen into a round when it is opened."""

    id: str
    title: str
    mode: Mode = "self"
    difficulty: dict[int, int] = field(default_factory=lambda: {1: 4, 2: 4, 3: 2})
    """How many questions of each difficulty (1 easy to 3 hard)."""
    categories: dict[str, int] = field(default_factory=dict)
    """How many questions of each category; empty: as they come, spread widely."""
    least_categories: int = 5
    seconds: dict[int, int] = field(default_factory=lambda: {1: 20, 2: 25, 3: 30})
    """Time to answer a question of each difficulty, by the server's clock."""
    total_seconds: int = 0
    """Time for the whole paper; 0: as much as its questions have."""
    attempts: int = 1
    """Papers a player may write in a period; the best one counts."""
    period: Period = "round"
    least_age: int = 0
    most_age: int = 0
    units: tuple[str, ...] = ()
    """Units whose members may enter; empty: everybody."""
    ranking: tuple[Criterion, ...] = ("right", "time", "finish")
    right_points: int = 10
    speed_bonus: int = 0
    """Points more for a right answer given at once, falling to none at the deadline."""
    prediction: str = ""
    """A question whose answer is a number, which breaks ties; empty: none."""
    unit_best: int = 5
    """A unit's score: the average of so many of its best, missing ones counting nothing."""
    parts: tuple[Part, ...] = ()
    """What the jury marks, for teams on stage."""
    prizes: tuple[str, ...] = ()

    @property
    def questions(self) -> int:
        """How many questions a paper has."""
        return sum(self.difficulty.values())

    def limit(self, difficulty: int) -> timedelta:
        """How long a question of a difficulty may be answered."""
        return timedelta(seconds=self.seconds[difficulty])

    @property
    def total(self) -> timedelta | None:
        """How long a whole paper may take, or None for as long as its questions."""
        return timedelta(seconds=self.total_seconds) if self.total_seconds else None


FIELDS = frozenset(item.name for item in fields(Rules))


def dump(rules: Rules) -> str:
    """The rules as JSON, to be frozen into a round."""
    return json.dumps(asdict(rules), ensure_ascii=False, sort_keys=True)


def loads(written: str) -> Rules:
    """Rules that were kept with `dump`."""
    return _rules(json.loads(written))


def load(path: Path, categories: Mapping[str, str]) -> tuple[dict[str, Rules], list[Mistake]]:
    """The rules in a file by their id, and every mistake in it."""
    items, _whole, mistakes = read(path, "rules")
    known: dict[str, Rules] = {}
    for item in items:
        wrong = list(_check(item, path.name, categories))
        if text(item, "id") in known:
            wrong.append(Mistake(path.name, item.line, f"thể lệ {item['id']} trùng", "Đổi id"))
        mistakes += wrong
        if not wrong:
            known[text(item, "id")] = _rules(item)
    return known, sorted(mistakes)


def _rules(data: Mapping[str, Any]) -> Rules:
    given = {key: value for key, value in data.items() if key in FIELDS}
    for name in ("difficulty", "seconds"):
        if name in given:
            given[name] = {int(key): int(value) for key, value in given[name].items()}
    for name in ("units", "ranking", "prizes"):
        given[name] = tuple(given.get(name) or getattr(Rules, name))
    given["parts"] = tuple(Part(**part) for part in given.get("parts") or ())
    return Rules(**given)


def _check(item: Item, file: str, categories: Mapping[str, str]) -> Iterator[Mistake]:
    """What is wrong with one set of rules."""
    name = text(item, "id") or "?"

    def say(key: str, what: str, remedy: str) -> Mistake:
        return Mistake(file, item.at(key), f"thể lệ {name}: {what}", remedy)

    for key in ("id", "title"):
        if not text(item, key):
            yield say(key, f"thiếu {key}", f"Thêm {key}")
    for key in item.keys() - FIELDS:
        yield say(key, f"khóa lạ {key}", "Sửa tên hoặc bỏ đi")
    if text(item, "mode") not in {"", *get_args(Mode)}:
        yield say("mode", "mode không phải self hay stage", "Sửa mode")
    if text(item, "period") not in {"", *get_args(Period)}:
        yield say("period", "period không phải round hay week", "Sửa period")
    for wrong in set(texts(item, "ranking")) - set(get_args(Criterion)):
        yield say("ranking", f"không xếp hạng được theo {wrong}", f"Dùng {get_args(Criterion)}")
    if texts(item, "ranking")[:1] not in {(), ("right",), ("points",)}:
        yield say("ranking", "ranking không bắt đầu bằng right hay points", "Đúng trước, nhanh sau")
    if "guess" in texts(item, "ranking") and not text(item, "prediction"):
        yield say("ranking", "xếp theo số dự đoán mà không có câu dự đoán", "Thêm prediction")
    yield from _check_numbers(item, say)
    yield from _check_quotas(item, say, categories)
    yield from _check_parts(item, say)


_NUMBERS = {
    "least_categories": (1, 12),
    "total_seconds": (0, 24 * 3600),
    "attempts": (1, 20),
    "least_age": (0, 120),
    "most_age": (0, 120),
    "right_points": (1, 1000),
    "speed_bonus": (0, 1000),
    "unit_best": (1, 100),
}


def _check_numbers(item: Item, say: Any) -> Iterator[Mistake]:
    for key, (least, most) in _NUMBERS.items():
        value = item.get(key, least)
        if not isinstance(value, int) or not least <= value <= most:
            yield say(key, f"{key} không phải số từ {least} đến {most}", f"Sửa {key}")


def _check_quotas(item: Item, say: Any, categories: Mapping[str, str]) -> Iterator[Mistake]:
    difficulty = _counts(item, "difficulty")
    if difficulty is None or not set(difficulty) <= {"1", "2", "3"}:
        yield say(
            "difficulty", "difficulty không phải {mức 1-3: số câu}", "Viết {1: 4, 2: 4, 3: 2}"
        )
        return
    total = sum(difficulty.values()) if difficulty else 10
    if not 1 <= total <= MOST_QUESTIONS:
        yield say("difficulty", f"số câu không từ 1 đến {MOST_QUESTIONS}", "Sửa difficulty")
    seconds = _counts(item, "seconds")
    fitting = seconds is not None and all(5 <= each <= LONGEST_LIMIT for each in seconds.values())
    if not fitting or (seconds and not set(difficulty or "123") <= set(seconds)):
        yield say("seconds", "seconds không đủ các mức, từ 5 giây", "Viết {1: 20, 2: 25, 3: 30}")
    quotas = _counts(item, "categories")
    if quotas is None or set(quotas) - set(categories):
        yield say("categories", "categories có chủ đề lạ", f"Dùng {', '.join(categories)}")
    elif quotas and sum(quotas.values()) != total:
        yield say("categories", f"tổng theo chủ đề khác {total} câu", "Sửa categories")


def _counts(item: Item, key: str) -> dict[str, int] | None:
    """A mapping of names to whole numbers, or None when it is not one."""
    value = item.get(key) or {}
    if not isinstance(value, dict) or not all(type(one) is int for one in value.values()):
        return None
    return {str(name): one for name, one in value.items()}


def _check_parts(item: Item, say: Any) -> Iterator[Mistake]:
    parts = item.get("parts") or []
    for part in parts if isinstance(parts, list) else [{}]:
        keys = set(part) if isinstance(part, dict) else set()
        if not {"id", "name", "most"} <= keys <= {"id", "name", "most", "weight"}:
            yield say("parts", "phần thi cần id, name, most", "Viết {id, name, most, weight}")
        elif type(part["most"]) is not int or not 1 <= part["most"] <= 1000:
            yield say("parts", f"điểm tối đa của {part['id']} không phải 1-1000", "Sửa most")
