"""Events as an iCalendar feed that phones subscribe to (RFC 5545, RFC 7986)."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Timezone, vRecur
from icalendar import Event as Entry

from bot.i18n import _
from bot.notices import words
from bot.notices.calendar import Series, When
from bot.notices.events import Event, Names

ALARMS = (timedelta(days=1), timedelta(hours=2))
"""Before what has an hour; what lasts a day rings the evening before."""
AGAIN = timedelta(hours=12)
"""How often a phone should fetch the feed."""


def feed(
    events: Iterable[Event], names: Names, zone: ZoneInfo, address: str, now: datetime
) -> bytes:
    """The events residents are told the time of. `address` is where we are reached, or empty.

    The same events give the same bytes for a whole day, so that a phone need not fetch twice.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Lyson bot//su-kien//VI")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", _("Chuyển đổi số Lý Sơn"))
    calendar.add("x-wr-timezone", zone.key)
    calendar.add("refresh-interval", AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT12H")
    calendar.add_component(_zone(zone))
    today = datetime.combine(now.astimezone(UTC).date(), time(0), UTC)
    for event in map(words.told, events):
        if event.shown and event.when is not None:
            for number, series in enumerate([event.when.first, *event.when.replays]):
                entry = _entry(event, event.when, series, number, names, zone, address, today)
                calendar.add_component(entry)
    written: bytes = calendar.to_ical()
    return written


def _zone(zone: ZoneInfo) -> Timezone:
    return Timezone.from_tzinfo(zone, first_date=date(2020, 1, 1), last_date=date(2040, 1, 1))


def _entry(
    event: Event,
    when: When,
    series: Series,
    number: int,
    names: Names,
    zone: ZoneInfo,
    address: str,
    today: datetime,
) -> Entry:
    entry = Entry()
    replay = f"-{number}" if number else ""
    host = address.rsplit("://", maxsplit=1)[-1].strip("/") or "lyson-bot"
    entry.add("uid", f"{event.id}{replay}@{host}")
    entry.add("dtstamp", event.changed_at or today)
    entry.add("sequence", event.version)
    again = _("phát lại")
    title = f"{event.title} ({again})" if number else event.title
    entry.add("summary", title)
    _add_when(entry, when, series, zone)
    entry.add("status", "CANCELLED" if event.status == "cancelled" else "CONFIRMED")
    entry.add("transp", "TRANSPARENT")
    where = words.where_of(event, names)
    if where:
        entry.add("location", where)
    entry.add("description", _description(event, names))
    if address:
        entry.add("url", f"{address.rstrip('/')}/su-kien/{event.id}")
    if event.status != "cancelled":
        for before in [timedelta(hours=5)] if when.all_day else ALARMS:
            entry.add_component(_alarm(title, before))
    return entry


def _add_when(entry: Entry, when: When, series: Series, zone: ZoneInfo) -> None:
    start = series.start.astimezone(zone)
    if when.all_day:
        days = max(when.length, timedelta(0)) + timedelta(days=1)  # DTEND is the day after
        entry.add("dtstart", start.date())
        entry.add("dtend", start.date() + days)
    else:
        entry.add("dtstart", start)
        if when.length:
            entry.add("dtend", start + when.length)
    if series.rule:
        rule = vRecur.from_ical(series.rule)
        if series.until is not None:
            last = datetime.combine(series.until, time(23, 59, 59), zone)
            rule["UNTIL"] = [series.until if when.all_day else last.astimezone(UTC)]
        entry.add("rrule", rule)
        for day in sorted(when.without):
            at = datetime.combine(day, start.time(), zone)
            entry.add("exdate", day if when.all_day else at)


def _description(event: Event, names: Names) -> str:
    parts = [
        f"{words.status_of(event)}: {event.note}"
        if event.status in {"changed", "cancelled"}
        else "",
        event.what,
        event.why,
        words.units_of(event, names),
        *event.agenda,
    ]
    return "\n".join(part for part in parts if part)


def _alarm(title: str, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -before)
    return alarm
