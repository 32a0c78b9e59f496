"""A simulated hall: phones that listen and press over HTTP, some slow, some losing their line."""

import asyncio
import contextlib
import random
import re
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

import aiohttp

from bot.i18n import number
from bot.rehearsal import traces

SLOW, DROPS, DOUBLE, LATE, FORGED = 0.2, 0.1, 0.3, 0.1, 0.1
"""Shares of the phones that are slow, that lose their line, that press twice, that press after the
time; and how many forged presses come besides."""
WITHIN, SLOWER = 5.0, 3.0
"""Seconds within which people press, and how much later slow phones are at most."""
TRIES, PAUSE = 60, 0.5
AT_ONCE = 60
"""People in the door at a time."""
SHOWS_WITHIN = 10.0
"""Seconds after which a phone that does not show the last step has not heard it."""
TICK, BROKEN_AFTER = 0.05, 0.02
JOINED = 303
BUSY = frozenset({429, 500, 502, 503, 504})
LINE_LOST = (aiohttp.ClientError, TimeoutError, OSError)
STEP = re.compile(rb'"step":(\d+),')
QUESTION = re.compile(rb'"question":"([^"]+)"')
TAIL = 16


@dataclass(eq=False)
class Phone:
    """A simulated player: the cookie of its browser and its weaknesses."""

    name: str
    visitor: str
    slow: bool
    drops: bool


@dataclass
class Played:
    """What the phones did and heard."""

    joined: int = 0
    refused: int = 0
    honest: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    """(question, visitor) -> the options it named in time, as they were shown."""
    waits: list[float] = field(default_factory=list)
    """For each question the seconds from its last press to the last one being counted."""
    steps: dict[int, float] = field(default_factory=dict)
    """When the presenter took each step."""
    delays: list[float] = field(default_factory=list)
    dropped: int = 0
    resumed: int = 0
    """How often a phone lost its line, and how often one that came back was shown the contest."""
    deaf: int = 0
    """Phones that do not show the last step."""


class Line(asyncio.Protocol):
    """A phone's open stream; it reads as little as it can, so that the server is what is tried."""

    def __init__(self, crowd: "Crowd", *, again: bool = False) -> None:
        self.crowd = crowd
        self.again = again
        self.step = -1
        self.tail = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(self.crowd.asking)

    def data_received(self, data: bytes) -> None:
        """Note which step is shown, and how long after it was taken."""
        now, whole = time.monotonic(), self.tail + data
        self.tail = data[-TAIL:]
        found = STEP.findall(whole)
        if not found:
            return
        step = int(found[-1])
        taken = self.crowd.played.steps.get(step)
        if step > self.step >= 0 and taken is not None:
            self.crowd.played.delays.append(now - taken)
        if self.step < 0 and self.again:
            self.crowd.played.resumed += 1
        self.step = step
        self.crowd.heard(whole)


