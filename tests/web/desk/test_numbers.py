"""The page of figures: for organisers only, plots and tables that agree, days behind a row."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from sqlmodel import Session

from bot import asked
from bot.asked import NEAR, NOTHING, SURE
from bot.content import Content, Place
from bot.db import Database
from bot.flows.turn import House
from bot.organisers import POWERS, Role
from bot.rows import Figure, Row, ticks
from bot.web.desk.plots import runs
from tests.conftest import ZONE
from tests.hostile import HOSTILE
from tests.web.desk.bench import Bench, serve
from tests.web.test_chat import Tags

PAGE = "/ban/so-lieu"
EVIL = "<script>alert(1)</script>\u202e\"'"


def today() -> date:
    """This day on the island: asked for in each test, since midnight may come between two."""
    return datetime.now(ZONE).date()


def seeded(session: Session) -> None:
    """Some weeks of questions."""
    for ago in range(31):
        for verdict, count in ((SURE, 9), (NEAR, 2), (NOTHING, 1)):
            entry = "cam-nang-chuyen-doi-so-o-dau" if verdict == SURE else ""
            for _each in range(count):
                asked.note(session, today() - timedelta(ago), verdict, entry, "tay", "web")


@pytest.fixture
def at(db: Database, content: Content, house: House) -> Iterator[Bench]:
    """The page with what was asked in some weeks."""
    db.run(seeded).result()
    hamlets = (Place("tay", f"Thôn {EVIL}"),)
    known = replace(content, places=replace(content.places, hamlets=hamlets))
    with serve(db, known, house.programme) as opened:
        yield opened


@pytest.mark.parametrize("role", [None, *POWERS])
def test_only_organisers_who_may_read_numbers_see_them(at: Bench, role: Role | None) -> None:
    """A stranger is told to sign in; every role with the power sees the figures."""
    may = role is not None and "numbers.read" in POWERS[role]
    browser = at.signed(role) if role else at.stranger()
    answers = [browser.get(PAGE), browser.get(f"{PAGE}/ket-qua?dong=sure")]

    assert [answer.status_code for answer in answers] == [200 if may else 403] * 2
    assert all(answer.headers["cache-control"] == "no-store" for answer in answers)
    assert ("<svg" in answers[0].text) is may


def test_each_plot_has_a_table_that_says_the_same(at: Bench) -> None:
    """As many plots as tables; bars and table carry the same numbers in the same order."""
    browser = at.signed("viewer")
    page = browser.get(PAGE).text

    assert page.count("<svg") == page.count("<table>") == 6
    part = page.split('id="f-ket-qua"')[1].split("</section>")[0]
    plot = re.findall(r'class="value"[^>]*>([^<]+)<', part)
    table = re.findall(r'<td class="num">([^<]+)<', part)
    assert plot == table == ["270", "60", "30"]


def test_a_row_leads_to_its_days(at: Bench) -> None:
    """The link of a row opens its counts over time, and back again to the same days."""
    browser = at.signed("viewer")
    span = f"tu={today() - timedelta(6)}&den={today()}"
    page = browser.get(f"{PAGE}?{span}").text
    link = re.search(r'href="(/ban/so-lieu/ket-qua\?dong=sure[^"]+)"', page)
    assert link
    down = browser.get(link[1].replace("&amp;", "&")).text

    assert re.findall(r'<td class="num">([^<]+)<', down) == ["9"] * 7
    assert f'href="{PAGE}?{span.replace("&", "&amp;")}"' in down


@pytest.mark.parametrize(
    "query",
    [
        *("tu=&den=2026-01-01", "tu=x&den=y", "tu=2026-02-01&den=2026-01-01", "tu=2026-02-01"),
        *("tu=0001-01-01&den=9999-12-31", "tu=2020-01-01&den=2024-01-01", "tu=%00&den=%ff"),
    ],
)
def test_days_that_make_no_sense_are_told_of(at: Bench, query: str) -> None:
    """The last thirty days are shown instead, with a sentence that says so."""
    browser = at.signed("viewer")
    answer = browser.get(f"{PAGE}?{query}")

    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert f'value="{today()}"' in answer.text


def test_hostile_words_make_no_element(at: Bench) -> None:
    """What is written in an address or a name never becomes markup."""
    browser = at.signed("viewer")
    names = (EVIL, "ket-qua", *(text[:300] for text in HOSTILE.values()))
    for clean in (name.encode("utf-8", "replace").decode() for name in names):
        pages = [
            browser.http.get(PAGE, params={"tu": clean, "den": clean}),
            browser.http.get(f"{PAGE}/thon", params={"dong": clean}),
        ]

        for page in pages:
            assert page.status_code in {200, 303}, clean
            assert page.text.count("<script") == (page.status_code == 200), clean


def test_the_page_is_in_english_too(at: Bench) -> None:
    """Asked for in English once, the desk goes on in it."""
    browser = at.signed("viewer")
    page = browser.get(f"{PAGE}?lang=en").text
    kept = browser.get(PAGE).text

    assert "Questions over time" in page
    assert "Questions over time" in kept


def test_names_make_no_element(at: Bench) -> None:
    """A thôn with markup and direction marks in its name adds no element to the page."""
    browser = at.signed("viewer")
    page = browser.get(PAGE).text
    tags = Tags()
    tags.feed(page)

    assert "style" not in tags.seen
    assert page.count("<script") == 1
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("most", [0, 1, 3, 4, 5, 9, 10, 11, 47, 99, 100, 1234, 999_999, 1_000_001])
def test_ticks_are_round_and_reach_the_top(most: float) -> None:
    """The last tick is not below the largest number, the one before it is."""
    found = ticks(most)

    assert found[0] == 0
    assert found[-1] >= most
    assert found[-2] < max(most, 1)
    assert len({b - a for a, b in itertools.pairwise(found)}) == 1


def test_a_line_is_broken_where_a_number_is_hidden() -> None:
    """A hidden number is a gap, never nought."""
    values = (8.0, None, 6.0, 7.0)
    rows = tuple(Row(str(at), str(at), value, "<5") for at, value in enumerate(values))
    run = partial(runs, Figure("x", "X", "T", "N", rows, "line"))

    assert [len(part) for part in run()] == [1, 2]
