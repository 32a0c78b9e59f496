"""When things happen: rules of RFC 5545 in island time, whatever zone and clock the host has."""

import os
import random
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.notices import calendar
from bot.notices.calendar import ISLAND, ON_TIME, REMIND, Due, RuleError, Series, When
from tests.conftest import NOON

DAYS = 400
MONDAY = datetime(2026, 12, 7, 6, 0, tzinfo=ISLAND)
RADIO = When(
    Series(MONDAY, "FREQ=MONTHLY;BYDAY=1MO"),
    timedelta(minutes=15),
    replays=(
        Series(datetime(2026, 12, 14, 17, 0, tzinfo=ISLAND), "FREQ=MONTHLY;BYDAY=2MO"),
        Series(datetime(2026, 12, 21, 6, 0, tzinfo=ISLAND), "FREQ=MONTHLY;BYDAY=3MO"),
        Series(datetime(2026, 12, 28, 17, 0, tzinfo=ISLAND), "FREQ=MONTHLY;BYDAY=4MO"),
    ),
)
DAY = When(
    Series(datetime(2026, 10, 10, tzinfo=ISLAND), "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=10"),
    all_day=True,
)
TALK = When(Series(datetime(2026, 12, 2, 19, 0, tzinfo=ISLAND)), timedelta(minutes=90))
ALL = {"radio": RADIO, "day": DAY, "talk": TALK}
Sent = tuple[str, Due]


@pytest.fixture(params=["Asia/Ho_Chi_Minh", "America/New_York", "Australia/Lord_Howe"])
def host(request: pytest.FixtureRequest) -> Iterator[str]:
    """A host whose own clock shows another zone, two of them with summer time."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


def by_hand(until: datetime) -> set[tuple[str, datetime]]:
    """Every moment that should be told of, from plain arithmetic on the calendar."""
    starts: list[tuple[str, datetime]] = [("talk", TALK.first.start)]
    first = date(2026, 12, 1)
    while first < date(2028, 3, 1):
        monday = first + timedelta(days=-first.weekday() % 7)
        for week, hour in enumerate((6, 17, 6, 17)):
            on = monday + timedelta(weeks=week)
            starts.append(("radio", datetime(on.year, on.month, on.day, hour, tzinfo=ISLAND)))
        first = (first + timedelta(days=32)).replace(day=1)
    starts += [("day", datetime(year, 10, 10, 7, tzinfo=ISLAND)) for year in (2026, 2027)]
    moments = {(name, at - before) for name, at in starts for before in REMIND}
    return {(name, at.astimezone(UTC)) for name, at in moments if NOON < at <= until}


def watch(moments: Iterator[datetime], since: datetime) -> list[tuple[str, Due, datetime]]:
    """What a watchman says who looks at the clock at these moments, and when he says it.

    He keeps how far he has looked, as the table of a job does.
    """
    said = []
    for now in moments:
        for name, when in ALL.items():
            said += [(name, due, now) for due in calendar.due(when, REMIND, since, now)]
        since = max(since, now)
    return said


def ticks(seed: int, until: datetime) -> Iterator[datetime]:
    """Looks a minute to two hours apart; the host sleeps for days, its clock jumps both ways."""
    chance, now = random.Random(seed), NOON
    while now < until:
        now += timedelta(seconds=chance.randint(60, 7200))
        if chance.random() < 0.004:
            now += timedelta(days=chance.randint(1, 9))
        if chance.random() < 0.01:
            yield now - timedelta(hours=chance.randint(1, 48))  # set back, then put right
        yield min(now, until)


def test_each_is_told_once_in_400_days(host: str) -> None:
    """Over 400 days each reminder is told once, on any host; one told after a sleep is late."""
    until = NOON + timedelta(days=DAYS)

    said = watch(ticks(len(host), until), NOON)

    assert len(by_hand(until)) > 150
    assert sorted((name, due.at) for name, due, _now in said) == sorted(by_hand(until))
    late = [due.late(now) for _name, due, now in said]
    assert late == [now - due.at > ON_TIME for _name, due, now in said]
    assert 0 < sum(late) < len(late)


def test_at_the_right_minute(host: str) -> None:
    """Looking each minute around every moment: silent the minute before, told in its minute."""
    for name, at in by_hand(NOON + timedelta(days=DAYS)):
        when, minute = ALL[name], timedelta(minutes=1)

        assert calendar.due(when, REMIND, at - 2 * minute, at - minute) == []
        [due] = calendar.due(when, REMIND, at - minute, at)
        assert due.at == at
        assert not due.late(at)


def test_a_month_of_radio_has_its_replays() -> None:
    """A programme on the first Monday, and three replays in order."""
    found = calendar.month(RADIO, 2027, 3)

    days = [(item.start.astimezone(ISLAND).day, item.replay) for item in found]
    assert days == [(1, 0), (8, 1), (15, 2), (22, 3)]


def test_what_goes_on_is_still_coming() -> None:
    """An event is among the coming ones until it ends, a whole day until midnight."""
    start = TALK.first.start

    assert calendar.upcoming(TALK, start + timedelta(minutes=89)) != []
    assert calendar.upcoming(TALK, start + timedelta(minutes=90)) == []
    evening = datetime(2026, 10, 10, 23, 59, tzinfo=ISLAND)
    assert calendar.upcoming(DAY, evening)[0].start.astimezone(ISLAND).date() == date(2026, 10, 10)


def test_days_left_out_and_the_last_day() -> None:
    """A day left out does not happen, nor does anything after the last day."""
    series = Series(MONDAY, "FREQ=WEEKLY", until=date(2026, 12, 28))
    when = When(series, without=frozenset({date(2026, 12, 14)}))

    days = [item.start.astimezone(ISLAND).day for item in calendar.after(when, NOON)]

    assert days == [7, 21, 28]


def test_an_occurrence_has_a_name_of_its_own() -> None:
    """Occurrences and replays are told apart by names that outlive a restart."""
    found = calendar.upcoming(RADIO, NOON, 8)

    assert len({item.key for item in found}) == 8
    assert found[0].key == "20261206T2300Z-0"


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        pytest.param("hằng tuần", "không đúng RFC 5545", id="words"),
        pytest.param("FREQ=MONTHLY;BYDAY=9XX", "không đúng RFC 5545", id="no such day"),
        pytest.param("FREQ=MINUTELY", "chỉ dùng", id="too often"),
        pytest.param("FREQ=MONTHLY;UNTIL=20271231", "không ghi UNTIL", id="until inside"),
        pytest.param("FREQ=MONTHLY;BYDAY=2MO", "start không khớp", id="another start"),
    ],
)
def test_rules_that_do_not_hold(rule: str, told: str) -> None:
    """A rule is told of when it is none, repeats within a day, or does not give its own start."""
    with pytest.raises(RuleError, match=told):
        calendar.check(Series(MONDAY, rule))
