"""Events in words: what kind, when, where, for whom; the same on every channel and page."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from bot.i18n import _, day, language
from bot.notices.calendar import Occurrence, upcoming
from bot.notices.events import Event, Names


def told(event: Event) -> Event:
    """An event in the language spoken: its English words for who reads English, where it has some.

    Everything that shows an event to people shows this one.
    """
    return event.english if language() == "en" else event


def kind_of(event: Event) -> str:
    """What sort of event it is."""
    return {
        "talk": _("Tọa đàm"),
        "dxday": _("Ngày Chuyển đổi số"),
        "radio": _("Phát thanh"),
        "contest": _("Cuộc thi"),
        "training": _("Tập huấn"),
        "deadline": _("Hạn nộp"),
    }[event.kind]


def status_of(event: Event) -> str:
    """What became of it, in a word; nothing when it is simply announced."""
    return {
        "draft": _("Chưa ấn định"),
        "announced": "",
        "changed": _("Có thay đổi"),
        "cancelled": _("Đã hủy"),
        "held": _("Đã diễn ra"),
    }[event.status]


def when_of(event: Event, item: Occurrence, zone: ZoneInfo) -> str:
    """When one occurrence is: "19:00 đến 20:30, thứ Tư, 2/12/2026"."""
    date = weekday(item.start, zone)
    if event.kind == "deadline":
        return _("trước {date}").format(date=date if item.all_day else _clock(item, zone, date))
    if not item.all_day:
        return _clock(item, zone, date)
    last = max(item.start, item.end)
    if day(last, zone) == day(item.start, zone):
        return date
    return _("từ {first} đến {last}").format(first=date, last=weekday(last, zone))


def _clock(item: Occurrence, zone: ZoneInfo, date: str) -> str:
    start, end = (f"{at.astimezone(zone):%H:%M}" for at in (item.start, item.end))
    if item.end <= item.start:
        return f"{start}, {date}"
    if item.end - item.start > timedelta(days=1):
        return f"{start}, {date} – {end}, {weekday(item.end, zone)}"
    return _("{start} đến {end}, {date}").format(start=start, end=end, date=date)


def weekday(at: datetime, zone: ZoneInfo) -> str:
    """A day with its name: "thứ Tư, 2/12/2026"."""
    name = format_datetime(at, "EEEE", tzinfo=zone, locale=language())
    if language() == "vi":
        name = name.replace("Thứ", "thứ").replace("Chủ Nhật", "Chủ nhật")
    return f"{name}, {day(at, zone)}"


def where_of(event: Event, names: Names) -> str:
    """The place and its thôn; nothing when there is none."""
    hamlets = hamlets_of(event, names)
    told = hamlets.lower() in event.place.lower()
    return event.place if told else ", ".join(filter(None, (event.place, hamlets)))


def hamlets_of(event: Event, names: Names) -> str:
    """The thôn it is for; nothing when it is for the whole island."""
    return ", ".join(names.hamlets.get(one, one) for one in event.hamlets)


def units_of(event: Event, names: Names) -> str:
    """Who runs it, and with whom."""
    lead = names.units.get(event.lead, event.lead)
    support = ", ".join(names.units.get(one, one) for one in event.support)
    if not (lead and support):
        return lead or support
    return _("{lead}, phối hợp {support}").format(lead=lead, support=support)


def replayed(item: Occurrence) -> str:
    """Which replay it is; nothing for the first time."""
    return _("phát lại lần {count}").format(count=item.replay) if item.replay else ""


def announced(event: Event, item: Occurrence, names: Names, zone: ZoneInfo) -> list[str]:
    """An event as sentences to be read out or sent: what changed, when, where, what, for whom."""
    status, where = status_of(event), where_of(event, names)
    said = (
        (_("Lưu ý: {what}."), f"{status}: {event.note}" if status and event.note else ""),
        (_("Thời gian: {what}."), when_of(event, item, zone)),
        (_("Địa điểm: {what}."), where),
        ("{what}", event.what),
        (_("Dành cho: {what}."), event.audience),
        (_("Đơn vị: {what}."), units_of(event, names)),
    )
    return [text.format(what=what) for text, what in said if what]


def detailed(event: Event, names: Names, zone: ZoneInfo, now: datetime) -> str:
    """Everything people should know of an event, as it is told in a chat."""
    status = status_of(event)
    item = next(iter(upcoming(event.when, now)), None) if event.when and event.shown else None
    where = where_of(event, names)
    lines = [
        event.title,
        f"{status.upper()}: {event.note}" if status and event.note else status.upper(),
        _("Khi nào: {when}").format(when=when_of(event, item, zone)) if item else "",
        _("Ở đâu: {where}").format(where=where) if where and event.shown else "",
        event.what,
        event.why,
        _("Dành cho: {audience}").format(audience=event.audience) if event.audience else "",
        *event.agenda,
        _("Đơn vị: {units}").format(units=units_of(event, names)) if event.lead else "",
    ]
    return "\n".join(line for line in lines if line)


def soonest(events: Sequence[Event], now: datetime) -> list[tuple[Event, Occurrence]]:
    """Events residents are told the time of that are not over, each with its next time, in the
    language spoken."""
    found = [
        (told(event), item)
        for event in events
        if event.shown and event.when
        for item in upcoming(event.when, now)
    ]
    return sorted(found, key=lambda pair: (pair[1], pair[0].id))


def unsettled(events: Sequence[Event]) -> list[Event]:
    """Events that are planned and have no day yet, in the language spoken."""
    return [told(event) for event in events if event.status == "draft"]
