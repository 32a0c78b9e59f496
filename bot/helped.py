"""Figures of visits: how many people the digital teams helped, when, where, and with what"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import select
from sqlmodel import Session, col

from bot.desk.teams import HelpTeam
from bot.desk.visits import HelpVisit
from bot.i18n import _
from bot.reached import NO_KEY
from bot.rows import FEWEST, Figure, Row, Span, best, hide, short, together, weeks


def by_time(session: Session, span: Span) -> Figure | None:
    """Visits by whole week, each hidden by itself; None when nobody was helped in any."""
    counts = Counter(at for at, _visit in _visits(session, span))
    if not counts:
        return None
    rows = []
    for at, (begin, end) in enumerate(weeks(span)):
        row = Row(f"{begin}", short(begin, end, span), float(counts[at]))
        few = 0 < counts[at] < FEWEST
        rows.append(replace(row, value=None, mark=f"<{FEWEST}") if few else row)
    return Figure(
        "giup", _("Lượt giúp bà con"), _("Tuần"), _("Số lượt"), tuple(rows), "line", _note()
    )


def _note() -> str:
    return _(
        "Mỗi lượt là một lần thành viên tổ ngồi với một người. Chỉ cộng các tuần trọn, từ thứ hai "
        "đến chủ nhật, có từ 5 lượt."
    )


def by_team(session: Session, span: Span) -> Figure | None:
    """Visits by team, also of teams that are ended, over whole weeks."""
    names = {f"{row.id}": row.name for row in session.scalars(select(HelpTeam))}
    keys = ((at, f"{visit.team_id}") for at, visit in _visits(session, span))
    return _figure("giup-to", _("Lượt giúp theo tổ"), _("Tổ"), _rows(keys, span, names))


def by_hamlet(session: Session, span: Span, hamlets: Mapping[str, str]) -> Figure | None:
    """Visits by the thôn of the one who was helped, over whole weeks."""
    names = {**hamlets, NO_KEY: _("Không rõ thôn")}
    keys = ((at, visit.hamlet or NO_KEY) for at, visit in _visits(session, span))
    return _figure("giup-thon", _("Lượt giúp theo thôn"), _("Thôn"), _rows(keys, span, names))


def by_kind(session: Session, span: Span) -> Figure | None:
    """Visits by what they were for, over whole weeks; one may be for several things."""
    names = {
        "asked": _("Hỏi đáp"),
        "registered": _("Đăng ký dự buổi"),
        "passed_on": _("Chuyển câu hỏi cho cán bộ"),
    }
    keys = (
        (at, kind) for at, visit in _visits(session, span) for kind in names if getattr(visit, kind)
    )
    figure = _figure("giup-viec", _("Giúp việc gì"), _("Việc"), _rows(keys, span, names))
    return replace(figure, note=_("Một lượt có thể giúp nhiều việc.")) if figure else None


def _figure(name: str, title: str, head: str, rows: list[Row]) -> Figure | None:
    return Figure(name, title, head, _("Số lượt"), best(rows)) if rows else None


def _rows(keys: Iterable[tuple[int, str]], span: Span, names: Mapping[str, str]) -> list[Row]:
    """Of each group the sum of the weeks in which it is shown (decision 0008)."""
    counts = Counter(keys)
    groups = sorted({key for _at, key in counts})
    cells: dict[str, list[Row]] = {key: [] for key in groups}
    for at in range(len(weeks(span))):
        for row in hide([Row(key, key, float(counts[at, key])) for key in groups]):
            cells[row.key].append(row)
    return [together(cells[key], key, names.get(key, key)) for key in groups]


def _visits(session: Session, span: Span) -> list[tuple[int, HelpVisit]]:
    """The visits of the whole weeks of a span, each with the number of its week."""
    parts = weeks(span)
    if not parts:
        return []
    whole = Span(parts[0][0], parts[-1][1], span.zone)
    statement = select(HelpVisit).where(
        col(HelpVisit.started_at) >= whole.begin, col(HelpVisit.started_at) < whole.end
    )
    return [
        ((visit.started_at.astimezone(span.zone).date() - whole.first).days // 7, visit)
        for visit in session.scalars(statement)
    ]
