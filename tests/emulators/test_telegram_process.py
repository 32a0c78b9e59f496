"""The emulator delivers to webhooks, keeps a journal, and runs as a process of its own."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import Conflict

from tests.emulators.telegram import TelegramEmulator, User
from tests.emulators.telegram.client import client
from tests.emulators.telegram.webhook import HEADER

ROOT = Path(__file__).parents[2]


@dataclass
class Hook:
    """A webhook that remembers what came, and answers as it is told."""

    url: str = ""
    answers: list[web.Response] = field(default_factory=list)
    came: list[tuple[str, str]] = field(default_factory=list)
    """The secret and the text of each delivery."""

    async def take(self, request: web.Request) -> web.Response:
        """One delivery."""
        update = await request.json()
        self.came.append((request.headers.get(HEADER, ""), update["message"]["text"]))
        return self.answers.pop(0) if self.answers else web.Response()


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    """A webhook of its own for each test."""
    made = Hook()
    app = web.Application()
    app.router.add_post("/", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield made
    await runner.cleanup()


async def test_updates_go_to_the_webhook_with_its_secret(
    telegram: TelegramEmulator, bot: Bot, lan: User, hook: Hook
) -> None:
    """What waited comes first, each with the secret; nothing is left waiting."""
    await lan.says("một")
    await bot.set_webhook(hook.url, secret_token="khoa")
    await lan.says("hai")

    await telegram.wait_for(lambda: not telegram.mailbox.pending)

    assert hook.came == [("khoa", "một"), ("khoa", "hai")]
    assert (await bot.get_webhook_info()).url == hook.url


async def test_a_failed_delivery_is_tried_again_before_the_next(
    telegram: TelegramEmulator, bot: Bot, lan: User, hook: Hook
) -> None:
    """An update is delivered until it is taken, and holds up what follows in the same chat."""
    telegram.api.courier.first_wait = 0.01
    hook.answers = [web.Response(status=500), web.Response(status=503)]
    await bot.set_webhook(hook.url)
    await lan.says("một")
    await lan.says("hai")

    await telegram.wait_for(lambda: not telegram.mailbox.pending)

    assert [text for _secret, text in hook.came] == ["một", "một", "một", "hai"]
    assert "503" in str((await bot.get_webhook_info()).last_error_message)


async def test_a_webhook_outlives_an_outage(
    telegram: TelegramEmulator, bot: Bot, lan: User, hook: Hook
) -> None:
    """What people say while Telegram is down is delivered when it is back."""
    await bot.set_webhook(hook.url)
    await telegram.goes_down()
    await lan.says("một")
    await telegram.comes_back()

    await telegram.wait_for(lambda: len(hook.came) == 1)


async def test_an_answer_to_a_webhook_may_be_a_call(
    telegram: TelegramEmulator, bot: Bot, lan: User, hook: Hook
) -> None:
    """The body of a 2xx may carry one method, which is checked like any other."""
    call = {"method": "sendMessage", "chat_id": lan.id, "text": "chào"}
    hook.answers = [web.json_response(call)]
    await bot.set_webhook(hook.url)
    await lan.says("xin chào")

    await telegram.wait_for(lambda: telegram.sent_to(lan) == ["chào"])


async def test_polling_and_a_webhook_exclude_each_other(bot: Bot, lan: User, hook: Hook) -> None:
    """getUpdates is a conflict until the webhook is deleted."""
    await bot.set_webhook(hook.url)
    with pytest.raises(Conflict):
        await bot.get_updates()
    await bot.delete_webhook(drop_pending_updates=True)

    assert await bot.get_updates() == ()


async def test_the_journal_has_a_message_before_the_bot_knows(tmp_path: Path) -> None:
    """What was accepted stands in the journal, a line each."""
    journal = tmp_path / "sent.jsonl"
    async with TelegramEmulator(journal=journal) as telegram, client(telegram) as bot:
        lan = telegram.user()
        await bot.send_message(lan.id, "một")
        await bot.send_document(lan.id, b"hai", caption="hai", filename="hai.txt")

    lines = [json.loads(line) for line in journal.read_text("utf-8").splitlines()]
    assert [(line["chat_id"], line["text"]) for line in lines] == [(lan.id, "một"), (lan.id, "hai")]
    assert lines[1]["params"]["document"] == "hai.txt"


async def test_it_runs_as_a_process(tmp_path: Path) -> None:
    """`python -m tests.emulators.telegram` prints its address and takes orders."""
    fault = json.dumps([{"kind": "slow", "seconds": 0.01}])
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.emulators.telegram", "--faults", fault),
        *("--journal", str(tmp_path / "sent.jsonl")),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().strip()
    async with aiohttp.ClientSession(url) as control, Bot("1234:TEST", f"{url}/bot") as bot:
        async with control.post("/control/says", json={"user": 7, "texts": ["a", "b"]}) as answer:
            numbers = (await answer.json())["update_ids"]
        received = await bot.get_updates()
        await bot.send_message(7, "chào")
        async with control.get("/control/sent") as answer:
            sent = await answer.json()
    process.terminate()
    await process.wait()

    assert [update.update_id for update in received] == numbers
    assert [message["text"] for message in sent] == ["chào"]
