"""What every channel is: it reads what was delivered, and sends; it decides nothing."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Protocol, runtime_checkable

from sqlmodel import Session

from bot import reach
from bot.messages import Capability, Incoming, Received, Reply
from bot.outbox import Rates
from bot.people import Address
from bot.reach import Reach
from bot.sole import Alone

Accept = Callable[[list[Received]], Awaitable[int]]
"""Keeps deliveries, committed when it returns; how many were new."""


class Channel(Protocol):
    """A place people write from."""

    name: str
    can: Capability
    rates: Rates
    """How fast we may send; of no meaning where the person fetches."""

    def read(self, payload: str) -> Incoming | None:
        """The message in a delivery; None when there is nothing to do. Pure.

        Raises UnreadableError when the delivery makes no sense.
        """

    async def send(self, chat: str, reply: Reply) -> str:
        """Send a reply; the platform's id of it. Raises a DeliveryError."""

    async def acknowledge(self, message: Incoming) -> None:
        """Answer a tap at once, so that no spinner stays. Never raises, never retried."""

    async def answer_inline(self, message: Incoming, replies: list[tuple[str, Reply]]) -> None:
        """Answer a question typed in another chat: titles and answers. Never raises."""


@runtime_checkable
class Choosy(Protocol):
    """A channel that does not always let us send: it says whom a notice would reach, and why not.

    A channel without this method reaches everybody who did not block it.
    """

    def reach(self, session: Session, address: Address, now: datetime) -> Reach:
        """Whether a message sent on our own accord would arrive at an address of this channel."""


@runtime_checkable
class Guarded(Protocol):
    """A channel with groups that somebody runs: it says whether a person does."""

    async def is_admin(self, chat: str, user: str) -> bool | None:
        """Whether a person runs a group; None when the platform does not say. Never raises."""


def reaches(channels: Mapping[str, Channel]) -> dict[str, reach.Ask]:
    """What the channels know of whom they reach, for `reach.of`."""
    return {name: item.reach for name, item in channels.items() if isinstance(item, Choosy)}


class Platform(Channel, Protocol):
    """A channel that receives by itself, beside what is delivered to a webhook."""

    state: str
    """What it is doing, or what is wrong; shown by /health."""
    last_heard: datetime | None

    async def run(self, accept: Accept, alone: Alone) -> None:
        """Receive for ever; every failure is waited out. What is fetched is fetched `alone`."""

    async def close(self) -> None:
        """Let the connections go."""


@runtime_checkable
class Carrying(Protocol):
    """A channel that can carry a file; `can.files` says whether it does."""

    async def carry(self, chat: str, reply: Reply, name: str, body: bytes) -> str:
        """Send a file with a reply under it; the platform's id. Raises a DeliveryError."""


@runtime_checkable
class Editing(Protocol):
    """A channel that can change what it sent; `can.edit` says whether it does."""

    async def edit(self, chat: str, name: str, reply: Reply) -> None:
        """Change the message the platform calls `name`. Raises a DeliveryError."""
