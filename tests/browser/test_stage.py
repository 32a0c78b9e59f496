"""The stage in a real browser: the presenter, the wall, phones, a juror and a helper."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.db import Database
from quiz import contest
from quiz.bank import LONGEST_EXPLANATION, LONGEST_OPTION, LONGEST_QUESTION
from tests.browser.axe import barriers
from tests.browser.conftest import PATIENCE
from tests.quiz.conftest import BANK
from tests.web.theatre import Theatre, open_theatre, opens

PHONE, SMALL, LARGE = (360, 740), (1280, 720), (1920, 1080)
Visit = Callable[..., Awaitable[Page]]
WORDS = "Nghị quyết về chuyển đổi số quy định người dân nộp hồ sơ trực tuyến thế nào khi ở đảo "


def filled(length: int) -> str:
    """Words of just so many letters."""
    return (WORDS * 9)[: length - 1].strip().ljust(length - 1, "g") + "?"


LONGEST = [
    replace(
        item,
        question=filled(LONGEST_QUESTION),
        options=tuple(f"{letter} {filled(LONGEST_OPTION - 2)}" for letter in "WXYZ"),
        explanation=filled(LONGEST_EXPLANATION),
    )
    for item in BANK
]


@pytest.fixture
def theatre(sqlite_url: str) -> Iterator[Theatre]:
    """The stage's pages, with a contest of three questions."""
    db = Database(sqlite_url)
    with open_theatre(db) as theatre:
        yield theatre
    db.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, theatre: Theatre) -> AsyncIterator[Visit]:
    """Opens a page as a new browser; no page may complain of anything."""
    complaints: list[str] = []

    async def visit(path: str, size: tuple[int, int] = PHONE, **more: object) -> Page:
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            **more,  # type: ignore[arg-type]
        )
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: _hear(complaints, said.type, said.text))
        await page.goto(theatre.url + path)
        return page

    yield visit
    for context in browser.contexts:
        await context.close()
    assert complaints == []


def _hear(complaints: list[str], kind: str, text: str) -> None:
    if kind in {"error", "warning"} and "Failed to load resource" not in text:
        complaints.append(text)


async def enter(visit: Visit, theatre: Theatre, token: str, size: tuple[int, int] = PHONE) -> Page:
    """Somebody opens their one-time link and presses the button."""
    page = await visit(f"/vao/{token}", size)
    await page.click("button")
    return page


async def present(visit: Visit, theatre: Theatre, path: str, size: tuple[int, int]) -> Page:
    """An organiser's browser on a page of the contest."""
    page = await visit("/san-khau", size)
    cookie = {"name": "pass", "value": theatre.organiser(), "url": theatre.url}
    await page.context.add_cookies([cookie])  # type: ignore[list-item]
    await page.goto(theatre.url + theatre.path(path))
    return page


async def join(visit: Visit, theatre: Theatre, name: str, **more: object) -> Page:
    """Somebody joins on a phone."""
    page = await visit(theatre.path(), **more)
    await page.fill("#name", name)
    await page.click("button")
    return page


async def test_a_whole_contest(visit: Visit, theatre: Theatre) -> None:
    """A wall driven by keys, a desk, two phones and a team, from the lobby to the end."""
    wall = await present(visit, theatre, "/man-hinh", SMALL)
    desk = await present(visit, theatre, "/dieu-khien", PHONE)
    lan, minh = await join(visit, theatre, "Cô Lan"), await join(visit, theatre, "Minh")
    team = await enter(visit, theatre, theatre.link("team", theatre.enrolled("team", "Đội Biển")))
    await expect(wall.locator("#count")).to_contain_text("3")

    for number in range(1, 4):
        await wall.keyboard.press("Space")
        for page in (wall, lan, minh, team):
            await expect(page.locator("#text")).to_have_text(text_of(theatre, number))
        right = theatre.shown().answer
        await lan.locator("#answers button").nth(right).click()
        await minh.locator("#answers button").nth((right + 1) % 4).click()
        await team.keyboard.press("ABCD"[right])
        await expect(lan.locator("#told")).to_contain_text("Đã nhận " + "ABCD"[right])
        await expect(wall.locator("#count")).to_contain_text("3/3")
        await expect(wall.locator(".option.right")).to_have_count(0)
        await desk.click("button[value=close]")
        await expect(desk.locator(".phase")).to_contain_text("Câu hỏi đã đóng")
        await wall.keyboard.press("ArrowRight")
        await expect(wall.locator(".option").nth(right)).to_contain_text("Đúng")
        await expect(lan.locator("#told")).to_contain_text("Đúng rồi!")
        await expect(minh.locator("#told")).to_contain_text("Chưa đúng")
        await wall.keyboard.press("Enter")
        await expect(wall.locator("#rows li").first).to_contain_text("Cô Lan")
        await expect(lan.locator("#text")).to_contain_text("Hạng 1/2")

    await wall.keyboard.press("Space")
    await expect(lan.locator("#text")).to_contain_text("Cuộc thi kết thúc")
    await expect(desk.locator(".phase")).to_contain_text("Đã kết thúc")
    await expect(wall.locator("#rows li").first).to_contain_text("Cô Lan")
    await expect(wall.locator("#teams")).to_contain_text("Đội Biển")


