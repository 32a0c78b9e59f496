"""The public pages: what is on, one event, the calendar, and is it ours; all without script."""

from collections.abc import Iterator

import httpx
import pytest
from icalendar import Calendar

from bot.db import Database
from bot.flows.turn import House
from bot.settings import Settings
from tests.conftest import NOON
from tests.notices.sample import CODE, furnish, lay
from tests.web.stand import Site, serve

LIGHT = 8_000
"""Bytes a page may have: a fisherman reads it on weak 4G."""


@pytest.fixture
def site(sqlite_url: str, house: House) -> Iterator[Site]:
    """The pages over the test calendar. The clock is real, so hours of 2026 may be over."""
    db = Database(sqlite_url)
    furnished = furnish(house)
    lay(db, furnished, NOON)
    with serve(db, Settings(), furnished) as site:
        yield site
    db.close()


@pytest.fixture
def bare(sqlite_url: str, house: House) -> Iterator[httpx.Client]:
    """A browser before the pages as they are shipped, with an address of their own."""
    db = Database(sqlite_url)
    settings = Settings(public_url="https://chat.example.vn")
    with (
        serve(db, settings, house) as site,
        httpx.Client(base_url=site.url) as http,
    ):
        yield http
    db.close()


def get(site: Site, path: str) -> str:
    """A page that must be there."""
    with site.visitor() as http:
        answer = http.get(path)
    assert answer.status_code == 200
    assert len(answer.content) < LIGHT
    return answer.text


def test_the_shipped_page_guesses_no_date(bare: httpx.Client) -> None:
    """What the plan leaves open stands as not settled; the unit's deadline is not for residents."""
    page = bare.get("/su-kien").text

    settled, _heading, waiting = page.partition("Trong kế hoạch, chưa ấn định ngày")
    assert "Ngày Chuyển đổi số quốc gia 10/10" in settled
    assert "Tọa đàm, hỏi đáp về chuyển đổi số tại thôn" in waiting
    assert "25/11" not in page
    assert 'href="webcal://chat.example.vn/su-kien.ics"' in page


def test_a_draft_has_a_page_without_a_date(bare: httpx.Client) -> None:
    """Its page says that it is not settled, gives no hour, and no file for a calendar."""
    page = bare.get("/su-kien/bao-cao-don-vi").text

    assert "Chưa ấn định" in page
    assert "2027" not in page
    assert ".ics" not in page
    assert bare.get("/su-kien/bao-cao-don-vi.ics").status_code == 404


def test_an_event_says_when_where_and_what_changed(site: Site) -> None:
    """The page of a cancelled event stays, and says why."""
    page = get(site, "/su-kien/tap-huan-to-cong-nghe-so")

    assert "Đã hủy" in page
    assert "Biển động, tàu không ra đảo" in page


def test_a_programme_lists_its_replays(site: Site) -> None:
    """The radio's page has its next hours, replays named."""
    page = get(site, "/su-kien/phat-thanh-thu")

    assert page.count("phát lại lần") >= 5


def test_only_one_thon(site: Site) -> None:
    """A thôn's list leaves out talks of the other; an unknown one is the whole island."""
    east = get(site, "/su-kien?thon=dong")

    assert 'value="dong" selected' in east
    assert "thôn Tây" not in east.replace("Thôn Tây</option>", "")
    assert get(site, "/su-kien?thon=<script>").count("<script") == 0


def test_the_feed_is_a_calendar(site: Site) -> None:
    """/su-kien.ics is what phones subscribe to, and is not sent twice."""
    with site.visitor() as http:
        first = http.get("/su-kien.ics")
        again = http.get("/su-kien.ics", headers={"If-None-Match": first.headers["etag"]})
        one = http.get("/su-kien/toa-dam-dong.ics")

    assert first.headers["content-type"] == "text/calendar; charset=utf-8"
    assert len(Calendar.from_ical(first.content).walk("VEVENT")) == 8
    assert len(Calendar.from_ical(one.content).walk("VEVENT")) == 1
    assert again.status_code == 304


def test_an_unknown_event_is_a_friendly_404(site: Site) -> None:
    """A wrong address leads on to the list."""
    with site.visitor() as http:
        answer = http.get("/su-kien/khong-co")

    assert answer.status_code == 404
    assert 'href="/su-kien"' in answer.text


def test_a_code_is_verified(site: Site) -> None:
    """The page answers as the bot does, and nobody keeps the answer."""
    with site.visitor() as http:
        answer = http.get("/xac-minh", params={"q": CODE.lower().removeprefix("ls-")})

    assert f"Đúng, mã {CODE} là của mình" in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_false_address_is_no_link(site: Site) -> None:
    """The address somebody asks about stands there as words alone, in the box and out of it."""
    page = get(site, "/xac-minh?q=https://dichvucong-gov.vn/x")

    assert "KHÔNG phải Cổng Dịch vụ công quốc gia" in page
    assert 'href="https://dichvucong-gov.vn' not in page


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param('"><script>alert(1)</script>', id="script"),
        pytest.param("x" * 5000, id="endless"),
        pytest.param("\x00\x1b[31m", id="control signs"),
        pytest.param("{{ 7*7 }}", id="template"),
    ],
)
def test_hostile_questions_change_nothing(site: Site, asked: str) -> None:
    """Whatever is asked is shown as words, and not more than fits."""
    with site.visitor() as http:
        answer = http.get("/xac-minh", params={"q": asked})

    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert len(answer.content) < 2 * LIGHT


def test_sensitive_numbers_are_not_repeated(site: Site) -> None:
    """An identity number typed here is hidden at once."""
    page = get(site, "/xac-minh?q=001085012345")

    assert "001085012345" not in page
    assert "Bạn đừng gửi số căn cước" in page


def test_the_page_speaks_english(site: Site) -> None:
    """?lang=en is kept from page to page."""
    page = get(site, "/su-kien?lang=en")

    assert "Digital events" in page
    assert 'href="/su-kien/phat-thanh-thu?lang=en"' in page


def test_an_absent_database_is_said(site: Site) -> None:
    """While the database is away the pages say so, and when to come again."""
    site.db.run(
        lambda session: session.connection().exec_driver_sql("DROP TABLE eventedit")
    ).result(5)

    with site.visitor() as http:
        answer = http.get("/su-kien")

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
