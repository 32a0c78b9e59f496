"""An index of phrasings: a sure answer, near choices, or nothing."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal
from weakref import WeakValueDictionary

import numpy as np

from faq import cache as kept
from faq.decide import NAMES, OFFER, OFFERED, SURE, WEIGHTS, probabilities, values, verdict
from faq.followup import asks, leans, names_nothing, parts, telling, turns
from faq.index import Floats, Index, Phrase
from faq.shelf import Asked, Document, Look, Shelf, look, sentences
from faq.text import Lexicon, Reader, Reading, fold

__all__ = ["Document", "Found", "Hit", "Matcher", "Near", "Nothing", "Sure"]

CANDIDATES = 8
"""Entries looked at closely, of those the index ranks first."""

TURN = 2.0
"""In a question that turns from the topic, the weight of its own words; with the topic's: half."""

ADDED = 0.45
"""A question that goes on from the last answer with a more telling word than this, which that
answer has not, is no question about it: a word some twenty entries share is."""

VERDICTS = {"sure": "chắc", "near": "gần đúng, đưa ra để chọn", "nothing": "không biết"}

SHOWN = 5
"""Hits handed back with every answer."""

IN_USE: WeakValueDictionary[str, Matcher] = WeakValueDictionary()
"""Matchers somebody holds, by the stamp of what they were built from."""


@dataclass(frozen=True)
class Hit:
    """An entry, how probable it is, and the phrasing that came nearest."""

    id: str
    score: float
    phrasing: str


@dataclass(frozen=True)
class Sure:
    """The first hit is the answer."""

    hits: tuple[Hit, ...]
    verdict: Literal["sure"] = "sure"


@dataclass(frozen=True)
class Near:
    """One of the offered hits may be the answer."""

    hits: tuple[Hit, ...]
    verdict: Literal["near"] = "near"

    @property
    def offered(self) -> tuple[Hit, ...]:
        """The choices worth offering: at most three, each likely enough to read."""
        return tuple(hit for hit in self.hits[:OFFERED] if hit.score >= OFFER)


@dataclass(frozen=True)
class Nothing:
    """No entry answers this."""

    hits: tuple[Hit, ...]
    verdict: Literal["nothing"] = "nothing"


Found = Sure | Near | Nothing


