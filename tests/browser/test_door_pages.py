"""An evening's pages in a real browser: on the hall's screen and on a helper's small phone."""

from collections.abc import Iterator
from functools import partial

import pytest
from axe_playwright_python.async_playwright import Axe

from bot.db import Database
from bot.flows.turn import House
from tests.browser.conftest import Opener
from tests.conftest import NOON
from tests.notices.sample import furnish, lay
from tests.web.stand import Site, serve
from tests.web.test_door import NAME, ask, sign_in

PATHS = (f"/su-kien/{NAME}/cau-hoi", f"/su-kien/{NAME}/diem-danh", "/nhan-tin?thon=dong")


@pytest.fixture
def site(sqlite_url: str, house: House) -> Iterator[Site]:
    """The pages over the test calendar, two questions sent in."""
    db = Database(sqlite_url)
    furnished = furnish(house)
    lay(db, furnished, NOON)
    db.run(ask).result(10)
    with serve(db, None, furnished) as site:
        yield site
    db.close()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_everyone_can_use_the_page(visit: Opener, site: Site, path: str, scheme: str) -> None:
    """Nothing for axe to complain of, in either colours; nothing stands beyond 320 pixels."""
    secret = site.db.run(partial(sign_in, role="announcer")).result(10)
    page = await visit(320, 640, color_scheme=scheme)
    await page.context.add_cookies([{"name": "pass", "value": secret, "url": site.url}])
    await page.goto(site.url + path)

    results = await Axe().run(page)

    assert results.violations_count == 0, results.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
