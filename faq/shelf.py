"""Entries looked at closely: what speaks for each being the answer to a question."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from faq.decide import Clues
from faq.index import Phrase
from faq.text import Reading

_SENTENCE = re.compile(r"(?<=[.;:?!])\s+|\n")

SHORT = 3
"""Sentences of an answer with no more words than this teach nothing."""

Floats = NDArray[np.float32]
Scorer = Callable[..., float]


@dataclass(frozen=True)
class Document:
    """An entry as the matcher sees it."""

    id: str
    question: str
    phrasings: tuple[str, ...]
    neighbours: tuple[str, ...] = ()
    answer: str = ""
    """Its sentences teach the index words that no phrasing has."""


@dataclass(frozen=True)
class Shelf:
    """An entry's phrasings, as written and as compared."""

    document: Document
    folded: tuple[str, ...]
    words: frozenset[str] = field(repr=False)  # folded words of all phrasings
    toned: frozenset[str] = field(repr=False)  # words with tones of all phrasings

    @classmethod
    def fill(cls, document: Document, phrases: Sequence[Phrase]) -> Shelf:
        """Put an entry's phrasings, as read, on a shelf."""
        return cls(
            document,
            tuple(" ".join(phrase.bare) for phrase in phrases),
            frozenset(word for phrase in phrases for word in phrase.bare),
            frozenset(word for phrase in phrases for word in phrase.words),
        )

    def written(self, number: int) -> str:
        """Return a phrasing as it was written; the first is the entry's question."""
        return (self.document.question, *self.document.phrasings)[number]


def sentences(answer: str) -> list[str]:
    """Return the sentences of an answer that are long enough to teach something."""
    return [text for text in _SENTENCE.split(answer) if text.count(" ") >= SHORT]


@dataclass(frozen=True)
class Asked:
    """A question as read, with how much each of its words tells."""

    folded: str
    words: dict[str, float]
    toned: tuple[tuple[str, str], ...]  # words typed with tones, beside the same without
    foreign: float  # score of the best other matter

    @classmethod
    def of(cls, reading: Reading, telling: Mapping[str, float], foreign: float) -> Asked:
        """Weigh a question's words: 1 when rare or new, 0 when every entry has them."""
        bare = reading.folded.split()
        words = {word: telling.get(word, 1.0) for word in bare}
        toned = tuple((w, b) for w, b in zip(reading.words, bare, strict=True) if w != b)
        return cls(reading.folded, words, toned, foreign)


@dataclass(frozen=True)
class Look:
    """An entry looked at closely."""

    shelf: Shelf
    clues: Clues
    phrasing: str


def look(asked: Asked, shelves: Sequence[Shelf], scores: Sequence[float]) -> list[Look]:
    """Look closely at the entries the index ranks first, best first."""
    phrasings = [text for shelf in shelves for text in shelf.folded]
    alike = _alike(asked.folded, phrasings, fuzz.token_set_ratio)
    ordered = _alike(asked.folded, phrasings, fuzz.ratio)
    top, second = (*scores[:2], 0.0, 0.0)[:2]
    looks: list[Look] = []
    first = 0
    for shelf, score in zip(shelves, scores, strict=True):
        part = slice(first, first := first + len(shelf.folded))
        lead = score - (second if not looks else top)
        looks.append(_look(asked, shelf, (score, lead), (alike[part], ordered[part])))
    return looks


def _alike(text: str, phrasings: Sequence[str], scorer: Scorer) -> Floats:
    """Return the likeness, 0 to 1, of a text to each phrasing."""
    return np.asarray(process.cdist([text], phrasings, scorer=scorer)[0] / 100, np.float32)


def _look(
    asked: Asked, shelf: Shelf, scored: tuple[float, float], near: tuple[Floats, Floats]
) -> Look:
    """Gather what speaks for one entry."""
    alike, ordered = near
    nearest = int((alike + ordered).argmax())
    mass = sum(asked.words.values()) or 1.0
    missing = [weight for word, weight in asked.words.items() if word not in shelf.words]
    clashing = {b for w, b in asked.toned if b in shelf.words and w not in shelf.toned}
    clues = Clues(
        score=scored[0],
        lead=scored[1],
        likeness=float(alike.max()),
        order=float(ordered.max()),
        cover=1 - sum(missing) / mass,
        missing=max(missing, default=0.0),
        clash=sum(asked.words[word] for word in clashing) / mass,
        foreign=asked.foreign,
        length=min(1.0, len(asked.words) / 20),
    )
    return Look(shelf, clues, shelf.written(nearest))
