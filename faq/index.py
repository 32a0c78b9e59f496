"""An index of phrasings: words, pairs and letters of a question, weighed for every entry."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faq.ridge import Rows, solve

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

LETTERS = 0.6
"""Weight of three letters in a row, against 1 for a word: they carry what no repair could read."""

TONES = 0.7
"""Weight of words and pairs as typed with tones, beside the same without."""

FAINT = 0.004
"""Learned weights smaller than this are left out: 15 of 16 are, and the figures stay the same."""

Term = tuple[str, float]


def terms(words: Sequence[str], bare: Sequence[str]) -> list[Term]:
    """Return every term of a text and its weight, from its words with and without accents."""
    found = [(letters, LETTERS) for word in bare for letters in _threes(word)]
    found += [("=" + word, 1.0) for word in bare]
    found += [(f"{first}_{second}", 1.0) for first, second in pairwise(bare)]
    if tuple(words) != tuple(bare):
        found += [
            ("~" + word, TONES) for word, plain in zip(words, bare, strict=True) if word != plain
        ]
        pairs = zip(pairwise(words), pairwise(bare), strict=True)
        found += [(f"~{a}_{b}", TONES) for (a, b), plain in pairs if (a, b) != plain]
    return found


def _threes(word: str) -> list[str]:
    """Return three letters in a row of a word, its two edges counted as letters."""
    edged = f" {word} "
    return [edged[start : start + 3] for start in range(len(edged) - 2)]


@dataclass(frozen=True)
class Phrase:
    """A phrasing as read, and the number of the entry it belongs to."""

    words: tuple[str, ...]
    bare: tuple[str, ...]
    owner: int


@dataclass(frozen=True)
class Index:
    """What each term says for each entry: an inverted list of learned weights."""

    places: dict[str, int]  # term -> its number below
    value: Floats  # inverse document frequency times the kind's weight, by term
    start: Ints  # where a term's list starts in the two below; one more at the end
    entry: NDArray[np.uint16]
    weight: Floats
    entries: int

    @classmethod
    def learn(cls, phrases: Sequence[Phrase], entries: int) -> Index:
        """Learn which terms speak for which entry."""
        if not phrases:
            nothing = np.zeros(0, np.float32)
            return cls({}, nothing, np.zeros(1, np.int32), np.zeros(0, np.uint16), nothing, 0)
        places, rarity, rows = _rows(phrases)
        owners = np.array([phrase.owner for phrase in phrases], np.intp)
        start, entry, weight = solve(rows, owners, entries, FAINT)
        return cls(places, rarity, start, entry, weight, entries)

    def scores(self, words: Sequence[str], bare: Sequence[str]) -> Floats:
        """Return one score an entry; all are nought when no term is known."""
        found = _counted(terms(words, bare))
        known = {
            number: found[term] for term in found if (number := self.places.get(term)) is not None
        }
        if not known:
            return np.zeros(self.entries, np.float32)
        chosen = np.array(list(known), np.intp)
        vector = np.array(list(known.values()), np.float32) * self.value[chosen]
        return self._gather(chosen, vector / (np.linalg.norm(vector) or 1))

    def _gather(self, chosen: NDArray[np.intp], vector: Floats) -> Floats:
        """Add up the lists of the chosen terms."""
        first = self.start[chosen]
        sizes = self.start[chosen + 1] - first
        ends = np.cumsum(sizes)
        at = np.arange(ends[-1]) + np.repeat(first - (ends - sizes), sizes)
        spoken = self.weight[at] * np.repeat(vector, sizes)
        return np.bincount(self.entry[at], spoken, self.entries).astype(np.float32)

    def arrays(self) -> dict[str, Any]:
        """Return everything as arrays, to be kept in a file."""
        return {
            "names": np.frombuffer("\n".join(self.places).encode(), np.uint8),
            "value": self.value,
            "start": self.start,
            "entry": self.entry,
            "weight": self.weight,
            "entries": np.array(self.entries),
        }

    @classmethod
    def of(cls, file: Mapping[str, NDArray[Any]]) -> Index:
        """Make an index of kept arrays."""
        names = file["names"].tobytes().decode().split("\n")
        places = {term: number for number, term in enumerate(names)}
        lists = (file["value"], file["start"], file["entry"], file["weight"])
        return cls(places, *lists, int(file["entries"]))


def _counted(found: Sequence[Term]) -> dict[str, float]:
    """Return the weight of each term, damped when it comes again."""
    counts = Counter(term for term, _ in found)
    again = {term: 1 + math.log(count) for term, count in counts.items() if count > 1}
    return {term: weight * again.get(term, 1.0) for term, weight in found}


def _rows(phrases: Sequence[Phrase]) -> tuple[dict[str, int], Floats, Rows]:
    """Return the terms of all phrasings, how rare each is, and the phrasings as vectors."""
    found = [_counted(terms(phrase.words, phrase.bare)) for phrase in phrases]
    spread = Counter(term for count in found for term in count)
    places = {term: number for number, term in enumerate(spread)}
    total = 1 + len(phrases)
    rarity = np.array([math.log(total / (1 + n)) + 1 for n in spread.values()], np.float32)
    rows = [_row(count, places, rarity) for count in found]
    return places, rarity, Rows.of(rows, len(places))


def _row(count: dict[str, float], places: dict[str, int], rarity: Floats) -> tuple[Ints, Floats]:
    """Return the numbers and values of one phrasing's terms, of length one."""
    numbers = np.array([places[term] for term in count], np.int32)
    values = np.array(list(count.values()), np.float32) * rarity[numbers]
    return numbers, values / (np.linalg.norm(values) or 1)
