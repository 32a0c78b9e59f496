"""What units hand in about the plan: how far an activity is, when it is due, what it will cost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast

from sqlalchemy import BigInteger, DateTime, UniqueConstraint, select
from sqlmodel import Field, Session, SQLModel, col

from bot.notices.plan import Activity, Plan, State


class PlanEdit(SQLModel, table=True):
    """How far an activity is, as an organiser said; the newest counts."""

    id: int | None = Field(default=None, primary_key=True)
    activity: str = Field(index=True)
    who: str
    at: datetime = Field(sa_type=DateTime(timezone=True))
    status: str = ""
    """Empty: as before."""
    due: date | None = None
    """None: as before."""


class Estimate(SQLModel, table=True):
    """What a unit reckons one item of an activity will cost, in đồng; the newest figure counts."""

    __table_args__ = (UniqueConstraint("activity", "unit", "item"),)
    id: int | None = Field(default=None, primary_key=True)
    activity: str
    unit: str
    item: str
    amount: int = Field(sa_type=BigInteger)
    who: str
    at: datetime = Field(sa_type=DateTime(timezone=True))


class UnknownActivityError(Exception):
    """The plan has no activity, or no unit, of this name."""


@dataclass(frozen=True)
class Line:
    """One estimate: whose, for what, how much."""

    activity: str
    unit: str
    item: str
    amount: int


def current(session: Session, plan: Plan) -> Plan:
    """The plan of this moment: the file with what was handed in since."""
    edits: dict[str, list[PlanEdit]] = {}
    for row in session.scalars(select(PlanEdit).order_by(col(PlanEdit.id))):
        edits.setdefault(row.activity, []).append(row)
    sums = _sums(estimates(session))
    return replace(
        plan,
        activities=tuple(
            _with(one, edits.get(one.id, []), sums.get(one.id)) for one in plan.activities
        ),
    )


def _with(activity: Activity, edits: Sequence[PlanEdit], cost: int | None) -> Activity:
    for row in edits:
        status = cast("State", row.status or activity.status)
        activity = replace(activity, status=status, due=row.due or activity.due)
    return activity if cost is None else replace(activity, estimate=cost)


def report(
    session: Session,
    plan: Plan,
    activity: str,
    who: str,
    now: datetime,
    *,
    status: State | None = None,
    due: date | None = None,
) -> None:
    """Write down how far an activity is, or when it is due. Raises UnknownActivityError."""
    if activity not in {one.id for one in plan.activities}:
        raise UnknownActivityError(activity)
    session.add(PlanEdit(activity=activity, who=who, at=now, status=status or "", due=due))


def hand_in(session: Session, plan: Plan, line: Line, who: str, now: datetime) -> None:
    """Keep a unit's estimate; the same item again replaces it. Raises UnknownActivityError."""
    if line.activity not in {one.id for one in plan.activities}:
        raise UnknownActivityError(line.activity)
    if line.unit not in plan.units:
        raise UnknownActivityError(line.unit)
    statement = select(Estimate).where(
        col(Estimate.activity) == line.activity,
        col(Estimate.unit) == line.unit,
        col(Estimate.item) == line.item,
    )
    row = session.scalars(statement).first()
    if row is None:
        row = Estimate(
            activity=line.activity, unit=line.unit, item=line.item, amount=0, who=who, at=now
        )
        session.add(row)
    row.amount, row.who, row.at = line.amount, who, now
    session.flush()


def estimates(session: Session) -> list[Line]:
    """Every estimate handed in, by activity, unit and item."""
    order = (col(Estimate.activity), col(Estimate.unit), col(Estimate.item))
    rows = session.scalars(select(Estimate).order_by(*order))
    return [Line(row.activity, row.unit, row.item, row.amount) for row in rows]


def _sums(lines: Sequence[Line]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.activity] = sums.get(line.activity, 0) + line.amount
    return sums


def by_unit(lines: Sequence[Line]) -> dict[str, int]:
    """What each unit needs in all."""
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.unit] = sums.get(line.unit, 0) + line.amount
    return sums
