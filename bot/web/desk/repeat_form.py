"""How an event repeats and is replayed, as fields anybody can fill; other rules stay as they are"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from bot.i18n import _
from bot.notices import rules
from bot.notices.rules import NTHS, Rule
from faq.files import Told

OWN = "own"
LINES = ("repeat", "month_day", "nth", "nth_day", "count", "replay_after", "replay_time")
"""Fields that are one line."""
HIDDEN = {"rule": OWN, "replays": ""}
"""Fields shown only where an event has what the others cannot say."""
Values = dict[str, Any]


def values_of(data: Mapping[str, Any]) -> Values:
    """What stands in the fields for an event as its file has it."""
    day, _space, time = str(data.get("start", "")).partition(" ")
    text = str(data.get("rule", ""))
    rule, on = rules.read(text), _day(day)
    if (
        rule
        and rule.how == "yearly"
        and (on is None or (rule.day, rule.month) != (on.day, on.month))
    ):
        rule = None
    nth = rule is not None and rule.how == "weekday"
    values: Values = {
        "repeat": rule.how if rule else OWN if text else "",
        "days": list(rule.days) if rule and not nth else [],
        "month_day": str(rule.day) if rule and rule.how == "monthly" else "",
        "nth": str(rule.nth) if rule and nth else "",
        "nth_day": rule.days[0] if rule and nth else "",
        "count": str(rule.count) if rule and rule.count else "",
        "rule": text,
    }
    return values | _replays_of(data.get("replays", []), day, time, rule if text else None, text)


def _replays_of(
    found: list[dict[str, str]], day: str, time: str, rule: Rule | None, text: str
) -> Values:
    """Replays as days after, when all are that; else each as its file has it."""
    on = _day(day)
    gaps = [_gap(on, one["start"]) for one in found]
    times = [one["start"].partition(" ")[2] for one in found]
    sure = on is not None and not (text and not rule)
    again = [_replay(on, *one, rule) for one in zip(gaps, times, strict=True)] if on else []
    if found and (not sure or again != found):
        lines = [" ".join(filter(None, (one["start"], one.get("rule", "")))) for one in found]
        return {"replays": "\n".join(lines), "replay_after": "", "replay_time": ""}
    after = ", ".join(str(gap) for gap in gaps)
    known = list(dict.fromkeys(times))
    at = times if len(known) > 1 else [one for one in known if one != time]
    return {"replays": "", "replay_after": after, "replay_time": ", ".join(at)}


def _gap(on: date | None, start: str) -> int:
    then = _day(start.partition(" ")[0])
    return (then - on).days if on and then else -1


def _replay(on: date, gap: int, at: str, rule: Rule | None) -> dict[str, str] | None:
    """One replay as its file has it; None when no rule says it."""
    start = " ".join(filter(None, ((on + timedelta(days=gap)).isoformat(), at)))
    if rule is None:
        return {"start": start}
    text = rules.later(rule, on, gap)
    return {"start": start, "rule": text} if text and gap > 0 else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


# Read back


def rule_of(values: Values) -> Rule | None:
    """The rule chosen; None when it does not repeat, or by a rule of its own."""
    how, on = values["repeat"], _day(values["start_day"])
    if how in {"", OWN} or on is None:
        return None
    plain, count = rules.of_day(how, on), _number(values["count"])
    match how:
        case "weekly":
            chosen = tuple(day for day in rules.DAYS if day in values["days"])
            return Rule(how, chosen or plain.days, count=count)
        case "monthly":
            return Rule(how, day=_number(values["month_day"]) or plain.day, count=count)
        case "weekday":
            days = (values["nth_day"],) if values["nth_day"] in rules.DAYS else plain.days
            known = {str(one): one for one in NTHS}
            return Rule(how, days, known.get(values["nth"], plain.nth), count=count)
    return Rule("yearly", day=on.day, month=on.month, count=count)


def data_of(values: Values) -> dict[str, Any]:
    """The rule and the replays of a form, as the file has them."""
    rule = rule_of(values)
    text = rule.text if rule else values["rule"] if values["repeat"] == OWN else ""
    custom = [_written(line) for line in values["replays"].split("\n") if line.strip()]
    return {"rule": text, "replays": [*custom, *(one for one in _after(values) if one)]}


def _written(line: str) -> dict[str, str]:
    at, _gap, rule = " ".join(line.split()).partition(" FREQ=")
    return {"start": at.strip(), **({"rule": f"FREQ={rule.strip()}"} if rule else {})}


def _after(values: Values) -> list[dict[str, str] | None]:
    """The replays some days after; None for what no rule says, or no number."""
    on, rule = _day(values["start_day"]), rule_of(values)
    gaps, times = _parts(values["replay_after"]), _parts(values["replay_time"])
    if len(times) < 2:
        times = [*times, values["start_time"]][:1] * len(gaps)
    if on is None or values["repeat"] == OWN or len(times) != len(gaps):
        return [None for _gap in gaps]
    return [
        _replay(on, _number(gap), at, rule) if _number(gap) else None
        for gap, at in zip(gaps, times, strict=True)
    ]


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]


def mistakes(values: Values) -> list[Told]:
    """What cannot be meant so."""
    found = []
    if values["count"] and (not _number(values["count"]) or values["until"]):
        remedy = _("Ghi một số, hoặc để trống và ghi ngày cuối")
        found.append(("count", _("Số lần lặp không dùng được"), remedy))
    if not 0 <= _number(values["month_day"] or "0") <= 31 or (
        values["month_day"] and not _number(values["month_day"])
    ):
        found.append(("month_day", _("Không có ngày này trong tháng"), _("Ghi từ 1 tới 31")))
    if None in _after(values):
        remedy = _(
            "Ghi số ngày, sao cho vẫn trong tháng, ví dụ 7, 14, 21; nhiều giờ thì mỗi lần một giờ"
        )
        found.append(("replay_after", _("Số ngày phát lại không dùng được"), remedy))
    return found


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


# In words


def labels_of() -> dict[str, tuple[str, str]]:
    """What each field is called, and a word on how to fill it in."""
    as_start = _("Để trống: như ngày bắt đầu")
    return {
        "repeat": (_("Lặp lại"), _("Ngày bắt đầu là lần đầu tiên")),
        "days": (_("Hằng tuần vào"), as_start),
        "month_day": (_("Hằng tháng vào ngày"), as_start),
        "nth": (_("Hằng tháng: lần nào"), ""),
        "nth_day": (_("Hằng tháng: thứ mấy"), ""),
        "until": (_("Lặp tới hết ngày"), _("Để trống: không hạn")),
        "count": (_("Hoặc lặp mấy lần"), _("Ví dụ 12; để trống: không hạn")),
        "rule": (_("Quy tắc lặp riêng"), _("Viết sẵn trong tệp: để nguyên nếu không rành")),
        "without": (_("Trừ các ngày"), _("Mỗi dòng một ngày, dạng 2026-12-02")),
        "replay_after": (
            _("Phát lại sau mấy ngày"),
            _("Ví dụ 7, 14, 21. Để trống: không phát lại"),
        ),
        "replay_time": (
            _("Giờ phát lại"),
            _("Một giờ, hoặc mỗi lần một giờ: 17:00, 06:00, 17:00. Để trống: cùng giờ"),
        ),
        "replays": (
            _("Phát lại riêng"),
            _("Mỗi dòng một lần: 2026-12-14 17:00, thêm FREQ=... nếu lặp"),
        ),
    }


def choices(key: str, values: Values) -> tuple[tuple[str, str], ...]:
    """What one can pick in a field."""
    own = ((OWN, _("Theo quy tắc riêng")),) if values["repeat"] == OWN else ()
    as_start = (("", _("Như ngày bắt đầu")),)
    return {
        "repeat": (
            ("", _("Không lặp")),
            ("weekly", _("Hằng tuần, vào thứ")),
            ("monthly", _("Hằng tháng, vào ngày")),
            ("weekday", _("Hằng tháng, vào một thứ")),
            ("yearly", _("Hằng năm, cùng ngày")),
            *own,
        ),
        "days": tuple(rules.weekdays().items()),
        "nth": (*as_start, *((str(one), name) for one, name in rules.nths().items())),
        "nth_day": (*as_start, *rules.weekdays().items()),
    }.get(key, ())
