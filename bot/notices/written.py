"""When events are, as files say it: moments, rules and days read with their mistakes, and back."""

from collections.abc import Callable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bot.notices import calendar
from bot.notices.calendar import RuleError, Series, When
from faq.files import Mapping as Item
from faq.files import text, texts

Say = Callable[[str, str, str], None]
"""Told of a mistake: the key it stands under, what is wrong, and the remedy."""
RULE_HELP = "Ví dụ FREQ=MONTHLY;BYDAY=1MO, với start đúng một lần của quy tắc ấy"


def read_when(item: Item, zone: ZoneInfo, say: Say) -> When | None:
    """When an event is; None when that is not settled, or wrong: then `say` was told."""
    if not text(item, "start"):
        for key in ("end", "rule", "until", "replays", "without"):
            if item.get(key):
                say(key, f"có {key} mà thiếu start", "Thêm start, hoặc bỏ đi khi chưa ấn định")
        return None
    start = _moment(text(item, "start"), "start", zone, say)
    end = _moment(text(item, "end"), "end", zone, say) if text(item, "end") else start
    until, without = _days(item, "until", say), _days(item, "without", say)
    if start is None or end is None:
        return None
    if end < start:
        say("end", "kết thúc trước khi bắt đầu", "Sửa start hoặc end")
        return None
    last = until[0] if until else None
    first = Series(start, text(item, "rule"), last)
    replays = tuple(_replays(item, last, zone, say))
    if not all([_holds(first, "rule", say), *[_holds(one, "replays", say) for one in replays]]):
        return None
    all_day = len(text(item, "start")) == len("2026-12-02")
    return When(first, end - start, all_day, replays, frozenset(without))


def _moment(words: str, key: str, zone: ZoneInfo, say: Say) -> datetime | None:
    try:
        at = datetime.fromisoformat(words)
    except ValueError:
        say(key, f"{key} {words!r} không phải ngày giờ", "Viết dạng 2026-12-02 19:00")
        return None
    return at.replace(tzinfo=zone) if at.tzinfo is None else at.astimezone(zone)


def _days(item: Item, key: str, say: Say) -> list[date]:
    days = []
    for words in texts(item, key):
        try:
            days.append(date.fromisoformat(words))
        except ValueError:
            say(key, f"{key} {words!r} không phải ngày", "Viết dạng 2026-12-02")
    return days


def _replays(item: Item, last: date | None, zone: ZoneInfo, say: Say) -> list[Series]:
    found = item.get("replays") or []
    series = []
    for one in found if isinstance(found, list) else [found]:
        if not isinstance(one, Item):
            say(
                "replays", "mỗi lần phát lại cần start và rule", 'Ví dụ {start: "2026-12-14 17:00"}'
            )
            continue
        start = _moment(text(one, "start"), "replays", zone, say)
        if start is not None:
            series.append(Series(start, text(one, "rule"), last))
    return series


def _holds(series: Series, key: str, say: Say) -> bool:
    try:
        calendar.check(series)
    except RuleError as error:
        say(key, str(error), RULE_HELP)
        return False
    return True


def write_when(when: When) -> dict[str, object]:
    """When an event is, as its file has it."""
    first, day = when.first, when.all_day
    return {
        "start": _write(first.start, day),
        "end": _write(first.start + when.length, day) if when.length else "",
        "rule": first.rule,
        "until": first.until.isoformat() if first.until else "",
        "without": [one.isoformat() for one in sorted(when.without)],
        "replays": [
            {"start": _write(one.start, day), **({"rule": one.rule} if one.rule else {})}
            for one in when.replays
        ],
    }


def _write(at: datetime, day_only: bool) -> str:
    plain = at.replace(tzinfo=None)
    if day_only and plain.time() == time(0):
        return plain.date().isoformat()
    return plain.isoformat(" ", "minutes")
