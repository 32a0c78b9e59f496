"""How long before something: "7 ngày, 1 ngày, 2 giờ" or "7d,1d,2h", read and written. Pure"""

import re
from collections.abc import Sequence
from datetime import timedelta

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
SHORTEST, LONGEST = 10 * MINUTE, 60 * DAY
MOST = 6
"""More reminders than this of one event would only annoy."""
NEVER = "none"
_NEVER = frozenset({NEVER, "không", "không nhắc", "off"})
_UNITS = {
    **dict.fromkeys(("d", "ngày", "day", "days"), DAY),
    **dict.fromkeys(("w", "tuần", "week", "weeks"), 7 * DAY),
    **dict.fromkeys(("h", "giờ", "tiếng", "hour", "hours"), HOUR),
    **dict.fromkeys(("m", "phút", "min", "minutes"), MINUTE),
}
_ONE = re.compile(r"(\d{1,4})\s*([^\W\d_]+)")


class SpanError(ValueError):
    """A text is not a list of spans; the message says why and what to write, in Vietnamese."""


def read(text: str) -> tuple[timedelta, ...]:
    """The spans of a text, the longest first; none for "none" and "không". Raises SpanError."""
    if " ".join(text.lower().split()) in _NEVER:
        return ()
    parts = [part.strip() for part in re.split(r"[,;]", text) if part.strip()]
    if not parts:
        msg = "chưa ghi nhắc trước bao lâu, ví dụ 7d,1d,2h"
        raise SpanError(msg)
    found = [_one(part) for part in parts]
    if len(set(found)) < len(found):
        msg = f"có lần nhắc ghi hai lần: {text!r}"
        raise SpanError(msg)
    if len(found) > MOST:
        msg = f"nhiều nhất {MOST} lần nhắc, đang có {len(found)}"
        raise SpanError(msg)
    return tuple(sorted(found, reverse=True))


def _one(part: str) -> timedelta:
    match = _ONE.fullmatch(part.lower())
    unit = _UNITS.get(match[2]) if match else None
    if match is None or unit is None:
        msg = f"{part!r} không phải khoảng thời gian, ví dụ 7d (7 ngày), 2h (2 giờ), 30m (30 phút)"
        raise SpanError(msg)
    span = int(match[1]) * unit
    if not SHORTEST <= span <= LONGEST:
        msg = f"{part!r}: nhắc sớm nhất trước 60 ngày, muộn nhất trước 10 phút"
        raise SpanError(msg)
    return span


def write(spans: Sequence[timedelta]) -> str:
    """Spans as settings and files have them: "7d,1d,2h"; "none" when there is none."""
    return ",".join(_short(span) for span in spans) or NEVER


def _short(span: timedelta) -> str:
    for sign, unit in (("d", DAY), ("h", HOUR)):
        if span % unit == timedelta(0):
            return f"{span // unit}{sign}"
    return f"{span // MINUTE}m"