def text_of(theatre: Theatre, number: int) -> str:
    """The text of a question."""
    return theatre.work(lambda _session, round_: contest.shown(round_, number).text)


async def test_a_mistaken_key_is_undone(visit: Visit, theatre: Theatre) -> None:
    """Backspace takes the step back, on every screen."""
    wall = await present(visit, theatre, "/man-hinh", SMALL)
    phone = await join(visit, theatre, "Lan")
    await wall.keyboard.press("Space")
    await expect(phone.locator("#answers")).to_be_visible()

    await wall.keyboard.press("Backspace")

    await expect(wall.locator("#lobby")).to_be_visible()
    await expect(phone.locator("#answers")).to_be_hidden()


async def test_a_wall_without_a_session_obeys_no_key(visit: Visit, theatre: Theatre) -> None:
    """Whoever opens the projector's page only watches."""
    wall = await visit(theatre.path("/man-hinh"), SMALL)
    await wall.keyboard.press("Space")
    await wall.wait_for_timeout(400)

    await expect(wall.locator("#lobby")).to_be_visible()


async def test_a_phone_that_was_away_comes_back(visit: Visit, theatre: Theatre) -> None:
    """A reload shows the answer that was given; a cut network is told, and mends itself."""
    phone = await join(visit, theatre, "Lan")
    theatre.step("open")
    await phone.locator("#answers button").nth(2).click()
    await expect(phone.locator("#told")).to_contain_text("Đã nhận C")

    await phone.reload()

    await expect(phone.locator("#told")).to_contain_text("Đã nhận C")
    await expect(phone.locator("#answers button").nth(0)).to_be_disabled()


async def test_a_press_without_network_can_be_repeated(visit: Visit, theatre: Theatre) -> None:
    """The phone says so, and the same button works when the network is back."""
    phone = await join(visit, theatre, "Lan")
    theatre.step("open")
    await expect(phone.locator("#answers")).to_be_visible()
    await phone.context.set_offline(True)
    await phone.locator("#answers button").nth(1).click()
    await expect(phone.locator("#told")).to_contain_text("Mạng yếu")

    await phone.context.set_offline(False)
    await phone.locator("#answers button").nth(1).click()

    await expect(phone.locator("#told")).to_contain_text("Đã nhận B")


async def test_everything_works_without_script(visit: Visit, theatre: Theatre) -> None:
    """Join, press, and step by plain forms."""
    phone = await join(visit, theatre, "Lan", java_script_enabled=False)
    theatre.step("open")
    await phone.reload()

    await phone.locator("#answers button").nth(3).click()

    await expect(phone.locator("#told")).to_contain_text("Đã nhận")


async def test_a_juror_marks_and_a_helper_keys_in(visit: Visit, theatre: Theatre) -> None:
    """Each mark is kept when it is entered; the helper's page follows the presenter."""
    team = theatre.enrolled("team", "Đội Biển")
    juror = await enter(visit, theatre, theatre.link("juror", theatre.juror()))
    field = juror.locator("input[type=number]").first
    await expect(juror.locator("[data-by]").first).to_be_visible()  # the script is there
    await field.fill("31.5")
    await field.press("Tab")
    await expect(juror.locator("#kept")).to_contain_text("Đã lưu")
    await juror.reload()
    await expect(juror.locator("input[type=number]").first).to_have_value("31.5")

    helper = await enter(visit, theatre, theatre.link("helper", str(theatre.round_id)))
    await helper.fill("#name", "Bà Tư")
    await helper.locator("form.row button").click()
    await expect(helper.locator(".paper")).to_contain_text("Bà Tư")
    theatre.step("open")
    await helper.locator(".paper button").nth(1).click()

    await expect(helper.locator(".paper")).to_contain_text("✓ B")
    assert team


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["1280x720", "1920x1080"])
async def test_the_longest_question_fits_the_wall(
    visit: Visit, theatre: Theatre, size: tuple[int, int]
) -> None:
    """255 letters and four times 90, readable from afar, also with the answer and why."""
    opens(theatre, LONGEST)
    theatre.step("open")
    wall = await visit(theatre.path("/man-hinh"), size)
    await expect(wall.locator("#text")).to_contain_text("Nghị quyết")
    asked = await fitting(wall)
    theatre.step("close")
    theatre.step("reveal")
    await expect(wall.locator(".option.right")).to_have_count(1)
    told = await fitting(wall)

    for found in (asked, told):
        assert found["over"] == []
        assert found["text"] >= size[0] / 50, found
        assert found["words"] >= size[0] / 64, found


