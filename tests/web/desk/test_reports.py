"""The pages of reports: papers for organisers, a link and a form for each unit."""

import re
from collections.abc import Iterator

import httpx
import pytest

from bot.content import Content
from bot.db import Database
from bot.flows.turn import House
from bot.organisers import POWERS, Role
from tests.web.desk.bench import Bench, serve

PAGE, UNIT = "/ban/bao-cao", "phong-van-hoa-xa-hoi"
EVIL = "</textarea><script>alert(1)</script>"


@pytest.fixture
def at(db: Database, content: Content, house: House) -> Iterator[Bench]:
    """The pages on an empty database."""
    with serve(db, content, house.programme) as opened:
        yield opened


def link_of(at: Bench) -> str:
    """The path of a new link for a unit."""
    browser = at.signed("editor")
    page = browser.post(PAGE, unit=UNIT).text
    found = re.search(r"(/ban/don-vi/[\w-]+)<", page)
    assert found
    return found[1]


@pytest.mark.parametrize("role", [None, *POWERS])
def test_who_may_read_and_who_may_make_links(at: Bench, role: Role | None) -> None:
    """Papers are for who may read figures; links are made by who may edit."""
    read = 200 if role and "numbers.read" in POWERS[role] else 403
    edit = 200 if role and "content.edit" in POWERS[role] else 403
    browser = at.signed(role) if role else None
    http = browser.http if browser else at.stranger()
    answers = [http.get(f"{PAGE}{ending}").status_code for ending in ("", ".docx", ".xlsx")]
    made = browser.post(PAGE, unit=UNIT) if browser else http.post(PAGE, data={"unit": UNIT})

    assert answers == [read] * 3
    assert made.status_code == edit
    assert ("/ban/don-vi/" in made.text) is (edit == 200)


def test_papers_are_files_of_their_kind(at: Bench) -> None:
    """Both papers come as attachments that are not kept on the way."""
    browser = at.signed("viewer")
    found = [browser.get(f"{PAGE}.{ending}") for ending in ("docx", "xlsx")]

    assert all(answer.content.startswith(b"PK") for answer in found)
    assert all("attachment" in answer.headers["content-disposition"] for answer in found)
    assert all(answer.headers["cache-control"] == "no-store" for answer in found)


def test_a_unit_hands_in_and_corrects(at: Bench) -> None:
    """What was sent stands in the form again, and the desk shows it was handed in."""
    link, said = link_of(at), {"done-toa-dam-tai-thon": f"Ba buổi\n{EVIL}"}
    unit = at.stranger()
    before = unit.get(link)
    after = unit.post(link, data={**said, "people-toa-dam-tai-thon": "1.200"})
    again = unit.get(link).text
    browser = at.signed("viewer")
    page = browser.get(PAGE).text

    assert 'role="status"' not in before.text
    assert 'role="status"' in after.text
    assert "Ba buổi" in again
    assert 'value="1200"' in again
    assert "<script" not in again
    assert page.count("Chưa gửi") == 3


def test_wrong_numbers_are_told_and_nothing_is_lost(at: Bench) -> None:
    """What was typed stays in the form until the number is right."""
    link = link_of(at)
    said = {"done-toa-dam-tai-thon": "Bốn buổi", "times-toa-dam-tai-thon": "nhiều lắm"}
    unit = at.stranger()
    answer = unit.post(link, data=said)
    kept = unit.get(link)

    assert 'role="alert"' in answer.text
    assert "Bốn buổi" in answer.text
    assert 'value="nhiều lắm"' in answer.text
    assert "Bốn buổi" not in kept.text


@pytest.mark.parametrize("token", ["x", "a" * 43, "%F0%9F%98%80", "%00", "' OR 1=1 --"])
def test_a_forged_link_opens_nothing(at: Bench, token: str) -> None:
    """Wrong links are told politely, on GET and on POST."""
    unit = at.stranger()
    answers = [unit.get(f"/ban/don-vi/{token}"), unit.post(f"/ban/don-vi/{token}")]

    assert [answer.status_code for answer in answers] == [410, 410]
    assert not any("<textarea" in answer.text for answer in answers)


def test_another_site_cannot_hand_in(at: Bench) -> None:
    """A post that another site's page sends is refused."""
    link = link_of(at)
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = httpx.post(f"{at.url}{link}", headers=headers, data={"note": "x"})

    assert answer.status_code == 403
