"""What Telegram delivers, read into messages: a table, without a server."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.channel import received
from bot.channels.telegram.read import lane, read
from bot.messages import Incoming, UnreadableError
from tests.emulators.telegram import updates

BOT = updates.BOT["username"]
BOT_ID = updates.BOT["id"]
GROUP = updates.group()


def got(raw: dict[str, Any]) -> Incoming | None:
    """What we read in an update."""
    return read(json.dumps(raw), BOT, BOT_ID)


def said(raw: dict[str, Any]) -> Incoming:
    """The message in an update that has one."""
    message = got(raw)
    assert message is not None
    return message


def test_a_private_message() -> None:
    """Text, chat, person, and the language of their app."""
    message = said(updates.message("vneid là gì"))

    assert (message.text, message.chat, message.user) == ("vneid là gì", "5001", "5001")
    assert (message.private, message.addressed, message.trusted) == (True, True, True)
    assert message.language == "vi"


@pytest.mark.parametrize(
    ("raw", "addressed"),
    [
        pytest.param(updates.message("vneid là gì", chat=GROUP), False, id="talk among people"),
        pytest.param(updates.mention(f"@{BOT} vneid là gì", chat=GROUP), True, id="mentioned"),
        pytest.param(updates.message("/camnang", chat=GROUP), True, id="commanded"),
        pytest.param(updates.message(f"/camnang@{BOT}", chat=GROUP), True, id="commanded by name"),
        pytest.param(updates.message("/x@other_bot", chat=GROUP), False, id="another bot"),
    ],
)
def test_in_a_group_we_listen_when_called(raw: dict[str, Any], addressed: bool) -> None:
    """In a group only mentions, replies and commands are for us."""
    message = said(raw)

    assert (message.private, message.addressed) == (False, addressed)


def test_the_mention_is_no_part_of_the_question() -> None:
    """Our name is taken out of what is asked."""
    assert said(updates.mention(f"@{BOT} vneid là gì", chat=GROUP)).text == "vneid là gì"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(updates.forwarded("/xoadulieu"), id="forwarded"),
        pytest.param(updates.via_bot("/xoadulieu"), id="sent through another bot"),
    ],
)
def test_words_of_others_are_not_trusted(raw: dict[str, Any]) -> None:
    """Forwarded messages and those through other bots run no command."""
    assert not said(raw).trusted


def test_anonymous_admins_have_no_powers() -> None:
    """A group's anonymous admin is nobody we know."""
    message = got(updates.anonymous_admin("/xoadulieu"))

    assert message is None or not message.trusted


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        pytest.param(updates.sticker(), "media", id="sticker"),
        pytest.param(updates.photo(), "media", id="photo without words"),
        pytest.param(updates.photo("vneid là gì"), "text", id="photo with words"),
        pytest.param(updates.edited_message("/xoadulieu"), "edited", id="edited"),
        pytest.param(updates.callback_query("7:1"), "tap", id="tap"),
        pytest.param(updates.inline_query("vneid"), "inline", id="inline"),
        pytest.param(updates.migration(chat=GROUP), "moved", id="migration"),
        pytest.param(updates.my_chat_member("kicked"), "blocked", id="blocked"),
        pytest.param(updates.my_chat_member("member"), "unblocked", id="unblocked"),
    ],
)
def test_kinds_of_messages(raw: dict[str, Any], kind: str) -> None:
    """Each kind of update is known for what it is."""
    assert said(raw).kind == kind


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(updates.channel_post("tin"), id="channel post"),
        pytest.param({"update_id": 1, "something_new": {"a": 1}}, id="unknown kind"),
        pytest.param({"update_id": 1}, id="nothing at all"),
    ],
)
def test_what_is_not_for_us_is_nothing(raw: dict[str, Any]) -> None:
    """Other updates are handled by doing nothing."""
    assert got(raw) is None


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param("{", id="no JSON"),
        pytest.param('{"update_id": 1, "message": {"message_id": 1}}', id="a message without date"),
        pytest.param(
            '{"update_id": 1, "callback_query": {"id": "1"}}', id="a tap without a person"
        ),
        pytest.param("[" * 100_000, id="deep nesting"),
        pytest.param('"text"', id="not an object"),
    ],
)
def test_nonsense_is_unreadable(payload: str) -> None:
    """What is not of Telegram's form is said to be unreadable, never a crash."""
    with pytest.raises(UnreadableError):
        read(payload, BOT, BOT_ID)


def test_a_tap_says_what_typing_it_would() -> None:
    """A button's data names its question and what it says."""
    message = said(updates.callback_query("7:2"))

    assert (message.ref, message.text) == ("7", "2")
    assert message.callback


@given(
    st.dictionaries(
        st.text(max_size=8),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.text(max_size=8), inner, max_size=3)
            ),
            max_leaves=8,
        ),
        max_size=5,
    )
)
def test_any_object_has_a_lane(raw: dict[str, Any]) -> None:
    """Whatever is delivered, it can be kept: its lane is found without failing."""
    assert lane(raw).startswith("telegram:")


def test_what_is_kept_fits_any_database() -> None:
    """Lone surrogates and NUL are kept in a form every database takes."""
    kept = received(updates.message("a\x00b \ud800"))

    assert kept.payload.isascii()
    assert (kept.key, kept.lane) == ("1", "telegram:5001")
