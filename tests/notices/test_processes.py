"""A broadcast through an emulated Telegram, with faults and a kill: none lost, none told twice."""

import json
import shutil
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
from tests.notices import broadcast
from tests.processes import Bot, telegram, wait_until


@pytest.fixture
def state(tmp_path: Path, content: Content, matcher_cache: Path) -> Path:
    """A state folder of its own, with what the matcher learned."""
    folder = tmp_path / "state"
    shutil.copytree(matcher_cache, folder / "cache")
    return folder


def test_faults_and_a_kill_lose_nobody_silently(state: Path) -> None:
    """Sixty people, faults of four kinds, a kill amid a call: the tally is the journal's."""
    outcome = broadcast.run(state, 60, [25], "cut")

    assert outcome.kills == 1
    assert outcome.told.unknown >= 1
    assert (outcome.silent, outcome.doubled, outcome.agrees) == (0, 0, True), str(outcome)


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
    assert set(broadcast.copies(journal).values()) == {1}


def retry(session: Session, number: int) -> int:
    """Send again to those it failed for."""
    return dispatch.retry(session, announce.get(session, number), "Hoa", datetime.now(UTC))


def told(db: Database, number: int) -> Tally:
    """How the notice stands."""
    return db.read(partial(tally.tally, number=number))


def state_of(db: Database, number: int) -> str:
    """The notice's state."""
    return db.read(partial(tally.progress, number=number, now=datetime.now(UTC))).state
