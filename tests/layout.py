"""Several processes of the bot over one PostgreSQL, and a driver that delivers as a proxy would."""

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import httpx

from tests.emulators.telegram import updates
from tests.processes import UP_WITHIN, Bot

SECRET = "secret-of-the-layout"
WEBHOOK = {
    "BOT_TELEGRAM_MODE": "webhook",
    "BOT_TELEGRAM_WEBHOOK_SECRET": SECRET,
    "BOT_PUBLIC_URL": "http://127.0.0.1:9",
    "OPENBLAS_NUM_THREADS": "1",
}
AGAIN = 0.05
"""Seconds after which a proxy tries the next process."""


@dataclass(frozen=True)
class Layout:
    """The processes, by what they do."""

    webs: Sequence[Bot]
    workers: Sequence[Bot]

    @property
    def all(self) -> list[Bot]:
        """All of them."""
        return [*self.webs, *self.workers]

    def addresses(self) -> list[str]:
        """Where the web processes are."""
        return [f"http://127.0.0.1:{bot.port}" for bot in self.webs]

    def restart(self, bot: Bot) -> int:
        """SIGTERM, then start again; its exit status."""
        status = bot.end()
        bot.start()
        bot.wait_healthy()
        return status


@contextlib.contextmanager
def laid_out(state: Path, api: str, url: str, webs: int = 2, workers: int = 2) -> Iterator[Layout]:
    """The processes, started; gone at the end however the test ends."""

    def made(only: str) -> Bot:
        return Bot(state, api, url, more=WEBHOOK, only=only)

    layout = Layout([made("web") for _ in range(webs)], [made("worker") for _ in range(workers)])
    try:
        for bot in layout.all:
            bot.start()
        for bot in layout.all:
            bot.wait_healthy(UP_WITHIN * len(layout.all))
        yield layout
    finally:
        for bot in layout.all:
            bot.kill()


async def deliver(
    addresses: Sequence[str], chats: Mapping[int, Sequence[str]], every: float
) -> int:
    """Deliver each chat's messages, one after the other's 200 and `every` seconds, as people write.

    A process that does not take one is followed by the next, as behind a proxy; how often.
    """
    numbers, turns, failures = count(1), count(), 0

    async def one_chat(client: httpx.AsyncClient, chat: int, texts: Sequence[str]) -> None:
        nonlocal failures
        for text in texts:
            update = updates.message(text, user=updates.person(chat))
            update["update_id"] = next(numbers)
            while not await _took(client, addresses[next(turns) % len(addresses)], update):
                failures += 1
                await asyncio.sleep(AGAIN)
            await asyncio.sleep(every)

    head = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with httpx.AsyncClient(timeout=10, headers=head) as client:
        await asyncio.gather(*(one_chat(client, chat, texts) for chat, texts in chats.items()))
    return failures


async def _took(client: httpx.AsyncClient, address: str, update: Mapping[str, object]) -> bool:
    try:
        answer = await client.post(f"{address}/webhooks/telegram", json=update)
    except httpx.HTTPError:
        return False
    return answer.status_code == httpx.codes.OK


def heard(journal: Path) -> dict[int, list[str]]:
    """What each chat was answered, in order, the first-use notice not counted."""
    found: dict[int, list[str]] = defaultdict(list)
    whole = journal.read_bytes().split(b"\n")[:-1] if journal.exists() else []
    for line in map(json.loads, whole):
        if line["method"] == "sendMessage" and not line["text"].startswith("Đôi lời"):
            found[int(line["chat_id"])].append(line["text"])
    return found
