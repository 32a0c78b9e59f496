"""What is said, on any channel: messages in, replies out, and how long ones are cut. Pure."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Literal

Kind = Literal["text", "tap", "media", "edited", "blocked", "unblocked", "moved", "inline", "poll"]
"""text: words. tap: a button under a reply. media: a photo, sticker or file without words.
edited: a changed message, which runs nothing. blocked / unblocked: the person left or came back.
moved: a group has a new id. inline: a question typed in another chat (Telegram). poll: a vote in
a quiz poll of ours; `text` is the option from 0, `ref` the poll."""


@dataclass(frozen=True)
class Incoming:
    """One message received, read from what a channel delivered."""

    channel: str
    chat: str
    user: str
    kind: Kind
    text: str = ""
    private: bool = True
    addressed: bool = True
    """In a group: mentioned, replied to, or commanded."""
    trusted: bool = True
    """Not forwarded, not sent through another bot, not by an anonymous group admin."""
    language: str = ""
    ref: str = ""
    """For a tap: the question its button belongs to. For `moved`: the new id."""
    admin: bool | None = None
    """In a group: whether the writer runs it. None: not asked, or the platform did not say."""
    callback: str = ""
    """What the platform wants answered at once (callback query or inline query id)."""


@dataclass(frozen=True)
class Choice:
    """Something to pick, by a tap or by typing `say`."""

    label: str
    say: str
    mark: bool = False
    """An opinion of the answer ("Đúng ý"), not an answer to a question of ours."""


@dataclass(frozen=True)
class Link:
    """An address worth opening."""

    title: str
    url: str


@dataclass(frozen=True)
class Poll:
    """A quiz question as a channel with quiz polls of its own shows it."""

    question: str
    options: tuple[str, ...]
    right: int
    explanation: str


@dataclass(frozen=True)
class Reply:
    """What we say: text, then links, the source in one small line, then what can be picked."""

    text: str
    links: tuple[Link, ...] = ()
    source: str = ""
    choices: tuple[Choice, ...] = ()
    ask: str = ""
    """The open question the choices belong to."""
    footer: str = ""
    """Said after the choices, e.g. how to pick one."""
    passing: bool = False
    """Not to be kept after it was delivered (a farewell after forgetting)."""
    poll: Poll | None = None
    """The same question as a quiz poll, where the channel has them."""
    file_of: str = ""
    """The key of the person whose data goes along as a file, made at the moment of sending."""


@dataclass(frozen=True)
class Capability:
    """What a channel can show and do."""

    buttons: bool
    edit: bool
    max_length: int
    """Characters of one message."""
    markup: Literal["plain", "html", "page"]
    push: bool
    """We send to it; otherwise the person fetches, and the outbox row is itself the message."""
    polls: bool = False
    """It has quiz polls of its own."""
    admins: bool = False
    """It tells who runs a group."""
    files: bool = False
    """It can carry a file."""


def dump(reply: Reply) -> str:
    """The reply as JSON, to be kept."""
    return json.dumps(asdict(reply), ensure_ascii=False, separators=(",", ":"))


def load(body: str) -> Reply:
    """A reply that was kept with `dump`."""
    data = json.loads(body)
    data["links"] = tuple(Link(**link) for link in data["links"])
    data["choices"] = tuple(Choice(**choice) for choice in data["choices"])
    poll = data.get("poll")
    data["poll"] = Poll(**{**poll, "options": tuple(poll["options"])}) if poll else None
    return Reply(**data)


def plain(reply: Reply) -> str:
    """The whole reply as plain text, choices numbered, as a terminal or Zalo shows it."""
    marks = " · ".join(choice.label for choice in reply.choices if choice.mark)
    parts = [
        reply.text,
        "\n".join(f"{link.title}: {link.url}" for link in reply.links),
        reply.source,
        "\n".join(f"{c.say}. {c.label}" for c in reply.choices if not c.mark),
        reply.footer,
        f"({marks}?)" if marks else "",
    ]
    return "\n".join(part for part in parts if part)


def split(reply: Reply, limit: int) -> list[Reply]:
    """Cut a reply longer than `limit` characters at the end of a sentence.

    What follows the text (links, source, choices) stays with the last part.
    """
    room = limit - (len(plain(reply)) - len(reply.text))
    pieces = cut(reply.text, limit, room)
    rest = [Reply(piece, passing=reply.passing) for piece in pieces[:-1]]
    return [*rest, replace(reply, text=pieces[-1])]


def cut(text: str, limit: int, last: int | None = None) -> list[str]:
    """Cut text into pieces of at most `limit` characters (the last of at most `last`)."""
    pieces = []
    last = limit if last is None else max(1, min(last, limit))
    while len(text) > last:
        end = _end(text, min(limit, len(text) - 1) if len(text) <= limit else limit)
        pieces.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [*pieces, text]


def _end(text: str, limit: int) -> int:
    """Where to cut: after a paragraph, a line, a sentence or a word; else just there."""
    head = text[:limit]
    for mark in ("\n\n", "\n", ". ", "! ", "? ", " "):
        at = head.rfind(mark)
        if at > limit // 3:
            return at + len(mark)
    return limit


@dataclass(frozen=True)
class Received:
    """Something a channel delivered, not yet read: kept first, acknowledged then."""

    channel: str
    key: str
    """The platform's id of this delivery: the same key twice is the same delivery."""
    lane: str
    """Deliveries of one lane are handled in order."""
    payload: str
    at: datetime


class UnreadableError(Exception):
    """What was delivered makes no sense to us; it is parked for a person to look at."""


class DeliveryError(Exception):
    """A message did not go out as it should. `reason` is kept; it holds nothing personal.

    `most`: how often it may be tried in all, where that is fewer than the outbox would.
    """

    def __init__(
        self, reason: str, wait: float | None = None, moved_to: str = "", most: int | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait = wait
        self.moved_to = moved_to
        self.most = most


class RetryError(DeliveryError):
    """Not delivered; another try may succeed after `wait` seconds (None: as we see fit)."""


class SlowDownError(RetryError):
    """The platform wants nothing more from this account for `wait` seconds."""


class AwayError(SlowDownError):
    """The platform is not reached: nobody's message goes out, and no message's try is used up."""

    def __init__(self, reason: str, wait: float = 3.0) -> None:
        super().__init__(reason, wait)


class RefusedError(DeliveryError):
    """Never will be: the message is not accepted as it is."""


class GoneError(RefusedError):
    """Never will be: the person blocked us, or the address is gone."""


class MovedError(DeliveryError):
    """The chat has a new id, `moved_to`; what was refused can be sent there."""


class UncertainError(DeliveryError):
    """Perhaps delivered: the platform took it and did not answer. Not sent again unasked."""


class BrokenError(DeliveryError):
    """The channel itself does not work (a wrong token): nothing can be sent until mended."""
