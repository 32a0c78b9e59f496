"""Texts that are wide, right to left or full of marks break no box, on a phone and on the wall."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser
from starlette.applications import Starlette

from bot.content import Content
from bot.web.security import protect
from tests.payloads import CONTROL, RIGHT_TO_LEFT, WIDE
from tests.web.stand import listening
from tests.web.world import World, look_at_everything, opened

GIANTS = set("𒐫﷽\u0489")
"""Signs that are wider than a phone by themselves, alone or piled: no line breaks there."""
OUTSIDE = """
    [...document.querySelectorAll('body, main, main *')]
        .filter(one => one.getClientRects().length)
        .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
        .filter(one => !one.closest('.scroll, [tabindex], svg, .visually-hidden'))
        .map(one => `${one.tagName} ${one.className} ${one.textContent.slice(0, 20)}`)
        .slice(0, 3)
"""
"""What stands out at the right side, though nothing there may be moved sideways by itself."""
PILED = "𒐫﷽ " + "о" + "\u0489" * 60
MOVES = """
    sign => {
        const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {
            if (texts.currentNode.data.trim()) texts.currentNode.data = sign;
        }
        scrollTo(200, scrollY);
        return scrollX > 0 || document.documentElement.scrollWidth > innerWidth;
    }
"""
"""Whether the page can be moved sideways once every text on it is such signs: they are cut."""


@pytest.fixture(scope="module")
def world(
    tmp_path_factory: pytest.TempPathFactory, matcher_cache: Path, content: Content
) -> Iterator[World]:
    """The application with something in every table."""
    assert content.book.entries
    with opened(tmp_path_factory.mktemp("boxes"), matcher_cache) as world:
        yield world


async def test_no_text_breaks_a_box(browser: Browser, world: World) -> None:
    """Every page on a phone, and the wall, with wide and right-to-left texts in each field."""
    seen = await look_at_everything(world)
    world.hold(" ".join(one for one in (*WIDE, *RIGHT_TO_LEFT, *CONTROL) if not GIANTS & set(one)))
    app = Starlette(routes=world.asgi.routes, middleware=protect(world.app.settings))
    with listening(app) as url:
        broken: dict[str, list[str]] = {}
        for who, held in world.browsers.items():
            context = await browser.new_context(viewport={"width": 360, "height": 740})
            cookies = [
                {"name": name, "value": value, "url": url} for name, value in held.cookies.items()
            ]
            await context.add_cookies(cookies)  # type: ignore[arg-type]
            page = await context.new_page()
            for (looker, path), answer in seen.items():
                if looker != who or "html" not in answer.headers["content-type"]:
                    continue
                on_wall = path.endswith("/man-hinh")
                size = {"width": 1280, "height": 720} if on_wall else {"width": 360, "height": 740}
                await page.set_viewport_size(size)  # type: ignore[arg-type]
                await page.goto(url + path)
                if found := await page.evaluate(OUTSIDE):
                    broken[path] = found
                if await page.evaluate(MOVES, PILED):
                    broken[path] = [*broken.get(path, []), "moves sideways"]
            await context.close()
    assert broken == {}
