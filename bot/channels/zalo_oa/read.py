"""What Zalo delivers for an Official Account, read into messages. Pure."""

import json
import re
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from bot.messages import Incoming, Kind, Received, UnreadableError

CHANNEL = "zalo_oa"
MEDIA = frozenset(
    f"user_send_{kind}"
    for kind in (
        *("image", "link", "sticker", "gif", "audio", "video", "file", "location"),
        "business_card",
    )
)
SAID = MEDIA | {"user_send_text"}
CAME_OR_LEFT: dict[str, Kind] = {"follow": "unblocked", "unfollow": "blocked"}
TOUCHED = SAID | {
    "follow",
    "user_submit_info",
    "user_feedback",
    "user_reacted_message",
    "user_click_chatnow",
}
"""What opens the window of interaction; receipts (received, seen) do not."""
REVOKED = "permission_revoked"
TAP = re.compile(r"#(\d*):(.+)", re.DOTALL)
ROW_KINDS = {
    "text": "text",
    "photo": "image",
    "image": "image",
    "sticker": "sticker",
    "gif": "gif",
    "voice": "audio",
    "audio": "audio",
    "video": "video",
    "file": "file",
    "location": "location",
    "link": "link",
    "links": "link",
}
"""The kinds of listrecentchat by those of the webhook."""
Event = dict[str, Any]


def user_of(event: Event) -> str:
    """Whom an event is about: its place differs from event to event; empty when there is none."""
    for name in ("sender", "follower"):
        part = event.get(name)
        if isinstance(part, dict) and isinstance(part.get("id"), str | int):
            return str(part["id"])
    found = event.get("user_id")
    return str(found) if isinstance(found, str | int) else ""


def account_of(event: Event) -> str:
    """Which Official Account an event was meant for, if it says so."""
    part = event.get("recipient")
    if isinstance(part, dict) and isinstance(part.get("id"), str | int):
        return str(part["id"])
    found = event.get("oa_id")
    return str(found) if isinstance(found, str | int) else ""


def touched(event: Event, oa_id: str) -> str:
    """Who did something that opens their window, or nobody."""
    user = user_of(event)
    return user if event.get("event_name") in TOUCHED and user != oa_id else ""


def happened(event: Event, now: datetime) -> datetime:
    """When: Zalo's milliseconds, which a late redelivery keeps; never later than now."""
    try:
        return min(datetime.fromtimestamp(int(event["timestamp"]) / 1000, UTC), now)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return now


def received(event: Event, oa_id: str, now: datetime) -> Received | None:
    """An event as the inbox keeps it; None when it says nothing to us."""
    name, user = event.get("event_name"), user_of(event)
    if name not in SAID | set(CAME_OR_LEFT) or (user and user == oa_id):
        return None
    payload = json.dumps(event, separators=(",", ":"))  # ASCII: any database takes it
    lane = f"{CHANNEL}:{user}" if user else f"{CHANNEL}:?"
    return Received(CHANNEL, _key(event, user), lane, payload, now)


def _key(event: Event, user: str) -> str:
    """What is the same when Zalo delivers the same again."""
    message = event.get("message")
    if isinstance(message, dict):
        found = message.get("msg_id") or message.get("message_id")
        if found:
            return str(found)[:200]
    told = f"{event.get('event_name')}:{user}:{event.get('timestamp')}:{message}"
    return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def read(payload: str) -> Incoming | None:
    """The message in an event. Raises UnreadableError when the event is not of Zalo's form."""
    try:
        event = json.loads(payload)
        name, user = event.get("event_name"), user_of(event)
        if name in CAME_OR_LEFT and user:
            return Incoming(CHANNEL, user, user, CAME_OR_LEFT[name])
        if name not in SAID:
            return None
        return _said(event["message"], str(name), user)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UnreadableError(type(error).__name__) from error


def _said(message: dict[str, Any], name: str, user: str) -> Incoming:
    text = message.get("text", "")
    if not user or not isinstance(text, str):
        raise UnreadableError("no sender or no text")
    if name in MEDIA or not text.strip():
        return Incoming(CHANNEL, user, user, "media")
    tap = TAP.fullmatch(text)
    if tap is not None:
        return Incoming(CHANNEL, user, user, "tap", tap[2], ref=tap[1])
    return Incoming(CHANNEL, user, user, "text", text)


def from_row(row: dict[str, Any], oa_id: str) -> Event:
    """A row of listrecentchat as the webhook would have told it."""
    kind = ROW_KINDS.get(str(row.get("type")), "file")
    return {
        "event_name": f"user_send_{kind}",
        "sender": {"id": str(row.get("from_id", ""))},
        "recipient": {"id": oa_id},
        "message": {"msg_id": str(row.get("message_id", "")), "text": str(row.get("message", ""))},
        "timestamp": str(row.get("time", "")),
    }
