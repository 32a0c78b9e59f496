"""A broadcast through an emulated Telegram, with faults and a kill: none lost, none told twice."""

import json
import shutil
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx
import pytest
from sqlmodel import Session

from bot.content import Content
from bot.db import Database
from bot.notices import announce, dispatch, tally
from bot.notices.tally import Tally
from bot.tables import migrate
from tests.bench.notices import FIRST, invite, people_of, written
from tests.processes import Bot, telegram, wait_until

PEOPLE = 60
FAULTS = [
    {"kind": kind, "probability": 0.05, "times": None, **more}
    for kind, more in (
        ("flood", {"retry_after": 1}),
        ("error", {"status": 502}),
        ("blocked", {}),
        ("cut", {}),
    )
]
"""5% each: 429, 5xx, refused, and accepted without an answer."""


@pytest.fixture
def state(tmp_path: Path, content: Content, matcher_cache: Path) -> Path:
    """A state folder of its own, with what the matcher learned."""
    folder = tmp_path / "state"
    shutil.copytree(matcher_cache, folder / "cache")
    return folder


def copies(journal: Path) -> Counter[int]:
    """How often each person was told, by what the emulator accepted."""
    lines = [json.loads(line) for line in journal.read_text("utf-8").splitlines()]
    return Counter(int(line["chat_id"]) for line in lines if line["method"] == "sendMessage")


def test_faults_and_a_kill_lose_nobody_silently(state: Path) -> None:
    """Sixty people, four kinds of fault, one SIGKILL: the tally equals the emulator's journal."""
    journal = state / "journal.jsonl"
    with (
        telegram(journal, "--limits", "--faults", json.dumps(FAULTS)) as api,
        httpx.Client(base_url=api, timeout=30) as control,
    ):
        bot = Bot(state, api)
        db = Database(bot.url)
        migrate(db.engine)
        db.run(partial(invite, first=FIRST, many=PEOPLE, now=datetime.now(UTC))).result()
        people_of(control, range(FIRST, FIRST + PEOPLE))
        number = db.run(partial(written, now=datetime.now(UTC))).result()
        try:
            bot.start()
            bot.wait_healthy()
            wait_until(lambda: told(db, number).sent >= PEOPLE // 3, 60, "it did not begin")
            bot.kill()
            bot.start()
            wait_until(lambda: state_of(db, number) == "done", 90, "it did not end")
        finally:
            bot.kill()
        final, heard = told(db, number), copies(journal)
        db.close()

    assert final.adds_up
    assert (final.total, final.left) == (PEOPLE, 0)
    assert max(heard.values()) == 1
    silent = PEOPLE - len(heard)  # not told: refused for good, or perhaps (unknown)
    assert final.sent <= len(heard) <= final.sent + final.unknown
    assert final.failed.total() <= silent <= final.failed.total() + final.unknown


def test_failed_is_sent_again_as_one_act(state: Path) -> None:
    """After the faults, one act tells those it failed for; the unknown are left alone."""
    journal = state / "journal.jsonl"
    fault = [{"kind": "bad_request", "times": 5}]
    with (
        telegram(journal, "--limits", "--faults", json.dumps(fault)) as api,
        httpx.Client(base_url=api, timeout=30) as control,
    ):
        bot = Bot(state, api)
        db = Database(bot.url)
        migrate(db.engine)
        db.run(partial(invite, first=FIRST, many=20, now=datetime.now(UTC))).result()
        people_of(control, range(FIRST, FIRST + 20))
        number = db.run(partial(written, now=datetime.now(UTC))).result()
        try:
            bot.start()
            bot.wait_healthy()
            wait_until(lambda: state_of(db, number) == "done", 60, "it did not end")
            failed = told(db, number).failed
            act = partial(retry, number=number)
            again = db.run(act).result()
            wait_until(lambda: state_of(db, number) == "done", 60, "it did not end again")
        finally:
            bot.kill()
        final = told(db, number)
        db.close()

    assert failed == {"400": 5}
    assert (again, final.sent) == (5, 20)
    assert set(copies(journal).values()) == {1}


def retry(session: Session, number: int) -> int:
    """Send again to those it failed for."""
    return dispatch.retry(session, announce.get(session, number), "Hoa", datetime.now(UTC))


def told(db: Database, number: int) -> Tally:
    """How the notice stands."""
    return db.read(partial(tally.tally, number=number))


def state_of(db: Database, number: int) -> str:
    """The notice's state."""
    return db.read(partial(tally.progress, number=number, now=datetime.now(UTC))).state
