"""The emulator as tests use it: start it, let people act, see what the bot did."""

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.emulators.telegram import updates
from tests.emulators.telegram.api import Api, Call, Sent
from tests.emulators.telegram.faults import Fault, Script
from tests.emulators.telegram.limits import Limits, Violation
from tests.emulators.telegram.mailbox import Mailbox
from tests.emulators.telegram.people import Group, User
from tests.emulators.telegram.server import Server
from tests.emulators.telegram.spec import Raw
from tests.emulators.telegram.webhook import Hook
from tests.emulators.telegram.world import Place, World

TOKEN = "1234:TEST"
LOOK = 0.005
"""Seconds between two looks at what a test waits for."""


class TelegramEmulator:
    """A strict Telegram on the loopback, for one bot.

    `limits` makes it answer 429 to who sends faster than Telegram lets them; `journal` is a file
    to which every accepted send is written before it is answered; `latency` delays each answer.
    """

    def __init__(
        self,
        token: str = TOKEN,
        *,
        journal: Path | None = None,
        limits: bool | Limits = False,
        latency: float = 0.0,
        seed: int = 0,
        username: str = "lyson_test_bot",
        port: int = 0,
    ) -> None:
        self.token = token
        self.bot = updates.BOT | {"id": int(token.partition(":")[0]), "username": username}
        self.world = World(self.bot)
        self.mailbox = Mailbox()
        self.faults = Script(seed)
        kept = Limits() if limits is True else limits or None
        self.api = Api(self.world, self.mailbox, self.faults, kept, journal)
        self.server = Server(self.api, token, latency)
        self.server.port = port
        self._hook: Hook | None = None
        self._people = itertools.count(5001)
        self._groups = itertools.count(4001)

    async def __aenter__(self) -> Self:
        await self.server.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.goes_down()

    async def goes_down(self) -> None:
        """Telegram cannot be reached; what it knows, what waits and the webhook are kept."""
        self._hook = self.api.courier.hook
        await self.api.courier.set(None)
        await self.server.stop()

    async def comes_back(self) -> None:
        """Telegram can be reached again, at the same address, and delivers again."""
        await self.server.start()
        await self.api.courier.set(self._hook)

    @property
    def api_url(self) -> str:
        """The root of the Bot API: the bot calls `<root>/bot<token>/<method>`."""
        return f"http://127.0.0.1:{self.server.port}"

    # Who there is

    def user(
        self,
        first_name: str = "Lan",
        language_code: str = "vi",
        username: str = "",
        *,
        id_: int | None = None,
        started: bool = True,
    ) -> User:
        """A person; one who has not started the bot cannot be written to."""
        raw = updates.person(id_ or next(self._people), first_name, language_code, username)
        place = Place(updates.private(raw), "open" if started else "unstarted")
        self.world.places[raw["id"]] = place
        return User(self.world, self.mailbox, raw, place)

    def group(self, title: str = "Thôn Đông", *, supergroup: bool = False) -> Group:
        """A group with the bot in it."""
        number = next(self._groups)
        chat = (
            updates.supergroup(-1002000000000 - number, title)
            if supergroup
            else updates.group(-number, title)
        )
        place = self.world.places[chat["id"]] = Place(chat)
        return Group(self.world, self.mailbox, place)

    def push(self, raw: Raw) -> int:
        """Put in an update as it is, even a malformed one or one of an unknown kind; its number.

        It gets a number unless it has one; the same number twice is the same update twice.
        """
        return self.mailbox.put(raw, whatever=True)

    # What is to go wrong

    def fails(self, *faults: Fault) -> None:
        """Let these faults happen."""
        self.faults.add(*faults)

    @property
    def violations(self) -> list[Violation]:
        """Messages that came faster than Telegram's limits let them."""
        return self.api.limits.violations if self.api.limits else []

    # What the bot did

    @property
    def sent(self) -> list[Sent]:
        """Accepted messages and edits, in order."""
        return self.api.sent

    @property
    def calls(self) -> list[Call]:
        """Every call, also those refused."""
        return self.api.calls

    @property
    def refused(self) -> list[Call]:
        """Calls that broke a rule of the Bot API or ran into a scripted refusal."""
        return [call for call in self.calls if not call.ok]

    @property
    def mistakes(self) -> list[Call]:
        """Calls the real Telegram would call bad too, whatever the test has scripted."""
        bad = (400, 401, 404)
        return [call for call in self.refused if call.code in bad and not call.scripted]

    def accepted(self, method: str) -> list[Call]:
        """The accepted calls of a method."""
        return [call for call in self.calls if call.ok and call.method == method]

    def sent_to(self, whom: User | Group | int) -> list[str]:
        """What people saw in a chat, in order."""
        chat = whom if isinstance(whom, int) else whom.id
        return [sent.text for sent in self.sent if sent.chat_id == chat]

    async def wait_for(self, met: Callable[[], object], within: float = 60.0) -> None:
        """Wait until something is so; fails with what the bot did if it is not in time."""
        loop = asyncio.get_running_loop()
        end = loop.time() + within
        while not met():
            if loop.time() > end:
                raise AssertionError(f"not so within {within} s; the bot did:\n{self.story()}")
            await asyncio.sleep(LOOK)

    def story(self) -> str:
        """The calls but getUpdates, a line each."""
        return "\n".join(
            f"{call.method} {call.code} {call.reason} {dict(call.params)}"
            for call in self.calls
            if call.method != "getUpdates" or not call.ok
        )
