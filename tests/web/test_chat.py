"""The chat page as a browser without script sees it: plain forms, and everything works."""

import re
from html.parser import HTMLParser

import httpx
import pytest
from sqlalchemy import update

from bot.inbox import PARKED, Inbox
from bot.web import chat, render
from tests.web.stand import QUESTIONS, Site

JSON = {"Accept": "application/json"}


def say(client: httpx.Client, text: str, **more: str) -> httpx.Response:
    """Post a message, as the form does."""
    return client.post("/chat", data={"text": text, "key": f"key-{hash(text):x}", **more})


def bubbles(html: str) -> list[str]:
    """The words of each bubble, in order."""
    found = re.findall(r'<article class="bubble.*?</article>', html, re.DOTALL)
    bare = [re.sub(r"<[^>]+>", "", part) for part in found]
    return [re.sub(r"\s+", " ", part).strip() for part in bare]


class Tags(HTMLParser):
    """The tags and attributes a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember a tag."""
        self.seen.add(tag)
        self.attributes.update(name for name, _value in attrs)


def test_nobody_is_known_before_the_first_message(site: Site) -> None:
    """A page that is only looked at sets no cookie; the first message does."""
    with site.visitor() as client:
        seen = client.get("/")
        said = client.post("/chat", data={"text": "xin chào"}, follow_redirects=False)

    assert "set-cookie" not in seen.headers
    cookie = said.headers["set-cookie"].lower()
    assert re.match(r"visitor=[0-9a-f]{32};", cookie)
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie


def test_six_questions_are_offered(site: Site) -> None:
    """Before anything was said, the page offers real questions as buttons."""
    with site.visitor() as client:
        page = client.get("/").text

    assert all(f'value="{question}"' in page for question in QUESTIONS["vi"])


def test_an_answer_without_script(site: Site) -> None:
    """The form waits for the answer and comes back to a page that shows it."""
    with site.visitor() as client:
        answer = say(client, "lam vneid muc 2 o dau")

    assert answer.history[0].status_code == 303
    assert answer.history[0].headers["location"] == "/#cuoi"
    said, reply, *_ = bubbles(answer.text)
    assert said == "Bạn: lam vneid muc 2 o dau"
    assert "Công an đặc khu Lý Sơn" in reply
    assert "rà soát 11/2026" in reply


def test_a_choice_without_script(site: Site) -> None:
    """A choice is a form: it posts its number, and shows what was chosen."""
    with site.visitor() as client:
        page = say(client, "lam vneid muc 2 o dau").text
        answer = say(client, "1", ref="7")

    assert '<input type="hidden" name="ref" value="7">' in page
    assert '<button name="text" value="1"' in page
    assert "Bạn: 1. Mang giấy tờ gì?" in bubbles(answer.text)


def test_a_double_submit_is_one_message(site: Site) -> None:
    """The same words of the same page are kept once; other words of that page are not lost."""
    with site.visitor() as client:
        for text in ("alo", "alo", "khác"):
            page = client.post("/chat", data={"text": text, "key": "0123456789abcdef"}).text

    own = [words for words in bubbles(page) if words.startswith("Bạn:")]
    assert own == ["Bạn: alo", "Bạn: khác"]


def test_two_visitors_do_not_see_each_other(site: Site) -> None:
    """A conversation is shown to the one whose cookie it is."""
    with site.visitor() as lan, site.visitor() as minh:
        say(lan, "chuyện của Lan")
        page = say(minh, "chuyện của Minh").text

    assert "Lan" not in "".join(bubbles(page))


def test_a_made_up_cookie_is_nobody(site: Site) -> None:
    """A cookie that is not ours is not looked up; its owner gets one of ours."""
    with site.visitor() as client:
        client.cookies.set("visitor", "' OR 1=1 --")
        page = client.get("/")
        said = client.post("/chat", data={"text": "alo"}, headers=JSON)

    assert bubbles(page.text) == []
    assert re.match(r"visitor=[0-9a-f]{32};", said.headers["set-cookie"])


def test_what_was_said_is_blanked(site: Site) -> None:
    """The page shows what was kept, not the number that was sent."""
    with site.visitor() as client:
        page = say(client, "cccd 001099012345").text

    assert "001099012345" not in page


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<script>alert(1)</script>", id="html"),
        pytest.param("{{ 7 * 7 }}", id="template"),
        pytest.param('"><img src=x onerror=alert(1)>', id="attribute"),
        pytest.param("javascript:alert(1)", id="address"),
        pytest.param("https://a.vn/\"onmouseover='x'", id="quotes in an address"),
        pytest.param("z" + "\u0335\u0321\u0489" * 1000, id="stacked marks"),
        pytest.param("\ufdfa" * 1000, id="wide letters"),
        pytest.param("\u202eđảo\u202c", id="right to left"),
        pytest.param("a\x00b", id="NUL"),
    ],
)
def test_hostile_words_are_only_words(site: Site, text: str) -> None:
    """Whatever is written is shown as words, never run, and answered."""
    with site.visitor() as client:
        page = say(client, text)

    assert page.status_code == 200
    assert len(bubbles(page.text)) >= 2
    tags = Tags()
    tags.feed(page.text[page.text.index('<div id="log"') :])
    assert tags.seen.isdisjoint({"script", "img", "style", "iframe"})
    assert not any(name.startswith(("on", "style")) for name in tags.attributes)


