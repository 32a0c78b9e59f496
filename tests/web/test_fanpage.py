"""Posts and DX Day on the web: organisers copy and download, everybody reads the day's page."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO

import httpx
import pytest
from PIL import Image
from sqlmodel import Session

from bot import organisers, passes
from bot.db import Database
from bot.flows.turn import House
from bot.notices import stories
from bot.notices.stories import Item
from bot.organisers import Role
from bot.settings import Settings
from quiz import papers, players, rounds
from quiz.papers import Entrant
from tests.conftest import NOON, ZONE
from tests.notices.sample import furnish, lay
from tests.web.stand import Site, serve


@pytest.fixture
def site(sqlite_url: str, house: House) -> Iterator[Site]:
    """The pages over the test calendar, with a story."""
    db = Database(sqlite_url)
    furnished = furnish(house)
    lay(db, furnished, NOON)
    item = Item("https://lyson.example.vn/1", "Mở lớp số", "", "Cổng", NOON)
    db.run(partial(stories.keep, items=[item], now=NOON)).result(10)
    with serve(db, Settings(public_url="http://127.0.0.1"), furnished) as site:
        yield site
    db.close()


def signed_in(site: Site, role: Role) -> httpx.Client:
    """A browser in which an organiser has signed in."""

    def work(session: Session) -> str:
        now = datetime.now(UTC)
        organisers.add(session, "Chị Hoa", role, "test", now)
        [who] = organisers.listed(session)
        return passes.issue(session, "organiser", str(who.id), now)

    token = site.db.run(work).result(10)
    with httpx.Client(base_url=site.url) as http:
        http.post(f"/vao/{token}")
        return httpx.Client(base_url=site.url, cookies=http.cookies)


def test_an_announcer_copies_a_post_and_downloads_its_card(site: Site) -> None:
    """From the list to the text to the picture."""
    with signed_in(site, "announcer") as http:
        listed = http.get("/tin").text
        page = http.get("/tin/su-kien/toa-dam-dong")
        card = http.get("/tin/su-kien/toa-dam-dong.png")

    assert 'href="/tin/su-kien/toa-dam-dong"' in listed
    assert "Nhà văn hóa thôn Đông" in page.text
    assert "#ChuyenDoiSo #LySon</textarea>" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert Image.open(BytesIO(card.content)).size == (1080, 1350)


def test_a_story_has_a_post_too(site: Site) -> None:
    """What the portal wrote is posted with its source."""
    with signed_in(site, "admin") as http:
        page = http.get("/tin/tin-tuc/1").text

    assert "Nguồn: Cổng, 25/11/2026" in page


@pytest.mark.parametrize("path", ["/tin", "/tin/su-kien/toa-dam-dong", "/tin/tin-tuc/1.png"])
def test_strangers_see_no_post(site: Site, path: str) -> None:
    """Without an organiser's session, or with one that may not send notices, nothing is shown."""
    with site.visitor() as http:
        stranger = http.get(path)
    with signed_in(site, "contest") as http:
        other = http.get(path)

    assert (stranger.status_code, other.status_code) == (403, 403)
    assert "textarea" not in stranger.text


@pytest.mark.parametrize(
    "path",
    [
        "/tin/su-kien/khong-co",
        "/tin/su-kien/bao-cao-don-vi",
        "/tin/la/1",
        "/tin/tin-tuc/99999999999999999999",
        "/tin/tin-tuc/x",
        "/tin/ket-qua/x",
        "/tin/ket-qua/x.png",
    ],
)
def test_what_is_not_there_is_a_404(site: Site, path: str) -> None:
    """An unknown name, a draft and a strange kind have no post."""
    with signed_in(site, "announcer") as http:
        assert http.get(path).status_code == 404


def test_a_result_is_posted_with_its_podium(site: Site, house: House) -> None:
    """The first of a round stand in the post, and the card is the round's podium."""

    def work(session: Session) -> str:
        now = datetime.now(UTC)
        content = house.content
        round_ = rounds.open_round(
            session,
            content.contests["tuan"],
            content.bank.questions,
            title="Tuần thử",
            opens_at=now - timedelta(hours=1),
            closes_at=now + timedelta(days=1),
            by="test",
        )
        session.add(players.Player(person_key="k1", nickname="Sóng biển", created_at=now))
        session.flush()
        paper = papers.begin(session, round_, Entrant("k1"), "web", now, ZONE)
        while papers.put(round_, paper, now):
            papers.answer(session, round_, paper, 0, "web", now)
        return round_.uid

    uid = site.db.run(work).result(10)
    with signed_in(site, "announcer") as http:
        page = http.get(f"/tin/ket-qua/{uid}").text
        card = http.get(f"/tin/ket-qua/{uid}.png")

    assert "1. Sóng biển" in page
    assert f"/bang-xep-hang/{uid}" in page
    assert card.headers["content-type"] == "image/png"


def test_everybody_reads_the_day(site: Site) -> None:
    """The public page counts down, guesses no programme, and is light."""
    with site.visitor() as http:
        page = http.get("/ngay-chuyen-doi-so")
        english = http.get("/ngay-chuyen-doi-so?lang=en").text
        banner = http.get("/ngay-chuyen-doi-so.png")

    assert "Ngày Chuyển đổi số quốc gia 10/10." in page.text
    assert "Chủ đề các năm" in page.text
    assert len(page.content) < 8_000
    assert "Digital Transformation Day" in english
    assert Image.open(BytesIO(banner.content)).size == (3000, 1000)
