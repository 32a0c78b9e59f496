"""The jury: three to seven, marks within range, averages that can be traced."""

import pytest
from sqlmodel import Session

from quiz import contest, jury, players
from quiz.jury import JuryFullError, MarkError
from quiz.papers import Entrant
from quiz.players import Player
from quiz.rounds import Round, id_of
from tests.conftest import NOON


@pytest.fixture
def teams(session: Session, evening: Round) -> list[Player]:
    """Two teams that perform."""
    found = [
        players.enrol(session, id_of(evening), "team", name, NOON) for name in ("Đội A", "Đội B")
    ]
    for team in found:
        contest.join(session, evening, Entrant(team.person_key), "stage", NOON)
    return found


def test_marks_are_averaged_by_part(session: Session, evening: Round, teams: list[Player]) -> None:
    """Each part's average over the jurors, added up, beside the points of the quiz."""
    one, two = (jury.appoint(session, evening, name, NOON) for name in ("Cô Ba", "Chú Tư"))
    for juror, points in ((one, 30), (two, 40)):
        jury.give(session, evening, juror, teams[1].person_key, "tieu-pham", points, NOON)
    jury.give(session, evening, one, teams[1].person_key, "chao-hoi", 15.5, NOON)

    first, second = jury.scores(session, evening)

    assert (first.name, first.jury, first.total) == ("Đội B", 50.5, 50.5)
    assert first.parts == (("tieu-pham", 35.0), ("chao-hoi", 15.5))
    assert (second.rank, second.total) == (2, 0)


def test_a_mark_given_again_replaces_the_first(
    session: Session, evening: Round, teams: list[Player]
) -> None:
    """A juror may correct a mark."""
    juror = jury.appoint(session, evening, "Cô Ba", NOON)
    for points in (10, 20):
        jury.give(session, evening, juror, teams[0].person_key, "chao-hoi", points, NOON)

    assert [mark.points for _juror, mark in jury.marks(session, evening)] == [20]


@pytest.mark.parametrize(("part", "points"), [("chao-hoi", 21), ("chao-hoi", -1), ("la", 5)])
def test_a_mark_out_of_range_is_refused(
    session: Session, evening: Round, teams: list[Player], part: str, points: float
) -> None:
    """No mark beyond what a part allows, and none for a part that is not there."""
    juror = jury.appoint(session, evening, "Cô Ba", NOON)

    with pytest.raises(MarkError):
        jury.give(session, evening, juror, teams[0].person_key, part, points, NOON)


def test_only_teams_of_the_contest_are_marked(session: Session, evening: Round) -> None:
    """A forged team is refused."""
    juror = jury.appoint(session, evening, "Cô Ba", NOON)

    with pytest.raises(MarkError):
        jury.give(session, evening, juror, "team-forged", "chao-hoi", 5, NOON)


def test_a_jury_has_at_most_seven(session: Session, evening: Round) -> None:
    """The eighth is refused."""
    for number in range(7):
        jury.appoint(session, evening, f"Giám khảo {number}", NOON)

    with pytest.raises(JuryFullError):
        jury.appoint(session, evening, "Người thứ tám", NOON)


def test_a_jury_is_complete_when_every_part_is_marked(
    session: Session, evening: Round, teams: list[Player]
) -> None:
    """Three jurors, two teams, two parts: twelve marks."""
    jurors = [jury.appoint(session, evening, f"Giám khảo {n}", NOON) for n in range(3)]
    for juror in jurors:
        for team in teams:
            assert not jury.complete(session, evening)
            for part in ("tieu-pham", "chao-hoi"):
                jury.give(session, evening, juror, team.person_key, part, 10, NOON)

    assert jury.complete(session, evening)
