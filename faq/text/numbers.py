"""Numbers as people write them: stuck to a unit, to what they count, or grouped by points."""

import re

from faq.text.lexicon import Lexicon
from faq.text.words import Words

_GROUPED = re.compile(r"(?<![\d.,/])\d{1,3}(?:[.,]\d{3})+(?![\d/])")
_MEASURED = re.compile(r"(\d+)([^\W\d_]+)(\d*)")
COUNTED = re.compile(r"([^\W\d_]+)(\d{1,3})")


def ungroup(text: str) -> str:
    """Write grouped numbers as people say them (10.000.000 -> 10 triệu)."""
    return _GROUPED.sub(_amount, text) if "0" in text else text


def _amount(match: re.Match[str]) -> str:
    number = int(match[0].replace(".", "").replace(",", ""))
    for size, unit in ((10**9, "tỷ"), (10**6, "triệu"), (10**3, "nghìn")):
        if number and number % size == 0:
            return f"{number // size} {unit}"
    return str(number)


def part(word: str, lexicon: Lexicon) -> Words:
    """Part a number from its unit or from the noun it counts (10tr, 1tr5, lv2, muc2)."""
    if found := _MEASURED.fullmatch(word):
        amount, unit, rest = found.groups()
        if unit in lexicon.units:
            return (amount, lexicon.units[unit], *([rest] if rest else ()))
    elif found := COUNTED.fullmatch(word):
        noun, amount = found.groups()
        if noun in lexicon.levels:
            return (lexicon.levels[noun], amount)
        if noun in lexicon.counters:
            return (noun, amount)
    return ()
