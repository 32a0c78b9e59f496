"""Figures of visits: how many people the digital teams helped, when, where, and with what"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session

from bot.db import table_of
from bot.desk.teams import HelpTeam
from bot.desk.visits import HelpVisit
from bot.i18n import _
from bot.reached import NO_KEY
from bot.rows import Figure, Row, Span, alone, best, parted, short, together, weeks


class _Visit(NamedTuple):
    """A visit as far as it is counted."""

    week: int
    """The number of its week among the whole weeks of the span."""
    team: str
    hamlet: str
    kinds: tuple[str, ...]
    """What it was for."""


def all_of(session: Session, span: Span, hamlets: Mapping[str, str]) -> list[Figure]:
    """Over time, by what they were for, by team and by thôn; none when nobody was helped."""
    visits = _visits(session, span)
    if not visits:
        return []
    found = [_by_time(visits, span), _by_kind(visits, span), _by_team(session, visits, span)]
    if hamlets:
        found.append(_by_hamlet(visits, span, hamlets))
    return [figure for figure in found if figure.rows]


def _by_time(visits: list[_Visit], span: Span) -> Figure:
    """Visits by whole week, each hidden by itself."""
    counts = Counter(visit.week for visit in visits)
    rows = tuple(
        alone(Row(f"{begin}", short(begin, end, span), float(counts[at])))
        for at, (begin, end) in enumerate(weeks(span))
    )
    return Figure("giup", _("Lượt giúp bà con"), _("Tuần"), _("Số lượt"), rows, "line", _note())


def _note() -> str:
    return _(
        "Mỗi lượt là một lần thành viên tổ ngồi với một người. Chỉ cộng các tuần trọn, từ thứ hai "
        "đến chủ nhật, có từ 5 lượt."
    )


def _by_team(session: Session, visits: list[_Visit], span: Span) -> Figure:
    """Visits by team, also of teams that are ended, over whole weeks."""
    names = {f"{row.id}": row.name for row in session.scalars(select(HelpTeam))}
    keys = ((visit.week, visit.team) for visit in visits)
    return _figure("giup-to", _("Lượt giúp theo tổ"), _("Tổ"), _rows(keys, span, names))


def _by_hamlet(visits: list[_Visit], span: Span, hamlets: Mapping[str, str]) -> Figure:
    """Visits by the thôn of the one who was helped, over whole weeks."""
    names = {**hamlets, NO_KEY: _("Không rõ thôn")}
    keys = ((visit.week, visit.hamlet or NO_KEY) for visit in visits)
    return _figure("giup-thon", _("Lượt giúp theo thôn"), _("Thôn"), _rows(keys, span, names))


def _by_kind(visits: list[_Visit], span: Span) -> Figure:
    """Visits by what they were for, over whole weeks; one may be for several things."""
    names = {
        "asked": _("Hỏi đáp"),
        "registered": _("Đăng ký dự buổi"),
        "passed_on": _("Chuyển câu hỏi cho cán bộ"),
    }
    keys = ((visit.week, kind) for visit in visits for kind in visit.kinds)
    figure = _figure("giup-viec", _("Giúp việc gì"), _("Việc"), _rows(keys, span, names))
    return replace(figure, note=_("Một lượt có thể giúp nhiều việc."))


def _figure(name: str, title: str, head: str, rows: list[Row]) -> Figure:
    return Figure(name, title, head, _("Số lượt"), best(rows))


def _rows(keys: Iterable[tuple[int, str]], span: Span, names: Mapping[str, str]) -> list[Row]:
    """Of each group the sum of the weeks in which it is shown."""
    counts: list[Counter[str]] = [Counter() for _week in weeks(span)]
    for at, key in keys:
        counts[at][key] += 1
    return [together(cells, key, names.get(key, key)) for key, cells in parted(counts).items()]


_VISIT = table_of(HelpVisit).c
_KINDS = ("asked", "registered", "passed_on")


def _visits(session: Session, span: Span) -> list[_Visit]:
    """The visits of the whole weeks of a span, read once for all figures."""
    parts = weeks(span)
    if not parts:
        return []
    whole = Span(parts[0][0], parts[-1][1], span.zone)
    kinds = [_VISIT[kind] for kind in _KINDS]
    statement = select(_VISIT.started_at, _VISIT.team_id, _VISIT.hamlet, *kinds).where(
        _VISIT.started_at >= whole.begin, _VISIT.started_at < whole.end
    )
    return [
        _Visit(
            (at.astimezone(span.zone).date() - whole.first).days // 7,
            f"{team}",
            hamlet,
            tuple(kind for kind, count in zip(_KINDS, counts, strict=True) if count),
        )
        for at, team, hamlet, *counts in session.execute(statement)
    ]
