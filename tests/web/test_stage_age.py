"""Contests with limits of age: the join page asks the birth year, and only then."""

from dataclasses import replace

import pytest
from sqlmodel import Session, select

from bot.people import Person
from quiz.log import Paper
from quiz.players import Player
from tests.web.theatre import LONG, Theatre, now, opens

YOUTH = replace(LONG, least_age=11, most_age=30)


def born(age: int) -> str:
    """The birth year of somebody of an age."""
    return str(now().year - age)


def kept(theatre: Theatre) -> tuple[int | None, str, str]:
    """What is kept of the one player: birth year, unit of the person, unit in the contest."""

    def work(session: Session) -> tuple[int | None, str, str]:
        player, person = (
            session.scalars(select(Player)).one(),
            session.scalars(select(Person)).one(),
        )
        return player.birth_year, person.unit, session.scalars(select(Paper)).one().unit

    return theatre.db.read(work)


def test_only_a_contest_with_limits_asks_the_year(small: Theatre) -> None:
    """Where the rules name no age, no age is asked."""
    with small.browser() as client:
        without = client.get(small.path()).text
        opens(small, rules=YOUTH)
        page = client.get(small.path()).text

    assert 'name="born"' not in without
    assert 'name="born"' in page
    assert "dưới 16 tuổi" in page


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Bạn gõ năm sinh bốn chữ số"),
        ("hai nghìn", "Bạn gõ năm sinh bốn chữ số"),
        ("9999", "Bạn gõ năm sinh bốn chữ số"),
        (born(70), "giới hạn tuổi, bạn chưa vào được"),
    ],
    ids=["none", "in words", "in the future", "too old"],
)
def test_who_may_not_enter_is_told(small: Theatre, typed: str, told: str) -> None:
    """Without a year that fits nobody is let in; what was typed is there again."""
    opens(small, rules=YOUTH)

    with small.browser() as client:
        answer = client.post(small.path("/vao"), data={"name": "Lan", "born": typed})

    assert answer.status_code == 422
    assert told in answer.text
    assert f'value="{typed}"' in answer.text


def test_a_grown_up_enters_with_year_and_unit(theatre: Theatre) -> None:
    """The year is kept, so that it is asked but once."""
    opens(theatre, rules=YOUTH)

    with theatre.player(born=born(20), unit="doan-a") as client:
        assert 'id="play"' in client.get(theatre.path()).text
        opens(theatre, rules=replace(YOUTH, least_age=18))
        again = client.post(theatre.path("/vao"), data={"name": "Lan"})

    assert again.status_code == 303


@pytest.mark.parametrize(
    ("age", "units", "left"),
    [
        (20, (), (now().year - 20, "doan-a", "doan-a")),
        (12, (), (None, "", "")),
        (12, ("doan-a",), (None, "", "doan-a")),
    ],
    ids=["grown up", "child", "child where only units may enter"],
)
def test_of_a_child_a_nickname_is_kept(
    small: Theatre, age: int, units: tuple[str, ...], left: tuple[int | None, str, str]
) -> None:
    """Under 16 neither year nor unit stays, unless the contest is one of units."""
    opens(small, rules=replace(YOUTH, units=units))

    with small.player(born=born(age), unit="doan-a"):
        assert kept(small) == left
