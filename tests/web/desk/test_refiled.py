"""Changes of the events' file at the desk: counted on the first page, shown, decided once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlmodel import Session, select

from bot.content import Content
from bot.db import Database
from bot.notices import filed
from bot.notices.announce import Notice
from bot.notices.programme import Programme
from tests.notices.sample import NAMES
from tests.web.desk.bench import Bench, serve, words
from tests.web.desk.test_desk_events import TALK, ahead, comes

PAGE = "/ban/doi-trong-tep"


@pytest.fixture
def bench(sqlite_url: str, content: Content) -> Iterator[Bench]:
    """Lan comes to a talk at 19:00, of which a notice was written; its file says 20:00 now."""
    db = Database(sqlite_url)
    known = ahead(hour=19)
    db.run(partial(filed.add, events=known, now=datetime.now(UTC))).result(10)
    moved = [
        replace(one, status="changed", note="Trùng lịch <b>họp</b>") if one.id == TALK else one
        for one in ahead(hour=20)
    ]
    with serve(db, content, Programme(events=tuple(moved), names=NAMES)) as bench:
        comes(bench)
        yield bench
    db.close()


def pressed(page: str, act: str) -> dict[str, object]:
    """The form of the page, with one of its buttons."""
    mark = page.split('name="biet" value="')[1].split('"', maxsplit=1)[0]
    return {"su_kien": TALK, "biet": mark, "viec": act}


def test_a_change_is_seen_and_told_once(bench: Bench) -> None:
    """The first page counts it; its own says before and after, who hears what; then it is done."""
    first, second = bench.signed("announcer", "Chị Hoa"), bench.signed("editor", "Minh")
    home, page = words(first.get("/ban").text), first.get(PAGE).text
    told = first.post(PAGE, **pressed(page, "bao"))
    again = second.post(PAGE, **pressed(page, "khong"))

    assert "1 sự kiện đã đổi trong tệp, chưa báo cho ai" in home
    assert "19:00 đến 20:30" in words(page)
    assert "1 người đã báo sẽ đi nhận một tin" in words(page)
    assert "Giờ mới: 20:00 đến 21:30" in words(page)
    assert "&lt;b&gt;họp" in page
    assert (told.status_code, again.status_code) == (303, 409)
    assert "Đã báo: 1 người" in words(first.get(told.headers["location"]).text)
    assert "đã đổi trong tệp" not in words(first.get("/ban").text)
    assert bench.db.read(notices)[-1].startswith("THAY ĐỔI: ")
    assert ("Chị Hoa", "events.tell", f"event {TALK}", True) in bench.audit()


def test_nobody_is_told_when_so_decided(bench: Bench) -> None:
    """The notice keeps its words; who decided stands in the audit."""
    browser = bench.signed("editor", "Minh")
    status = browser.post(PAGE, **pressed(browser.get(PAGE).text, "khong")).status_code

    assert status == 303
    assert bench.db.read(notices) == ["Mời bà con."]
    assert ("Minh", "events.quiet", f"event {TALK}", True) in bench.audit()
    assert browser.post(PAGE, su_kien=TALK, biet="", viec="gì").status_code == 422


def test_the_list_leads_to_what_waits(bench: Bench) -> None:
    """Only for those who may decide."""
    assert PAGE in bench.signed("editor").get("/ban/su-kien").text
    assert PAGE not in bench.signed("viewer").get("/ban/su-kien").text


def notices(session: Session) -> list[str]:
    """The words of every notice, oldest first."""
    return [one.text for one in session.scalars(select(Notice).order_by(Notice.id))]  # type: ignore[arg-type]
