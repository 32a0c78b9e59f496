"""Updates a second through the whole path, beside a bare echo bot: `python -m tests.bench.path`.

Four kinds of process: the bots, a sink which stands for Telegram and only counts, and a driver
which delivers updates over 64 connections. The clock runs from the first delivery to the last
reply at the sink, on the clock all processes of a machine share.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import cast

import aiohttp
import httpx
import uvloop

from tests.bench.start import ROOT, SECRET, Bot, echo, ours, sinking

QUESTIONS = ROOT / "tests/faq/dev_queries.jsonl"
UPDATES, WARM_UP, CALM = 2000, 400, 400
CALM_RATE = 40
"""Updates a second when nobody is in a hurry; Telegram itself lets a bot send about 30."""
CONNECTIONS = 64
RUNS = 3
PATIENCE = 120.0

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
CHAT = re.compile(rb"chat_id\W{1,4}(\d+)")  # in JSON and in a form
ME = b'{"id":1234,"is_bot":true,"first_name":"Bench","username":"bench_bot"}'
MESSAGE = (
    b'{"message_id":%d,"date":1750000000,"chat":{"id":%d,"type":"private","first_name":"D"},'
    b'"from":' + ME + b',"text":"ok"}'
)


# The sink


@dataclass
class Counted:
    """The messages counted: how many, when the last came, and when the first to each chat."""

    messages: int = 0
    last: float = 0.0
    first: dict[int, float] = field(default_factory=dict)


class Sink(asyncio.Protocol):
    """One connection to the sink: Telegram without any rule."""

    counted = Counted()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is one, unregistered
        self.buffer = bytearray()

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self.buffer += data
        while (head := self.buffer.find(b"\r\n\r\n")) >= 0:
            length = LENGTH.search(self.buffer, 0, head)
            end = head + 4 + (int(length[1]) if length else 0)
            if len(self.buffer) < end:
                return
            line = bytes(self.buffer[: self.buffer.find(b"\r\n")])
            body = self.answer(line.split(b" ")[1], bytes(self.buffer[head + 4 : end]))
            del self.buffer[:end]
            kind = (
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            )
            self.transport.write(kind % len(body) + body)

    def answer(self, path: bytes, body: bytes) -> bytes:
        """Count a message, or do what the bench asks."""
        counted = Sink.counted
        if path.endswith(b"/sendMessage") and (chat := CHAT.search(body)):
            counted.messages += 1
            counted.last = time.monotonic()
            counted.first.setdefault(int(chat[1]), counted.last)
            result = MESSAGE % (counted.messages, int(chat[1]))
        elif path == b"/reset":
            Sink.counted = Counted()
            result = b"true"
        elif path == b"/count":
            return json.dumps([len(counted.first), counted.messages]).encode()
        elif path == b"/times":
            return json.dumps([counted.messages, counted.last, counted.first]).encode()
        else:
            result = ME if path.endswith(b"/getMe") else b"true"
        return b'{"ok":true,"result":' + result + b"}"


async def sink() -> None:
    """Listen, and say where, until killed."""
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


# The driver


@dataclass(frozen=True)
class Job:
    """Bodies to deliver, to where in turn, and how many a second (0: as fast as they are taken)."""

    urls: Sequence[str]
    bodies: Sequence[str]
    rate: float = 0.0


async def deliver(job: Job) -> list[float]:
    """When each body began to be delivered. Raises RuntimeError when one is refused."""
    started = [0.0] * len(job.bodies)
    numbers = iter(range(len(job.bodies)))
    headers = {
        "Content-Type": "application/json",
        "X-Telegram-Bot-Api-Secret-Token": SECRET,
    }

    async def work(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            if job.rate:
                await asyncio.sleep(max(0.0, begun + number / job.rate - time.monotonic()))
            started[number] = time.monotonic()
            url = job.urls[number % len(job.urls)]
            async with session.post(url, data=job.bodies[number].encode()) as answer:
                if answer.status != 200:
                    raise RuntimeError(await answer.text())
                await answer.read()

    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=CONNECTIONS),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=headers,
    ) as session:
        begun = time.monotonic()
        await asyncio.gather(*(work(session) for _ in range(CONNECTIONS)))
    return started


def drive(job: Job) -> list[float]:
    """Deliver in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.path", "driver"]
    given = json.dumps([job.urls, job.bodies, job.rate])
    done = subprocess.run(
        command, cwd=ROOT, input=given, stdout=subprocess.PIPE, text=True, check=True
    )
    times: list[float] = json.loads(done.stdout)
    return times


def questions(count: int, turn: int) -> list[str]:
    """Distinct questions as people type them; every turn gives each chat another one."""
    lines = QUESTIONS.read_text("utf-8").splitlines()
    plain = [json.loads(line)["text"] for line in lines]
    polite = [f"Dạ cho hỏi {text}" for text in plain]
    pool = list(dict.fromkeys([*plain, *polite]))
    shift = turn * 577
    return [pool[(number + shift) % len(pool)] for number in range(count)]


def updates(chats: Sequence[int], turn: int) -> list[str]:
    """An update for each chat, as Telegram delivers a text message."""
    asked = questions(len(chats), turn)
    return [
        json.dumps(
            {
                "update_id": chat * 100 + turn,
                "message": {
                    "message_id": turn + 1,
                    "date": int(time.time()),
                    "chat": {"id": chat, "type": "private", "first_name": "Dân"},
                    "from": {"id": chat, "is_bot": False, "first_name": "Dân"},
                    "text": text,
                },
            }
        )
        for chat, text in zip(chats, asked, strict=True)
    ]


