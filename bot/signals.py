"""News: something was committed for a lane, somebody waits for it, here or in another process."""

import asyncio
from collections import defaultdict
from collections.abc import Callable


class Signals:
    """Wakes those who wait for a key; used on the event loop only.

    A signal carries nothing: whoever wakes looks at the database, so none can be lost for good.
    """

    def __init__(self) -> None:
        self._events: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.closed = False
        self.pass_on: Callable[[str], None] = lambda _key: None
        """Carries what is told to the other processes, where there are any."""

    def tell(self, key: str) -> None:
        """Wake everybody who waits for a key, in every process."""
        self.wake(key)
        self.pass_on(key)

    def wake(self, key: str) -> None:
        """Wake everybody who waits for a key in this process."""
        event = self._events.pop(key, None)
        if event is not None:
            event.set()

    def wake_all(self) -> None:
        """Wake everybody in this process: something may have been missed."""
        for key in list(self._events):
            self.wake(key)

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
        self.wake_all()
