"""Names people choose for themselves: what may stand on a board and on a projector. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Literal

from faq.text import fold

LONGEST = 24
SHORTEST = 2
MARKS = 2
"""Marks on one letter: Vietnamese needs two (ế)."""
Problem = Literal["short", "long", "unsafe", "rude", "posing", "number"]
WORDS = Path(__file__).parent.parent / "data" / "lexicons" / "nicknames.txt"
_NUMBER = re.compile(r"(?:\d[\s.\-]*){7,}")
"""Seven digits and more may be a phone or an identity number."""
_LOOKS = str.maketrans("013457@$!|", "oieastasii")


def tidy(name: str) -> str:
    """A name as it is kept: NFC, one space between words, no control or direction marks."""
    plain = unicodedata.normalize("NFC", name)
    kept = "".join(letter for letter in plain if unicodedata.category(letter)[0] != "C")
    return " ".join(kept.split())


def problem(name: str) -> Problem | None:
    """Why a tidied name cannot be taken, or None when it can."""
    if len(name) < SHORTEST or not any(letter.isalnum() for letter in name):
        return "short"
    if len(name) > LONGEST:
        return "long"
    if _is_unsafe(name):
        return "unsafe"
    if _NUMBER.search(name):
        return "number"
    words = _plain(name)
    listed = _words()
    if _holds(words, listed["posing"]):
        return "posing"
    return "rude" if _is_rude(name, words, listed) else None


def swears(text: str) -> bool:
    """Whether a sentence holds a rude word just as it is written: no guessing, unlike in a name.

    Words without accents count only where the whole sentence has none.
    """
    listed = _words()
    words = " ".join(re.findall(r"\w+", text.lower()))
    held = listed["rude"] | listed["bare"] if fold(words) == words else listed["rude"]
    return any(f" {word} " in f" {words} " for word in held)


def _is_unsafe(name: str) -> bool:
    """Zalgo, letters of odd scripts, or what is not a letter, number, mark or simple sign."""
    run = 0
    for letter in unicodedata.normalize("NFD", name):
        run = run + 1 if unicodedata.combining(letter) else 0
        if run > MARKS:
            return True
    for letter in name:
        kind = unicodedata.category(letter)
        if kind[0] in "LM" and not _is_latin(letter):
            return True
        if kind[0] not in "LMN" and letter not in " .-_'!~*+#&()" and kind != "So":
            return True
    return False


def _is_latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(("LATIN", "COMBINING", "VARIATION"))


def _plain(name: str) -> str:
    """Words without accents, digits that stand for letters read as letters."""
    words = fold(name.lower().translate(_LOOKS) if any(c.isalpha() for c in name) else name)
    return re.sub(r"(.)\1{2,}", r"\1", words)


def _is_rude(name: str, words: str, listed: dict[str, frozenset[str]]) -> bool:
    """With accents a word must be the word itself; without, only words with no decent reading."""
    accented = set(re.findall(r"\w+", name.lower()))
    pairs = " ".join(re.findall(r"\w+", name.lower()))
    return (
        bool(accented & listed["rude"])
        or any(" " in word and word in pairs for word in listed["rude"])
        or _holds(words, listed["bare"])
    )


def _holds(words: str, listed: Iterable[str]) -> bool:
    """Whether listed words stand among the words, also spelt with spaces or dots between."""
    spaced = f" {words} "
    parts = words.split()
    stuck = "".join(parts)
    split = len(parts) > 2 and all(len(part) <= 2 for part in parts)
    return any(
        f" {word} " in spaced
        or stuck == word.replace(" ", "")
        or (len(word) >= 6 and word.replace(" ", "") in stuck)
        or (split and word.replace(" ", "") in stuck)
        for word in listed
    )


@cache
def _words() -> dict[str, frozenset[str]]:
    """The listed words: `rude:` with accents, `bare:` without, `posing:` as an office."""
    listed: dict[str, set[str]] = {"rude": set(), "bare": set(), "posing": set()}
    for line in WORDS.read_text("utf-8").splitlines():
        kind, _colon, words = line.partition(":")
        if kind in listed:
            listed[kind] |= {word.strip() for word in words.split(",") if word.strip()}
    return {kind: frozenset(words) for kind, words in listed.items()}
