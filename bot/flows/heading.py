"""The head of a notice written in chat: lines that say to whom and when it goes. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.content import Place, Places
from bot.notices.audience import Audience
from faq.text import clean, fold

LINE = re.compile(r"\s*([^:\n]{2,20}):\s*(\S.*)")
KINDS = {
    "thon": "hamlets",
    "don vi": "units",
    "ngon ngu": "languages",
    "vai tro": "roles",
    "quan tam": "interests",
    "luc": "at",
    "khan": "urgent",
    "tieng anh": "english",
    "su kien": "event",
}
LANGUAGES = {"tieng viet": "vi", "viet": "vi", "tieng anh": "en", "anh": "en", "english": "en"}


@dataclass(frozen=True)
class Written:
    """What an organiser wrote: the words, and to whom and when."""

    text: str
    english: str
    audience: Audience
    at: datetime | None
    urgent: bool
    event: str = ""
    """The id of the event it is about."""


class HeadError(Exception):
    """A line of the head makes no sense; it is the message."""


def read(raw: str, places: Places, now: datetime, zone: ZoneInfo) -> Written:
    """Read a notice with its head. Raises HeadError."""
    lines = [clean(line) for line in raw.strip().splitlines()]
    head: dict[str, str] = {}
    while lines:
        found = LINE.fullmatch(lines[0])
        kind = KINDS.get(fold(found[1])) if found else None
        if found is None or kind is None:
            break
        head[kind] = found[2].strip()
        lines.pop(0)
    audience = Audience(
        hamlets=_places(head.get("hamlets", ""), places.hamlets),
        units=_places(head.get("units", ""), places.units),
        languages=tuple(_language(item) for item in _items(head.get("languages", ""))),
        roles=_items(head.get("roles", "")),
        interests=_items(head.get("interests", "")),
    )
    at = _moment(head["at"], now, zone) if "at" in head else None
    urgent = fold(head.get("urgent", "")) in {"co", "dung", "khan", "x", "yes"}
    text, event = "\n".join(lines).strip(), head.get("event", "").lower()
    return Written(text, head.get("english", ""), audience, at, urgent, event)


def _items(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())


def _places(text: str, known: tuple[Place, ...]) -> tuple[str, ...]:
    """Places by id or name, with or without the word "thôn"."""
    names = {name: place.id for place in known for name in (fold(place.name), fold(place.id))}
    names |= {name.removeprefix("thon "): place for name, place in names.items()}
    found = []
    for item in _items(text):
        if fold(item) not in names:
            raise HeadError(item)
        found.append(names[fold(item)])
    return tuple(found)


def _language(text: str) -> str:
    found = LANGUAGES.get(fold(text), text)
    if found not in {"vi", "en"}:
        raise HeadError(text)
    return found


def _moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """ "19:00 2/12" or "19h30 ngày 2/12/2026": of a date without a year the next one."""
    words = fold(text.replace(":", "h").replace("/", "-")).replace("-", " ")
    found = re.fullmatch(
        r"(\d{1,2}) ?h ?(\d{2})?(?: ngay)? (\d{1,2}) (\d{1,2})(?: (\d{4}))?", words
    )
    if found is None:
        raise HeadError(text)
    hour, minute, day, month, year = (int(part or 0) for part in found.groups())
    local = now.astimezone(zone)
    try:
        at = datetime(year or local.year, month, day, hour, minute, tzinfo=zone)
        if not year and at < local:
            at = at.replace(year=at.year + 1)
    except ValueError as error:
        raise HeadError(text) from error
    return at