class Matcher:
    """Finds the entry a question asks for. Built once, then only read, by any thread."""

    def __init__(self, shelves: Sequence[Shelf], index: Index, reader: Reader) -> None:
        self._shelves = tuple(shelves)
        self._numbers = {shelf.document.id: n for n, shelf in enumerate(shelves)}
        self._exact = {words: s.document.id for s in shelves for words in s.folded}
        self._index = index
        self._reader = reader
        spread = Counter(word for shelf in shelves for word in shelf.words)
        total = math.log(1 + len(shelves))
        self._telling = {word: (total - math.log(n)) / total for word, n in spread.items()}

    @classmethod
    def build(
        cls,
        documents: Sequence[Document],
        lexicon: Lexicon,
        cache: Path | None = None,
        foreign: Sequence[Document] = (),
    ) -> Matcher:
        """Build from entries, and from questions about other matters, which are never found.

        With a cache folder the learned weights are kept there, under a hash of the content. A
        matcher of the same content that is still in use is given again: content is loaded anew for
        an edit of a quiz question too, which changes nothing here.
        """
        everything = (*documents, *foreign)
        stamp = kept.stamp(everything, lexicon)
        if (same := IN_USE.get(stamp)) is not None:
            return same
        texts = (text for each in everything for text in (each.question, *each.phrasings))
        path = cache / f"index-{stamp}.npz" if cache else None
        learned = kept.load(path) if path else None
        reader = Reader(texts, lexicon, learned.lesson if learned else None)
        if learned is None:
            learned = learn(everything, reader)
            if path:
                kept.save(path, learned)
        matcher = cls(_shelves(documents, learned.phrases), learned.index, reader)
        IN_USE[stamp] = matcher
        return matcher

    def find(self, text: str, topic: str | None = None) -> Found:
        """Find the answer to a question, the choices near it, or nothing.

        `topic` is the entry answered last: a question that names no subject is about that.
        """
        reading = self._reader.read(text)
        if not any(letter.isalpha() for letter in reading.folded):
            return Nothing(())
        scores, asked = self._score(reading)
        if not scores.any():
            return Nothing(())
        found = weigh(self._best(scores, asked))
        if found.hits and found.hits[0].id == self._exact.get(reading.folded):
            return Sure(found.hits)  # asked in the very words of a phrasing
        number = self._numbers.get(topic or "")
        if number is None:
            return found
        circle = self._circle(number)
        bare = reading.folded.split()
        if turns(bare) and (beside := self._beside(circle, reading, scores, asked)):
            return beside
        if names_nothing(bare):
            return weigh(self._about(circle, reading, scores))
        if found.verdict != "sure" and leans(reading.words, bare, toned=reading.toned):
            about = weigh(self._about(circle, reading, scores))
            return about if self._speaks_of(about, bare) else either(about, found)
        return found

    def find_all(self, text: str, topic: str | None = None) -> tuple[Found, ...]:
        """Find the answers to a message: two when it holds two clear questions, else one."""
        return find_all(self.find, text, topic)

    def explain(self, text: str, topic: str | None = None) -> str:
        """Say what was read, what matched and why, for an operator."""
        reading = self._reader.read(text)
        found = self.find(text, topic)
        lines = [f"Đọc là: {' '.join(reading.words)}", *(f"  {step}" for step in reading.steps)]
        lines.append(f"Kết luận: {VERDICTS[found.verdict]}")
        clues = {look.shelf.document.id: look.clues for look in self.looks(reading)}
        for hit in found.hits:
            lines.append(f"{hit.score:6.1%}  {hit.id}  (gần nhất: {hit.phrasing})")
            if hit.id in clues:
                told = zip(NAMES, values(clues[hit.id]), strict=True)
                lines.append("        " + ", ".join(f"{name} {value:.2f}" for name, value in told))
        return "\n".join(lines)

    def number(self, name: str) -> int:
        """Return the place of an entry in the order they were given."""
        return self._numbers[name]

    def read(self, text: str) -> Reading:
        """Read a text as the index reads it."""
        return self._reader.read(text)

    def looks(self, reading: Reading, also: Sequence[int] = ()) -> list[Look]:
        """Look closely at the entries that come first, and at others by number."""
        return self._best(*self._score(reading), also)

    def _score(self, reading: Reading) -> tuple[Floats, Asked]:
        """Return a score an entry, and the question weighed."""
        everything = self._index.scores(reading.words, reading.folded.split())
        scores, foreign = np.split(everything, [len(self._shelves)])
        return scores, Asked.of(reading, self._telling, float(foreign.max(initial=0.0)))

    def _best(self, scores: Floats, asked: Asked, also: Sequence[int] = ()) -> list[Look]:
        """Look closely at the entries of the highest scores."""
        first = np.argsort(-scores)[: CANDIDATES if scores.any() else 0].tolist()
        return self._look([*first, *(n for n in also if n not in first)], scores, asked)

    def _look(self, numbers: Sequence[int], scores: Floats, asked: Asked) -> list[Look]:
        ranked = sorted(numbers, key=lambda n: -scores[n])
        return look(asked, [self._shelves[n] for n in ranked], [float(scores[n]) for n in ranked])

    def _circle(self, number: int) -> list[int]:
        """Return the last topic and its neighbours."""
        names = self._shelves[number].document.neighbours
        return [number, *(self._numbers[name] for name in names if name in self._numbers)]

    def _about(self, circle: Sequence[int], reading: Reading, scores: Floats) -> list[Look]:
        """Look at the last topic and its neighbours, asked the question about that topic."""
        question = self._shelves[circle[0]].document.question
        together, asked = self._score(self._reader.read(f"{question} {reading.text}"))
        return self._look(circle, together + scores, asked)

    def _speaks_of(self, found: Found, bare: Sequence[str]) -> bool:
        """Whether an answer given for its topic's sake has the words this question adds."""
        if not isinstance(found, Sure):
            return True
        shelf = self._shelves[self._numbers[found.hits[0].id]]
        known = shelf.words | set(fold(shelf.document.answer).split())
        added = (word for word in telling(bare) if word not in known)
        return max((self._telling.get(word, 1.0) for word in added), default=0.0) <= ADDED

    def _beside(
        self, circle: Sequence[int], reading: Reading, scores: Floats, asked: Asked
    ) -> Found | None:
        """Find what stands beside the last topic; None when nothing there is sure."""
        question = self._shelves[circle[0]].document.question
        together, _ = self._score(self._reader.read(f"{question} {reading.text}"))
        both = np.asarray(together / 2 + TURN * scores, np.float32)
        found = weigh(self._look(circle[1:], both, asked))
        return found if isinstance(found, Sure) else None


