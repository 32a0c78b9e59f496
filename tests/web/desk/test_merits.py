"""The page of commendations: who sees it, who chooses, its papers, and each figure's rows."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlmodel import Session

from bot.content import Content
from bot.db import Database
from bot.flows.turn import House
from bot.notices import ledger
from bot.notices.plan import Plan
from bot.organisers import POWERS, Role
from tests.conftest import ZONE
from tests.web.desk.bench import Bench, serve, words

PAGE, UNIT, NAME = "/ban/bieu-duong", "phong-van-hoa-xa-hoi", "Phòng Văn hóa - Xã hội"
DAY = timedelta(days=1)


def seeded(session: Session, plan: Plan) -> None:
    """An activity done on its day, so that one unit has a figure."""
    now = datetime.now(UTC)
    today = now.astimezone(ZONE).date()
    ledger.report(session, plan, "toa-dam-tai-thon", "Lan", now, status="done", due=today)


@pytest.fixture
def at(db: Database, content: Content, house: House) -> Iterator[Bench]:
    """The page with one activity done."""
    db.run(partial(seeded, plan=house.programme.plan)).result()
    with serve(db, content, house.programme) as opened:
        yield opened


@pytest.mark.parametrize("role", [None, *POWERS])
def test_who_may_see_and_who_may_choose(at: Bench, role: Role | None) -> None:
    """The ranking is for who may read figures; who is commended is for who may edit."""
    read = 200 if role and "numbers.read" in POWERS[role] else 403
    edit = 303 if role and "content.edit" in POWERS[role] else 403
    browser = at.signed(role) if role else None
    http = browser.http if browser else at.stranger()
    page = http.get(PAGE)
    files = [http.get(f"{PAGE}.{ending}").status_code for ending in ("docx", "xlsx")]
    chosen = browser.post(PAGE, don_vi=UNIT) if browser else http.post(PAGE)

    assert [page.status_code, *files] == [read] * 3
    assert chosen.status_code == edit
    assert ('type="checkbox"' in page.text) is (edit == 303)


def test_units_are_chosen_and_certified(at: Bench) -> None:
    """Before anybody is chosen there is no certificate; then a page each, and an audit line."""
    browser = at.signed("editor", "Lan")
    before = browser.get(f"{PAGE}.pdf")
    saved = browser.post(PAGE, don_vi=[UNIT, "doan-dac-khu", "nobody"])
    page = browser.get(saved.headers["location"]).text
    after = browser.get(f"{PAGE}.pdf")

    assert (before.status_code, "trước" in before.text) == (422, True)
    assert page.count(" checked") == 2
    assert 'role="status"' in page
    assert len(re.findall(rb"/Type\s*/Page\b", after.content)) == 2
    assert "attachment" in after.headers["content-disposition"]
    year = datetime.now(ZONE).year
    told = f"{year}: doan-dac-khu, {UNIT}"
    assert ("Lan", "merit.choose", told, True) in at.audit()
    browser.post(f"{PAGE}?tu={year}-01-01&den={year}-01-31")
    assert " checked" not in browser.get(PAGE).text


def test_a_unit_leads_to_the_rows_of_its_figures(at: Bench) -> None:
    """A figure shows what it comes from; a missing one says so and has no points."""
    browser = at.signed("viewer")
    ranking = browser.get(PAGE).text
    link = re.search(rf'href="({PAGE}\?don-vi={UNIT}[^"]+)"', ranking)
    assert link
    page = browser.get(link[1].replace("&amp;", "&")).text

    assert "100%" in words(page)
    assert re.search(r"<code>planedit \d+</code>", page)
    assert "thiếu: chưa có số liệu" in words(page)
    assert "chưa đủ số liệu" in words(ranking)


def test_the_page_is_in_english_too(at: Bench) -> None:
    """Headings are in English for who asks; an unknown unit shows the ranking."""
    browser = at.signed("viewer")
    page = words(browser.get(f"{PAGE}?don-vi=x&lang=en").text)

    assert "Commendations" in page
    assert "Xếp hạng" not in page
