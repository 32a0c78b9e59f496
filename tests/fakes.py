"""Stand-ins that remember what was done with them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.messages import (
    Capability,
    DeliveryError,
    Incoming,
    Kind,
    Received,
    Reply,
    RetryError,
    UnreadableError,
    plain,
)
from bot.outbox import Rates
from bot.pace import Rate

CAN = Capability(buttons=True, edit=True, max_length=4000, markup="plain", push=True, admins=True)
FREE = Rates(
    chat=lambda _chat: Rate(timedelta(microseconds=1), burst=100_000),
    bulk=Rate(timedelta(microseconds=1), burst=100_000),
)


@dataclass
class FakeChannel:
    """A channel that sends to nobody; `fails` may raise for a chat."""

    name: str = "fake"
    can: Capability = CAN
    rates: Rates = FREE
    sent: list[tuple[str, Reply]] = field(default_factory=list)
    edited: list[tuple[str, str, Reply]] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    inline: list[list[tuple[str, Reply]]] = field(default_factory=list)
    admins: frozenset[str] | None = frozenset({"truong"})
    """Who runs groups; None: the platform does not say."""
    fails: Callable[[str], DeliveryError | None] = lambda _chat: None
    fails_for: Callable[[Reply], bool] = lambda _reply: False
    """A server error for what is said, whoever it is said to."""

    def read(self, payload: str) -> Incoming | None:
        """A message as `delivery` wrote it."""
        try:
            return Incoming(**json.loads(payload))
        except (ValueError, TypeError) as error:
            raise UnreadableError(type(error).__name__) from error

    async def send(self, chat: str, reply: Reply) -> str:
        """Remember the reply, unless this chat fails."""
        error = self.fails(chat)
        if error is not None:
            raise error
        if self.fails_for(reply):
            raise RetryError("server error")
        self.sent.append((chat, reply))
        return str(len(self.sent))

    async def edit(self, chat: str, name: str, reply: Reply) -> None:
        """Remember what a message was changed to, unless this chat fails."""
        error = self.fails(chat)
        if error is not None:
            raise error
        self.edited.append((chat, name, reply))

    async def acknowledge(self, message: Incoming) -> None:
        """Remember the tap."""
        self.acknowledged.append(message.callback)

    async def is_admin(self, chat: str, user: str) -> bool | None:
        """Whether somebody runs groups."""
        return None if self.admins is None else user in self.admins

    async def answer_inline(self, message: Incoming, replies: list[tuple[str, Reply]]) -> None:
        """Remember the results."""
        self.inline.append(replies)

    def texts(self, chat: str = "lan") -> list[str]:
        """What a chat was sent, as plain text."""
        return [plain(reply) for to, reply in self.sent if to == chat]


def delivery(
    key: str,
    text: str,
    at: datetime,
    *,
    user: str = "lan",
    chat: str = "",
    kind: Kind = "text",
    private: bool = True,
    addressed: bool = True,
    trusted: bool = True,
    ref: str = "",
    callback: str = "",
) -> Received:
    """Something delivered on the fake channel."""
    chat = chat or user
    payload = {
        "channel": "fake",
        "chat": chat,
        "user": user,
        "kind": kind,
        "text": text,
        "private": private,
        "addressed": addressed,
        "trusted": trusted,
        "ref": ref,
        "callback": callback,
    }
    return Received("fake", key, f"fake:{chat}", json.dumps(payload), at)
