"""What units owe, by which day, and how near that day is: reports and activities together. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.i18n import _, written
from bot.notices.plan import OPEN, Plan

LATE = 0
"""The step of what should have been done; the other steps are days before."""
MOST = 6
"""So many things are named in one reminder; the rest is counted."""
LONGEST = 120


@dataclass(frozen=True)
class Duty:
    """Something a unit owes."""

    unit: str
    what: str
    last: date
    """The last day on which it is in time."""
    report: int = 0
    """The year whose report it is; 0: an activity of the plan."""


@dataclass(frozen=True)
class Errand:
    """What a unit owes by one day, and at which step it stands."""

    unit: str
    last: date
    step: int
    duties: tuple[Duty, ...]


def owed(plan: Plan, reports: Collection[str], year: int, due: date) -> list[Duty]:
    """Reports still to come, of these units, before a day; and open activities with a day."""
    found = [
        Duty(unit, _("Báo cáo kết quả năm {year}").format(year=year), due - timedelta(1), year)
        for unit in plan.units
        if unit in reports
    ]
    found += [
        Duty(unit, one.title, one.due)
        for one in plan.activities
        for unit in one.units()
        if one.due is not None and one.status in OPEN
    ]
    return found


def step_of(last: date, today: date, steps: Sequence[int]) -> int | None:
    """The step a day stands at: the smallest it has come to; None when it is farther than all.

    One that was missed, because nothing ran, is passed over: only the nearest one is told.
    """
    left = (last - today).days
    if left < 0:
        return LATE
    return min((step for step in steps if left <= step), default=None)


def errands(found: Sequence[Duty], today: date, steps: Sequence[int]) -> list[Errand]:
    """What is to be reminded of today, by unit and day; the nearest day first."""
    grouped: dict[tuple[date, str], list[Duty]] = {}
    for one in found:
        grouped.setdefault((one.last, one.unit), []).append(one)
    made = []
    for (last, unit), duties in sorted(grouped.items()):
        step = step_of(last, today, steps)
        if step is not None:
            made.append(Errand(unit, last, step, tuple(duties)))
    return made


def said(errand: Errand, unit: str, today: date) -> str:
    """A reminder in words, in the language being spoken."""
    left, day = (errand.last - today).days, written(f"{errand.last}")
    if left < 0:
        head = _("{unit} có việc quá hạn {days} ngày (hạn hết ngày {day}):")
    elif left == 0:
        head = _("{unit} có việc đến hạn hôm nay, {day}:")
    else:
        head = _("{unit} có việc còn {days} ngày là đến hạn (hết ngày {day}):")
    lines = [head.format(unit=unit, days=abs(left), day=day)]
    lines += [f"- {_cut(one.what)}" for one in errand.duties[:MOST]]
    if len(errand.duties) > MOST:
        lines.append(_("- và {count} việc nữa").format(count=len(errand.duties) - MOST))
    if any(one.report for one in errand.duties):
        lines.append(
            _("Báo cáo gửi qua liên kết đã nhận; mất liên kết thì xin ban tổ chức liên kết mới.")
        )
    lines.append(_("Xong rồi thì báo ban tổ chức để ghi vào kế hoạch."))
    return "\n".join(lines)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
