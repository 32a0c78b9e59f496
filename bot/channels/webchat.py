"""The web chat: a visitor known by a cookie alone; the page fetches, nothing is sent."""

import json
from datetime import datetime, timedelta
from hashlib import blake2b

from bot.messages import Capability, Incoming, Received, Reply, UnreadableError
from bot.outbox import Rates
from bot.pace import Rate

CHANNEL = "web"
CAN = Capability(buttons=True, edit=True, max_length=4000, markup="page", push=False)
RATES = Rates(chat=lambda _chat: Rate(timedelta(0)), bulk=Rate(timedelta(0)))
LONGEST = 4096
"""Characters of one message we take, as on the other channels."""


class WebChannel:
    """The page's side: the outbox row is itself the message."""

    name = CHANNEL
    can = CAN
    rates = RATES

    def read(self, payload: str) -> Incoming | None:
        """What was posted."""
        return read(payload)

    async def send(self, chat: str, reply: Reply) -> str:
        """The outbox row is itself the message."""
        return ""

    async def acknowledge(self, message: Incoming) -> None:
        """A tap is a form that was posted: it is answered already."""

    async def answer_inline(self, message: Incoming, replies: list[tuple[str, Reply]]) -> None:
        """There is no other chat."""


def read(payload: str) -> Incoming:
    """The message in what was posted; UnreadableError when it makes no sense."""
    try:
        data = json.loads(payload)
        user, text, ref = data["user"], data["text"], data.get("ref", "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableError(type(error).__name__) from error
    if not all(isinstance(value, str) for value in (user, text, ref)) or not user:
        raise UnreadableError("wrong type")
    if len(text) > LONGEST:
        raise UnreadableError("too long")
    if not text.strip():
        return Incoming(CHANNEL, user, user, "media")
    return Incoming(CHANNEL, user, user, "tap" if ref else "text", text, ref=ref)


def posted(visitor: str, key: str, text: str, ref: str, now: datetime) -> Received:
    """A message as the inbox keeps it.

    A page may come back by the back button with its old key, so the words belong to the key.
    """
    # The visitor's cookie is not in the key: the key outlives a visitor who was forgotten.
    who = blake2b(visitor.encode(), digest_size=8).hexdigest()
    words = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    payload = json.dumps({"user": visitor, "text": text, "ref": ref})
    return Received(CHANNEL, f"{who}:{key}:{ref}:{words}", lane_of(visitor), payload, now)


def lane_of(visitor: str) -> str:
    """The lane of a visitor's messages."""
    return f"{CHANNEL}:{visitor}"


def key_parts(key: str) -> tuple[str, str]:
    """The page's key and the reference tapped, from the key of a delivery."""
    _visitor, mine, ref, *_words = [*key.split(":"), "", "", ""]
    return mine, ref
