"""Raw updates as Telegram delivers them, for tables of tests and for the emulator. Pure.

`person`, `private`, `group`, `supergroup` and `channel` build who and where, `body` a message;
the rest build whole updates, ready for `Update.de_json` or a webhook.
"""

import re
from typing import Any

from tests.emulators.telegram.html import utf16
from tests.emulators.telegram.spec import Raw

MOMENT = 1795582800
"""25 November 2026, 12:00 on the island."""
ENTITIES = re.compile(
    r"(?:^|(?<=\s))(?P<bot_command>/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]{3,32})?)(?![\w/])"
    r"|(?<![\w/])(?P<mention>@[A-Za-z0-9_]{4,32})\b"
)
RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)


def _given(values: Raw) -> Raw:
    return {key: value for key, value in values.items() if value}


def person(
    id_: int = 5001,
    first_name: str = "Lan",
    language_code: str = "vi",
    username: str = "",
    *,
    is_bot: bool = False,
) -> Raw:
    """A user. What is empty is left out, as Telegram does."""
    optional = {"username": username, "language_code": language_code}
    return {"id": id_, "is_bot": is_bot, "first_name": first_name} | _given(optional)


def private(user: Raw) -> Raw:
    """The private chat with a user; it has the user's id."""
    names = {key: user[key] for key in ("first_name", "last_name", "username") if key in user}
    return {"id": user["id"], "type": "private"} | names


def group(id_: int = -4001, title: str = "Thôn Đông") -> Raw:
    """A small group."""
    return {"id": id_, "type": "group", "title": title}


def supergroup(id_: int = -1002000004001, title: str = "Thôn Đông") -> Raw:
    """A supergroup."""
    return {"id": id_, "type": "supergroup", "title": title}


def channel(id_: int = -1003000004001, title: str = "Tin Lý Sơn") -> Raw:
    """A channel."""
    return {"id": id_, "type": "channel", "title": title}


LAN = person()
BOT = person(1234, "Bot Lý Sơn", "", "lyson_test_bot", is_bot=True)


def entities(text: str) -> list[Raw]:
    """The commands and mentions in a text, at their UTF-16 offsets."""
    return [
        {
            "type": found.lastgroup,
            "offset": utf16(text[: found.start()]),
            "length": utf16(found[0]),
        }
        for found in ENTITIES.finditer(text)
    ]


def body(
    text: str = "",
    user: Raw = LAN,
    chat: Raw | None = None,
    message_id: int = 1,
    date: int = MOMENT,
    **more: Any,
) -> Raw:
    """A message: of text, or of what `more` holds."""
    content: Raw = {}
    if text:
        content = {"text": text} | _given({"entities": entities(text)})
    where = chat or private(user)
    start = {"message_id": message_id, "from": user, "chat": where, "date": date}
    return start | content | more


def update(kind: str, content: Raw, update_id: int = 1) -> Raw:
    """An update of a kind around its content."""
    return {"update_id": update_id, kind: content}


def message(text: str, update_id: int = 1, **about: Any) -> Raw:
    """A text message; `about` is as for `body`: user, chat, message_id, reply_to_message ..."""
    return update("message", body(text, **about), update_id)


def mention(text: str, update_id: int = 1, **about: Any) -> Raw:
    """A message in a supergroup that names the bot."""
    place = {"chat": supergroup()} | about
    return message(f"@{BOT['username']} {text}", update_id, **place)


def edited_message(text: str, update_id: int = 1, **about: Any) -> Raw:
    """A message changed a minute later."""
    content = body(text, **about)
    return update("edited_message", content | {"edit_date": content["date"] + 60}, update_id)


def forwarded(text: str, update_id: int = 1, author: Raw | None = None, **about: Any) -> Raw:
    """A message somebody else wrote, passed on."""
    origin = {
        "type": "user",
        "sender_user": author or person(5999, "Tư"),
        "date": about.get("date", MOMENT) - 3600,
    }
    return message(text, update_id, **{"forward_origin": origin} | about)


