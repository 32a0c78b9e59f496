"""Messages the bot sends, edits, copies and takes back."""

import hashlib
import time
from typing import Any

from tests.emulators.telegram import updates
from tests.emulators.telegram.errors import bad
from tests.emulators.telegram.html import visible
from tests.emulators.telegram.spec import Raw, Upload
from tests.emulators.telegram.world import World

SIZED = {"width": 800, "height": 600}
LASTING = {"duration": 3}
# What the type of a file requires beside the file itself.
FILES: dict[str, Raw] = {
    "photo": SIZED,
    "document": {},
    "audio": LASTING,
    "voice": LASTING,
    "video": SIZED | LASTING,
    "animation": SIZED | LASTING,
}
UNCHANGED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def send(world: World, method: str, params: Raw) -> Raw:
    """A message to a chat: the message as the chat now has it. Raises ApiError."""
    chat = world.enter(params["chat_id"]).chat
    about = _reply(world, chat["id"], params) | _buttons(params)
    return world.compose(world.bot, chat, **_content(world, method, params), **about)


def _reply(world: World, chat_id: int, params: Raw) -> Raw:
    reply = params.get("reply_parameters")
    if reply is None:
        return {}
    known = world.messages.get((chat_id, reply["message_id"]))
    if known is None and not reply.get("allow_sending_without_reply"):
        raise bad("message to be replied not found")
    return {"reply_to_message": _without_reply(known)} if known else {}


def _without_reply(message: Raw) -> Raw:
    """Telegram shows what was replied to, but not what that replied to."""
    return {key: value for key, value in message.items() if key != "reply_to_message"}


def _buttons(params: Raw) -> Raw:
    """Only inline keyboards are part of a message."""
    markup = params.get("reply_markup", {})
    return {"reply_markup": markup} if "inline_keyboard" in markup else {}


def _content(world: World, method: str, params: Raw) -> Raw:
    kind = method.removeprefix("send").lower()
    match kind:
        case "message":
            return text(params)
        case "poll":
            return {"poll": _poll(world, params)}
        case "location":
            return {"location": {key: params[key] for key in ("latitude", "longitude")}}
        case "contact":
            return {"contact": {key: params[key] for key in ("phone_number", "first_name")}}
        case _ if kind in FILES:
            return _file(world, kind, params[kind]) | text(params, "caption")
        case _:
            return {}


def text(params: Raw, name: str = "text") -> Raw:
    """The text or caption of a call as a message has it. Raises ApiError."""
    shown, entities = params.get(name, "").strip(), params.get(f"{_mark(name)}entities", [])
    if params.get("parse_mode") == "HTML":
        shown, entities = visible(params.get(name, ""))
    if name == "text" and not shown and "rich_message" not in params:
        raise bad("message text is empty")
    found = sorted([*entities, *updates.entities(shown)], key=lambda entity: entity["offset"])
    return ({name: shown} if shown else {}) | (
        {f"{_mark(name)}entities": found} if found and shown else {}
    )


def _mark(name: str) -> str:
    return "" if name == "text" else f"{name}_"


def _file(world: World, kind: str, value: str | Upload) -> Raw:
    """A file in a message; what was uploaded is kept under its id."""
    if isinstance(value, Upload):
        file_id = f"file-{hashlib.sha256(value.content).hexdigest()[:24]}"
        world.files[file_id] = value.content
        known: Raw = {"file_size": len(value.content)}
    else:
        file_id, known = value, {}
    item = {"file_id": file_id, "file_unique_id": file_id[:20]} | FILES[kind] | known
    if kind == "document" and isinstance(value, Upload):
        item |= {"file_name": value.filename, "mime_type": value.content_type}
    return {kind: [item] if kind == "photo" else item}


def _poll(world: World, params: Raw) -> Raw:
    options = [
        {"persistent_id": str(number), "text": option["text"], "voter_count": 0}
        for number, option in enumerate(params["options"])
    ]
    quiz = params.get("type") == "quiz"
    poll = {
        "id": str(5_000_000_000_000_000_000 + world.number()),
        "question": params["question"],
        "options": options,
        "total_voter_count": 0,
        "is_closed": params.get("is_closed", False),
        "is_anonymous": params.get("is_anonymous", True),
        "type": "quiz" if quiz else "regular",
        "allows_multiple_answers": params.get("allows_multiple_answers", False),
        "allows_revoting": params.get("allows_revoting", not quiz),
        "members_only": params.get("members_only", False),
    }
    kept = ("correct_option_ids", "explanation", "open_period", "close_date", "description")
    poll |= {key: params[key] for key in kept if key in params}
    world.polls[poll["id"]] = poll
    return poll


def edit(world: World, method: str, params: Raw) -> Raw | bool:
    """An edit: the message as it now is. Raises ApiError."""
    if "inline_message_id" in params:
        return True
    message = _own(world, params, "message to edit not found", "message can't be edited")
    changed = {key: value for key, value in message.items() if key not in _replaced(method)}
    if method == "editMessageText":
        changed |= text(params)
    elif method == "editMessageCaption":
        changed |= text(params, "caption")
    changed |= _buttons(params)
    if {**changed, "edit_date": 0} == {**message, "edit_date": 0}:
        raise bad(UNCHANGED)
    return world.keep(changed | {"edit_date": int(time.time())})


def _replaced(method: str) -> tuple[str, ...]:
    """What an edit takes away; buttons that are not given again are gone."""
    match method:
        case "editMessageText":
            return ("text", "entities", "reply_markup")
        case "editMessageCaption":
            return ("caption", "caption_entities", "reply_markup")
        case _:
            return ("reply_markup",)


def _own(world: World, params: Raw, missing: str, foreign: str) -> Raw:
    chat = world.enter(params["chat_id"]).chat
    message = world.message(chat["id"], params["message_id"], missing)
    if message.get("from") != world.bot:
        raise bad(foreign)
    return message


def delete(world: World, params: Raw) -> bool:
    """Take a message back. Raises ApiError."""
    chat = world.enter(params["chat_id"]).chat
    world.message(chat["id"], params["message_id"], "message to delete not found")
    del world.messages[chat["id"], params["message_id"]]
    return True


def copy(world: World, method: str, params: Raw) -> Raw:
    """Copy or forward a message of a chat to another. Raises ApiError."""
    source = world.enter(params["from_chat_id"]).chat
    missing = f"message to {method.removesuffix('Message')} not found"
    original = world.message(source["id"], params["message_id"], missing)
    chat = world.enter(params["chat_id"]).chat
    envelope = ("message_id", "from", "chat", "date", "reply_markup", "reply_to_message")
    content: dict[str, Any] = {k: v for k, v in original.items() if k not in envelope}
    if method == "copyMessage":
        if "caption" in params:
            content |= text(params, "caption")
        made = world.compose(world.bot, chat, **content, **_buttons(params))
        return {"message_id": made["message_id"]}
    author, date = original["from"], original["date"]
    origin = {"type": "user", "sender_user": author, "date": date}
    return world.compose(world.bot, chat, **content, forward_origin=origin)


def stop_poll(world: World, params: Raw) -> Raw:
    """Close a poll: its result. Raises ApiError."""
    gone = "message with poll to stop not found"
    message = _own(world, params, gone, "poll can't be stopped")
    if "poll" not in message:
        raise bad(gone)
    poll: Raw = message["poll"]
    if poll["is_closed"]:
        raise bad("poll has already been closed")
    poll["is_closed"] = True
    return poll
