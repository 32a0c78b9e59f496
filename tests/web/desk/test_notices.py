"""Notices on the desk: written, seen beforehand, sent, watched, stopped."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from bot import people
from bot.notices import announce, dispatch
from bot.notices.audience import Ways
from bot.notices.verify import NoticeCode
from bot.outbox import FAILED, SENT, Outbox
from tests.conftest import ZONE
from tests.fakes import CAN
from tests.web.desk.bench import Bench, Browser, words

LIST = "/ban/thong-bao"
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><svg onload=alert(1)>",
    "\u202egnah iam",
)
DAY = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)


def registered(bench: Bench, *users: str, interest: str = "talk", channel: str = "chat") -> None:
    """People who want to hear of something."""

    def work(session: Session) -> None:
        for user in users:
            person, _new = people.welcome(session, channel, user, user, DAY)
            people.follow(session, people.id_of(person), interest, DAY)

    bench.db.run(work).result()


def written(browser: Browser, **fields: object) -> str:
    """The page of a new notice."""
    answer = browser.post(LIST, **{"noi_dung": "Mời bà con đi họp.", **fields})
    assert answer.status_code == 303, words(answer.text)
    return answer.headers["location"]


def step(bench: Bench, number: int, end: str = SENT) -> None:
    """The bot queues the notice at noon, and the channel answers."""

    def work(session: Session) -> None:
        notice = announce.get(session, number)
        while dispatch.advance(session, notice, Ways({"chat": CAN}), ZONE, DAY):
            pass
        for row in session.scalars(select(Outbox)):
            row.state, row.error = end, "500" if end == FAILED else ""
            row.settled_at = DAY
        dispatch.advance(session, notice, Ways({"chat": CAN}), ZONE, DAY)

    bench.db.run(work).result()


def test_it_is_seen_before_it_is_sent_and_then_watched(bench: Bench) -> None:
    """Who hears it, who does not and why, the very words; then the numbers, which add up."""
    registered(bench, "lan", "minh")
    bench.ask("chưa đăng ký", "ba", channel="chat")
    browser = bench.signed("announcer", "Chị Hoa")

    page = written(browser, khan="1")
    draft = words(browser.get(page).text)
    urgent = written(browser)
    seen = words(browser.get(urgent).text)
    sent = browser.post(f"{urgent}/gui")
    waits = words(browser.get(urgent).text)
    step(bench, 2)
    done = words(browser.get(urgent).text)

    assert "Sẽ đến 3 người" in draft
    assert "Khẩn cấp" in draft
    assert "Sẽ đến 2 người" in seen
    assert "Không gửi cho 1 người chưa đăng ký" in seen
    assert "Mời bà con đi họp. Thông báo chính thức" in seen
    assert "Gửi cho 2 người" in seen
    assert sent.status_code == 303
    assert "Tạm dừng" in waits
    assert "Đã gửi xong" in done
    assert "Tổng 2 người" in done
    assert ("Chị Hoa", "notices.send", "notice 2", True) in bench.audit()
    assert words(browser.get(LIST).text).count("Mời bà con đi họp.") == 2


def test_who_sees_it_on_opening_the_page_again_is_somebody(bench: Bench) -> None:
    """On the web chat alone a notice waits to be seen: it goes to them; only nobody is nobody."""
    browser = bench.signed("announcer", "Chị Hoa")

    empty = words(browser.get(written(browser)).text)
    registered(bench, "lan", channel="web")
    one = words(browser.get(written(browser)).text)

    assert "Chưa có ai nhận được tin này" in empty
    assert "Gửi cho 0 người" in empty
    assert "sẽ thấy khi mở lại 1." in one
    assert "Gửi cho 1 người" in one
    assert "Chưa có ai nhận được tin này" not in one


def test_readers_can_be_chosen(bench: Bench) -> None:
    """Only those who want to hear of contests."""
    registered(bench, "lan", "minh")
    registered(bench, "ba", interest="contest")
    browser = bench.signed("admin")

    seen = words(browser.get(written(browser, quan_tam="contest", ngon_ngu="vi")).text)

    assert "Sẽ đến 1 người" in seen


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"noi_dung": ""}, "Chưa có nội dung"),
        ({"noi_dung": "x" * 1501}, "dài quá 1500"),
        ({"luc": "2020-01-01T08:00"}, "Giờ gửi đã qua"),
        ({"luc": "mai"}, "Giờ gửi chưa đúng"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_lost(
    bench: Bench, fields: dict[str, object], told: str
) -> None:
    """The form comes back with what was typed."""
    browser = bench.signed("admin")

    answer = browser.post(LIST, **{"noi_dung": "Mời họp", "tieng-anh": "Come", **fields})

    assert (answer.status_code, told in answer.text) == (422, True)
    assert "Come" in answer.text
    assert "Chưa có thông báo nào" in browser.get(LIST).text


def test_it_can_be_paused_resumed_and_ended(bench: Bench) -> None:
    """Each act where it belongs; the second of two is told that it came too late."""
    registered(bench, "lan")
    browser = bench.signed("admin")
    page = written(browser, luc=f"{datetime.now(ZONE) + timedelta(days=2):%Y-%m-%dT%H:%M}")

    states = []
    for act in ("gui", "tam-dung", "tam-dung", "gui-tiep", "huy", "gui", "khong-co"):
        answer = browser.post(f"{page}/{act}")
        states.append((answer.status_code, words(browser.get(page).text).count("Đã hủy")))

    assert [status for status, _ended in states] == [303, 303, 409, 303, 303, 409, 404]
    assert [ended > 0 for _status, ended in states] == [False] * 4 + [True] * 3


def test_what_was_not_sent_is_not_ours(bench: Bench) -> None:
    """A notice carries the code it can be checked by; of one that was dropped it holds no more."""
    browser = bench.signed("admin")
    page = written(browser)
    codes = bench.db.read(lambda session: [row.code for row in session.scalars(select(NoticeCode))])
    shown = words(browser.get(page).text)
    browser.post(f"{page}/huy")

    assert codes
    assert f"/xacminh {codes[0]}" in shown
    gone = bench.db.read(lambda session: session.get_one(NoticeCode, codes[0]).withdrawn_at)
    assert gone is not None


def test_those_it_failed_for_get_it_again(bench: Bench) -> None:
    """One act sends again to all for whom the channel failed."""
    registered(bench, "lan", "minh")
    browser = bench.signed("admin")
    page = written(browser)
    browser.post(f"{page}/gui")
    step(bench, 1, FAILED)

    before = words(browser.get(page).text)
    browser.post(f"{page}/gui-lai")
    after = words(browser.get(page).text)

    assert "Gửi hỏng 2" in before
    assert "Còn lại 2" in after


def test_another_organiser_approves_what_was_written_in_chat(bench: Bench) -> None:
    """Who sends what somebody else wrote is named as the one who approved it."""
    registered(bench, "lan")
    page = written(bench.signed("announcer", "Hoa"))
    other = bench.signed("announcer", "Minh")

    other.post(f"{page}/gui")

    assert "người duyệt: Minh" in words(other.get(page).text)


def test_a_page_that_listens_hears_how_far_it_is(bench: Bench) -> None:
    """The stream tells the state in words, and ends when nothing moves any more."""
    registered(bench, "lan")
    browser = bench.signed("admin")
    page = written(browser)
    browser.post(f"{page}/gui")
    step(bench, 1)

    heard = browser.get(f"{page}/luong").text

    event, data = heard.split("\n")[:2]
    told = json.loads(data.removeprefix("data: "))
    assert (event, told["state"], told["percent"]) == ("event: state", "done", 100)
    assert "Tổng 1 người" in told["lines"][0]
    assert heard.endswith("event: done\ndata: 1\n\n")
    assert browser.get(f"{LIST}/99/luong").status_code == 404


def test_no_text_becomes_part_of_a_page(bench: Bench) -> None:
    """Whatever is written is shown as it was written."""
    browser = bench.signed("admin")
    for text in HOSTILE:
        page = written(browser, noi_dung=text, **{"tieng-anh": text})
        for shown in (page, LIST, f"{LIST}/moi?tu={page.rsplit('/', 1)[1]}"):
            html = browser.get(shown).text
            assert not re.search(r"<script>|<img src=x|<svg", html)
