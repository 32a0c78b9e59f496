"""Fit the weights of the decision: `python -m tests.bench.fit` prints them for faq/decide.py.

Questions come from the book itself, so no labelled set is needed: phrasings the index has not
seen stand for questions with an answer, phrasings of entries it has not seen for those without.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from faq import book
from faq.decide import NAMES, values
from faq.foreign import load_foreign
from faq.matcher import Matcher
from faq.semantic import Doubt, Encoder, SemanticMatcher, load_encoder
from faq.shelf import Document, Look
from faq.text import Lexicon, fold, load_lexicon

DATA = Path("data")
FOLDS = 5
WEIGHT = {"phrasing": 1.0, "entry": 0.35, "matter": 1.0}
"""Of a question's kind: neighbours of an entry left out are hard to tell, so they count less."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """The clues of a question's candidates, and which of them is right (-1: none)."""

    clues: Floats
    right: int
    kind: str


Ask = Callable[[str], tuple[list[str], list[tuple[float, ...]]]]
"""Names a question's candidates and gives the clues of each."""


def shipped() -> list[Document]:
    """The shipped edition as the matcher takes it."""
    entries = book.load(DATA)[0].entries
    return [
        Document(e.id, e.question, (*e.phrasings, *e.english), e.neighbours, e.answer)
        for e in entries
    ]


@dataclass(frozen=True)
class Ground:
    """What questions are asked of: the words alone, or words and meaning."""

    documents: Sequence[Document]
    foreign: Sequence[Document]
    lexicon: Lexicon
    encoder: Encoder | None = None
    cache: Path | None = None

    def look(self, documents: Sequence[Document], foreign: Sequence[Document]) -> Ask:
        """Build over a part of the book, and return how to ask it."""
        words = Matcher.build(documents, self.lexicon, None, foreign)
        if self.encoder is None:
            return lambda text: _plain(words.looks(words.read(text)))
        both = SemanticMatcher.build(words, documents, self.encoder, self.cache, foreign)

        def ask(text: str) -> tuple[list[str], list[tuple[float, ...]]]:
            looks, doubts = both.doubts(words.read(text))
            return [look.shelf.document.id for look in looks], [tuple(doubt) for doubt in doubts]

        return ask


def _plain(looks: Sequence[Look]) -> tuple[list[str], list[tuple[float, ...]]]:
    nothing = [(0.0,) * len(NAMES)]
    return [look.shelf.document.id for look in looks], [values(x.clues) for x in looks] or nothing


def cases(ground: Ground, seed: int = 0) -> Iterator[Case]:
    """Ask what the index has not seen, phrasing by phrasing and entry by entry."""
    chance = random.Random(seed)
    documents, foreign = ground.documents, ground.foreign
    for turn in range(FOLDS):
        ask = ground.look(_fewer(documents, turn), _fewer(foreign, turn))
        for document in (*documents, *foreign):
            kind = "phrasing" if document in documents else "matter"
            for text in document.phrasings[turn::FOLDS]:
                yield _case(ask, _typed(text, chance), document.id, kind)
        ask = ground.look(_others(documents, turn), _others(foreign, turn))
        for document in documents[turn::FOLDS]:
            for text in chance.sample(document.phrasings, 12):
                yield _case(ask, _typed(text, chance), "", "entry")
        for document in foreign[turn::FOLDS]:
            for text in document.phrasings:
                yield _case(ask, _typed(text, chance), "", "matter")


def _fewer(documents: Sequence[Document], turn: int) -> list[Document]:
    """Leave out one phrasing in five."""
    return [
        replace(d, phrasings=tuple(p for n, p in enumerate(d.phrasings) if n % FOLDS != turn))
        for d in documents
    ]


def _others(documents: Sequence[Document], turn: int) -> list[Document]:
    """Leave out one entry in five."""
    return [d for number, d in enumerate(documents) if number % FOLDS != turn]


def _typed(text: str, chance: random.Random) -> str:
    """Half of the people type no tones."""
    return fold(text) if chance.random() < 0.5 else text


def _case(ask: Ask, text: str, answer: str, kind: str) -> Case:
    names, rows = ask(text)
    right = names.index(answer) if answer in names else -1
    return Case(np.array(rows), right, kind)


def fit(found: Sequence[Case], steps: int = 3000, rate: float = 0.1) -> Floats:
    """Return the weights, the constant last, that make what was right most probable."""
    wide = max(len(case.clues) for case in found)
    clues = np.zeros((len(found), wide, found[0].clues.shape[1] + 1))
    there = np.zeros((len(found), wide))
    target = np.zeros((len(found), wide))
    for number, case in enumerate(found):
        clues[number, : len(case.clues), :-1] = case.clues
        clues[number, : len(case.clues), -1] = 1
        there[number, : len(case.clues)] = 1
        if case.right >= 0:
            target[number, case.right] = 1
    weight = np.array([WEIGHT[case.kind] for case in found])[:, None] / len(found)
    weights, first, second = (np.zeros(clues.shape[2]) for _ in range(3))
    for step in range(1, steps + 1):
        odds = np.exp(np.clip(clues @ weights, -30, 30)) * there
        chance = odds / (1 + odds.sum(axis=1, keepdims=True))
        slope = np.einsum("ncf,nc->f", clues, weight * (chance - target)) + 1e-4 * weights
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        fair = first / (1 - 0.9**step) / (np.sqrt(second / (1 - 0.999**step)) + 1e-9)
        weights -= rate * fair
    return weights


def main(arguments: Sequence[str]) -> None:
    """Print the weights, of the words alone or of words and meaning."""
    lexicon, foreign = load_lexicon(DATA / "lexicons"), load_foreign(DATA / "foreign.yaml")
    ground = Ground(shipped(), foreign, lexicon)
    names: Sequence[str] = NAMES
    with TemporaryDirectory() as folder:
        if "semantic" in arguments:
            names = Doubt._fields
            ground = replace(ground, encoder=load_encoder(), cache=Path(folder))
        weights = fit(list(cases(ground)))
    lines = [f"{name}={w:.2f}" for name, w in zip([*names, "constant"], weights, strict=True)]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
