"""The page of figures: plots with their tables, and the days behind a row."""

import asyncio
from datetime import date, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from starlette.responses import Response

from bot import asked, figures, traced
from bot.figures import Labels
from bot.i18n import _, written
from bot.rows import Figure, Row, Span
from bot.web.desk.room import Desk, Door, Visit

PAGE = "/ban/so-lieu"
USUAL = timedelta(days=29)
"""Days before today that are shown when none are asked for."""
LONGEST = timedelta(days=366 * 3)
EARLIEST, LATEST = date(2020, 1, 1), date(2100, 1, 1)


async def every(desk: Desk, visit: Visit) -> Response:
    """All figures of some days."""
    span, wrong = span_of(desk, visit)
    labels = await labels_of(desk, visit)
    # At once: while the database counts for one of them, the other goes on.
    halves = (desk.look(partial(half, span=span, labels=labels)) for half in figures.HALVES)
    found = [figure for half in await asyncio.gather(*halves) for figure in half]
    return _page(desk, visit, span, found, heading=_("Số liệu"), wrong=wrong, back="")


async def one(desk: Desk, visit: Visit) -> Response:
    """What stands behind one row: its counts by day, week or month."""
    span, _wrong = span_of(desk, visit)
    labels = await labels_of(desk, visit)
    name, key = visit.path["figure"], visit.asked("dong")
    found = await desk.look(partial(traced.behind, span=span, labels=labels, name=name, key=key))
    back = f"{PAGE}?{_days(span)}"
    if found is None:
        return desk.back(back)
    return _page(desk, visit, span, [found], heading=found.title, wrong="", back=back)


async def labels_of(desk: Desk, visit: Visit) -> Labels:
    """What things are called; days that are over are summed up on the way."""
    today = desk.today(visit.now)
    if await desk.look(partial(asked.unsummed, today=today)):
        await desk.do(partial(asked.roll, today=today))
    programme = desk.web.programme()
    return figures.labels_of(desk.web.content(), programme.names.units, programme.events)


def _page(desk: Desk, visit: Visit, span: Span, found: list[Figure], **more: Any) -> Response:
    first, last = written(f"{span.first}"), written(f"{span.last}")
    return desk.page(
        visit,
        "numbers.html",
        span=span,
        period=_("Từ {first} đến hết {last}").format(first=first, last=last),
        figures=found,
        address=partial(_address, span),
        **more,
    )


def span_of(desk: Desk, visit: Visit, usual: Span | None = None) -> tuple[Span, str]:
    """The days asked for; the last thirty, and why, when they cannot be read."""
    zone, today = desk.web.settings.zone, desk.today(visit.now)
    usual = usual or Span(today - USUAL, today, zone)
    said = [visit.asked(key) for key in ("tu", "den")]
    if not any(said):
        return usual, ""
    try:
        first, last = (date.fromisoformat(text) for text in said)
    except ValueError:
        return usual, _("Ngày chưa đúng. Bạn chọn lại hai ngày nhé.")
    if not EARLIEST <= first <= last <= LATEST or last - first > LONGEST:
        return usual, _("Bạn chọn ngày đầu trước ngày cuối, tối đa ba năm nhé.")
    return Span(first, last, zone), ""


def _days(span: Span) -> str:
    return urlencode({"tu": span.first, "den": span.last})


def _address(span: Span, figure: Figure, row: Row) -> str:
    """Where the rows behind a row are."""
    return f"{PAGE}/{quote(figure.id)}?{urlencode({'dong': row.key})}&{_days(span)}"


DOORS = (
    Door(PAGE, "GET", "numbers.read", every),
    Door(f"{PAGE}/{{figure}}", "GET", "numbers.read", one),
)
