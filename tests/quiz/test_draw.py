"""Papers: the same seed gives the same paper, and every paper keeps the quotas."""

from collections import Counter
from datetime import date

import pytest

from bot.content import Content
from quiz import draw
from quiz.bank import OPTIONS, Question
from quiz.rules import Rules
from tests.quiz.conftest import BANK, SELF

SEEDS = [f"seed {number}" for number in range(200)]


@pytest.fixture(scope="module")
def bank(content: Content) -> dict[str, Question]:
    """The shipped questions by id."""
    return {item.id: item for item in content.bank.current(date(2026, 11, 25))}


def test_a_seed_gives_one_paper(bank: dict[str, Question], content: Content) -> None:
    """A paper can be drawn again from its seed, by whoever doubts it."""
    rules = content.contests["tuan"]

    assert draw.draw(list(bank.values()), rules, "a") == draw.draw(list(bank.values()), rules, "a")
    assert draw.draw(list(bank.values()), rules, "a") != draw.draw(list(bank.values()), rules, "b")


def test_every_paper_keeps_the_quotas(bank: dict[str, Question], content: Content) -> None:
    """4 easy, 4 middling, 2 hard; five categories at least; no topic twice; easy ones first."""
    rules = content.contests["tuan"]
    for seed in SEEDS:
        drawn = [bank[item.question] for item in draw.draw(list(bank.values()), rules, seed)]

        levels = [item.difficulty for item in drawn]
        assert levels == [1] * 4 + [2] * 4 + [3] * 2
        assert len({item.category for item in drawn}) >= 5
        assert len({item.topic for item in drawn}) == len(drawn)
        assert not any(other.id in item.not_with for item in drawn for other in drawn)


def test_the_right_option_moves(bank: dict[str, Question], content: Content) -> None:
    """It stands about as often in each place, and never in one place more than three times."""
    places: Counter[int] = Counter()
    for seed in SEEDS:
        asked = draw.draw(list(bank.values()), content.contests["tuan"], seed)
        row = [item.order.index(bank[item.question].answer) for item in asked]
        shuffled = [not bank[item.question].fixed_order for item in asked]
        places.update(row)

        runs = [row[start : start + 4] for start in range(len(row) - 3)]
        moved = [all(shuffled[start : start + 4]) for start in range(len(row) - 3)]
        assert not any(len(set(run)) == 1 for run, may in zip(runs, moved, strict=True) if may)
    assert all(0.2 < places[place] / sum(places.values()) < 0.3 for place in range(OPTIONS))


def test_numbers_stay_in_their_order(bank: dict[str, Question], content: Content) -> None:
    """Options that are an ascending row are not shuffled."""
    for seed in SEEDS[:50]:
        for item in draw.draw(list(bank.values()), content.contests["tuan"], seed):
            if bank[item.question].fixed_order:
                assert item.order == (0, 1, 2, 3)


def test_category_quotas_are_kept() -> None:
    """Rules may say how many questions come from each category."""
    rules = Rules("r", "R", difficulty={1: 4}, categories={"c1": 3, "c2": 1})
    by_id = {item.id: item for item in BANK}

    drawn = draw.draw(BANK, rules, "x")

    assert Counter(by_id[item.question].category for item in drawn) == {"c1": 3, "c2": 1}


def test_too_few_questions_are_told() -> None:
    """A bank that cannot fill a paper is refused when the round is opened, not in the middle."""
    with pytest.raises(draw.TooFewQuestionsError):
        draw.draw(BANK[:3], SELF, "x")
