"""The stage's pages in English: asked for once, kept from page to page."""

import re

import pytest

from tests.quiz.conftest import BANK
from tests.web.theatre import JSON, Theatre

VIETNAMESE = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
SWITCH = '<a href="?lang=vi" lang="vi">Tiếng Việt</a>'
DATA = (
    "Lý Sơn",
    "Đêm &lt;b&gt;thi&lt;/b&gt;",
    "Sân khấu",
    "Chi đoàn A",
    "Thôn B",
    "Đội Biển",
    "Tiểu phẩm",
    "Chào hỏi",
    "Thầy Ba",
)
"""Names, and what organisers wrote, are shown as they are."""


def without_data(page: str) -> str:
    """A page without what organisers wrote and without the way back to Vietnamese."""
    for words in (*DATA, SWITCH, *(item.question for item in BANK)):
        page = page.replace(words, "")
    return page


def secret(theatre: Theatre, kind: str) -> str:
    """The session of somebody."""
    match kind:
        case "organiser":
            return theatre.organiser()
        case "juror":
            return theatre.session("juror", theatre.juror())
        case "helper":
            return theatre.session("helper", str(theatre.round_id))
        case _:
            return ""


@pytest.mark.parametrize(
    ("kind", "page"),
    [
        ("", "/san-khau"),
        ("", "{}"),
        ("", "{}/man-hinh"),
        ("", "/san-khau/ZZZZZ"),
        ("", "/san-khau/quan-ly"),
        ("organiser", "/san-khau/quan-ly"),
        ("organiser", "{}/dieu-khien"),
        ("organiser", "{}/man-hinh"),
        ("juror", "{}/cham"),
        ("helper", "{}/nhap-ho"),
        ("player", "{}"),
    ],
)
def test_every_page_speaks_english(small: Theatre, kind: str, page: str) -> None:
    """No Vietnamese is left on a page but what organisers wrote."""
    small.enrolled("team", "Đội Biển")

    with small.browser(secret(small, kind)) as client:
        if kind == "player":
            client.post(small.path("/vao"), data={"name": "Lan"})
        english = client.get(page.format(small.path()), params={"lang": "en"}).text

    left = without_data(english)
    assert 'lang="en"' in english
    assert not VIETNAMESE.search(left), VIETNAMESE.findall(left)


def test_the_language_stays(theatre: Theatre) -> None:
    """Once asked for, forms and what the phone is told are in English too; so is the refusal that
    the database's own thread words.
    """
    with theatre.browser() as client:
        client.get(theatre.path(), params={"lang": "en"})
        refused = client.post(theatre.path("/vao"), data={"name": "x"})
        client.post(theatre.path("/vao"), data={"name": "Lan"})
        press = client.post(theatre.path("/tra-loi"), data={"choice": "1"}, headers=JSON)
        back = client.get(theatre.path(), params={"lang": "vi"}).text

    assert "at least 2 characters" in refused.text
    assert "lang=vi" not in refused.text
    assert press.json()["words"] == "No question is open yet."
    assert "Bạn đã vào" in back


def test_a_link_is_not_lost_for_the_language(small: Theatre) -> None:
    """A page with a link that is shown once offers no other language; the door does."""
    token = small.link("helper", str(small.round_id))
    with small.browser(small.organiser()) as client:
        shown = client.post(small.path("/nguoi"), data={"act": "helper"}).text
        desk = client.get(small.path("/dieu-khien")).text
        door = client.get(f"/vao/{token}", params={"lang": "en"}).text

    assert "?lang=en" not in shown
    assert "?lang=en" in desk
    assert "?lang=vi" in door
