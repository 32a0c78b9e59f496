"""Reminders: a week, a day, two hours before; each once, late ones marked, none lost silently."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, UniqueConstraint, select, update
from sqlmodel import Field, Session, SQLModel, col

from bot.db import insert_new
from bot.notices import announce
from bot.notices import audience as audiences
from bot.notices.announce import NIGHT, Draft, wake
from bot.notices.audience import Audience

BEFORE = (timedelta(days=7), timedelta(days=1), timedelta(hours=2))
PROMPT = timedelta(minutes=10)
"""A reminder that leaves later than this after its moment is marked as late."""
ASLEEP, SENT, MISSED, DROPPED = "waiting", "sent", "missed", "dropped"
"""missed: it began before we could tell. dropped: the event moved, or will not be."""
AUTHOR = "reminder"


class Reminder(SQLModel, table=True):
    """A notice to be made at a moment: one for each event, its start, and how long before."""

    __table_args__ = (UniqueConstraint("event", "starts_at", "minutes"),)
    id: int | None = Field(default=None, primary_key=True)
    event: str
    starts_at: datetime = Field(sa_type=DateTime(timezone=True))
    minutes: int
    """How long before the start."""
    due_at: datetime = Field(sa_type=DateTime(timezone=True), index=True)
    text: str
    text_en: str = ""
    audience: str = "{}"
    code: str = ""
    state: str = ASLEEP
    late: bool = False
    notice_id: int | None = None
    fired_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


def plan(
    session: Session,
    event: str,
    starts_at: datetime,
    texts: tuple[str, str],
    audience: Audience,
    now: datetime,
    zone: ZoneInfo,
    *,
    before: Sequence[timedelta] = BEFORE,
    code: str = "",
) -> int:
    """Remind people of an event, in Vietnamese and English; how many reminders are new.

    Planned again, what is planned has the words of now, and what was dropped waits again; with
    another start, those of the old one are dropped, and so are those not among `before` any more.
    """
    drop(session, event, keep=starts_at)
    words = {
        "text": texts[0],
        "text_en": texts[1],
        "audience": audiences.dump(audience),
        "code": code,
    }
    minutes = {int(early.total_seconds() // 60) for early in before}
    _refresh(session, event, starts_at, words, minutes, now)
    moments = {early: by_day(starts_at - early, starts_at, zone) for early in before}
    rows = [
        {
            "event": event,
            "starts_at": starts_at,
            "minutes": int(early.total_seconds() // 60),
            "due_at": due,
            **words,
            "state": ASLEEP,
            "late": False,
        }
        for early, due in moments.items()
        if due > now
    ]
    return insert_new(session, Reminder, rows)


def _refresh(
    session: Session,
    event: str,
    starts_at: datetime,
    words: Mapping[str, str],
    minutes: Collection[int],
    now: datetime,
) -> None:
    """What is planned has the words of now; what was dropped waits again if it is wanted still."""
    for row in listed(session, event):
        if row.starts_at != starts_at:
            continue
        if row.minutes not in minutes:
            row.state = DROPPED if row.state == ASLEEP else row.state
        elif row.state == DROPPED and row.due_at > now:
            row.state = ASLEEP
        if row.state == ASLEEP:
            for name, value in words.items():
                setattr(row, name, value)
    session.flush()


def by_day(due: datetime, starts_at: datetime, zone: ZoneInfo) -> datetime:
    """A moment at which people may be disturbed: in the morning, or the evening before."""
    morning = wake(due, zone)
    if morning == due or morning < starts_at:
        return morning
    local = due.astimezone(zone)
    evening = local.date() - timedelta(days=local.time() < NIGHT)
    at = datetime.combine(evening, NIGHT, zone) - timedelta(minutes=30)
    return at.astimezone(due.tzinfo)


def drop(session: Session, event: str, keep: datetime | None = None) -> None:
    """Remind nobody of an event any more; of one with another start, when one is kept."""
    statement = update(Reminder).where(col(Reminder.event) == event, col(Reminder.state) == ASLEEP)
    if keep is not None:
        statement = statement.where(col(Reminder.starts_at) != keep)
    session.execute(statement.values(state=DROPPED).execution_options(synchronize_session=False))


def fire(session: Session, now: datetime, zone: ZoneInfo) -> int:
    """Make the notices of the reminders whose moment has come; how many."""
    found = session.scalars(
        select(Reminder)
        .where(col(Reminder.state) == ASLEEP, col(Reminder.due_at) <= now)
        .order_by(col(Reminder.due_at), col(Reminder.id))
        .limit(100)
        .with_for_update(skip_locked=True)
    ).all()
    for reminder in found:
        reminder.fired_at, reminder.late = now, now - reminder.due_at > PROMPT
        if now >= reminder.starts_at:
            reminder.state = MISSED
            continue
        draft = Draft(
            reminder.text,
            reminder.text_en,
            audiences.load(reminder.audience),
            event=reminder.event,
            code=reminder.code,
        )
        notice = announce.write(session, draft, AUTHOR, now)
        announce.send(session, notice, AUTHOR, now, zone)
        reminder.state, reminder.notice_id = SENT, notice.id
    session.flush()
    return len(found)


def listed(session: Session, event: str) -> Sequence[Reminder]:
    """The reminders of an event, in order."""
    statement = select(Reminder).where(col(Reminder.event) == event)
    return session.scalars(statement.order_by(col(Reminder.due_at), col(Reminder.id))).all()
