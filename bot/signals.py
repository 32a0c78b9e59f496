"""News inside a process: something was committed for a lane, somebody waits for it."""

import asyncio
from collections import defaultdict


class Signals:
    """Wakes those who wait for a key; used on the event loop only.

    A signal carries nothing: whoever wakes looks at the database, so none can be lost for good.
    """

    def __init__(self) -> None:
        self._events: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.closed = False

    def tell(self, key: str) -> None:
        """Wake everybody who waits for a key."""
        event = self._events.pop(key, None)
        if event is not None:
            event.set()

    def ticket(self, key: str) -> asyncio.Event:
        """An event that is set at the next news; take it before looking, then wait."""
        return self._events[key]

    async def wait(self, ticket: asyncio.Event, timeout: float) -> bool:  # noqa: ASYNC109
        """Wait for a ticket's news, at most `timeout` seconds; whether there was any."""
        try:
            async with asyncio.timeout(timeout):
                await ticket.wait()
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        """Wake everybody: the process is ending."""
        self.closed = True
        for key in list(self._events):
            self.tell(key)
