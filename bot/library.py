"""The content of this moment: the shipped files with the desk's changes laid over, kept fresh."""

import contextlib
import ctypes
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from sqlmodel import Session

from bot import content as contents
from bot.content import DATA, Content, Places
from bot.db import Database
from bot.desk import edits, quizzes
from bot.desk import overlay as desk
from bot.desk import places as local
from bot.desk.edits import ContentEdit
from bot.notices import programme as programmes
from bot.notices.programme import Programme
from faq import book as books
from faq import unanswered
from faq.book import Book
from faq.files import Mistake
from quiz.bank import Bank

Overlay = Mapping[str, Sequence[str]]
"""Approved wordings by entry."""


@dataclass
class Library:
    """Gives the newest good content; a bad edit is told and never taken.

    `refresh` is slow (it reads files and may train the matcher) and meant for a worker thread; the
    new content replaces the old in one assignment.
    """

    db: Database
    cache: Path
    data: Path = DATA
    trouble: str = ""
    """Why the newest edit is not in use; empty when it is."""
    content: Content = field(init=False)
    programme: Programme = field(init=False)

    def __post_init__(self) -> None:
        overlay, rows = self.db.read(_laid)
        self.content = load(self.data, self.cache, overlay, rows)
        self.programme = programmes.load(self.data, self.content.places)
        self._stamp = _stamp(self.data, overlay, rows)

    def deepen(self) -> None:
        """Find by meaning too, when the extra `semantic` is installed; slow the first time."""
        self.content = contents.deepen(self.content, self.cache, self.data)

    def refresh(self) -> bool:
        """Look for edits and approved wordings; whether there is new content."""
        overlay, rows = self.db.read(_laid)
        stamp = _stamp(self.data, overlay, rows)
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            fresh = load(self.data, self.cache, overlay, rows)
            planned = programmes.load(self.data, fresh.places)
        except Exception as error:  # noqa: BLE001 - whatever an edit did, the last good book stays
            self.trouble = f"giữ bản cũ: {type(error).__name__}"
            return False
        before = (*self.content.mistakes, *self.programme.mistakes)
        known = {(mistake.file, mistake.what) for mistake in before}
        told = (*fresh.mistakes, *planned.mistakes)
        new = [item for item in told if (item.file, item.what) not in known]
        if new:
            self.trouble = f"giữ bản cũ: {len(new)} lỗi mới, xem `content check`"
            return False
        self.content, self.programme, self.trouble = fresh, planned, ""
        self.deepen()
        return True


def load(
    data: Path, cache: Path | None, overlay: Overlay, rows: Sequence[ContentEdit] = ()
) -> Content:
    """The content of a folder with the desk's changes and approved wordings laid over it."""

    def lay_over(book: Book) -> Book:
        return laid_over(desk.lay(book, rows), overlay)

    content = contents.load(
        data, cache, lay_over, desk.Local(tuple(rows)), partial(quizzes.lay, rows=rows)
    )
    give_back_memory()
    return content


def quiz(session: Session, data: Path = DATA) -> tuple[Bank, list[Mistake]]:
    """The quiz questions of this moment and what is wrong with them; no matcher is learned."""
    rows = edits.live(session)
    book, _in_faq = books.load(data)
    _shipped, bank, mistakes = contents.quiz(
        data, desk.lay(book, rows), partial(quizzes.lay, rows=rows)
    )
    return bank, sorted(mistakes)


def places(session: Session, data: Path = DATA) -> Places:
    """What is local at this moment: the shipped lists with the desk's changes over them."""
    shipped, _mistakes = contents.load_places(data / "places.yaml")
    rows = edits.live(session)
    return local.lay(shipped, [(row.kind, row.name, row.data) for row in rows])


def give_back_memory() -> None:
    """Give what learning needed back to the system (50 MB measured); only glibc has to be asked."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def laid_over(book: Book, overlay: Overlay) -> Book:
    """A book in which entries have approved wordings besides their own."""
    entries = tuple(
        replace(entry, phrasings=(*entry.phrasings, *overlay[entry.id]))
        if entry.id in overlay
        else entry
        for entry in book.entries
    )
    return Book(entries, book.sources, book.categories)


def fingerprint(folder: Path) -> str:
    """Changes whenever a content file does; cheap enough to look at every few seconds."""
    stats = ((path, path.stat()) for path in sorted(folder.rglob("*.yaml")))
    lines = (f"{path} {stat.st_mtime_ns} {stat.st_size}" for path, stat in stats)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _laid(session: Session) -> tuple[dict[str, list[str]], list[ContentEdit]]:
    """What is laid over the files: approved wordings, and changes made at the desk."""
    return unanswered.approved(session), edits.live(session)


def _stamp(data: Path, overlay: Overlay, rows: Sequence[ContentEdit]) -> tuple[object, ...]:
    """Changes whenever a file, an approved wording or a change of the desk does."""
    laid = tuple((row.kind, row.name, row.version) for row in rows)
    return fingerprint(data), _frozen(overlay), laid


def _frozen(overlay: Overlay) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(sorted((name, tuple(texts)) for name, texts in overlay.items()))
