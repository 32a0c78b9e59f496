"""Counting again: the board from the log of answers alone, and where the kept one differs."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from quiz import board, rungs
from quiz.board import BARRED, Standing
from quiz.log import tallies
from quiz.rounds import Round, id_of, rules_of
from quiz.store import table_of


@dataclass(frozen=True)
class Difference:
    """A standing row that is not what the log gives."""

    person_key: str
    kept: str
    """The key that was kept; empty when there was no row."""
    counted: str
    """The key the log gives; empty when there should be no row."""


_COMPARED = ("paper_id", "attempt", "right", "points", "took", "answered", "finished", "key")


def compare(session: Session, round_: Round) -> list[Difference]:
    """Where the kept board and the log disagree; nothing is changed."""
    counted = {str(row["person_key"]): row for row in _counted(session, round_)}
    standing = table_of(Standing)
    statement = select(standing).where(standing.c.round_id == id_of(round_))
    kept = {str(row["person_key"]): row for row in session.execute(statement).mappings()}
    differences = []
    for key in sorted(counted.keys() | kept.keys()):
        mine, theirs = kept.get(key), counted.get(key)
        if (
            mine is None
            or theirs is None
            or any(mine[name] != theirs[name] for name in _COMPARED)
            or mine["side"] not in {theirs["side"], BARRED}
        ):
            was = str(mine["key"]) if mine else ""
            differences.append(Difference(key, was, str(theirs["key"]) if theirs else ""))
    return differences


def _counted(session: Session, round_: Round) -> list[dict[str, object]]:
    return board.best_rows(rules_of(round_), tallies(session, round_))


def rebuild(session: Session, round_: Round) -> list[Difference]:
    """Write the board anew from the log; what was different before."""
    differences = compare(session, round_)
    wrong = {difference.person_key for difference in differences}
    for difference in differences:
        if not difference.counted:
            row = session.get(Standing, (id_of(round_), difference.person_key))
            session.delete(row)
    session.flush()
    board.enter(session, [row for row in _counted(session, round_) if row["person_key"] in wrong])
    rungs.rebuild(session, id_of(round_), board.PLAYERS)
    return differences
