"""What every channel keeps to, whichever it is."""

import contextlib

import pytest

from bot.channels.channel import Channel
from bot.channels.console import ConsoleChannel, typed
from bot.channels.telegram.channel import TelegramChannel, received
from bot.channels.webchat import WebChannel, posted
from bot.messages import Choice, Received, Reply, UnreadableError, plain, split
from bot.settings import Settings
from tests.conftest import NOON
from tests.emulators.telegram import updates

LONG = Reply("Một câu dài vừa phải. " * 600, source="Nguồn: x", choices=(Choice("Đúng", "1"),))


def telegram() -> TelegramChannel:
    """A Telegram channel that reaches nobody."""
    return TelegramChannel(Settings(telegram_token="1234:TEST"))


CHANNELS = [
    pytest.param(ConsoleChannel(), typed("lan", "1", "vneid là gì"), id="console"),
    pytest.param(WebChannel(), posted("a" * 32, "key12345", "vneid là gì", "", NOON), id="web"),
    pytest.param(telegram(), received(updates.message("vneid là gì")), id="telegram"),
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
