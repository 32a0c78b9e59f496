"""What may happen next on stage. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

Phase = Literal["lobby", "open", "closed", "reveal", "standings", "ended"]
"""lobby: people join. open: a question takes answers. closed: it takes no more. reveal: the right
option is shown. standings: the board is shown. ended: it is over."""
Act = Literal["open", "close", "reveal", "standings", "end"]


@dataclass(frozen=True)
class Done:
    """A step that was taken; undone at a moment, or not."""

    number: int
    act: Act
    at: datetime
    undone_at: datetime | None = None


@dataclass(frozen=True)
class Stage:
    """Where a live contest stands."""

    phase: Phase = "lobby"
    question: int = 0
    """Which question it is about, from 1; 0 before the first."""
    of: int = 0
    opening: int = 0
    """The step that opened the question."""
    opened_at: datetime | None = None
    deadline: datetime | None = None
    step: int = 0
    """How many steps were ever taken, undone ones too: the next one's number is one more."""


class StepError(Exception):
    """This step cannot be taken from where the contest stands."""


def after(done: Iterable[Done], limits: Sequence[timedelta]) -> Stage:
    """Where a contest with questions of these limits stands after its steps."""
    stage = Stage(of=len(limits))
    for step in done:
        if step.undone_at is None:
            stage = _taken(stage, step, limits)
        elif step.act == "close":
            stage = _resumed(stage, step)
        stage = replace(stage, step=step.number)
    return stage


def _taken(stage: Stage, step: Done, limits: Sequence[timedelta]) -> Stage:
    match step.act:
        case "open":
            question = stage.question + 1
            return replace(
                stage,
                phase="open",
                question=question,
                opening=step.number,
                opened_at=step.at,
                deadline=step.at + limits[question - 1],
            )
        case "close":
            deadline = step.at if stage.deadline is None else min(stage.deadline, step.at)
            return replace(stage, phase="closed", deadline=deadline)
        case "reveal":
            return replace(stage, phase="reveal")
        case "standings":
            return replace(stage, phase="standings")
        case _:
            return replace(stage, phase="ended")


def _resumed(stage: Stage, step: Done) -> Stage:
    """Closing by mistake costs nobody time: the question goes on for what was left of it."""
    if stage.deadline is None or step.undone_at is None or step.at >= stage.deadline:
        return stage
    return replace(stage, deadline=stage.deadline + (step.undone_at - step.at))


def possible(stage: Stage, now: datetime) -> tuple[Act, ...]:
    """The steps that may be taken now; the first one is what usually comes next."""
    more: tuple[Act, ...] = ("open",) if stage.question < stage.of else ()
    match stage.phase:
        case "lobby":
            return (*more, "end")
        case "open":
            over = stage.deadline is not None and now >= stage.deadline
            return ("reveal", "close") if over else ("close",)
        case "closed":
            return ("reveal",)
        case "reveal":
            return ("standings", *more, "end")
        case "standings":
            return (*more, "end")
        case _:
            return ()


def check(stage: Stage, act: Act, now: datetime) -> None:
    """Raises StepError when a step cannot be taken now."""
    if act not in possible(stage, now):
        raise StepError(f"{act} after {stage.phase}")


def takes_answers(stage: Stage, now: datetime) -> bool:
    """Whether the shown time still runs; the grace of a channel comes on top."""
    return stage.phase == "open" and stage.deadline is not None and now < stage.deadline
