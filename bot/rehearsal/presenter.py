"""The presenter of a rehearsal: opens the contest and takes its steps on the real pages."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from bot.i18n import number
from bot.rehearsal import crowd
from bot.rehearsal.crowd import Crowd

GRACE = 1.5
"""Seconds after closing when the grace of the pages is over: quiz.scoring.GRACE, and a little."""
LOOKS = 1.0
"""Seconds the hall looks at the answer, and at the board."""
HEARD_WITHIN = 10.0


class NotHeardError(Exception):
    """The server did not do what was asked; the text says what."""


@dataclass
class Presenter:
    """Somebody with a session who runs a contest."""

    url: str
    http: httpx.AsyncClient
    say: Callable[[str], None]
    code: str = ""
    seen: int = 0

    async def enters(self, token: str) -> None:
        """Use a one-time link."""
        answer = await self.http.post(f"{self.url}/vao/{token}")
        self._must(answer, "mở phiên đăng nhập")

    async def makes(self, rules: str, title: str) -> str:
        """Make the contest; its code."""
        form = {"rules": rules, "title": title, "rehearsal": "1"}
        answer = await self.http.post(f"{self.url}/san-khau/quan-ly", data=form)
        self._must(answer, "mở vòng diễn tập")
        self.code = answer.headers["location"].split("/")[2]
        return self.code

    def _must(self, answer: httpx.Response, what: str) -> None:
        if answer.status_code != httpx.codes.SEE_OTHER:
            message = f"máy chủ không {what} được (trả lời {answer.status_code})"
            raise NotHeardError(message)

    async def plays(self, hall: Crowd, questions: int) -> None:
        """Question after question, until so many were asked; then the end."""
        for count in range(1, questions + 1):
            question = await self._opens(hall)
            self.say(f"Câu {count}: {crowd.told(hall.phones)} đang bấm…")
            await hall.answers(question, until=crowd.WITHIN)
            await self._step(hall, "close")
            await asyncio.sleep(GRACE)
            await hall.too_late(question)
            for act in ("reveal", "standings"):
                await self._step(hall, act)
                await asyncio.sleep(LOOKS)
            self.say(f"Câu {count}: nhận đủ sau {number(hall.played.waits[-1], 2)} giây.")
        await self._step(hall, "end")

    async def _opens(self, hall: Crowd) -> str:
        """Open the next question; which it is, as the stream tells."""
        before = hall.question
        await self._step(hall, "open")
        until = time.monotonic() + HEARD_WITHIN
        while hall.question == before:
            if time.monotonic() > until:
                message = "máy chủ không cho thấy câu hỏi vừa mở"
                raise NotHeardError(message)
            await asyncio.sleep(0.02)
        return hall.question

    async def _step(self, hall: Crowd, act: str) -> None:
        self.seen += 1
        hall.played.steps[self.seen] = time.monotonic()
        form = {"act": act, "seen": str(self.seen - 1)}
        answer = await self.http.post(f"{self.url}/san-khau/{self.code}/buoc", data=form)
        self._must(answer, f"bấm bước {act}")
