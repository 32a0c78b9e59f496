"""What the web chat posts, read and refused."""

import json
from datetime import UTC, datetime

import pytest

from bot.channels import webchat
from bot.messages import Incoming, UnreadableError

NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(
            {"user": "v", "text": "alo"}, Incoming("web", "v", "v", "text", "alo"), id="words"
        ),
        pytest.param(
            {"user": "v", "text": "1", "ref": "7"},
            Incoming("web", "v", "v", "tap", "1", ref="7"),
            id="a choice",
        ),
        pytest.param(
            {"user": "v", "text": " \n"}, Incoming("web", "v", "v", "media"), id="nothing"
        ),
    ],
)
def test_a_message_is_read(data: dict[str, str], message: Incoming) -> None:
    """What was posted becomes a message: words, a tap, or nothing said."""
    assert webchat.WebChannel().read(json.dumps(data)) == message


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param("", id="nothing"),
        pytest.param("{", id="torn"),
        pytest.param("[]", id="a list"),
        pytest.param("null", id="null"),
        pytest.param('"text"', id="a string"),
        pytest.param('{"user": "v"}', id="no text"),
        pytest.param('{"user": "", "text": "a"}', id="no visitor"),
        pytest.param('{"user": 1, "text": "a"}', id="a number"),
        pytest.param('{"user": "v", "text": ["a"]}', id="a list of words"),
        pytest.param('{"user": "v", "text": "a", "ref": {}}', id="a strange reference"),
        pytest.param(json.dumps({"user": "v", "text": "a" * 4097}), id="too long"),
        pytest.param("[" * 100_000, id="deep"),
    ],
)
def test_what_makes_no_sense_is_unreadable(payload: str) -> None:
    """Anything else is unreadable, whatever it is."""
    with pytest.raises(UnreadableError):
        webchat.read(payload)


def test_a_delivery_is_read_back() -> None:
    """What the page keeps is what the channel reads; the key holds page and choice."""
    kept = webchat.posted("v" * 32, "key-1", "1\x00\ud800", "7", NOON)

    assert kept.lane == webchat.lane_of("v" * 32)
    assert webchat.read(kept.payload).text == "1\x00\ud800"
    assert webchat.key_parts(kept.key) == ("key-1", "7")
    assert webchat.key_parts("odd") == ("", "")


async def test_nothing_is_sent() -> None:
    """The outbox row is itself the message: sending, taps and inline questions do nothing."""
    channel = webchat.WebChannel()
    message = Incoming("web", "v", "v", "tap", "1")

    await channel.acknowledge(message)
    await channel.answer_inline(message, [])
    assert not channel.can.push
