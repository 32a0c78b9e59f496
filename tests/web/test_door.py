"""An evening's pages: organisers alone, without script, counting truly; residents by one button."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import docx
import httpx
import pytest
from sqlmodel import Session, select

from bot import organisers, passes, people
from bot.db import Database
from bot.flows.turn import House
from bot.notices import asking, taking_part
from bot.organisers import Role
from bot.settings import Settings
from tests.conftest import NOON
from tests.notices.sample import furnish, lay
from tests.web.stand import Site, serve

NAME = "toa-dam-dong"
PAGES = ("cau-hoi", "diem-danh", "bien-ban.docx")


@pytest.fixture
def site(sqlite_url: str, house: House) -> Iterator[Site]:
    """The pages over the test calendar."""
    db = Database(sqlite_url)
    furnished = furnish(house)
    lay(db, furnished, NOON)
    with serve(db, Settings(), furnished) as site:
        yield site
    db.close()


def sign_in(session: Session, role: Role) -> str:
    """The session of an organiser in a role."""
    code = organisers.add(session, "Chị Hoa", role, "test", NOON)
    person, _new = people.welcome(session, "fake", "hoa", "hoa", NOON)
    who = organisers.join(session, person, code, NOON)
    assert who is not None
    now = datetime.now(UTC)  # the pages look at the real clock
    opened = passes.open_session(session, passes.issue(session, "organiser", str(who.id), now), now)
    assert opened is not None
    return opened[0]


def desk(site: Site, role: Role = "announcer") -> httpx.Client:
    """A browser an organiser is signed in with."""
    secret = site.db.run(partial(sign_in, role=role)).result(10)
    browser = site.visitor()
    browser.cookies.set("pass", secret)
    return browser


def ask(session: Session) -> list[int]:
    """Two questions; the second is wanted by another."""
    lan, minh = (
        people.id_of(people.welcome(session, "fake", name, name, NOON)[0])
        for name in ("lan", "minh")
    )
    first = asking.ask(session, NAME, lan, "Làm VNeID <b>mức 2</b> ở đâu?", NOON)
    second = asking.ask(session, NAME, minh, "Mất mật khẩu thì sao?", NOON)
    asking.vote(session, second, lan)
    return [first, second]


@pytest.mark.parametrize("page", PAGES)
def test_strangers_see_nothing(site: Site, page: str) -> None:
    """Without a session, or in a role that runs no evenings, there is nothing to see."""
    with site.visitor() as http, desk(site, "viewer") as viewer:
        answers = [one.get(f"/su-kien/{NAME}/{page}") for one in (http, viewer)]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "Tọa đàm" not in answers[0].text


@pytest.mark.parametrize("page", PAGES)
def test_an_unknown_event_has_no_evening(site: Site, page: str) -> None:
    """A wrong address is a 404, also of an event without a day."""
    with desk(site) as http:
        statuses = [http.get(f"/su-kien/{one}/{page}").status_code for one in ("x", "bao-cao")]

    assert statuses == [404, 404]


def test_the_most_wanted_question_stands_first(site: Site) -> None:
    """Sorted by votes, escaped; one hidden is folded away, with an audit line, and comes back."""
    first, second = site.db.run(ask).result(10)
    with desk(site, "contest") as http:
        page = http.get(f"/su-kien/{NAME}/cau-hoi").text
        hidden = http.post(
            f"/su-kien/{NAME}/cau-hoi", data={"question": str(second), "act": "hide"}
        ).text
        again = http.post(
            f"/su-kien/{NAME}/cau-hoi", data={"question": str(second), "act": "show"}
        ).text

    assert page.index("Mất mật khẩu") < page.index("&lt;b&gt;mức 2&lt;/b&gt;")
    assert "1 bình chọn" in page
    assert hidden.index("mức 2") < hidden.index("Đã ẩn: 1 câu") < hidden.index("Mất mật khẩu")
    assert "Đã ẩn" not in again
    acts = site.db.read(lambda session: list(session.scalars(select(organisers.Audit.act))))
    assert acts[-2:] == ["question.hide", "question.show"]
    assert first != second


def test_the_door_shows_its_code_and_counts(site: Site) -> None:
    """The code stands large beside its QR code; a double submit of a helper is one person."""
    with desk(site) as http:
        page = http.get(f"/su-kien/{NAME}/diem-danh").text
        data = {"key": "00ff00ff00ff00ff", "hamlet": "dong"}
        for _time in range(2):
            page = http.post(f"/su-kien/{NAME}/diem-danh", data=data).text
        counted = http.get(f"/su-kien/{NAME}/diem-danh/dem").json()
        undone = http.post(
            f"/su-kien/{NAME}/diem-danh", data={"undo": "paper-00ff00ff00ff00ff"}
        ).text

    code = site.db.read(lambda session: session.get_one(taking_part.Talk, NAME).code)
    assert f"<b>{code}</b>" in page
    assert f"/diem-danh/{code}" in page
    assert 'class="qr"' in page
    assert counted == {"total": 1}
    assert re.search(r'dem">1</b>', page)
    assert re.search(r'dem">0</b>', undone)


def test_a_strange_key_counts_nobody(site: Site) -> None:
    """Only keys we made are taken, and only what a helper counted is taken back."""
    here = partial(
        taking_part.check_in,
        occurrence=NAME,
        person_key="0" * 32,
        hamlet="",
        how="qr",
        now=NOON,
    )
    site.db.run(here).result(10)
    with desk(site) as http:
        for data in ({"key": "x' or 1"}, {"key": ""}, {"undo": "0" * 32}):
            http.post(f"/su-kien/{NAME}/diem-danh", data=data)
        counted = http.get(f"/su-kien/{NAME}/diem-danh/dem").json()

    assert counted == {"total": 1}


def test_the_minute_is_a_document(site: Site) -> None:
    """The organiser's button gives a .docx that opens and names the talk."""
    site.db.run(ask).result(10)
    with desk(site) as http:
        answer = http.get(f"/su-kien/{NAME}/bien-ban.docx")

    document = docx.Document(io.BytesIO(answer.content))
    assert 'filename="bien-ban-toa-dam-dong.docx"' in answer.headers["content-disposition"]
    assert any("Tọa đàm chuyển đổi số thôn Đông" in it.text for it in document.paragraphs)