class Crowd:
    """All the phones of a rehearsal."""

    def __init__(self, url: str, code: str, many: int, chance: random.Random) -> None:
        self.url = f"{url}/san-khau/{code}"
        self.chance = chance
        self.played = Played()
        self.question = ""
        """The question the stream shows."""
        self.phones = [self._phone(number_) for number_ in range(1, many + 1)]
        parts = urlsplit(self.url)
        self.host, self.port = parts.hostname or "", parts.port or (443 if _tls(url) else 80)
        self.tls = ssl.create_default_context() if _tls(url) else None
        self.asking = (
            f"GET {parts.path}/luong HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            "Accept: text/event-stream\r\n\r\n"
        ).encode()
        self.lines: dict[Phone, Line] = {}
        self.gate = asyncio.Semaphore(AT_ONCE)
        self.lags: list[float] = []
        self.clock: asyncio.Task[None] | None = None

    def _phone(self, number_: int) -> Phone:
        slow, drops = self.chance.random() < SLOW, self.chance.random() < DROPS
        return Phone(f"Diễn tập {number_}", traces.visitor(), slow, drops)

    def heard(self, data: bytes) -> None:
        """Some phone heard a picture."""
        found = QUESTION.findall(data)
        if found:
            self.question = found[-1].decode()

    async def _tick(self) -> None:
        """How late our own clock ticks: that much of each delay is ours, not the server's."""
        while True:
            before = time.monotonic()
            await asyncio.sleep(TICK)
            self.lags.append(time.monotonic() - before - TICK)

    async def come(self) -> None:
        """Everybody joins and listens."""
        # Not httpx: the server needs the processor on the same laptop, and this one parses in C.
        self.http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=30),
        )
        self.clock = asyncio.create_task(self._tick())
        await asyncio.gather(*(self._joins(phone) for phone in self.phones))
        for phone in self.phones:
            await self._listens(phone)

    async def _joins(self, phone: Phone) -> None:
        async with self.gate:
            status = await self._post("/vao", phone.visitor, {"name": phone.name, "unit": ""})
        self.played.joined += status == JOINED

    async def _listens(self, phone: Phone, *, again: bool = False) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError):
            made = await loop.create_connection(
                lambda: Line(self, again=again), self.host, self.port, ssl=self.tls
            )
            self.lines[phone] = made[1]

    async def answers(self, question: str, *, until: float) -> None:
        """Everybody presses once or twice in `until` seconds; some forged presses come besides."""
        late = {phone for phone in self.phones if self.chance.random() < LATE}
        self.late = sorted(late, key=lambda phone: phone.visitor)
        prompt = [phone for phone in self.phones if phone not in late]
        times = await asyncio.gather(
            *(self._answers(phone, question, until) for phone in prompt),
            *(self._forges(question, until) for _ in range(int(len(prompt) * FORGED))),
        )
        pressed = [each for each in times if each is not None]
        if pressed:
            ends, begins = max(end for _, end in pressed), max(begin for begin, _ in pressed)
            self.played.waits.append(ends - begins)

    async def _answers(
        self, phone: Phone, question: str, until: float
    ) -> tuple[float, float] | None:
        await asyncio.sleep(self.chance.random() * until)
        if phone.drops and (line := self.lines.pop(phone, None)) is not None:
            line.transport.close()
            self.played.dropped += 1
        if phone.slow:
            await asyncio.sleep(self.chance.random() * SLOWER)
        places = [self.chance.randrange(4)]
        if self.chance.random() < DOUBLE:
            places.append(self.chance.randrange(4))
        self.played.honest[question, phone.visitor] = set(places)
        begin = time.monotonic()
        if phone.drops:
            await self._breaks_off(phone, question, places[0])
            await self._listens(phone, again=True)
        presses = (self._press(phone.visitor, question, place) for place in places)
        await asyncio.gather(*presses)
        return begin, time.monotonic()

    async def _breaks_off(self, phone: Phone, question: str, place: int) -> None:
        """A press whose answer is never read: the line was lost meanwhile."""
        with contextlib.suppress(*LINE_LOST):
            async with asyncio.timeout(BROKEN_AFTER):
                await self._send("/tra-loi", phone.visitor, _form(question, place))

    async def too_late(self, question: str) -> None:
        """Those who slept press now, after the time."""
        presses = (self._press(phone.visitor, question, 0) for phone in self.late)
        await asyncio.gather(*presses)

    async def _forges(self, question: str, until: float) -> None:
        """A press nobody was asked for: another question, no option, an unknown visitor."""
        await asyncio.sleep(self.chance.random() * until)
        known = self.chance.choice(self.phones).visitor
        forged = [
            (known, "khong-co-cau-nay", 1),
            (known, question, 7),
            (traces.visitor(), question, 1),
        ]
        await self._press(*self.chance.choice(forged))

    async def _press(self, visitor: str, question: str, place: int) -> None:
        await self._post("/tra-loi", visitor, _form(question, place))

    async def _post(self, path: str, visitor: str, data: dict[str, str]) -> int | None:
        """Send a form as a phone does: again after a while when the server is busy or away."""
        for _ in range(TRIES):
            with contextlib.suppress(*LINE_LOST):
                status = await self._send(path, visitor, data)
                if status not in BUSY:
                    return status
            await asyncio.sleep(PAUSE + self.chance.random())
        self.played.refused += 1
        return None

    async def _send(self, path: str, visitor: str, data: dict[str, str]) -> int:
        headers = {"Cookie": f"visitor={visitor}", "Accept": "application/json"}
        url = self.url + path
        async with self.http.post(url, data=data, headers=headers, allow_redirects=False) as answer:
            await answer.read()
            return answer.status

    async def look_round(self, step: int) -> None:
        """Who does not show the last step, at the end; how late it is shown, `delays` says."""
        for _look in range(int(SHOWS_WITHIN / TICK)):
            if not self._deaf(step):
                break
            await asyncio.sleep(TICK)
        self.played.deaf = self._deaf(step)

    def _deaf(self, step: int) -> int:
        return len(self.phones) - sum(line.step == step for line in self.lines.values())

    async def leave(self) -> None:
        """Everybody goes home."""
        for line in self.lines.values():
            line.transport.close()
        if self.clock is not None:
            self.clock.cancel()
            await self.http.close()


def _form(question: str, place: int) -> dict[str, str]:
    return {"choice": str(place), "question": question}


def _tls(url: str) -> bool:
    return url.startswith("https:")


def told(phones: Sequence[Phone]) -> str:
    """Who is in the hall, in words."""
    slow, drops = (sum(each) for each in ([p.slow for p in phones], [p.drops for p in phones]))
    return f"{number(len(phones))} người, {number(slow)} máy chậm, {number(drops)} máy hay mất mạng"
