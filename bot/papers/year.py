"""Everything a year left behind, gathered for its report: the plan, units' reports, the figures."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlmodel import Session

from bot import figures, traced
from bot.content import Content
from bot.i18n import speaking
from bot.notices import ledger, reports
from bot.notices.plan import Activity, Plan, late
from bot.notices.programme import Programme
from bot.notices.reports import Result, Standing
from bot.papers.record import safe
from bot.rows import Figure, Span
from bot.traced import DOWN

STATES = {"planned": "Chưa làm", "doing": "Đang làm", "done": "Đã xong", "dropped": "Không làm"}
HANDED = {"in time": "Đúng hạn", "late": "Trễ hạn", "missing": "Chưa gửi"}


@dataclass(frozen=True)
class Year:
    """What the papers of a year say."""

    span: Span
    now: datetime
    plan: Plan
    figures: tuple[Figure, ...]
    behind: tuple[tuple[Figure, str, Figure], ...]
    """A figure, the name of one of its rows, and the counts over time behind that row."""
    results: tuple[Result, ...]
    standings: tuple[Standing, ...]

    @property
    def number(self) -> int:
        """The year, by the last day."""
        return self.span.last.year

    @property
    def today(self) -> date:
        """The day on the island."""
        return self.now.astimezone(self.span.zone).date()

    def late(self) -> list[Activity]:
        """What should have been done by now."""
        return late(self.plan, self.today)

    def name(self, unit: str) -> str:
        """How a unit is called."""
        known = self.plan.units.get(unit)
        return known.name if known else unit

    def told(self, activity: str) -> list[Result]:
        """What units say they did for an activity."""
        return [one for one in self.results if one.activity == activity]

    def period(self) -> str:
        """The days the report is about."""
        first, last = self.span.first, self.span.last
        return f"từ {first:%d/%m/%Y} đến hết {last:%d/%m/%Y}"


def gather(
    session: Session, span: Span, content: Content, programme: Programme, now: datetime
) -> Year:
    """Read everything once."""
    labels = figures.labels_of(content, programme.names.units, programme.events)
    with speaking("vi"):
        found = figures.all_of(session, span, labels)
        down = partial(traced.behind, session, span, labels)
        behind = [
            (figure, row.label, below)
            for figure in found
            if figure.id in DOWN
            for row in figure.rows
            if row.value and (below := down(figure.id, row.key))
        ]
    year = span.last.year
    current = ledger.current(session, programme.plan)
    return Year(
        span,
        now,
        current,
        tuple(found),
        tuple(behind),
        tuple(reports.results(session, year)),
        tuple(reports.standings(session, current, year, span.zone)),
    )


def one_line(text: str) -> str:
    """What somebody wrote in a form, as a document may carry it."""
    return safe(text.replace("\r\n", "; ").replace("\n", "; "))
