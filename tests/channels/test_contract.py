"""What every channel keeps to, whichever it is."""

import contextlib

import pytest

from bot.channels.channel import Channel
from bot.channels.console import ConsoleChannel, typed
from bot.channels.telegram.channel import TelegramChannel, received
from bot.channels.webchat import WebChannel, posted
from bot.channels.zalo_bot import read as zalo_bot
from bot.channels.zalo_bot.channel import ZaloBotChannel
from bot.channels.zalo_oa import read as zalo_oa
from bot.channels.zalo_oa.channel import ZaloOaChannel
from bot.db import Database
from bot.messages import Choice, Received, Reply, UnreadableError, plain, split
from bot.settings import Settings
from tests.conftest import NOON
from tests.emulators.telegram import updates
from tests.emulators.zalo.bot import ZaloBot
from tests.emulators.zalo.oa import OA_ID, OfficialAccount

LONG = Reply("Một câu dài vừa phải. " * 600, source="Nguồn: x", choices=(Choice("Đúng", "1"),))


def telegram() -> TelegramChannel:
    """A Telegram channel that reaches nobody."""
    return TelegramChannel(Settings(telegram_token="1234:TEST"))


def zalo(kind: type[ZaloOaChannel] | type[ZaloBotChannel]) -> Channel:
    """A Zalo channel that reaches nobody."""
    return kind(Settings(zalo_oa_app_id="1", zalo_bot_token="1:TEST"), Database("sqlite://"))


def zalo_delivery(kind: str) -> Received:
    """A question as Zalo delivers it."""
    account, bot = OfficialAccount(lambda: NOON), ZaloBot(lambda: NOON)
    if kind == "oa":
        event = account.says(account.resident("lan"), "vneid là gì")
        found = zalo_oa.received(event, OA_ID, NOON)
    else:
        found = zalo_bot.received(bot.says("6ede9afa", "vneid là gì"), NOON)
    assert found is not None
    return found


CHANNELS = [
    pytest.param(ConsoleChannel(), typed("lan", "1", "vneid là gì"), id="console"),
    pytest.param(WebChannel(), posted("a" * 32, "key12345", "vneid là gì", "", NOON), id="web"),
    pytest.param(telegram(), received(updates.message("vneid là gì")), id="telegram"),
    pytest.param(zalo(ZaloOaChannel), zalo_delivery("oa"), id="zalo_oa"),
    pytest.param(zalo(ZaloBotChannel), zalo_delivery("bot"), id="zalo_bot"),
]


@pytest.mark.parametrize(("channel", "delivery"), CHANNELS)
def test_what_it_keeps_it_can_read(channel: Channel, delivery: Received) -> None:
    """A delivery is of its channel, in a lane of its chat, and is read as it was said."""
    message = channel.read(delivery.payload)

    assert message is not None
    assert (message.channel, message.text) == (channel.name, "vneid là gì")
    assert delivery.lane == f"{channel.name}:{message.chat}"
    assert delivery.payload.isascii()


@pytest.mark.parametrize(("channel", "delivery"), CHANNELS)
@pytest.mark.parametrize("payload", ["", "{", "[]", "null", '"x"', '{"text": 1}'])
def test_nonsense_is_unreadable_or_nothing(
    channel: Channel, delivery: Received, payload: str
) -> None:
    """Whatever is delivered, reading it never fails in another way."""
    with contextlib.suppress(UnreadableError):
        assert channel.read(payload) is None


@pytest.mark.parametrize(("channel", "delivery"), CHANNELS)
def test_a_long_reply_fits_its_limit(channel: Channel, delivery: Received) -> None:
    """Every part of a long reply fits, and the choices come last."""
    parts = split(LONG, channel.can.max_length)

    assert all(len(plain(part)) <= channel.can.max_length for part in parts)
    assert [bool(part.choices) for part in parts[:-1]] == [False] * (len(parts) - 1)
    assert parts[-1].choices == LONG.choices