# The measure


@dataclass(frozen=True)
class Pass:
    """One pass of updates: how fast, the delays of the first replies, and what it cost."""

    rate: float
    messages: int
    delays: list[float]
    work: float
    """Milliseconds of processor an update cost the bot."""

    def delay(self, percent: int) -> float:
        """A percentile of the delays, in milliseconds."""
        return quantiles(self.delays, n=100)[percent - 1] * 1000


def one_pass(
    api: str,
    urls: Sequence[str],
    bot: Bot | None,
    chats: Sequence[int],
    bodies: list[str],
    rate: float = 0.0,
) -> Pass:
    """Deliver once and wait until every chat has its reply and nothing more comes."""
    httpx.get(f"{api}/reset")
    before = bot.worked() if bot else 0.0
    started = drive(Job(urls, bodies, rate))
    settle(api, len(chats))
    messages, last, first = httpx.get(f"{api}/times").json()
    delays = [first[str(chat)] - start for chat, start in zip(chats, started, strict=True)]
    spent = (bot.worked() if bot else 0.0) - before
    return Pass(len(chats) / (last - min(started)), messages, delays, spent * 1000 / len(chats))


def settle(api: str, chats: int) -> None:
    """Wait until every chat has a reply, and half a second has brought no other."""
    begun, seen = time.monotonic(), [0, 0]
    while True:
        time.sleep(0.5)
        now = httpx.get(f"{api}/count").json()
        if now[0] >= chats and now == seen:
            return
        if time.monotonic() - begun > PATIENCE:
            raise TimeoutError(f"{now[0]} of {chats} chats have a reply")
        seen = now


def run(bots: Sequence[Bot], api: str) -> None:
    """Every bot in turn, so that a busy machine is busy for all: strangers, the known, calm."""
    for turn in range(RUNS + 1):
        for place, bot in enumerate(bots):
            count = UPDATES if turn else WARM_UP
            first = 10_000_000 * (place + 1) + 100_000 * turn
            chats = range(first, first + count)  # new ones, so that no chat's pace is measured
            for number, kind in enumerate(("strangers", "known", "calm")):
                some, rate = (chats[:CALM], CALM_RATE) if kind == "calm" else (chats, 0)
                done = one_pass(api, bot.hooks(), bot, some, updates(some, number), rate)
                if turn:
                    bot.passes.setdefault(kind, []).append(done)


def ceiling(api: str) -> float:
    """Replies a second when the driver itself sends them to the sink: neither is the bottleneck."""
    chats = range(1, UPDATES + 1)
    bodies = [json.dumps({"chat_id": chat, "text": "Chào bạn. " * 30}) for chat in chats]
    return max(
        one_pass(api, [f"{api}/bot1:x/sendMessage"], None, chats, bodies).rate for _ in range(3)
    )


def table(bots: Sequence[Bot]) -> Iterator[str]:
    """Medians of the runs, the extremes of the rate, and the ratio to the first bot at its best."""
    yield (
        f"{'':24}{'updates/s':>10}{'(runs)':>12}{'ratio':>7}{'messages':>9}"
        f"{'p50 ms':>8}{'p99 ms':>8}{'CPU ms':>8}{'RSS MB':>8}"
    )
    best = max(middle(bots[0], kind) for kind in bots[0].passes)
    for bot in bots:
        for kind, passes in bot.passes.items():
            rates = sorted(item.rate for item in passes)
            ratio = "" if kind == "calm" else f"{median(rates) / best:.2f}"
            yield (
                f"{bot.name + ', ' + kind:24}{median(rates):10.0f}"
                f"{f'{rates[0]:.0f}-{rates[-1]:.0f}':>12}{ratio:>7}"
                f"{median(item.messages for item in passes):9.0f}"
                f"{median(item.delay(50) for item in passes):8.0f}"
                f"{median(item.delay(99) for item in passes):8.0f}"
                f"{median(item.work for item in passes):8.2f}"
                f"{bot.resident() / 1e6:8.0f}"
            )


def middle(bot: Bot, kind: str) -> float:
    """The median rate of a bot's passes of a kind."""
    return median(item.rate for item in bot.passes[kind])


def main() -> None:
    """Play a part when told to; else measure and print the table."""
    match sys.argv[1:]:
        case ["sink"] if __name__ == "__main__":
            uvloop.run(sink())
        case ["driver"] if __name__ == "__main__":
            urls, bodies, rate = json.load(sys.stdin)
            json.dump(uvloop.run(deliver(Job(urls, bodies, rate))), sys.stdout)
        case _:
            compare()


def compare() -> None:
    """Measure everything and print the table."""
    with (
        tempfile.TemporaryDirectory() as folder,
        sinking() as api,
        echo(api) as bare,
        ours(api, Path(folder)) as bot,
    ):
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores before")
        print(f"sink and driver alone: {ceiling(api):.0f} replies/s")
        bots = [bare, bot]
        run(bots, api)
        print("\n".join(table(bots)))
        print(f"load {os.getloadavg()[0]:.1f} after")


if __name__ == "__main__":
    main()
