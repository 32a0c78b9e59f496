"""Reports units hand in each year: a link for each, what was done, who is late, whom to remind."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, DateTime, UniqueConstraint, select
from sqlmodel import Field, Session, SQLModel, col

from bot.notices.plan import Activity, Plan
from faq.text import clean

DUE = (11, 25)
"""Month and day: reports are in before this day begins ("trước ngày 25/11")."""
LONGEST = 4_000
MOST = 10_000_000
State = Literal["in time", "late", "missing"]


class UnitReport(SQLModel, table=True):
    """A unit's report of a year; it is written through a link that is kept as its hash only."""

    __table_args__ = (UniqueConstraint("year", "unit"),)
    id: int | None = Field(default=None, primary_key=True)
    year: int
    unit: str
    link_hash: str = Field(unique=True)
    asked_at: datetime = Field(sa_type=DateTime(timezone=True))
    handed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    """When it was first handed in: that decides whether it was late."""
    changed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    note: str = ""


class UnitResult(SQLModel, table=True):
    """What a unit did for an activity, as it says."""

    __table_args__ = (UniqueConstraint("report_id", "activity"),)
    id: int | None = Field(default=None, primary_key=True)
    report_id: int = Field(foreign_key="unitreport.id")
    activity: str
    done: str = ""
    times: int | None = Field(default=None, sa_type=BigInteger)
    """How often: sessions, programmes, articles."""
    people: int | None = Field(default=None, sa_type=BigInteger)
    """How many people it reached."""


@dataclass(frozen=True)
class Result:
    """What a unit says of an activity."""

    activity: str
    done: str
    times: int | None
    people: int | None
    unit: str = ""


@dataclass(frozen=True)
class Standing:
    """How a unit stands with its report."""

    unit: str
    name: str
    state: State
    handed_at: datetime | None


def due_of(year: int) -> date:
    """The day before which reports of a year are in."""
    return date(year, *DUE)


def activities_of(plan: Plan, unit: str) -> tuple[Activity, ...]:
    """What a unit reports about."""
    return tuple(one for one in plan.activities if unit in one.units())


def invite(session: Session, year: int, unit: str, now: datetime) -> str:
    """Make the link's token for a unit's report; an older link stops working."""
    token = secrets.token_urlsafe(32)
    report = _of(session, year, unit)
    if report is None:
        report = UnitReport(year=year, unit=unit, link_hash=_hash(token), asked_at=now)
        session.add(report)
    report.link_hash = _hash(token)
    session.flush()
    return token


def _of(session: Session, year: int, unit: str) -> UnitReport | None:
    statement = select(UnitReport).where(col(UnitReport.year) == year, col(UnitReport.unit) == unit)
    return session.scalars(statement).first()


def by_token(session: Session, token: str) -> UnitReport | None:
    """The report a link leads to."""
    statement = select(UnitReport).where(col(UnitReport.link_hash) == _hash(token))
    return session.scalars(statement).first()


def hand_in(
    session: Session, report: UnitReport, results: Sequence[Result], note: str, now: datetime
) -> None:
    """Keep a unit's report; handed in again, the newer words count and the first time stays."""
    report.handed_at = report.handed_at or now
    report.changed_at, report.note = now, _kept(note)
    known = {row.activity: row for row in _rows(session, report)}
    for result in results:
        row = known.get(result.activity)
        if row is None:
            row = UnitResult(report_id=report.id or 0, activity=result.activity)
            session.add(row)
        row.done, row.times, row.people = _kept(result.done), result.times, result.people
    session.flush()


def _kept(text: str) -> str:
    """What was written, without what no table or document can hold."""
    return clean(text)[:LONGEST].strip()


def _rows(session: Session, report: UnitReport) -> Sequence[UnitResult]:
    statement = select(UnitResult).where(col(UnitResult.report_id) == report.id)
    return session.scalars(statement.order_by(col(UnitResult.id))).all()


def said(session: Session, report: UnitReport) -> dict[str, Result]:
    """What a report says so far, by activity."""
    return {
        row.activity: Result(row.activity, row.done, row.times, row.people, report.unit)
        for row in _rows(session, report)
    }


def results(session: Session, year: int) -> list[Result]:
    """What all units handed in for a year."""
    statement = (
        select(UnitReport, UnitResult)
        .join(UnitResult, col(UnitResult.report_id) == col(UnitReport.id))
        .where(col(UnitReport.year) == year, col(UnitReport.handed_at).is_not(None))
        .order_by(col(UnitReport.unit), col(UnitResult.id))
    )
    return [
        Result(row.activity, row.done, row.times, row.people, report.unit)
        for report, row in session.execute(statement)
    ]


def standings(session: Session, plan: Plan, year: int, zone: ZoneInfo) -> list[Standing]:
    """How each unit of the plan stands with its report; late and missing ones are the late list."""
    statement = select(UnitReport).where(col(UnitReport.year) == year)
    known: Mapping[str, UnitReport] = {row.unit: row for row in session.scalars(statement)}
    found = []
    for unit in plan.units.values():
        if activities_of(plan, unit.id):
            report = known.get(unit.id)
            at = report.handed_at if report else None
            found.append(Standing(unit.id, unit.name, _state(at, year, zone), at))
    return found


def _state(at: datetime | None, year: int, zone: ZoneInfo) -> State:
    if at is None:
        return "missing"
    return "in time" if at.astimezone(zone).date() < due_of(year) else "late"


def to_remind(found: Sequence[Standing]) -> list[Standing]:
    """The units whose report is still to come."""
    return [one for one in found if one.state == "missing"]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