def test_a_long_message_stays_in_the_box(site: Site) -> None:
    """Too long a message is refused in clear words, and none of it is lost."""
    text = "dài " * 1100
    with site.visitor() as client:
        page = say(client, text)
        scripted = client.post("/chat", data={"text": text}, headers=JSON)

    assert page.status_code == 422
    assert text in page.text
    assert "mình chỉ đọc được 4096" in page.text
    assert "4400" in scripted.json()["message"]


def test_4096_characters_are_taken(site: Site) -> None:
    """A line break counts as one character, although a form sends two."""
    with site.visitor() as client:
        page = say(client, "\r\n".join(["dòng"] * 819) + "\r\n")

    assert page.status_code == 200


def test_an_empty_message_is_asked_for(site: Site) -> None:
    """Nothing but spaces is not kept; the page asks for words."""
    with site.visitor() as client:
        page = say(client, " \n ")

    assert page.status_code == 400
    assert "Bạn gõ câu hỏi giúp mình nhé." in page.text


def test_the_21st_message_of_a_minute_waits(site: Site) -> None:
    """One visitor may send 20 messages a minute; the next is told when, and not lost."""
    with site.visitor() as client:
        codes = [
            client.post("/chat", data={"text": f"câu {number}"}, headers=JSON).status_code
            for number in range(chat.OF_VISITOR)
        ]
        page = say(client, "câu thứ 21")

    assert set(codes) == {202}
    assert page.status_code == 429
    assert 0 < int(page.headers["retry-after"]) <= 60
    assert "câu thứ 21</textarea>" in page.text


def test_a_page_whose_answer_is_late_says_so(site: Site) -> None:
    """Until the answer is there, the page says that it is coming, and how to look again."""
    site.clerk.holding = True
    with site.visitor() as client:
        client.post("/chat", data={"text": "alo"}, headers=JSON)
        page = client.get("/").text

    assert 'data-state="answering"' in page
    assert "Xem câu trả lời" in page


def test_a_message_nobody_could_answer(site: Site) -> None:
    """When a message was put aside, the page says so and asks to send it again."""
    site.clerk.holding = True
    with site.visitor() as client:
        client.post("/chat", data={"text": "alo"}, headers=JSON)
        site.db.run(lambda session: session.execute(update(Inbox).values(state=PARKED))).result()
        page = client.get("/").text

    assert 'data-state="stuck"' in page
    assert "Tin vừa rồi gặp trục trặc" in page


def test_words_in_addresses_and_commands(site: Site) -> None:
    """An address in an answer is a link without its full stop; a command is a button."""
    with site.visitor() as client:
        page = say(client, "cam nang chuyen doi so o dau").text

    link = '<a href="https://dx.mic.gov.vn" rel="noopener noreferrer" target="_blank">'
    assert f"{link}https://dx.mic.gov.vn</a>." in page
    assert '<button class="command" form="quick" name="text" value="/xoadulieu">' in page


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("Điện thoại Trạm y tế: 0255 3 867 123", [("02553867123", "0255 3 867 123")]),
        ("0905123456. Gọi nhé", [("0905123456", "0905123456")]),
        ("gọi 1900.0368, hay 18001096.", [("19000368", "1900.0368"), ("18001096", "18001096")]),
        ("thủ tục 2.002621, ngày 27/11/2026, 1.000.000 đồng, năm 1900", []),
        ("tài khoản 01234567890123, mã 0255 3", []),
        ("https://a.vn/0905123456", []),
    ],
)
def test_a_phone_number_is_there_to_tap(text: str, called: list[tuple[str, str]]) -> None:
    """A number in our words calls when it is tapped; what only looks like one does not."""
    assert re.findall(r'<a href="tel:(\d+)">([^<]+)</a>', render.live(text)) == called


def test_steps_are_set_apart(site: Site) -> None:
    """Numbered steps stand apart, each on its line; other lines keep their breaks."""
    with site.visitor() as client:
        page = say(client, "lam vneid muc 2 o dau").text

    assert 'Lý Sơn.<span class="step">1. Mang theo thẻ căn cước.</span><span' in page


def test_the_page_speaks_english(site: Site) -> None:
    """Whoever chose English gets English suggestions and a page that says so."""
    with site.visitor() as client:
        say(client, "/ngonngu en")
        page = client.get("/").text

    assert '<html lang="en">' in page
    assert QUESTIONS["en"][0] in page


def test_a_broken_form_is_refused(site: Site) -> None:
    """A form that is none, or that carries files, is a 4xx and nothing is kept."""
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    with site.visitor() as client:
        torn = client.post("/chat", content=b"--x\r\nnothing", headers=kind)
        file = client.post("/chat", files={"text": ("a.png", b"png")})

    assert torn.status_code == 400
    assert file.status_code == 400


def test_the_address_of_the_form_leads_to_the_page(site: Site) -> None:
    """Opening /chat by hand shows the page."""
    with site.visitor() as client:
        page = client.get("/chat")

    assert page.url.path == "/"


def test_when_nothing_can_be_kept_nothing_is_lost(site: Site) -> None:
    """With the database away, the words stay in the box and the page says why."""
    with site.visitor() as client:
        site.db.engine.dispose()
        with site.db.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE inbox RENAME TO away")
        page = say(client, "câu quan trọng")
        with site.db.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO inbox")

    assert page.status_code == 503
    assert "câu quan trọng</textarea>" in page.text
