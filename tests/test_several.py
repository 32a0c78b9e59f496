"""Several processes over one PostgreSQL: nothing lost or doubled, and in order, as they change."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from bot import cli
from bot.content import Content
from tests import postgres
from tests.layout import Layout, deliver, heard, laid_out
from tests.processes import telegram, wait_until

QUESTIONS = ("vneid là gì", "ngày chuyển đổi số là ngày nào")
CHATS, EACH = range(6000, 6016), 8


@pytest.fixture
def state(tmp_path: Path, content: Content, matcher_cache: Path) -> Path:
    """A state folder of its own, with what the matcher learned."""
    folder = tmp_path / "state"
    shutil.copytree(matcher_cache, folder / "cache")
    return folder


@pytest.fixture
def layout(state: Path, postgres_url: str) -> Iterator[Layout]:
    """Two web processes and two workers over an empty PostgreSQL, with an emulated Telegram."""
    with telegram(state / "journal.jsonl") as api:
        httpx.post(f"{api}/control/meet", json={"users": list(CHATS)}).raise_for_status()
        with laid_out(state, api, postgres_url) as made:
            yield made
    postgres.empty(postgres_url)


def test_a_rolling_restart_loses_and_doubles_nothing(layout: Layout, state: Path) -> None:
    """Sixteen people write while a web process and a worker are restarted: each is answered, once,

    in the order in which they wrote, whichever process took it and whichever answered.
    """
    texts = {chat: [QUESTIONS[n % 2] for n in range(EACH)] for chat in CHATS}
    with ThreadPoolExecutor(1) as pool:
        load = pool.submit(lambda: asyncio.run(deliver(layout.addresses(), texts, 1.0)))
        statuses = [layout.restart(layout.workers[0]), layout.restart(layout.webs[0])]
        load.result(60)
    journal = state / "journal.jsonl"
    wait_until(lambda: count(journal) >= len(CHATS) * EACH, 60, "not all were answered")

    kinds = {tuple(text.startswith("VNeID") for text in texts) for texts in heard(journal).values()}
    assert statuses == [0, 0]
    assert kinds == {(True, False) * (EACH // 2)}
    assert count(journal) == len(CHATS) * EACH
    talks_across_processes(layout)


def count(journal: Path) -> int:
    """How many answers were sent."""
    return sum(map(len, heard(journal).values()))


def talks_across_processes(layout: Layout) -> None:
    """What somebody posts to one web process, a worker answers, and another process shows."""
    one, two = layout.addresses()
    with httpx.Client() as client:
        client.post(
            f"{one}/chat", data={"text": QUESTIONS[0]}, headers={"Accept": "application/json"}
        )
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        with client.stream("GET", f"{two}/chat/stream", headers={"Cookie": cookies}) as stream:
            said = next(line for line in stream.iter_lines() if "VNeID là" in line)
        health = [httpx.get(f"{address}/health").json() for address in (one, two)]

    assert json.loads(said.removeprefix("data: "))["html"]
    assert [item["hears_others"] for item in health] == [True, True]
    assert httpx.get(f"http://127.0.0.1:{layout.workers[0].port}/").status_code == 404


def test_a_part_alone_needs_postgresql(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On SQLite one process does everything; a part alone is refused with the way out."""
    monkeypatch.setenv("BOT_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("BOT_DATABASE_URL", "")

    status = cli.main(["run", "--only", "web"])

    assert status == 2
    assert "--only cần PostgreSQL" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
