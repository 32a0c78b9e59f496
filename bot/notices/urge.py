"""Units urged (đôn đốc): each once for a day and a step, and who must be telephoned instead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, UniqueConstraint, select, update
from sqlmodel import Field, Session, SQLModel, col

from bot import organisers
from bot.db import changed, insert_new
from bot.i18n import _, speaking
from bot.notices import announce, contacts, duties, ledger, reports
from bot.notices.announce import Draft, wake
from bot.notices.audience import Audience, reason
from bot.notices.duties import Duty, Errand
from bot.notices.plan import Plan
from bot.notices.reports import UnitReport
from bot.notices.tally import tally
from bot.organisers import Organiser

AUTHOR = "unit reminder"
FRESH = {"populate_existing": True}
LOT = 50
"""Units a transaction serves."""
NOBODY, UNJOINED = "nobody", "unjoined"
"""Nobody is named for the unit; who is named has not joined in any chat."""


class Urge(SQLModel, table=True):
    """A unit was reminded of what it owes by a day, at a step: once, whichever process did it."""

    __table_args__ = (UniqueConstraint("unit", "last", "step"),)
    id: int | None = Field(default=None, primary_key=True)
    unit: str
    last: date
    """The last day on which it is in time."""
    step: int
    """Days before; 0: late."""
    notice_id: int | None = None
    """The notice that went out; none when there was nobody to send it to."""
    why: str = ""
    at: datetime = Field(sa_type=DateTime(timezone=True))
    called_by: str = ""
    """The organiser who telephoned instead."""
    called_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


@dataclass(frozen=True)
class Told:
    """What became of a reminder, while the unit still owes something by that day."""

    urge: Urge
    duties: tuple[Duty, ...]
    who: tuple[str, ...]
    reached: bool
    why: str
    """Why it did not reach them, in words; empty when it did, or is under way."""

    @property
    def call(self) -> bool:
        """Whether somebody should telephone."""
        return bool(self.why) and self.urge.called_at is None


def owed(session: Session, planned: Plan, today: date, zone: ZoneInfo) -> list[Duty]:
    """What all units owe now; reports of this year when the plan is this year's, or we asked."""
    year, plan = today.year, ledger.current(session, planned)
    standings = reports.standings(session, plan, year, zone)
    asked = set(session.scalars(select(col(UnitReport.unit)).where(col(UnitReport.year) == year)))
    missing = {one.unit for one in reports.to_remind(standings)}
    owing = missing if plan.year == year else missing & asked
    return duties.owed(plan, owing, year, reports.due_of(year))


def send(session: Session, planned: Plan, now: datetime, zone: ZoneInfo) -> int:
    """Remind the units whose step has come; how many. Never at night."""
    if wake(now, zone) > now:
        return 0
    today = now.astimezone(zone).date()
    found = duties.errands(owed(session, planned, today, zone), today, planned.remind)
    known = {(row.unit, row.last, row.step) for row in session.scalars(select(Urge))}
    fresh = [one for one in found if (one.unit, one.last, one.step) not in known]
    people = contacts.of(session) if fresh else {}
    return sum(_send(session, planned, one, people, now, zone) for one in fresh[:LOT])


def _send(
    session: Session,
    planned: Plan,
    errand: Errand,
    people: Mapping[str, tuple[Organiser, ...]],
    now: datetime,
    zone: ZoneInfo,
) -> int:
    """Remind a unit; 0 when another process was faster."""
    key = {"unit": errand.unit, "last": errand.last, "step": errand.step}
    row = {**key, "notice_id": None, "why": "", "at": now, "called_by": "", "called_at": None}
    if not insert_new(session, Urge, [row]):
        return 0
    who = people.get(errand.unit, ())
    joined = [one.person_id for one in who if one.person_id is not None]
    if joined:
        values: dict[str, object] = {
            "notice_id": _notice(session, planned, errand, joined, now, zone)
        }
    else:
        values = {"why": UNJOINED if who else NOBODY}
    mine = update(Urge).filter_by(**key).values(**values)
    session.execute(mine.execution_options(synchronize_session=False))
    return 1


def _notice(
    session: Session,
    planned: Plan,
    errand: Errand,
    people: Sequence[int],
    now: datetime,
    zone: ZoneInfo,
) -> int:
    unit, today = planned.units[errand.unit].name, now.astimezone(zone).date()
    words = []
    for language in ("vi", "en"):
        with speaking(language):
            words.append(duties.said(errand, unit, today))
    draft = Draft(words[0], words[1], Audience(named=True))
    notice = announce.write(session, draft, AUTHOR, now, named=people)
    announce.send(session, notice, AUTHOR, now, zone)
    return announce.id_of(notice)


def listed(session: Session, planned: Plan, today: date, zone: ZoneInfo) -> list[Told]:
    """The newest reminder of each unit and day that is still owed; the nearest day first."""
    open_: dict[tuple[str, date], list[Duty]] = {}
    for duty in owed(session, planned, today, zone):
        open_.setdefault((duty.unit, duty.last), []).append(duty)
    newest: dict[tuple[str, date], Urge] = {}
    for row in session.scalars(select(Urge).order_by(col(Urge.id)), execution_options=FRESH):
        if (row.unit, row.last) in open_:
            newest[row.unit, row.last] = row
    people = contacts.of(session)
    rows = sorted(newest.values(), key=lambda row: (row.last, row.unit))
    return [_told(session, row, open_[row.unit, row.last], people) for row in rows]


def _told(
    session: Session,
    row: Urge,
    owing: Sequence[Duty],
    people: Mapping[str, tuple[Organiser, ...]],
) -> Told:
    who = tuple(one.name for one in people.get(row.unit, ()))
    reached, why = _outcome(session, row)
    return Told(row, tuple(owing), who, reached, why)


def _outcome(session: Session, row: Urge) -> tuple[bool, str]:
    """Whether it reached somebody; else why not, in words, unless it is still under way."""
    if row.notice_id is None:
        nobody = _("lúc nhắc chưa có đầu mối của đơn vị")
        return False, nobody if row.why == NOBODY else _("lúc nhắc đầu mối chưa vào chat với bot")
    told = tally(session, row.notice_id)
    if told.sent or told.later:
        return True, ""
    if told.left:
        return False, ""
    whys = [reason(why) for why in (*told.unreached, *told.failed)]
    if told.unknown:
        whys.append(_("không rõ đã đến hay chưa"))
    return False, ", ".join(dict.fromkeys(whys)) or _("tin đã bị dừng")


def called(session: Session, number: int, who: str, now: datetime) -> bool:
    """Write down that somebody telephoned; whether nobody had before."""
    mine = update(Urge).where(col(Urge.id) == number, col(Urge.called_at).is_(None))
    done = session.execute(
        mine.values(called_by=who, called_at=now).execution_options(synchronize_session=False)
    )
    if not changed(done):
        return False
    organisers.note(session, who, "units.called", f"urge {number}", now)
    return True
