"""Points and tie-breaks, from rules that are data. Pure."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from quiz.rules import Criterion, Rules

GRACE = {
    "web": timedelta(seconds=1),
    "stage": timedelta(seconds=1),
    "telegram": timedelta(seconds=3),
    "zalo": timedelta(seconds=3),
    "zalo-oa": timedelta(seconds=3),
    "zalo-bot": timedelta(seconds=3),
}
"""What a press may need to reach us after the deadline was shown, by channel: a page on a weak
hotspot a second, a platform's relay three. See docs/decisions/0006."""
NEVER = 9_999_999_999_999
_MILLISECOND = timedelta(milliseconds=1)


class Tally(NamedTuple):
    """What a player has: one paper of a round, or the whole of a stage contest.

    A tuple, since one is made for each answer of a full hall.
    """

    right: int = 0
    points: int = 0
    took: int = 0
    """Milliseconds spent on right answers."""
    answered: int = 0
    finished: int = NEVER
    """When the last answer was received: milliseconds since 1970, UTC."""
    guess_off: int | None = None
    """How far the predicted number was from the true one; None: no guess, or not known yet."""


def is_late(channel: str, deadline: datetime, received: datetime) -> bool:
    """Whether an answer came after the deadline and the grace of its channel."""
    return received > deadline + GRACE.get(channel, timedelta(0))


def took(asked: datetime, limit: timedelta, received: datetime) -> int:
    """Milliseconds an answer took, by the server's clock: at least none, at most the limit."""
    return max(0, min(received - asked, limit) // _MILLISECOND)


def points(rules: Rules, limit: timedelta, took_ms: int, *, right: bool) -> int:
    """Points of one answer: accuracy first; the bonus for speed only if the rules have one."""
    if not right:
        return 0
    whole = limit // _MILLISECOND
    left = max(0, whole - took_ms)
    return rules.right_points + rules.speed_bonus * left // whole


def add(tally: Tally, *, right: bool, gained: int, took_ms: int, at: datetime) -> Tally:
    """A tally with one more answer. Time counts on right answers only: a pass costs nothing."""
    moment = int(at.timestamp() * 1000)
    last = moment if tally.finished == NEVER else max(tally.finished, moment)
    rights, scored, spent, answered, _finished, off = tally
    # By place: named, it takes twice as long, and a full hall waits for thousands of these.
    return Tally(
        rights + right,
        scored + gained,
        spent + took_ms if right else spent,
        answered + 1,
        last,
        off,
    )


def key(rules: Rules, tally: Tally) -> str:
    """A text that sorts as the rules rank: the smaller, the better; equal for a tie."""
    pattern, pick = _shape(rules.ranking)
    right, points_, took_ms, _answered, finished, off = tally
    guess = min(off or 0, 999_999_999)
    return pattern % pick((9_999 - right, 999_999 - points_, took_ms, finished, guess))


_DIGITS: dict[Criterion, str] = {
    "right": "%04d",
    "points": "%06d",
    "time": "%09d",
    "finish": "%013d",
    "guess": "%09d",
}
"""How each part of a key is written, in the order in which `key` works them out."""


@cache
def _shape(ranking: tuple[Criterion, ...]) -> tuple[str, Callable[[tuple[int, ...]], object]]:
    """The pattern of a key, and the parts that go into it."""
    places = [list(_DIGITS).index(criterion) for criterion in ranking]
    return ".".join(_DIGITS[criterion] for criterion in ranking), itemgetter(*places)


def best(rules: Rules, tallies: list[Tally]) -> Tally:
    """The paper that counts of those a player wrote; the earlier one of two that are equal."""
    return min(tallies, key=lambda tally: key(rules, tally))


def guess_off(guess: int | None, actual: int | None) -> int | None:
    """How far a guess was off; without a guess as far as can be; None while nothing is known."""
    if actual is None:
        return None
    return 999_999_999 if guess is None else abs(guess - actual)
