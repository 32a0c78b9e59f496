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
