"""The chat page in a real browser: with script and without, by keyboard, on a small phone."""

from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, Response, expect

from tests.browser.axe import barriers
from tests.browser.conftest import Opener
from tests.web.stand import QUESTIONS, Site

QUESTION = "lam vneid muc 2 o dau"
ANSWER = "Công an đặc khu Lý Sơn"


async def say(page: Page, text: str) -> None:
    """Type a message and press Enter."""
    await page.fill("#text", text)
    await page.press("#text", "Enter")


async def in_view(page: Page, selector: str) -> bool:
    """Whether an element stands inside the window as a whole."""
    box = await page.locator(selector).bounding_box()
    height = await page.evaluate("window.innerHeight")
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= height + 1


async def test_an_answer_arrives_without_leaving_the_page(visit: Opener) -> None:
    """Enter sends; the answer comes by the stream, and the box is ready for the next question."""
    page = await visit()
    await page.evaluate("window.mark = 1")

    await say(page, QUESTION)

    await expect(page.locator(".bubble:not(.own)").first).to_contain_text(ANSWER)
    await expect(page.locator(".own")).to_have_text(QUESTION)
    await expect(page.locator(".pending")).to_have_count(0)
    await expect(page.locator("#status")).to_have_text("")
    await expect(page.locator("#text")).to_be_focused()
    await expect(page.locator("#text")).to_have_value("")
    assert await page.evaluate("window.mark") == 1


async def test_everything_works_without_script(visit: Opener) -> None:
    """With script off, writing, tapping a choice and a suggestion are plain forms."""
    page = await visit(java_script_enabled=False)
    await page.locator(".welcome .suggestions button").first.click()
    await expect(page.locator("#log")).to_contain_text(ANSWER)

    await page.locator(".picks button", has_text="Mang giấy tờ gì?").click()
    await expect(page.locator("#log")).to_contain_text("Bạn mang thẻ căn cước")
    await page.fill("#text", "cam nang chuyen doi so o dau")
    await page.click(".send")

    await expect(page.locator("#log")).to_contain_text("dx.mic.gov.vn")
    await expect(page.locator(".own")).to_have_count(3)


async def test_what_was_sent_is_seen_at_once(visit: Opener, site: Site) -> None:
    """The words stand there before the server has answered, and a sign that it will."""
    site.clerk.holding = True
    page = await visit()

    await say(page, QUESTION)

    await expect(page.locator(".own.pending")).to_have_text(QUESTION)
    await expect(page.locator("#status")).to_have_text("Đang trả lời")
    site.clerk.holding = False
    await expect(page.locator("#log")).to_contain_text(ANSWER)
    await expect(page.locator(".pending")).to_have_count(0)


async def test_a_choice_is_tapped(visit: Opener) -> None:
    """A tap on a numbered choice says its number, and shows what was chosen."""
    page = await visit()
    await say(page, QUESTION)

    await page.locator(".picks button", has_text="Mang giấy tờ gì?").click()

    await expect(page.locator("#log")).to_contain_text("Bạn mang thẻ căn cước")
    await expect(page.locator(".own").last).to_have_text("1. Mang giấy tờ gì?")
    await page.reload()
    await expect(page.locator(".own").last).to_contain_text("1. Mang giấy tờ gì?")


async def test_a_reload_loses_nothing(visit: Opener, site: Site) -> None:
    """After a reload the conversation is there, and an answer still awaited arrives."""
    page = await visit()
    await say(page, "câu một")
    await expect(page.locator("#log")).to_contain_text("Bạn vừa hỏi: câu một")
    site.clerk.holding = True
    await say(page, "câu hai")
    await page.fill("#text", "nửa câu")
    await page.wait_for_function("!document.querySelector('.send').disabled")
    await page.reload()
    site.clerk.holding = False

    await expect(page.locator("#log")).to_contain_text("Bạn vừa hỏi: câu hai")
    await expect(page.locator(".own")).to_have_count(2)
    await expect(page.locator("#text")).to_have_value("nửa câu")


async def test_weak_network(visit: Opener) -> None:
    """A message that does not go out comes back to the box, and "Gửi lại" sends it, once."""
    page = await visit()
    await say(page, "câu một")
    await expect(page.locator("#log")).to_contain_text("Bạn vừa hỏi: câu một")
    await page.context.set_offline(True)
    await say(page, "câu hai")
    await expect(page.locator("#notice")).to_contain_text("Mạng yếu, tin chưa gửi được.")
    await expect(page.locator("#text")).to_have_value("câu hai")
    await expect(page.locator(".own")).to_have_count(1)

    await page.context.set_offline(False)
    await page.click("#retry")

    await expect(page.locator("#log")).to_contain_text("Bạn vừa hỏi: câu hai")
    await expect(page.locator(".own")).to_have_count(2)
    await expect(page.locator("#text")).to_have_value("")
    await expect(page.locator("#notice")).to_be_hidden()


