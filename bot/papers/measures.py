"""The figures criteria of commendation may ask for, by unit: each with the rows it comes from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import select
from sqlmodel import Session, col

from bot import played, reached
from bot.desk.handed import Handed
from bot.figures import Labels
from bot.notices import reports
from bot.notices.ledger import PlanEdit
from bot.notices.merit import Evidence, Measure, Measured
from bot.notices.plan import OPEN, Activity, Plan
from bot.notices.programme import Programme
from bot.notices.reports import UnitReport, UnitResult
from bot.notices.taking_part import INVITED
from bot.played import Contests
from bot.reached import NO_KEY
from bot.rows import FEWEST, Figure, Row, Span, alone
from faq.text import fold
from faq.unanswered import Unanswered

Figures = Mapping[str, Measured]
"""The figures of a measure, by unit; a unit that is not there has none."""
FEW = f"nhóm dưới {FEWEST} người, không nêu số"
NOT_YET = "chưa đến hạn"


@dataclass(frozen=True)
class Asked:
    """What a measure works with."""

    session: Session
    span: Span
    plan: Plan
    programme: Programme
    labels: Labels
    today: date

    @cached_property
    def talks(self) -> dict[str, list[Row]]:
        """By leading unit, what people checked in to, as figures show it."""
        return _talks(self)

    @cached_property
    def contests(self) -> Contests:
        """The rounds opened in these days."""
        return played.contests(self.session, self.span)

    def on(self, at: datetime) -> date:
        """The day of a moment on the island."""
        return at.astimezone(self.span.zone).date()


def activities_in_time(asked: Asked) -> Figures:
    """Percent of the activities a unit leads, due in these days, that were done by their day.

    From `planedit`: the day is the one on which an organiser said that it is done.
    """
    done = _done(asked)
    kept: dict[str, list[tuple[bool | None, Evidence]]] = {}
    for one in asked.plan.activities:
        if one.due and one.status != "dropped" and asked.span.first <= one.due <= asked.span.last:
            judged = _judged(asked, one, one.due, done.get(one.id))
            kept.setdefault(one.lead, []).append(judged)
    return {unit: _share(found) for unit, found in kept.items()}


def _done(asked: Asked) -> dict[str, PlanEdit]:
    """For each activity that is done, the row that first said so since it was last open."""
    found: dict[str, PlanEdit] = {}
    for row in asked.session.scalars(select(PlanEdit).order_by(col(PlanEdit.id))):
        if row.status == "done":
            found.setdefault(row.activity, row)
        elif row.status:
            found.pop(row.activity, None)
    return found


def _judged(
    asked: Asked, one: Activity, due: date, row: PlanEdit | None
) -> tuple[bool | None, Evidence]:
    """Whether an activity was done in time; None when that cannot be said."""
    what, until = one.title, f"hạn {_day(due)}"
    if row is not None:
        day = asked.on(row.at)
        said = "đúng hạn" if day <= due else "trễ hạn"
        seen = Evidence(what, f"{until}, xong {_day(day)}: {said}", f"planedit {row.id}")
        return day <= due, seen
    if one.status in OPEN:
        late = due < asked.today
        said = "quá hạn, chưa xong" if late else f"{NOT_YET}, không tính"
        return (False if late else None), Evidence(what, f"{until}: {said}", f"plan.yaml {one.id}")
    said = "kế hoạch ghi đã xong, không rõ ngày xong, không tính"
    return None, Evidence(what, f"{until}: {said}", f"plan.yaml {one.id}")


def _share(found: Sequence[tuple[bool | None, Evidence]], why: str = NOT_YET) -> Measured:
    """Percent of what could be judged; missing when nothing could."""
    judged = [good for good, _row in found if good is not None]
    rows = tuple(row for _good, row in found)
    if not judged:
        return Measured(None, why, rows)
    return Measured(round(100 * sum(judged) / len(judged), 1), "", rows)


def report_in_time(asked: Asked) -> Figures:
    """100 for a report of the last day's year handed in before its due date, 0 for a late one.

    From `unitreport`; one that is not there is late once the date has come.
    """
    year = asked.span.last.year
    due = reports.due_of(year)
    statement = select(UnitReport).where(col(UnitReport.year) == year)
    rows = {row.unit: row.id for row in asked.session.scalars(statement)}
    found: dict[str, Measured] = {}
    for one in reports.standings(asked.session, asked.plan, year, asked.span.zone):
        what = f"Báo cáo năm {year}, trước ngày {_day(due)}"
        row = f"unitreport {rows[one.unit]}" if one.unit in rows else ""
        if one.handed_at is None:
            late = asked.today >= due
            seen = Evidence(what, "chưa gửi", row)
            found[one.unit] = Measured(0 if late else None, "" if late else NOT_YET, (seen,))
            continue
        good = one.state == "in time"
        said = f"gửi {_day(asked.on(one.handed_at))}: {'đúng hạn' if good else 'trễ hạn'}"
        found[one.unit] = Measured(100 if good else 0, "", (Evidence(what, said, row),))
    return found


def _talks(asked: Asked) -> dict[str, list[Row]]:
    """By leading unit, each event of these days people checked in to, as figures show it."""
    events = {one.id: one for one in asked.programme.current(asked.session)}
    kept: dict[str, list[Row]] = {}
    for name, hamlets in reached.came_to(asked.session, asked.span).items():
        event = events.get(name.partition("@")[0])
        if event is not None and event.kind in INVITED and event.lead:
            row = alone(Row(name, name, float(hamlets.total())))
            kept.setdefault(event.lead, []).append(row)
    return kept


def _named(asked: Asked, occurrence: str) -> str:
    event, _at, day = occurrence.partition("@")
    title = asked.labels.events.get(event, event)
    return f"{title} ({_day(date.fromisoformat(day))})" if day else title


def talks_held(asked: Asked) -> Figures:
    """How many talks and other events a unit led in these days to which people checked in.

    From `attendance`: one that nobody checked in to cannot be seen.
    """
    return {
        unit: Measured(
            float(len(found)),
            "",
            tuple(
                Evidence(_named(asked, row.key), "có người điểm danh", f"attendance {row.key}")
                for row in found
            ),
        )
        for unit, found in asked.talks.items()
    }


def people_at_talks(asked: Asked) -> Figures:
    """How often people checked in to what a unit led; events of few people are left out.

    From `attendance`.
    """
    return {
        unit: _total(
            [(Evidence(_named(asked, row.key), "", f"attendance {row.key}"), row) for row in found]
        )
        for unit, found in asked.talks.items()
    }


def _total(found: Sequence[tuple[Evidence, Row]]) -> Measured:
    """The sum of what is shown: what is hidden is in no sum, so that none gives it away."""
    rows = tuple(
        Evidence(seen.what, row.shown if row.value is not None else FEW, seen.row)
        for seen, row in found
    )
    shown = [row.value for _seen, row in found if row.value is not None]
    return Measured(sum(shown), "", rows) if shown else Measured(None, FEW, rows)


def people_reached(asked: Asked) -> Figures:
    """How many people a unit says it reached, over the activities of its year's report.

    From `unitresult`, of reports that were handed in; an activity of few people is left out.
    """
    statement = (
        select(UnitReport.unit, col(UnitResult.id), UnitResult.activity, UnitResult.people)  # type: ignore[call-overload]
        .join(UnitResult, col(UnitResult.report_id) == col(UnitReport.id))
        .where(
            col(UnitReport.year) == asked.span.last.year,
            col(UnitReport.handed_at).is_not(None),
            col(UnitResult.people).is_not(None),
        )
        .order_by(col(UnitResult.id))
    )
    titles = {one.id: one.title for one in asked.plan.activities}
    kept: dict[str, list[tuple[Evidence, Row]]] = {}
    for unit, id_, activity, people in asked.session.execute(statement):
        seen = Evidence(titles.get(activity, activity), "", f"unitresult {id_}")
        value = None if 0 < people < FEWEST else float(people)
        kept.setdefault(unit, []).append((seen, Row(activity, activity, value)))
    return {unit: _total(found) for unit, found in kept.items()}


def quiz_players(asked: Asked) -> Figures:
    """How often people of a unit took part in contests opened in these days, as figures show it.

    From `standing`, by round; rounds of few people of the unit are left out.
    """
    figure = played.by_unit(asked.contests, asked.labels.units)
    return {row.key: _shown(row, _rounds(asked, row)) for row in _units(figure)}


def _rounds(asked: Asked, row: Row) -> tuple[Evidence, ...]:
    if row.value is None:
        return ()
    below = played.behind_unit(asked.contests, row.key, "", asked.span)
    return tuple(
        Evidence(
            one.label,
            FEW if one.value is None else f"{one.shown} người",
            f"standing, round {one.key}",
        )
        for one in below.rows
    )


def quiz_right(asked: Asked) -> Figures:
    """Percent of what people of a unit answered in these contests that was right.

    From `standing`.
    """
    figure = played.scores(asked.contests, asked.labels.units)
    return {
        row.key: _shown(
            row, (Evidence("Mọi vòng thi trong kỳ", f"{row.shown}% câu đúng", "standing"),)
        )
        for row in _units(figure)
    }


def _units(figure: Figure | None) -> list[Row]:
    return [row for row in figure.rows if row.key != NO_KEY] if figure else []


def _shown(row: Row, evidence: tuple[Evidence, ...]) -> Measured:
    return Measured(None, FEW) if row.value is None else Measured(row.value, "", evidence)


def questions_in_time(asked: Asked) -> Figures:
    """Percent of the questions handed to a unit, due in these days, answered by their day.

    From `handed` and `unanswered`; the unit is the one written when it was handed, by name or id.
    """
    statement = (
        select(Handed, Unanswered)
        .join(Unanswered, col(Unanswered.id) == col(Handed.question))
        .where(col(Handed.due) >= asked.span.first, col(Handed.due) <= asked.span.last)
        .order_by(col(Handed.due), col(Handed.question))
    )
    known = {fold(word): unit for unit, words in _called(asked) for word in words if word}
    kept: dict[str, list[tuple[bool | None, Evidence]]] = {}
    for row, question in asked.session.execute(statement):
        unit = known.get(fold(row.unit))
        if unit:
            kept.setdefault(unit, []).append(_answered(asked, row, question))
    return {unit: _share(found) for unit, found in kept.items()}


def _called(asked: Asked) -> Iterable[tuple[str, tuple[str, ...]]]:
    for unit, name in asked.programme.names.units.items():
        planned = asked.plan.units.get(unit)
        yield unit, (unit, name, planned.name if planned else "", planned.was if planned else "")


def _answered(asked: Asked, row: Handed, question: Unanswered) -> tuple[bool | None, Evidence]:
    what, until = f"Câu hỏi {question.code}", f"hạn {_day(row.due)}"
    place = f"handed {row.question}"
    if question.answered_at is not None:
        day = asked.on(question.answered_at)
        good = day <= row.due
        said = f"{until}, trả lời {_day(day)}: {'đúng hạn' if good else 'trễ hạn'}"
        return good, Evidence(what, said, place)
    if row.due < asked.today:
        return False, Evidence(what, f"{until}: quá hạn, chưa trả lời", place)
    return None, Evidence(what, f"{until}: {NOT_YET}, không tính", place)


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


MEASURES: Mapping[Measure, Callable[[Asked], Figures]] = {
    "activities_in_time": activities_in_time,
    "report_in_time": report_in_time,
    "talks_held": talks_held,
    "people_at_talks": people_at_talks,
    "people_reached": people_reached,
    "quiz_players": quiz_players,
    "quiz_right": quiz_right,
    "questions_in_time": questions_in_time,
}
"""How each measure a criterion may name is taken."""
