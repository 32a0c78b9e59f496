"""Public boards: the rounds, one round with one's own place, a season's table, and the cards."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from hashlib import blake2b
from typing import TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot import cards, pictures
from bot.cards import Place
from bot.i18n import lasted, moment, number, speaking
from bot.pictures import Picture
from bot.terms import terms
from bot.web import assets, auth, paging, render, standings
from bot.web.chat import visitor_of
from bot.web.context import Web
from bot.web.standings import Own, View

log = structlog.get_logger()
T = TypeVar("T")
FRESH = 2.0
"""Seconds a board is shown before it is counted again: a hall looks at it all at once."""
COST, PATIENCE = 10, 60.0
"""A board is kept so many times as long as it took to count; seconds a count may take."""
HTML = "text/html; charset=utf-8"
PRIVATE = {"Cache-Control": "no-store"}
HIDDEN = {"X-Robots-Tag": "noindex"}
"""Nicknames, some of them pupils', are for those who play, not for search engines."""


def routes(web: Web) -> list[Route]:
    """The boards and the pictures."""
    pages = Boards(web)
    return [
        Route("/bang-xep-hang", pages.rounds),
        Route("/bang-xep-hang/mua/{season}", pages.season),
        Route("/bang-xep-hang/{uid}", pages.round),
        Route("/the-hang/vong/{uid}.png", pages.podium),
        Route("/the-hang/don-vi/{uid}/{unit}.png", pages.unit_card),
        Route("/the-hang/doi/{uid}/{number:int}.png", pages.team_card),
        Route("/the-hang/{name}.png", pages.card),
    ]


