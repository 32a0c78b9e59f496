"""Papers written alone: who may enter, what counts, and what the board makes of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from quiz import board, papers, recount, rounds
from quiz.log import Answer, Paper
from quiz.papers import NO_CHOICE, Entrant, NoAttemptLeftError, NotAllowedError, Outcome
from quiz.rounds import Round, RoundClosedError, id_of
from tests.conftest import NOON, ZONE
from tests.quiz.conftest import SELF, opened

LAN = Entrant("lan", unit="doan-a")
SECOND = timedelta(seconds=1)


def begun(session: Session, round_: Round, who: Entrant = LAN, after: timedelta = SECOND) -> Paper:
    """A paper begun some time after noon."""
    return papers.begin(session, round_, who, "web", NOON + after, ZONE)


def answered(
    session: Session, round_: Round, paper: Paper, *, right: bool, after: timedelta
) -> Outcome | None:
    """The question before a player put and answered, some time after noon."""
    put = papers.put(round_, paper, NOON + after)
    assert put is not None
    place = put.order.index(put.question.answer)
    shown = place if right else (place + 1) % 4
    return papers.answer(session, round_, paper, shown, "web", NOON + after + 2 * SECOND)


def test_a_paper_from_beginning_to_end(session: Session, week: Round) -> None:
    """Five questions, three of them right: the board shows it at once."""
    paper = begun(session, week)
    for number in range(5):
        answered(session, week, paper, right=number < 3, after=timedelta(minutes=number + 1))

    mine = board.standing(session, id_of(week), "lan")

    assert paper.finished_at is not None
    assert mine is not None
    assert (mine.right, mine.took, mine.answered) == (3, 6000, 5)


def test_beginning_again_goes_on_with_the_same_paper(session: Session, week: Round) -> None:
    """Nobody gets other questions by leaving in the middle."""
    first = begun(session, week)
    answered(session, week, first, right=True, after=timedelta(minutes=1))

    assert begun(session, week, after=timedelta(minutes=5)).id == first.id


def test_the_clock_of_a_question_runs_on(session: Session, week: Round) -> None:
    """Looking again at a question does not give it new time."""
    paper = begun(session, week)
    first = papers.put(week, paper, NOON)
    again = papers.put(week, paper, NOON + 15 * SECOND)

    assert first is not None
    assert again is not None
    assert again.asked_at == first.asked_at


def test_a_late_answer_counts_nothing(session: Session, week: Round) -> None:
    """After the limit and the grace of the channel, the question is behind and unanswered."""
    paper = begun(session, week)
    put = papers.put(week, paper, NOON)
    assert put is not None
    shown = put.order.index(put.question.answer)

    outcome = papers.answer(session, week, paper, shown, "web", NOON + timedelta(seconds=21.5))

    assert outcome is not None
    assert (outcome.late, outcome.right, outcome.choice) == (True, False, NO_CHOICE)
    assert paper.number == 1


def test_an_answer_to_another_question_does_nothing(session: Session, week: Round) -> None:
    """A second tap on an old button neither counts nor moves on."""
    paper = begun(session, week)
    put = papers.put(week, paper, NOON)
    assert put is not None
    papers.answer(session, week, paper, 0, "web", NOON + SECOND, put.question.id)

    again = papers.answer(session, week, paper, 1, "web", NOON + 2 * SECOND, put.question.id)

    assert again is None
    assert len(session.scalars(select(Answer)).all()) == 1


def test_the_best_paper_counts(session: Session, week: Round) -> None:
    """A second, worse attempt does not take anything away; a better one does count."""
    for number, right in enumerate((2, 1), start=1):
        paper = begun(session, week, after=number * timedelta(hours=1))
        for place in range(5):
            after = number * timedelta(hours=1) + place * timedelta(minutes=1)
            answered(session, week, paper, right=place < right, after=after)

    mine = board.standing(session, id_of(week), "lan")

    assert mine is not None
    assert (mine.right, mine.attempt) == (2, 1)


def finish(session: Session, round_: Round, paper: Paper, after: timedelta) -> None:
    """Answer whatever is left."""
    while paper.finished_at is None:
        answered(session, round_, paper, right=True, after=after)
        after += timedelta(minutes=1)


def test_attempts_are_counted_by_week(session: Session) -> None:
    """Two papers a week; on Monday there are two more."""
    round_ = opened(session, SELF, closes_at=NOON + timedelta(days=30))
    for number in range(2):
        finish(session, round_, begun(session, round_, after=timedelta(hours=number)), SECOND)
    with pytest.raises(NoAttemptLeftError):
        begun(session, round_, after=timedelta(days=1))

    # 25/11/2026 is a Wednesday.
    assert begun(session, round_, after=timedelta(days=5)).attempt == 3


@pytest.mark.parametrize(
    ("rules", "who", "reason"),
    [
        ({}, Entrant("x", organiser=True), "organiser"),
        ({"units": ("doan-b",)}, LAN, "unit"),
        ({"least_age": 16}, LAN, "birth year"),
        ({"least_age": 16}, Entrant("x", birth_year=2015), "age"),
        ({"most_age": 30}, Entrant("x", birth_year=1960), "age"),
    ],
)
def test_who_may_not_enter(
    session: Session, rules: dict[str, object], who: Entrant, reason: str
) -> None:
    """Organisers never; others as the rules say, with the reason."""
    round_ = opened(session, replace(SELF, **rules))  # type: ignore[arg-type]

    with pytest.raises(NotAllowedError) as refusal:
        begun(session, round_, who)

    assert refusal.value.reason == reason


@pytest.mark.parametrize("after", [timedelta(days=-1), timedelta(days=7)])
def test_a_round_has_its_times(session: Session, week: Round, after: timedelta) -> None:
    """Nobody enters before it opens or after it closes."""
    with pytest.raises(RoundClosedError):
        begun(session, week, after=after)


def test_the_whole_paper_has_its_time(session: Session) -> None:
    """When the total time is over, the rest of the paper is, too."""
    round_ = opened(session, replace(SELF, total_seconds=30))
    paper = begun(session, round_, after=timedelta(0))
    papers.put(round_, paper, NOON + 25 * SECOND)

    outcome = papers.answer(session, round_, paper, 0, "web", NOON + 40 * SECOND)

    assert outcome is not None
    assert outcome.late
    assert paper.finished_at is not None


def test_the_nearest_guess_breaks_a_tie(session: Session) -> None:
    """When the true number is known, the board is ranked again."""
    rules = replace(SELF, ranking=("right", "guess"), prediction="Bao nhiêu người?")
    round_ = opened(session, rules)
    for name, guess in (("lan", 100), ("minh", 210)):
        paper = begun(session, round_, Entrant(name))
        finish(session, round_, paper, SECOND)
        papers.give_guess(session, paper, guess)

    papers.close(session, round_, NOON + timedelta(days=1), actual=200)

    assert [row.person_key for row in board.top(session, id_of(round_))] == ["minh", "lan"]


def test_a_round_keeps_its_rules_and_questions(session: Session, week: Round) -> None:
    """What was opened is what is played, whatever is edited afterwards."""
    assert rounds.rules_of(week) == SELF
    assert rounds.sheet_of(week)["q3"].options[0] == "đúng"


def test_a_paper_left_alone_ends(session: Session, week: Round) -> None:
    """Days later nobody is asked the rest of it."""
    begun(session, week)

    assert papers.pending(session, "lan", NOON + timedelta(minutes=5)) is not None
    assert papers.pending(session, "lan", NOON + timedelta(days=8)) is None


def test_a_paper_being_written_stands_on_no_board(session: Session, week: Round) -> None:
    """In the middle of the first paper there is no line; of the second, that of the first stays."""
    paper = begun(session, week)
    answered(session, week, paper, right=True, after=timedelta(minutes=1))
    first = board.top(session, id_of(week))
    finish(session, week, paper, timedelta(minutes=2))
    second = begun(session, week, after=timedelta(hours=1))
    answered(session, week, second, right=False, after=timedelta(hours=1))

    assert first == []
    assert [(row.right, row.attempt) for row in board.top(session, id_of(week))] == [(5, 1)]
    assert recount.compare(session, week) == []


@pytest.mark.parametrize("total", [0, 600], ids=["until the round ends", "ten minutes"])
def test_an_overdue_paper_is_handed_in(session: Session, total: int) -> None:
    """What was answered in time counts once the time is over, and not before."""
    round_ = opened(session, replace(SELF, total_seconds=total))
    paper = begun(session, round_)
    answered(session, round_, paper, right=True, after=timedelta(minutes=1))

    assert papers.hand_in_overdue(session, NOON + timedelta(minutes=5)) == 0
    assert papers.hand_in_overdue(session, NOON + timedelta(hours=3)) == 1
    assert papers.hand_in_overdue(session, NOON + timedelta(hours=4)) == 0
    assert [row.right for row in board.top(session, id_of(round_))] == [1]
    assert recount.compare(session, round_) == []


def test_closing_a_round_hands_every_paper_in(session: Session, week: Round) -> None:
    """Nobody's answers are left out of the result; who was barred stays so."""
    for name in ("lan", "hoa"):
        paper = begun(session, week, Entrant(name))
        answered(session, week, paper, right=True, after=timedelta(minutes=1))
    board.bar(session, "hoa")

    papers.close(session, week, NOON + timedelta(hours=1))

    assert [row.person_key for row in board.top(session, id_of(week))] == ["lan"]
    assert recount.compare(session, week) == []
