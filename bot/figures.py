"""Figures people may see: what was asked and answered, with all others; small groups hidden."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import func, select
from sqlmodel import Session, col

from bot import asked, helped, played, reached
from bot.asked import NEAR, NOTHING, SURE
from bot.content import Content
from bot.i18n import _
from bot.notices.events import Event
from bot.people import Person
from bot.reached import NO_KEY
from bot.rows import (
    FEWEST,
    Figure,
    Row,
    Span,
    best,
    hide,
    over_time,
    parted,
    ranked,
    together,
    weeks,
)
from faq.unanswered import OPEN, Unanswered


@dataclass(frozen=True)
class Labels:
    """What keys of the tables are called."""

    category: Mapping[str, str] = field(default_factory=dict)
    """The category of an entry."""
    categories: Mapping[str, str] = field(default_factory=dict)
    hamlets: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    events: Mapping[str, str] = field(default_factory=dict)


Source = Callable[[Session, Span, Labels], Figure | None]
"""Gives a figure of some days, or None when there is nothing of its kind."""


def labels_of(
    content: Content, units: Mapping[str, str] | None = None, events: Iterable[Event] = ()
) -> Labels:
    """How the content calls things."""
    places, book = content.places, content.book
    return Labels(
        {entry.id: entry.category for entry in book.entries},
        book.categories,
        places.hamlet_names,
        {**(units or {}), **places.unit_names},
        {event.id: event.title for event in events},
    )


def by_day(session: Session, span: Span, _labels: Labels) -> Figure | None:
    """Questions over time."""
    counts = asked.days(session, "verdict", None, span.first, span.last)
    rows = over_time(counts, span)
    title, head = _("Câu hỏi theo thời gian"), _("Thời gian")
    return Figure("ngay", title, head, _("Số câu hỏi"), rows, "line", down=True)


def by_verdict(session: Session, span: Span, _labels: Labels) -> Figure | None:
    """Answered at once, offered what is near, or passed to a person."""
    counts = asked.totals(session, "verdict", span.first, span.last)
    names = {
        SURE: _("Trả lời được ngay"),
        NEAR: _("Đưa câu gần giống để chọn"),
        NOTHING: _("Chưa trả lời được, chuyển cán bộ"),
    }
    rows = [Row(key, name, float(counts.get(key, 0))) for key, name in names.items()]
    title, head = _("Trả lời được đến đâu"), _("Kết quả")
    return Figure("ket-qua", title, head, _("Số câu hỏi"), hide(rows), down=True)


def by_category(session: Session, span: Span, labels: Labels) -> Figure | None:
    """Questions answered at once, by the category of what answered them."""
    counts: dict[str, float] = {}
    for entry, count in asked.totals(session, "entry", span.first, span.last).items():
        if entry:
            name = labels.category.get(entry, "")
            counts[name] = counts.get(name, 0) + count
    gone = _("Câu đã gỡ")
    rows = [Row(key or NO_KEY, labels.categories.get(key, gone), n) for key, n in counts.items()]
    note = _("Chỉ tính câu hỏi được trả lời ngay.")
    figure = Figure("linh-vuc", _("Câu hỏi theo lĩnh vực"), _("Lĩnh vực"), _("Số câu hỏi"), ())
    return replace(figure, rows=ranked(rows), note=note, down=True)


def by_hamlet(session: Session, span: Span, labels: Labels) -> Figure | None:
    """Questions by the thôn of those who asked, over whole weeks.

    Each week is hidden or shown by itself, whatever days are asked for, and what is hidden is in
    no sum; a thôn of few known people is hidden altogether.
    """
    if not labels.hamlets:
        return None
    rows = [
        together(cells, key or NO_KEY, labels.hamlets.get(key, _("Chưa chọn thôn")))
        for key, cells in hamlets_by(session, weeks(span)).items()
    ]
    figure = Figure("thon", _("Câu hỏi theo thôn"), _("Thôn"), _("Số câu hỏi"), (), down=True)
    note = _("Chỉ cộng các tuần trọn, từ thứ hai đến chủ nhật, có từ 5 câu hỏi của thôn.")
    return replace(figure, rows=best(rows), note=note)


def hamlets_by(session: Session, parts: Sequence[tuple[date, date]]) -> dict[str, list[Row]]:
    """Of each thôn its weeks, which follow one another; hidden where few asked, with company in
    the same week."""
    counts: list[Counter[str]] = [Counter() for _part in parts]
    if parts:
        first, last = parts[0][0], parts[-1][1]
        for (key, on), count in asked.by_week(session, "hamlet", first, last).items():
            counts[(on - first).days // 7][key] += count
    small = {key for key, people in _people(session).items() if people < FEWEST}
    return parted(counts, small)


def _people(session: Session) -> dict[str, int]:
    """How many people we know of each thôn now."""
    statement = select(Person.hamlet, func.count()).group_by(col(Person.hamlet))  # type: ignore[call-overload]
    return {name: int(count) for name, count in session.execute(statement) if name}


def by_channel(session: Session, span: Span, _labels: Labels) -> Figure | None:
    """Questions by the channel they came on."""
    counts = asked.totals(session, "channel", span.first, span.last)
    if not counts:
        return None
    names = reached.channels()
    rows = [Row(key or NO_KEY, names.get(key, key), float(n)) for key, n in counts.items()]
    figure = Figure("kenh", _("Câu hỏi theo kênh"), _("Kênh"), _("Số câu hỏi"), (), down=True)
    return replace(figure, rows=ranked(rows))


def waiting(session: Session, span: Span, _labels: Labels) -> Figure | None:
    """Questions of these days that still wait for a person, by why they do: work, not people."""
    statement = select(Unanswered.why, func.count()).where(  # type: ignore[call-overload]
        col(Unanswered.state) == OPEN,
        col(Unanswered.asked_at) >= span.begin,
        col(Unanswered.asked_at) < span.end,
    )
    found = session.execute(statement.group_by(col(Unanswered.why)))
    counts = {why: float(count) for why, count in found}
    names = {
        "nothing": _("Chưa có câu nào gần"),
        "refused": _("Người hỏi không chọn câu nào"),
        "wrong": _("Người hỏi báo chưa đúng ý"),
    }
    rows = tuple(Row(key, name, counts.get(key, 0.0)) for key, name in names.items())
    title, head = _("Câu hỏi đang chờ cán bộ"), _("Vì sao")
    return Figure("dang-cho", title, head, _("Số câu hỏi"), rows)


QUESTIONS: tuple[Source, ...] = (by_day, by_verdict, by_category, by_hamlet, by_channel, waiting)


def of_questions(session: Session, span: Span, labels: Labels) -> list[Figure]:
    """What was asked, and what still waits."""
    found = (source(session, span, labels) for source in QUESTIONS)
    return [figure for figure in found if figure is not None]


def of_people(session: Session, span: Span, labels: Labels) -> list[Figure]:
    """Who was told, came, played and was helped."""
    return [
        *reached.all_of(session, span, labels.events, labels.hamlets),
        *played.all_of(session, span, labels.units),
        *helped.all_of(session, span, labels.hamlets),
    ]


HALVES = (of_questions, of_people)
"""Every figure there is something of, in two parts that take about as long as each other."""


def all_of(session: Session, span: Span, labels: Labels) -> list[Figure]:
    """Every figure there is something of; new ones belong to one of the parts."""
    return [figure for half in HALVES for figure in half(session, span, labels)]
