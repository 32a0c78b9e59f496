"""Text as Zalo counts it: composed, in UTF-16 units, cut where one message ends. Pure."""

import unicodedata

LIMIT = 2000
"""Units of one message, of the Official Account and of a bot alike; more is refused."""
LENGTH = 1900
"""Characters we cut at: some, such as emoji, count twice."""


def units(text: str) -> int:
    """How long a text is."""
    return len(unicodedata.normalize("NFC", text).encode("utf-16-le", "replace")) // 2


def fitted(text: str) -> str:
    """A text composed and cut to LIMIT units."""
    composed = unicodedata.normalize("NFC", text)
    if units(composed) <= LIMIT:
        return composed
    encoded = composed.encode("utf-16-le", "replace")
    return encoded[: 2 * (LIMIT - 1)].decode("utf-16-le", "ignore") + "…"
