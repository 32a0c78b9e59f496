"""Answers pressed on phones: those that arrive while others are being written go together."""

import asyncio
from collections.abc import Sequence
from functools import partial

from sqlmodel import Session

from bot.db import Database
from bot.flows.live import signal_of
from bot.signals import Signals
from quiz import pressing
from quiz.pressing import Press, Result
from quiz.rounds import Round

LOT = 512


class Collector:
    """Writes the presses of one contest, many in a transaction; each answered after its commit."""

    def __init__(self, db: Database, signals: Signals, round_: Round) -> None:
        self.db = db
        self.signals = signals
        self.round = round_
        """As it was once looked up: rules and questions never change."""
        self._waiting: list[tuple[Press, asyncio.Future[Result]]] = []
        self._task: asyncio.Task[None] | None = None

    async def press(self, item: Press) -> Result:
        """Count a press; what became of it, once that is written."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write())
        return await future

    async def _write(self) -> None:
        while self._waiting:
            lot, self._waiting = self._waiting[:LOT], self._waiting[LOT:]
            work = partial(_count, self.round, [item for item, _future in lot])
            try:
                results = await self.db.write(work)
            except Exception as error:  # noqa: BLE001 - whoever pressed is told, and presses again
                for _item, future in lot:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_item, future), result in zip(lot, results, strict=True):
                if not future.done():
                    future.set_result(result)
            self.signals.tell(signal_of(self.round))


def _count(round_: Round, presses: Sequence[Press], session: Session) -> list[Result]:
    return pressing.press(session, round_, presses)