async def test_what_arrived_although_it_seemed_not_is_not_sent_twice(
    visit: Opener, site: Site
) -> None:
    """When only the acknowledgement was lost, the stream clears the box and the warning."""
    page = await visit()
    await say(page, "câu một")
    await expect(page.locator("#log")).to_contain_text("Bạn vừa hỏi: câu một")
    site.clerk.holding = True

    async def lose(route: object) -> None:
        await route.fetch()  # type: ignore[attr-defined]
        await route.abort()  # type: ignore[attr-defined]

    await page.route("**/chat", lose)
    await say(page, "câu hai")
    await expect(page.locator("#text")).to_have_value("câu hai")
    site.clerk.holding = False

    await expect(page.locator("#log")).to_contain_text("Bạn vừa hỏi: câu hai")
    await expect(page.locator("#text")).to_have_value("")
    await expect(page.locator(".own")).to_have_count(2)


async def test_a_refused_message_stays_in_the_box(visit: Opener) -> None:
    """Too long a message is refused in clear words and stays where it was written."""
    page = await visit()
    text = "dài " * 1100

    await say(page, text)

    await expect(page.locator("#notice")).to_contain_text("mình chỉ đọc được 4096")
    await expect(page.locator("#text")).to_have_value(text)


async def test_enter_while_a_letter_is_put_together(visit: Opener) -> None:
    """Enter belongs to the Vietnamese keyboard while it composes; Shift+Enter breaks the line."""
    page = await visit()
    await page.fill("#text", "xin cha")

    await page.evaluate(
        "document.querySelector('#text').dispatchEvent(new KeyboardEvent('keydown',"
        "{key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    await page.press("#text", "Shift+Enter")

    await expect(page.locator("#text")).to_have_value("xin cha\n")
    await expect(page.locator(".own")).to_have_count(0)


async def test_two_windows_show_one_conversation(visit: Opener, site: Site) -> None:
    """What is said in one window appears in the other."""
    page = await visit()
    await say(page, "câu một")
    await expect(page.locator("#log")).to_contain_text("Bạn vừa hỏi: câu một")
    other = await page.context.new_page()
    await other.goto(site.url)

    await say(page, "câu hai")

    await expect(other.locator(".own")).to_have_count(2)
    await expect(other.locator("#log")).to_contain_text("Bạn vừa hỏi: câu hai")


async def test_being_forgotten_clears_the_page(visit: Opener) -> None:
    """After /xoadulieu nothing of the conversation stays on the screen but the farewell."""
    page = await visit()
    await say(page, "chuyện riêng")
    await expect(page.locator("#log")).to_contain_text("Bạn vừa hỏi: chuyện riêng")

    await say(page, "/xoadulieu")

    await expect(page.locator("#log")).to_contain_text("Mình đã xóa hết dữ liệu")
    await expect(page.locator("#log")).not_to_contain_text("chuyện riêng")
    await expect(page.locator("#status")).to_have_text("")


async def test_the_page_changes_its_language(visit: Opener) -> None:
    """One tap on "English", and the whole page speaks it."""
    page = await visit()

    await page.locator(".welcome button", has_text="English").click()

    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await page.click(".hints summary")
    await expect(page.locator(".hints .suggestions")).to_contain_text(QUESTIONS["en"][0])


async def test_by_keyboard_alone(visit: Opener) -> None:
    """The skip link leads to the box; the emergency numbers open and close by key."""
    page = await visit()
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    assert await in_view(page, ".skip")

    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(".urgent a").first).to_be_visible()
    assert await page.locator(".urgent a").first.get_attribute("href") == "tel:113"
    await page.keyboard.press("Escape")
    await expect(page.locator(".urgent a").first).to_be_hidden()
    await expect(page.locator(".urgent summary")).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#text")).to_be_focused()


@pytest.mark.parametrize(
    ("width", "height"), [pytest.param(360, 740, id="phone"), pytest.param(1280, 800, id="desk")]
)
async def test_no_barrier_is_found(visit: Opener, width: int, height: int) -> None:
    """axe finds nothing: at the start, in a conversation, and with everything opened."""
    page = await visit(width, height)
    found = await barriers(page)
    await say(page, QUESTION)
    await expect(page.locator(".picks button")).to_have_count(2)
    found += await barriers(page)
    for opened in (".urgent summary", ".hints summary"):
        await page.click(opened)
        found += await barriers(page)
    await say(page, "dài " * 1100)
    await expect(page.locator("#retry")).to_be_visible()
    found += await barriers(page)

    assert found == []


