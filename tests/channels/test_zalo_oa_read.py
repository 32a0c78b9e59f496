"""The Official Account's events read into messages, and its signature, from tables."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.channels.zalo_oa.read import account_of, from_row, happened, read, received, touched
from bot.channels.zalo_oa.signature import genuine
from bot.messages import Incoming, UnreadableError
from tests.conftest import NOON

APP, OA, LAN = "1234567890123456789", "388613280878808645", "246845883529197922"
SECRET = "OaSecretKeyForTests"
STAMP = "1754300000000"
BODY = (
    '{"app_id":"1234567890123456789","sender":{"id":"246845883529197922"},'
    '"user_id_by_app":"552177279717587730","recipient":{"id":"388613280878808645"},'
    '"event_name":"user_send_text","message":{"text":"Chuyển đổi số là gì?",'
    '"msg_id":"96d3cdf3af150460909"},"timestamp":"1754300000000"}'
).encode()
GOOD = "1ec913d0b3e6d601ec4b8377bdb830880215857190516d2bf5f243752156e514"


def event(name: str, **more: Any) -> dict[str, Any]:
    """An event of Lan's."""
    base = {"app_id": APP, "event_name": name, "timestamp": STAMP}
    return {**base, "sender": {"id": LAN}, "recipient": {"id": OA}, **more}


def said(text: str, kind: str = "text") -> dict[str, Any]:
    """Lan sends something."""
    return event(f"user_send_{kind}", message={"text": text, "msg_id": "96d3"})


TAP = Incoming("zalo_oa", LAN, LAN, "tap", "1", ref="7")
PICTURE = Incoming("zalo_oa", LAN, LAN, "media")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param(json.loads(BODY), "Chuyển đổi số là gì?", id="the vector's text"),
        pytest.param(said("vneid"), "vneid", id="text"),
        pytest.param(said("#7:1"), TAP, id="a button of ours"),
        pytest.param(
            said("#7:1 rồi sao"),
            Incoming("zalo_oa", LAN, LAN, "tap", "1 rồi sao", ref="7"),
            id="like a button",
        ),
        pytest.param(said("#chuyendoiso: là gì"), "#chuyendoiso: là gì", id="a hashtag"),
        pytest.param(said("  "), PICTURE, id="blank"),
        pytest.param(said("", "image"), PICTURE, id="an image"),
        pytest.param(said("ảnh giấy tờ", "image"), PICTURE, id="an image with words"),
        pytest.param(said("x.pdf", "file"), PICTURE, id="a file"),
        pytest.param(said("", "sticker"), PICTURE, id="a sticker"),
        pytest.param(said("", "audio"), PICTURE, id="a voice message"),
        pytest.param(said("", "business_card"), PICTURE, id="a business card"),
        pytest.param(
            {"event_name": "follow", "oa_id": OA, "follower": {"id": LAN}, "timestamp": STAMP},
            Incoming("zalo_oa", LAN, LAN, "unblocked"),
            id="follow, whose person stands elsewhere",
        ),
        pytest.param(
            {"event_name": "unfollow", "oa_id": OA, "follower": {"id": LAN}, "timestamp": STAMP},
            Incoming("zalo_oa", LAN, LAN, "blocked"),
            id="unfollow",
        ),
    ],
)
def test_events_are_read(given: dict[str, Any], message: Incoming | str) -> None:
    """Each event of a resident becomes the message it is, through the inbox's own form."""
    kept = received(given, OA, NOON)

    assert kept is not None
    found = read(kept.payload)
    if isinstance(message, str):
        message = Incoming("zalo_oa", LAN, LAN, "text", message)
    assert found == message
    assert kept.lane == f"zalo_oa:{LAN}"


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(event("oa_send_text", sender={"id": OA}), id="an echo of ours"),
        pytest.param(event("user_send_text", sender={"id": OA}, message={}), id="we ourselves"),
        pytest.param(event("user_received_message"), id="a receipt"),
        pytest.param(event("user_seen_message"), id="a sign of having seen"),
        pytest.param(event("user_reacted_message"), id="a reaction"),
        pytest.param(event("user_submit_info"), id="contact details: never kept"),
        pytest.param(event("anonymous_send_text"), id="an anonymous visitor"),
        pytest.param(event("user_send_group_text"), id="a group"),
        pytest.param(event("add_user_to_tag"), id="a tag"),
        pytest.param(event("brand_new_event"), id="unknown"),
        pytest.param({}, id="empty"),
    ],
)
def test_other_events_are_not_kept(given: dict[str, Any]) -> None:
    """What is no message to us is answered with 200 and forgotten."""
    assert received(given, OA, NOON) is None


