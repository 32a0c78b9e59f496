"""The page of figures: plots with their tables for organisers, and the days behind a row."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TypeVar
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment
from markupsafe import Markup
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot import asked, figures
from bot.figures import Labels
from bot.i18n import LANGUAGES, _, language, number, speaking, written
from bot.organisers import Act
from bot.passes import Holder
from bot.rows import Figure, Row, Span, ticks
from bot.web import auth, render
from bot.web.auth import PRIVATE
from bot.web.context import Web

T = TypeVar("T")
USUAL = timedelta(days=29)
"""Days before today that are shown when none are asked for."""
LONGEST = timedelta(days=366 * 3)
EARLIEST, LATEST = date(2020, 1, 1), date(2100, 1, 1)
LEFT, RIGHT, FLOOR, TALL = 44, 332, 150, 132
"""Where the field of a line plot lies in its picture."""


def routes(web: Web) -> list[Route]:
    """The page, and the rows behind a row of a figure."""
    page = Figures(web)
    return [Route("/ban/so-lieu", page.every), Route("/ban/so-lieu/{figure}", page.one)]


class Figures:
    """The figures, read anew for every look: sums by day make that quick."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.templates = plotting()

    async def every(self, request: Request) -> Response:
        """All figures of some days."""
        with speaking(language_of(request)):
            if not await allowed(self.web, request):
                return door(self.templates)
            span, wrong = span_of(request, self.web.settings.zone)
            labels = await self._labels(span)
            work = partial(figures.all_of, span=span, labels=labels)
            found = await self.web.db.fetch(partial(_in, language(), work))
            return self._page(span, found, heading=_("Số liệu"), wrong=wrong, back="")

    async def one(self, request: Request) -> Response:
        """What stands behind one row: its counts by day, week or month."""
        with speaking(language_of(request)):
            if not await allowed(self.web, request):
                return door(self.templates)
            span, _wrong = span_of(request, self.web.settings.zone)
            labels = await self._labels(span)
            name, key = request.path_params["figure"], request.query_params.get("dong", "")
            work = partial(figures.behind, span=span, labels=labels, name=name, key=key)
            found = await self.web.db.fetch(partial(_in, language(), work))
            back = f"/ban/so-lieu?{_days(span)}"
            if found is None:
                return RedirectResponse(back, 303, headers=PRIVATE)
            return self._page(span, [found], heading=found.title, wrong="", back=back)

    async def _labels(self, span: Span) -> Labels:
        """What things are called; days that are over are summed up on the way."""
        today = datetime.now(UTC).astimezone(span.zone).date()
        if await self.web.db.fetch(partial(asked.unsummed, today=today)):
            await self.web.db.write(partial(asked.roll, today=today))
        return figures.labels_of(self.web.content(), self.web.programme().names.units)

    def _page(self, span: Span, found: list[Figure], **more: object) -> Response:
        period = _("Từ {first} đến hết {last}")
        html = self.templates.get_template("numbers.html").render(
            operator=self.web.settings.operator,
            emergency=self.web.emergency(),
            span=span,
            period=period.format(first=written(f"{span.first}"), last=written(f"{span.last}")),
            figures=found,
            address=partial(_address, span),
            **more,
        )
        return Response(html, 200, PRIVATE, "text/html; charset=utf-8")


def _in(name: str, work: Callable[[Session], T], session: Session) -> T:
    """A work in a language: the reading threads do not know which one is spoken."""
    with speaking(name):
        return work(session)


def span_of(request: Request, zone: ZoneInfo, usual: Span | None = None) -> tuple[Span, str]:
    """The days asked for; the last thirty, and why, when they cannot be read."""
    today = datetime.now(UTC).astimezone(zone).date()
    usual = usual or Span(today - USUAL, today, zone)
    said = [request.query_params.get(key, "") for key in ("tu", "den")]
    if not any(said):
        return usual, ""
    try:
        first, last = (date.fromisoformat(text) for text in said)
    except ValueError:
        return usual, _("Ngày chưa đúng. Bạn chọn lại hai ngày nhé.")
    if not EARLIEST <= first <= last <= LATEST or last - first > LONGEST:
        return usual, _("Bạn chọn ngày đầu trước ngày cuối, tối đa ba năm nhé.")
    return Span(first, last, zone), ""


async def allowed(web: Web, request: Request, act: Act = "numbers.read") -> bool:
    """Whether an organiser asks who may do something: read figures."""
    holder = await auth.holder_of(web, request)
    return await web.db.fetch(partial(_may, holder=holder, act=act))


def _may(session: Session, holder: Holder | None, act: Act) -> bool:
    return auth.organiser_of(session, holder, act) is not None


def door(templates: Environment) -> Response:
    """What anybody else sees."""
    html = templates.get_template("desk/shut.html").render(known=False)
    return Response(html, 403, PRIVATE, "text/html; charset=utf-8")


def plotting() -> Environment:
    """The templates, with what plots need."""
    made = render.environment()
    made.globals.update(tail=_tail, keep=_keep)
    made.filters.update(ticks=ticks, runs=runs, shorten=_shorten, counted=number)
    return made


def language_of(request: Request) -> str:
    """The language a page is asked for in."""
    wanted = request.query_params.get("lang", "vi")
    return wanted if wanted in LANGUAGES else "vi"


def _tail() -> str:
    return "" if language() == "vi" else f"?lang={language()}"


def _keep() -> Markup:
    hidden = Markup('<input type="hidden" name="lang" value="{}">')
    return Markup() if language() == "vi" else hidden.format(language())


def _days(span: Span) -> str:
    lang: Mapping[str, str] = {} if language() == "vi" else {"lang": language()}
    return urlencode({"tu": span.first, "den": span.last, **lang})


def _address(span: Span, figure: Figure, row: Row) -> str:
    """Where the rows behind a row are."""
    return f"/ban/so-lieu/{quote(figure.id)}?{urlencode({'dong': row.key})}&{_days(span)}"


def _shorten(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def runs(figure: Figure) -> list[list[str]]:
    """The points of a line, broken where a number is hidden: a gap is not nought."""
    found: list[list[str]] = [[]]
    top = ticks(figure.most)[-1]
    wide = (RIGHT - LEFT) / max(len(figure.rows) - 1, 1)
    for place, row in enumerate(figure.rows):
        if row.value is None:
            found.append([])
        else:
            found[-1].append(f"{LEFT + place * wide:.1f},{FLOOR - TALL * row.value / top:.1f}")
    return [run for run in found if run]
