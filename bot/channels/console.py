"""The terminal: one person, their own machine."""

import json
from datetime import UTC, datetime, timedelta

from bot.messages import Capability, Incoming, Received, Reply, UnreadableError
from bot.outbox import Rates
from bot.pace import Rate

CHANNEL = "console"
CAN = Capability(buttons=False, edit=False, max_length=4000, markup="plain", push=False)
RATES = Rates(chat=lambda _chat: Rate(timedelta(seconds=1)), bulk=Rate(timedelta(seconds=1)))
"""Of no meaning here: nothing is sent."""


class ConsoleChannel:
    """The terminal's side: the person fetches, nothing is sent."""

    name = CHANNEL
    can = CAN
    rates = RATES

    def read(self, payload: str) -> Incoming | None:
        """What was typed."""
        try:
            data = json.loads(payload)
            return Incoming(CHANNEL, str(data["user"]), str(data["user"]), "text", data["text"])
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableError(type(error).__name__) from error

    async def send(self, chat: str, reply: Reply) -> str:
        """The outbox row is itself the message."""
        return ""

    async def acknowledge(self, message: Incoming) -> None:
        """There are no buttons."""

    async def answer_inline(self, message: Incoming, replies: list[tuple[str, Reply]]) -> None:
        """There is no other chat."""


def typed(user: str, key: str, text: str) -> Received:
    """A line typed, as the inbox keeps it."""
    payload = json.dumps({"user": user, "text": text})
    return Received(CHANNEL, f"{user}:{key}", f"{CHANNEL}:{user}", payload, datetime.now(UTC))
