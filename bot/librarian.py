"""The content from the command line: checked, written out, compared, and taken in."""

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlmodel import Session

from bot import content as contents
from bot import organisers, parcels
from bot.db import Database
from bot.library import Library
from bot.notices import programme
from bot.parcels import Difference, House, Look
from bot.settings import Settings
from bot.tables import migrate

ACTOR = "command line"
LONGEST = 200
"""Letters of one value shown beside another."""


def run(settings: Settings, options: argparse.Namespace) -> int:
    """check, export or import; the exit status."""
    if options.act == "check":
        return _check(settings)
    try:
        bodies = [(path.name, path.read_bytes()) for path in getattr(options, "files", ())]
    except OSError as error:
        print(f"Không đọc được {error.filename}.", file=sys.stderr)
        return 2
    settings.state.mkdir(parents=True, exist_ok=True)
    db = Database(settings.url)
    try:
        migrate(db.engine)
        library = Library(db, settings.state / "cache")
        if options.act == "export":
            return _export(library, options)
        return _import(library, bodies, only_look=options.check)
    finally:
        db.close()


def _check(settings: Settings) -> int:
    """Every mistake in the files of the shipped edition."""
    known = contents.load(cache=settings.state / "cache")
    today = datetime.now(settings.zone).date()
    planned = programme.load(contents.DATA, known.places)
    mistakes = [*contents.check(known, today), *planned.mistakes]
    for mistake in mistakes:
        print(mistake)
    print(
        f"{len(known.book.entries)} mục hỏi đáp, {len(known.bank.questions)} câu đố, "
        f"{len(planned.events)} sự kiện, {len(planned.plan.activities)} hoạt động, "
        f"{len(planned.official.items)} mục chính thức, {len(mistakes)} lỗi."
    )
    return 1 if mistakes else 0


def _export(library: Library, options: argparse.Namespace) -> int:
    """Write everything of this moment, the desk's changes included, a file a kind."""

    def texts(session: Session) -> dict[str, str]:
        house = House(library.content, library.programme, session)
        return {kind: parcels.write(house, kind, options.format) for kind in options.kind}

    options.out.mkdir(parents=True, exist_ok=True)
    for kind, text in library.db.read(texts).items():
        path = options.out / f"{kind}.{options.format}"
        path.write_text(text, "utf-8", newline="")
        print(f"Đã ghi {path}.")
    return 0


def _import(library: Library, bodies: list[tuple[str, bytes]], *, only_look: bool) -> int:
    """Show what the files change, then take all of them in, or none when anything is wrong."""
    now = datetime.now(UTC)

    def work(session: Session) -> list[Look]:
        house = House(library.content, library.programme, session)
        looks = [parcels.compare(house, name, body) for name, body in bodies]
        if not only_look and not any(look.mistakes for look in looks):
            for look in looks:
                for subject in parcels.take(house, look, ACTOR, now):
                    organisers.note(session, ACTOR, "content.import", subject, now)
        return looks

    looks = library.db.run(work).result()
    mistakes = [mistake for look in looks for mistake in look.mistakes]
    for mistake in mistakes:
        print(mistake, file=sys.stderr)
    if mistakes:
        print(f"Chưa nhập gì: {len(mistakes)} lỗi.", file=sys.stderr)
        return 1
    differences = [one for look in looks for one in look.differences]
    for line in (line for one in differences for line in _lines(one)):
        print(line)
    rows = sum(look.rows for look in looks)
    done = "sẽ đổi (chưa nhập, bỏ --check để nhập)" if only_look else "đã nhập"
    print(f"{len(differences)} trong {rows} mục {done}.")
    if not only_look and any(one.waits for one in differences):
        print("Mục hỏi đáp và câu đố mới chờ một người duyệt ở bàn người tổ chức (/ban).")
    return 0


def _lines(one: Difference) -> Iterator[str]:
    """A difference as lines: what it is of, then each key as it is and as it would be."""
    yield f"{one.kind} {one.name}" + ("" if one.before else " (mới)")
    for key, before, after in one.keys:
        yield f"  - {key}: {_short(before)}" if before else f"  - {key}: (trống)"
        yield f"  + {key}: {_short(after)}" if after else f"  + {key}: (trống)"


def _short(text: str) -> str:
    line = " | ".join(text.split("\n"))
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"
