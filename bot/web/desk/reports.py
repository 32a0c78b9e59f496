"""Reports: the year's papers to fetch, how units stand with theirs, and a link for each."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from sqlmodel import Session
from starlette.responses import Response

from bot import organisers
from bot.i18n import _, written
from bot.notices import reports
from bot.notices.reports import Standing
from bot.papers import annex, year, yearly
from bot.papers.files import KINDS
from bot.papers.year import Year
from bot.rows import Span
from bot.web import paging
from bot.web.desk.figures import span_of
from bot.web.desk.room import Desk, Door, Visit
from bot.web.paging import attached

PAGE = "/ban/bao-cao"


async def show(desk: Desk, visit: Visit) -> Response:
    """The papers of some days, and how the units stand."""
    return await _page(desk, visit)


async def _page(desk: Desk, visit: Visit, link: str = "", unit: str = "") -> Response:
    span, wrong = year_of(desk, visit)
    plan = desk.web.programme().plan
    found = await desk.look(
        partial(reports.standings, plan=plan, year=span.last.year, zone=span.zone)
    )
    words = {"in time": _("Đúng hạn"), "late": _("Trễ hạn"), "missing": _("Chưa gửi")}
    return desk.page(
        visit,
        "reports.html",
        span=span,
        wrong=wrong,
        due=written(f"{reports.due_of(span.last.year)}"),
        standings=[(one, words[one.state], _day(one, span.zone)) for one in found],
        remind=reports.to_remind(found),
        link=link,
        unit=unit,
    )


def _day(one: Standing, zone: ZoneInfo) -> str:
    return written(f"{one.handed_at.astimezone(zone).date()}") if one.handed_at else ""


def year_of(desk: Desk, visit: Visit) -> tuple[Span, str]:
    """The days asked for, this year so far when none are."""
    today = desk.today(visit.now)
    return span_of(desk, visit, Span(today.replace(month=1, day=1), today, desk.web.settings.zone))


async def invite(desk: Desk, visit: Visit) -> Response:
    """Make a unit's link; it is shown once, for the organiser to pass on."""
    unit, plan = visit.line("unit"), desk.web.programme().plan
    if unit not in plan.units:
        return await _page(desk, visit)
    span, _wrong = year_of(desk, visit)
    token = await desk.do(partial(_invite, visit=visit, year_=span.last.year, unit=unit))
    link = f"{paging.own(visit.request, desk.web.settings)}/ban/don-vi/{token}"
    return await _page(desk, visit, link=link, unit=plan.units[unit].name)


def _invite(session: Session, visit: Visit, year_: int, unit: str) -> str:
    """Make the link, with the audit line of who did."""
    organisers.note(session, visit.who.name, "reports.invite", f"unit {unit} {year_}", visit.now)
    return reports.invite(session, year_, unit, visit.now)


async def docx(desk: Desk, visit: Visit) -> Response:
    """The report as a document."""
    write = partial(yearly.docx, operator=desk.web.settings.operator)
    return await _paper(desk, visit, write, "docx")


async def xlsx(desk: Desk, visit: Visit) -> Response:
    """Its annex as a workbook."""
    return await _paper(desk, visit, annex.xlsx, "xlsx")


async def _paper(desk: Desk, visit: Visit, write: Callable[[Year], bytes], ending: str) -> Response:
    span, _wrong = year_of(desk, visit)
    kept = await gathered(desk, span, visit.now)
    body = await asyncio.to_thread(write, kept)
    return attached(body, f"bao-cao-{span.first}-{span.last}.{ending}", KINDS[ending])


async def gathered(desk: Desk, span: Span, now: datetime) -> Year:
    """Everything a report is made of."""
    content, planned = desk.web.content(), desk.web.programme()
    work = partial(year.gather, span=span, content=content, programme=planned, now=now)
    return await desk.look(work)


DOORS = (
    Door(PAGE, "GET", "numbers.read", show),
    Door(PAGE, "POST", "content.edit", invite),
    Door(f"{PAGE}.docx", "GET", "numbers.read", docx),
    Door(f"{PAGE}.xlsx", "GET", "numbers.read", xlsx),
)
