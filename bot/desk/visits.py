"""Visits: a member of a team helps somebody; what for is counted, what was asked is not kept."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import DateTime, delete, select, update
from sqlmodel import Field, Session, SQLModel, col

from bot import inbox, outbox, state
from bot.desk.teams import Membership
from bot.inbox import Inbox
from bot.outbox import Outbox
from bot.people import PERSON, Person
from bot.state import Chat

VISIT_FOR = timedelta(hours=1)
"""A visit nobody ends is over after this long."""


class HelpVisit(SQLModel, table=True):
    """One visit: whose team, for which thôn, with whose leave, and what it came to. Who was helped
    is not kept; the member is taken out when they are forgotten."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    """The name under which questions are left for a person: nobody's, so in nobody's history."""
    team_id: int = Field(foreign_key="helpteam.id", index=True)
    person_id: int | None = Field(
        default=None, foreign_key="person.id", index=True, sa_column_kwargs={"info": PERSON}
    )
    lane: str = ""
    """The chat it goes on in; empty when it is over."""
    hamlet: str = ""
    """Of the one who was helped: the team's, unless the member says another; empty: not known."""
    consent: bool
    """Whether the one who is helped said yes; else nothing but questions and answers."""
    wording: str
    """What they were asked, word by word."""
    started_at: datetime = Field(index=True, sa_type=DateTime(timezone=True))
    ended_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    asked: int = 0
    """Questions answered at once or not."""
    passed_on: int = 0
    """Questions left for a person."""
    registered: int = 0
    """Times they were put down for an event."""

    @property
    def until(self) -> datetime:
        """When it is over by itself."""
        return self.started_at + VISIT_FOR


def begin(
    session: Session,
    chat: Chat,
    member: Membership,
    person_id: int,
    *,
    consent: bool,
    wording: str,
    now: datetime,
) -> HelpVisit:
    """Begin a visit in a chat, which forgets what it was about before."""
    visit = HelpVisit(
        key=f"visit-{secrets.token_hex(12)}",
        team_id=member.team_id,
        person_id=person_id,
        lane=chat.lane,
        hamlet=member.hamlet,
        consent=consent,
        wording=wording,
        started_at=now,
    )
    session.add(visit)
    session.flush()
    _clean(chat)
    chat.visit = visit.id
    return visit


def of(session: Session, chat: Chat) -> HelpVisit | None:
    """The visit a chat is in, also when its hour is over."""
    return None if chat.visit is None else session.get(HelpVisit, chat.visit)


def end(session: Session, chat: Chat, visit: HelpVisit | None, now: datetime) -> None:
    """End the visit of a chat; nothing of it is left there."""
    _clean(chat)
    chat.visit = None
    if visit is not None:
        _over(session, visit, now)


def _clean(chat: Chat) -> None:
    state.close(chat)
    chat.topic, chat.asked, chat.topic_at = "", "", None


def _over(session: Session, visit: HelpVisit, now: datetime) -> None:
    """Blank what pages still show of a visit, and leave the chat's name out of its row."""
    if visit.ended_at is None:
        visit.ended_at = min(now, visit.until)
    if not visit.lane:
        return
    here = {"synchronize_session": False}
    session.execute(
        update(Inbox)
        .where(
            col(Inbox.lane) == visit.lane,
            col(Inbox.received_at) >= visit.started_at,
            col(Inbox.received_at) <= visit.until,
            col(Inbox.state).in_((inbox.DONE, inbox.PARKED)),
        )
        .values(text="", payload="")
        .execution_options(**here)
    )
    session.execute(
        delete(Outbox)
        .where(
            col(Outbox.lane) == visit.lane,
            col(Outbox.created_at) >= visit.started_at,
            col(Outbox.created_at) <= visit.until,
            col(Outbox.state).in_((outbox.SENT, outbox.FAILED, outbox.UNKNOWN)),
            col(Outbox.notice_id).is_(None),
            col(Outbox.late).is_(False),
        )
        .execution_options(**here)
    )
    visit.lane = ""


def close_over(session: Session, now: datetime, lot: int = 50) -> int:
    """End visits whose hour is over, some at a time; how many."""
    statement = select(HelpVisit).where(
        col(HelpVisit.lane) != "", col(HelpVisit.started_at) <= now - VISIT_FOR
    )
    found = session.scalars(statement.limit(lot)).all()
    for visit in found:
        _over(session, visit, now)
    return len(found)


def by_key(session: Session, key: str) -> HelpVisit | None:
    """The visit in which a question was left, by the name it was left under."""
    return session.scalars(select(HelpVisit).where(col(HelpVisit.key) == key)).first()


def teller(session: Session, key: str) -> Person | None:
    """Who passes the answer of such a question on; None when it was left in no visit, or the
    member was forgotten."""
    visit = by_key(session, key) if key.startswith("visit-") else None
    if visit is None or visit.person_id is None:
        return None
    return session.get(Person, visit.person_id)
