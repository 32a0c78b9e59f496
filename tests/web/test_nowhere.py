"""Addresses that lead nowhere, asked by people and by programs."""

from types import SimpleNamespace
from typing import cast

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.settings import Settings
from bot.web import nowhere
from bot.web.context import Web
from bot.web.security import protect
from tests.web.stand import EMERGENCY

PAGE = {"accept": "text/html,*/*"}


async def _leave(_request: Request) -> Response:
    return PlainTextResponse("")


def browser() -> httpx.AsyncClient:
    """A browser of an application with one address, which only takes a form."""
    web = cast("Web", SimpleNamespace(settings=Settings(), emergency=lambda: EMERGENCY))
    app = Starlette(
        routes=[Route("/ra", _leave, methods=["POST"])],
        middleware=protect(Settings()),
        exception_handlers=nowhere.handlers(web),
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://localhost")


@pytest.mark.parametrize(
    ("path", "status", "way"),
    [("/khong-co", 404, 'href="/hoi-dap"'), ("/ban/khong-co", 404, 'class="button" href="/ban"'),
     ("/ra", 405, 'href="/hoi-dap"'), ("/khong-co?lang=en", 404, "lang=en")],
)  # fmt: skip
async def test_who_reads_pages_is_told_in_words(path: str, status: int, way: str) -> None:
    """With a way on, and with the headers every page has."""
    async with browser() as http:
        answer = await http.get(path, headers=PAGE)

    assert (answer.status_code, way in answer.text) == (status, True)
    assert ("No such page" if "en" in path else "Không có trang này") in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_programs_get_a_line() -> None:
    """And learn which methods there are."""
    async with browser() as http:
        answer = await http.get("/ra")

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert "<" not in answer.text
