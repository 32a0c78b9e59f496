"""Numbers people should never send us: identity, card and one-time codes. Pure."""

import re
import unicodedata
from collections.abc import Iterator

HIDDEN = "[đã ẩn]"

# 12 digits: identity numbers (Luật Căn cước 26/2023/QH15, Điều 12), in one or in equal groups.
_IDENTITY = re.compile(
    r"(?<![\d+])\d{12}(?!\d)"
    r"|(?<!\d)(?<!\d[ .-])\d{3}(?P<a>[ .-])\d{3}(?P=a)\d{3}(?P=a)\d{3}(?![ .-]?\d)"
    r"|(?<!\d)(?<!\d[ .-])\d{4}(?P<b>[ .-])\d{4}(?P=b)\d{4}(?![ .-]?\d)"
)
# ISO/IEC 7812: payment card numbers have 16 to 19 digits here and pass Luhn's check.
_CARD = re.compile(r"(?<!\d)\d(?:[ .-]?\d){15,18}(?!\d)")
_WORD = r"(?:otp|ma xac (?:thuc|nhan|minh)|mat khau|mk|pass(?:word)?|pin)"
_BETWEEN = r"[\s:=-]*(?:(?:la|nay|moi|cua (?:toi|tui|em|con)|so|day|vua ve|gui ve|ne)[\s:=-]*){0,3}"
_CODE = re.compile(rf"\b{_WORD}\b{_BETWEEN}(?P<code>(?<!\d)\d{{4,8}}(?!\d))")
_CODE_FIRST = re.compile(r"(?P<code>(?<!\d)\d{4,8}(?!\d))[\s:,-]*(?:la (?:ma )?)?otp\b")


def blank(text: str) -> str:
    """The text with sensitive numbers hidden; the same text when there are none."""
    for start, end in sorted(set(_spans(text)), reverse=True):
        text = text[:start] + HIDDEN + text[end:]
    return text


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the sensitive numbers stand; they never overlap."""
    bare = _bare(text)
    taken: list[tuple[int, int]] = []
    found = [
        *(match.span() for match in _CARD.finditer(bare) if _is_card(match[0])),
        *(match.span() for match in _IDENTITY.finditer(bare)),
        *(match.span("code") for rule in (_CODE, _CODE_FIRST) for match in rule.finditer(bare)),
    ]
    for start, end in found:
        if all(end <= other_start or start >= other_end for other_start, other_end in taken):
            taken.append((start, end))
            yield start, end


def _bare(text: str) -> str:
    """The text in lower case without accents, character by character, so that places agree."""
    return "".join(_bare_letter(letter) for letter in text)


def _bare_letter(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter)[0]
    lower = base.lower()
    return "d" if letter in "đĐ" else lower if len(lower) == 1 else base


def _is_card(number: str) -> bool:
    """Cards pass Luhn's check; those of Vietnamese banks begin with 9704 (NAPAS)."""
    digits = "".join(sign for sign in number if sign.isdigit())
    return digits.startswith("9704") or _luhn(digits)


def _luhn(number: str) -> bool:
    digits = [int(sign) for sign in number if sign.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
