"""Secrets as canaries: each is set to a word of its own, which no log and no traceback may hold."""

import os
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import httpx
import pytest

from bot.content import Content
from bot.settings import Settings, secrets_of
from tests import processes
from tests.processes import ROOT, Bot, free_port, running, telegram, wait_until

CANARY = "Canary-"
SHAPES = {"telegram_token": "7654321:{}", "zalo_bot_token": "87654321:{}"}
"""What some secrets must look like."""
NAMES = [item.name for item in fields(Settings) if item.metadata["secret"]]


def canaries() -> dict[str, str]:
    """Every secret there is, as a variable, but the database's address."""
    return {
        f"BOT_{name.upper()}": SHAPES.get(name, "{}").format(
            f"{CANARY}{name.replace('_', '-')}-0123"
        )
        for name in NAMES
        if name != "database_url"
    }


def hits(text: str) -> list[str]:
    """The lines that hold a canary."""
    return [line for line in text.splitlines() if CANARY in line]


def test_no_secret_is_in_the_logs(
    tmp_path: Path, content: Content, matcher_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At DEBUG: platforms refuse us or are away, forged and broken deliveries come, it ends."""
    monkeypatch.setattr(processes, "FORKED", False)  # as people start it, from its first line on
    gone = f"http://127.0.0.1:{free_port()}"
    shutil.copytree(matcher_cache, tmp_path / "cache")
    with telegram(tmp_path / "journal.jsonl") as api:
        bot = Bot(tmp_path, api)
        bot.more = {
            **canaries(),
            "BOT_LOG_LEVEL": "DEBUG",
            "BOT_PUBLIC_URL": f"http://127.0.0.1:{bot.port}",
            "BOT_ZALO_OA_APP_ID": "1",
            "BOT_ZALO_OA_ID": "2",
            "BOT_ZALO_OA_API_URL": gone,
            "BOT_ZALO_OAUTH_URL": gone,
            "BOT_ZALO_BOT_MODE": "webhook",
            "BOT_ZALO_BOT_API_URL": gone,
            "BOT_TELEGRAM_MODE": "webhook",
        }
        log = tmp_path / "bot.log"
        with running(bot):
            wait_until(lambda: "refuses the token" in log.read_text("utf-8"), 30, "not refused")
            shown = provoke(bot)
            status = bot.end()

    text = log.read_text("utf-8")
    assert status == 0
    assert "Zalo Bot is not reached" in text
    assert "without a valid signature" in text
    assert hits(text) == []
    assert [answer for answer in shown if CANARY in answer] == []


def provoke(bot: Bot) -> list[str]:
    """Ask for what tells much, and deliver what cannot be read; the answers."""
    root = f"http://127.0.0.1:{bot.port}"
    secret = bot.more["BOT_TELEGRAM_WEBHOOK_SECRET"]
    signed = {"X-Telegram-Bot-Api-Secret-Token": secret}
    with httpx.Client(base_url=root) as client:
        answers = [
            client.get("/health"),
            client.get("/metrics"),
            client.get(f"/nothing/{secret}"),
            client.post("/webhooks/telegram", content=b"{", headers=signed),
            client.post("/webhooks/telegram", json={"update_id": 1, "message": {}}, headers=signed),
            client.post(
                "/webhooks/zalo-oa", json={"app_id": "1"}, headers={"X-ZEvent-Signature": "x"}
            ),
            client.post("/webhooks/zalo-bot", json={}, headers={"X-Bot-Api-Secret-Token": "x"}),
            client.get("/webhooks/zalo-oa/code", params={"code": "x", "state": "y"}),
        ]
    # What was asked for may be said back to who asked, so that one answer is left out.
    return [answer.text for place, answer in enumerate(answers) if place != 2]


LAST_WORDS = {
    "an error ends it": """
raise RuntimeError(secret)
""",
    "a cause of an error": """
try:
    1 / 0
except ZeroDivisionError as error:
    raise OSError(secret) from error
""",
    "a thread": """
import threading
def work():
    raise RuntimeError(secret)
thread = threading.Thread(target=work)
thread.start()
thread.join()
""",
    "a forgotten task": """
import asyncio
async def work():
    raise RuntimeError(secret)
async def main():
    task = asyncio.ensure_future(work())
    await asyncio.sleep(0.01)
asyncio.run(main())
""",
    "a log with an address": """
import logging
logging.getLogger("aiohttp").warning("%s", "https://x/bot" + secret)
""",
    "a log of ours": """
import structlog
structlog.get_logger().info("x", a=secret, b=[secret], c={"d": secret})
""",
    "an address with signs": """
import logging
from urllib.parse import quote
logging.warning(quote("/a?b=" + secret, safe=""))
""",
}
START = "from bot import logs\nlogs.set_up('DEBUG', {secrets!r})\nsecret = {secrets[0]!r}\n"


def test_no_secret_is_in_last_words() -> None:
    """However a process or a part of it ends, and whatever is logged: the secret is hidden."""
    secrets = secrets_of(Settings(**{name: f"{CANARY}{name} ?&é:1" for name in NAMES}))
    heard = {}
    for kind, code in LAST_WORDS.items():
        program = [sys.executable, "-c", START.format(secrets=secrets) + code]
        done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
        heard[kind] = done.stderr + done.stdout

    assert [line for text in heard.values() for line in hits(text)] == []
    assert all("[token]" in text for text in heard.values()), heard


@pytest.mark.parametrize("command", [["run"], ["migrate"]])
def test_a_database_that_is_away_tells_no_password(tmp_path: Path, command: list[str]) -> None:
    """Its address stays unsaid when it cannot be reached, in every command's last words."""
    url = f"postgresql://bot:{CANARY}password@127.0.0.1:{free_port()}/bot?connect_timeout=2"
    env = {**os.environ, "BOT_STATE_DIR": str(tmp_path), "BOT_DATABASE_URL": url}
    done = subprocess.run(
        [sys.executable, "-m", "bot", *command],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert hits(done.stdout + done.stderr) == []
