"""Reports: the year's papers to fetch, how units stand with theirs, and the form they fill in."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.i18n import _, speaking, written
from bot.notices import ledger, reports
from bot.notices.plan import Activity, Plan
from bot.notices.reports import MOST, Result, Standing, UnitReport
from bot.papers import annex, year, yearly
from bot.papers.year import Year
from bot.passes import Holder
from bot.rows import Span
from bot.web import auth
from bot.web.auth import PRIVATE
from bot.web.context import Web
from bot.web.figures import allowed, door, language_of, plotting, span_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HTML = "text/html; charset=utf-8"


def routes(web: Web) -> list[Route]:
    """The page of reports, its papers, and the form of a unit."""
    pages = Reports(web)
    return [
        Route("/ban/bao-cao", pages.page),
        Route("/ban/bao-cao", pages.invite, methods=["POST"]),
        Route("/ban/bao-cao.docx", pages.docx),
        Route("/ban/bao-cao.xlsx", pages.xlsx),
        Route("/ban/don-vi/{token}", pages.form),
        Route("/ban/don-vi/{token}", pages.hand_in, methods=["POST"]),
    ]


@dataclass(frozen=True)
class Form:
    """A unit's report as its form shows it."""

    unit: str
    year: int
    activities: tuple[Activity, ...]
    said: Mapping[str, Result]
    note: str
    handed: bool


class Reports:
    """The pages about reports."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.templates = plotting()

    async def page(self, request: Request) -> Response:
        """The papers of some days, and how the units stand."""
        with speaking(language_of(request)):
            if not await allowed(self.web, request):
                return door(self.templates)
            return await self._page(request)

    async def _page(self, request: Request, link: str = "", unit: str = "") -> Response:
        span, wrong = self._span(request)
        found = await self.web.db.fetch(partial(self._standings, span=span))
        words = {
            "in time": _("Đúng hạn"),
            "late": _("Trễ hạn"),
            "missing": _("Chưa gửi"),
        }
        return self._html(
            "reports.html",
            span=span,
            wrong=wrong,
            due=written(f"{reports.due_of(span.last.year)}"),
            standings=[(one, words[one.state], self._day(one)) for one in found],
            remind=reports.to_remind(found),
            editing=await allowed(self.web, request, "content.edit"),
            link=link,
            unit=unit,
        )

    def _standings(self, session: Session, span: Span) -> list[Standing]:
        plan = self.web.programme().plan
        return reports.standings(session, plan, span.last.year, span.zone)

    def _day(self, one: Standing) -> str:
        at = one.handed_at
        return written(f"{at.astimezone(self.web.settings.zone).date()}") if at else ""

    def _span(self, request: Request) -> tuple[Span, str]:
        zone = self.web.settings.zone
        today = datetime.now(UTC).astimezone(zone).date()
        return span_of(request, zone, Span(today.replace(month=1, day=1), today, zone))

    async def invite(self, request: Request) -> Response:
        """Make a unit's link; it is shown once, for the organiser to pass on."""
        with speaking(language_of(request)):
            if not await allowed(self.web, request, "content.edit"):
                return door(self.templates)
            unit = str((await request.form()).get("unit", ""))
            plan, (span, _wrong) = self.web.programme().plan, self._span(request)
            if unit not in plan.units:
                return await self._page(request)
            holder = await auth.holder_of(self.web, request)
            work = partial(_invite, holder=holder, year_=span.last.year, unit=unit)
            token = await self.web.db.write(work)
            public = self.web.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
            link = f"{public}/ban/don-vi/{token}"
            return await self._page(request, link=link, unit=plan.units[unit].name)

    async def docx(self, request: Request) -> Response:
        """The report as a document."""
        write = partial(yearly.docx, operator=self.web.settings.operator)
        return await self._paper(request, write, "docx", DOCX)

    async def xlsx(self, request: Request) -> Response:
        """Its annex as a workbook."""
        return await self._paper(request, annex.xlsx, "xlsx", XLSX)

    async def _paper(
        self, request: Request, write: Callable[[Year], bytes], ending: str, kind: str
    ) -> Response:
        with speaking(language_of(request)):
            if not await allowed(self.web, request):
                return door(self.templates)
        span, _wrong = self._span(request)
        content, planned = self.web.content(), self.web.programme()
        work = partial(year.gather, span=span, content=content, programme=planned)
        kept = await self.web.db.fetch(partial(work, now=datetime.now(UTC)))
        body = await asyncio.to_thread(write, kept)
        name = f"bao-cao-{span.first}-{span.last}.{ending}"
        headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
        return Response(body, headers=headers, media_type=kind)

    async def form(self, request: Request) -> Response:
        """What a unit is asked; a look changes nothing."""
        with speaking(language_of(request)):
            return await self._form(request.path_params["token"], sent=False)

    async def hand_in(self, request: Request) -> Response:
        """Keep what a unit says; it may be corrected under the same link."""
        with speaking(language_of(request)):
            said = {key: str(value) for key, value in (await request.form()).items()}
            token, plan = request.path_params["token"], self.web.programme().plan
            work = partial(_keep, token=token, plan=plan, said=said, now=datetime.now(UTC))
            wrong = await self.web.db.write(work)
            return await self._form(token, sent=not wrong, wrong=wrong, typed=said)

    async def _form(
        self, token: str, *, sent: bool, wrong: str = "", typed: Mapping[str, str] | None = None
    ) -> Response:
        found = await self.web.db.fetch(
            partial(_shown, token=token, plan=self.web.programme().plan)
        )
        if found is None:
            return self._html("unitform.html", 410, form=None)
        due = written(f"{reports.due_of(found.year)}")
        kept = typed if wrong else None
        shown = partial(self._html, "unitform.html", form=found, due=due)
        return shown(typed=kept, sent=sent, wrong=wrong)

    def _html(self, template: str, status: int = 200, **values: object) -> Response:
        html = self.templates.get_template(template).render(
            operator=self.web.settings.operator, emergency=self.web.emergency(), **values
        )
        return Response(html, status, PRIVATE, HTML)