@pytest.mark.parametrize(
    ("given", "who"),
    [
        pytest.param(said("x"), LAN, id="a message"),
        pytest.param(event("user_reacted_message"), LAN, id="a reaction"),
        pytest.param(event("user_submit_info"), LAN, id="contact details"),
        pytest.param({"event_name": "user_click_chatnow", "user_id": LAN}, LAN, id="chat now"),
        pytest.param({"event_name": "follow", "follower": {"id": LAN}}, LAN, id="follow"),
        pytest.param({"event_name": "unfollow", "follower": {"id": LAN}}, "", id="unfollow"),
        pytest.param(event("user_seen_message", sender={"id": OA}), "", id="a receipt"),
        pytest.param(event("oa_send_text", sender={"id": OA}), "", id="our own"),
    ],
)
def test_what_opens_the_window(given: dict[str, Any], who: str) -> None:
    """What people do opens their window of interaction; receipts do not."""
    assert touched(given, OA) == who


def test_the_same_message_has_the_same_key() -> None:
    """A redelivery is known by the message's id, under either name; a follow by its moment."""
    again = {**said("x"), "timestamp": "1754300099999"}
    other = event("user_send_text", message={"text": "x", "message_id": "96d3"})
    follow = {"event_name": "follow", "follower": {"id": LAN}, "timestamp": STAMP}
    keys = [received(item, OA, NOON) for item in (said("x"), again, other)]
    follows = [received(follow, OA, NOON), received({**follow, "timestamp": "1"}, OA, NOON)]

    assert {item.key for item in keys if item} == {"96d3"}
    assert len({item.key for item in follows if item}) == 2


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param('{"event_name": "user_send_text"}', id="no message"),
        pytest.param('{"event_name": "user_send_text", "message": {"text": "x"}}', id="nobody"),
        pytest.param(json.dumps(said(5)), id="a number for text"),  # type: ignore[arg-type]
        pytest.param("[" * 100_000, id="deep nesting"),
    ],
)
def test_nonsense_is_unreadable(payload: str) -> None:
    """What has our event's name but not its form is parked."""
    with pytest.raises(UnreadableError):
        read(payload)


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        pytest.param(STAMP, datetime(2025, 8, 4, 9, 33, 20, tzinfo=UTC), id="milliseconds"),
        pytest.param("99999999999999", NOON, id="in the future"),
        pytest.param("9" * 400, NOON, id="beyond all time"),
        pytest.param("x", NOON, id="no number"),
        pytest.param(None, NOON, id="nothing"),
    ],
)
def test_when_it_happened(stamp: object, at: datetime) -> None:
    """Zalo's own moment counts, but never the future."""
    assert happened({"timestamp": stamp}, NOON) == at


def test_rows_of_recent_chats_become_events() -> None:
    """A row of listrecentchat is read as the webhook's event would be."""
    at = NOON - timedelta(minutes=1)
    stamp = int(at.timestamp() * 1000)
    row = {"message_id": "m1", "from_id": LAN, "to_id": OA, "time": stamp, "message": "vneid"}
    found = from_row({**row, "type": "text"}, OA)
    picture = from_row({**row, "type": "photo", "message": ""}, OA)

    assert read(json.dumps(found)) == Incoming("zalo_oa", LAN, LAN, "text", "vneid")
    assert read(json.dumps(picture)) == PICTURE
    assert (happened(found, NOON), account_of(found)) == (at, OA)


@pytest.mark.parametrize(
    ("header", "passes"),
    [
        pytest.param(f"mac={GOOD}", True, id="with its prefix"),
        pytest.param(GOOD, True, id="bare"),
        pytest.param(GOOD.upper(), True, id="in capitals"),
        pytest.param("", False, id="missing"),
        pytest.param(GOOD[:-1], False, id="too short"),
        pytest.param("é" * 64, False, id="not ASCII"),
        pytest.param(
            "5e87fc05c1923c91d19d04ff9738b359c0c8337d5a5f93d6dfff2dd69222df5f",
            False,
            id="over JSON written anew",
        ),
        pytest.param(
            "56006e6f4b362a5f816c7bc579aaffa44643c108fcf4c66cb39c4f36e88ccc78",
            False,
            id="HMAC of the body",
        ),
        pytest.param(
            "288a196510d1d524dd6f53b1e53ef39ed1aa34e7117ab7e6e6255d5b13323cf4",
            False,
            id="HMAC of all",
        ),
    ],
)
def test_the_signature(header: str, passes: bool) -> None:
    """Only plain SHA-256 over the raw bytes passes."""
    assert len(BODY) == 287
    assert genuine(BODY, header, APP, SECRET, [STAMP]) is passes


def test_what_the_signature_covers() -> None:
    """A changed byte, another moment or no secret fail; the moment may stand in a header."""
    assert not genuine(BODY.replace(b"9197922", b"9197923"), GOOD, APP, SECRET, [STAMP])
    assert not genuine(BODY, GOOD, APP, SECRET, ["1754300000001", ""])
    assert not genuine(BODY, GOOD, APP, "", [STAMP])
    assert genuine(BODY, GOOD, APP, SECRET, ["", STAMP])
    short = "2f1ef5aabe67e8396a459ca89562e108ad541f82ba5022c85f645bd6b7220cb9"
    assert genuine(b"BODY", short, "X", "Y", ["1234567890"])
