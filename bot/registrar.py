"""The year's report and the commendation from the command line: which days, into which file."""

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session

from bot import asked, content
from bot.content import Content
from bot.db import Database
from bot.library import Library
from bot.notices import programme
from bot.notices.programme import Programme
from bot.papers import annex, certificates, commend, merits, year, yearly
from bot.papers.merits import Commendation
from bot.papers.year import Year
from bot.rows import Span
from bot.settings import Settings
from bot.tables import migrate

T = TypeVar("T")
KINDS: Mapping[str, tuple[str, ...]] = {
    "year": (".docx", ".xlsx"),
    "commend": (".docx", ".xlsx"),
    "certificates": (".pdf",),
}
"""Each kind of paper, and the endings of the files it can be written into."""


class NobodyChosenError(Exception):
    """No unit was chosen to be commended in the year: there is nobody to make a certificate for."""


class UnknownUnitsError(Exception):
    """No unit is called so."""


def report(settings: Settings, options: argparse.Namespace) -> int:
    """Write the report of some days, or its annex, or a commendation's papers; the exit status."""
    now = datetime.now(UTC)
    last = options.last or now.astimezone(settings.zone).date()
    first = options.first or last.replace(month=1, day=1)
    if first > last:
        print("Ngày đầu phải trước ngày cuối.", file=sys.stderr)
        return 2
    endings = KINDS[options.kind]
    if options.out.suffix.lower() not in endings:
        print(f"Tên tệp phải kết thúc bằng {' hoặc '.join(endings)}.", file=sys.stderr)
        return 2
    span = Span(first, last, settings.zone)
    try:
        written = _written(settings, span, now, options)
    except NobodyChosenError:
        told = "Chưa chọn đơn vị nào: chọn ở trang /ban/bieu-duong, hoặc thêm --unit MÃ."
        print(told, file=sys.stderr)
        return 2
    except UnknownUnitsError as error:
        print(f"Không có đơn vị {error}.", file=sys.stderr)
        return 2
    return _save(options.out, written, span)


def _save(path: Path, written: bytes, span: Span) -> int:
    try:
        path.write_bytes(written)
    except OSError as error:
        print(f"Không ghi được {path}: {error.strerror}.", file=sys.stderr)
        return 1
    days = f"từ {span.first:%d/%m/%Y} đến hết {span.last:%d/%m/%Y}"
    print(f"Đã ghi {path}, số liệu {days}.")
    return 0


def _written(settings: Settings, span: Span, now: datetime, options: argparse.Namespace) -> bytes:
    """The file that was asked for."""
    document = options.out.suffix.lower() == ".docx"
    if options.kind == "year":
        kept: Year = _gather(settings, span, now, year.gather)
        return yearly.docx(kept, settings.operator) if document else annex.xlsx(kept)
    found = _commended(_gather(settings, span, now, merits.gather), options.unit)
    if options.kind == "commend":
        return commend.docx(found, settings.operator) if document else commend.xlsx(found)
    if not found.commended():
        raise NobodyChosenError
    return certificates.pdf(merits.certificates_of(found, settings.operator))


def _commended(found: Commendation, units: list[str]) -> Commendation:
    """With the units named here in place of those chosen at the desk, when some are."""
    unknown = [unit for unit in units if unit not in found.names]
    if unknown:
        raise UnknownUnitsError(", ".join(unknown))
    return replace(found, chosen=frozenset(units)) if units else found


Gathers = Callable[[Session, Span, Content, Programme, datetime], T]
"""Reads everything a paper is made of."""


def _gather(settings: Settings, span: Span, now: datetime, gathers: Gathers[T]) -> T:
    settings.state.mkdir(parents=True, exist_ok=True)
    db = Database(settings.url)
    try:
        migrate(db.engine)
        known = Library(db, settings.state / "cache").content
        planned = programme.load(content.DATA, known.places, settings.zone)
        today = now.astimezone(span.zone).date()
        while db.run(partial(asked.roll, today=today)).result():
            continue
        return db.read(lambda session: gathers(session, span, known, planned, now))
    finally:
        db.close()