def test_the_qr_code_leads_to_one_button(site: Site) -> None:
    """Scanned on any phone: the button says it to the chat, in whose name it is counted."""
    with desk(site) as http:
        http.get(f"/su-kien/{NAME}/diem-danh")
    code = site.db.read(lambda session: session.get_one(taking_part.Talk, NAME).code)
    with site.visitor() as http:
        page = http.get(f"/diem-danh/{code.lower()}")
        lost = http.get("/diem-danh/ZZZZZ")

    assert f'name="text" value="/start dd-{code}"' in page.text
    assert 'action="/chat"' in page.text
    assert (lost.status_code, "Mình không thấy mã này" in lost.text) == (404, True)


def test_a_thons_poster_leads_to_the_question(site: Site) -> None:
    """The page says it asks first; a strange thôn is simply left out."""
    with site.visitor() as http:
        east, strange = (http.get(f"/nhan-tin?thon={one}").text for one in ("dong", "<x>"))

    assert 'value="/start dk-dong"' in east
    assert "Nhận tin sự kiện ở Thôn Đông" in east
    assert 'value="/dangky"' in strange
    assert "<x>" not in strange


def test_an_events_page_asks_whether_one_comes(site: Site) -> None:
    """A talk ahead has the button, a cancelled training and the radio have none."""
    with site.visitor() as http:
        off, radio = (
            http.get(f"/su-kien/{one}").text
            for one in ("tap-huan-to-cong-nghe-so", "phat-thanh-thu")
        )

    assert "Báo mình có đi không" not in off + radio
