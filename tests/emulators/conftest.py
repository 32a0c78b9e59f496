"""What tests of the emulators share: a Telegram, the library's own client, and a resident."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from tests.emulators.telegram import TelegramEmulator, User
from tests.emulators.telegram.check import check_object
from tests.emulators.telegram.client import client


@pytest.fixture(autouse=True)
def _library_of_tomorrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library warns of its coming types unless they are asked for; warnings are errors."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    """An emulator of its own for each test; what it made must be as the Bot API describes it."""
    async with TelegramEmulator() as emulator:
        yield emulator
    check_object(list(emulator.world.messages.values()), "Array of Message")


@pytest.fixture
async def bot(telegram: TelegramEmulator) -> AsyncIterator[Bot]:
    """python-telegram-bot's own client, impatient."""
    async with client(telegram) as bot:
        yield bot


@pytest.fixture
def lan(telegram: TelegramEmulator) -> User:
    """A resident who has started the bot."""
    return telegram.user("Lan")
