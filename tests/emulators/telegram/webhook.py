"""Delivery to the bot's webhook: one at a time for each chat, again until the answer is 2xx."""

import asyncio
import contextlib
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp

from tests.emulators.telegram.mailbox import Mailbox
from tests.emulators.telegram.spec import Raw

HEADER = "X-Telegram-Bot-Api-Secret-Token"
LONGEST = 60.0
"""Seconds to wait for an answer, and at most between two tries."""


@dataclass
class Hook:
    """Where updates go."""

    url: str
    secret: str
    connections: int
    last_error: str = ""
    last_error_date: int = 0


def lane(update: Raw) -> str:
    """What shares an order: a person's taps and queries, a poll's answers, a chat's messages."""
    for kind, content in update.items():
        if isinstance(content, dict):
            owner = "from" if kind in ("callback_query", "inline_query") else "chat"
            who = content.get(owner)
            return f"{kind}:{content.get('poll_id') or (isinstance(who, dict) and who.get('id'))}"
    return ""


class Courier:
    """Takes updates from the mailbox to the webhook, while there is one."""

    def __init__(self, mailbox: Mailbox, call: Callable[[str, Raw], Awaitable[object]]) -> None:
        self.mailbox = mailbox
        self.call = call
        """Performs the method that an answer may carry."""
        self.hook: Hook | None = None
        self.first_wait = 0.05
        """Seconds before the second try; doubled for each further one."""
        self._lanes: dict[str, deque[Raw]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._free = asyncio.Semaphore(40)

    async def set(self, hook: Hook | None) -> None:
        """From now on deliver there, or nowhere; what waits goes first."""
        await self.stop()
        self.hook = hook
        if hook is not None:
            self._free = asyncio.Semaphore(hook.connections)
            for update in self.mailbox.pending:
                self.take(update)

    async def stop(self) -> None:
        """Deliver nothing any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._lanes.clear()
        self.hook = None

    def take(self, update: Raw) -> None:
        """An update has arrived."""
        if self.hook is None:
            return
        key = lane(update)
        if key in self._lanes:
            self._lanes[key].append(update)
            return
        self._lanes[key] = deque([update])
        task = asyncio.get_running_loop().create_task(self._walk(key, self.hook))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _walk(self, key: str, hook: Hook) -> None:
        """Deliver what one lane holds, in order."""
        async with aiohttp.ClientSession() as session:
            while waiting := self._lanes[key]:
                await self._insist(session, hook, waiting[0])
                self.mailbox.drop(waiting.popleft())
            del self._lanes[key]

    async def _insist(self, session: aiohttp.ClientSession, hook: Hook, update: Raw) -> None:
        wait = self.first_wait
        while (asked := await self._deliver(session, hook, update)) is not None:
            await asyncio.sleep(max(wait, asked))
            wait = min(wait * 2, LONGEST)

    async def _deliver(
        self, session: aiohttp.ClientSession, hook: Hook, update: Raw
    ) -> float | None:
        """Try once: None when it was taken, else the seconds the other side asks to wait."""
        headers = {HEADER: hook.secret} if hook.secret else {}
        limit = aiohttp.ClientTimeout(total=LONGEST)
        try:
            async with (
                self._free,
                session.post(hook.url, json=update, headers=headers, timeout=limit) as answer,
            ):
                body = await answer.read()
                if 200 <= answer.status < 300:
                    await self._obey(body, answer.content_type)
                    return None
                self._failed(hook, f"Wrong response from the webhook: {answer.status}")
                return float(answer.headers.get("Retry-After", 0))
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            self._failed(hook, f"Connection failed: {type(error).__name__}")
            return 0.0

    def _failed(self, hook: Hook, reason: str) -> None:
        hook.last_error = reason
        hook.last_error_date = int(time.time())

    async def _obey(self, body: bytes, content_type: str) -> None:
        """An answer may carry one method to perform."""
        if content_type != "application/json":
            return
        with contextlib.suppress(ValueError):
            asked = json.loads(body)
            if isinstance(asked, dict) and isinstance(asked.get("method"), str):
                await self.call(asked.pop("method"), asked)
