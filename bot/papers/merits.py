"""A commendation gathered: every unit measured and ranked, and which of them were chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot import figures
from bot.content import Content
from bot.i18n import number, speaking
from bot.notices import commended, ledger, merit
from bot.notices.merit import Line, Measured, Merit
from bot.notices.programme import Programme
from bot.papers.certificates import Certificate
from bot.papers.measures import MEASURES, Asked
from bot.rows import Span


@dataclass(frozen=True)
class Commendation:
    """What the papers of a commendation say."""

    span: Span
    now: datetime
    merit: Merit
    names: Mapping[str, str]
    lines: tuple[Line, ...]
    chosen: frozenset[str]

    @property
    def number(self) -> int:
        """The year, by the last day."""
        return self.span.last.year

    def name(self, unit: str) -> str:
        """How a unit is called."""
        return self.names.get(unit, unit)

    def commended(self) -> list[Line]:
        """The lines of the units that were chosen, in the order of the ranking."""
        return [line for line in self.lines if line.unit in self.chosen]


def gather(
    session: Session, span: Span, content: Content, programme: Programme, now: datetime
) -> Commendation:
    """Measure every unit of the plan and of the places, and rank them."""
    names = programme.names.units
    with speaking("vi"):
        labels = figures.labels_of(content, names, programme.current(session))
        today = now.astimezone(span.zone).date()
        plan = ledger.current(session, programme.plan)
        asked = Asked(session, span, plan, programme, labels, today)
        wanted = {one.measure for one in programme.merit.criteria}
        found = {name: measure(asked) for name, measure in MEASURES.items() if name in wanted}
    lines = tuple(merit.rank(programme.merit, tuple(names), found))
    chosen = commended.of(session, span.last.year) & names.keys()
    return Commendation(span, now, programme.merit, names, lines, frozenset(chosen))


def certificates_of(kept: Commendation, operator: str) -> list[Certificate]:
    """A certificate for each chosen unit, in the order of the ranking."""
    words = kept.merit.certificate
    reason = words.reason.replace("{year}", str(kept.number))
    return [
        Certificate(operator, words.kind, kept.name(line.unit), reason, words.signer)
        for line in kept.commended()
    ]


def shown(figure: Measured, unit: str) -> str:
    """A figure with what it is counted in, or why it is missing."""
    if figure.value is None:
        return f"thiếu: {figure.why}"
    return f"{number(figure.value, 1)}{'' if unit == '%' else ' '}{unit}"
