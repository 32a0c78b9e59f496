"""What every channel is: it reads what was delivered, and sends; it decides nothing."""

from typing import Protocol, runtime_checkable

from bot.messages import Capability, Incoming, Reply
from bot.outbox import Rates


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
class Editing(Protocol):
    """A channel that can change what it sent; `can.edit` says whether it does."""

    async def edit(self, chat: str, name: str, reply: Reply) -> None:
        """Change the message the platform calls `name`. Raises a DeliveryError."""
