"""Rounds that have been played, for what is written about them."""

import pytest
from sqlmodel import Session

from quiz import contest, jury, players
from quiz.papers import Entrant
from quiz.rounds import Round, id_of
from tests.conftest import NOON
from tests.papers.play import SECOND, named, press, writes
from tests.quiz.conftest import SELF, STAGE, opened


@pytest.fixture
def week(session: Session) -> Round:
    """A round played alone."""
    return opened(session, SELF)


@pytest.fixture
def evening(session: Session) -> Round:
    """A contest on stage."""
    return opened(session, STAGE)


@pytest.fixture
def played(session: Session, week: Round) -> Round:
    """Three players: Lan before Minh, who ties with An."""
    for key, right, unit in (("lan", 4, "doan-an-hai"), ("minh", 3, ""), ("an", 3, "doan-an-hai")):
        named(session, key, key.title())
        writes(session, week, key, right, unit)
    return week


@pytest.fixture
def staged(session: Session, evening: Round) -> Round:
    """An evening: a team, a player, a step undone, and a jury of three."""
    team = players.enrol(session, id_of(evening), "team", "Đội Sóng Biển", NOON)
    named(session, "lan", "Lan")
    for key in (team.person_key, "lan"):
        contest.join(session, evening, Entrant(key), "stage", NOON)
    contest.take(session, evening, "open", 0, "Hoa", NOON)
    press(session, evening, "lan", 3)
    contest.undo(session, evening, 1, NOON + 4 * SECOND)
    contest.take(session, evening, "open", 1, "Hoa", NOON + 5 * SECOND)
    press(session, evening, "lan", 8)
    press(session, evening, team.person_key, 9)
    for number in range(1, 4):
        juror = jury.appoint(session, evening, f"Giám khảo {number}", NOON)
        jury.give(session, evening, juror, team.person_key, "tieu-pham", 30 + number, NOON)
    return evening
