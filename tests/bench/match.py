"""The matcher beside its rivals, in one run: `python -m tests.bench.match`.

Every method is asked the same questions about the same shipped phrasings, one thread each, turn
and turn about, so that a busy machine is busy for all of them.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

# Before numpy starts its threads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import bm25s
import numpy as np
import psutil
from rapidfuzz import fuzz, process

from faq.evaluate import Question, load_questions
from faq.foreign import load_foreign
from faq.matcher import Matcher
from faq.shelf import Document
from faq.text import fold, load_lexicon
from tests.bench.fit import DATA, shipped

QUESTIONS = Path("tests/faq/dev_queries.jsonl")
EVERY = 4
"""The slow rivals answer one question in four, the same for all of them."""

WIDE = 6
"""Phrasings of a made-up entry when growth is measured."""

Ask = Callable[[str], str]


@dataclass
class Method:
    """A way to find an entry, with the times it took and whether it was right."""

    name: str
    ask: Ask
    times: list[float] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)

    def answer(self, question: Question) -> None:
        """Ask twice, against the clock; the better time counts, for others use the machine too."""
        found, first = self._timed(question.text)
        self.times.append(min(first, self._timed(question.text)[1]))
        if question.topic is not None:
            self.right.append(found == question.topic)

    def _timed(self, text: str) -> tuple[str, float]:
        start = time.perf_counter()
        return self.ask(text), time.perf_counter() - start

    def at(self, share: float) -> float:
        """A quantile of the times, in milliseconds."""
        return float(np.quantile(self.times, share)) * 1000


def ours(matcher: Matcher) -> Ask:
    """The matcher as it is shipped."""

    def ask(text: str) -> str:
        hits = matcher.find(text).hits
        return hits[0].id if hits else ""

    return ask


def rapid(phrasings: Sequence[str], owners: Sequence[str]) -> Ask:
    """What anyone writes first: rapidfuzz over everything."""
    return lambda text: owners[process.extractOne(text, phrasings, scorer=fuzz.WRatio)[2]]


def bm25(phrasings: Sequence[str], owners: Sequence[str]) -> Ask:
    """BM25 over words without accents."""
    index = bm25s.BM25()
    index.index([fold(text).split() for text in phrasings], show_progress=False)

    def ask(text: str) -> str:
        return owners[int(np.argmax(index.get_scores(fold(text).split())))]

    return ask


def cosine(phrasings: Sequence[str], owners: Sequence[str]) -> Ask:
    """TF-IDF cosine over letters in twos to fours, without accents."""
    grams = [_grams(fold(text)) for text in phrasings]
    places = {gram: n for n, gram in enumerate(sorted(set().union(*grams)))}
    spread = np.bincount([places[gram] for each in grams for gram in set(each)])
    rarity = (np.log((1 + len(phrasings)) / (1 + spread)) + 1).astype(np.float32)
    rows: list[list[int]] = [[] for _ in places]
    values: list[list[float]] = [[] for _ in places]
    for number, each in enumerate(grams):
        for place, value in _vector(each, places, rarity):
            rows[place].append(number)
            values[place].append(value)
    lists = [
        (np.array(r, np.intp), np.array(v, np.float32)) for r, v in zip(rows, values, strict=True)
    ]

    def ask(text: str) -> str:
        scores = np.zeros(len(phrasings), np.float32)
        for place, value in _vector(_grams(fold(text)), places, rarity):
            there, weights = lists[place]
            scores[there] += value * weights
        return owners[int(scores.argmax())]

    return ask


def _grams(text: str) -> list[str]:
    words = [f" {word} " for word in text.split()]
    return [w[i : i + n] for w in words for n in (2, 3, 4) for i in range(len(w) - n + 1)]


def _vector(
    grams: Sequence[str],
    places: dict[str, int],
    rarity: np.ndarray[tuple[int], np.dtype[np.float32]],
) -> list[tuple[int, float]]:
    known, counts = np.unique([places[g] for g in grams if g in places], return_counts=True)
    known = known.astype(np.intp)
    values = (1 + np.log(counts)) * rarity[known]
    length = float(np.linalg.norm(values)) or 1.0
    return [(int(k), float(v) / length) for k, v in zip(known, values, strict=True)]


def compare(matcher: Matcher, documents: Sequence[Document]) -> Iterator[str]:
    """One table: times and accuracy of every method on the same questions."""
    phrasings = [text for d in documents for text in (d.question, *d.phrasings)]
    owners = [d.id for d in documents for _ in (d.question, *d.phrasings)]
    methods = [
        Method("ours", ours(matcher)),
        Method("extractOne(WRatio)", rapid(phrasings, owners)),
        Method("bm25s", bm25(phrasings, owners)),
        Method("TF-IDF cosine", cosine(phrasings, owners)),
    ]
    for number, question in enumerate(load_questions(QUESTIONS)):
        for method in methods:
            if method is methods[0] or number % EVERY == 0:
                method.answer(question)
    rival = methods[1]
    yield f"{len(documents)} entries, {len(phrasings)} phrasings"
    yield f"{'method':22}{'p50 ms':>9}{'p99 ms':>9}{'top-1':>8}{'p50 ratio':>11}{'p99 ratio':>11}"
    for m in methods:
        ratios = f"{m.at(0.5) / rival.at(0.5):11.3f}{m.at(0.99) / rival.at(0.99):11.3f}"
        yield f"{m.name:22}{m.at(0.5):9.2f}{m.at(0.99):9.2f}{np.mean(m.right):8.3f}" + ratios


def hostile(matcher: Matcher) -> Iterator[str]:
    """The dearest inputs of 4,096 characters we know."""
    chance = random.Random(0)
    texts = {
        "letters": "".join(chance.choice("aăâbcdđeêghiklmnoôơpqrstuưvxy") for _ in range(4096)),
        "short words": " ".join(chance.choice("abcdefghijklmnop") * 2 for _ in range(1400)),
        "new words": " ".join("".join(chance.choices("abcdeghkmnot", k=5)) for _ in range(700)),
        "one sentence": ("tôi muốn đăng ký vneid mức 2 ở lý sơn " * 120)[:4096],
        "keys": ("dduwowngf phoos chuyeenr ddooir soos " * 120)[:4096],
        "marks": "a\u0301" * 2048,
        "ligature": "\ufdfa" * 4096,
    }
    for name, text in texts.items():
        method = Method(name, ours(matcher))
        for _ in range(5):
            method.answer(Question(text, None))
        yield f"4,096 characters, {name:14}{method.at(1):9.2f} ms at most"


def grown(documents: Sequence[Document], entries: int, seed: int = 0) -> list[Document]:
    """Entries made by recombining phrasings: a half of one and a half of another."""
    chance = random.Random(seed)
    pool = [text for d in documents for text in d.phrasings]

    def mixed() -> str:
        first, second = chance.choice(pool).split(), chance.choice(pool).split()
        return " ".join((*first[: len(first) // 2 + 1], *second[len(second) // 2 :]))

    made = entries - len(documents)
    more = [
        Document(f"made-{n}", mixed(), tuple(mixed() for _ in range(WIDE))) for n in range(made)
    ]
    return [*documents, *more]


def growth(documents: Sequence[Document], sizes: Sequence[int]) -> Iterator[str]:
    """Times at more entries than we have."""
    lexicon = load_lexicon(DATA / "lexicons")
    for size in sizes:
        start = time.perf_counter()
        matcher = Matcher.build(grown(documents, size), lexicon)
        built = time.perf_counter() - start
        method = Method("ours", ours(matcher))
        for question in load_questions(QUESTIONS):
            method.answer(question)
        figures = (
            f"p50 {method.at(0.5):.2f} ms, p99 {method.at(0.99):.2f} ms, built in {built:.1f} s"
        )
        yield f"{size} entries: {figures}"


def rebuilt(folder: Path) -> str:
    """What a cold rebuild costs; in a process of its own, as is the next."""
    documents, foreign = shipped(), load_foreign(DATA / "foreign.yaml")
    lexicon, before = load_lexicon(DATA / "lexicons"), psutil.Process().memory_info().rss
    start, work = time.perf_counter(), time.process_time()
    Matcher.build(documents, lexicon, folder, foreign)
    took, worked = time.perf_counter() - start, time.process_time() - work
    peak = (_peak() - before) / 1e6
    return f"cold rebuild {took:.2f} s ({worked:.2f} s of work), at its peak {peak:.0f} MB more"


def loaded(folder: Path) -> str:
    """What loading from the cache costs."""
    documents, foreign = shipped(), load_foreign(DATA / "foreign.yaml")
    lexicon, before = load_lexicon(DATA / "lexicons"), psutil.Process().memory_info().rss
    start, work = time.perf_counter(), time.process_time()
    matcher = Matcher.build(documents, lexicon, folder, foreign)
    took, worked = time.perf_counter() - start, time.process_time() - work
    matcher.find("vneid mức 2 làm ở đâu")
    more = (psutil.Process().memory_info().rss - before) / 1e6
    size = next(folder.glob("*.npz")).stat().st_size / 1e6
    return (
        f"from cache {took:.2f} s ({worked:.2f} s of work), {more:.0f} MB more resident,"
        f" {size:.1f} MB on disk"
    )


def _peak() -> int:
    """The most memory this process has held (Linux says so in its status)."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def main() -> None:
    """Print everything."""
    documents, foreign = shipped(), load_foreign(DATA / "foreign.yaml")
    with tempfile.TemporaryDirectory() as folder:
        for part in (rebuilt, loaded):
            with ProcessPoolExecutor(1, get_context("spawn")) as alone:
                say(alone.submit(part, Path(folder)).result())
    matcher = Matcher.build(documents, load_lexicon(DATA / "lexicons"), None, foreign)
    say("\n".join(compare(matcher, documents)))
    say("\n".join(hostile(matcher)))
    say("\n".join(growth(documents, (1000, 5000))))


def say(text: str) -> None:
    """Print a part as soon as it is measured."""
    sys.stdout.write(text + "\n\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
