"""What Telegram delivers, read into messages. Pure."""

import json
from typing import Any

from telegram import CallbackQuery, Chat, ChatMemberUpdated, Message, PollAnswer, Update

from bot.messages import Incoming, UnreadableError

CHANNEL = "telegram"
GONE = frozenset({"kicked", "left"})


def lane(update: dict[str, Any]) -> str:
    """The chat an update belongs to, as far as it can be told from a raw one; never raises."""
    for part in update.values():
        if not isinstance(part, dict):
            continue
        message = part.get("message") if isinstance(part.get("message"), dict) else part
        chat = message.get("chat") if isinstance(message, dict) else None
        for who in (chat, part.get("from"), part.get("user")):
            if isinstance(who, dict) and isinstance(who.get("id"), int):
                return f"{CHANNEL}:{who['id']}"
    return f"{CHANNEL}:?{update.get('update_id', '')}"


def read(payload: str, username: str, bot_id: int) -> Incoming | None:
    """The message in an update, or None when there is nothing in it for us.

    Raises UnreadableError when the update is not of Telegram's form.
    """
    try:
        update = Update.de_json(json.loads(payload), None)
        return _read(update, username, bot_id)
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise UnreadableError(type(error).__name__) from error


def _read(update: Update, username: str, bot_id: int) -> Incoming | None:
    if update.message is not None:
        return _message(update.message, username, bot_id)
    if update.edited_message is not None:
        return Incoming(CHANNEL, str(update.edited_message.chat.id), "", "edited")
    if update.callback_query is not None:
        return _tap(update.callback_query)
    if update.inline_query is not None:
        query = update.inline_query
        user = str(query.from_user.id)
        return Incoming(
            CHANNEL,
            user,
            user,
            "inline",
            query.query,
            callback=query.id,
            language=query.from_user.language_code or "",
        )
    if update.poll_answer is not None:
        return _vote(update.poll_answer)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member)
    return None


def _message(message: Message, username: str, bot_id: int) -> Incoming | None:
    chat = str(message.chat.id)
    if message.migrate_to_chat_id is not None:
        return Incoming(CHANNEL, chat, "", "moved", ref=str(message.migrate_to_chat_id))
    if message.from_user is None or message.from_user.is_bot or message.chat.type == Chat.CHANNEL:
        return None
    text = message.text or message.caption or ""
    private = message.chat.type == Chat.PRIVATE
    return Incoming(
        CHANNEL,
        chat,
        str(message.from_user.id),
        "text" if text else "media",
        _without_mention(text, username),
        private=private,
        addressed=private or _addressed(message, text, username, bot_id),
        trusted=(
            message.forward_origin is None
            and message.via_bot is None
            and message.sender_chat is None
        ),
        language=message.from_user.language_code or "",
    )


def _addressed(message: Message, text: str, username: str, bot_id: int) -> bool:
    """In a group: mentioned, replied to, or commanded (a command for another bot is not)."""
    if f"@{username}".lower() in text.lower().split() and username:
        return True
    replied = message.reply_to_message
    if replied is not None and replied.from_user is not None and replied.from_user.id == bot_id:
        return True
    if not text.startswith("/"):
        return False
    _command, at, target = text.split(maxsplit=1)[0].partition("@")
    return not at or target.lower() == username.lower()


def _without_mention(text: str, username: str) -> str:
    if not username:
        return text
    words = text.split(" ")
    return " ".join(word for word in words if word.lower() != f"@{username}".lower()).strip()


def _tap(query: CallbackQuery) -> Incoming | None:
    """A button: its data is `<question>:<what typing it would say>`."""
    message = query.message
    user = str(query.from_user.id)
    ref, _sep, say = (query.data or "").partition(":")
    chat = str(message.chat.id) if message is not None else user
    return Incoming(
        CHANNEL,
        chat,
        user,
        "tap",
        say,
        private=chat == user,
        ref=ref,
        callback=query.id,
        language=query.from_user.language_code or "",
    )


def _vote(vote: PollAnswer) -> Incoming | None:
    """A vote in a quiz poll of ours, which are sent to private chats only."""
    if vote.user is None or len(vote.option_ids) != 1:
        return None
    user = str(vote.user.id)
    return Incoming(CHANNEL, user, user, "poll", str(vote.option_ids[0]), ref=vote.poll_id)


def _membership(change: ChatMemberUpdated) -> Incoming | None:
    chat = str(change.chat.id)
    status = change.new_chat_member.status
    kind = "blocked" if status in GONE else "unblocked"
    return Incoming(CHANNEL, chat, str(change.from_user.id), kind)  # type: ignore[arg-type]
