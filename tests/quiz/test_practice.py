"""Practice: wrong ones come back after days, streaks, and the day's question."""

import random
from collections import Counter
from datetime import date, timedelta

from sqlmodel import Session

from quiz import practice
from quiz.practice import Learner, Tried, Wish
from tests.conftest import NOON
from tests.quiz.conftest import BANK

TODAY = date(2026, 11, 25)
DAY = timedelta(days=1)


def next_one(session: Session, after: timedelta, *seen: str) -> str:
    """The question that would come some time after noon."""
    found = practice.pick(session, BANK, "lan", Wish(), NOON + after, random.Random(1), seen)
    assert found is not None
    return found.id


def test_a_wrong_answer_comes_back_before_a_right_one(session: Session) -> None:
    """Both are spaced over days; the wrong one is due first."""
    practice.learn(session, "lan", "q1", TODAY, NOON, right=True)
    practice.learn(session, "lan", "q2", TODAY, NOON, right=False)

    assert next_one(session, timedelta(minutes=30)) not in {"q1", "q2"}
    assert next_one(session, 2 * DAY) == "q2"


def test_spacing_grows_with_right_answers(session: Session) -> None:
    """Each right answer puts the question further away."""
    now, gaps = NOON, []
    for _time in range(4):
        practice.learn(session, "lan", "q1", now.date(), now, right=True)
        review = session.get(practice.Review, ("lan", "q1"), populate_existing=True)
        assert review is not None
        gaps.append(review.due_at - now)
        now = review.due_at

    assert gaps == sorted(gaps)
    assert gaps[-1] > 4 * gaps[0] >= 4 * DAY


def test_a_question_does_not_come_twice_in_a_sitting(session: Session) -> None:
    """Even when everything else was seen before."""
    seen = [item.id for item in BANK[:-1]]

    assert next_one(session, timedelta(0), *seen) == BANK[-1].id


def test_a_wish_is_kept(session: Session) -> None:
    """Only questions of the category and level that were asked for."""
    wish = Wish("c2", 1)
    for seed in range(20):
        found = practice.pick(session, BANK, "lan", wish, NOON, random.Random(seed))

        assert found is not None
        assert found.category == "c2"
    assert practice.pick(session, BANK, "lan", Wish("c2", 3), NOON, random.Random(1)) is None


def test_a_streak_grows_by_a_day_and_breaks(session: Session) -> None:
    """Twice on one day is one day; a day left out begins anew; the longest is kept."""
    for day in (0, 0, 1, 2, 4):
        learner = practice.learn(
            session, "lan", "q1", TODAY + day * DAY, NOON + day * DAY, right=True
        )

    assert (learner.days, learner.longest) == (1, 3)
    assert practice.streak(learner, TODAY + 5 * DAY) == 1
    assert practice.streak(learner, TODAY + 6 * DAY) == 0


def test_the_days_question_is_one_for_all_and_changes() -> None:
    """Every question comes once before any comes again."""
    days = [practice.of_the_day(BANK, TODAY + number * DAY).id for number in range(300)]

    start = -TODAY.toordinal() % len(BANK)
    whole = days[start : start + len(BANK)]
    assert Counter(whole) == Counter(item.id for item in BANK)
    assert practice.of_the_day(BANK[::-1], TODAY).id == days[0]


def test_who_waits_for_the_days_question(session: Session) -> None:
    """Subscribers to whom it was not put today, and nobody else."""
    session.add_all(
        [
            Learner(person_key="a", daily=True),
            Learner(person_key="b", daily=True, asked_on=TODAY),
            Learner(person_key="c", daily=True, asked_on=TODAY - DAY),
            Learner(person_key="d", daily=False),
        ]
    )
    session.flush()

    waiting = practice.waiting_for_daily(session, TODAY)

    assert [learner.person_key for learner in waiting] == ["a", "c"]


def test_questions_that_prove_odd_are_told(session: Session) -> None:
    """Too hard or too easy after enough answers; with few, nothing is said."""
    session.add_all(
        [
            Tried(question="hard", times=50, right=12),
            Tried(question="easy", times=50, right=48),
            Tried(question="good", times=50, right=30),
            Tried(question="young", times=49, right=0),
        ]
    )
    session.flush()

    assert {item.question for item in practice.odd_ones(session)} == {"hard", "easy"}
