"""Results carried between machines: read twice they change nothing."""

from datetime import timedelta

import pytest
from sqlmodel import Session, func, select

from bot.db import Database
from bot.tables import migrate
from quiz import board, contest, jury, merge, players, pressing, recount, rounds
from quiz.log import Answer
from quiz.merge import UnreadableResultsError
from quiz.papers import Entrant
from quiz.players import Player
from quiz.pressing import Press
from quiz.rounds import id_of
from tests.conftest import NOON
from tests.quiz.conftest import STAGE, opened


def evening_of_a_hotspot(session: Session) -> str:
    """A contest played without the Internet, written to a file."""
    round_ = opened(session, STAGE)
    for name in ("lan", "minh"):
        players.name(session, name, name.title(), NOON)
        contest.join(session, round_, Entrant(name), "stage", NOON)
    team = players.enrol(session, id_of(round_), "team", "Đội A", NOON)
    contest.join(session, round_, Entrant(team.person_key), "stage", NOON)
    juror = jury.appoint(session, round_, "Cô Ba", NOON)
    jury.give(session, round_, juror, team.person_key, "chao-hoi", 12, NOON)
    contest.take(session, round_, "open", 0, "Hoa", NOON)
    place = contest.shown(round_, 1).answer
    presses = [
        Press(name, (place + wrong) % 4, "stage", NOON + timedelta(seconds=2))
        for name, wrong in (("lan", 0), ("minh", 1))
    ]
    pressing.press(session, round_, presses)
    contest.take(session, round_, "close", 1, "Hoa", NOON + timedelta(seconds=5))
    return merge.dump(session, round_)


@pytest.fixture
def carried(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the laptop of the evening wrote."""
    laptop = Database(f"sqlite:///{tmp_path_factory.mktemp('laptop')}/bot.db")
    migrate(laptop.engine)
    with Session(laptop.engine) as session:
        written = evening_of_a_hotspot(session)
    laptop.close()
    return written


def test_results_arrive_whole(session: Session, carried: str) -> None:
    """Board, teams and marks are those of the evening; its people are guests here."""
    merged = merge.load(session, carried)
    round_ = rounds.listed(session)[0]

    assert (merged.players, merged.papers, merged.answers) == (3, 3, 2)
    assert [(row.name, row.right) for row in board.top(session, id_of(round_))] == [
        ("Lan", 1),
        ("Minh", 0),
    ]
    assert [score.jury for score in jury.scores(session, round_)] == [12.0]
    assert recount.compare(session, round_) == []
    lan = session.get(Player, "lan")
    assert lan is not None
    assert lan.kind == "guest"
    assert contest.standing_of(session, round_).phase == "closed"


def test_reading_twice_changes_nothing(session: Session, carried: str) -> None:
    """Nobody has to remember whether a file was read."""
    merge.load(session, carried)
    before = session.scalar(select(func.count()).select_from(Answer))

    again = merge.load(session, carried)

    assert (again.players, again.papers, again.answers) == (0, 0, 0)
    assert session.scalar(select(func.count()).select_from(Answer)) == before
    assert len(rounds.listed(session)) == 1


def test_names_put_into_a_file_by_hand_are_not_shown(session: Session, carried: str) -> None:
    """A rude or unsafe name does not get in by way of an edited file."""
    merge.load(session, carried.replace('"nickname": "Lan"', '"nickname": "Ban to chuc\\u0000"'))
    round_ = rounds.listed(session)[0]

    assert board.top(session, id_of(round_))[0].name == players.NOBODY


def test_a_taken_code_is_replaced(session: Session, carried: str) -> None:
    """Two machines may have drawn the same joining code."""
    mine = opened(session, STAGE)
    theirs = carried.replace('"code": "', f'"code": "{mine.code}" , "old": "', 1)

    merge.load(session, theirs)

    assert len({item.code for item in rounds.listed(session)}) == 2


@pytest.mark.parametrize(
    "written",
    ["", "[]", "{}", '{"format": 99}', '{"format": 1, "round": {}}', "\x00"],
)
def test_what_is_not_a_file_of_ours_is_refused(session: Session, written: str) -> None:
    """A wrong file is told, and nothing is kept."""
    with pytest.raises(UnreadableResultsError):
        merge.load(session, written)
