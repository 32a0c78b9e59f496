"""Where people fetch the file of their data, by a link that works once."""

from datetime import UTC, datetime
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import dossier
from bot.web import render
from bot.web.context import Web

PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


def routes(web: Web) -> list[Route]:
    """The page with its button, and the file behind it."""
    pages = MyData(web)
    return [Route("/du-lieu/{token}", pages.fetch, methods=["GET", "POST"])]


class MyData:
    """Gives the file to whoever holds the link first."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.templates = render.environment()

    async def fetch(self, request: Request) -> Response:
        """A look at the link uses nothing up: preview robots look. Only the button does."""
        token, now = request.path_params["token"], datetime.now(UTC)
        if request.method != "POST":
            good = await self.web.db.fetch(partial(dossier.is_good, token=token, now=now))
            return self._page(good)
        key = await self.web.db.write(partial(dossier.use, token=token, now=now))
        settings = self.web.settings
        make = partial(
            dossier.file_of, key=key or "", operator=settings.operator, zone=settings.zone, now=now
        )
        body = await self.web.db.fetch(make) if key else None
        if body is None:
            return self._page(good=False)
        headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{dossier.FILE}"'}
        return Response(body, 200, headers, "text/html; charset=utf-8")

    def _page(self, good: bool) -> Response:
        html = self.templates.get_template("mydata.html").render(
            good=good,
            operator=self.web.settings.operator,
            emergency=self.web.emergency(),
            tail=lambda: "",
        )
        return Response(html, 200 if good else 410, PRIVATE, "text/html; charset=utf-8")