class Boards:
    """The pages, and what was counted a moment ago."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.zone = web.settings.zone
        self.templates = render.environment()
        self.templates.globals.update(tail=paging.tail, lasted=lasted, number=number)
        self.templates.filters.update(moment=partial(moment, zone=self.zone))
        self._views: dict[str, tuple[float, asyncio.Task[View | None]]] = {}

    # Pages

    async def rounds(self, request: Request) -> Response:
        """Every round, those that are open first."""
        now = datetime.now(UTC)
        with speaking(paging.wanted(request)):
            listed = await self._read(partial(standings.listed, now=now))
            if listed is None:
                return paging.away()
            seasons = list(dict.fromkeys(item.season for item in listed if item.season))
            html = self._html("rounds.html", rounds=listed, seasons=seasons)
        return _answer(request, html.encode(), HTML, "public, max-age=15")

    async def season(self, request: Request) -> Response:
        """The table of a season: what players have in all its rounds together."""
        name = request.path_params["season"]
        with speaking(paging.wanted(request)):
            found = await self._read(partial(standings.table, name=name))
            if found is None:
                return paging.away()
            many, rows = found
            if not many:
                return self._gone()
            html = self._html("season.html", season=name, many=many, rows=rows)
        return _answer(request, html.encode(), HTML, "public, max-age=15")

    async def round(self, request: Request) -> Response:
        """One round: the first hundred, units, teams, and one's own place."""
        uid = request.path_params["uid"]
        with speaking(paging.wanted(request)):
            try:
                view = await self._view(uid)
                key = await self._key(request)
                own = await self._own(request, view, key) if view and key else None
            except SQLAlchemyError as error:
                log.error("board not read", error=type(error).__name__)
                return paging.away()
            if view is None:
                return self._gone()
            html = self._html("board.html", **self._told(request, view, own))
        # A page with one's own place is for nobody else.
        control = "private, no-cache" if key else "public, max-age=5"
        return _answer(request, html.encode(), HTML, control)

    def _told(self, request: Request, view: View, own: Own | None) -> dict[str, object]:
        place = self._place(request)
        content = self.web.content()
        rules, listed = view.rules, view.round
        told = terms(
            *(rules, self.zone, listed.opens_at, listed.closes_at),
            *(place.units, content.bank.categories),
        )
        page = f"{place.address}/bang-xep-hang/{listed.uid}"
        drawn = f"{place.address}/the-hang/vong/{listed.uid}.png"
        plain = f"{place.address}{assets.url('emblem.png')}"
        return {
            "view": view,
            "own": own,
            "units": place.units,
            "terms": told,
            "measure": cards.measure(rules, rules.unit_best),
            "page": page,
            "picture": drawn if view.rows or view.teams else plain,
        }

    # Pictures

    async def card(self, request: Request) -> Response:
        """The rank card of whoever knows its name."""
        name = request.path_params["name"]
        return await self._picture(request, partial(cards.by_name, name=name))

    async def podium(self, request: Request) -> Response:
        """The first three of a round."""
        return await self._picture(request, _of_round(request, cards.podium))

    async def unit_card(self, request: Request) -> Response:
        """The rank card of a unit."""
        work = partial(cards.of_unit, unit=request.path_params["unit"])
        return await self._picture(request, _of_round(request, work))

    async def team_card(self, request: Request) -> Response:
        """The rank card of a team."""
        work = partial(cards.of_team, number_=request.path_params["number"])
        return await self._picture(request, _of_round(request, work))

    async def _picture(self, request: Request, work: Callable[..., Picture | None]) -> Response:
        """A picture: kept for ever under its version, asked for again soon without one."""
        with speaking(paging.wanted(request)):
            try:
                given = {"place": self._place(request), "now": datetime.now(UTC)}
                found = await self.web.db.fetch(partial(work, **given))
            except SQLAlchemyError as error:
                log.error("card not read", error=type(error).__name__)
                return paging.away()
        if found is None:
            return PlainTextResponse("not found", 404, PRIVATE)
        tag = pictures.version(found)
        same = request.query_params.get("v") == tag
        headers = {
            "Cache-Control": assets.FOREVER if same else "public, max-age=60",
            "ETag": f'"{tag}"',
            "Cross-Origin-Resource-Policy": "cross-origin",  # made to be shown elsewhere
            **HIDDEN,
        }
        if request.headers.get("if-none-match") == f'"{tag}"':
            return Response(status_code=304, headers=headers)
        return Response(await asyncio.to_thread(pictures.draw, found), 200, headers, "image/png")

    # Reading

    async def _view(self, uid: str) -> View | None:
        """A round as it was counted a moment ago; many who ask wait for one count."""
        now = time.monotonic()
        until, task = self._views.get(uid, (0.0, None))
        if task is None or now >= until:
            # What is over goes; what is not known is not remembered: addresses can be made up.
            self._views = {key: kept for key, kept in self._views.items() if now < kept[0]}
            task = asyncio.create_task(self._count(uid))
            self._views[uid] = (now + PATIENCE, task)
        return await asyncio.shield(task)

    async def _count(self, uid: str) -> View | None:
        """Count a round, and keep it the longer the more work it was."""
        began, view = time.monotonic(), None
        try:
            work = partial(standings.seen, uid=uid, now=datetime.now(UTC))
            view = await self.web.db.fetch(work)
        finally:
            kept, ended = self._views.pop(uid, None), time.monotonic()
            if view is not None and kept is not None:
                self._views[uid] = (ended + max(FRESH, COST * (ended - began)), kept[1])
        return view

    async def _key(self, request: Request) -> str:
        """Under which key a browser plays: a team's session, else its visitor."""
        if auth.secret_of(request):
            holder = await auth.holder_of(self.web, request)
            if holder is not None and holder.kind == "team":
                return holder.subject
        visitor = visitor_of(request)
        return (
            await self.web.db.fetch(partial(standings.person_key, visitor=visitor))
            if visitor
            else ""
        )

    async def _own(self, request: Request, view: View, key: str) -> Own | None:
        if not view.shown:
            return None
        place, now = self._place(request), datetime.now(UTC)
        work = partial(standings.mine, uid=view.round.uid, key=key, place=place, now=now)
        return await self.web.db.fetch(work)

    async def _read(self, work: Callable[[Session], T]) -> T | None:
        """What the database says, or None while it is away."""
        try:
            return await self.web.db.fetch(work)
        except SQLAlchemyError as error:
            log.error("boards not read", error=type(error).__name__)
            return None

    def _place(self, request: Request) -> Place:
        address = paging.own(request, self.web.settings)
        units = self.web.content().places.unit_names
        return Place(units, self.zone, address)

    def _html(self, template: str, **values: object) -> str:
        return self.templates.get_template(template).render(
            operator=self.web.settings.operator, emergency=self.web.emergency(), **values
        )

    def _gone(self) -> Response:
        return Response(self._html("noboard.html"), 404, PRIVATE, HTML)


def _of_round(
    request: Request, draw: Callable[..., Picture | None]
) -> Callable[..., Picture | None]:
    uid = request.path_params["uid"]

    def work(session: Session, place: Place, now: datetime) -> Picture | None:
        round_ = standings.public(session, uid)
        return draw(session, round_, place=place, now=now) if round_ else None

    return work


# Small things


def _answer(request: Request, body: bytes, kind: str, control: str) -> Response:
    """An answer that need not be sent again while it stays the same."""
    tag = f'"{blake2b(body, digest_size=8).hexdigest()}"'
    headers = {"Cache-Control": control, "ETag": tag, "Vary": "Cookie", **HIDDEN}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, kind)
