"""Replies as Telegram shows them, and what its errors mean."""

import html
import re

import aiohttp
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.messages import (
    AwayError,
    BrokenError,
    DeliveryError,
    GoneError,
    MovedError,
    RefusedError,
    Reply,
    RetryError,
    SlowDownError,
    UncertainError,
)

CALLBACK_BYTES = 64
"""https://core.telegram.org/bots/api#inlinekeyboardbutton: callback_data is 1-64 bytes."""
LABEL = 60
GONE = re.compile(
    r"chat not found|user is deactivated|bot was (?:blocked|kicked)|PEER_ID_INVALID", re.IGNORECASE
)
NOT_HTML = "can't parse entities"
NOT_CHANGED = "message is not modified"


def as_html(reply: Reply) -> str:
    """The reply in Telegram's HTML, built from parts so that it is always well formed."""
    numbered = (choice for choice in reply.choices if not choice.mark)
    parts = [
        _escape(reply.text),
        "\n".join(
            f'<a href="{_quote(link.url)}">{_escape(link.title)}</a>' for link in reply.links
        ),
        f"<i>{_escape(reply.source)}</i>" if reply.source else "",
        "\n".join(f"{_escape(choice.say)}. {_escape(choice.label)}" for choice in numbered),
        _escape(reply.footer),
    ]
    return "\n".join(part for part in parts if part)


def keyboard(reply: Reply) -> dict[str, object]:
    """The parameters for buttons of what can be picked (all of it can be typed too).

    Plain data, not the library's objects: those cost more than all the rest of a reply.
    """
    rows: list[list[dict[str, str]]] = []
    marks: list[dict[str, str]] = []
    for choice in reply.choices:
        data = f"{reply.ask}:{choice.say}"
        if len(data.encode()) > CALLBACK_BYTES:
            continue  # it can still be typed
        if choice.mark:
            marks.append({"text": choice.label, "callback_data": data})
        else:
            label = f"{choice.say}. {choice.label}"
            rows.append([{"text": label[:LABEL], "callback_data": data}])
    if marks:
        rows.append(marks)
    return {"reply_markup": {"inline_keyboard": rows}} if rows else {}


def meaning(error: TelegramError) -> DeliveryError:
    """What a failure means for the message: the class of the error alone does not tell."""
    match error:
        case RetryAfter():
            wait = error.retry_after
            seconds = wait if isinstance(wait, int | float) else wait.total_seconds()
            return SlowDownError("429", wait=float(seconds))
        case ChatMigrated():
            return MovedError("migrated", moved_to=str(error.new_chat_id))
        case Forbidden():
            return GoneError("403")
        case InvalidToken() | Conflict():
            return BrokenError(type(error).__name__, wait=30.0)
        case BadRequest():  # a subclass of NetworkError, but final
            gone = GONE.search(error.message)
            return GoneError("gone") if gone else RefusedError("400")
        case NetworkError():
            return _network(error)
        case _:
            return UncertainError("unreadable answer")


def _network(error: NetworkError) -> DeliveryError:
    """Whether the server may have had the request."""
    cause = error.__cause__
    if isinstance(cause, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return AwayError("not reached")
    if isinstance(error, TimedOut) or cause is not None:
        return UncertainError("no answer")
    return RetryError("server error")  # an HTTP status: it was refused


def _escape(text: str) -> str:
    return html.escape(text, quote=False)


def _quote(url: str) -> str:
    return html.escape(url, quote=True)
