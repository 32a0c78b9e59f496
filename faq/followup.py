"""How one message relates to others: questions that lean on the last, and two in one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from faq.text import fold

TURNING = ("con", "the con", "vay con")
"""First words, folded, by which a question turns from the last answer to something beside it."""

ENDINGS = frozenset({"sao", "nao", "nhi", "vay", "rua"})
BRIEF = 3

LEANING = ("thế", "vậy", "rồi", "nếu")
"""First words by which a question goes on with the last answer. Where accents were typed they
count, for "vay" (to borrow) opens a question of its own."""

OPENINGS = frozenset(map(fold, LEANING))

BORROWING = frozenset({"ngan", "tien", "von", "no", "lai", "muon", "nong"})
"""Words after "vay", without accents, that make it borrowing."""

FEW = 8
"""A longer question stands on its own."""

ASKING = frozenset(
    (  # a list of words reads best as words
        "a ad ai ban bao can chi cho co con cu dau day dia dien do dong duoc em gap gi gia giay "
        "gio ha he het hoi k khi khong ko la lam lau le luc mang mat may minh mo nao ngay nha "
        "nhe nhi nhieu nhiu noi nop nua o oi online phai phi qua ri roi rua sao so the them "
        "theo thi thoai tien to toi ton tren tui vay xong "
    ).split()
)
"""Words, folded, that ask without naming a subject. A message of these alone is about the last
answer; anything else stands on its own: "con bò bị bệnh" is no question about the last topic."""

SHORT = 6
"""More words than this are a question of their own."""

BROKEN = re.compile(
    r"\?+\s+|\n+|\s+(?:với lại|voi lai|ngoài ra|ngoai ra|sẵn cho hỏi)\s+", re.IGNORECASE
)

ENOUGH = 2
"""A part of fewer words is no question of its own."""

AND = re.compile(r",?\s+(?:và|va|and)\s+", re.IGNORECASE)

ENDED = re.compile(
    r"(?:thế nào|the nao|ở đâu|o dau|chỗ nào|cho nao|ở mô|bao nhiêu|bao nhieu|bao lâu|bao lau"
    r"|khi nào|khi nao|không|khong|ko|gì|gi|chưa|chua|sao|ntn)$",
    re.IGNORECASE,
)
"""How a question ends, so that what follows "và" may be another."""

ASKS = re.compile(
    r"\b(?:gì|sao|đâu|mô|nào|mấy|nhiêu|lâu|không|hông|chưa|ai|hả|răng|ko|ntn"
    r"|what|how|where|when|which|who|can|do|does|is|are)\b"
)
ASKS_BARE = re.compile(
    r"\b(?:gi|sao|dau|nao|nhieu|lau|khong|hong|ko|hk|ntn"
    r"|what|how|where|when|which|who|can|do|does|is|are)\b"
)
"""Words that ask; without accents fewer, for "mo" is also to open, and "may" a machine."""


def turns(bare: Sequence[str]) -> bool:
    """Whether a question turns to something beside the last topic: "còn mức 2 thì sao?".

    Without accents "còn" is "con", so that it must also end as such a question, or be very short.
    """
    return _opens(bare, TURNING) and (bare[-1] in ENDINGS or len(bare) <= BRIEF)


def leans(words: Sequence[str], bare: Sequence[str], *, toned: bool) -> bool:
    """Whether a question says by its first words that it goes on from the last."""
    return turns(bare) or (0 < len(bare) <= FEW and _goes_on(words, bare, toned))


def _goes_on(words: Sequence[str], bare: Sequence[str], toned: bool) -> bool:
    if toned:
        return words[0] in LEANING
    borrows = bare[0] == "vay" and len(bare) > 1 and bare[1] in BORROWING
    return bare[0] in OPENINGS and not borrows


def telling(bare: Sequence[str]) -> list[str]:
    """The words of a question that name a subject."""
    return [word for word in bare if word not in ASKING]


def _opens(bare: Sequence[str], openings: Sequence[str]) -> bool:
    text = " ".join(bare) + " "
    return len(bare) <= FEW and any(text.startswith(first + " ") for first in openings)


def names_nothing(bare: Sequence[str]) -> bool:
    """Whether a question only asks "where" or "how much", and so is about the last answer."""
    return 0 < len(bare) <= SHORT and ASKING.issuperset(bare)


def asks(text: str) -> bool:
    """Whether a part of a message asks something, and does not only tell of it."""
    plain = text.isascii()
    return (ASKS_BARE if plain else ASKS).search(text.lower()) is not None


def parts(text: str) -> tuple[str, ...]:
    """Return the questions of a message that holds two; nothing when it holds one or many."""
    found = [part.strip() for part in BROKEN.split(text) if part.strip(" ?.!,")]
    if len(found) == 1:
        found = _joined(found[0])
    if len(found) == 2 and all(len(part.split()) >= ENOUGH for part in found):
        return tuple(found)
    return ()


def _joined(text: str) -> list[str]:
    """Part two questions that "và" joins: the first must end as one, the second must ask."""
    for joint in AND.finditer(text):
        first, second = text[: joint.start()], text[joint.end() :]
        if ENDED.search(first) and asks(second):
            return [first, second]
    return [text]
