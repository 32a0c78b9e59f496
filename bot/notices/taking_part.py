"""Who says they come, and who came: each person once for each time something happens."""

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from sqlalchemy import DateTime, UniqueConstraint, delete, func, select, update
from sqlmodel import Field, Session, SQLModel, col

from bot.db import changed, insert_new
from bot.notices import on_behalf
from bot.notices.calendar import ISLAND, Occurrence, after, between, upcoming
from bot.notices.events import Event
from bot.notices.on_behalf import HelpedRsvp
from bot.people import PERSON
from quiz.rounds import CODE_LETTERS

Choice = Literal["yes", "no", "maybe"]
How = Literal["code", "qr", "helper"]
INVITED = frozenset({"talk", "dxday", "contest", "training"})
"""Kinds of events people are asked whether they come to."""
CODE_LENGTH = 5
DOOR_BEFORE, DOOR_AFTER = timedelta(hours=2), timedelta(hours=3)
"""From how long before it begins until how long after its end one may check in."""
RECENT = timedelta(days=1)
"""So long after its end an event is still the one that pages and residents mean."""
LEAST = 5
"""A smaller group is not shown by itself: on an island everybody would know who it was."""
NO_PHONE = "paper-"
"""How the keys of those begin whom a helper counted."""


class Talk(SQLModel, table=True):
    """One time an event happens, as far as people take part: the code at its door, its quiz."""

    occurrence: str = Field(primary_key=True)
    event: str
    code: str = Field(unique=True)
    questions: str = ""
    """The questions asked before and after, by their ids; empty: none drawn yet."""
    made_at: datetime = Field(sa_type=DateTime(timezone=True))


class Rsvp(SQLModel, table=True):
    """What somebody said about coming, the last word."""

    __table_args__ = (UniqueConstraint("occurrence", "person_id"),)
    id: int | None = Field(default=None, primary_key=True)
    occurrence: str
    person_id: int = Field(foreign_key="person.id", index=True, sa_column_kwargs={"info": PERSON})
    choice: str
    at: datetime = Field(sa_type=DateTime(timezone=True))


class Attendance(SQLModel, table=True):
    """Somebody was there. No name; the thôn as it was then."""

    __table_args__ = (UniqueConstraint("occurrence", "person_key"),)
    id: int | None = Field(default=None, primary_key=True)
    occurrence: str
    person_key: str = Field(index=True, sa_column_kwargs={"info": PERSON})
    hamlet: str = ""
    how: str
    at: datetime = Field(sa_type=DateTime(timezone=True))


@dataclass(frozen=True)
class Came:
    """How many came, by the way they were counted and by thôn."""

    total: int
    how: Counter[str]
    hamlets: Counter[str]


def name_of(event: Event, item: Occurrence) -> str:
    """The name of one time an event happens, which a change of its hour leaves as it is."""
    if not _repeats(event):
        return event.id
    return f"{event.id}@{item.start.astimezone(ISLAND):%Y-%m-%d}"


def _repeats(event: Event) -> bool:
    return event.when is not None and bool(event.when.first.rule or event.when.replays)


def item_of(event: Event, occurrence: str) -> Occurrence | None:
    """When something named by `name_of` happens; None when the plan has it no more."""
    name, _at, written = occurrence.partition("@")
    if event.when is None or event.id != name:
        return None
    tick = timedelta(microseconds=1)
    if not written:
        return next(after(event.when, event.when.first.start - tick), None)
    start = datetime.combine(date.fromisoformat(written), time(), ISLAND)
    return next(iter(between(event.when, start - tick, start + timedelta(days=1) - tick)), None)


def this_time(event: Event, now: datetime) -> Occurrence | None:
    """The time of an event that people mean now: just over, going on, or the next."""
    if event.when is None:
        return None
    if not _repeats(event):
        return item_of(event, event.id)
    near = upcoming(event.when, now - RECENT, 5)
    return next((item for item in near if not item.replay), None)


def ended(item: Occurrence) -> datetime:
    """When something is over; what lasts whole days ends with the day."""
    return max(item.end, item.start + timedelta(days=1)) if item.all_day else item.end


def door_is_open(item: Occurrence, now: datetime) -> bool:
    """Whether one may check in."""
    return item.start - DOOR_BEFORE <= now <= ended(item) + DOOR_AFTER


def talk_of(session: Session, event: Event, item: Occurrence, now: datetime) -> Talk:
    """The row of one time an event happens, made when it is first needed."""
    name = name_of(event, item)
    while (found := session.get(Talk, name)) is None:
        code = "".join(secrets.choice(CODE_LETTERS) for _sign in range(CODE_LENGTH))
        values = {"event": event.id, "code": code, "questions": "", "made_at": now}
        insert_new(session, Talk, [{"occurrence": name, **values}])  # a code may be taken: again
    return found


