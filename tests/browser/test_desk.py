"""The desk in a real browser: it fits a phone, axe finds nothing, and it works as organisers do."""

from collections.abc import Iterator

import pytest
from playwright.async_api import Browser

from bot.content import Content
from bot.db import Database
from bot.notices.programme import Programme
from tests.browser.axe import is_for_everyone
from tests.notices.sample import NAMES, sample
from tests.web.desk.bench import Bench, serve

LONG = "làm sao để được hỗ trợ tiền dầu cho tàu đi biển xa bờ trong năm nay vậy cán bộ ơi " * 2


@pytest.fixture
def bench(sqlite_url: str, content: Content) -> Iterator[Bench]:
    """The desk, with questions that wait."""
    db = Database(sqlite_url)
    with serve(db, content) as bench:
        bench.ask("lịch tàu ra đảo hôm nay", "lan", near=("vneid-la-gi",))
        bench.ask("lịch tàu ra đảo ngày hôm nay", "minh")
        bench.ask(LONG, "hoa")
        yield bench
    db.close()


async def test_the_desk_fits_and_can_be_read_by_all(browser: Browser, bench: Bench) -> None:
    """Nothing stands out at the side, no element is hard to read or to reach, on any page."""
    admin = bench.signed("admin", "Chị Hoa")
    place = admin.post("/ban/tro-chuyen", hoi=1).headers["location"]
    context = await browser.new_context(viewport={"width": 360, "height": 740})
    await context.add_cookies([{"name": "pass", "value": admin.secret, "url": bench.url}])
    page = await context.new_page()
    for path in ("/ban", "/ban/phien", "/ban/cau-hoi", "/ban/cau-hoi/H-0001", place,
                 "/ban/noi-dung", "/ban/noi-dung/muc/vneid-la-gi", "/ban/noi-dung/moi",
                 "/ban/noi-dung/lien-ket", "/ban/noi-dung/thu?cau=vneid", "/ban/nguoi",
                 "/ban/dia-danh", "/ban/dia-danh/moi/thon", "/ban/dia-danh/gia-tri/fanpage",
                 "/ban/nguoi/nhat-ky", "/ban/giup"):  # fmt: skip
        await page.goto(bench.url + path)

        await is_for_everyone(page, 360, 1280)
    await context.close()


async def test_notices_and_contests_fit_and_can_be_read_by_all(
    browser: Browser, bench: Bench
) -> None:
    """The same of a notice being written, seen beforehand, sent, and of a round and its papers."""
    admin = bench.signed("admin", "Chị Hoa")
    drafted = [admin.post("/ban/thong-bao", noi_dung=LONG).headers["location"] for _ in range(2)]
    admin.post(f"{drafted[1]}/gui")
    held = {"the-le": "tuan", "ngay": 7, "ten": LONG[:90]}
    round_ = admin.post("/ban/cuoc-thi", **held).headers["location"]
    context = await browser.new_context(viewport={"width": 360, "height": 740})
    await context.add_cookies([{"name": "pass", "value": admin.secret, "url": bench.url}])
    page = await context.new_page()
    for path in ("/ban/thong-bao", "/ban/thong-bao/moi", *drafted, "/ban/cuoc-thi", round_,
                 "/ban/noi-dung/tep", "/ban/do-vui?nhom=vneid-can-cuoc", "/ban/do-vui/moi",
                 "/ban/do-vui/cau/at-001"):  # fmt: skip
        await page.goto(bench.url + path)

        await is_for_everyone(page, 360, 1280)
        ids = await page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
        assert len(ids) == len(set(ids)), path
    await context.close()


async def test_events_fit_and_can_be_read_by_all(
    browser: Browser, sqlite_url: str, content: Content
) -> None:
    """The same of the list of events, one event, and what is said before a change is kept."""
    db = Database(sqlite_url)
    with serve(db, content, Programme(events=tuple(sample()), names=NAMES)) as bench:
        admin = bench.signed("admin", "Chị Hoa")
        context = await browser.new_context(viewport={"width": 390, "height": 740})
        await context.add_cookies([{"name": "pass", "value": admin.secret, "url": bench.url}])
        page = await context.new_page()
        for path in ("/ban/su-kien", "/ban/su-kien/toa-dam-dong", "/ban/su-kien/moi"):
            await page.goto(bench.url + path)
            await is_for_everyone(page, 390, 1280)
        await page.get_by_label("Tên sự kiện").fill(LONG)
        await page.get_by_role("button", name="Xem trước").click()
        await page.get_by_text("Chưa lưu").first.wait_for()
        await is_for_everyone(page, 390, 1280)
        await page.goto(f"{bench.url}/ban/su-kien/toa-dam-dong")
        await page.get_by_label("Địa điểm", exact=True).fill(LONG)
        await page.get_by_label("Lý do đổi hoặc hủy").fill(LONG)
        await page.get_by_role("button", name="Xem trước").click()
        await page.get_by_role("button", name="Lưu như trên").wait_for()
        await is_for_everyone(page, 390, 1280)
        await context.close()
    db.close()


async def test_a_notice_is_written_and_sent_on_a_phone_without_script(
    browser: Browser, bench: Bench
) -> None:
    """Write, look at what people will see, send: what follows is how far it is."""
    admin = bench.signed("announcer", "Chị Hoa")
    context = await browser.new_context(
        viewport={"width": 360, "height": 740}, java_script_enabled=False
    )
    await context.add_cookies([{"name": "pass", "value": admin.secret, "url": bench.url}])
    page = await context.new_page()
    await page.goto(f"{bench.url}/ban")
    await page.get_by_role("link", name="Thông báo").click()
    await page.get_by_role("link", name="Viết thông báo").click()
    await page.get_by_label("Nội dung", exact=True).fill("Mời bà con đi họp.")
    await page.get_by_role("button", name="Xem trước").click()
    seen = await page.locator("main").inner_text()
    await page.get_by_role("button", name="Gửi cho 0 người").click()
    told = await page.locator("main").inner_text()
    await context.close()

    assert "Mời bà con đi họp.\nThông báo chính thức" in seen
    assert "Chờ gửi" in told
    assert "Tạm dừng" in told


async def test_a_group_is_answered_on_a_phone_without_script(
    browser: Browser, bench: Bench
) -> None:
    """Open the desk, open the largest group, write, send: both who asked get it."""
    admin = bench.signed("editor", "Chị Hoa")
    context = await browser.new_context(
        viewport={"width": 360, "height": 740}, java_script_enabled=False
    )
    await context.add_cookies([{"name": "pass", "value": admin.secret, "url": bench.url}])
    page = await context.new_page()
    await page.goto(f"{bench.url}/ban")
    await page.get_by_role("link", name="3 câu hỏi chưa trả lời").click()
    await page.get_by_role("link", name="lịch tàu ra đảo hôm nay").click()
    await page.get_by_label("Trả lời mọi người đã chọn").fill("Tàu chạy lúc 8 giờ.")
    await page.get_by_role("button", name="Gửi trả lời").click()
    told = await page.get_by_role("status").inner_text()
    await context.close()

    assert told == "Đã gửi câu trả lời cho 2 câu hỏi."
    assert [len(bench.sent(user)) for user in ("lan", "minh", "hoa")] == [1, 1, 0]