def _invite(session: Session, holder: Holder | None, year_: int, unit: str) -> str:
    """Make the link, with the audit line of who did."""
    now = datetime.now(UTC)
    who = auth.organiser_of(session, holder, "content.edit")
    if who is not None:
        auth.note(session, who, "reports.invite", f"unit {unit} {year_}", now)
    return reports.invite(session, year_, unit, now)


def _shown(session: Session, token: str, plan: Plan) -> Form | None:
    report = reports.by_token(session, token)
    if report is None or report.unit not in plan.units:
        return None
    activities = reports.activities_of(ledger.current(session, plan), report.unit)
    name, handed = plan.units[report.unit].name, report.handed_at is not None
    return Form(name, report.year, activities, reports.said(session, report), report.note, handed)


def _keep(session: Session, token: str, plan: Plan, said: Mapping[str, str], now: datetime) -> str:
    """Keep a report; what is wrong with it when it was not kept, empty when it was."""
    report: UnitReport | None = reports.by_token(session, token)
    if report is None:
        return _("Liên kết không còn dùng được.")
    results = []
    for one in reports.activities_of(plan, report.unit):
        counts = [said.get(f"{key}-{one.id}", "").strip() for key in ("times", "people")]
        if any(_count(text) is None for text in counts if text):
            return _("Số lần và số người chỉ ghi chữ số, ví dụ 120. Bạn sửa rồi gửi lại nhé.")
        times, people = (_count(text) if text else None for text in counts)
        results.append(Result(one.id, said.get(f"done-{one.id}", ""), times, people))
    reports.hand_in(session, report, results, said.get("note", ""), now)
    return ""


def _count(text: str) -> int | None:
    digits = text.replace(".", "").replace(" ", "")
    good = digits.isascii() and digits.isdecimal() and len(digits) < 9
    return int(digits) if good and int(digits) <= MOST else None