async def test_everything_can_be_hit_by_a_thumb(visit: Opener) -> None:
    """Buttons and links are 44 pixels high at least; those inside a sentence, 24."""
    page = await visit()
    await say(page, QUESTION)
    await expect(page.locator(".picks button")).to_have_count(2)
    for opened in (".urgent summary", ".hints summary"):
        await page.click(opened)
        small = await page.evaluate(
            "[...document.querySelectorAll('button, summary, textarea, a:not(.skip)')]"
            ".filter(one => one.checkVisibility())"
            ".map(one => [one, one.getBoundingClientRect()])"
            ".filter(([one, box]) => box.height < (one.closest('.words') ? 24 : 44))"
            ".map(([one]) => one.outerHTML)"
        )
        assert small == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x" * 4000, id="one long word"),
        pytest.param("https://a.vn/" + "b" * 2000, id="one long address"),
        pytest.param("ệ" + "\u0335\u0321\u0489" * 1300, id="stacked marks"),
        pytest.param("\ufdfa" * 2000, id="wide letters"),
        pytest.param("\u202e" * 50 + "ngược", id="right to left"),
    ],
)
async def test_nothing_breaks_out_of_its_bubble(visit: Opener, text: str) -> None:
    """Whatever is written, the page does not scroll sideways and the box stays usable."""
    page = await visit(320, 568)

    await say(page, text)
    await expect(page.locator(".bubble:not(.own)").first).to_be_visible()

    wide = "document.documentElement.scrollWidth > 320 || scroll.scrollWidth > scroll.clientWidth"
    assert not await page.evaluate(
        f"(() => {{ const scroll = window.document.querySelector('#scroll'); return {wide}; }})()"
    )
    assert await in_view(page, "#text")


async def test_the_box_stays_above_the_keyboard(visit: Opener) -> None:
    """When a keyboard takes half of the screen, the box and the newest words are in view."""
    page = await visit()
    for number in range(6):
        await say(page, f"câu {number}")
        await expect(page.locator("#log")).to_contain_text(f"Bạn vừa hỏi: câu {number}")
    await page.focus("#text")

    await page.set_viewport_size({"width": 360, "height": 440})

    await expect(page.locator(".bubble").last).to_be_in_viewport()
    assert await in_view(page, "#text")


async def test_a_long_answer_is_read_from_its_beginning(visit: Opener) -> None:
    """When question and answer are taller than the screen, the question is at its top."""
    page = await visit(360, 560)

    await say(page, QUESTION)
    await expect(page.locator(".picks button")).to_have_count(2)
    await page.wait_for_timeout(300)
    assert await in_view(page, ".own")

    await page.reload()
    assert await in_view(page, ".own")


async def test_only_the_conversation_scrolls(visit: Opener) -> None:
    """However long the conversation, the header stays in view and nothing lies below the box."""
    page = await visit()
    for number in range(8):
        await say(page, f"câu {number}")
        await expect(page.locator("#log")).to_contain_text(f"Bạn vừa hỏi: câu {number}")

    assert await in_view(page, ".top")
    assert await page.evaluate("document.scrollingElement.scrollHeight === innerHeight")


async def test_sideways_and_twice_as_large(visit: Opener) -> None:
    """On a phone held sideways and zoomed, the box can be reached and nothing is cut off."""
    page = await visit(370, 180)
    await say(page, QUESTION)
    await expect(page.locator(".picks button")).to_have_count(2)

    await page.locator(".picks button").last.click()
    await page.focus("#text")

    assert await in_view(page, "#text")
    assert await page.evaluate("document.documentElement.scrollWidth <= 370")


async def test_nothing_moves_for_who_wants_no_motion(visit: Opener, site: Site) -> None:
    """With reduced motion asked for, nothing on the page is animated."""
    site.clerk.holding = True
    page = await visit(reduced_motion="reduce")

    await say(page, QUESTION)
    await expect(page.locator("#status")).to_have_text("Đang trả lời")

    assert await page.evaluate("document.getAnimations().length") == 0


async def test_the_first_load_is_light_and_ours(visit: Opener, site: Site) -> None:
    """The first load is under 60 KB without fonts, and nothing comes from anywhere else."""
    page = await visit()
    sizes: dict[str, int] = {}

    def remember(answer: Response) -> None:
        sizes[answer.url] = int(answer.headers["content-length"])

    page.on("response", remember)
    await page.goto(site.url)
    await page.wait_for_load_state("networkidle")

    light = sum(size for url, size in sizes.items() if not urlsplit(url).path.endswith(".woff2"))
    assert {urlsplit(url).netloc for url in sizes} == {urlsplit(site.url).netloc}
    assert 5_000 < light < 60_000
    assert any(url.endswith(".woff2") for url in sizes)


async def test_a_hidden_page_does_not_listen(visit: Opener, site: Site) -> None:
    """A page that is put away saves the battery; shown again, it catches up."""
    page = await visit()
    await say(page, "câu một")
    await expect(page.locator("#log")).to_contain_text("Bạn vừa hỏi: câu một")
    hide = "Object.defineProperty(document, 'hidden', {{value: {0}, configurable: true}});"
    tell = "document.dispatchEvent(new Event('visibilitychange'))"
    await page.evaluate(hide.format("true") + tell)
    other = await page.context.new_page()
    await other.goto(site.url)
    await say(other, "câu hai")
    await expect(other.locator("#log")).to_contain_text("Bạn vừa hỏi: câu hai")
    await expect(page.locator(".own")).to_have_count(1)

    await page.evaluate(hide.format("false") + tell)

    await expect(page.locator("#log")).to_contain_text("Bạn vừa hỏi: câu hai")
