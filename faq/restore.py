"""Accents put back on text typed without them, by the words and pairs of the index."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

RIVALS = 6
"""Spellings of one bare word that are weighed against each other."""

PAIR = 3.0
"""How much more a pair seen in the index says than its words alone."""


class Restorer:
    """Knows how often each word, and each pair of words, was written with which accents."""

    def __init__(self, texts: Iterable[tuple[Sequence[str], Sequence[str]]]) -> None:
        self._words: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for words, bare in texts:
            self._words.update(words)
            self._pairs.update(pairwise(words))
            for word, plain in zip(words, bare, strict=True):
                spellings[plain][word] += 1
        self._spellings = {
            plain: [word for word, _ in count.most_common(RIVALS)]
            for plain, count in spellings.items()
        }

    def restore(self, words: Sequence[str]) -> tuple[str, ...]:
        """Return the likeliest spelling of words; one typed with accents keeps them."""
        paths: dict[str, tuple[float, tuple[str, ...]]] = {"": (0.0, ())}
        for word in words:
            rivals = self._spellings.get(word, [word]) if word.isascii() else [word]
            paths = {rival: self._best(paths, rival) for rival in rivals}
        return max(paths.values())[1]

    def _best(
        self, paths: dict[str, tuple[float, tuple[str, ...]]], word: str
    ) -> tuple[float, tuple[str, ...]]:
        """Return the best way to a spelling."""
        alone = math.log(1 + self._words[word])
        score, path = max(
            (score + PAIR * math.log(1 + self._pairs[last, word]), path)
            for last, (score, path) in paths.items()
        )
        return score + alone, (*path, word)
