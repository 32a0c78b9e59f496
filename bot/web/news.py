"""Public pages: what is on, one event, the calendar phones subscribe to, and is it ours."""

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot import sensitive
from bot.i18n import _, language, speaking, written
from bot.notices import ics, verify, words
from bot.notices.calendar import Occurrence, upcoming
from bot.notices.events import Event, Names
from bot.notices.programme import Programme
from bot.web import paging, render
from bot.web.context import Web
from bot.web.flood import Flood
from bot.web.paging import HTML, PRIVATE
from bot.web.security import remote
from faq.text import clean

log = structlog.get_logger()
T = TypeVar("T")
TIMES = 8
"""Times of an event that repeats, shown on its page."""
LONGEST = 500
"""Letters looked at when somebody asks whether something is ours."""
OF_ADDRESS = 120
"""Questions a minute; many phones may share one address behind an operator's network."""
FRESH = {"Cache-Control": "public, max-age=60"}
CALENDAR = "text/calendar; charset=utf-8"


def routes(web: Web) -> list[Route]:
    """The public pages."""
    pages = Pages(web)
    return [
        Route("/su-kien", pages.events),
        Route("/su-kien.ics", pages.feed),
        Route("/su-kien/{name}.ics", pages.feed),
        Route("/su-kien/{name}", pages.event),
        Route("/xac-minh", pages.verify),
    ]


@dataclass(frozen=True)
class Card:
    """An event in the list, in words."""

    id: str
    title: str
    kind: str
    status: str
    when: str
    where: str
    day: str
    month: str
    off: bool


