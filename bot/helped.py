"""Figures of visits: how many people the digital teams helped, when, where, and with what"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from bot.desk.teams import HelpTeam
from bot.desk.visits import HelpVisit
from bot.i18n import _
from bot.reached import NO_KEY
from bot.rows import Figure, Row, Span, over_time, ranked


def _in(span: Span) -> tuple[ColumnElement[bool], ...]:
    return col(HelpVisit.started_at) >= span.begin, col(HelpVisit.started_at) < span.end


def by_time(session: Session, span: Span) -> Figure | None:
    """Visits over time; None when nobody was helped in these days."""
    found = session.scalars(select(col(HelpVisit.started_at)).where(*_in(span)))
    counts = Counter(at.astimezone(span.zone).date() for at in found)
    if not counts:
        return None
    title, head = _("Lượt giúp bà con"), _("Thời gian")
    rows = over_time(counts, span)
    return Figure("giup", title, head, _("Số lượt"), rows, "line", _note())


def _note() -> str:
    return _("Mỗi lượt là một lần thành viên tổ ngồi với một người; không ghi tên người được giúp.")


def by_team(session: Session, span: Span) -> Figure | None:
    """Visits by team, also of teams that are ended."""
    names = {row.id: row.name for row in session.scalars(select(HelpTeam))}
    counts = _counted(session, span, col(HelpVisit.team_id))
    rows = [Row(f"{key}", names.get(key, f"{key}"), float(count)) for key, count in counts.items()]
    if not rows:
        return None
    title = _("Lượt giúp theo tổ")
    return Figure("giup-to", title, _("Tổ"), _("Số lượt"), ranked(rows))


def by_hamlet(session: Session, span: Span, hamlets: Mapping[str, str]) -> Figure | None:
    """Visits by the thôn of the team."""
    counts = _counted(session, span, col(HelpVisit.hamlet))
    rows = [
        Row(key or NO_KEY, hamlets.get(key, key) or _("Cả đảo"), float(count))
        for key, count in counts.items()
    ]
    if not rows:
        return None
    title = _("Lượt giúp theo thôn")
    return Figure("giup-thon", title, _("Thôn"), _("Số lượt"), ranked(rows))


def by_kind(session: Session, span: Span) -> Figure | None:
    """Visits by what they were for; one may be for several things, so nothing adds up to a total
    from which a hidden row could be reckoned."""
    kinds = {
        "asked": (_("Hỏi đáp"), HelpVisit.asked),
        "registered": (_("Đăng ký dự buổi"), HelpVisit.registered),
        "passed_on": (_("Chuyển câu hỏi cho cán bộ"), HelpVisit.passed_on),
    }
    rows = []
    for key, (name, column) in kinds.items():
        statement = select(func.count()).where(*_in(span), col(column) > 0)
        rows.append(Row(key, name, float(session.scalar(statement) or 0)))
    if not any(row.value for row in rows):
        return None
    note = _("Một lượt có thể giúp nhiều việc.")
    title = _("Giúp việc gì")
    return Figure("giup-viec", title, _("Việc"), _("Số lượt"), ranked(rows), note=note)


def _counted(session: Session, span: Span, column: Mapped[Any]) -> dict[Any, int]:
    statement = select(column, func.count()).where(*_in(span)).group_by(column)
    return {key: int(count) for key, count in session.execute(statement)}
