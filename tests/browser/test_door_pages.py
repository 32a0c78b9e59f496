"""An evening's pages in a real browser: on the hall's screen and on a helper's small phone."""

from collections.abc import Iterator
from functools import partial

import pytest

from bot.db import Database
from bot.flows.turn import House
from tests.browser.axe import is_for_everyone
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
async def test_everyone_can_use_the_page(visit: Opener, site: Site, path: str) -> None:
    """Nothing for axe to complain of, in either colours; nothing stands beyond 320 pixels."""
    secret = site.db.run(partial(sign_in, role="announcer")).result(10)
    page = await visit(320, 640)
    await page.context.add_cookies([{"name": "pass", "value": secret, "url": site.url}])

    await page.goto(site.url + path)

    await is_for_everyone(page, 320)