def find_all(
    find: Callable[[str, str | None], Found], text: str, topic: str | None
) -> tuple[Found, ...]:
    """Find two answers when a message holds two questions and one at least is clear, else one.

    The second may lean on the first: "mức 2 làm ở đâu và mất mấy ngày" is one question.
    """
    pieces = parts(text)
    if not pieces:
        return (find(text, topic),)
    first = find(pieces[0], topic)
    second = find(pieces[1], first.hits[0].id if isinstance(first, Sure) else topic)
    clear = [each for each in (first, second) if isinstance(each, Sure)]
    if len(clear) == 2 and first.hits[0].id != second.hits[0].id:
        return first, second
    if len(clear) == 1 and _asks_more(pieces, first, second, clear[0].hits[0].id):
        return first, second
    return (find(text, topic),)


def _asks_more(pieces: Sequence[str], first: Found, second: Found, answered: str) -> bool:
    """Whether the part that is not clear asks something the answer to the other is not about."""
    part, other = (pieces[0], first) if isinstance(second, Sure) else (pieces[1], second)
    near = not isinstance(other, Near) or answered not in {hit.id for hit in other.offered}
    return asks(part) and bool(telling(fold(part).split())) and near


def weigh(looks: Sequence[Look]) -> Found:
    """Judge entries looked at closely by their clues."""
    return judge(probabilities([WEIGHTS.odds(look.clues) for look in looks]), looks)


def either(about: Found, alone: Found) -> Near:
    """Offer the last topic first, then what the question is about when it stands alone."""
    first = replace(about.hits[0], score=SURE)
    return Near((first, *(hit for hit in alone.hits if hit.id != first.id))[:SHOWN])


def judge(chances: Sequence[float], looks: Sequence[Look], sure: float = SURE) -> Found:
    """Rank entries by their probabilities, and say how sure the first is."""
    ranked = sorted(zip(chances, looks, strict=True), key=lambda pair: -pair[0])
    hits = tuple(Hit(look.shelf.document.id, chance, look.phrasing) for chance, look in ranked)
    match verdict([hit.score for hit in hits], sure):
        case "sure":
            return Sure(hits[:SHOWN])
        case "near":
            return Near(hits[:SHOWN])
        case _:
            return Nothing(hits[:SHOWN])


def learn(documents: Sequence[Document], reader: Reader) -> kept.Learned:
    """Read all phrasings, and the sentences of the answers, and learn what tells them apart."""
    texts = [
        (text, number)
        for number, each in enumerate(documents)
        for text in (each.question, *each.phrasings, *sentences(each.answer))
    ]
    read = [(reader.read(text), number) for text, number in texts]
    phrases = [Phrase(each.words, tuple(each.folded.split()), number) for each, number in read]
    return kept.Learned(phrases, Index.learn(phrases, len(documents)), reader.lesson)


def _shelves(documents: Sequence[Document], phrases: Sequence[Phrase]) -> list[Shelf]:
    """Put each entry's phrasings on its shelf; sentences of its answer, read last, are not."""
    groups: list[list[Phrase]] = [[] for _ in documents]
    for phrase in phrases:
        if phrase.owner < len(groups):
            groups[phrase.owner].append(phrase)
    return [
        Shelf.fill(document, group[: 1 + len(document.phrasings)])
        for document, group in zip(documents, groups, strict=True)
    ]
