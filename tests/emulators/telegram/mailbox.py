"""Updates that wait for the bot, and getUpdates: confirmed by the next offset, one at a time."""

import asyncio
import itertools
from collections.abc import Callable, Iterable

from tests.emulators.telegram.errors import ApiError
from tests.emulators.telegram.spec import Raw

OFF_UNLESS_NAMED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
TWO_POLLERS = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)


class Mailbox:
    """Keeps each update until the bot has confirmed it."""

    def __init__(self, first: int = 100_000_001) -> None:
        self.pending: list[Raw] = []
        self.arrived: Callable[[Raw], None] = lambda _update: None
        """Called with each update that is put in."""
        self.allowed: frozenset[str] = frozenset()
        self._ids = itertools.count(first)
        self._waiting: asyncio.Future[None] | None = None

    @property
    def waited_for(self) -> bool:
        """Does a getUpdates wait now?"""
        return self._waiting is not None and not self._waiting.done()

    def put(self, update: Raw, *, whatever: bool = False) -> int:
        """Put an update in, if its kind is allowed or it is to come whatever it is; its number."""
        number = update.get("update_id")
        if not isinstance(number, int):
            number = next(self._ids)
            update = {"update_id": number} | update
        if whatever or self.wants(update):
            self.pending.append(update)
            self.wake()
            self.arrived(update)
        return number

    def wants(self, update: Raw) -> bool:
        """Does the bot want updates of this kind?"""
        kinds = set(update) - {"update_id"}
        return bool(kinds & self.allowed) if self.allowed else not kinds & OFF_UNLESS_NAMED

    def allow(self, kinds: Iterable[str] | None) -> None:
        """From now on only these kinds; an empty list is the usual ones, None leaves it as is."""
        if kinds is not None:
            self.allowed = frozenset(kinds)

    def wake(self) -> None:
        """Let the waiting getUpdates look again."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def drop(self, update: Raw) -> None:
        """An update was taken."""
        self.pending = [kept for kept in self.pending if kept is not update]

    async def get(self, offset: int, limit: int, seconds: float) -> list[Raw]:
        """The updates from an offset on; waits for one. An older getUpdates ends with a 409."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ApiError(409, TWO_POLLERS))
        self._confirm(offset)
        if not self.pending and seconds:
            await self._wait(seconds)
        return self.pending[:limit]

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self.pending = self.pending[offset:]
        elif offset:
            self.pending = [kept for kept in self.pending if kept["update_id"] >= offset]

    async def _wait(self, seconds: float) -> None:
        waiting = self._waiting = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await waiting
        except TimeoutError:
            pass
        finally:
            if self._waiting is waiting:
                self._waiting = None
