"""A paper drawn from a seed: which questions, and in which order their options stand. Pure."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from quiz.bank import OPTIONS, Question
from quiz.rules import DIFFICULTIES, Rules

SAME_PLACE = 3
"""Right options that may stand in the same place in a row."""
TRIES = 200


class TooFewQuestionsError(Exception):
    """The bank has not enough questions for these rules."""


@dataclass(frozen=True)
class Asked:
    """A question of a paper: `order[shown] = original` for the options as they are shown."""

    question: str
    order: tuple[int, ...]

    def original(self, shown: int) -> int:
        """The option of the bank that stands in a place."""
        return self.order[shown]


def draw(questions: Sequence[Question], rules: Rules, seed: str) -> list[Asked]:
    """The paper of a seed, easy questions first; the same seed gives the same paper.

    No topic twice, no two questions that give each other away. Raises TooFewQuestionsError.
    """
    chance = random.Random(seed)  # noqa: S311 - drawn from a secret seed, to be repeatable
    for _try in range(TRIES):
        drawn = _pick(questions, rules, chance)
        if drawn is not None:
            return _places(drawn, chance)
    raise TooFewQuestionsError


def _pick(
    questions: Sequence[Question], rules: Rules, chance: random.Random
) -> list[Question] | None:
    """Questions that keep the quotas, or None when this try ended in a corner."""
    wanted = Counter(rules.categories)
    drawn: list[Question] = []
    for difficulty in DIFFICULTIES:
        pool = [item for item in questions if item.difficulty == difficulty]
        chance.shuffle(pool)
        for _number in range(rules.difficulty.get(difficulty, 0)):
            used = Counter(item.category for item in drawn)
            fitting = [item for item in pool if _fits(item, drawn, wanted, used)]
            if not fitting:
                return None
            # Sorting is stable, so among equally used categories chance decides.
            drawn.append(min(fitting, key=lambda item: 0 if wanted else used[item.category]))
    spread = len({item.category for item in drawn})
    possible = min(rules.least_categories, len(drawn), len({item.category for item in questions}))
    return drawn if wanted or spread >= possible else None


def _fits(
    item: Question, drawn: Sequence[Question], wanted: Counter[str], used: Counter[str]
) -> bool:
    if wanted and used[item.category] >= wanted[item.category]:
        return False
    return all(
        other.topic != item.topic
        and other.id not in item.not_with
        and item.id not in other.not_with
        for other in drawn
    )


def _places(drawn: Sequence[Question], chance: random.Random) -> list[Asked]:
    """The options shuffled, the right one not often in the same place in a row."""
    asked: list[Asked] = []
    places: list[int] = []
    for item in drawn:
        order = list(range(OPTIONS))
        for _try in range(TRIES if not item.fixed_order else 0):
            chance.shuffle(order)
            if places[-SAME_PLACE:] != [order.index(item.answer)] * SAME_PLACE:
                break
        places.append(order.index(item.answer))
        asked.append(Asked(item.id, tuple(order)))
    return asked


def shuffled(item: Question, chance: random.Random) -> tuple[int, ...]:
    """The order in which the options of one question are shown."""
    order = list(range(OPTIONS))
    if not item.fixed_order:
        chance.shuffle(order)
    return tuple(order)
