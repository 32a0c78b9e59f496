"""The calendar feed: read back as a phone reads it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Calendar

from bot.notices import ics
from bot.notices.calendar import ISLAND, month
from bot.notices.events import Event
from tests.conftest import NOON, ZONE
from tests.notices.sample import NAMES, sample

ADDRESS = "https://chat.example.vn"


def entries(events: list[Event]) -> dict[str, Any]:
    """The entries of the feed by their uid."""
    feed = Calendar.from_ical(ics.feed(events, NAMES, ZONE, ADDRESS, NOON))
    return {str(entry["uid"]): entry for entry in feed.walk("VEVENT")}


def test_an_event_is_there_in_island_time() -> None:
    """Start, end, place and page, with a zone the phone need not know."""
    body = ics.feed(sample(), NAMES, ZONE, ADDRESS, NOON)
    entry = entries(sample())["toa-dam-dong@chat.example.vn"]

    assert b"BEGIN:VTIMEZONE" in body
    assert b"DTSTART;TZID=Asia/Ho_Chi_Minh:20261202T190000" in body
    assert entry["dtend"].dt - entry["dtstart"].dt == timedelta(minutes=90)
    assert entry["location"] == "Nhà văn hóa thôn Đông"
    assert entry["url"] == f"{ADDRESS}/su-kien/toa-dam-dong"


def test_it_rings_the_day_before_and_two_hours_before() -> None:
    """A phone rings twice; what was cancelled does not ring."""
    found = entries(sample())

    rings = [alarm["trigger"].dt for alarm in found["toa-dam-dong@chat.example.vn"].walk("VALARM")]
    assert rings == [-timedelta(days=1), -timedelta(hours=2)]
    off = found["tap-huan-to-cong-nghe-so@chat.example.vn"]
    assert off["status"] == "CANCELLED"
    assert off.walk("VALARM") == []


def test_the_rules_of_the_feed_give_our_own_hours() -> None:
    """The radio's rules, expanded as another calendar would, are the month we tell of."""
    radio = sample()[-1]
    assert radio.when is not None
    theirs = []
    for uid, entry in entries([radio]).items():
        start = entry["dtstart"].dt.replace(tzinfo=None)
        rule = rrulestr(entry["rrule"].to_ical().decode(), dtstart=start)
        assert "phát lại" in entry["summary"] or uid == "phat-thanh-thu@chat.example.vn"
        theirs += list(rule.between(datetime(2027, 3, 1), datetime(2027, 3, 31)))  # noqa: DTZ001 - wall time

    ours = [item.start.astimezone(ISLAND) for item in month(radio.when, 2027, 3)]
    assert sorted(theirs) == [at.replace(tzinfo=None) for at in ours]
    assert len(ours) == 4


def test_what_has_no_day_yet_is_not_in_the_feed() -> None:
    """A draft, also one with a date, is nobody's appointment."""
    draft = replace(sample()[0], status="draft")

    assert entries([draft]) == {}


def test_a_whole_day_and_the_last_day() -> None:
    """A day has no hour, and ends the day after; the last day of a rule is said in UTC."""
    first = sample()[-1]
    assert first.when is not None
    until = replace(first.when.first, until=date(2027, 6, 30))
    radio = replace(first, when=replace(first.when, first=until, replays=()))
    day = replace(first, id="ngay", when=replace(first.when, all_day=True, length=timedelta(0)))

    found = entries([radio, day])

    assert found["phat-thanh-thu@chat.example.vn"]["rrule"]["UNTIL"][0].isoformat() == (
        "2027-06-30T16:59:59+00:00"
    )
    assert found["ngay@chat.example.vn"]["dtend"].dt == date(2026, 12, 8)


def test_a_change_is_a_newer_version() -> None:
    """A phone replaces what it has when the sequence grows."""
    moved = replace(sample()[0], version=3, changed_at=NOON)

    entry = entries([moved])["toa-dam-dong@chat.example.vn"]

    assert entry["sequence"] == 3
    assert entry["dtstamp"].dt == NOON


def test_the_same_events_are_the_same_bytes_all_day() -> None:
    """A phone that asks again within the day need not fetch again."""
    later = NOON + timedelta(hours=6)

    assert ics.feed(sample(), NAMES, ZONE, "", NOON) == ics.feed(sample(), NAMES, ZONE, "", later)
