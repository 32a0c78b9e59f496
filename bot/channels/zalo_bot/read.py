"""What the Zalo Bot Platform delivers, read into messages. Pure."""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

from bot.messages import Incoming, Received, UnreadableError

CHANNEL = "zalo_bot"
TEXT = "message.text.received"
MEDIA = frozenset(f"message.{kind}.received" for kind in ("image", "sticker", "voice"))
MENTION = re.compile(r"@bot\S*\s*", re.IGNORECASE)
"""A mention of a bot whose name we do not know: every bot's name begins with Bot."""
BESIDE = re.compile(r"@bot[^/\n]{0,40}\s(/[a-z_0-9]{1,32}(?:\s.*)?)", re.IGNORECASE | re.DOTALL)
"""A command beside such a mention: a name may have several words, and the slash ends it."""
Update = dict[str, Any]


def bare(update: Update) -> Update:
    """An update without its envelope: webhooks were seen with one and without."""
    inner = update.get("result")
    return inner if isinstance(inner, dict) and "event_name" not in update else update


def received(update: Update, now: datetime) -> Received | None:
    """An update as the inbox keeps it; None when it says nothing to us."""
    update = bare(update)
    if update.get("event_name") not in MEDIA | {TEXT}:
        return None
    payload = json.dumps(update, separators=(",", ":"))  # ASCII: any database takes it
    message = update.get("message")
    message = message if isinstance(message, dict) else {}
    return Received(CHANNEL, _key(message, payload), _lane(message), payload, now)


def _key(message: dict[str, Any], payload: str) -> str:
    found = message.get("message_id")
    if isinstance(found, str) and found:
        return found[:200]
    return blake2b(payload.encode(), digest_size=16).hexdigest()


def _lane(message: dict[str, Any]) -> str:
    chat = message.get("chat")
    found = chat.get("id") if isinstance(chat, dict) else None
    return f"{CHANNEL}:{found}" if isinstance(found, str) else f"{CHANNEL}:?"


def read(payload: str, names: Sequence[str] = (), bot_id: str = "") -> Incoming | None:
    """The message in an update; ours and other bots' are nothing.

    Raises UnreadableError when the update is not of Zalo's form.
    """
    try:
        update = json.loads(payload)
        if update.get("event_name") not in MEDIA | {TEXT}:
            return None
        return _message(update, names, bot_id)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UnreadableError(type(error).__name__) from error


def _message(update: Update, names: Sequence[str], bot_id: str) -> Incoming | None:
    message = update["message"]
    sender, chat = message["from"], message["chat"]
    user, where = sender["id"], chat["id"]
    text = message.get("text") or message.get("caption") or ""
    if not all(isinstance(item, str) for item in (user, where, text)) or not user or not where:
        raise UnreadableError("wrong type")
    if sender.get("is_bot") is True or user == bot_id:
        return None
    private = chat.get("chat_type", "PRIVATE") != "GROUP"
    text = text if private else without_mention(text, names)
    # In a group Zalo gives us only what mentions us or answers us.
    kind = "text" if text.strip() else "media"
    return Incoming(CHANNEL, where, user, kind, text, private=private)  # type: ignore[arg-type]


def without_mention(text: str, names: Sequence[str]) -> str:
    """The text without the mention of us it may begin with; a command, without one anywhere."""
    start = text.lstrip()
    for name in sorted(names, key=len, reverse=True):
        mention = f"@{name}".lower()
        if start.lower().startswith(mention):
            return start[len(mention) :].lstrip(" ,:")
        if start.startswith("/") and mention in start.lower():
            at = start.lower().index(mention)
            return f"{start[:at].rstrip()} {start[at + len(mention) :].strip()}".rstrip()
    beside = BESIDE.fullmatch(start)
    if beside is not None:
        return beside[1]
    return MENTION.sub("", start, count=1) if MENTION.match(start) else start
