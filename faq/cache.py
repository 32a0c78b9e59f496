"""What the matcher learned, kept in a file named by everything it was learned from."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faq import text
from faq.index import Index, Phrase
from faq.shelf import Document
from faq.text import Lesson, Lexicon

FORMAT = 4
"""Part of a file's name: a new way of weighing must not read an old file."""

LESSON = ("written", "shorts")

KEPT = 4
"""Files that stay: books not used for longer are not worth the room."""


@dataclass(frozen=True)
class Learned:
    """What is learned once from a book: phrases as read, their index, and the reader's lesson."""

    phrases: list[Phrase]
    index: Index
    lesson: Lesson


def stamp(documents: Sequence[Document], lexicon: Lexicon) -> str:
    """Return a name for entries, word lists and the code that reads them together."""
    everything = json.dumps([FORMAT, documents, lexicon], default=_plain, sort_keys=True)
    digest = hashlib.sha256(everything.encode())
    # Readings are kept, so a change in how text is read makes another file too.
    for source in sorted(Path(text.__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:24]


def _plain(value: object) -> object:
    match value:
        case AbstractSet():
            return sorted(value)
        case Mapping():
            return dict(value)
        case _:
            return vars(value)


def load(path: Path) -> Learned | None:
    """Read what was kept; None when there is no such file or it is damaged."""
    try:
        written = path.read_bytes()
        with contextlib.suppress(OSError):
            os.utime(path)  # what is used stays, see KEPT
        with np.load(io.BytesIO(written), allow_pickle=False) as file:
            lines = file["phrases"].tobytes().decode().split("\n")
            owners = file["owners"].tolist()
            phrases = [_phrase(*pair) for pair in zip(lines, owners, strict=True)]
            return Learned(phrases, Index.of(file), _lesson(*map(file.__getitem__, LESSON)))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return None


def _lesson(written: NDArray[np.uint8], shorts: NDArray[np.uint8]) -> Lesson:
    pairs = (line.split("\t") for line in shorts.tobytes().decode().splitlines())
    lines = written.tobytes().decode().splitlines()
    return Lesson(
        tuple(tuple(line.split()) for line in lines),
        {short: tuple(meaning.split()) for short, meaning in pairs},
    )


def _phrase(line: str, owner: int) -> Phrase:
    words, bare = line.split("\t")
    return Phrase(tuple(words.split()), tuple(bare.split()), owner)


def save(path: Path, learned: Learned) -> None:
    """Keep phrases as read and their index; a reader never sees half a file."""
    phrases, lesson = learned.phrases, learned.lesson
    written = "\n".join(map(" ".join, lesson.written))
    shorts = "\n".join(f"{short}\t{' '.join(words)}" for short, words in lesson.shorts.items())
    lines = "\n".join(f"{' '.join(p.words)}\t{' '.join(p.bare)}" for p in phrases)
    buffer = io.BytesIO()
    np.savez(
        buffer,
        phrases=np.frombuffer(lines.encode(), np.uint8),
        owners=np.array([phrase.owner for phrase in phrases], np.int32),
        written=np.frombuffer(written.encode(), np.uint8),
        shorts=np.frombuffer(shorts.encode(), np.uint8),
        **learned.index.arrays(),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f".{os.getpid()}")
    half.write_bytes(buffer.getvalue())
    half.replace(path)
    for old in sorted(path.parent.glob("index-*.npz"), key=_used)[:-KEPT]:
        old.unlink(missing_ok=True)


def _used(path: Path) -> float:
    """When a file was written or read last; one that has just gone is the oldest."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
