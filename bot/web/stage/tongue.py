"""The language of the stage's pages: asked for once with ?lang=, kept in a cookie after that."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.i18n import LANGUAGES, language, speaking

T = TypeVar("T")
COOKIE = "lang"
YEAR = 365 * 24 * 3600
Page = Callable[[Request], Awaitable[Response]]


def spoken(page: Page) -> Page:
    """A page in the language of whoever looks at it."""

    async def shown(request: Request) -> Response:
        asked = request.query_params.get("lang", "")
        with speaking(asked or request.cookies.get(COOKIE, "vi")):
            response = await page(request)
        if asked in LANGUAGES:
            response.set_cookie(COOKIE, asked, max_age=YEAR, httponly=True, samesite="lax")
        return response

    return shown


def carried(work: Callable[[Session], T]) -> Callable[[Session], T]:
    """A work that speaks as we do now: the database's threads do not know who is looking."""
    name = language()

    def done(session: Session) -> T:
        with speaking(name):
            return work(session)

    return done
