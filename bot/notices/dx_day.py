"""Digital Transformation Day, 10/10: its countdown, programme, questions, slogans and thanks."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import Session, col

from bot.i18n import _, number, written
from bot.inbox import DONE, Inbox
from bot.notices import spoken, words
from bot.notices.calendar import Occurrence, between
from bot.notices.events import Event, Names
from bot.notices.sayings import Said
from bot.posters import Banner
from faq.files import Mapping as Item
from faq.files import Mistake, read, text, texts
from quiz import practice
from quiz.bank import Bank, Question
from quiz.log import Paper
from quiz.rounds import Round

MONTH, DAY = 10, 10
BEFORE = 10
"""Days before the day that have a question each."""
FEWEST = 5
"""Fewer people than this are not told as a number: one might be known by it."""


@dataclass(frozen=True)
class Theme:
    """The theme of a year, as its source has it."""

    year: int
    text: str
    source: str


@dataclass(frozen=True)
class Stop:
    """Where the loudspeaker car is, and when."""

    when: str
    where: str


@dataclass(frozen=True)
class DxDay:
    """What the file says of the day."""

    themes: tuple[Theme, ...] = ()
    suggestions: tuple[str, ...] = ()
    """Slogans of our own, to choose from."""
    car: tuple[str, ...] = ()
    routes: tuple[Stop, ...] = ()


def load(path: Path) -> tuple[DxDay, list[Mistake]]:
    """What a file says of the day, and every mistake in it."""
    items, whole, mistakes = read(path, "themes")
    themes = []
    for item in items:
        year = text(item, "year")
        if not (year.isdecimal() and text(item, "text") and text(item, "source")):
            remedy = "Mỗi chủ đề cần year, text và source"
            mistakes.append(Mistake(path.name, item.line, "chủ đề thiếu phần", remedy))
            continue
        themes.append(Theme(int(year), text(item, "text"), text(item, "source")))
    routes = []
    for item in [one for one in whole.get("routes") or [] if isinstance(one, Item)]:
        stop = Stop(text(item, "when"), text(item, "where"))
        if stop.when and stop.where:
            routes.append(stop)
        else:
            remedy = "Mỗi chặng cần when và where"
            mistakes.append(Mistake(path.name, item.line, "lộ trình thiếu phần", remedy))
    told = (texts(whole, "suggestions"), texts(whole, "car"))
    return DxDay(tuple(themes), *told, tuple(routes)), sorted(mistakes)


# When it is


def coming(today: date) -> date:
    """The day that is next, or is today."""
    this = date(today.year, MONTH, DAY)
    return this if this >= today else date(today.year + 1, MONTH, DAY)


def last(today: date) -> date:
    """The day that was last, or is today."""
    this = date(today.year, MONTH, DAY)
    return this if this <= today else date(today.year - 1, MONTH, DAY)


def countdown(today: date) -> str:
    """How long it is to the day, in a sentence."""
    left = (coming(today) - today).days
    if not left:
        return _("Hôm nay là Ngày Chuyển đổi số quốc gia 10/10.")
    if left == 1:
        return _("Ngày mai là Ngày Chuyển đổi số quốc gia 10/10.")
    return _("Còn {count} ngày nữa đến Ngày Chuyển đổi số quốc gia 10/10.").format(
        count=number(left)
    )


# What is on


def programme(events: Iterable[Event], on: date, zone: ZoneInfo) -> list[tuple[Event, Occurrence]]:
    """What residents are told of the day itself, in order; the day as such is not its programme."""
    start = datetime.combine(on, time(), zone)
    tick = timedelta(microseconds=1)
    found = [
        (words.told(event), item)
        for event in events
        if event.shown and event.when and event.status != "cancelled"
        for item in between(event.when, start - tick, start + timedelta(days=1) - tick)
        if not (item.all_day and event.kind == "dxday" and event.when.first.rule)
    ]
    return sorted(found, key=lambda pair: (pair[1], pair[0].id))


def lines(listed: Iterable[tuple[Event, Occurrence]], names: Names, zone: ZoneInfo) -> list[str]:
    """The programme, a line each: when, what, where."""
    told = []
    for event, item in listed:
        start, end = (f"{at.astimezone(zone):%H:%M}" for at in (item.start, item.end))
        hours = (
            start if item.end <= item.start else _("{start} đến {end}").format(start=start, end=end)
        )
        parts = (_("Cả ngày") if item.all_day else hours, event.title, words.where_of(event, names))
        told.append(" · ".join(part for part in parts if part))
    return told


def unsettled() -> str:
    """What is said while the programme is not there."""
    return _("Chương trình năm nay chưa được ấn định. Mình không đoán thay ban tổ chức.")


def questions(bank: Bank, on: date) -> list[tuple[date, Question]]:
    """A question a day for the ten days before: those whom we send the day's question get too."""
    days = [on - timedelta(days=left) for left in range(BEFORE, 0, -1)]
    return [(day, practice.of_the_day(bank.current(day), day)) for day in days]


