"""The organisers' figures in a real browser: they fit a phone, and axe finds nothing."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from playwright.async_api import Browser, expect
from sqlmodel import Session

from bot import asked
from bot.asked import NEAR, NOTHING, SURE
from bot.content import Content
from bot.db import Database
from bot.flows.turn import House
from bot.web import auth
from tests.browser.axe import is_for_everyone
from tests.web.desk.bench import Bench, serve
from tests.web.desk.test_merits import seeded as merits_seeded
from tests.web.desk.test_numbers import today
from tests.web.desk.test_urging import seeded as urge_seeded


def seeded(session: Session, entries: list[str]) -> None:
    """A year of questions, more of them towards the contest."""
    for ago in range(370):
        day = today() - timedelta(ago)
        for at in range(3 + (370 - ago) // 40 + ago % 7):
            verdict = (SURE, SURE, SURE, NEAR, SURE, NOTHING)[at % 6]
            entry = entries[(at * 7 + ago) % len(entries)] if verdict == SURE else ""
            channel = ("web", "telegram", "zalo_oa")[at % 3]
            asked.note(session, day, verdict, entry, "", channel)


@pytest.fixture
def at(sqlite_url: str, content: Content, house: House) -> Iterator[Bench]:
    """The page of a year."""
    db = Database(sqlite_url)
    entries = [entry.id for entry in content.book.entries]
    db.run(partial(seeded, entries=entries)).result()
    with serve(db, content, house.programme) as opened:
        yield opened
    db.close()


async def test_figures_fit_and_can_be_read_by_all(browser: Browser, at: Bench) -> None:
    """Nothing stands out at the side, no element is hard to read or to reach."""
    context = await browser.new_context(viewport={"width": 320, "height": 800})
    cookie = {"name": auth.COOKIE, "value": at.signed("viewer").secret, "url": at.url}
    await context.add_cookies([cookie])  # type: ignore[list-item]
    page = await context.new_page()
    year = f"tu={today() - timedelta(364)}&den={today()}"
    paths = ("", f"?{year}", f"/ket-qua?dong=sure&{year}")
    for number, path in enumerate(paths):
        await page.goto(f"{at.url}/ban/so-lieu{path}")
        assert await page.locator("svg").count() >= 1
        await is_for_everyone(page, 320, 1280, shot=f"so-lieu-{number}")
    await context.close()


async def test_reports_fit_and_can_be_read_by_all(browser: Browser, at: Bench) -> None:
    """A link is made, its form is filled in and sent, and the list knows: on a phone too."""
    context = await browser.new_context(viewport={"width": 320, "height": 800})
    cookie = {"name": auth.COOKIE, "value": at.signed("editor").secret, "url": at.url}
    await context.add_cookies([cookie])  # type: ignore[list-item]
    page = await context.new_page()
    await page.goto(f"{at.url}/ban/bao-cao")
    await page.get_by_role("button", name="Tạo liên kết: Phòng Văn hóa - Xã hội").click()
    for name in ("bao-cao", "don-vi"):
        if name == "don-vi":
            await page.goto(await page.locator(".secret b").inner_text())
            await page.get_by_label("Đã làm được gì").first.fill("Ba buổi tại ba thôn")
            await page.get_by_role("button", name="Gửi báo cáo").click()
        await expect(page.get_by_role("status")).to_have_count(1)
        await is_for_everyone(page, 320, 1280, shot=name)
    await context.close()


async def test_commendations_fit_and_can_be_read_by_all(
    browser: Browser, at: Bench, house: House
) -> None:
    """A unit is ticked and kept, and its figures opened down to their rows: on a phone too."""
    at.db.run(partial(merits_seeded, plan=house.programme.plan)).result()
    context = await browser.new_context(viewport={"width": 320, "height": 800})
    cookie = {"name": auth.COOKIE, "value": at.signed("editor").secret, "url": at.url}
    await context.add_cookies([cookie])  # type: ignore[list-item]
    page = await context.new_page()
    await page.goto(f"{at.url}/ban/bieu-duong")
    await page.get_by_label("Biểu dương Phòng Văn hóa - Xã hội").check()
    await page.get_by_role("button", name="Ghi đơn vị được chọn").click()
    await page.get_by_text("Đã ghi đơn vị được chọn.").wait_for()
    for name in ("bieu-duong", "bieu-duong-don-vi"):
        if name != "bieu-duong":
            await page.get_by_role("link", name="Phòng Văn hóa - Xã hội").click()
            await page.locator("summary").first.click()
        await is_for_everyone(page, 320, 1280, shot=name)
    await context.close()


async def test_urging_fits_and_can_be_read_by_all(
    browser: Browser, at: Bench, house: House
) -> None:
    """A contact is named, a call is noted, at every width."""
    at.db.run(partial(urge_seeded, plan=house.programme.plan)).result()
    context = await browser.new_context(viewport={"width": 320, "height": 800})
    cookie = {"name": auth.COOKIE, "value": at.signed("editor", "Lan").secret, "url": at.url}
    await context.add_cookies([cookie])  # type: ignore[list-item]
    page = await context.new_page()
    unit = "Phòng Văn hóa - Xã hội"
    await page.goto(f"{at.url}/ban/don-doc")
    for step in range(3):
        if step == 1:
            await page.get_by_label(unit, exact=True).select_option(label="Lan (chưa vào chat)")
            await page.get_by_role("button", name=f"Lưu đầu mối của {unit}").click()
            await page.get_by_text("Đã ghi đầu mối.").wait_for()
        if step == 2:
            await page.get_by_role("button", name=f"Đã gọi {unit}").click()
            await page.get_by_text("Đã ghi là đã gọi.").wait_for()
        await is_for_everyone(page, 320, 1280, shot=f"don-doc-{step}")
    await context.close()
