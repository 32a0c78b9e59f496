"""What the Bot API asks in prose beyond types and sizes: keyboards, commands, polls. Pure.

Each rule carries the page that states it. Rules run after the check of types, so a field that is
there is of its type.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from tests.emulators.telegram.errors import bad, strict
from tests.emulators.telegram.spec import Raw, Upload, description

ROW, BUTTONS = 8, 100
"""Buttons in a row and in a keyboard: clients show no more in a row, the server takes no more."""
COMMAND = re.compile(r"[a-z0-9_]{1,32}$")
TOKEN = re.compile(r"[A-Za-z0-9_-]+$")
LANGUAGE = re.compile(r"[a-z]{2}$|$")
FILES = {
    "photo": 10 << 20,
    "document": 50 << 20,
    "audio": 50 << 20,
    "video": 50 << 20,
    "voice": 50 << 20,
    "animation": 50 << 20,
}
"""https://core.telegram.org/bots/api#sending-files: how large a file may be."""
# https://core.telegram.org/bots/api#inlinekeyboardbutton: what is not the button's purpose.
LOOKS = {"text", "icon_custom_emoji_id", "style"}
LINKS = ("http", "https", "tg", "ton")
ACTIONS = (
    *("typing", "choose_sticker", "find_location", "record_video_note", "upload_video_note"),
    *("upload_photo", "record_video", "upload_video", "record_voice", "upload_voice"),
    "upload_document",
)


def check_rules(method: str, params: Raw) -> None:
    """Raises ApiError when a call breaks a rule that is not in the description."""
    for markup in _markups(params):
        check_keyboard(markup)
    for name, largest in FILES.items():
        _check_file(params.get(name), largest)
    if not LANGUAGE.match(params.get("language_code", "")):
        raise bad("LANG_CODE_INVALID")
    for kind in params.get("allowed_updates", []):
        if kind not in description().types["Update"].fields:
            raise strict(f"unknown type of update {kind}")
    if rule := RULES.get(method):
        rule(params)


def _markups(value: object) -> Iterable[Raw]:
    """Every inline keyboard of a call, also those in inline results."""
    if isinstance(value, dict):
        if "inline_keyboard" in value:
            yield value
        for item in value.values():
            yield from _markups(item)
    elif isinstance(value, list):
        for item in value:
            yield from _markups(item)


def check_keyboard(markup: Raw) -> None:
    """https://core.telegram.org/bots/api#inlinekeyboardmarkup."""
    rows: list[list[Raw]] = markup["inline_keyboard"]
    if any(len(row) > ROW for row in rows):
        raise strict(f"more than {ROW} buttons in a row")
    if any(not row for row in rows):
        raise strict("a row without buttons")
    if sum(len(row) for row in rows) > BUTTONS:
        raise bad("reply markup is too long")
    for row in rows:
        for button in row:
            _check_button(button)


def _check_button(button: Raw) -> None:
    purposes = set(button) - LOOKS
    if not button["text"].strip():
        raise strict("a button without a label")
    if not purposes:
        raise bad(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if len(purposes) > 1:
        raise strict(f"a button with more than one purpose: {', '.join(sorted(purposes))}")
    if "url" in button and urlsplit(button["url"]).scheme not in LINKS:
        raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")


def _check_file(value: object, largest: int) -> None:
    if isinstance(value, Upload):
        if not value.content:
            raise bad("file must be non-empty")
        if len(value.content) > largest:
            raise strict(f"the file is larger than {largest >> 20} MB")
    elif isinstance(value, str) and not value.startswith(("https://", "http://", "file-")):
        raise bad("wrong file identifier/HTTP URL specified")


def _commands(params: Raw) -> None:
    """https://core.telegram.org/bots/api#botcommand."""
    names = [command["command"] for command in params["commands"]]
    if not all(COMMAND.match(name) for name in names):
        raise bad("BOT_COMMAND_INVALID")
    if len(set(names)) < len(names):
        raise strict("a command named twice")


def _poll(params: Raw) -> None:
    """https://core.telegram.org/bots/api#sendpoll."""
    right = params.get("correct_option_ids")
    quiz = params.get("type", "regular") == "quiz"
    if params.get("type", "regular") not in ("quiz", "regular"):
        raise strict("type must be quiz or regular")
    if quiz and not right:
        raise bad("quiz polls must have correct options")
    if right is not None and not quiz:
        raise strict("only a quiz has right answers")
    if right and (
        right != sorted(set(right)) or not 0 <= right[0] <= right[-1] < len(params["options"])
    ):
        raise bad("wrong correct option ID specified")
    if params.get("explanation") and not quiz:
        raise strict("only a quiz has an explanation")
    if params.get("explanation", "").count("\n") > 2:
        raise strict("an explanation has at most 2 line feeds")
    if "open_period" in params and "close_date" in params:
        raise strict("open_period and close_date exclude each other")


def _inline(params: Raw) -> None:
    """https://core.telegram.org/bots/api#answerinlinequery."""
    ids = [result["id"] for result in params["results"]]
    if len(ids) > 50:
        raise bad("RESULTS_TOO_MUCH")
    if len(set(ids)) < len(ids):
        raise bad("RESULT_ID_DUPLICATE")


def _webhook(params: Raw) -> None:
    """https://core.telegram.org/bots/api#setwebhook; http on the loopback, as a local server."""
    if not TOKEN.match(params.get("secret_token", "_")):
        raise bad("secret token contains unallowed characters")
    address = urlsplit(params["url"])
    loopback = address.hostname in ("127.0.0.1", "localhost", "::1")
    if params["url"] and address.scheme != "https" and not loopback:
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")


def _action(params: Raw) -> None:
    if params["action"] not in ACTIONS:
        raise bad("wrong parameter action in request")


def _edit(params: Raw) -> None:
    """An edit speaks of a message in a chat, or of an inline one."""
    if "inline_message_id" in params:
        return
    for name in ("chat_id", "message_id"):
        if name not in params:
            raise bad("message identifier is not specified")


def _edit_text(params: Raw) -> None:
    _edit(params)
    if not params.get("text") and "rich_message" not in params:
        raise bad("message text is empty")


RULES: dict[str, Callable[[dict[str, Any]], None]] = {
    "setMyCommands": _commands,
    "sendPoll": _poll,
    "answerInlineQuery": _inline,
    "setWebhook": _webhook,
    "sendChatAction": _action,
    "editMessageText": _edit_text,
    "editMessageCaption": _edit,
    "editMessageReplyMarkup": _edit,
}
