"""How many stand on each rung of a board: what a rank is counted from, where a board is long

A rung is the beginning of the key. A rank is the sum of the rungs above and a count within one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy import column, delete, func, insert, select, table
from sqlmodel import Field, Session, SQLModel, col

from quiz.rounds import Round
from quiz.store import dialect_of, table_of
from quiz.store import insert as inserting

LENGTH = 11
"""Letters of the key that make a rung: right answers and seconds, or points and hundreds of
seconds: at most some thousand rungs, and some hundred players on one."""
_COUNTED = col(Round.mode) == "self"
_STANDING = table("standing", *(column(name) for name in ("round_id", "side", "key")))


class Rung(SQLModel, table=True):
    """How many players of a round have a key that begins so. Kept for rounds played alone: a
    stage's board is short, and counts an answer of everybody within seconds."""

    round_id: int = Field(foreign_key="round.id", primary_key=True)
    rung: str = Field(primary_key=True)
    many: int = 0


def of(key: str) -> str:
    """The rung of a key."""
    return key[:LENGTH]


def kept(session: Session, round_ids: Iterable[int]) -> set[int]:
    """Of some rounds those whose rungs are counted."""
    statement = select(col(Round.id)).where(col(Round.id).in_(sorted(set(round_ids))), _COUNTED)
    return {found for found in session.scalars(statement) if found is not None}


def move(session: Session, changes: Mapping[tuple[int, str], int]) -> None:
    """Count players in (more than 0) and out (less) of rungs: (round, rung) and how many."""
    rows = [
        {"round_id": round_id, "rung": rung, "many": many}
        # Sorted, so that two processes never wait for each other's rows.
        for (round_id, rung), many in sorted(changes.items())
        if many
    ]
    if not rows:
        return
    statement = inserting(Rung, dialect_of(session))
    added = table_of(Rung).c.many + statement.excluded["many"]
    keys = ["round_id", "rung"]
    session.connection().execute(
        statement.on_conflict_do_update(index_elements=keys, set_={"many": added}), rows
    )


def above(session: Session, round_id: int, key: str) -> int | None:
    """How many stand on rungs above the one of a key; None: not counted for this round."""
    return _sum(session, round_id, of(key))


def total(session: Session, round_id: int) -> int | None:
    """How many stand on all rungs; None: not counted for this round."""
    return _sum(session, round_id, None)


def _sum(session: Session, round_id: int, below: str | None) -> int | None:
    many = select(func.sum(col(Rung.many))).where(col(Rung.round_id) == round_id)
    if below is not None:
        many = many.where(col(Rung.rung) < below)
    statement = select(many.scalar_subquery()).where(col(Round.id) == round_id, _COUNTED)
    found = session.execute(statement).first()
    return None if found is None else int(found[0] or 0)


def rebuild(session: Session, round_id: int, side: str) -> None:
    """Count the rungs of a round anew from the rows of one side of its board."""
    session.execute(delete(table_of(Rung)).where(col(Rung.round_id) == round_id))
    if not kept(session, [round_id]):
        return
    rung = func.substr(_STANDING.c.key, 1, LENGTH)
    counted = (
        select(_STANDING.c.round_id, rung, func.count())
        .where(_STANDING.c.round_id == round_id, _STANDING.c.side == side)
        .group_by(_STANDING.c.round_id, rung)
    )
    session.execute(insert(table_of(Rung)).from_select(["round_id", "rung", "many"], counted))


def changes(pairs: Iterable[tuple[int, str | None, str | None]]) -> Counter[tuple[int, str]]:
    """What moves of players come to: the round, the key before and the key now; None: not on the
    board."""
    found: Counter[tuple[int, str]] = Counter()
    for round_id, before, now in pairs:
        if before is not None:
            found[round_id, of(before)] -= 1
        if now is not None:
            found[round_id, of(now)] += 1
    return found
