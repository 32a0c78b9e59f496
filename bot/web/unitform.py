"""The form in which a unit hands in its report, behind the link it was given."""

from collections.abc import Mapping
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
from bot.notices.reports import MOST, Result, UnitReport
from bot.web import paging, render
from bot.web.auth import PRIVATE
from bot.web.context import Web


def routes(web: Web) -> list[Route]:
    """The form: to read and to send."""
    page = UnitForm(web)
    return [
        Route("/ban/don-vi/{token}", page.form),
        Route("/ban/don-vi/{token}", page.hand_in, methods=["POST"]),
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


class UnitForm:
    """Whoever has the link writes for the unit; nobody signs in."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.templates = render.environment()
        self.templates.globals.update(tail=paging.tail)

    async def form(self, request: Request) -> Response:
        """What a unit is asked; a look changes nothing."""
        with speaking(paging.wanted(request)):
            return await self._form(request.path_params["token"], sent=False)

    async def hand_in(self, request: Request) -> Response:
        """Keep what a unit says; it may be corrected under the same link."""
        with speaking(paging.wanted(request)):
            said = {key: str(value) for key, value in (await request.form()).items()}
            token, plan = request.path_params["token"], self.web.programme().plan
            work = partial(_keep, token=token, plan=plan, said=said, now=datetime.now(UTC))
            sentence = {"": "", "gone": _gone(), "count": _no_count()}
            wrong = sentence[await self.web.db.write(work)]
            return await self._form(token, sent=not wrong, wrong=wrong, typed=said)

    async def _form(
        self, token: str, *, sent: bool, wrong: str = "", typed: Mapping[str, str] | None = None
    ) -> Response:
        plan = self.web.programme().plan
        found = await self.web.db.fetch(partial(_shown, token=token, plan=plan))
        if found is None:
            return self._html(410, form=None)
        due = written(f"{reports.due_of(found.year)}")
        kept = typed if wrong else None
        return self._html(200, form=found, due=due, typed=kept, sent=sent, wrong=wrong)

    def _html(self, status: int, **values: object) -> Response:
        html = self.templates.get_template("unitform.html").render(
            operator=self.web.settings.operator, emergency=self.web.emergency(), **values
        )
        return Response(html, status, PRIVATE, "text/html; charset=utf-8")


def _gone() -> str:
    return _("Liên kết không còn dùng được.")


def _no_count() -> str:
    return _("Số lần và số người chỉ ghi chữ số, ví dụ 120. Bạn sửa rồi gửi lại nhé.")


def _shown(session: Session, token: str, plan: Plan) -> Form | None:
    report = reports.by_token(session, token)
    if report is None or report.unit not in plan.units:
        return None
    activities = reports.activities_of(ledger.current(session, plan), report.unit)
    name, handed = plan.units[report.unit].name, report.handed_at is not None
    return Form(name, report.year, activities, reports.said(session, report), report.note, handed)


def _keep(session: Session, token: str, plan: Plan, said: Mapping[str, str], now: datetime) -> str:
    """Keep a report; "gone" or "count" when it was not kept, empty when it was."""
    report: UnitReport | None = reports.by_token(session, token)
    if report is None:
        return "gone"
    results = []
    for one in reports.activities_of(plan, report.unit):
        counts = [said.get(f"{key}-{one.id}", "").strip() for key in ("times", "people")]
        if any(_count(text) is None for text in counts if text):
            return "count"
        times, people = (_count(text) if text else None for text in counts)
        results.append(Result(one.id, said.get(f"done-{one.id}", ""), times, people))
    reports.hand_in(session, report, results, said.get("note", ""), now)
    return ""


def _count(text: str) -> int | None:
    digits = text.replace(".", "").replace(" ", "")
    good = digits.isascii() and digits.isdecimal() and len(digits) < 9
    return int(digits) if good and int(digits) <= MOST else None
