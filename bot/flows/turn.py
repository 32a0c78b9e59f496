"""What a flow works with while it answers one message."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot import state
from bot.content import Content
from bot.i18n import _, language
from bot.messages import Capability, Choice, Incoming, Reply
from bot.notices.audience import Ways
from bot.notices.programme import Programme
from bot.notices.reminders import BEFORE
from bot.people import Person, id_of
from bot.state import Chat
from faq.matcher import Found

NO_WAYS = Ways({})


@dataclass(frozen=True)
class House:
    """What does not change between messages: content, programme, who runs the bot, the zone."""

    content: Content
    operator: str
    zone: ZoneInfo
    public_url: str = ""
    """Where people reach our pages; empty when nobody but this machine does."""
    programme: Programme = field(default_factory=Programme)
    remind: tuple[timedelta, ...] = BEFORE
    """How long before events people are reminded of them, unless an event says otherwise."""


@dataclass(frozen=True)
class Turn:
    """One message being answered, inside its transaction."""

    session: Session
    house: House
    message: Incoming
    person: Person
    chat: Chat
    found: tuple[Found, ...]
    now: datetime
    """When the message was received: the moment that counts."""
    ways: Ways = NO_WAYS
    """How people can be told things: the channels, and who can be reached."""
    raw: str = ""
    """What was written, line by line."""
    clock: datetime | None = None
    """When it is answered, when that is known: the time for a question runs from here."""
    changed: list[str] = field(default_factory=list)
    """Signals to tell after the commit: who listens to what this message changed."""

    @property
    def can(self) -> Capability | None:
        """What the channel of this chat can show."""
        return self.ways.can.get(self.message.channel)

    @property
    def handled_at(self) -> datetime:
        """When the message is answered; never before it was received."""
        return max(self.now, self.clock or self.now)

    @property
    def person_id(self) -> int:
        """The row of the person who wrote."""
        return id_of(self.person)

    @property
    def lane(self) -> str:
        """The chat's lane."""
        return lane_of(self.message)

    def ask(
        self,
        kind: str,
        text: str,
        options: list[tuple[str, dict[str, str]]],
        *,
        footer: str = "",
        asked: str = "",
        lettered: bool = False,
        more: dict[str, Any] | None = None,
    ) -> Reply:
        """Open a question with numbered options: each a label, and what picking it means.

        `lettered`: A to D instead of numbers; `more` is kept with the question.
        """
        meanings = [meaning for _label, meaning in options]
        data = {**(more or {}), "options": meanings, "asked": asked, "language": language()}
        ref = state.ask(self.chat, kind, data, self.person_id, self.now)
        choices = tuple(
            Choice(label, "ABCD"[number - 1] if lettered else str(number))
            for number, (label, _m) in enumerate(options, start=1)
        )
        return Reply(text, choices=choices, ask=ref, footer=footer or how_to_pick(len(options)))

    def ask_words(self, kind: str, text: str, more: dict[str, Any]) -> Reply:
        """Open a question that is answered in words."""
        state.ask(self.chat, kind, {**more, "options": []}, self.person_id, self.now)
        return Reply(text)


def lane_of(message: Incoming) -> str:
    """The lane a message belongs to: messages of one chat are handled in order."""
    return f"{message.channel}:{message.chat}"


def letters() -> str:
    """How to answer a quiz question by typing."""
    return _("Gõ A, B, C hoặc D.")


def how_to_pick(count: int) -> str:
    """How to pick one of `count` options by typing."""
    if count == 1:
        return _("Gõ 1 nếu đúng, hoặc hỏi lại cách khác.")
    if count == 2:
        return _("Gõ 1 hoặc 2 nhé, hoặc hỏi lại cách khác.")
    return _("Gõ số từ 1 đến {count} nhé, hoặc hỏi lại cách khác.").format(count=count)
