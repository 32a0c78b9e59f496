"""Points, time and keys: pure, and in the order the rules say."""

from dataclasses import replace
from datetime import timedelta

import pytest

from quiz import scoring
from quiz.rules import Rules
from quiz.scoring import Tally
from tests.conftest import NOON

LIMIT = timedelta(seconds=20)
RULES = Rules("tuan", "Tuần")


def at(seconds: float) -> timedelta:
    """Seconds."""
    return timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("channel", "after", "late"),
    [
        ("console", 0.0, False),
        ("console", 0.001, True),
        ("stage", 1.0, False),
        ("stage", 1.001, True),
        ("telegram", 3.0, False),
        ("telegram", 3.1, True),
        ("unknown", 0.1, True),
    ],
)
def test_lateness_by_channel(channel: str, after: float, late: bool) -> None:
    """An answer may come as long after the deadline as its channel needs, and no longer."""
    assert scoring.is_late(channel, NOON, NOON + at(after)) is late


@pytest.mark.parametrize(("spent", "counted"), [(-1, 0), (0, 0), (7.5, 7500), (25, 20_000)])
def test_time_is_within_the_limit(spent: float, counted: int) -> None:
    """Grace brings no time below zero and none beyond the limit."""
    assert scoring.took(NOON, LIMIT, NOON + at(spent)) == counted


def test_accuracy_comes_before_speed() -> None:
    """Without a bonus, a slow right answer is worth what a fast one is; a wrong one nothing."""
    fast = scoring.points(RULES, LIMIT, 0, right=True)

    assert fast == scoring.points(RULES, LIMIT, 20_000, right=True) == 10
    assert scoring.points(RULES, LIMIT, 0, right=False) == 0


def test_the_speed_bonus_falls_to_nothing() -> None:
    """At once the whole bonus, half-way half of it, at the deadline none."""
    rules = replace(RULES, speed_bonus=10)

    gained = [scoring.points(rules, LIMIT, spent, right=True) for spent in (0, 10_000, 20_000)]

    assert gained == [20, 15, 10]


def test_only_right_answers_take_time() -> None:
    """A wrong answer costs no time: passing is no advantage."""
    tally = scoring.add(Tally(), right=False, gained=0, took_ms=19_000, at=NOON)
    tally = scoring.add(tally, right=True, gained=10, took_ms=4_000, at=NOON + at(9))

    assert (tally.right, tally.took, tally.answered) == (1, 4_000, 2)


@pytest.mark.parametrize(
    ("ranking", "better", "worse"),
    [
        (("right",), Tally(right=9), Tally(right=8)),
        (("points", "right"), Tally(right=1, points=30), Tally(right=3, points=20)),
        (("right", "time"), Tally(right=5, took=9), Tally(right=5, took=10)),
        (("right", "finish"), Tally(right=5, finished=9), Tally(right=5, finished=10)),
        (("right", "guess"), Tally(right=5, guess_off=2), Tally(right=5, guess_off=30)),
        (("right", "time"), Tally(right=10, took=10**8), Tally(right=9, took=0)),
    ],
)
def test_keys_sort_as_the_rules_rank(ranking: tuple[str, ...], better: Tally, worse: Tally) -> None:
    """The better of two has the smaller key."""
    rules = replace(RULES, ranking=ranking)  # type: ignore[arg-type]

    assert scoring.key(rules, better) < scoring.key(rules, worse)


def test_nobody_is_ranked_by_an_unknown_number() -> None:
    """Until the number is known, guesses tie; after it, no guess is the worst one."""
    assert scoring.guess_off(5, None) is None
    assert scoring.guess_off(5, 8) == 3
    assert (scoring.guess_off(None, 8) or 0) > 10**8


def test_a_tally_grows_by_its_answers() -> None:
    """Each answer adds its points; the last one received ends it, in whatever order they come."""
    first = scoring.add(Tally(guess_off=7), right=True, gained=10, took_ms=4_000, at=NOON + at(9))
    again = scoring.add(first, right=True, gained=12, took_ms=1_000, at=NOON + at(5))

    nine = int((NOON + at(9)).timestamp() * 1000)
    assert first == Tally(1, 10, 4_000, 1, nine, 7)
    assert again == Tally(2, 22, 5_000, 2, nine, 7)


def test_the_end_of_a_tally_is_its_last_answer() -> None:
    """A later answer moves the end."""
    first = scoring.add(Tally(), right=True, gained=10, took_ms=1, at=NOON)
    later = scoring.add(first, right=False, gained=0, took_ms=1, at=NOON + at(30))

    assert later.finished - first.finished == 30_000


def test_a_key_is_its_parts_in_order() -> None:
    """Kept in the database, so its form may not change unnoticed."""
    rules = replace(RULES, ranking=("right", "points", "time", "finish", "guess"))
    tally = Tally(right=3, points=30, took=4_500, answered=5, finished=1_700_000_000_000)

    assert scoring.key(rules, tally) == "9996.999969.000004500.1700000000000.000000000"


def test_the_best_paper_counts() -> None:
    """Of several papers the best, as the rules rank; of two that are equal the earlier one."""
    rules = replace(RULES, ranking=("right", "time"))
    papers = [Tally(right=3, took=1), Tally(right=5, took=9, answered=6), Tally(right=5, took=9)]

    assert scoring.best(rules, papers) is papers[1]


def test_no_guess_is_the_farthest_of_all() -> None:
    """Nobody can guess so far off that no guess would be better; it still fits its key."""
    missing = scoring.guess_off(None, 8)
    rules = replace(RULES, ranking=("guess",))

    assert missing == 999_999_999
    assert scoring.guess_off(10**12, 8) == 10**12 - 8
    far, none = (scoring.key(rules, Tally(guess_off=off)) for off in (10**12, missing))
    assert far == none
