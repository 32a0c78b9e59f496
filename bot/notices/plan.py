"""The communication plan as data: activities, who leads, what is late and whom to remind. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Literal, cast

from faq.files import ID, Mistake, lacking, misnamed, read, text, texts
from faq.files import Mapping as Item

State = Literal["planned", "doing", "done", "dropped"]
STATES = ("planned", "doing", "done", "dropped")
OPEN = frozenset({"planned", "doing"})
STEPS = (14, 7, 3, 1)
"""How many days before its due date a unit is reminded, unless the plan says otherwise."""
FARTHEST = 90
SOON = timedelta(days=14)
"""How long before its due date an activity's units are reminded."""


@dataclass(frozen=True)
class Unit:
    """A unit of the plan. `was`: its name in 2023; `unsure`: what is still to be confirmed."""

    id: str
    name: str
    was: str = ""
    unsure: str = ""


@dataclass(frozen=True)
class Activity:
    """Something the plan wants done."""

    id: str
    title: str
    what: str
    lead: str
    support: tuple[str, ...]
    due: date | None
    """None: not settled."""
    then: str
    """When it was done in the plan it comes from."""
    measure: str
    target: str
    estimate: int | None
    """In đồng; None: no estimate handed in."""
    status: State
    events: tuple[str, ...]
    source: str
    line: int = 0

    def late(self, today: date) -> bool:
        """Whether it should have been done by now."""
        return self.status in OPEN and self.due is not None and self.due < today

    def units(self) -> tuple[str, ...]:
        """Who works on it, the leading unit first."""
        return tuple(dict.fromkeys(filter(None, (self.lead, *self.support))))


@dataclass(frozen=True)
class Plan:
    """The activities of a year and the units that do them."""

    year: int = 0
    units: Mapping[str, Unit] = field(default_factory=dict)
    activities: tuple[Activity, ...] = ()
    remind: tuple[int, ...] = STEPS
    """How many days before something is due its units are reminded, the farthest first."""


@dataclass(frozen=True)
class Reminder:
    """What a unit should be reminded of (đôn đốc): late, due soon, and what has no date yet."""

    unit: str
    late: tuple[Activity, ...]
    soon: tuple[Activity, ...]
    undated: tuple[Activity, ...]


ACTIVITY_KEYS = frozenset(Activity.__dataclass_fields__) - {"line"}


def load(path: Path) -> tuple[Plan, list[Mistake]]:
    """The plan of a file, and every mistake in it."""
    items, whole, mistakes = read(path, "activities")
    name = path.name
    units: dict[str, Unit] = {}
    for item in [one for one in whole.get("units") or [] if isinstance(one, Item)]:
        unit = Unit(*(text(item, key) for key in Unit.__dataclass_fields__))
        if not ID.fullmatch(unit.id) or not unit.name:
            wrong = Mistake(name, item.line, "đơn vị thiếu id hoặc name", "Ghi đủ id và name")
            mistakes.append(wrong)
        elif unit.id in units:
            mistakes.append(Mistake(name, item.line, f"đơn vị {unit.id} có hai lần", "Bỏ một"))
        units.setdefault(unit.id, unit)
    activities: dict[str, Activity] = {}
    for item in items:
        wrong_here = list(_wrong(item, units, name))
        mistakes += wrong_here
        if text(item, "id") in activities:
            what = f"hoạt động {text(item, 'id')} có hai lần"
            mistakes.append(Mistake(name, item.line, what, "Đổi một trong hai"))
        elif not wrong_here:
            activities[text(item, "id")] = _activity(item)
    year = text(whole, "year")
    if items and not year.isdecimal():
        mistakes.append(Mistake(name, whole.at("year"), "year không phải năm", "Ghi year: 2027"))
    steps = _steps(texts(whole, "remind"))
    if steps is None:
        what, remedy = "remind sai", "Ghi số ngày giảm dần, ví dụ [14, 7, 3, 1]"
        mistakes.append(Mistake(name, whole.at("remind"), what, remedy))
    number = int(year) if year.isdecimal() else 0
    found = Plan(number, units, tuple(activities.values()), steps or STEPS)
    return found, sorted(mistakes)


def _steps(written: Sequence[str]) -> tuple[int, ...] | None:
    """The steps of reminders; None when they are not days that come nearer."""
    if not all(part.isascii() and part.isdecimal() and len(part) < 3 for part in written):
        return None
    steps = tuple(int(part) for part in written)
    falling = list(steps) == sorted(set(steps), reverse=True)
    return (steps or STEPS) if falling and all(1 <= step <= FARTHEST for step in steps) else None


def _wrong(item: Item, units: Collection[str], file: str) -> Iterator[Mistake]:
    """What is wrong with an activity."""
    name = text(item, "id")
    said = misnamed(item) + lacking(item, ("title", "lead", "measure"))
    if text(item, "status") not in STATES:
        said.append(("status", "status sai", f"Dùng một trong: {', '.join(STATES)}"))
    if text(item, "due") and _date(text(item, "due")) is None:
        said.append(("due", "due không phải ngày", "Viết dạng 2027-06-30, hoặc để trống"))
    if text(item, "estimate") and money(text(item, "estimate")) is None:
        said.append(("estimate", "estimate không phải số tiền", "Ghi số đồng, ví dụ 15000000"))
    said += [
        (key, f"không có đơn vị {unit}", "Sửa tên, hoặc thêm vào units")
        for key in ("lead", "support")
        for unit in texts(item, key)
        if unit and unit not in units
    ]
    said += [(key, f"khóa lạ {key}", "Sửa tên hoặc bỏ đi") for key in item.keys() - ACTIVITY_KEYS]
    for key, what, remedy in said:
        yield Mistake(file, item.at(key), f"hoạt động {name}: {what}", remedy)


def _activity(item: Item) -> Activity:
    return Activity(
        id=text(item, "id"),
        title=text(item, "title"),
        what=text(item, "what"),
        lead=text(item, "lead"),
        support=texts(item, "support"),
        due=_date(text(item, "due")),
        then=text(item, "then"),
        measure=text(item, "measure"),
        target=text(item, "target"),
        estimate=money(text(item, "estimate")),
        status=cast("State", text(item, "status")),
        events=texts(item, "events"),
        source=text(item, "source"),
        line=item.line,
    )


def _date(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


def money(words: str) -> int | None:
    """An amount in đồng as people write it ("15.000.000"), or None when it is not one."""
    digits = re.sub(r"[.\s]|đ$|đồng$", "", words.strip().lower())
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 13 else None


def late(plan: Plan, today: date) -> list[Activity]:
    """What should have been done by now, the longest overdue first."""
    found = [one for one in plan.activities if one.late(today)]
    return sorted(found, key=lambda one: (one.due or date.max, one.id))


def reminders(plan: Plan, today: date, soon: timedelta = SOON) -> list[Reminder]:
    """Whom to remind, and of what; units with nothing to do are left out."""
    found = []
    for unit in plan.units:
        mine = [one for one in plan.activities if unit in one.units() and one.status in OPEN]
        one = Reminder(
            unit,
            tuple(item for item in late(plan, today) if item in mine),
            tuple(item for item in mine if item.due and today <= item.due <= today + soon),
            tuple(item for item in mine if item.due is None and item.lead == unit),
        )
        if one.late or one.soon or one.undated:
            found.append(one)
    return found


def progress(activities: Sequence[Activity]) -> dict[State, int]:
    """How many activities are in each state; the states add up to all."""
    return {
        cast("State", state): sum(one.status == state for one in activities) for state in STATES
    }
