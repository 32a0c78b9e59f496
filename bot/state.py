"""What a chat is about: its one open question, with its expiry, and the last answer."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, bindparam, select
from sqlmodel import Field, Session, SQLModel

from bot.db import table_of, upsert
from bot.people import PERSON

OPEN_FOR = timedelta(minutes=30)
TOPIC_FOR = timedelta(minutes=30)


class Chat(SQLModel, table=True):
    """A chat: at most one open question, the newest; and the entry answered last."""

    lane: str = Field(primary_key=True)
    person_id: int | None = Field(
        default=None, foreign_key="person.id", index=True, sa_column_kwargs={"info": PERSON}
    )
    """In a group: whom the open question was put to."""
    serial: int = 0
    """Counts the questions, so that a button of an old one is known."""
    kind: str = ""
    data: str = "{}"
    open_until: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    topic: str = ""
    asked: str = ""
    topic_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    visit: int | None = None
    """The visit in which somebody is helped here by a member of a team; None: no visit."""


@dataclass(frozen=True)
class Question:
    """An open question: what kind, what it needs to go on, and the name its buttons carry."""

    kind: str
    data: dict[str, Any]
    ref: str


# One row a message, read and written without the ORM: its bookkeeping was a tenth of the work.
_CHATS = table_of(Chat)
_OF = select(_CHATS).where(_CHATS.c.lane == bindparam("name"))
_TOPICS = select(_CHATS.c.lane, _CHATS.c.topic, _CHATS.c.topic_at).where(
    _CHATS.c.lane.in_(bindparam("lanes", expanding=True))
)


def topics(session: Session, lanes: list[str], now: datetime) -> dict[str, str]:
    """The entry answered last in each chat that is still about it."""
    rows = session.connection().execute(_TOPICS, {"lanes": lanes})
    fresh = (row for row in rows if row.topic_at is not None and row.topic_at + TOPIC_FOR > now)
    return {row.lane: row.topic for row in fresh}


def of(session: Session, lane: str) -> Chat:
    """The chat of a lane, begun if it is new; `save` keeps what is changed in it."""
    row = session.connection().execute(_OF, {"name": lane}).mappings().first()
    return Chat(lane=lane) if row is None else Chat(**row)


def save(session: Session, chat: Chat) -> None:
    """Keep a chat as it is now."""
    upsert(session, Chat, [chat.model_dump()])


def ask(chat: Chat, kind: str, data: dict[str, Any], person_id: int | None, now: datetime) -> str:
    """Open a question (the newest wins); returns the reference its buttons carry."""
    chat.serial += 1
    chat.kind, chat.data = kind, json.dumps(data, ensure_ascii=False)
    chat.person_id = person_id
    chat.open_until = now + OPEN_FOR
    return str(chat.serial)


def question(chat: Chat, person_id: int | None, now: datetime) -> Question | None:
    """The open question, if there is one, it is put to this person and has not expired."""
    if not chat.kind or chat.open_until is None or chat.open_until <= now:
        return None
    if chat.person_id not in {None, person_id}:
        return None
    return Question(chat.kind, json.loads(chat.data), str(chat.serial))


def close(chat: Chat) -> None:
    """No question is open any more."""
    chat.kind, chat.data, chat.open_until = "", "{}", None


def remember(chat: Chat, topic: str, asked: str, now: datetime) -> None:
    """Keep which entry was answered, for follow-ups and for "chưa đúng ý"."""
    chat.topic, chat.asked, chat.topic_at = topic, asked, now


def topic(chat: Chat, now: datetime) -> str:
    """The entry answered last, while it is still what the chat is about; else empty."""
    if chat.topic_at is None or chat.topic_at + TOPIC_FOR <= now:
        return ""
    return chat.topic
