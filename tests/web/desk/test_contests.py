"""Contests on the desk: opened, counted again, closed, their papers taken along."""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlmodel import Session, select

from bot import people
from bot.content import Content
from quiz import papers, players
from quiz.board import Standing
from quiz.papers import Entrant
from quiz.rounds import Round
from tests.conftest import ZONE
from tests.web.desk.bench import Bench, Browser, words

LIST = "/ban/cuoc-thi"


def opened(browser: Browser, **fields: object) -> str:
    """The page of a new round."""
    answer = browser.post(LIST, **{"the-le": "tuan", "ngay": 7, **fields})
    assert answer.status_code == 303, words(answer.text)
    return answer.headers["location"]


def played(bench: Bench, name: str) -> None:
    """Somebody answers every question of the only round, right."""

    def work(session: Session) -> None:
        now = datetime.now(UTC)
        round_ = session.scalars(select(Round)).one()
        person, _new = people.welcome(session, "chat", name, name, now)
        players.name(session, person.key, name, now)
        paper = papers.begin(session, round_, Entrant(person.key), "chat", now, ZONE)
        while put := papers.put(round_, paper, now):
            right = put.order.index(put.question.answer)
            papers.answer(session, round_, paper, right, "chat", now)

    bench.db.run(work).result()


def test_a_round_is_opened_watched_counted_and_closed(bench: Bench) -> None:
    """From the rules of the files to the papers; every act stands in the audit."""
    browser = bench.signed("contest", "Cô Năm")
    page = opened(browser, ten="Tuần đầu", mua="2026")
    played(bench, "Lan")

    seen = words(browser.get(page).text)
    counted = words(browser.post(f"{page}/dem-lai").text)
    closed = words(browser.post(f"{page}/dong").text)
    listed = words(browser.get(LIST).text)

    assert "Tuần đầu" in seen
    assert "10 câu trả lời" in seen
    assert "1. Lan 10 đúng" in seen
    assert "Mỗi người" in seen
    assert "khớp với nhật ký" in counted
    assert "đã đóng" in closed
    assert "Tuần đầu đã đóng" in listed
    acts = [line[1] for line in bench.audit() if line[0] == "Cô Năm"]
    assert acts == ["contest.open", "contest.recount", "contest.close"]


def test_a_row_that_differs_is_told_and_put_right(bench: Bench) -> None:
    """Whoever changed the board by hand is undone by the log."""
    browser = bench.signed("contest")
    page = opened(browser)
    played(bench, "Lan")

    def forge(session: Session) -> None:
        session.scalars(select(Standing)).one().right = 99

    bench.db.run(forge).result()

    assert "Đã sửa 1 dòng lệch với nhật ký: Lan" in words(browser.post(f"{page}/dem-lai").text)
    assert "1. Lan 10 đúng" in words(browser.get(page).text)


def test_its_papers_are_taken_along(bench: Bench) -> None:
    """The minute, the results, and the file another machine reads."""
    browser = bench.signed("contest")
    page = opened(browser)
    played(bench, "-1+1 Lan")

    got = {kind: browser.get(f"{page}/tep/{kind}") for kind in ("docx", "xlsx", "csv", "json")}

    assert {answer.status_code for answer in got.values()} == {200}
    assert got["docx"].content.startswith(b"PK")
    book = load_workbook(BytesIO(got["xlsx"].content))
    cells = [cell for sheet in book for row in sheet for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert json.loads(got["json"].text)
    assert "attachment" in got["csv"].headers["content-disposition"]
    assert browser.get(f"{page}/tep/exe").status_code == 404


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"the-le": "khong-co"}, "chọn một thể lệ"),
        ({"the-le": "san-khau"}, "chọn một thể lệ"),
        ({"ngay": 0}, "Số ngày từ 1"),
        ({"ngay": "bảy"}, "Số ngày từ 1"),
        ({"mo-luc": "mai"}, "Giờ mở chưa đúng"),
    ],
)
def test_what_is_wrong_is_told(bench: Bench, fields: dict[str, object], told: str) -> None:
    """Nothing is opened, and the name that was typed is still there."""
    browser = bench.signed("contest")

    answer = browser.post(LIST, **{"the-le": "tuan", "ngay": 7, "ten": "Tuần một", **fields})

    assert (answer.status_code, told in answer.text) == (422, True)
    assert "Tuần một" in answer.text
    assert "Chưa có cuộc thi nào" in browser.get(LIST).text


def test_a_round_of_later_and_one_that_is_not(bench: Bench, content: Content) -> None:
    """A round may open later; an unknown code is told, also when something is done to it."""
    browser = bench.signed("contest")
    opened(browser, **{"mo-luc": f"{datetime.now(ZONE) + timedelta(days=3):%Y-%m-%dT%H:%M}"})

    assert "chưa mở" in words(browser.get(LIST).text)
    for path in (f"{LIST}/XXXXX", f"{LIST}/XXXXX/tep/docx"):
        assert browser.get(path).status_code == 404
    for act in ("dong", "dem-lai"):
        assert browser.post(f"{LIST}/XXXXX/{act}").status_code == 404
    assert content.contests["tuan"].title in browser.get(LIST).text
