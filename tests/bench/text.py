"""Reading and matching one message: usual questions, and what is sent to do harm.

`python -m tests.bench.text` prints the table.
"""

import os
import time
from collections.abc import Callable, Iterator

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy starts its threads

import numpy as np

from faq.evaluate import load_questions
from faq.foreign import load_foreign
from faq.matcher import Matcher
from faq.text import Reader, load_lexicon
from tests.bench.fit import DATA, shipped
from tests.bench.match import QUESTIONS
from tests.hostile import HOSTILE

TRIES = 3
READ_LIMIT, FIND_LIMIT = 5.0, 20.0
"""Milliseconds a hostile message may take to be read, and to be matched."""


def clock(work: Callable[[str], object], text: str) -> float:
    """How many milliseconds a work takes."""
    start = time.perf_counter()
    work(text)
    return (time.perf_counter() - start) * 1000


def usual(name: str, work: Callable[[str], object]) -> str:
    """The median and the slow end over the questions people ask."""
    times = [clock(work, question.text) for question in load_questions(QUESTIONS)]
    middle, slow = np.quantile(times, (0.5, 0.99))
    return f"usual questions, {name}: median {middle:.2f} ms, p99 {slow:.2f} ms ({len(times)})"


def hostile(read: Callable[[str], object], find: Callable[[str], object]) -> Iterator[str]:
    """The longest of three tries of each hostile message, marked when over its limit."""
    yield f"{'4,096 characters of':26}{'read ms':>9}{'find ms':>9}"
    for name, text in HOSTILE.items():
        took = [max(clock(work, text) for _ in range(TRIES)) for work in (read, find)]
        slow = "  over the limit" if took[0] > READ_LIMIT or took[1] > FIND_LIMIT else ""
        yield f"{name:26}{took[0]:9.2f}{took[1]:9.2f}{slow}"


def main() -> None:
    """Print everything."""
    documents, foreign = shipped(), load_foreign(DATA / "foreign.yaml")
    lexicon = load_lexicon(DATA / "lexicons")
    texts = (text for d in (*documents, *foreign) for text in (d.question, *d.phrasings))
    reader = Reader(texts, lexicon)
    matcher = Matcher.build(documents, lexicon, None, foreign)
    print(usual("Reader.read", reader.read))
    print(usual("Matcher.find", matcher.find))
    print("\n".join(hostile(reader.read, matcher.find)))
    print(f"limits {READ_LIMIT:.0f} and {FIND_LIMIT:.0f} ms; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
