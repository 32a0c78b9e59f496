"""Telegram fails on demand, and enforces its limits of sending."""

import pytest
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from tests.emulators.telegram import Fault, Limits, TelegramEmulator, User
from tests.emulators.telegram.client import client
from tests.emulators.telegram.limits import Rule


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param(Fault("flood", retry_after=2), RetryAfter, id="429"),
        pytest.param(Fault("error", status=500), NetworkError, id="500"),
        pytest.param(Fault("proxy", status=502), NetworkError, id="502 of a proxy"),
        pytest.param(Fault("blocked"), Forbidden, id="403"),
        pytest.param(Fault("not_found"), BadRequest, id="chat not found"),
        pytest.param(Fault("migrated", migrate_to=-1009), ChatMigrated, id="migrated"),
        pytest.param(Fault("refuse"), NetworkError, id="closed before reading"),
    ],
)
async def test_a_scripted_refusal_sends_nothing(
    telegram: TelegramEmulator, bot: Bot, lan: User, fault: Fault, error: type[Exception]
) -> None:
    """The call fails as scripted, once, and nobody sees a message; the next one passes."""
    telegram.fails(fault)
    with pytest.raises(error):
        await bot.send_message(lan.id, "một")
    await bot.send_message(lan.id, "hai")

    assert telegram.sent_to(lan) == ["hai"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param(Fault("hang"), TimedOut, id="no answer"),
        pytest.param(Fault("cut"), NetworkError, id="closed after reading"),
        pytest.param(Fault("garbled"), TelegramError, id="broken JSON"),
        pytest.param(Fault("slow", seconds=2), TimedOut, id="answer too late"),
    ],
)
async def test_a_scripted_accident_has_sent_the_message(
    telegram: TelegramEmulator, bot: Bot, lan: User, fault: Fault, error: type[Exception]
) -> None:
    """The client sees a failure, but the person has the message."""
    telegram.fails(fault)
    with pytest.raises(error):
        await bot.send_message(lan.id, "một")

    assert telegram.sent_to(lan) == ["một"]


async def test_a_fault_can_wait_for_its_call(
    telegram: TelegramEmulator, bot: Bot, lan: User
) -> None:
    """A fault may speak of one chat, of the nth call, and of several calls."""
    other = telegram.user("Minh")
    telegram.fails(Fault("blocked", chat=lan.id, nth=2, times=2))
    answers = []
    for whom in (lan, other, lan, other, lan, lan):
        try:
            await bot.send_message(whom.id, "x")
            answers.append("sent")
        except Forbidden:
            answers.append("refused")

    assert answers == ["sent", "sent", "refused", "sent", "refused", "sent"]


async def test_telegram_goes_down_and_comes_back(
    telegram: TelegramEmulator, bot: Bot, lan: User
) -> None:
    """While it is down nothing connects; afterwards what waited is still there."""
    await lan.says("còn đó không?")
    await telegram.goes_down()
    with pytest.raises(NetworkError):
        await bot.get_updates()
    await telegram.comes_back()

    assert len(await bot.get_updates()) == 1


async def test_waiting_in_vain_tells_what_the_bot_did(telegram: TelegramEmulator, bot: Bot) -> None:
    """A test that waits too long fails with the calls of the bot."""
    with pytest.raises(AssertionError, match="getMe 200"):
        await telegram.wait_for(lambda: telegram.sent, within=0.01)


async def test_who_sends_too_fast_is_told_to_wait() -> None:
    """Within the burst messages pass; the next is refused and noted."""
    async with TelegramEmulator(limits=Limits(chat=Rule("two", 2, 60))) as strict:
        user = strict.user()
        async with client(strict) as bot:
            await bot.send_message(user.id, "1")
            await bot.send_message(user.id, "2")
            with pytest.raises(RetryAfter):
                await bot.send_message(user.id, "3")

        assert [violation.rule for violation in strict.violations] == ["two"]


@pytest.mark.parametrize(
    ("chats", "seconds", "violations"),
    [
        pytest.param(range(1, 31), 0.0, 0, id="30 people at once"),
        pytest.param(range(1, 41), 0.0, 10, id="40 people at once"),
        pytest.param([-1] * 20, 2.0, 0, id="20 in 40 s to a group"),
        pytest.param([-1] * 21, 2.0, 1, id="21 in 42 s to a group"),
        pytest.param([1] * 20, 1.0, 0, id="1 a second to a person"),
        pytest.param([1] * 6, 0.1, 1, id="6 at once to a person"),
    ],
)
def test_telegrams_limits(chats: list[int], seconds: float, violations: int) -> None:
    """30 a second in all, 20 a minute to a group, 1 a second to a person after a short burst."""
    limits = Limits()

    for number, chat in enumerate(chats):
        limits.admit(chat, number * seconds)

    assert len(limits.violations) == violations
