"""Commending units: ranked by the criteria, each figure with its rows; choosing; the papers."""

import asyncio
from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

from sqlmodel import Session
from starlette.responses import Response

from bot import organisers
from bot.i18n import _, written
from bot.notices import commended
from bot.notices.merit import Measure, Point
from bot.papers import certificates, commend, merits
from bot.papers.files import KINDS
from bot.papers.merits import Commendation
from bot.rows import Span
from bot.web.desk.reports import year_of
from bot.web.desk.room import Desk, Door, Visit
from bot.web.paging import attached

PAGE = "/ban/bieu-duong"
PDF = "application/pdf"
FROM: dict[Measure, str] = {
    "report_in_time": "/ban/bao-cao?{days}",
    "people_reached": "/ban/bao-cao.xlsx?{days}",
    "people_at_talks": "/ban/so-lieu?{days}",
    "quiz_players": "/ban/so-lieu/nguoi-thi?{row}&{days}",
    "quiz_right": "/ban/so-lieu?{days}",
    "questions_in_time": "/ban/cau-hoi/tre-han",
}
"""Where the desk shows more of what a measure counts."""


async def show(desk: Desk, visit: Visit) -> Response:
    """The ranking, the criteria, the papers; or one unit with what each figure comes from."""
    span, wrong = year_of(desk, visit)
    kept = await gathered(desk, visit, span)
    days = urlencode({"tu": span.first, "den": span.last})
    line = next((line for line in kept.lines if line.unit == visit.asked("don-vi")), None)
    return desk.page(
        visit,
        "merits.html" if line is None else "merit.html",
        span=span,
        wrong=wrong,
        kept=kept,
        line=line,
        days=days,
        saved=visit.asked("da") == "chon",
        period=_("Từ {first} đến hết {last}").format(
            first=written(f"{span.first}"), last=written(f"{span.last}")
        ),
        figure=merits.shown,
        scale=commend.scale_of,
        more=partial(_more, unit=line.unit if line else "", days=days),
    )


def _more(point: Point, unit: str, days: str) -> str:
    """Where more of a figure can be seen; empty when there is nothing to see."""
    path = FROM.get(point.criterion.measure, "") if point.figure.evidence else ""
    return path.format(days=days, row=urlencode({"dong": unit}))


async def gathered(desk: Desk, visit: Visit, span: Span) -> Commendation:
    """Every unit measured and ranked."""
    content, planned = desk.web.content(), desk.web.programme()
    work = partial(merits.gather, span=span, content=content, programme=planned, now=visit.now)
    return await desk.look(work)


async def choose(desk: Desk, visit: Visit) -> Response:
    """Commend just the units that were ticked."""
    span, _wrong = year_of(desk, visit)
    known = desk.web.programme().names.units
    units = [unit for unit in visit.fields.get("don-vi", ()) if unit in known]
    await desk.do(partial(_choose, visit=visit, year=span.last.year, units=units))
    return desk.back(PAGE, tu=span.first, den=span.last, da="chon")


def _choose(session: Session, visit: Visit, year: int, units: list[str]) -> None:
    """Keep the choice, with the audit line of who made it."""
    told = f"{year}: {', '.join(sorted(units)) or '-'}"
    organisers.note(session, visit.who.name, "merit.choose", told, visit.now)
    commended.choose(session, year, units, visit.who.name, visit.now)


async def docx(desk: Desk, visit: Visit) -> Response:
    """The commendation as a document."""
    write = partial(commend.docx, operator=desk.web.settings.operator)
    return await _paper(desk, visit, write, "docx", KINDS["docx"])


async def xlsx(desk: Desk, visit: Visit) -> Response:
    """Its annex as a workbook."""
    return await _paper(desk, visit, commend.xlsx, "xlsx", KINDS["xlsx"])


async def pdf(desk: Desk, visit: Visit) -> Response:
    """A certificate for each chosen unit; without any, what to do first."""

    def write(kept: Commendation) -> bytes:
        made = merits.certificates_of(kept, desk.web.settings.operator)
        return certificates.pdf(made) if made else b""

    return await _paper(desk, visit, write, "pdf", PDF)


async def _paper(
    desk: Desk, visit: Visit, write: Callable[[Commendation], bytes], ending: str, kind: str
) -> Response:
    span, _wrong = year_of(desk, visit)
    body = await asyncio.to_thread(write, await gathered(desk, visit, span))
    if not body:
        return desk.wrong(visit, _("Bạn chọn đơn vị được biểu dương trước nhé."), PAGE)
    name = "giay-chung-nhan" if kind == PDF else "bieu-duong"
    return attached(body, f"{name}-{span.first}-{span.last}.{ending}", kind)


DOORS = (
    Door(PAGE, "GET", "numbers.read", show),
    Door(PAGE, "POST", "content.edit", choose),
    Door(f"{PAGE}.docx", "GET", "numbers.read", docx),
    Door(f"{PAGE}.xlsx", "GET", "numbers.read", xlsx),
    Door(f"{PAGE}.pdf", "GET", "numbers.read", pdf),
)