def via_bot(text: str, update_id: int = 1, bot: Raw = BOT, **about: Any) -> Raw:
    """A message put into the chat through a bot's inline mode."""
    return message(text, update_id, **{"via_bot": bot} | about)


def anonymous_admin(text: str, update_id: int = 1, **about: Any) -> Raw:
    """A message of an administrator who speaks as the group."""
    place = about.pop("chat", None) or supergroup()
    nobody = person(1087968824, "Group", "", "GroupAnonymousBot", is_bot=True)
    return message(text, update_id, **about | {"user": nobody, "chat": place, "sender_chat": place})


def channel_post(text: str, update_id: int = 1, **about: Any) -> Raw:
    """A post in a channel: nobody is its author."""
    place = about.pop("chat", None) or channel()
    content = body(text, chat=place, **about) | {"sender_chat": place}
    del content["from"]
    return update("channel_post", content, update_id)


def sticker(update_id: int = 1, **about: Any) -> Raw:
    """A sticker."""
    content = {
        **_file("sticker"),
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
        "emoji": "👍",
    }
    return update("message", body(**about, sticker=content), update_id)


def photo(caption: str = "", update_id: int = 1, **about: Any) -> Raw:
    """A photo in two sizes, with or without a caption."""
    sizes = [_file(f"photo-{side}") | {"width": side, "height": side} for side in (90, 800)]
    words = _given({"caption": caption, "caption_entities": entities(caption)})
    return update("message", body(**about, photo=sizes, **words), update_id)


def migration(new_id: int = -1002000004001, update_id: int = 1, **about: Any) -> Raw:
    """The service message of a group that has become a supergroup."""
    place = {"chat": group()} | about
    return update("message", body(**place, migrate_to_chat_id=new_id), update_id)


def callback_query(
    data: str,
    update_id: int = 1,
    user: Raw = LAN,
    under: Raw | None = None,
    query_id: str = "4382bfdwdsb323b2d9",
) -> Raw:
    """A tap on a button under a message of the bot."""
    content = {
        "id": query_id,
        "from": user,
        "message": under or body("Bạn chọn gì?", BOT, private(user), 7),
        "chat_instance": str(user["id"]),
        "data": data,
    }
    return update("callback_query", content, update_id)


def inline_query(
    query: str, update_id: int = 1, user: Raw = LAN, query_id: str = "770011223344"
) -> Raw:
    """`@bot query` typed in any chat."""
    content = {"id": query_id, "from": user, "query": query, "offset": "", "chat_type": "group"}
    return update("inline_query", content, update_id)


def poll_answer(poll_id: str, options: list[int], update_id: int = 1, user: Raw = LAN) -> Raw:
    """A vote in a poll that is not anonymous; without options it is taken back."""
    content = {
        "poll_id": poll_id,
        "user": user,
        "option_ids": options,
        "option_persistent_ids": [str(option) for option in options],
    }
    return update("poll_answer", content, update_id)


def my_chat_member(
    status: str = "kicked",
    update_id: int = 1,
    user: Raw = LAN,
    chat: Raw | None = None,
    old: str = "member",
    date: int = MOMENT,
) -> Raw:
    """The bot's own standing in a chat changes: kicked is blocked, member is let in again."""
    content = {
        "chat": chat or private(user),
        "from": user,
        "date": date,
        "old_chat_member": member(old, BOT),
        "new_chat_member": member(status, BOT),
    }
    return update("my_chat_member", content, update_id)


def member(status: str, user: Raw) -> Raw:
    """Somebody's standing in a chat."""
    standing: Raw = {"status": status, "user": user}
    match status:
        case "kicked":
            return standing | {"until_date": 0}
        case "creator":
            return standing | {"is_anonymous": False}
        case "administrator":
            rights = dict.fromkeys(RIGHTS, True)
            return standing | rights | {"can_be_edited": False, "is_anonymous": False}
        case _:
            return standing


def _file(name: str) -> Raw:
    return {"file_id": f"file-{name}", "file_unique_id": f"unique-{name}", "file_size": 2048}
