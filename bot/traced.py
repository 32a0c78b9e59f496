"""What stands behind a row of a figure: its counts over time, or each occasion, none given away."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import func, select
from sqlmodel import Session, col

from bot import asked, figures, reached
from bot.crossed import protect
from bot.figures import Labels, Source
from bot.i18n import _
from bot.reached import NO_KEY
from bot.rows import WEEKLY, Figure, Row, Span, hide, over_time, short, steps, together, weeks
from quiz.board import Standing
from quiz.rounds import Round

DOWN: Mapping[str, Source] = {
    "ngay": figures.by_day,
    "ket-qua": figures.by_verdict,
    "linh-vuc": figures.by_category,
    "thon": figures.by_hamlet,
    "kenh": figures.by_channel,
    "bao-toi": figures.notices,
    "buoi": figures.talks,
    "nguoi-thi": figures.players,
}
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
    source = DOWN.get(name)
    figure = source(session, span, labels) if source else None
    row = next((row for row in figure.rows if row.key == key), None) if figure else None
    if figure is None or row is None or row.value is None:
        return None
    below = f"{figure.title}: {row.label}"
    match figure.id:
        case "bao-toi":
            return reached.behind_channel(session, span, key, below)
        case "buoi":
            return reached.behind_talk(session, key, below, span)
        case "nguoi-thi":
            return rounds(session, span, _key(key), below)
        case _:
            return _over_time(session, span, labels, figure, key, below)


def rounds(session: Session, span: Span, unit: str, title: str) -> Figure:
    """How many of a unit took part in each round."""
    statement = select(Round.id, Round.opens_at, func.count())  # type: ignore[call-overload]
    statement = statement.join(Standing, col(Standing.round_id) == col(Round.id)).where(
        *figures.counted_in(span), col(Standing.unit) == unit
    )
    found = session.execute(
        statement.group_by(col(Round.id), col(Round.opens_at)).order_by(col(Round.opens_at))
    )
    rows = [
        Row(str(number), _("Vòng {day}").format(day=f"{at.astimezone(span.zone):%d/%m/%Y}"), many)
        for number, at, many in found
    ]
    shown = hide([replace(row, value=float(row.value or 0)) for row in rows])
    return Figure(f"nguoi-thi-{unit}", title, _("Vòng thi"), _("Số người"), shown)


def _over_time(
    session: Session, span: Span, labels: Labels, figure: Figure, key: str, title: str
) -> Figure:
    """The questions behind a row, by day, week or month."""
    name = _key(key)
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
