"""SIGKILL: what was acknowledged is answered after the restart, and nothing is sent twice."""

import shutil
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from bot.content import Content
from bot.flows.turn import House
from tests import sweep
from tests.processes import Bot, column, run_with_kills, running, sent, telegram, wait_until


@pytest.fixture
def state(tmp_path: Path, content: Content, matcher_cache: Path) -> Path:
    """A state folder of its own, with what the matcher learned."""
    folder = tmp_path / "state"
    shutil.copytree(matcher_cache, folder / "cache")
    return folder


def test_kills_lose_nothing_and_double_nothing(state: Path) -> None:
    """Forty-two people ask while the bot is killed six times: each is answered once."""
    verdict = run_with_kills(state, people=42, kills=6, seed=2026)

    assert (verdict.lost, verdict.doubled) == (0, 0)
    assert verdict.delivered + verdict.uncertain >= verdict.asked


def test_kills_lose_nothing_that_a_webhook_acknowledged(state: Path) -> None:
    """The same with updates that Telegram delivers: what was answered 200 is answered once."""
    verdict = run_with_kills(state, people=20, kills=4, seed=7, mode="webhook")

    assert (verdict.lost, verdict.doubled) == (0, 0)
    assert verdict.delivered + verdict.uncertain >= verdict.asked


@pytest.mark.parametrize("point", sweep.POINTS)
@pytest.mark.parametrize("number", [1, 5])
def test_a_death_at_any_point_loses_and_doubles_nothing(
    tmp_path: Path, house: House, point: str, number: int
) -> None:
    """Killed just before or after a commit or a send: all are answered, none twice."""
    verdict = sweep.kill_at(tmp_path, house, point, number)

    assert verdict.died
    assert (verdict.acknowledged, verdict.lost, verdict.doubled) == (sweep.PEOPLE, 0, 0)
    assert verdict.unknown <= 2 * sweep.PEOPLE


def test_what_was_queued_at_the_kill_is_answered_after_it(state: Path) -> None:
    """Updates acknowledged while Telegram wanted no answers are answered after a SIGKILL."""
    journal = state / "journal.jsonl"
    fault = '[{"kind": "flood", "retry_after": 4, "times": null}]'
    with (
        telegram(journal, "--faults", fault) as address,
        httpx.Client(base_url=address) as control,
        ExitStack() as stack,
    ):
        bot = stack.enter_context(running(Bot(state, address)))
        for user in range(6000, 6020):
            control.post("/control/says", json={"user": user, "text": "vneid là gì"})
        wait_until(lambda: _held(bot) == 40, 60, "the answers were not held back")
        bot.kill()
        control.post("/control/faults", json=[])

        bot.start()
        wait_until(lambda: len(sent(journal)) == 20, 60, "not all were answered")
        status = bot.end()

    assert set(sent(journal).values()) == {1}
    assert status == 0


def _held(bot: Bot) -> int:
    """How many messages wait while none is on its way: a send that a kill cuts off is uncertain.

    Each person is to get an answer and the first-use notice.
    """
    states = column(bot.url, "SELECT state FROM outbox WHERE state IN ('queued', 'sending')")
    return 0 if "sending" in states else len(states)


def test_sigterm_drains_and_ends_well(state: Path) -> None:
    """SIGTERM under load: exit 0 within ten seconds, and nothing is lost."""
    journal = state / "journal.jsonl"
    with (
        telegram(journal) as address,
        httpx.Client(base_url=address) as control,
        ExitStack() as stack,
    ):
        bot = stack.enter_context(running(Bot(state, address)))
        for user in range(6000, 6050):
            control.post("/control/says", json={"user": user, "text": "vneid là gì"})
        start = time.monotonic()
        status = bot.end(within=15)
        took = time.monotonic() - start
        bot.start()
        wait_until(lambda: len(sent(journal)) == 50, 60, "not all were answered")
        bot.end()

    assert (status, took < 10) == (0, True)
    assert set(sent(journal).values()) == {1}


def test_a_second_process_on_the_same_database_is_refused(state: Path) -> None:
    """On SQLite one process runs; another says so and ends."""
    with telegram(state / "journal.jsonl") as address, running(Bot(state, address)):
        second = Bot(state, address)
        second.start()
        status = second.wait()

    assert status == 1
    assert "Một bản khác đang chạy" in (state / "bot.log").read_text("utf-8")
