"""When things happen: one moment or a rule of RFC 5545, its replays, and what falls due. Pure."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, rrulestr

ISLAND = ZoneInfo("Asia/Ho_Chi_Minh")
REMIND = (timedelta(days=7), timedelta(days=1), timedelta(hours=2))
"""How long before something begins people are reminded of it, unless settled otherwise."""
MORNING = time(7, 0)
"""What lasts whole days begins, for reminders, when people are up."""
ON_TIME = timedelta(minutes=1)
"""What is noticed within this time of falling due is on time."""
_FREQUENCIES = frozenset({YEARLY, MONTHLY, WEEKLY, DAILY})


class RuleError(ValueError):
    """A rule that is not RFC 5545, repeats within a day, or does not hold for its own start."""


@dataclass(frozen=True)
class Series:
    """Moments: `start`, and when there is a rule those it gives from there on."""

    start: datetime
    rule: str = ""
    until: date | None = None
    """The last day, in the zone of `start`."""

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the rule counts."""
        return self.start.tzinfo if isinstance(self.start.tzinfo, ZoneInfo) else ISLAND

    def local(self) -> Iterable[datetime]:
        """The moments as the clock on the wall shows them, in order; perhaps without end."""
        start = self.start.astimezone(self.zone).replace(tzinfo=None)
        return _parsed(self.rule, start, self.until) if self.rule else [start]

    def after(self, since: datetime) -> Iterator[datetime]:
        """The moments later than `since`, in UTC."""
        wall = since.astimezone(self.zone).replace(tzinfo=None)
        all_ = self.local()
        later = all_.xafter(wall) if isinstance(all_, rrule) else (at for at in all_ if at > wall)
        return (at.replace(tzinfo=self.zone).astimezone(UTC) for at in later)


@lru_cache(256)
def _parsed(rule: str, start: datetime, until: date | None) -> rrule:
    found = rrulestr(rule, dtstart=start, cache=True)
    if not isinstance(found, rrule):
        raise RuleError(rule)
    return found.replace(until=datetime.combine(until, time.max)) if until else found


@dataclass(frozen=True)
class When:
    """When an event is: its series, those of its replays, how long each lasts, days left out."""

    first: Series
    length: timedelta = timedelta(0)
    all_day: bool = False
    replays: tuple[Series, ...] = ()
    without: frozenset[date] = frozenset()


@dataclass(frozen=True, order=True)
class Occurrence:
    """One time that something happens. `replay` counts 1, 2, 3; 0 is the thing itself."""

    start: datetime
    end: datetime
    all_day: bool = False
    replay: int = 0

    @property
    def key(self) -> str:
        """A name for this occurrence, the same in every process and after every restart."""
        return f"{self.start:%Y%m%dT%H%M}Z-{self.replay}"

    @property
    def anchor(self) -> datetime:
        """From when reminders count back."""
        since_midnight = timedelta(hours=MORNING.hour, minutes=MORNING.minute)
        return self.start + since_midnight if self.all_day else self.start


@dataclass(frozen=True, order=True)
class Due:
    """Something to be said at a moment: that an occurrence begins `before` from then."""

    at: datetime
    before: timedelta
    occurrence: Occurrence

    def late(self, now: datetime) -> bool:
        """Whether it is said later than it should be."""
        return now - self.at > ON_TIME


def check(series: Series) -> None:
    """Raise RuleError with what is wrong, in words for who wrote the rule."""
    try:
        moments = series.local()
        first = next(iter(moments), None)
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        msg = f"quy tắc lặp {series.rule!r} không đúng RFC 5545"
        raise RuleError(msg) from error
    if "UNTIL" in series.rule.upper():
        msg = "quy tắc lặp không ghi UNTIL"
        raise RuleError(msg)
    if isinstance(moments, rrule) and moments._freq not in _FREQUENCIES:  # type: ignore[attr-defined]  # noqa: SLF001 - not shown otherwise
        msg = "quy tắc lặp chỉ dùng DAILY, WEEKLY, MONTHLY hoặc YEARLY"
        raise RuleError(msg)
    if first != series.start.astimezone(series.zone).replace(tzinfo=None):
        msg = f"start không khớp quy tắc lặp {series.rule!r}"
        raise RuleError(msg)


def after(when: When, since: datetime) -> Iterator[Occurrence]:
    """What begins later than `since`, in order; without end when the rule has none."""
    series = [when.first, *when.replays]
    streams = (_occurrences(when, one, number, since) for number, one in enumerate(series))
    return heapq.merge(*streams)


def _occurrences(when: When, one: Series, replay: int, since: datetime) -> Iterator[Occurrence]:
    for start in one.after(since):
        if start.astimezone(one.zone).date() not in when.without:
            yield Occurrence(start, start + when.length, when.all_day, replay)


def between(when: When, since: datetime, until: datetime) -> list[Occurrence]:
    """What begins after `since` and not later than `until`."""
    return list(takewhile(lambda item: item.start <= until, after(when, since)))


def upcoming(when: When, now: datetime, count: int = 1) -> list[Occurrence]:
    """The next occurrences, one that is still going on included."""
    since = now - max(when.length, timedelta(days=1) if when.all_day else timedelta(0))
    return list(islice((item for item in after(when, since) if _lasts(item, now)), count))


def _lasts(item: Occurrence, now: datetime) -> bool:
    end = max(item.end, item.start + timedelta(days=1)) if item.all_day else item.end
    return end > now or item.start >= now


def due(when: When, before: Iterable[timedelta], since: datetime, now: datetime) -> list[Due]:
    """What fell due after `since` and by `now`, in order.

    Windows that follow one another give each moment once, however long or short they are; a clock
    set back gives an empty window.
    """
    gaps = sorted(before)
    if not gaps or now <= since:
        return []
    # Whole days are reminded of from their morning, so they begin before what is counted from.
    near = between(when, since + gaps[0] - timedelta(days=1), now + gaps[-1])
    found = (Due(item.anchor - gap, gap, item) for item in near for gap in gaps)
    return sorted(due for due in found if since < due.at <= now)


def month(when: When, year: int, number: int, zone: ZoneInfo = ISLAND) -> list[Occurrence]:
    """What begins in a month of a zone."""
    start = datetime(year, number, 1, tzinfo=zone)
    end = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=zone)
    tick = timedelta(microseconds=1)
    return between(when, start - tick, end - tick)
