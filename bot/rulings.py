"""Rounds opened, closed and counted again by an organiser, each with its line in the audit"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot import organisers
from quiz import papers, players, recount, rounds
from quiz.bank import Question
from quiz.recount import Difference
from quiz.rounds import Round
from quiz.rules import Rules


def open_round(
    session: Session, rules: Rules, questions: Sequence[Question], by: str, now: datetime,
    **given: Any,
) -> Round:  # fmt: skip
    """Open a round under some rules, `given` as `rounds.open_round` takes it.

    Raises TooFewQuestionsError.
    """
    made = rounds.open_round(session, rules, questions, by=by, **given)
    _note(session, by, "contest.open", made, now)
    return made


def close(session: Session, round_: Round, actual: int | None, by: str, now: datetime) -> None:
    """Close a round; `actual` is the number that was to be predicted, when it is known."""
    papers.close(session, round_, now, actual)
    _note(session, by, "contest.close", round_, now)


def count_again(
    session: Session, round_: Round, by: str, now: datetime
) -> list[tuple[str, Difference]]:
    """Count a round again from its log, put right what differed: whose name, and how it did."""
    wrong = recount.rebuild(session, round_)
    names = players.names(session, [one.person_key for one in wrong])
    _note(session, by, "contest.recount", round_, now)
    return [(names[one.person_key], one) for one in wrong]


def _note(session: Session, by: str, act: str, round_: Round, now: datetime) -> None:
    organisers.note(session, by, act, f"round {round_.id}", now)
