"""Telegram's HTML: what people see of it, or the error Telegram answers. Pure.

https://core.telegram.org/bots/api#html-style; offsets in errors are bytes, in entities UTF-16.
"""

import re
from dataclasses import dataclass, field
from typing import Any

TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
CHARACTERS = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
CHARACTER = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|([a-z]+));?")
START = re.compile(r"<([^\s>]*)")
END = re.compile(r"</([^\s>]*)\s*")
NAME = re.compile(r"([^\s=>]+)\s*(=\s*)?")
QUOTED = re.compile(r"\"([^\"]*)\"?|'([^']*)'?")
WORD = re.compile(r"[A-Za-z0-9.-]+")
MOST = 100
"""Entities after the hundredth are left out."""


class HtmlError(Exception):
    """Telegram cannot parse the text; the message is Telegram's own."""


@dataclass
class _Open:
    tag: str
    offset: int
    attributes: dict[str, str] = field(default_factory=dict)


def utf16(text: str) -> int:
    """The length as Telegram counts it."""
    return len(text) + sum(1 for letter in text if letter > "\uffff")


def visible(source: str) -> tuple[str, list[dict[str, Any]]]:
    """The text people see, without space around it, and its entities. Raises HtmlError."""
    text, entities = parse(source)
    start = utf16(text) - utf16(text.lstrip())
    seen = text.strip()
    kept = []
    for entity in entities:
        first = max(entity["offset"] - start, 0)
        last = min(entity["offset"] + entity["length"] - start, utf16(seen))
        if first < last:
            kept.append(entity | {"offset": first, "length": last - first})
    return seen, sorted(kept, key=lambda entity: (entity["offset"], -entity["length"]))[:MOST]


def parse(source: str) -> tuple[str, list[dict[str, Any]]]:
    """The text between the tags, and the entities in the order in which they end."""
    return _Reader(source).read()


class _Reader:
    """Reads a text once, from left to right."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.length = 0
        self.text: list[str] = []
        self.open: list[_Open] = []
        self.entities: list[dict[str, Any]] = []

    def read(self) -> tuple[str, list[dict[str, Any]]]:
        while self.at < len(self.source):
            if self.source.startswith("</", self.at):
                self._end()
            elif self.source[self.at] == "<":
                self._start()
            else:
                self._letters()
        if self.open:
            raise HtmlError(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return "".join(self.text), self.entities

    def _letters(self) -> None:
        found = CHARACTER.match(self.source, self.at)
        letter = _character(found) if found else ""
        if found and letter:
            self.at = found.end()
        else:
            letter = self.source[self.at]
            self.at += 1
        self.text.append(letter)
        self.length += utf16(letter)

    def _start(self) -> None:
        where = self.at
        found = START.match(self.source, self.at)
        tag = found[1].lower() if found else ""
        self.at += 1 + len(tag)
        if self.at >= len(self.source):
            raise HtmlError(f"Unclosed start tag at byte offset {self._bytes(where)}")
        if tag not in TYPES:
            raise HtmlError(f'Unsupported start tag "{tag}" at byte offset {self._bytes(where)}')
        attributes = self._attributes(tag, where)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise HtmlError(
                f'Tag "span" must have class "tg-spoiler" at byte offset {self._bytes(where)}'
            )
        self.open.append(_Open(tag, self.length, attributes))

    def _attributes(self, tag: str, where: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while True:
            self._space()
            if self.at >= len(self.source):
                raise HtmlError(f'Unclosed start tag "{tag}" at byte offset {self._bytes(where)}')
            if self.source[self.at] == ">":
                self.at += 1
                return attributes
            found = NAME.match(self.source, self.at)
            if found is None:
                raise HtmlError(
                    f'Empty attribute name in the tag "{tag}" at byte offset {self._bytes(where)}'
                )
            self.at = found.end()
            attributes[found[1].lower()] = self._value(tag, where) if found[2] else ""
            if self.at >= len(self.source):
                raise HtmlError(f"Unclosed start tag at byte offset {self._bytes(where)}")

    def _value(self, tag: str, where: int) -> str:
        """What stands after the equals sign: quoted, or a word of letters, digits, . and -."""
        if self.at >= len(self.source):
            raise HtmlError(f'Unclosed start tag "{tag}" at byte offset {self._bytes(where)}')
        if quoted := QUOTED.match(self.source, self.at):
            self.at = quoted.end()
            return _characters(quoted[1] or quoted[2] or "")
        begin = self.at
        word = WORD.match(self.source, self.at)
        self.at = word.end() if word else self.at
        if not self._next().isspace() and self._next() != ">":
            raise HtmlError(f"Unexpected end of name token at byte offset {self._bytes(begin)}")
        return word[0].lower() if word else ""

    def _next(self) -> str:
        return self.source[self.at : self.at + 1]

    def _end(self) -> None:
        where = self.at
        if not self.open:
            raise HtmlError(f"Unexpected end tag at byte offset {self._bytes(where)}")
        found = END.match(self.source, self.at)
        name = found[1] if found else ""
        self.at = found.end() if found else self.at
        if not self.source.startswith(">", self.at):
            raise HtmlError(f"Unclosed end tag at byte offset {self._bytes(where)}")
        self.at += 1
        last = self.open.pop()
        if name and name.lower() != last.tag:
            raise HtmlError(
                f"Unmatched end tag at byte offset {self._bytes(where)}, "
                f'expected "</{last.tag}>", found "</{name}>"'
            )
        if entity := _entity(last, self.length - last.offset, self.text):
            self.entities.append(entity)

    def _space(self) -> None:
        while self.at < len(self.source) and self.source[self.at].isspace():
            self.at += 1

    def _bytes(self, where: int) -> int:
        return len(self.source[:where].encode())


def _entity(opened: _Open, length: int, text: list[str]) -> dict[str, Any] | None:
    """What stands between two tags; nothing when there is nothing, or a link leads nowhere."""
    if not length:
        return None
    kind = TYPES[opened.tag]
    entity: dict[str, Any] = {"type": kind, "offset": opened.offset, "length": length}
    if kind == "text_link":
        units = "".join(text).encode("utf-16-le")
        shown = units[2 * opened.offset :].decode("utf-16-le", "ignore")
        url = opened.attributes.get("href") or shown
        return entity | {"url": url} if _is_url(url) else None
    if kind == "custom_emoji":
        return entity | {"custom_emoji_id": opened.attributes.get("emoji-id", "")}
    if kind == "blockquote" and "expandable" in opened.attributes:
        return entity | {"type": "expandable_blockquote"}
    return entity


def _is_url(url: str) -> bool:
    return bool(re.match(r"(?:https?://|tg://|ton://|mailto:|tel:)?[^\s.]+[.?/:@]?\S*$", url))


def _characters(text: str) -> str:
    return CHARACTER.sub(lambda found: _character(found) or found[0], text)


def _character(found: re.Match[str]) -> str:
    """The character a reference such as `&lt;` means, or nothing: then it is plain text."""
    if found[3]:
        return CHARACTERS.get(found[3], "")
    number = int(found[1], 16) if found[1] else int(found[2])
    if 0xD800 <= number < 0xE000:
        raise HtmlError(
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units"
        )
    return chr(number) if 0 < number < 0x110000 else ""
