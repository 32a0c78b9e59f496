"""Notices: written once, shown beforehand as they will be, sent at their time, never at night."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, Index, UniqueConstraint, select
from sqlmodel import Field, Session, SQLModel, col

from bot import organisers
from bot.i18n import _, speaking
from bot.messages import Reply, split
from bot.notices import audience as audiences
from bot.notices.audience import EVERYONE, Audience, Ways
from bot.people import PERSON

State = Literal["draft", "scheduled", "sending", "paused", "done", "cancelled"]
DRAFT, SCHEDULED, SENDING = "draft", "scheduled", "sending"
PAUSED, DONE, CANCELLED = "paused", "done", "cancelled"
PLANNED, OUT, WAITING, LATER = "planned", "out", "waiting", "later"
"""Of a recipient. planned: named, not queued yet. out: in the outbox, whose row tells the rest.
waiting: could not be pushed to, `reason` says why. later: saw it when they next wrote."""
LONGEST = 1500
"""Characters: one message on every channel, with its source line."""
NIGHT, MORNING = time(21, 0), time(6, 30)
MANY = 50
"""To more people than this, a notice written in chat takes a second pair of eyes."""
CODE_FOR = timedelta(minutes=10)


class Notice(SQLModel, table=True):
    """Something everyone who should know is told once."""

    id: int | None = Field(default=None, primary_key=True)
    text: str
    text_en: str = ""
    state: str = DRAFT
    audience: str = "{}"
    urgent: bool = False
    """An emergency: also at night, also to those who want no notices or never asked for any."""
    due_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    event: str = Field(default="", index=True)
    """The event it is about, by its id."""
    code: str = ""
    """The short code by which people can check that it is ours."""
    about: int | None = None
    """The notice it corrects."""
    author: str
    author_id: int | None = None
    """The organiser who wrote it; none for the command line."""
    approved_by: str = ""
    code_hash: str = ""
    code_until: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    cursor: int = 0
    """The last person (of named ones: recipient) looked at while it is queued."""
    filled: bool = False
    """Everyone of the audience has been looked at."""
    resting: bool = False
    """What is left waits for the morning."""
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    started_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    done_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    changed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class Recipient(SQLModel, table=True):
    """A person whom a notice is for: once, whatever happens."""

    __table_args__ = (
        UniqueConstraint("notice_id", "person_id"),
        Index("ix_recipient_person_id_state", "person_id", "state"),
        # Holds all that is counted of a notice that is done.
        Index("ix_recipient_notice_id_state", "notice_id", "state", "reason", "channel"),
    )
    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notice.id")
    person_id: int = Field(foreign_key="person.id", sa_column_kwargs={"info": PERSON})
    channel: str = ""
    state: str = OUT
    reason: str = ""
    outbox_id: int | None = Field(default=None, index=True)
    at: datetime = Field(sa_type=DateTime(timezone=True))


class NoticeError(Exception):
    """What was asked of a notice cannot be done; `why` is one of a few words."""

    def __init__(self, why: Literal["long", "empty", "state", "unknown", "past"]) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Draft:
    """What an organiser writes."""

    text: str
    text_en: str = ""
    audience: Audience = EVERYONE
    urgent: bool = False
    event: str = ""
    code: str = ""
    about: int | None = None


def write(
    session: Session,
    draft: Draft,
    author: str,
    now: datetime,
    *,
    author_id: int | None = None,
    named: Iterable[int] = (),
) -> Notice:
    """Keep a notice, not sent yet; for `named` people when its audience says so.

    Raises NoticeError.
    """
    if not draft.text.strip():
        raise NoticeError("empty")
    if max(len(draft.text), len(draft.text_en)) > LONGEST:
        raise NoticeError("long")
    notice = Notice(
        text=draft.text.strip(),
        text_en=draft.text_en.strip(),
        audience=audiences.dump(draft.audience),
        urgent=draft.urgent,
        event=draft.event,
        code=draft.code,
        about=draft.about,
        author=author,
        author_id=author_id,
        created_at=now,
    )
    session.add(notice)
    session.flush()
    number = id_of(notice)
    session.add_all(
        Recipient(notice_id=number, person_id=person, state=PLANNED, at=now)
        for person in dict.fromkeys(named)
    )
    session.flush()
    organisers.note(session, author, "notices.write", f"notice {number}", now)
    return notice


def id_of(notice: Notice) -> int:
    """The row number of a notice that is stored."""
    if notice.id is None:
        msg = "this notice is not stored yet"
        raise ValueError(msg)
    return notice.id


def get(session: Session, number: int) -> Notice:
    """A notice by its number. Raises NoticeError."""
    found = session.get(Notice, number)
    if found is None:
        raise NoticeError("unknown")
    return found


def listed(session: Session, limit: int = 10) -> Sequence[Notice]:
    """The newest notices."""
    return session.scalars(select(Notice).order_by(col(Notice.id).desc()).limit(limit)).all()


def said(notice: Notice, language: str) -> Reply:
    """The notice as a person who speaks a language is told."""
    text = notice.text_en if language == "en" and notice.text_en else notice.text
    with speaking(language):
        parts = [_("Thông báo chính thức")]
        if notice.urgent:
            parts = [_("Thông báo khẩn cấp chính thức, gửi cả người chưa đăng ký nhận tin")]
        if notice.code:
            check = _("mã {code}, gõ /xacminh {code} để kiểm tra")
            parts.append(check.format(code=notice.code))
    return Reply(text, source=" · ".join(parts))


def preview(notice: Notice, ways: Ways) -> dict[str, list[Reply]]:
    """What each channel will show, by channel: the very messages, in each language written."""
    languages = ["vi", "en"] if notice.text_en else ["vi"]
    return {
        channel: [
            part for language in languages for part in split(said(notice, language), can.max_length)
        ]
        for channel, can in ways.can.items()
    }


def wake(at: datetime, zone: ZoneInfo) -> datetime:
    """The first moment from `at` on at which people may be disturbed."""
    local = at.astimezone(zone)
    if MORNING <= local.time() < NIGHT:
        return at
    morning = local.date() + timedelta(days=local.time() >= NIGHT)
    return datetime.combine(morning, MORNING, zone).astimezone(at.tzinfo)


def send(
    session: Session,
    notice: Notice,
    by: str,
    now: datetime,
    zone: ZoneInfo,
    *,
    at: datetime | None = None,
) -> datetime:
    """Have a notice sent at a moment (now); when that will be. Raises NoticeError.

    At night only what is urgent is sent; the rest waits for the morning.
    """
    if notice.state not in {DRAFT, SCHEDULED}:
        raise NoticeError("state")
    if at is not None and at < now - timedelta(minutes=1):
        raise NoticeError("past")
    due = max(at or now, now)
    notice.due_at = due if notice.urgent else wake(due, zone)
    notice.state = SCHEDULED
    notice.code_hash, notice.code_until = "", None
    organisers.note(session, by, "notices.send", f"notice {notice.id}", now)
    session.flush()
    return notice.due_at


def new_code(session: Session, notice: Notice, by: str, now: datetime) -> str:
    """A code (once, ten minutes) with which its author may send a notice to many."""
    code = secrets.token_hex(4)
    notice.code_hash, notice.code_until = _hash(notice, code), now + CODE_FOR
    organisers.note(session, by, "notices.code", f"notice {notice.id}", now)
    session.flush()
    return code


def takes(notice: Notice, code: str, now: datetime) -> bool:
    """Whether a code is the one given out for this notice; a wrong one ends it."""
    valid = notice.code_until is not None and notice.code_until > now
    right = valid and secrets.compare_digest(notice.code_hash, _hash(notice, code))
    notice.code_hash, notice.code_until = "", None
    return right


def _hash(notice: Notice, code: str) -> str:
    return hashlib.sha256(f"{notice.id}:{code.strip().lower()}".encode()).hexdigest()