async def fitting(wall: Page) -> dict[str, Any]:
    """What runs over, and how large question and options are set, in pixels."""
    await wall.wait_for_timeout(300)
    found: dict[str, Any] = await wall.evaluate(
        """() => {
          const inside = (box) => box.bottom <= innerHeight + 1 && box.right <= innerWidth + 1;
          const shown = [...document.querySelectorAll("#text, .option, .words, #why, .tick, #ring")]
            .filter((one) => one.getClientRects().length);
          const size = (one) => parseFloat(getComputedStyle(document.querySelector(one)).fontSize);
          return {
            over: shown.filter((one) => !inside(one.getBoundingClientRect())
              || one.scrollHeight > one.clientHeight + 3 && one.matches(".option"))
              .map((one) => one.id || one.className),
            text: size("#text"), words: size(".option .words"),
          };
        }"""
    )
    return found


async def test_nothing_moves_for_who_wants_it_still(visit: Visit, theatre: Theatre) -> None:
    """With reduced motion the board stands at once."""
    with theatre.player("Lan") as lan, theatre.player("Minh") as minh:
        theatre.step("open")
        theatre.press(lan, theatre.shown().answer)
        theatre.press(minh, (theatre.shown().answer + 1) % 4)
    wall = await visit(theatre.path("/man-hinh"), SMALL, reduced_motion="reduce")
    theatre.step("close")
    theatre.step("reveal")
    theatre.step("standings")
    await expect(wall.locator("#rows li")).to_have_count(2)

    assert await wall.evaluate("document.getAnimations().length") == 0


async def test_every_page_is_accessible(visit: Visit, theatre: Theatre) -> None:
    """The checker finds nothing, in the lobby, in a question, after it, and on the desks."""
    theatre.enrolled("team", "Đội Biển")
    phone = await join(visit, theatre, "Lan")
    wall = await visit(theatre.path("/man-hinh"), SMALL)
    pages = {
        "code": await visit("/san-khau"),
        "join": await visit(theatre.path()),
        "door": await visit(f"/vao/{theatre.link('juror', theatre.juror())}"),
        "closed door": await visit("/vao/x"),
        "stranger": await visit(theatre.path("/cham")),
        "lobby": phone,
        "wall": wall,
    }
    for path in ("/dieu-khien", "/cham", "/nhap-ho"):
        page = await visit("/san-khau")
        match path:
            case "/dieu-khien":
                secret = theatre.organiser()
            case "/cham":
                secret = theatre.session("juror", theatre.juror("Cô Năm"))
            case _:
                secret = theatre.session("helper", str(theatre.round_id))
        cookie = {"name": "pass", "value": secret, "url": theatre.url}
        await page.context.add_cookies([cookie])  # type: ignore[list-item]
        await page.goto(theatre.url + theatre.path(path))
        for fold in await page.locator("details").all():
            await fold.evaluate("(one) => { one.open = true; }")
        pages[path] = page
    wrong = {name: await barriers(page) for name, page in pages.items()}
    for act in ("open", "close", "reveal", "standings"):
        theatre.step(act)
        await expect(wall.locator(f"#wall[data-phase={phase(act)}]")).to_be_visible()
        await expect(phone.locator(f"[data-phase={phase(act)}]")).to_have_count(1)
        await wall.wait_for_timeout(800)
        wrong[f"wall {act}"] = await barriers(wall)
        wrong[f"phone {act}"] = await barriers(phone)

    assert {name: found for name, found in wrong.items() if found} == {}


def phase(act: str) -> str:
    """The phase a step leads to."""
    return "closed" if act == "close" else act


@pytest.mark.parametrize("width", [320, 360])
async def test_no_page_is_wider_than_a_small_phone(
    visit: Visit, theatre: Theatre, width: int
) -> None:
    """Nothing has to be pushed sideways, however long the words."""
    opens(theatre, LONGEST)
    theatre.enrolled("team", "Đội rất dài tên nhất đảo")
    phone = await join(visit, theatre, "Người có tên dài đó nhé", size=(width, 640))
    theatre.step("open")
    desk = await present(visit, theatre, "/dieu-khien", (width, 640))
    await expect(phone.locator("#answers")).to_be_visible()

    for page in (phone, desk):
        for fold in await page.locator("details").all():
            await fold.evaluate("(one) => { one.open = true; }")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
