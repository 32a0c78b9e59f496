"""What stands behind a row of a figure: its counts over time, or each occasion, none given away."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlmodel import Session

from bot import asked, figures, played, reached
from bot.crossed import protect
from bot.figures import Labels, Source
from bot.i18n import _
from bot.reached import NO_KEY
from bot.rows import WEEKLY, Figure, Row, Span, over_time, short, steps, together, weeks

QUESTIONS: Mapping[str, Source] = {
    "ngay": figures.by_day,
    "ket-qua": figures.by_verdict,
    "linh-vuc": figures.by_category,
    "thon": figures.by_hamlet,
    "kenh": figures.by_channel,
}
DOWN = frozenset({*QUESTIONS, "bao-toi", "buoi", "nguoi-thi"})
"""The figures whose rows lead on to what they are made of."""
PARTS = {
    "ngay": "verdict",
    "ket-qua": "verdict",
    "linh-vuc": "entry",
    "thon": "hamlet",
    "kenh": "channel",
}
"""Which count of a day stands behind a figure."""


def behind(session: Session, span: Span, labels: Labels, name: str, key: str) -> Figure | None:
    """The rows behind a row of a figure: its counts over time; None when that row is hidden."""
    match name:
        case "bao-toi":
            notices = reached.told(session, span)
            title = _title(reached.by_channel(notices), key)
            return reached.behind_channel(notices, key, title, span) if title else None
        case "buoi":
            title = _title(reached.talks(reached.came_to(session, span), labels.events), key)
            return reached.behind_talk(session, key, title) if title else None
        case "nguoi-thi":
            contests = played.contests(session, span)
            title = _title(played.by_unit(contests, labels.units), key)
            return played.behind_unit(contests, key, title, span) if title else None
        case _ if name in QUESTIONS:
            return _questions(session, span, labels, QUESTIONS[name](session, span, labels), key)
        case _:
            return None


def _title(figure: Figure | None, key: str) -> str:
    """What stands over the rows behind a row; empty when the row is hidden, or there is none."""
    for row in figure.rows if figure else ():
        if figure and row.key == key and row.value is not None:
            return f"{figure.title}: {row.label}"
    return ""


def _questions(
    session: Session, span: Span, labels: Labels, figure: Figure | None, key: str
) -> Figure | None:
    """The questions behind a row, by day, week or month."""
    title, name = _title(figure, key), _key(key)
    if figure is None or not title:
        return None
    if figure.id == "ngay":
        last = next(end for begin, end in steps(span.first, span.last) if f"{begin}" == key)
        span = replace(span, first=date.fromisoformat(key), last=last)
        rows = over_time(asked.days(session, "verdict", None, span.first, span.last), span)
    elif figure.id == "thon":
        rows = _by_week(session, span, name)
    elif figure.id == "ket-qua":
        # How the bot did is no group of people: who asked cannot be told from it.
        rows = over_time(asked.days(session, "verdict", [name], span.first, span.last), span)
    else:
        shut = {_key(row.key) for row in figure.rows if row.value is None}
        rows = protect(_table(session, span, labels, figure.id), shut)[name]
    return Figure(f"{figure.id}-{key}", title, _("Thời gian"), figure.counted, rows, "line")


def _key(key: str) -> str:
    """The value a row's key in an address stands for."""
    return "" if key == NO_KEY else key


def _by_week(session: Session, span: Span, hamlet: str) -> tuple[Row, ...]:
    """The weeks of a thôn; over more than half a year, by the months they begin in."""
    parts = weeks(span)
    cells = figures.hamlets_by(session, parts).get(hamlet, [])
    groups: dict[tuple[date, date], list[Row]] = {}
    for part, row in zip(parts, cells, strict=True):
        step = next(one for one in steps(span.first, span.last) if part[0] <= one[1])
        groups.setdefault(part if len(parts) * 7 < WEEKLY else step, []).append(row)
    return tuple(together(rows, f"{step[0]}", short(*step, span)) for step, rows in groups.items())


def _table(session: Session, span: Span, labels: Labels, name: str) -> dict[str, tuple[Row, ...]]:
    """Every row of a figure over time."""
    parts = steps(span.first, span.last)
    counts: dict[str, list[float]] = {}
    for (value, at), count in asked.stepped(session, PARTS[name], parts).items():
        if name == "linh-vuc" and not value:
            continue
        key = labels.category.get(value, "") if name == "linh-vuc" else value
        counts.setdefault(key, [0.0] * len(parts))[at] += count
    return {
        key: tuple(
            Row(f"{step[0]}", short(*step, span), count)
            for step, count in zip(parts, line, strict=True)
        )
        for key, line in counts.items()
    }
