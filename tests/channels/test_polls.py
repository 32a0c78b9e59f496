"""Practice on Telegram as its own quiz polls, which can be voted in or typed to."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from bot.channels.telegram import channel as module
from bot.db import Database
from bot.flows.turn import House
from tests.channels.test_telegram import Running
from tests.emulators.telegram import TelegramEmulator


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    """A Telegram of our own."""
    async with TelegramEmulator() as emulator:
        yield emulator


@pytest.fixture
async def bot(
    telegram: TelegramEmulator, sqlite_url: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Running]:
    """A bot at work."""
    monkeypatch.setattr(module, "AGAIN", 0.05)
    monkeypatch.setattr(module, "POLL", 1)
    db = Database(sqlite_url)
    running = Running(telegram, db, house)
    await running.start()
    yield running
    await running.stop()
    db.close()


def polls(telegram: TelegramEmulator) -> list[Mapping[str, Any]]:
    """The polls that were sent."""
    return [sent.params for sent in telegram.sent if "question" in sent.params]


async def test_a_vote_is_answered_with_the_next_poll(
    telegram: TelegramEmulator, bot: Running
) -> None:
    """The poll tells right and wrong itself; the bot goes on with the next question."""
    lan = telegram.user("Lan")
    await lan.says("/dovui")
    await telegram.wait_for(lambda: polls(telegram))
    first = next(sent for sent in telegram.sent if "question" in sent.params)

    await lan.votes(first, [0])
    await telegram.wait_for(lambda: len(polls(telegram)) == 2)

    question = polls(telegram)[0]
    assert question["question"].startswith("Câu 1/5: ")
    assert question["type"] == "quiz"
    assert len(question["explanation"]) <= 200
    assert polls(telegram)[1]["question"].startswith("Câu 2/5: ")
    assert telegram.refused == []


async def test_a_letter_answers_a_poll_too(telegram: TelegramEmulator, bot: Running) -> None:
    """Who types is told right or wrong in words."""
    lan = telegram.user("Lan")
    await lan.says("/dovui")
    await telegram.wait_for(lambda: polls(telegram))
    right = polls(telegram)[0]["correct_option_ids"][0]

    await lan.says("ABCD"[right])
    await telegram.wait_for(lambda: len(polls(telegram)) == 2)

    assert any(text.startswith("Đúng rồi!") for text in telegram.sent_to(lan))


async def test_an_old_poll_does_nothing(telegram: TelegramEmulator, bot: Running) -> None:
    """A vote in a poll of an earlier question, answered already, changes nothing."""
    lan = telegram.user("Lan")
    await lan.says("/dovui")
    await telegram.wait_for(lambda: polls(telegram))
    first = next(sent for sent in telegram.sent if "question" in sent.params)
    await lan.says("A")
    await telegram.wait_for(lambda: len(polls(telegram)) == 2)

    await lan.votes(first, [1])
    await lan.says("cảm ơn nhé")
    await telegram.wait_for(lambda: any("Không có chi" in text for text in telegram.sent_to(lan)))

    assert len(polls(telegram)) == 2
