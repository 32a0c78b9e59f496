"""An index of phrasings: words, pairs and letters of a question, weighed for every entry."""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

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

FORMAT = 2
"""Part of a cached file's name: a new way of weighing must not read an old file."""

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
    rare: float  # the value of a word nobody has written yet

    @classmethod
    def learn(cls, phrases: Sequence[Phrase], entries: int) -> Index:
        """Learn which terms speak for which entry."""
        found = [_counted(terms(phrase.words, phrase.bare)) for phrase in phrases]
        spread = Counter(term for count in found for term in count)
        places = {term: number for number, term in enumerate(spread)}
        total = 1 + len(phrases)
        rarity = [math.log(total / (1 + n)) + 1 for n in spread.values()]
        rows = [_row(count, places, rarity) for count in found]
        owners = np.array([phrase.owner for phrase in phrases], np.intp)
        start, entry, weight = solve(Rows.of(rows, len(places)), owners, entries, FAINT)
        value = np.array(rarity, np.float32)
        return cls(places, value, start, entry, weight, entries, math.log(total) + 1)

    def scores(self, words: Sequence[str], bare: Sequence[str]) -> tuple[Floats, float]:
        """Return one score an entry, and the share of the text's weight in known terms."""
        numbers, amounts, unknown = [], [], 0.0
        for term, amount in _counted(terms(words, bare)).items():
            number = self.places.get(term)
            if number is None:
                unknown += (amount * self.rare) ** 2
            else:
                numbers.append(number)
                amounts.append(amount)
        if not numbers:
            return np.zeros(self.entries, np.float32), 0.0
        chosen = np.array(numbers, np.intp)
        vector = np.array(amounts, np.float32) * self.value[chosen]
        known = float(vector @ vector)
        scores = self._gather(chosen, vector / math.sqrt(known))
        return scores, known / (known + unknown)

    def _gather(self, chosen: NDArray[np.intp], vector: Floats) -> Floats:
        """Add up the lists of the chosen terms."""
        first = self.start[chosen]
        sizes = self.start[chosen + 1] - first
        ends = np.cumsum(sizes)
        at = np.arange(ends[-1]) + np.repeat(first - (ends - sizes), sizes)
        spoken = self.weight[at] * np.repeat(vector, sizes)
        return np.bincount(self.entry[at], spoken, self.entries).astype(np.float32)

    def save(self, path: Path) -> None:
        """Write the index; a reader never sees half a file."""
        buffer = io.BytesIO()
        np.savez(
            buffer,
            names=np.frombuffer("\n".join(self.places).encode(), np.uint8),
            value=self.value,
            start=self.start,
            entry=self.entry,
            weight=self.weight,
            sizes=np.array([self.entries, self.rare]),
        )
        half = path.with_suffix(".part")
        half.write_bytes(buffer.getvalue())
        half.replace(path)

    @classmethod
    def load(cls, path: Path) -> Index | None:
        """Read a saved index; None when there is none or it is damaged."""
        try:
            with np.load(path, allow_pickle=False) as file:
                names = file["names"].tobytes().decode().split("\n")
                places = {term: number for number, term in enumerate(names)}
                entries, rare = file["sizes"]
                lists = (file["value"], file["start"], file["entry"], file["weight"])
                return cls(places, *lists, int(entries), float(rare))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
            return None


def _counted(found: Sequence[Term]) -> dict[str, float]:
    """Return the weight of each term, damped when it comes again."""
    counts = Counter(term for term, _ in found)
    return {term: weight * (1 + math.log(counts[term])) for term, weight in found}


def _row(
    count: dict[str, float], places: dict[str, int], rarity: Sequence[float]
) -> tuple[Ints, Floats]:
    """Return the numbers and values of one phrasing's terms, of length one."""
    numbers = [places[term] for term in count]
    values = np.array(
        [amount * rarity[n] for n, amount in zip(numbers, count.values(), strict=True)], np.float32
    )
    return np.array(numbers, np.int32), values / (np.linalg.norm(values) or 1)
