"""The live contest: first answers count, once, in time; a mistaken step can be undone."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from quiz import board, contest, players, pressing, recount
from quiz.contest import StaleStepError
from quiz.log import Answer
from quiz.papers import Entrant, NotAllowedError
from quiz.pressing import HELPER, Press
from quiz.rounds import Round, RoundClosedError, id_of
from quiz.stage import StepError
from tests.conftest import NOON

SECOND = timedelta(seconds=1)


def joins(session: Session, round_: Round, *names: str) -> None:
    """People take part."""
    for name in names:
        contest.join(session, round_, Entrant(name), "stage", NOON)


def step(session: Session, round_: Round, act: str, after: float = 0) -> None:
    """The presenter presses a button some seconds after noon."""
    seen = contest.standing_of(session, round_).step
    contest.take(session, round_, act, seen, "Hoa", NOON + after * SECOND)  # type: ignore[arg-type]


def press(
    session: Session,
    round_: Round,
    name: str,
    after: float,
    *,
    right: bool = True,
    channel: str = "stage",
    question: str = "",
) -> str:
    """Somebody presses an option some seconds after noon; what became of it."""
    number = contest.standing_of(session, round_).question or 1
    place = contest.shown(round_, number).answer
    shown = place if right else (place + 1) % 4
    item = Press(name, shown, channel, NOON + after * SECOND, question)
    return pressing.press(session, round_, [item])[0]


def test_the_first_answer_counts(session: Session, evening: Round) -> None:
    """Another press, from whatever device, changes nothing."""
    joins(session, evening, "lan")
    step(session, evening, "open")

    results = [
        press(session, evening, "lan", 3),
        press(session, evening, "lan", 4, right=False, channel="telegram"),
    ]

    assert results == ["counted", "already"]
    assert [item.right for item in session.scalars(select(Answer))] == [True]


def test_two_presses_of_one_batch_are_one_answer(session: Session, evening: Round) -> None:
    """The first by its moment of arrival stands, though both come to be written together."""
    joins(session, evening, "lan")
    step(session, evening, "open")
    twice = [Press("lan", shown, "stage", NOON + shown * SECOND) for shown in (1, 2)]

    assert pressing.press(session, evening, twice) == ["counted", "already"]


@pytest.mark.parametrize(
    ("name", "after", "channel", "question", "result"),
    [
        ("lan", 20.9, "stage", "", "counted"),
        ("lan", 21.1, "stage", "", "late"),
        ("lan", 22.9, "telegram", "", "counted"),
        ("lan", 23.1, "telegram", "", "late"),
        ("lan", -1, "stage", "", "closed"),
        ("minh", 5, "stage", "", "stranger"),
        ("lan", 5, "stage", "q999", "unknown"),
    ],
)
def test_what_does_not_count(
    session: Session,
    evening: Round,
    name: str,
    after: float,
    channel: str,
    question: str,
    result: str,
) -> None:
    """Late, early, strange and forged answers are told apart and leave no trace on the board."""
    joins(session, evening, "lan")
    step(session, evening, "open")

    told = press(session, evening, name, after, channel=channel, question=question)

    assert told == result
    mine = board.standing(session, id_of(evening), "lan")
    assert mine is not None
    assert mine.right == (1 if result == "counted" else 0)


def test_no_option_beyond_the_fourth(session: Session, evening: Round) -> None:
    """A payload that names an option which is not there is refused."""
    joins(session, evening, "lan")
    step(session, evening, "open")

    results = pressing.press(
        session, evening, [Press("lan", shown, "stage", NOON + SECOND) for shown in (-1, 4, 99)]
    )

    assert results == ["unknown"] * 3


def test_nothing_is_taken_before_a_question_is_open(session: Session, evening: Round) -> None:
    """In the lobby and after the reveal there is nothing to answer."""
    joins(session, evening, "lan")
    before = press(session, evening, "lan", 1)
    for act, after in (("open", 0), ("close", 5), ("reveal", 6)):
        step(session, evening, act, after)

    assert (before, press(session, evening, "lan", 7)) == ("closed", "closed")


def test_a_late_joiner_scores_from_then_on(session: Session, evening: Round) -> None:
    """Whoever comes at the second question has the points of the second question."""
    joins(session, evening, "lan")
    for act in ("open", "close", "reveal", "standings"):
        step(session, evening, act, 1)
    joins(session, evening, "minh")
    step(session, evening, "open", 30)

    assert press(session, evening, "minh", 33) == "counted"


def test_joining_twice_is_joining_once(session: Session, evening: Round) -> None:
    """A lost phone that comes back has what it had."""
    joins(session, evening, "lan")
    step(session, evening, "open")
    press(session, evening, "lan", 3)
    joins(session, evening, "lan")

    assert board.count(session, id_of(evening)) == 1
    assert board.top(session, id_of(evening))[0].right == 1


def test_organisers_do_not_play(session: Session, evening: Round) -> None:
    """Nobody plays in a contest they run."""
    with pytest.raises(NotAllowedError):
        contest.join(session, evening, Entrant("hoa", organiser=True), "stage", NOON)


def test_two_presenters_take_one_step(session: Session, evening: Round) -> None:
    """Who presses second, having seen an older state, is told so."""
    contest.take(session, evening, "open", 0, "Hoa", NOON)

    with pytest.raises(StaleStepError):
        contest.take(session, evening, "open", 0, "Nam", NOON)


def test_undoing_an_opening_voids_its_answers(session: Session, evening: Round) -> None:
    """The question can be opened again, and everybody answers it anew."""
    joins(session, evening, "lan")
    step(session, evening, "open")
    press(session, evening, "lan", 3)
    contest.undo(session, evening, 1, NOON + 5 * SECOND)
    undone = board.standing(session, id_of(evening), "lan")
    assert undone is not None
    assert undone.right == 0

    step(session, evening, "open", 10)

    assert press(session, evening, "lan", 12) == "counted"
    assert recount.compare(session, evening) == []


def test_nothing_to_undo_is_told(session: Session, evening: Round) -> None:
    """Before the first step there is nothing to take back."""
    with pytest.raises(StepError):
        contest.undo(session, evening, 0, NOON)


def test_paper_answers_count_until_the_reveal(session: Session, evening: Round) -> None:
    """What a helper keys in took all the time there was, so that it gains nothing by waiting."""
    paper = players.enrol(session, id_of(evening), "paper", "Bà Tư", NOON)
    joins(session, evening, paper.person_key)
    step(session, evening, "open")
    step(session, evening, "close", 20)

    told = press(session, evening, paper.person_key, 60, channel=HELPER)

    mine = board.standing(session, id_of(evening), paper.person_key)
    assert mine is not None
    assert (told, mine.right, mine.took) == ("counted", 1, 20_000)


def test_the_distribution_is_in_the_order_shown(session: Session, evening: Round) -> None:
    """What stands under A on the wall is counted under A."""
    joins(session, evening, "a", "b", "c")
    step(session, evening, "open")
    chosen = (("a", 0), ("b", 0), ("c", 3))
    presses = [Press(name, shown, "stage", NOON + SECOND) for name, shown in chosen]
    pressing.press(session, evening, presses)

    current = contest.standing_of(session, evening)

    assert contest.distribution(session, evening, current) == (2, 0, 0, 1)


def test_teams_stand_on_a_board_of_their_own(session: Session, evening: Round) -> None:
    """The audience is ranked without the teams on stage."""
    team = players.enrol(session, id_of(evening), "team", "Đội An Hải", NOON)
    joins(session, evening, "lan", team.person_key)

    assert [row.person_key for row in board.top(session, id_of(evening))] == ["lan"]
    teams = board.top(session, id_of(evening), side=board.TEAMS)
    assert [row.name for row in teams] == ["Đội An Hải"]


def test_an_ended_contest_takes_nobody(session: Session, evening: Round) -> None:
    """After the end nobody joins; undoing the end opens the doors again."""
    step(session, evening, "end")
    with pytest.raises(RoundClosedError):
        joins(session, evening, "lan")
    contest.undo(session, evening, 1, NOON + SECOND)

    joins(session, evening, "lan")

    assert board.count(session, id_of(evening)) == 1
