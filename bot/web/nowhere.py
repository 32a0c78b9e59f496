"""Addresses that lead nowhere: said in words to who reads pages, with the ways on"""

from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.i18n import speaking
from bot.web import paging, render
from bot.web.context import Web

DESK = "/ban"
Handler = Callable[[Request, Exception], Awaitable[Response]]


def handlers(web: Web) -> dict[int, Handler]:
    """What answers when no page has an address, or not in this way."""
    templates = render.environment()
    templates.globals.update(tail=paging.tail)

    async def lost(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        headers = {**paging.PRIVATE, **(getattr(error, "headers", None) or {})}
        if "text/html" not in request.headers.get("accept", ""):
            return PlainTextResponse("no such page", status, headers)
        path = request.url.path
        with speaking(paging.wanted(request)):
            html = templates.get_template("nowhere.html").render(
                operator=web.settings.operator,
                emergency=web.emergency(),
                of_desk=path == DESK or path.startswith(f"{DESK}/"),
            )
        return Response(html, status, headers, paging.HTML)

    return {404: lost, 405: lost}
