"""Figures people may see: what was asked and answered, and who took part; small groups hidden."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import ColumnElement, Integer, cast, distinct, func, select
from sqlmodel import Session, col

from bot import asked, helped, reached
from bot.asked import NEAR, NOTHING, SURE
from bot.content import Content
from bot.i18n import _
from bot.notices.events import Event
from bot.people import Person
from bot.reached import NO_KEY
from bot.rows import FEWEST, Figure, Row, Span, best, hide, over_time, ranked, together, weeks
from faq.unanswered import OPEN, Unanswered
from quiz.board import PLAYERS, Standing
from quiz.rounds import Round


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
    counts: Counter[tuple[str, int]] = Counter()
    if parts:
        first, last = parts[0][0], parts[-1][1]
        for (key, on), count in asked.by_day(session, "hamlet", first, last).items():
            counts[key, (on - first).days // 7] += count
    small = {key for key, people in _people(session).items() if people < FEWEST}
    keys = sorted({key for key, _at in counts})
    found: dict[str, list[Row]] = {key: [] for key in keys}
    for at in range(len(parts)):
        week = [Row(key, key, float(counts[key, at])) for key in keys]
        for row in hide(week, small):
            found[row.key].append(row)
    return found


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


def players(session: Session, span: Span, labels: Labels) -> Figure | None:
    """How many people of each unit took part in contests opened in these days."""
    rows = [
        Row(unit or NO_KEY, labels.units.get(unit, unit) or _("Chưa chọn đơn vị"), float(people))
        for unit, people, _right, _answered in _units(session, span)
    ]
    if not rows:
        return None
    figure = Figure("nguoi-thi", _("Người dự thi theo đơn vị"), _("Đơn vị"), _("Số người"), ())
    return replace(figure, rows=ranked(rows), down=True)


def scores(session: Session, span: Span, labels: Labels) -> Figure | None:
    """How much of what they answered each unit had right; units of few people are hidden."""
    found = [unit for unit in _units(session, span) if unit[3]]
    if not found:
        return None
    small = [unit or NO_KEY for unit, people, _right, _answered in found if people < FEWEST]
    rows = [
        Row(unit or NO_KEY, labels.units.get(unit, unit) or _("Chưa chọn đơn vị"), _share(right, n))
        for unit, _people, right, n in found
    ]
    # A share says nothing of a total, so no other unit is hidden along.
    few = f"<{FEWEST}"
    kept = [replace(row, value=None, mark=few) if row.key in small else row for row in rows]
    title, head = _("Tỷ lệ trả lời đúng theo đơn vị"), _("Đơn vị")
    return Figure("diem-thi", title, head, _("Trả lời đúng (%)"), best(kept))


def _share(right: int, answered: int) -> float:
    return round(100 * right / answered, 1)


def counted_in(span: Span) -> tuple[ColumnElement[bool], ...]:
    """Players of rounds opened in these days, rehearsals left out."""
    return (
        col(Round.rehearsal).is_(False),
        col(Round.opens_at) >= span.begin,
        col(Round.opens_at) < span.end,
        col(Standing.side) == PLAYERS,
    )


def _units(session: Session, span: Span) -> list[tuple[str, int, int, int]]:
    """Each unit: people, right answers, answers, over the rounds opened in these days."""
    statement = (
        select(  # type: ignore[call-overload]
            Standing.unit,
            func.count(distinct(col(Standing.person_key))),
            cast(func.sum(col(Standing.right)), Integer),
            cast(func.sum(col(Standing.answered)), Integer),
        )
        .join(Round, col(Round.id) == col(Standing.round_id))
        .where(*counted_in(span))
    )
    return [tuple(row) for row in session.execute(statement.group_by(col(Standing.unit)))]


def notices(session: Session, span: Span, _labels: Labels) -> Figure | None:
    """Notices that reached somebody, by channel."""
    return reached.by_channel(session, span)


def unreached(session: Session, span: Span, _labels: Labels) -> Figure | None:
    """Notices that did not, by why."""
    return reached.unreached(session, span)


def talks(session: Session, span: Span, labels: Labels) -> Figure | None:
    """Who came, by talk."""
    return reached.talks(session, span, labels.events)


def came(session: Session, span: Span, labels: Labels) -> Figure | None:
    """Who came, by thôn."""
    return reached.by_hamlet(session, span, labels.hamlets)


def promised(session: Session, span: Span, _labels: Labels) -> Figure | None:
    """Who said they come."""
    return reached.promised(session, span)


def helped_when(session: Session, span: Span, _labels: Labels) -> Figure | None:
    """Visits of the digital teams over time."""
    return helped.by_time(session, span)


def helped_with(session: Session, span: Span, _labels: Labels) -> Figure | None:
    """What those visits were for."""
    return helped.by_kind(session, span)


def helped_by(session: Session, span: Span, _labels: Labels) -> Figure | None:
    """Visits by team."""
    return helped.by_team(session, span)


def helped_where(session: Session, span: Span, labels: Labels) -> Figure | None:
    """Visits by thôn."""
    return helped.by_hamlet(session, span, labels.hamlets) if labels.hamlets else None


SOURCES: tuple[Source, ...] = (
    *(by_day, by_verdict, by_category, by_hamlet, by_channel, waiting),
    *(notices, unreached, promised, talks, came),
    *(players, scores),
    *(helped_when, helped_with, helped_by, helped_where),
)
"""Where the figures come from; a new one is a function, and its name here."""


def all_of(session: Session, span: Span, labels: Labels) -> list[Figure]:
    """Every figure there is something of."""
    found = (source(session, span, labels) for source in SOURCES)
    return [figure for figure in found if figure is not None]
