"""What quiz tests share: a small bank, rules, and players."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from quiz import rounds
from quiz.bank import Question
from quiz.rounds import Round
from quiz.rules import Part, Rules
from tests.conftest import NOON

LIMIT = timedelta(seconds=20)


def question(number: int, difficulty: int = 1) -> Question:
    """A question whose right option is the first one."""
    return Question(
        id=f"q{number}",
        category=f"c{number % 6}",
        difficulty=difficulty,
        topic=f"t{number}",
        source="luat",
        question=f"Câu hỏi số {number}?",
        options=("đúng", "sai", "sai nữa", "cũng sai"),
        answer=0,
        explanation="Vì thế.",
    )


BANK = [question(number) for number in range(30)]
SELF = Rules("tuan", "Tuần", difficulty={1: 5}, seconds={1: 20}, attempts=2, period="week")
STAGE = Rules(
    "san-khau",
    "Sân khấu",
    mode="stage",
    difficulty={1: 3},
    seconds={1: 20},
    least_categories=1,
    parts=(Part("tieu-pham", "Tiểu phẩm", 40), Part("chao-hoi", "Chào hỏi", 20)),
)


def opened(session: Session, rules: Rules, **more: object) -> Round:
    """A round that runs for a week from noon."""
    given = {
        "title": rules.title,
        "opens_at": NOON,
        "closes_at": NOON + timedelta(days=7),
        "by": "test",
        **more,
    }
    return rounds.open_round(session, rules, BANK, **given)  # type: ignore[arg-type]


@pytest.fixture
def week(session: Session) -> Round:
    """A round played alone."""
    return opened(session, SELF)


@pytest.fixture
def evening(session: Session) -> Round:
    """A contest on stage."""
    return opened(session, STAGE)
