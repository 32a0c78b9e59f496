"""A conversation played for real: inbox, worker, outbox and a fake channel, in standing time."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot import inbox
from bot.db import Database
from bot.flows.turn import House
from bot.messages import plain
from bot.signals import Signals
from bot.worker import Worker
from tests.fakes import FakeChannel, delivery


@dataclass
class Stage:
    """People talk to the bot; `now` stands still unless it is moved."""

    db: Database
    house: House
    now: datetime
    channel: FakeChannel = field(default_factory=FakeChannel)

    def __post_init__(self) -> None:
        self._keys = itertools.count(1)
        self.worker = Worker(
            self.db,
            lambda: self.house,
            {self.channel.name: self.channel},
            Signals(),
            now=lambda: self.now,
        )

    async def says(self, text: str, user: str = "lan", **more: Any) -> list[str]:
        """Somebody writes; what they are answered, as plain text."""
        before = len(self.channel.sent)
        item = delivery(f"m{next(self._keys)}", text, self.now, user=user, **more)
        await self.db.write(partial(inbox.accept, deliveries=[item]))
        await self.settle()
        chat = more.get("chat") or user
        return [plain(reply) for to, reply in self.channel.sent[before:] if to == chat]

    async def settle(self) -> None:
        """Let the worker do all there is to do."""
        while await self.worker.handle_some() + await self.worker.work_some():
            pass
        while await self.worker.send_some():
            await self.worker.idle()
        await self.worker.work_some()

    def later(self, gone: timedelta) -> None:
        """Time goes by."""
        self.now += gone
