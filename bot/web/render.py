"""The page as HTML: everything escaped; addresses and phone numbers are links, commands buttons."""

import re
import secrets
from datetime import datetime
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from bot.i18n import _, day, language
from bot.web import assets
from bot.web.thread import Bubble

ADDRESS = re.compile(r"https?://[^\s<>\"'`]{1,2000}")
COMMAND = re.compile(r"(?<![^\s(])/[a-z]{2,32}(?![\w/-]|\.\w)")
STEP = re.compile(r"\d{1,2}[.)] ")
PHONE = re.compile(r"(?<![\w.,/-])(?:0\d{2,3}|1[89]00)(?:[ .]?\d{1,4}){1,4}(?![\w/-]|[.,]\d)")
"""Numbers of ten or eleven digits from 0 on, and of eight or ten from 1800 or 1900 on."""
LENGTHS = {"0": (10, 11), "1": (8, 10)}
TOKEN = re.compile(f"{ADDRESS.pattern}|{COMMAND.pattern}|{PHONE.pattern}")
MOST = 40
"""Steps of a text, and links of a line, that we dress up: no answer has more, a prank may."""
AFTER = ".,;:!?…)]}*”’"
"""Marks that end a sentence, not an address."""


def host_of(url: str) -> str:
    """The name of the server an address leads to; empty when it is not a web address."""
    try:
        parts = urlsplit(url)
        return (parts.hostname or "") if parts.scheme in {"http", "https"} else ""
    except ValueError:
        return ""


def live(text: str) -> Markup:
    """Our text: steps set apart, addresses as links, commands as buttons for who does not type."""
    parts, apart = [], True
    for line in text.split("\n", MOST):
        if STEP.match(line):
            parts.append(Markup('<span class="step">{}</span>').format(_line(line)))
            apart = True
        else:
            parts.append(("" if apart else Markup("\n")) + _line(line))
            apart = False
    return Markup().join(parts)


def _line(text: str) -> Markup:
    parts, at = [], 0
    for found in islice(TOKEN.finditer(text), MOST):
        token = found[0]
        shown = token.rstrip(AFTER) if token.startswith("http") else token
        parts += [escape(text[at : found.start()]), _dressed(shown)]
        at = found.start() + len(shown)
    return Markup().join([*parts, escape(text[at:])])


def _dressed(token: str) -> Markup:
    if token.startswith("/"):
        return _button(token)
    return _anchor(token) if token.startswith("http") else _call(token)


def _call(number: str) -> Markup:
    """A number one taps to call; what only looks like one stays as it is."""
    digits = number.replace(" ", "").replace(".", "")
    if len(digits) not in LENGTHS[digits[0]]:
        return escape(number)
    return Markup('<a href="tel:{}">{}</a>').format(digits, number)


def _anchor(url: str) -> Markup:
    if not host_of(url):
        return escape(url)
    link = Markup('<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>')
    return link.format(url, url)


def _button(command: str) -> Markup:
    button = Markup('<button class="command" form="quick" name="text" value="{}">{}</button>')
    return button.format(command, command)


def by_day(shown: list[Bubble], zone: ZoneInfo, now: datetime) -> list[tuple[str, Bubble]]:
    """Each message, with the day where a new one begins; today needs no name at the start."""
    out, last = [], now.astimezone(zone).date()
    for bubble in shown:
        date = bubble.at.astimezone(zone).date()
        out.append(("" if date == last else day(bubble.at, zone), bubble))
        last = date
    return out


def new_key() -> str:
    """The name of a message not yet written, so that a double submit is one message."""
    return secrets.token_hex(8)


def figure(number: float, places: int = -1) -> str:
    """A number as people write it: 18,5 in Vietnamese; `places` decimals, or as many as needed."""
    written = f"{number:.{places}f}" if places >= 0 else f"{number:g}"
    return written.replace(".", ",") if language() == "vi" else written


class _Compiled(BytecodeCache):
    """Templates that were compiled, by what they say: once for all pages that use them."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what was compiled before; a template that changed has another checksum."""
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self.kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = _Compiled()


def environment() -> Environment:
    """The templates, with what they may call."""
    made = Environment(
        bytecode_cache=COMPILED,
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(_=_, asset=assets.url, language=language, new_key=new_key)
    made.filters.update(live=live, host=host_of, figure=figure)
    return made
