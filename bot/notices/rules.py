"""Rules of repeating as people choose and read them; RFC 5545 stays in the files. Pure"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.i18n import _, written
from bot.notices.calendar import When

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NTHS = (1, 2, 3, 4, -1)
"""Which of a month's Mondays; -1: the last."""
SURE = 28
"""The last day every month has."""
_COUNT = re.compile(r";COUNT=([1-9]\d{0,3})$")


@dataclass(frozen=True)
class Rule:
    """A rule one can choose by words; `how` is weekly, monthly, weekday or yearly."""

    how: str
    days: tuple[str, ...] = ()
    """Of a week; one alone for the nth of a month."""
    nth: int = 0
    day: int = 0
    """Of the month."""
    month: int = 0
    count: int = 0
    """How many times; 0: without end, or until the event's last day."""

    @property
    def text(self) -> str:
        """The rule as RFC 5545 writes it."""
        text = {
            "weekly": f"FREQ=WEEKLY;BYDAY={','.join(self.days)}",
            "monthly": f"FREQ=MONTHLY;BYMONTHDAY={self.day}",
            "weekday": f"FREQ=MONTHLY;BYDAY={self.nth}{''.join(self.days)}",
            "yearly": f"FREQ=YEARLY;BYMONTH={self.month};BYMONTHDAY={self.day}",
        }[self.how]
        return text + (f";COUNT={self.count}" if self.count else "")


def of_day(how: str, on: date) -> Rule:
    """The rule of a kind that a day suggests: its weekday, its place in the month."""
    day = DAYS[on.weekday()]
    week = (on.day - 1) // 7 + 1
    match how:
        case "weekly":
            return Rule(how, (day,))
        case "monthly":
            return Rule(how, day=on.day)
        case "weekday":
            return Rule(how, (day,), week if week < 5 else -1)
    return Rule("yearly", day=on.day, month=on.month)


def read(text: str) -> Rule | None:
    """The choice that stands for a rule; None for one that is written otherwise."""
    found = _COUNT.search(text)
    body, count = _COUNT.sub("", text), int(found[1]) if found else 0
    kinds = (
        r"FREQ=(?P<weekly>WEEKLY);BYDAY=(?P<days>[A-Z,]+)",
        r"FREQ=(?P<monthly>MONTHLY);BYMONTHDAY=(?P<day>\d{1,2})",
        r"FREQ=(?P<weekday>MONTHLY);BYDAY=(?P<nth>-?\d)(?P<days>[A-Z]{2})",
        r"FREQ=(?P<yearly>YEARLY);BYMONTH=(?P<month>\d{1,2});BYMONTHDAY=(?P<day>\d{1,2})",
    )
    match = next((one for kind in kinds if (one := re.fullmatch(kind, body))), None)
    if match is None:
        return None
    parts = match.groupdict()
    how = next(name for name in ("weekly", "monthly", "weekday", "yearly") if parts.get(name))
    days = tuple(filter(None, (parts.get("days") or "").split(",")))
    numbers = {name: int(parts.get(name) or 0) for name in ("nth", "day", "month")}
    rule = Rule(how, days, count=count, **numbers)
    known = set(days) <= set(DAYS) and (how != "weekday" or rule.nth in NTHS)
    return rule if known and rule.text == text else None


def later(rule: Rule, on: date, days: int) -> str:
    """The rule of what happens `days` after each time of a rule that begins on a day.

    Empty when that would leave the month for some of them: then no rule says it.
    """
    count = f";COUNT={rule.count}" if rule.count else ""
    match rule.how:
        case "weekly":
            moved = {DAYS[(DAYS.index(day) + days) % 7] for day in rule.days}
            return Rule("weekly", tuple(sorted(moved, key=DAYS.index)), count=rule.count).text
        case "monthly":
            last = rule.day + days
            return Rule("monthly", day=last, count=rule.count).text if last <= SURE else ""
        case "yearly":
            return of_day("yearly", on + timedelta(days=days)).text + count
    first = (rule.nth - 1) * 7 + 1 + days
    if rule.nth < 1 or first + 6 > SURE:
        return ""
    if days % 7 == 0:
        return Rule("weekday", rule.days, rule.nth + days // 7, count=rule.count).text
    day = DAYS[(DAYS.index(rule.days[0]) + days) % 7]
    among = ",".join(str(one) for one in range(first, first + 7))
    return f"FREQ=MONTHLY;BYDAY={day};BYMONTHDAY={among}{count}"


# In words


def told(when: When) -> str:
    """How often something happens, in words; nothing when it happens once."""
    text, until = when.first.rule, when.first.until
    if not text:
        return ""
    rule = read(text)
    said = _said(rule) if rule else _("lặp theo quy tắc riêng")
    if rule and rule.count:
        said += _(", {count} lần").format(count=rule.count)
    if until:
        said += _(", tới hết ngày {day}").format(day=written(until.isoformat()))
    return said


def _said(rule: Rule) -> str:
    days = ", ".join(weekdays()[day] for day in rule.days)
    match rule.how:
        case "weekly":
            return _("hằng tuần vào {days}").format(days=days)
        case "monthly":
            return _("hằng tháng vào ngày {day}").format(day=rule.day)
        case "weekday":
            return _("hằng tháng vào {day} {which}").format(day=days, which=nths()[rule.nth])
    return _("hằng năm vào ngày {day}").format(day=f"{rule.day}/{rule.month}")


def weekdays() -> dict[str, str]:
    """The days of the week, by their letters in a rule."""
    names = (
        *(_("thứ Hai"), _("thứ Ba"), _("thứ Tư"), _("thứ Năm")),
        *(_("thứ Sáu"), _("thứ Bảy"), _("Chủ nhật")),
    )
    return dict(zip(DAYS, names, strict=True))


def nths() -> dict[int, str]:
    """Which of a month's Mondays, by its number in a rule."""
    names = (
        *(_("đầu tiên trong tháng"), _("lần thứ 2 trong tháng"), _("lần thứ 3 trong tháng")),
        *(_("lần thứ 4 trong tháng"), _("cuối cùng trong tháng")),
    )
    return dict(zip(NTHS, names, strict=True))
