"""What a figure is: rows of groups with the small ones hidden, and days put into steps. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from math import ceil, floor, log10
from zoneinfo import ZoneInfo

from bot.i18n import _, number

FEWEST = 5
"""Groups of fewer people are not shown."""
DAILY, WEEKLY = 14, 183
"""So many days are shown day by day; so many week by week; more month by month."""


@dataclass(frozen=True)
class Span:
    """The days looked at, the last one included, on the island's clock."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def begin(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time(), self.zone).astimezone(UTC)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        after = self.last + timedelta(days=1)
        return datetime.combine(after, time(), self.zone).astimezone(UTC)


@dataclass(frozen=True)
class Row:
    """A line of a figure; `value` is None where it is hidden, and `mark` says how."""

    key: str
    label: str
    value: float | None
    mark: str = ""

    @property
    def shown(self) -> str:
        """What stands in the table."""
        return self.mark if self.value is None else number(self.value, 1)


@dataclass(frozen=True)
class Figure:
    """A figure: a plot and its table say the same rows."""

    id: str
    title: str
    head: str
    """What the labels are."""
    counted: str
    """What the numbers count."""
    rows: tuple[Row, ...]
    kind: str = "bars"
    note: str = ""
    down: bool = False
    """Whether a row leads to its counts by day."""

    @property
    def most(self) -> float:
        """The largest number shown."""
        return max((row.value for row in self.rows if row.value is not None), default=0)


def hide(rows: Sequence[Row], small: Iterable[str] = ()) -> tuple[Row, ...]:
    """Rows without small groups; one that could be reckoned from the total takes company along.

    `small`: keys that are hidden whatever they count, because few people stand behind them.
    """
    few = set(small) | {row.key for row in rows if row.value and row.value < FEWEST}
    gone = {row.key for row in rows if row.key in few and row.value}
    others = sorted((row for row in rows if row.value and row.key not in gone), key=_value)
    while gone and others and (len(gone) < 2 or _sum(rows, gone) < FEWEST):
        gone.add(others.pop(0).key)
    return tuple(_hidden(row, few) if row.key in gone else row for row in rows)


def _hidden(row: Row, few: set[str]) -> Row:
    return shut(row) if row.key in few else replace(row, value=None, mark=_("ẩn"))


def shut(row: Row) -> Row:
    """A row whose group is small."""
    return replace(row, value=None, mark=f"<{FEWEST}")


def alone(row: Row) -> Row:
    """A row that stands in no total with others, so that no other is hidden for its sake."""
    return shut(row) if row.value and row.value < FEWEST else row


def _value(row: Row) -> float:
    return row.value or 0


def _sum(rows: Sequence[Row], keys: set[str]) -> float:
    return sum(_value(row) for row in rows if row.key in keys)


def steps(first: date, last: date) -> list[tuple[date, date]]:
    """The days, weeks or months of a span, each with its first and last day."""
    found: list[tuple[date, date]] = []
    days, at = (last - first).days + 1, first
    while at <= last:
        if days <= DAILY:
            end = at
        elif days <= WEEKLY:
            end = at + timedelta(days=6 - at.weekday())
        else:
            end = (at.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        found.append((at, min(end, last)))
        at = end + timedelta(days=1)
    return found


def weeks(span: Span) -> list[tuple[date, date]]:
    """The whole weeks of a span, from Monday to Sunday.

    What is counted by weeks that never overlap has no smaller difference than a week: days asked
    for one by one would tell of one day by two sums.
    """
    monday = span.first + timedelta(days=-span.first.weekday() % 7)
    count = max((span.last - monday).days + 1, 0) // 7
    days = [monday + timedelta(weeks=at) for at in range(count)]
    return [(day, day + timedelta(days=6)) for day in days]


def parted(parts: Sequence[Mapping[str, float]], small: Iterable[str] = ()) -> dict[str, list[Row]]:
    """Of each group its cells, one for each part: a week, a notice, an event, a round.

    A part is hidden or shown by itself, whatever others are asked for with it, so that the
    difference of two sums of what is shown is of shown cells (decision 0008).
    """
    keys, few = sorted({key for part in parts for key in part}), set(small)
    cells: dict[str, list[Row]] = {key: [] for key in keys}
    for part in parts:
        for row in hide([Row(key, key, float(part.get(key, 0))) for key in keys], few):
            cells[row.key].append(row)
    return cells


def together(rows: Sequence[Row], key: str, label: str) -> Row:
    """The sum of the rows that are shown: a hidden one is in no sum, so that none tells of it."""
    shown = [row.value for row in rows if row.value is not None]
    marks = [row.mark for row in rows if row.value is None]
    if marks and not any(shown):
        few = all(mark == marks[0] for mark in marks)
        return Row(key, label, None, marks[0] if few else _("ẩn"))
    return Row(key, label, sum(shown))


def over_time(counts: Mapping[date, int], span: Span) -> tuple[Row, ...]:
    """Counts by day put into the steps of a span."""
    parts = steps(span.first, span.last)
    rows = []
    for begin, end in parts:
        total = sum(count for on, count in counts.items() if begin <= on <= end)
        rows.append(Row(f"{begin}", short(begin, end, span), float(total)))
    return hide(rows)


def short(begin: date, end: date, span: Span) -> str:
    """How a step is called: "3/11", "3/11 - 9/11", "11/2026"."""
    if (span.last - span.first).days >= WEEKLY:
        return f"{begin.month}/{begin.year}"
    first = f"{begin.day}/{begin.month}"
    return first if begin == end else f"{first} - {end.day}/{end.month}"


def ranked(rows: Sequence[Row], small: Iterable[str] = ()) -> tuple[Row, ...]:
    """Rows with the most first; where hidden ones stand tells nothing of their size."""
    return best(hide(rows, small))


def best(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Rows by their value, hidden ones last in the order of their names."""
    return tuple(sorted(rows, key=lambda row: (row.value is None, -_value(row), row.label)))


def ticks(most: float) -> list[int]:
    """Round numbers from nought to the first one not below the largest."""
    rough = max(most, 4) / 4
    unit = 10 ** floor(log10(rough))
    steps = (
        int(unit * by) for by in (1, 2, 2.5, 5, 10) if unit * by >= rough and unit * by % 1 == 0
    )
    step = next(steps)
    return [step * at for at in range(ceil(max(most, 1) / step) + 1)]
