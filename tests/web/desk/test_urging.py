"""The page of units to be urged: who must be telephoned, who is told, and who may say so."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlmodel import Session

from bot.content import Content
from bot.db import Database
from bot.flows.turn import House
from bot.notices import contacts, ledger, urge
from bot.notices.plan import Plan
from bot.organisers import POWERS, Role
from tests.conftest import ZONE
from tests.web.desk.bench import Bench, serve, words

PAGE, UNIT, NAME = "/ban/don-doc", "phong-van-hoa-xa-hoi", "Phòng Văn hóa - Xã hội"


def seeded(session: Session, plan: Plan) -> None:
    """Something is due tomorrow and nobody is named for its units: reminded this morning."""
    now = datetime.now(UTC)
    today = now.astimezone(ZONE).date()
    due = today + timedelta(1)
    ledger.report(session, plan, "bieu-duong-dien-hinh", "Lan", now, status="doing", due=due)
    morning = datetime.combine(today, datetime.min.time(), ZONE) + timedelta(hours=8)
    assert urge.send(session, plan, morning, ZONE) == 1


@pytest.fixture
def at(db: Database, content: Content, house: House) -> Iterator[Bench]:
    """The page with a unit that nobody could be told for."""
    db.run(partial(seeded, plan=house.programme.plan)).result()
    with serve(db, content, house.programme) as opened:
        yield opened


@pytest.mark.parametrize("role", [None, *POWERS])
def test_who_may_see_and_who_may_note(at: Bench, role: Role | None) -> None:
    """Everybody at the desk sees whom to telephone; who may edit notes that it was done."""
    read = 200 if role and "numbers.read" in POWERS[role] else 403
    edit = 303 if role and "content.edit" in POWERS[role] else 403
    browser = at.signed(role) if role else None
    http = browser.http if browser else at.stranger()
    page = http.get(PAGE)
    posts = [
        (browser.post(f"{PAGE}/{act}") if browser else http.post(f"{PAGE}/{act}")).status_code
        for act in ("da-goi", "dau-moi")
    ]

    assert page.status_code == read
    assert posts == [edit] * 2
    assert (f'aria-label="Đã gọi {NAME}"' in page.text) is (edit == 303)


def test_a_call_is_noted_once(at: Bench) -> None:
    """The home page counts it, the list says why; noted, it stands with who did."""
    browser, other = at.signed("editor", "Lan"), at.signed("admin", "Minh")
    home, page = words(browser.get("/ban").text), browser.get(PAGE).text
    number = re.search(r'name="so" value="(\d+)"', page)
    assert number
    assert "1 đơn vị cần gọi điện nhắc" in home
    assert "Chưa nhắn được: lúc nhắc chưa có đầu mối của đơn vị" in words(page)
    answers = [one.post(f"{PAGE}/da-goi", so=number[1]) for one in (browser, other)]
    after = words(browser.get(answers[0].headers["location"]).text)

    assert "Đã ghi là đã gọi." in after
    assert "Lan đã gọi" in after
    assert [line for line in at.audit() if line[1] == "units.called"] == [
        ("Lan", "units.called", f"urge {number[1]}", True)
    ]
    assert "cần gọi điện" not in browser.get("/ban").text


def test_a_contact_is_named_and_unnamed(at: Bench) -> None:
    """An organiser who is there is kept for a unit of the plan; anything else changes nothing."""
    browser = at.signed("editor", "Lan")
    hoa = at.organiser("viewer", "Hoa")
    for unit, number in (("x", hoa), (UNIT, 999), (UNIT, "'"), (UNIT, hoa)):
        browser.post(f"{PAGE}/dau-moi", don_vi=unit, nguoi=number)
    named = at.db.read(lambda session: {u: o.id for u, o in contacts.named(session).items()})
    page = browser.get(PAGE).text
    browser.post(f"{PAGE}/dau-moi", don_vi=UNIT, nguoi=0)

    assert named == {UNIT: hoa}
    assert f'<option value="{hoa}" selected>Hoa (chưa vào chat)' in page
    assert at.db.read(contacts.named) == {}
    told = [line[2] for line in at.audit() if line[1] == "units.contact"]
    assert told[-1] == f"unit {UNIT} organiser 0"


def test_who_may_not_edit_sees_the_contacts(at: Bench) -> None:
    """Names without forms, in English too."""
    viewer = at.signed("viewer")
    page = words(viewer.get(f"{PAGE}?lang=en").text)

    assert "To telephone" in page
    assert f"{NAME} : none yet" in page
    assert "<select" not in viewer.get(PAGE).text