def by_code(session: Session, code: str) -> Talk | None:
    """What the code at a door stands for."""
    statement = select(Talk).where(col(Talk.code) == code.strip().upper())
    return session.scalars(statement).first()


# Saying that one comes


def reply(session: Session, occurrence: str, person_id: int, choice: Choice, now: datetime) -> None:
    """Keep what somebody says about coming; the last word counts."""
    row = {"occurrence": occurrence, "person_id": person_id, "choice": choice, "at": now}
    if insert_new(session, Rsvp, [row]):
        return
    session.execute(
        update(Rsvp)
        .where(col(Rsvp.occurrence) == occurrence, col(Rsvp.person_id) == person_id)
        .values(choice=choice, at=now)
    )


def going(session: Session, occurrence: str, *choices: Choice) -> list[int]:
    """Who said they come (or another choice), by row number: whom a change must be told; also who
    said it for somebody they help."""
    statement = select(col(Rsvp.person_id)).where(
        col(Rsvp.occurrence) == occurrence, col(Rsvp.choice).in_(choices or ("yes",))
    )
    found = list(session.scalars(statement.order_by(col(Rsvp.person_id))))
    if "yes" in (choices or ("yes",)):
        found += [one for one in on_behalf.tellers(session, occurrence) if one not in found]
    return found


def replied_to(session: Session, event: str) -> list[str]:
    """The times of an event about which somebody said whether they come."""
    name = col(Rsvp.occurrence)
    mine = (name == event) | name.startswith(f"{event}@", autoescape=True)
    found = set(session.scalars(select(name).where(mine).distinct()))
    helped = col(HelpedRsvp.occurrence)
    also = (helped == event) | helped.startswith(f"{event}@", autoescape=True)
    return sorted(found | set(session.scalars(select(helped).where(also).distinct())))


def said(session: Session, occurrence: str) -> Counter[str]:
    """How many said what about coming."""
    statement = (
        select(col(Rsvp.choice), func.count())
        .where(col(Rsvp.occurrence) == occurrence)
        .group_by(col(Rsvp.choice))
    )
    found = Counter(dict(session.execute(statement).all()))
    if helped := on_behalf.count(session, occurrence):
        found["yes"] += helped
    return found


# Being there


def check_in(
    session: Session, occurrence: str, person_key: str, hamlet: str, how: How, now: datetime
) -> bool:
    """Count somebody in; whether they are new."""
    row = {"occurrence": occurrence, "person_key": person_key, "hamlet": hamlet, "how": how}
    return insert_new(session, Attendance, [{**row, "at": now}]) == 1


def take_back(session: Session, occurrence: str, person_key: str) -> bool:
    """Undo what a helper counted; nobody else can be taken out."""
    if not person_key.startswith(NO_PHONE):
        return False
    statement = delete(Attendance).where(
        col(Attendance.occurrence) == occurrence, col(Attendance.person_key) == person_key
    )
    return changed(session.execute(statement)) == 1


def came(session: Session, occurrence: str) -> Came:
    """Who came, counted."""
    statement = (
        select(col(Attendance.how), col(Attendance.hamlet), func.count())
        .where(col(Attendance.occurrence) == occurrence)
        .group_by(col(Attendance.how), col(Attendance.hamlet))
    )
    how: Counter[str] = Counter()
    hamlets: Counter[str] = Counter()
    for way, hamlet, number in session.execute(statement):
        how[way] += number
        hamlets[hamlet] += number
    return Came(how.total(), how, hamlets)


def counted_by_hand(session: Session, occurrence: str, limit: int = 20) -> list[Attendance]:
    """Those a helper counted last, newest first."""
    statement = (
        select(Attendance)
        .where(col(Attendance.occurrence) == occurrence, col(Attendance.how) == "helper")
        .order_by(col(Attendance.id).desc())
        .limit(limit)
    )
    return list(session.scalars(statement))


def attended(session: Session, person_key: str, now: datetime) -> list[str]:
    """What somebody was at lately, newest first."""
    statement = (
        select(col(Attendance.occurrence))
        .where(col(Attendance.person_key) == person_key, col(Attendance.at) > now - 2 * RECENT)
        .order_by(col(Attendance.id).desc())
    )
    return list(session.scalars(statement))


def grouped(hamlets: Counter[str]) -> tuple[list[tuple[str, int]], int]:
    """Groups large enough to be shown, the largest first; and how many are in none of them.

    A rest smaller than LEAST would tell of one group by itself, so another one joins it.
    """
    listed = [(name, number) for name, number in hamlets.most_common() if name and number >= LEAST]
    rest = hamlets.total() - sum(number for _name, number in listed)
    while 0 < rest < LEAST and listed:
        rest += listed.pop()[1]
    return listed, rest
