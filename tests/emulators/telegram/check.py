"""Is a call, or an object, what the Bot API's description says, and if not, why? Pure."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.emulators.telegram.errors import ApiError, bad, strict
from tests.emulators.telegram.html import HtmlError, utf16, visible
from tests.emulators.telegram.spec import Field, Kind, Raw, Size, Upload, description

NUMBER = re.compile(r"-?\d{1,18}$")
ATTACH = "attach://"
# Which text a parse mode speaks of, when its name does not say.
TEXTS = ("text", "message_text", "caption", "title")
# What the real server answers instead of naming the parameter.
MISSING = {"chat_id": "chat_id is empty", "text": "message text is empty"}
# The real server's words for what is too short, or too long.
SIZES = {
    "sendMessage.text": ("message text is empty", "message is too long"),
    "editMessageText.text": ("message text is empty", "message is too long"),
    "answerCallbackQuery.text": ("MESSAGE_EMPTY", "MESSAGE_TOO_LONG"),
    "sendPoll.question": (
        "poll question must be non-empty",
        "poll question length must not exceed 300",
    ),
    "InputPollOption.text": (
        "poll options must be non-empty",
        "poll options length must not exceed 100",
    ),
    "setWebhook.secret_token": ("secret token is empty", "secret token is too long"),
    "BotCommand.command": ("BOT_COMMAND_INVALID", "BOT_COMMAND_INVALID"),
    "caption": ("message caption is empty", "message caption is too long"),
    "callback_data": ("BUTTON_DATA_INVALID", "BUTTON_DATA_INVALID"),
    "message_text": ("MESSAGE_EMPTY", "MESSAGE_TOO_LONG"),
    "id": ("RESULT_ID_INVALID", "RESULT_ID_INVALID"),
}


def check_call(method: str, params: Mapping[str, Any], files: Mapping[str, Upload]) -> Raw:
    """The parameters of a call, each of the right type. Raises ApiError when one is not."""
    kind = description().methods.get(method)
    if kind is None:
        raise ApiError(404, "method not found")
    given = {name: _wire(kind.fields.get(name), value) for name, value in params.items()}
    direct = {name: file for name, file in files.items() if name in kind.fields}
    _check_fields(kind, given | direct, "")
    _check_attached(given, set(files) - set(direct))
    return given | direct


def check_object(value: object, name: str) -> None:
    """Is this a Message, an Update, an Array of X, as described? Raises ApiError if not."""
    _check_type(value, name, name)


def _wire(field: Field | None, value: object) -> object:
    """A parameter of a form is a text, whatever its type: read it."""
    if field is None or not isinstance(value, str) or field.types == ("String",):
        return value
    if "Integer" in field.types and NUMBER.match(value):
        return int(value)
    if "String" in field.types or "InputFile" in field.types:
        return value
    try:
        return json.loads(value)
    except ValueError:
        if field.types[0] in PLAIN:
            return value  # the check of its type refuses it
        raise bad(f"can't parse {field.name.replace('_', ' ')} JSON object") from None


def _check_fields(kind: Kind, given: Mapping[str, Any], path: str) -> None:
    for name in given:
        if name not in kind.fields:
            raise strict(f"{path or kind.name}: unknown parameter {name}")
    for field in kind.fields.values():
        if field.required and field.name not in given:
            raise _missing(field.name, path)
    shown = _shown(kind, given)
    for name, value in given.items():
        where = f"{path}.{name}" if path else name
        _check_union(value, kind.fields[name].types, where)
        _check_limits(kind.name, kind.fields[name], shown.get(name, value), where)


def _missing(name: str, path: str) -> ApiError:
    if path:
        return strict(f"{path}: {name} is required")
    return bad(MISSING.get(name, f'parameter "{name}" is required'))


def _shown(kind: Kind, given: Mapping[str, Any]) -> dict[str, str]:
    """What people see of the texts that have a parse mode. Raises ApiError."""
    shown = {}
    for name, mode in given.items():
        if not name.endswith("parse_mode"):
            continue
        about = name.removesuffix("parse_mode").rstrip("_")
        text = about or next((key for key in TEXTS if key in kind.fields), "")
        if mode and isinstance(given.get(text), str):
            shown[text] = seen(given[text], mode)
    return shown


def seen(text: str, mode: object) -> str:
    """What people see of a text, by its parse mode. Raises ApiError."""
    if mode in ("Markdown", "MarkdownV2"):
        raise strict("the emulator reads HTML, not Markdown")
    if mode not in ("HTML", "", None):
        raise bad("unsupported parse_mode")
    try:
        return visible(text)[0] if mode else text
    except HtmlError as error:
        raise bad(f"can't parse entities: {error}") from error


def _check_limits(kind: str, field: Field, value: object, path: str) -> None:
    if field.values and value not in field.values:
        raise strict(f"{path} must be one of {', '.join(field.values)}")
    if isinstance(value, str):
        _check_size(kind, field, path, "characters", utf16(value))
        _check_size(kind, field, path, "bytes", len(value.encode()))
    elif isinstance(value, list):
        _check_size(kind, field, path, "items", len(value))
    elif isinstance(value, int | float) and field.range and not _within(field.range, value):
        raise strict(f"{path} must be {field.range[0]}-{field.range[1]}")


def _check_size(kind: str, field: Field, path: str, unit: str, measured: int) -> None:
    size: Size | None = getattr(field, unit)
    if size is None or _within(size, measured):
        return
    words = SIZES.get(f"{kind}.{field.name}") or SIZES.get(field.name)
    if words:
        raise bad(words[measured > size[1]])
    raise strict(f"{path} must be {size[0]}-{size[1]} {unit}, not {measured}")


def _within(size: Size, measured: float) -> bool:
    return size[0] <= measured <= size[1]


def _check_union(value: object, types: Iterable[str], path: str) -> None:
    """Is the value of one of these types? The error is that of the likeliest."""
    errors: list[tuple[int, ApiError]] = []
    for name in types:
        try:
            _check_type(value, name, path)
        except ApiError as error:
            errors.append((_likeness(value, name), error))
        else:
            return
    raise max(errors, key=lambda pair: pair[0])[1]


def _likeness(value: object, name: str) -> int:
    """How much an object looks like a type: a fitting `type` first, then known fields."""
    kind = description().types.get(name)
    if kind is None or not isinstance(value, dict):
        return 0
    if kind.one_of:
        return max(_likeness(value, part) for part in kind.one_of)
    known = sum(1 for key in value if key in kind.fields)
    fixed = [field for field in kind.fields.values() if field.values and field.required]
    return known + 100 * sum(1 for field in fixed if value.get(field.name) in field.values)


def _check_type(value: object, name: str, path: str) -> None:
    inner = name.removeprefix("Array of ")
    if inner != name:
        if not isinstance(value, list):
            raise strict(f"{path} must be an {name}")
        for number, item in enumerate(value):
            _check_type(item, inner, f"{path}[{number}]")
    elif name in PLAIN:
        if not PLAIN[name](value):
            raise strict(f"{path} must be of type {name}")
    else:
        _check_kind(value, description().types[name], path)


def _check_kind(value: object, kind: Kind, path: str) -> None:
    if kind.one_of:
        _check_union(value, kind.one_of, path)
    elif isinstance(value, dict):
        _check_fields(kind, value, path)
    else:
        raise strict(f"{path} must be of type {kind.name}")


def _is_text(value: object) -> bool:
    """Is it a text? A lone surrogate is none."""
    if isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise bad("strings must be encoded in UTF-8")
    return isinstance(value, str)


def _is_file(value: object) -> bool:
    return isinstance(value, Upload) or (isinstance(value, str) and value.startswith(ATTACH))


PLAIN = {
    "String": _is_text,
    "Integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "Float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "Boolean": lambda value: isinstance(value, bool),
    "InputFile": _is_file,
}


def _check_attached(given: object, loose: set[str]) -> None:
    """Every `attach://name` has its file, and every file is spoken of."""
    spoken = {text.removeprefix(ATTACH) for text in _texts(given) if text.startswith(ATTACH)}
    for name in spoken - loose:
        raise strict(f"{ATTACH}{name} has no file")
    for name in loose - spoken:
        raise strict(f"unknown parameter {name}")


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
