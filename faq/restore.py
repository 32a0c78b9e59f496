"""Accents put back on text typed without them, by the words and pairs of the index."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

RIVALS = 6
"""Spellings of one bare word that are weighed against each other."""

ALONE = 10.0
"""How many sightings of a pair the frequency of its second word alone is worth."""

EDGE = ""
"""What stands before the first word and after the last."""

Path = tuple[float, tuple[str, ...]]


class Restorer:
    """Knows how often each word, and each pair of words, was written with which accents."""

    def __init__(self, texts: Iterable[tuple[Sequence[str], Sequence[str]]]) -> None:
        self._words: Counter[str] = Counter()
        self._firsts: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for words, bare in texts:
            framed = (EDGE, *words, EDGE)
            self._words.update(framed[1:])
            self._firsts.update(framed[:-1])
            self._pairs.update(pairwise(framed))
            for word, plain in zip(words, bare, strict=True):
                spellings[plain][word] += 1
        self._total = 1 + self._words.total()
        self._spellings = {
            plain: [word for word, _ in count.most_common(RIVALS)]
            for plain, count in spellings.items()
        }

    def restore(self, words: Sequence[str]) -> tuple[str, ...]:
        """Return the likeliest spelling of words; one typed with accents keeps them."""
        paths: dict[str, Path] = {EDGE: (0.0, ())}
        for word in words:
            rivals = self._spellings.get(word, [word]) if word.isascii() else [word]
            paths = {rival: self._best(paths, rival) for rival in rivals}
        return self._best(paths, EDGE)[1][:-1]

    def _best(self, paths: dict[str, Path], word: str) -> Path:
        """Return the best way to a spelling."""
        score, path = max(
            (score + self._likely(last, word), path) for last, (score, path) in paths.items()
        )
        return score, (*path, word)

    def _likely(self, first: str, second: str) -> float:
        """Return how likely one word follows another, in logarithms."""
        alone = ALONE * (self._words[second] + 0.01) / self._total
        return math.log((self._pairs[first, second] + alone) / (self._firsts[first] + ALONE))