def script(
    day: DxDay, planned: Sequence[tuple[Event, Occurrence]], names: Names, zone: ZoneInfo,
    sender: str, said: Said,
) -> str:  # fmt: skip
    """What the loudspeaker car reads, everything in words."""
    hours = [f"{line}." for line in lines(planned, names, zone)]
    again = hours[0] if hours else day.car[0] if day.car else ""
    return spoken.script("Ngày Chuyển đổi số 10/10", [*day.car, *hours], again, sender, said)


# Afterwards


@dataclass(frozen=True)
class Figures:
    """What the days around 10/10 came to."""

    answers: int
    people: int
    players: int
    talks: int


def window(on: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the first of the ten days before to the end of the day."""
    first = datetime.combine(on - timedelta(days=BEFORE), time(), zone)
    return first, datetime.combine(on + timedelta(days=1), time(), zone)


def figures(session: Session, events: Iterable[Event], on: date, zone: ZoneInfo) -> Figures:
    """What was counted in those days: messages answered, who wrote, who played, talks held."""
    start, end = window(on, zone)
    said = (
        col(Inbox.state) == DONE,
        col(Inbox.text) != "",
        col(Inbox.received_at) >= start,
        col(Inbox.received_at) < end,
    )
    players = (
        select(func.count(func.distinct(col(Paper.person_key))))
        .join(Round, col(Round.id) == col(Paper.round_id))
        .where(
            col(Round.rehearsal).is_(False),
            col(Paper.started_at) >= start,
            col(Paper.started_at) < end,
        )
    )
    tick = timedelta(microseconds=1)
    held = [one for one in events if one.kind == "talk" and one.status == "held" and one.when]
    return Figures(
        answers=int(session.scalar(select(func.count()).where(*said)) or 0),
        people=int(
            session.scalar(select(func.count(func.distinct(col(Inbox.person_id)))).where(*said))
            or 0
        ),
        players=int(session.scalar(players) or 0),
        talks=sum(len(between(one.when, start - tick, end - tick)) for one in held if one.when),
    )


def thanks(counted: Figures, on: date) -> str:
    """A thank-you with what was counted; what is too small to be told is left out."""
    told = (
        (_("{count} câu được trả lời"), counted.answers if counted.people >= FEWEST else 0),
        (_("{count} người đã nhắn hỏi"), counted.people),
        (_("{count} người chơi đố vui"), counted.players),
    )
    parts = [text.format(count=number(count)) for text, count in told if count >= FEWEST]
    if counted.talks:
        parts.append(_("{count} buổi tọa đàm").format(count=number(counted.talks)))
    date_ = written(on.isoformat())
    if not parts:
        return _("Cảm ơn bà con đã cùng hưởng ứng Ngày Chuyển đổi số {date}.").format(date=date_)
    text = _(
        "Cảm ơn bà con đã cùng hưởng ứng Ngày Chuyển đổi số {date}. Trong mười ngày trước và "
        "ngày ấy có {figures}."
    )
    return text.format(date=date_, figures=", ".join(parts))


def slogans(day: DxDay) -> Iterator[str]:
    """Themes with their year, then our own slogans, marked as suggestions."""
    for theme in day.themes:
        yield _('Chủ đề năm {year}: "{text}"').format(year=theme.year, text=theme.text)
    for one in day.suggestions:
        yield _('Gợi ý (chưa phải khẩu hiệu chính thức): "{text}"').format(text=one)


def banner(day: DxDay, programme: Sequence[str], by: str, address: str) -> Banner:
    """What the banner and the poster say, the first of our suggestions on them."""
    base = address.rstrip("/")
    return Banner(
        brand=_("Chuyển đổi số Lý Sơn"),
        title=_("Ngày Chuyển đổi số quốc gia"),
        slogan=next(iter(day.suggestions), ""),
        programme=tuple(programme) or (unsettled(),),
        by=by,
        call=_("Quét mã xem chương trình"),
        address=f"{base}/ngay-chuyen-doi-so" if base else "",
    )
