"""From clues to a calibrated probability, and from probabilities to sure, near or nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from operator import attrgetter, mul
from typing import Literal


@dataclass(frozen=True)
class Clues:
    """What speaks for one entry being the answer, each roughly between 0 and 1."""

    score: float  # of the index
    lead: float  # over the best other entry; negative when another is ahead
    likeness: float  # words shared with the nearest phrasing, in any order
    order: float  # letters shared with the nearest phrasing, in this order
    cover: float  # share of the question's informative words this entry's phrasings have
    missing: float  # how telling the most telling word is that they do not have
    clash: float  # share of words this entry has with other tones than those typed
    foreign: float  # score of the best other matter, which no entry is about
    length: float  # of the question


NAMES = tuple(field.name for field in fields(Clues))

values = attrgetter(*NAMES)
"""The clues of an entry as a tuple, in the order of NAMES."""


@dataclass(frozen=True)
class Weights:
    """A logistic model of the clues; the constant is the odds of "none of these"."""

    constant: float
    clues: Clues

    def odds(self, clues: Clues) -> float:
        """Return the log odds of this entry against none."""
        return float(sum(map(mul, values(self.clues), values(clues)), self.constant))


# Fitted on the book itself by `python -m tests.bench.fit`, which says how.
WEIGHTS = Weights(
    -10.78,
    Clues(
        score=7.46,
        lead=4.09,
        likeness=3.5,
        order=1.59,
        cover=5.2,
        missing=2.27,
        clash=-5.72,
        foreign=-4.07,
        length=3.07,
    ),
)

SURE = 0.85
"""First rule: below this probability an answer is not given as certain.

Raised from 0.75: there, 4 % of foreign questions nobody tuned on were answered with certainty.
"""

LEAD = 0.2
"""Second rule: nor when the next entry is closer than this."""

NEAR = 0.2
"""When even the best is less probable than this, nothing is offered."""

OFFER = 0.02
"""A choice less probable than this is not worth reading."""

OFFERED = 3

Verdict = Literal["sure", "near", "nothing"]


def probabilities(odds: Sequence[float]) -> list[float]:
    """Return how probable each candidate is, with "none of these" as the remaining case."""
    top = max(0.0, *odds) if odds else 0.0
    shares = [math.exp(each - top) for each in odds]
    total = math.exp(-top) + sum(shares)
    return [share / total for share in shares]


def verdict(ranked: Sequence[float], sure: float = SURE) -> Verdict:
    """Judge probabilities, best first."""
    best, second = (*ranked, 0.0, 0.0)[:2]
    if best >= sure and best - second >= LEAD:
        return "sure"
    return "near" if best >= NEAR else "nothing"
