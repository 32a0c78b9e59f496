"""What may happen on stage, in which order, and what undoing gives back."""

from datetime import timedelta

import pytest

from quiz import stage
from quiz.stage import Act, Done, Stage, StepError
from tests.conftest import NOON

LIMITS = [timedelta(seconds=20)] * 2


def later(seconds: float) -> timedelta:
    """Seconds after noon."""
    return timedelta(seconds=seconds)


def played(*acts: Act) -> Stage:
    """Where a contest stands after acts, each a second after the other."""
    done = [Done(number, act, NOON + later(number)) for number, act in enumerate(acts, start=1)]
    return stage.after(done, LIMITS)


WHOLE: tuple[Act, ...] = (
    *("open", "close", "reveal", "standings"),
    *("open", "close", "reveal", "standings", "end"),
)


def test_a_whole_contest() -> None:
    """Every step of a contest in its usual order is the first one offered."""
    for number in range(len(WHOLE)):
        before = played(*WHOLE[:number])

        assert stage.possible(before, NOON + later(number))[0] == WHOLE[number]
    assert played(*WHOLE).phase == "ended"


@pytest.mark.parametrize(
    ("acts", "wrong"),
    [
        ((), "close"),
        ((), "reveal"),
        (("open",), "open"),
        (("open",), "standings"),
        (("open",), "reveal"),
        (("open", "close"), "open"),
        (("open", "close", "reveal"), "close"),
        (WHOLE[:-1], "open"),
        (WHOLE, "open"),
        (WHOLE, "end"),
    ],
)
def test_steps_out_of_order_are_refused(acts: tuple[Act, ...], wrong: Act) -> None:
    """No question is opened over another one, none revealed while it is open."""
    with pytest.raises(StepError):
        stage.check(played(*acts), wrong, NOON + later(3))


def test_time_up_may_be_revealed_at_once() -> None:
    """When the time is over, the presenter need not close first."""
    stage.check(played("open"), "reveal", NOON + later(21))


def test_the_deadline_runs_from_the_opening() -> None:
    """The server's clock counts from the step that opened the question."""
    now = played("open")

    assert now.deadline == NOON + later(21)
    assert stage.takes_answers(now, NOON + later(20.9))
    assert not stage.takes_answers(now, NOON + later(21))


def test_closing_by_mistake_costs_nobody_time() -> None:
    """After undoing, the question goes on for what was left of it."""
    done = [
        Done(1, "open", NOON),
        Done(2, "close", NOON + later(5), undone_at=NOON + later(35)),
    ]

    assert stage.after(done, LIMITS).deadline == NOON + later(50)


def test_an_undone_opening_did_not_happen() -> None:
    """The question comes again, under another opening."""
    done = [Done(1, "open", NOON, undone_at=NOON + later(3)), Done(2, "open", NOON + later(9))]

    now = stage.after(done, LIMITS)

    assert (now.question, now.opening, now.step) == (1, 2, 2)
