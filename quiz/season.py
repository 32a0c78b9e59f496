"""The table of a season: what a player has in all its rounds together."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlmodel import Session, col

from quiz import players
from quiz.board import PLAYERS, Row, Standing


def table(session: Session, round_ids: Sequence[int], count: int = 20) -> list[Row]:
    """The table of a season: right answers of all its rounds, then points, then less time."""
    totals = _totals(round_ids).order_by(*(item for item in _order()), col(Standing.person_key))
    found = session.execute(totals.limit(count)).all()
    names = players.names(session, [line.person_key for line in found])
    lines: list[Row] = []
    seen: tuple[int, ...] = ()
    for number, line in enumerate(found, start=1):
        mine = (line.right, line.points, line.took)
        ranked = lines[-1].rank if lines and mine == seen else number
        seen = mine
        lines.append(Row(ranked, line.person_key, names[line.person_key], *line[1:]))
    return lines


def _totals(round_ids: Sequence[int]) -> "Select[Any]":
    totals: Select[Any] = (
        select(
            Standing.person_key,  # type: ignore[call-overload]
            func.max(Standing.unit).label("unit"),
            func.sum(Standing.right).label("right"),
            func.sum(Standing.points).label("points"),
            func.sum(Standing.took).label("took"),
            func.sum(Standing.answered).label("answered"),
            func.count().label("rounds"),
        )
        .where(col(Standing.round_id).in_(round_ids), col(Standing.side) == PLAYERS)
        .group_by(col(Standing.person_key))
    )
    return totals


def _order() -> tuple[Any, ...]:
    return (
        func.sum(Standing.right).desc(),
        func.sum(Standing.points).desc(),
        func.sum(Standing.took),
    )


def place(
    session: Session, round_ids: Sequence[int], person_key: str
) -> tuple[int, Mapping[str, int]] | None:
    """A player's rank in a season, and what they have; None when they played no round."""
    mine = session.execute(_totals(round_ids).where(col(Standing.person_key) == person_key)).first()
    if mine is None:
        return None
    totals = _totals(round_ids).subquery()
    better = select(func.count()).where(
        or_(
            totals.c.right > mine.right,
            and_(totals.c.right == mine.right, totals.c.points > mine.points),
            and_(
                totals.c.right == mine.right,
                totals.c.points == mine.points,
                totals.c.took < mine.took,
            ),
        )
    )
    have = {"right": int(mine.right), "points": int(mine.points), "took": int(mine.took)}
    return 1 + int(session.scalar(better) or 0), have
