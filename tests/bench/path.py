"""Updates a second through the whole path, beside a bare echo bot: `python -m tests.bench.path`.

Four kinds of process: the bots, a sink which stands for Telegram and only counts, and a driver
which delivers updates over 64 connections. The clock runs from the first delivery to the last
reply at the sink, on the clock all processes of a machine share.
"""

import asyncio
import contextlib
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

import aiohttp
import httpx
import psutil
import uvloop

ROOT = Path(__file__).parents[2]
QUESTIONS = ROOT / "tests/faq/dev_queries.jsonl"
SECRET = "bench"
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
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
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
            kind = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
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


@contextlib.contextmanager
def sinking() -> Iterator[str]:
    """A sink in its own process; gives its address."""
    command = [sys.executable, "-m", "tests.bench.path", "sink"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip() if process.stdout else ""
        finally:
            process.kill()


# The driver


@dataclass(frozen=True)
class Job:
    """Bodies to deliver, to where, and how many a second (0: as fast as they are taken)."""

    url: str
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
            async with session.post(job.url, data=job.bodies[number].encode()) as answer:
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
    given = json.dumps([job.url, job.bodies, job.rate])
    done = subprocess.run(command, cwd=ROOT, input=given, stdout=subprocess.PIPE, text=True, check=True)
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
