"""The public pages in a real browser: on a small phone and a wide screen, without script."""

from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from bot.db import Database
from bot.flows.turn import House
from tests.browser.axe import is_for_everyone
from tests.browser.conftest import Opener
from tests.conftest import NOON
from tests.notices.sample import CODE, furnish, lay
from tests.web.stand import Site, serve

PATHS = ("/su-kien", "/su-kien/phat-thanh-thu", f"/xac-minh?q={CODE} https://dichvucong-gov.vn")


@pytest.fixture
def site(sqlite_url: str, house: House) -> Iterator[Site]:
    """The pages over the test calendar."""
    db = Database(sqlite_url)
    furnished = furnish(house)
    lay(db, furnished, NOON)
    with serve(db, None, furnished) as site:
        yield site
    db.close()


@pytest.mark.parametrize("path", PATHS)
async def test_everyone_can_use_the_page(visit: Opener, site: Site, path: str) -> None:
    """Nothing for axe to complain of, in either colours; nothing stands beyond 320 pixels."""
    page = await visit(320, 640)

    await page.goto(site.url + path)

    await is_for_everyone(page, 320)


async def test_a_thon_is_chosen_without_script(visit: Opener, site: Site) -> None:
    """The filter is a plain form, and an event is one tap away."""
    page = await visit(java_script_enabled=False)
    await page.goto(site.url + "/su-kien")

    await page.select_option("#thon", "dong")
    await page.click(".filter button")
    await page.click("text=Chuyển đổi số quanh ta")

    await expect(page.locator("h1")).to_have_text("Chuyển đổi số quanh ta")
