"""The conversation of a visitor, as the page shows it: what was said, by both, in order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlmodel import Session, col

from bot import inbox, people
from bot.channels.webchat import CHANNEL, key_parts, lane_of
from bot.inbox import Inbox
from bot.messages import Reply, load
from bot.outbox import Outbox

SHOWN = 60
"""Messages shown at once; a year of them would never open on a weak 4G."""
Status = Literal["idle", "answering", "stuck"]


@dataclass(frozen=True)
class Cursor:
    """How far somebody has seen: the newest row of the inbox and of the outbox."""

    said: int = 0
    replied: int = 0

    def __str__(self) -> str:
        return f"{self.said}.{self.replied}"


@dataclass(frozen=True)
class Look:
    """What can be seen without reading the messages: whether there is news."""

    newest: Cursor
    status: Status
    language: str


@dataclass(frozen=True)
class Bubble:
    """One message: the visitor's own words (`own`), or a reply."""

    row: int
    at: datetime
    own: str = ""
    key: str = ""
    """The page's name of the visitor's message, so that it knows it again."""
    reply: Reply | None = None


def cursor(text: str) -> Cursor:
    """The cursor written as "said.replied"; the beginning when it is not one."""
    said, _dot, replied = text.partition(".")
    numbers = [part for part in (said, replied) if part.isascii() and part.isdigit()]
    # Larger than any row, and a database may refuse to compare it.
    if len(numbers) < 2 or any(len(part) > 15 for part in numbers):
        return Cursor()
    return Cursor(int(said), int(replied))


def look(session: Session, visitor: str) -> Look:
    """The newest rows of a visitor's conversation, and whether an answer is awaited."""
    lane = lane_of(visitor)
    said = session.scalar(
        select(func.max(col(Inbox.id))).where(col(Inbox.lane) == lane, col(Inbox.text) != "")
    )
    replied = session.scalar(select(func.max(col(Outbox.id))).where(col(Outbox.lane) == lane))
    person = people.find(session, CHANNEL, visitor)
    newest = Cursor(said or 0, replied or 0)
    return Look(newest, _status(session, lane), person.language if person else "")


def _status(session: Session, lane: str) -> Status:
    waiting = (
        select(Inbox.id)  # type: ignore[call-overload]
        .where(col(Inbox.lane) == lane, col(Inbox.state).in_((inbox.WAITING, inbox.HANDLING)))
        .limit(1)
    )
    if session.scalar(waiting) is not None:
        return "answering"
    newest = select(col(Inbox.state)).where(col(Inbox.lane) == lane).order_by(col(Inbox.id).desc())
    return "stuck" if session.scalar(newest.limit(1)) == inbox.PARKED else "idle"


def bubbles(session: Session, visitor: str) -> list[Bubble]:
    """The newest messages of both sides, oldest first."""
    return of_lane(session, lane_of(visitor))


def of_lane(session: Session, lane: str) -> list[Bubble]:
    """The same of a chat on any channel."""
    replies = [Bubble(row, at, reply=load(body)) for row, at, body in _replied(session, lane)]
    labels = {
        (bubble.reply.ask, choice.say): choice.label
        for bubble in replies
        if bubble.reply is not None
        for choice in bubble.reply.choices
        if not choice.mark
    }
    own = [
        _own(row, at, text, key, labels) for row, at, text, key in inbox.said(session, lane, SHOWN)
    ]
    # Sorting is stable: of one moment, what was said comes before its reply.
    return sorted([*own, *replies], key=lambda bubble: bubble.at)[-SHOWN:]


def _own(row: int, at: datetime, text: str, key: str, labels: dict[tuple[str, str], str]) -> Bubble:
    """The visitor's words; of a tap also what the button said."""
    mine, ref = key_parts(key)
    label = labels.get((ref, text), "") if ref else ""
    return Bubble(row, at, own=f"{text}. {label}" if label else text, key=mine)


def _replied(session: Session, lane: str) -> list[tuple[int, datetime, str]]:
    statement = (
        select(Outbox.id, Outbox.created_at, Outbox.body)  # type: ignore[call-overload]
        .where(col(Outbox.lane) == lane, col(Outbox.body) != "")
        .order_by(col(Outbox.id).desc())
        .limit(SHOWN)
    )
    return [tuple(row) for row in session.execute(statement)][::-1]


def is_new(bubble: Bubble, seen: Cursor) -> bool:
    """Whether somebody has not seen a message."""
    return bubble.row > (seen.said if bubble.reply is None else seen.replied)


def is_gone(newest: Cursor, seen: Cursor) -> bool:
    """Whether what was seen is no longer kept: the visitor was forgotten meanwhile."""
    return newest.said < seen.said or newest.replied < seen.replied
