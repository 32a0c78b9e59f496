"""The public page of Digital Transformation Day: how long until it, what is on, a question."""

import asyncio
from datetime import UTC, date, datetime

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import posters
from bot.i18n import speaking, written
from bot.notices import dx_day
from bot.notices.events import Event
from bot.web import paging, render
from bot.web.context import Web

FRESH = {"Cache-Control": "public, max-age=60"}


def routes(web: Web) -> list[Route]:
    """The page and its banner."""
    page = DayPage(web)
    return [
        Route("/ngay-chuyen-doi-so", page.show),
        Route("/ngay-chuyen-doi-so.png", page.banner),
    ]


class DayPage:
    """The page, made anew for everyone who asks: it is small."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.zone = web.settings.zone
        self.templates = render.environment()
        self.templates.globals.update(tail=paging.tail)

    async def show(self, request: Request) -> Response:
        """How long until the day, its programme, and the question of today."""
        events = await self._events()
        if events is None:
            return paging.away()
        with speaking(paging.wanted(request)):
            html = self.templates.get_template("dx_day.html").render(
                operator=self.web.settings.operator,
                emergency=self.web.emergency(),
                **self._told(events, self._today()),
            )
        return Response(html, 200, FRESH, "text/html; charset=utf-8")

    def _told(self, events: tuple[Event, ...], today: date) -> dict[str, object]:
        programme, on = self.web.programme(), dx_day.coming(today)
        asked = dict(dx_day.questions(self.web.content().bank, on))
        planned = dx_day.programme(events, on, self.zone)
        sources = self.web.content().book.sources
        return {
            "on": written(on.isoformat()),
            "countdown": dx_day.countdown(today),
            "lines": dx_day.lines(planned, programme.names, self.zone),
            "unsettled": dx_day.unsettled(),
            "question": asked.get(today),
            "themes": [
                (theme, sources[theme.source].cite if theme.source in sources else "")
                for theme in programme.dx_day.themes
            ],
        }

    async def banner(self, _request: Request) -> Response:
        """The banner as a picture, for whoever prints it."""
        events = await self._events()
        if events is None:
            return paging.away()
        programme, today = self.web.programme(), self._today()
        planned = dx_day.programme(events, dx_day.coming(today), self.zone)
        settings = self.web.settings
        told = dx_day.banner(
            programme.dx_day,
            dx_day.lines(planned, programme.names, self.zone),
            settings.operator,
            settings.public_url,
        )
        return Response(await asyncio.to_thread(posters.banner, told), 200, FRESH, "image/png")

    async def _events(self) -> tuple[Event, ...] | None:
        try:
            return await self.web.db.fetch(self.web.programme().current)
        except SQLAlchemyError:
            return None

    def _today(self) -> date:
        return datetime.now(UTC).astimezone(self.zone).date()
