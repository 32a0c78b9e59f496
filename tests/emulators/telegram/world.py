"""Who and what there is: the bot, people, chats, messages, polls, and which chats are open."""

import itertools
import time
from dataclasses import dataclass, field
from typing import Literal

from tests.emulators.telegram import updates
from tests.emulators.telegram.errors import ApiError, bad
from tests.emulators.telegram.spec import Raw

State = Literal["open", "unstarted", "blocked", "deactivated", "kicked", "left"]
FORBIDDEN: dict[State, str] = {
    "unstarted": "bot can't initiate conversation with a user",
    "blocked": "bot was blocked by the user",
    "deactivated": "user is deactivated",
    "kicked": "bot was kicked from the group chat",
    "left": "bot is not a member of the group chat",
}


@dataclass
class Place:
    """A chat, as far as the bot may use it."""

    chat: Raw
    state: State = "open"
    moved_to: int | None = None
    standings: dict[int, tuple[str, Raw]] = field(default_factory=dict)
    """By user: the status, and the user."""


class World:
    """Everything Telegram knows. A bot sees of it what it asks for."""

    def __init__(self, bot: Raw) -> None:
        self.bot = bot
        self.places: dict[int, Place] = {}
        self.messages: dict[tuple[int, int], Raw] = {}
        self.polls: dict[str, Raw] = {}
        self.files: dict[str, bytes] = {}
        self.settings: dict[tuple[str, ...], object] = {}
        """Names, descriptions, commands and menu buttons, by method and whom they are for."""
        self.taps: set[str] = set()
        self.queries: set[str] = set()
        self._ids = itertools.count(1)

    def number(self) -> int:
        """A number not used before."""
        return next(self._ids)

    def find(self, chat_id: int | str) -> Place:
        """A chat by its id or @name. Raises ApiError."""
        if isinstance(chat_id, int) and chat_id in self.places:
            return self.places[chat_id]
        for place in self.places.values():
            if chat_id == f"@{place.chat.get('username')}":
                return place
        raise bad("chat not found")

    def enter(self, chat_id: int | str) -> Place:
        """A chat the bot may write to. Raises ApiError when it may not."""
        place = self.find(chat_id)
        if place.moved_to is not None:
            words = "group chat was upgraded to a supergroup chat"
            raise ApiError(400, words, {"migrate_to_chat_id": place.moved_to})
        if place.state != "open":
            raise ApiError(403, FORBIDDEN[place.state])
        return place

    def keep(self, message: Raw) -> Raw:
        """The message, kept so that it can be edited, replied to and tapped."""
        self.messages[message["chat"]["id"], message["message_id"]] = message
        return message

    def message(self, chat_id: int, message_id: int, missing: str) -> Raw:
        """A message that is there. Raises ApiError."""
        try:
            return self.messages[chat_id, message_id]
        except KeyError:
            raise bad(missing) from None

    def compose(self, user: Raw, chat: Raw, **content: object) -> Raw:
        """A new message, kept."""
        number, now = self.number(), int(time.time())
        return self.keep(updates.body("", user, chat, number, now) | content)