class Pages:
    """The pages, made anew for everyone who asks: they are small."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.zone = web.settings.zone
        self.templates = render.environment()
        self.templates.globals.update(tail=paging.tail, keep=paging.keep)
        self.of_address = Flood(OF_ADDRESS)

    async def events(self, request: Request) -> Response:
        """What is coming, perhaps for one thôn, and what has no day yet."""
        programme, now = self.web.programme(), datetime.now(UTC)
        current = await self._read(request, programme.current)
        if current is None:
            return paging.away()
        hamlet = request.query_params.get("thon", "")
        hamlet = hamlet if hamlet in programme.names.hamlets else ""
        with speaking(paging.wanted(request)):
            listed = [
                self._card(event, item, programme.names)
                for event, item in words.soonest(current, now)
                if not hamlet or event.concerns(hamlet)
            ]
            waiting = [one for one in words.unsettled(current) if one.kind != "deadline"]
            html = self._html(
                "events.html",
                cards=listed,
                waiting=waiting,
                hamlets=programme.names.open_hamlets,
                hamlet=hamlet,
                webcal=self._webcal(),
            )
        return _page(request, html)

    async def event(self, request: Request) -> Response:
        """One event, also one that is over or was cancelled: links to it are out in the world."""
        programme = self.web.programme()
        found = await self._read(
            request, partial(_one, programme=programme, name=request.path_params["name"])
        )
        if found is None:
            return paging.away()
        event, code = found
        with speaking(paging.wanted(request)):
            if event is None:
                return Response(self._html("gone.html"), 404, PRIVATE, HTML)
            html = self._html("event.html", **self._told(event, programme), code=code)
        return _page(request, html)

    def _told(self, event: Event, programme: Programme) -> dict[str, object]:
        now, event = datetime.now(UTC), words.told(event)
        found = upcoming(event.when, now, TIMES) if event.when and event.shown else []
        return {
            "event": event,
            "kind": words.kind_of(event),
            "status": words.status_of(event),
            "times": [self._time(event, item) for item in found],
            "over": event.when is not None and event.status != "draft" and not found,
            "where": "" if event.status == "draft" else words.where_of(event, programme.names),
            "units": words.units_of(event, programme.names),
            "source": self._source(event),
        }

    def _source(self, event: Event) -> str:
        found = self.web.content().book.sources.get(event.source)
        return _("Nguồn: {source}").format(source=found.cite) if found else ""

    def _time(self, event: Event, item: Occurrence) -> str:
        parts = (words.when_of(event, item, self.zone), words.replayed(item))
        return " · ".join(part for part in parts if part)

    def _card(self, event: Event, item: Occurrence, names: Names) -> Card:
        start = item.start.astimezone(self.zone)
        month = _("tháng {month}").format(month=start.month)
        return Card(
            event.id,
            event.title,
            words.kind_of(event),
            words.status_of(event),
            words.when_of(event, item, self.zone),
            words.where_of(event, names),
            str(start.day),
            f"{start:%b}" if language() == "en" else month,
            off=event.status == "cancelled",
        )

    async def feed(self, request: Request) -> Response:
        """The calendar of all events, or of one, as a file phones understand."""
        programme, name = self.web.programme(), request.path_params.get("name")
        current = await self._read(request, programme.current)
        if current is None:
            return paging.away()
        wanted = [event for event in current if name in {None, event.id}]
        if name is not None and not any(event.shown for event in wanted):
            return PlainTextResponse("not found", 404, PRIVATE)
        address = self.web.settings.public_url
        with speaking(paging.wanted(request)):
            feed = partial(ics.feed, wanted, programme.names, self.zone, address)
            body = await asyncio.to_thread(feed, datetime.now(UTC))  # 26 ms measured
        return paging.kept(request, body, CALENDAR, "public, max-age=900")

    async def verify(self, request: Request) -> Response:
        """Whether a notice, link, number or name is ours; nothing that is asked is kept."""
        asked = clean(request.query_params.get("q", ""))[:LONGEST].strip()
        wait = self._counted(request) if asked else 0.0
        if wait > 0:
            headers = {**PRIVATE, "Retry-After": str(math.ceil(wait))}
            return PlainTextResponse("too often", 429, headers)
        safe = sensitive.blank(asked)
        with speaking(paging.wanted(request)):
            official = self.web.official()
            work = partial(
                verify.answer, official=official, text=safe, zone=self.zone, asked=safe == asked
            )
            told = await self._read(request, work) if asked else []
            if told is None:
                return paging.away()
            if safe != asked:
                told = [_("Bạn đừng gửi số căn cước, số thẻ hay mã OTP ở đây."), *told]
            shown = [item for item in official.items if not item.unsure]
            html = self._html(
                "verify.html",
                q=safe,
                told=told,
                items=shown,
                checked=written(official.checked.isoformat()) if official.checked else "",
            )
        return Response(html, 200, PRIVATE, HTML)

    def _counted(self, request: Request) -> float:
        now, address = time.monotonic(), remote(request)
        wait = self.of_address.wait(address, now)
        if wait <= 0:
            self.of_address.count(address, now)
        return wait

    async def _read(self, request: Request, work: Callable[[Session], T]) -> T | None:
        """What the database says, or None while it is away."""
        try:
            return await self.web.db.fetch(work)
        except SQLAlchemyError as error:
            log.error("public page not read", error=type(error).__name__, path=request.url.path)
            return None

    def _html(self, template: str, **values: object) -> str:
        return self.templates.get_template(template).render(
            operator=self.web.settings.operator, emergency=self.web.emergency(), **values
        )

    def _webcal(self) -> str:
        """The feed under the name at which phones offer to subscribe; a plain file without one."""
        host = urlsplit(self.web.settings.public_url).netloc
        return f"webcal://{host}/su-kien.ics" if host else "/su-kien.ics"


def _one(session: Session, programme: Programme, name: str) -> tuple[Event | None, str]:
    found = next((one for one in programme.current(session) if one.id == name), None)
    return found, verify.code_of(session, f"event {name}") if found else ""


def _page(request: Request, html: str) -> Response:
    return paging.kept(request, html.encode(), HTML, FRESH["Cache-Control"])
