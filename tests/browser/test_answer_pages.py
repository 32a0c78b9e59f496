"""The FAQ's pages in a real browser: on a small phone, a wide screen and paper, without script."""

from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from bot.db import Database
from bot.flows.turn import House
from tests.browser.axe import is_for_everyone
from tests.browser.conftest import Opener
from tests.web.stand import Site, serve

PATHS = (
    "/hoi-dap?q=lua+dao+mat+tien",
    "/hoi-dap/bi-lua-chuyen-tien",
    "/hoi-dap/nhom/khai-niem?lang=en",
    "/quyen-rieng-tu",
)


@pytest.fixture
def site(sqlite_url: str, house: House) -> Iterator[Site]:
    """The pages over the shipped FAQ."""
    db = Database(sqlite_url)
    with serve(db, None, house) as site:
        yield site
    db.close()


async def test_everyone_can_use_the_pages(visit: Opener, site: Site) -> None:
    """Nothing for axe to complain of, in either colours; nothing stands beyond 320 pixels."""
    page = await visit(320, 640)
    for path in PATHS:
        await page.goto(site.url + path)

        await is_for_everyone(page, 320)


async def test_a_search_leads_to_an_answer_and_the_chat(visit: Opener, site: Site) -> None:
    """Without script: search, open the answer, ask the chatbot the same."""
    page = await visit(390, 844, java_script_enabled=False)
    await page.goto(site.url + "/hoi-dap")

    await page.fill("#q", "lua dao mat tien")
    await page.click(".filter button")
    await page.click(".found a >> nth=0")
    await expect(page.locator("h1")).to_contain_text("lừa")
    await page.click("text=Hỏi chatbot câu này")

    await expect(page.locator(".bubble.own").first).to_contain_text("lừa")


async def test_paper_shows_answers_alone(visit: Opener, site: Site) -> None:
    """In print nothing to tap is left, and the words are black."""
    page = await visit(1280, 800)
    await page.goto(site.url + "/hoi-dap/bi-lua-chuyen-tien")
    await page.emulate_media(media="print")

    for name in (".ask", ".foot", ".subscribe"):
        await expect(page.locator(name).first).to_be_hidden()
    colour = "getComputedStyle(document.querySelector('.answer .words')).color"
    assert await page.evaluate(colour) == "rgb(0, 0, 0)"
