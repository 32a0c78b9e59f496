"""What a flow works with while it answers one message."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot import state
from bot.content import Content
from bot.i18n import _
from bot.messages import Choice, Incoming, Reply
from bot.notices.audience import Ways
from bot.people import Person, id_of
from bot.state import Chat
from faq.matcher import Found

NO_WAYS = Ways({})


@dataclass(frozen=True)
class House:
    """What does not change between messages: the content, who runs the bot, the time zone."""

    content: Content
    operator: str
    zone: ZoneInfo


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
    ways: Ways = NO_WAYS
    """How people can be told things: the channels, and who can be reached."""
    raw: str = ""
    """What was written, line by line."""

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
    ) -> Reply:
        """Open a question with numbered options: each a label, and what picking it means."""
        data = {"options": [meaning for _label, meaning in options], "asked": asked}
        ref = state.ask(self.chat, kind, data, self.person_id, self.now)
        choices = tuple(
            Choice(label, str(number)) for number, (label, _m) in enumerate(options, start=1)
        )
        return Reply(text, choices=choices, ask=ref, footer=footer or how_to_pick(len(options)))


def lane_of(message: Incoming) -> str:
    """The lane a message belongs to: messages of one chat are handled in order."""
    return f"{message.channel}:{message.chat}"


def how_to_pick(count: int) -> str:
    """How to pick one of `count` options by typing."""
    if count == 1:
        return _("Gõ 1 nếu đúng, hoặc hỏi lại cách khác.")
    if count == 2:
        return _("Gõ 1 hoặc 2 nhé, hoặc hỏi lại cách khác.")
    return _("Gõ số từ 1 đến {count} nhé, hoặc hỏi lại cách khác.").format(count=count)
