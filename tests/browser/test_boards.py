"""The boards in a real browser: they fit a small phone, and axe finds nothing; the emblem."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.async_api import Browser
from sqlmodel import Session
from starlette.applications import Starlette

from bot import pictures
from bot.content import Content
from bot.db import Database
from bot.settings import Settings
from bot.signals import Signals
from bot.web import assets, board
from bot.web.context import Web
from bot.web.security import protect
from quiz import contest, jury, players, rounds
from quiz.papers import Entrant
from tests.browser.axe import is_for_everyone
from tests.quiz.conftest import BANK, STAGE
from tests.web.stand import EMERGENCY, listening

NOW = datetime.now(UTC)
WIDEST = "W" * 24


def evening(session: Session) -> str:
    """A contest with teams, a jury, players and units under long names; its uid."""
    ends = NOW + timedelta(days=1)
    opened = partial(rounds.open_round, opens_at=NOW, closes_at=ends, by="test")
    round_ = opened(session, STAGE, BANK, title="Cuộc thi Tìm hiểu về Chuyển đổi số " * 2)
    team = players.enrol(session, rounds.id_of(round_), "team", WIDEST, NOW)
    juror = jury.appoint(session, round_, "Cô Ba", NOW)
    for part in STAGE.parts:
        jury.give(session, round_, juror, team.person_key, part.id, 12.25, NOW)
    for number in range(12):
        key = f"p{number}"
        players.name(session, key, WIDEST[: 12 + number], NOW)
        contest.join(session, round_, Entrant(key, "chi-doan-" + "dai" * 8), "web", NOW)
    return round_.uid


@pytest.fixture
def address(sqlite_url: str, content: Content) -> Iterator[str]:
    """The page of a board, served for real."""
    db = Database(sqlite_url)
    settings = Settings()
    web = Web(
        *(settings, db, Signals(), lambda: None, lambda _language: [], lambda: EMERGENCY),
        lambda: content,
    )
    uid = db.run(evening).result()
    routes = [*board.routes(web), assets.route()]
    with listening(Starlette(routes=routes, middleware=protect(settings))) as url:
        yield f"{url}/bang-xep-hang/{uid}"
    db.close()


async def test_boards_fit_and_can_be_read_by_all(browser: Browser, address: str) -> None:
    """Nothing stands out at the side, no element is hard to read or to reach."""
    context = await browser.new_context(viewport={"width": 320, "height": 740})
    page = await context.new_page()
    for path in (address, address.rsplit("/", 1)[0]):
        await page.goto(path)
        await page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")

        await is_for_everyone(page, 320, 1280)
    await context.close()


async def test_the_emblem_of_pictures_is_the_one_of_the_pages(browser: Browser) -> None:
    """The PNG shows what the SVG shows; whoever changes one changes both."""
    svg = (Path(assets.FOLDER) / "emblem.svg").read_text("utf-8")
    page = await browser.new_page(viewport={"width": 512, "height": 512})
    await page.set_content(f"<style>*{{margin:0}}svg{{display:block;width:512px}}</style>{svg}")
    shot = Image.open(BytesIO(await page.screenshot(omit_background=True))).convert("RGBA")
    kept = Image.open(pictures.EMBLEM).convert("RGBA")
    await page.close()

    assert kept.size == shot.size
    assert max(ImageStat.Stat(ImageChops.difference(kept, shot)).mean) < 1.0
