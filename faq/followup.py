"""How one message relates to others: questions that lean on the last, and two in one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

TURNING = ("con", "the con", "vay con")
"""First words, folded, by which a question turns from the last answer to something beside it."""

LEANING = ("the", "vay", "vay thi", "the thi", "roi", "neu")
"""First words by which a question goes on with the last answer."""

FEW = 8
"""A longer question stands on its own."""

GENERAL = 0.5
"""A word that tells more than this is a subject: "ở đâu", "mất bao lâu" have none."""

SPEAKS = 0.33
"""Nor does a question lean on the last when one entry speaks up for it this clearly."""

ELSEWHERE = 0.2
"""Or when another matter does."""

BROKEN = re.compile(
    r"\?+\s+|\n+|\s+(?:với lại|voi lai|ngoài ra|ngoai ra|sẵn cho hỏi)\s+", re.IGNORECASE
)

ENOUGH = 2
"""A part of fewer words is no question of its own."""


def turns(bare: Sequence[str]) -> bool:
    """Whether a question turns to something beside the last topic: "còn mức 2 thì sao?"."""
    return _opens(bare, TURNING)


def leans(bare: Sequence[str]) -> bool:
    """Whether a question says by its first words that it goes on from the last."""
    return _opens(bare, TURNING + LEANING)


def _opens(bare: Sequence[str], openings: Sequence[str]) -> bool:
    text = " ".join(bare) + " "
    return len(bare) <= FEW and any(text.startswith(first + " ") for first in openings)


def names_nothing(telling: Iterable[float], best: float, foreign: float) -> bool:
    """Whether a question is too short and general to have a subject of its own."""
    weights = list(telling)
    general = len(weights) <= FEW and max(weights, default=0.0) < GENERAL
    return general and best < SPEAKS and foreign < ELSEWHERE


def parts(text: str) -> tuple[str, ...]:
    """Return the questions of a message that holds two; nothing when it holds one or many."""
    found = [part.strip() for part in BROKEN.split(text) if part.strip(" ?.!,")]
    if len(found) == 2 and all(len(part.split()) >= ENOUGH for part in found):
        return tuple(found)
    return ()
