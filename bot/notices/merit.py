"""Commending units: criteria as data, checked all at once, and the ranking they give. Pure."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from faq.files import Mapping as Item
from faq.files import Mistake, lacking, misnamed, read, text, texts

Measure = Literal[
    "activities_in_time",
    "report_in_time",
    "talks_held",
    "people_at_talks",
    "people_reached",
    "quiz_players",
    "quiz_right",
    "questions_in_time",
]
MEASURES = frozenset(
    {
        *("activities_in_time", "report_in_time", "talks_held", "people_at_talks"),
        *("people_reached", "quiz_players", "quiz_right", "questions_in_time"),
    }
)
SHARES = frozenset({"activities_in_time", "report_in_time", "quiz_right", "questions_in_time"})
"""The measures that are percentages: from 0 to 100."""
Scale = Literal["share", "best", "target"]
SCALES = ("share", "best", "target")
KEYS = ("id", "name", "weight", "measure", "unit", "scale", "target", "source")
TOP = frozenset({"criteria", "certificate", "least_known"})
CERTIFICATE = frozenset({"kind", "reason", "signer"})
LARGEST = 10_000_000.0
WHOLE = 100


@dataclass(frozen=True)
class Criterion:
    """What is looked at: how much it weighs, which figure it is, how that becomes points."""

    id: str
    name: str
    weight: float
    measure: Measure
    unit: str
    """What the figure is counted in, in words."""
    scale: Scale
    target: float = 0
    """The figure that gets 100 points; only for the scale `target`."""
    source: str = ""


@dataclass(frozen=True)
class Certificate:
    """What a certificate says. Its number, date and signature are never ours to write."""

    kind: str = "GIẤY CHỨNG NHẬN"
    reason: str = ""
    """`{year}` stands for the year."""
    signer: tuple[str, ...] = ()


@dataclass(frozen=True)
class Merit:
    """The criteria of a commendation."""

    criteria: tuple[Criterion, ...] = ()
    least_known: float = 50
    """Percent of the weight that must be known of a unit for it to be ranked."""
    certificate: Certificate = field(default_factory=Certificate)


@dataclass(frozen=True)
class Evidence:
    """A row a figure comes from: what it is, what it says, and which row of which table."""

    what: str
    said: str
    row: str = ""


@dataclass(frozen=True)
class Measured:
    """A figure of a unit. No value: it is missing, and `why` says how that comes."""

    value: float | None
    why: str = ""
    evidence: tuple[Evidence, ...] = ()


NOTHING = Measured(None, "chưa có số liệu")
Found = Mapping[Measure, Mapping[str, Measured]]
"""For each measure, the figures of the units it is known of."""


@dataclass(frozen=True)
class Point:
    """What a criterion gives a unit, from 0 to 100; None when its figure is missing."""

    criterion: Criterion
    figure: Measured
    points: float | None


@dataclass(frozen=True)
class Line:
    """A unit in the ranking. No rank: too little is known of it to compare it."""

    unit: str
    rank: int | None
    score: float
    """From 0 to 100, over what is known."""
    known: float
    """Percent of the weight whose figures are known."""
    points: tuple[Point, ...]
    tied: bool = False
    """Whether another unit has the same rank; those stand in the order of the plan."""


# The file


def load(path: Path) -> tuple[Merit, list[Mistake]]:
    """The criteria of a file, and every mistake in it; criteria with a mistake are left out."""
    items, whole, mistakes = read(path, "criteria")
    if mistakes:
        return Merit(), mistakes
    name, criteria = path.name, dict[str, Criterion]()
    for item in items:
        wrong = list(_wrong(item, name))
        mistakes += wrong
        if text(item, "id") in criteria:
            what = f"tiêu chí {text(item, 'id')} có hai lần"
            mistakes.append(Mistake(name, item.line, what, "Đổi một trong hai"))
        elif not wrong:
            criteria[text(item, "id")] = _criterion(item)
    certificate, more = _certificate(whole, name)
    least = number(text(whole, "least_known") or "50")
    if least is None or least > WHOLE:
        remedy = "Ghi phần trăm, ví dụ 50"
        more.append(Mistake(name, whole.at("least_known"), "least_known sai", remedy))
    more += [
        Mistake(name, whole.at(key), f"khóa lạ {key}", "Sửa tên hoặc bỏ đi")
        for key in whole.keys() - TOP
    ]
    found = Merit(tuple(criteria.values()), min(least or 0, WHOLE), certificate)
    return found, sorted([*mistakes, *more])


def _wrong(item: Item, file: str) -> Iterator[Mistake]:
    """What is wrong with a criterion."""
    name, scale, weight = text(item, "id"), text(item, "scale"), number(text(item, "weight"))
    said = misnamed(item) + lacking(item, ("name", "unit", "source"))
    if not weight:
        said.append(("weight", "weight không phải số lớn hơn 0", "Ghi trọng số, ví dụ 20"))
    if text(item, "measure") not in MEASURES:
        remedy = f"Dùng một trong: {', '.join(sorted(MEASURES))}"
        said.append(("measure", "measure không có trong cơ sở dữ liệu", remedy))
    if scale not in SCALES:
        said.append(("scale", "scale sai", f"Dùng một trong: {', '.join(SCALES)}"))
    if scale == "share" and text(item, "measure") in MEASURES - SHARES:
        said.append(("scale", "số này không phải tỷ lệ", "Dùng scale: best hoặc target"))
    if scale == "target" and not number(text(item, "target")):
        said.append(("target", "target không phải số lớn hơn 0", "Ghi mức đạt 100 điểm"))
    if scale != "target" and text(item, "target"):
        said.append(("target", "target chỉ dùng với scale: target", "Bỏ target, hoặc đổi scale"))
    said += [(key, f"khóa lạ {key}", "Sửa tên hoặc bỏ đi") for key in item.keys() - set(KEYS)]
    for key, what, remedy in said:
        yield Mistake(file, item.at(key), f"tiêu chí {name}: {what}", remedy)


def _criterion(item: Item) -> Criterion:
    return Criterion(
        text(item, "id"),
        text(item, "name"),
        number(text(item, "weight")) or 0,
        cast("Measure", text(item, "measure")),
        text(item, "unit"),
        cast("Scale", text(item, "scale")),
        number(text(item, "target")) or 0,
        text(item, "source"),
    )


def _certificate(whole: Item, file: str) -> tuple[Certificate, list[Mistake]]:
    item = whole.get("certificate")
    if not isinstance(item, Item):
        remedy = "Thêm certificate với kind, reason, signer"
        return Certificate(), [Mistake(file, whole.at("certificate"), "thiếu certificate", remedy)]
    mistakes = [
        Mistake(file, item.at(key), f"certificate: thiếu {key}", f"Thêm {key}")
        for key in sorted(CERTIFICATE)
        if not text(item, key)
    ]
    mistakes += [
        Mistake(file, item.at(key), f"certificate: khóa lạ {key}", "Sửa tên hoặc bỏ đi")
        for key in item.keys() - CERTIFICATE
    ]
    return Certificate(text(item, "kind"), text(item, "reason"), texts(item, "signer")), mistakes


def number(words: str) -> float | None:
    """A number of a file, not below nought, or None when it is not one."""
    try:
        value = float(words)
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value <= LARGEST else None


# The ranking


def rank(merit: Merit, units: Sequence[str], found: Found) -> list[Line]:
    """The units by their score, the best first; of equal ones the first of `units` first.

    A missing figure takes its weight out of the unit's score and counts neither for nor against
    it. Units of which less than `least_known` is known come last, without a rank.
    """
    lines = [_line(merit, unit, found) for unit in units]
    compared = [one for one in lines if one.known > 0 and one.known >= merit.least_known]
    compared.sort(key=lambda one: -one.score)
    scores = [one.score for one in compared]
    ranked = [
        Line(
            one.unit,
            scores.index(one.score) + 1,
            one.score,
            one.known,
            one.points,
            scores.count(one.score) > 1,
        )
        for one in compared
    ]
    return [*ranked, *(one for one in lines if one not in compared)]


def _line(merit: Merit, unit: str, found: Found) -> Line:
    points = tuple(_point(one, unit, found.get(one.measure, {})) for one in merit.criteria)
    known = [(one.criterion.weight, one.points) for one in points if one.points is not None]
    weight, whole = sum(part for part, _points in known), sum(one.weight for one in merit.criteria)
    score = sum(part * got for part, got in known) / weight if weight else 0
    share = WHOLE * weight / whole if whole else 0
    # Rounded before they are compared: what reads the same is the same.
    return Line(unit, None, round(score, 2), round(share, 1), points)


def _point(criterion: Criterion, unit: str, figures: Mapping[str, Measured]) -> Point:
    figure = figures.get(unit, NOTHING)
    if figure.value is None:
        return Point(criterion, figure, None)
    most = max((one.value for one in figures.values() if one.value is not None), default=0)
    full = {"share": float(WHOLE), "best": most, "target": criterion.target}[criterion.scale]
    got = WHOLE * figure.value / full if full else 0
    return Point(criterion, figure, round(min(got, WHOLE), 2))
