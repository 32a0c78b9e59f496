"""How long words are kept: message texts past their time are blanked, some at a time."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlmodel import Session, col

from bot import inbox, outbox
from bot.inbox import Inbox
from bot.notices import on_behalf
from bot.notices.on_behalf import HelpedRsvp
from bot.outbox import Outbox
from bot.sensitive import HIDDEN
from bot.state import Chat
from faq.unanswered import Unanswered

LOT = 200
"""Rows blanked in one transaction, so that nobody waits for it."""
_TELLING = re.compile(r"\+?\d(?:[ .-]?\d){7,}|\S+@\S+\.\w+|@\w{3,}")
"""Telephone and account numbers, mail addresses and account names."""


@dataclass(frozen=True)
class Old:
    """Rows whose words are past their time, by table; empty when there are none."""

    inbox: tuple[int, ...] = ()
    outbox: tuple[int, ...] = ()
    chats: tuple[str, ...] = ()
    questions: tuple[int, ...] = ()
    names: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return any((self.inbox, self.outbox, self.chats, self.questions, self.names))


def find(session: Session, before: datetime, lot: int = LOT) -> Old:
    """A lot of rows older than a moment which still hold words. What waits to be done stays."""
    said = select(Inbox.id).where(  # type: ignore[call-overload]
        col(Inbox.received_at) < before,
        col(Inbox.state).in_((inbox.DONE, inbox.PARKED)),
        or_(col(Inbox.text) != "", col(Inbox.payload) != ""),
    )
    told = select(Outbox.id).where(  # type: ignore[call-overload]
        col(Outbox.created_at) < before,
        col(Outbox.state).in_((outbox.SENT, outbox.FAILED, outbox.UNKNOWN)),
        col(Outbox.body) != "",
    )
    about = select(Chat.lane).where(col(Chat.asked) != "", col(Chat.topic_at) < before)  # type: ignore[call-overload]
    asked = select(Unanswered.id).where(  # type: ignore[call-overload]
        col(Unanswered.asked_at) < before, col(Unanswered.person_key) != ""
    )
    named = select(HelpedRsvp.id).where(col(HelpedRsvp.at) < before, col(HelpedRsvp.name) != "")  # type: ignore[call-overload]
    every = (said, told, about, asked, named)
    rows = (tuple(session.scalars(one.limit(lot))) for one in every)
    return Old(*rows)


def blank(session: Session, old: Old) -> None:
    """Blank the words of those rows; of a question only its wording stays, and leads to nobody."""
    options = {"synchronize_session": False}
    session.execute(
        update(Inbox)
        .where(col(Inbox.id).in_(old.inbox))
        .values(text="", payload="")
        .execution_options(**options)
    )
    session.execute(
        update(Outbox)
        .where(col(Outbox.id).in_(old.outbox))
        .values(body="")
        .execution_options(**options)
    )
    session.execute(
        update(Chat)
        .where(col(Chat.lane).in_(old.chats))
        .values(asked="", topic="", topic_at=None, kind="", data="{}", open_until=None)
        .execution_options(**options)
    )
    on_behalf.forget_names(session, old.names)
    for question in session.scalars(
        select(Unanswered).where(col(Unanswered.id).in_(old.questions))
    ):
        question.person_key = question.lane = question.channel = ""
        question.text = without_names(question.text)
        question.folded = without_names(question.folded)


def without_names(text: str) -> str:
    """The text without numbers and names by which somebody could be called."""
    return _TELLING.sub(HIDDEN, text)
