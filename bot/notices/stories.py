"""Stories: news items with a link, read from the portal's feed, and who wants them every week."""

import calendar
import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import feedparser
from sqlalchemy import DateTime, select
from sqlmodel import Field, Session, SQLModel, col

from bot.db import insert_new
from bot.people import PERSON

MOST = 50
"""Items taken of one feed at a time."""
TITLE, SUMMARY = 200, 400
"""Letters kept of a title and of a summary."""
_TAG = re.compile(r"<[^>]{0,2000}>")


class Story(SQLModel, table=True):
    """A news item that was published elsewhere: we keep its head and its address."""

    id: int | None = Field(default=None, primary_key=True)
    link: str = Field(unique=True)
    title: str
    summary: str = ""
    source: str = ""
    """Who published it, as the feed calls itself."""
    published_at: datetime = Field(index=True, sa_type=DateTime(timezone=True))
    kept_at: datetime = Field(sa_type=DateTime(timezone=True))


class Reader(SQLModel, table=True):
    """Whether a person wants the week's news, and the week they had last."""

    person_id: int = Field(
        foreign_key="person.id", primary_key=True, sa_column_kwargs={"info": PERSON}
    )
    weekly: bool = Field(default=False, index=True)
    sent_on: date | None = None
    """The Sunday whose news was sent to them."""


class NoFeedError(ValueError):
    """What was fetched is neither RSS nor Atom."""


@dataclass(frozen=True)
class Item:
    """A news item of a feed."""

    link: str
    title: str
    summary: str
    source: str
    published_at: datetime


def parse(body: bytes, allowed: Callable[[str], bool], now: datetime) -> list[Item]:
    """The items of a feed whose links are allowed. Raises NoFeedError."""
    # A stream, never a string: the parser would take one that looks like an address and go there.
    feed = feedparser.parse(BytesIO(body))
    if not feed.get("version"):
        raise NoFeedError
    source = _plain(str(feed.feed.get("title", "")), TITLE)
    found = (_item(entry, source, now) for entry in feed.entries[:MOST])
    return [item for item in found if item.title and allowed(item.link)]


def _item(entry: Mapping[str, Any], source: str, now: datetime) -> Item:
    return Item(
        str(entry.get("link", "")).strip(),
        _plain(str(entry.get("title", "")), TITLE),
        _plain(str(entry.get("summary", "")), SUMMARY),
        source,
        _published(entry, now),
    )


def _published(entry: Mapping[str, Any], now: datetime) -> datetime:
    """When it came out; now, when the feed does not say or claims a later moment."""
    at = entry.get("published_parsed") or entry.get("updated_parsed")
    if at is None:
        return now
    try:
        return min(datetime.fromtimestamp(calendar.timegm(at), UTC), now)
    except (ValueError, OverflowError, OSError):
        return now


def _plain(text: str, most: int) -> str:
    """Words without markup, on one line, cut after a word."""
    bare = html.unescape(_TAG.sub(" ", text))
    kept = "".join(sign for sign in bare if sign.isspace() or unicodedata.category(sign)[0] != "C")
    words = " ".join(unicodedata.normalize("NFC", kept).split())
    if len(words) <= most:
        return words
    return words[: most - 1].rsplit(" ", 1)[0] + "…"


def keep(session: Session, items: Iterable[Item], now: datetime) -> int:
    """Keep items not known yet, each address once; how many were new."""
    fresh = {item.link: {**vars(item), "kept_at": now} for item in items}
    return insert_new(session, Story, list(fresh.values())) if fresh else 0


def latest(session: Session, count: int) -> Sequence[Story]:
    """The newest stories."""
    return session.scalars(_newest().limit(count)).all()


def since(session: Session, at: datetime, count: int) -> Sequence[Story]:
    """Stories that came to us after a moment, the newest first."""
    return session.scalars(_newest().where(col(Story.kept_at) > at).limit(count)).all()


def _newest() -> Any:
    return select(Story).order_by(col(Story.published_at).desc(), col(Story.id).desc())


def reader(session: Session, person_id: int) -> Reader:
    """How a person reads the news, begun if they never said."""
    found = session.get(Reader, person_id)
    if found is None:
        found = Reader(person_id=person_id)
        session.add(found)
    return found


def waiting(session: Session, week: date, limit: int) -> Sequence[Reader]:
    """Readers to whom a week's news was not sent yet."""
    statement = select(Reader).where(
        col(Reader.weekly), (col(Reader.sent_on).is_(None)) | (col(Reader.sent_on) < week)
    )
    return session.scalars(statement.order_by(col(Reader.person_id)).limit(limit)).all()
