"""The year's report from the command line: which days, and into which file."""

import argparse
import sys
from datetime import UTC, datetime
from functools import partial

from bot import asked, content
from bot.db import Database
from bot.notices import programme
from bot.papers import annex, year, yearly
from bot.papers.year import Year
from bot.rows import Span
from bot.settings import Settings
from bot.tables import migrate

KINDS = (".docx", ".xlsx")


def report(settings: Settings, options: argparse.Namespace) -> int:
    """Write the report of some days, or its annex; the exit status."""
    now = datetime.now(UTC)
    last = options.last or now.astimezone(settings.zone).date()
    first = options.first or last.replace(month=1, day=1)
    if first > last:
        print("Ngày đầu phải trước ngày cuối.", file=sys.stderr)
        return 2
    if options.out.suffix.lower() not in KINDS:
        print("Tên tệp phải kết thúc bằng .docx hoặc .xlsx.", file=sys.stderr)
        return 2
    kept = _gather(settings, Span(first, last, settings.zone), now)
    if options.out.suffix.lower() == ".docx":
        written = yearly.docx(kept, settings.operator)
    else:
        written = annex.xlsx(kept)
    try:
        options.out.write_bytes(written)
    except OSError as error:
        print(f"Không ghi được {options.out}: {error.strerror}.", file=sys.stderr)
        return 1
    print(f"Đã ghi {options.out}, số liệu {kept.period()}.")
    return 0


def _gather(settings: Settings, span: Span, now: datetime) -> Year:
    settings.state.mkdir(parents=True, exist_ok=True)
    known = content.load(cache=settings.state / "cache")
    planned = programme.load(content.DATA, known.places, settings.zone)
    db = Database(settings.url)
    try:
        migrate(db.engine)
        today = now.astimezone(span.zone).date()
        while db.run(partial(asked.roll, today=today)).result():
            continue
        work = partial(year.gather, span=span, content=known, programme=planned, now=now)
        return db.read(work)
    finally:
        db.close()
