"""Leaderboards of a round: by player and by unit. The standing rows are a cache of the log."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Index, Select, case, func, select, tuple_, update
from sqlmodel import Field, Session, SQLModel, col

from quiz import players, rungs, scoring
from quiz.rules import Rules
from quiz.scoring import Tally
from quiz.store import PERSON, dialect_of, insert, table_of

PLAYERS, TEAMS, BARRED, WRITING = "players", "teams", "barred", "writing"
"""Which board a row stands on. Organisers' own rows stand on none, nor do those of players in the
middle of their first paper: a count that grows would tell which answers were right."""
NOWHERE = frozenset({BARRED, WRITING})
LOT = 500
"""Rows looked up at once before they are written: SQLite takes only so many values."""


class Standing(SQLModel, table=True):
    """What a player has in a round: the best paper, with a key that sorts as the rules rank."""

    __table_args__ = (
        Index("ix_standing_round_id_side_key", "round_id", "side", "key", "paper_id"),
        Index(
            "ix_standing_round_id_side_unit_key",
            *("round_id", "side", "unit", "key", "paper_id"),
            *("right", "answered"),  # so that units are summed up in the index alone
        ),
    )
    round_id: int = Field(foreign_key="round.id", primary_key=True)
    person_key: str = Field(primary_key=True, index=True, sa_column_kwargs={"info": PERSON})
    paper_id: int
    side: str = PLAYERS
    unit: str = ""
    attempt: int = 1
    right: int = 0
    points: int = 0
    took: int = 0
    answered: int = 0
    finished: int = Field(default=scoring.NEVER, sa_type=BigInteger)
    key: str


@dataclass(frozen=True)
class Entry:
    """A paper as the board takes it."""

    paper_id: int
    round_id: int
    person_key: str
    attempt: int
    unit: str
    side: str = PLAYERS


@dataclass(frozen=True)
class Row:
    """A line of a board. Equal players share a rank."""

    rank: int
    person_key: str
    name: str
    unit: str
    right: int
    points: int
    took: int
    """Milliseconds spent on right answers."""
    answered: int
    attempt: int


@dataclass(frozen=True)
class UnitRow:
    """A line of the board of units."""

    rank: int
    unit: str
    players: int
    score: float
    """Average of the unit's best, in right answers or in points, as the rules rank."""
    took: int


def row_of(rules: Rules, entry: Entry, tally: Tally) -> dict[str, object]:
    """The standing row of a paper: what the cache must hold."""
    return {
        "round_id": entry.round_id,
        "person_key": entry.person_key,
        "paper_id": entry.paper_id,
        "side": entry.side,
        "unit": entry.unit,
        "attempt": entry.attempt,
        "right": tally.right,
        "points": tally.points,
        "took": tally.took,
        "answered": tally.answered,
        "finished": tally.finished,
        "key": scoring.key(rules, tally),
    }


def best_rows(rules: Rules, papers: Iterable[tuple[Entry, Tally]]) -> list[dict[str, object]]:
    """One row a player: their best paper; of equal ones the first."""
    best: dict[str, dict[str, object]] = {}
    for entry, tally in papers:
        row = row_of(rules, entry, tally)
        known = best.get(entry.person_key)
        if known is None or _order(row) < _order(known):
            best[entry.person_key] = row
    return list(best.values())


def _order(row: Mapping[str, object]) -> tuple[bool, str, int]:
    """A paper handed in comes before one that is being written, then the better, then the first."""
    return row["side"] == WRITING, str(row["key"]), int(str(row["attempt"]))


def enter(session: Session, rows: Sequence[dict[str, object]]) -> None:
    """Write standing rows; one that is barred stays so."""
    if not rows:
        return
    statement = insert(Standing, dialect_of(session))
    fresh = {
        item.name: statement.excluded[item.name]
        for item in table_of(Standing).c
        if item.name not in {"round_id", "person_key"}
    }
    barred = col(Standing.side) == BARRED
    side = case((barred, BARRED), else_=statement.excluded["side"])
    keys = ["round_id", "person_key"]
    # Sorted, so that two processes never wait for each other's rows.
    ordered = sorted(rows, key=lambda row: str(row["person_key"]))
    moves = list(_moves(session, ordered))
    session.connection().execute(
        statement.on_conflict_do_update(index_elements=keys, set_={**fresh, "side": side}), ordered
    )
    rungs.move(session, rungs.changes(moves))


def _moves(
    session: Session, ordered: Sequence[Mapping[str, object]]
) -> Iterator[tuple[int, str | None, str | None]]:
    """Of rows that are going to be written, in rounds whose rungs are counted: the round, the key
    that stood on the board before, and the one that will; None: none."""
    counted = rungs.kept(session, {int(str(row["round_id"])) for row in ordered})
    for start in range(0, len(ordered) if counted else 0, LOT):
        lot = [row for row in ordered[start : start + LOT] if row["round_id"] in counted]
        # The rows stay locked, so that of two processes the second sees what the first has put in.
        statement = (
            select(Standing.round_id, Standing.person_key, Standing.side, Standing.key)  # type: ignore[call-overload]
            .where(
                col(Standing.round_id).in_(counted),
                col(Standing.person_key).in_([row["person_key"] for row in lot]),
            )
            .order_by(col(Standing.person_key), col(Standing.round_id))
            .with_for_update()
        )
        before = {(row[0], row[1]): (row[2], row[3]) for row in session.execute(statement)}
        for row in lot:
            side, key = before.get((row["round_id"], row["person_key"]), ("", None))
            now = str(row["key"]) if row["side"] == PLAYERS and side != BARRED else None
            yield int(str(row["round_id"])), key if side == PLAYERS else None, now


def bar(session: Session, person_key: str) -> None:
    """Take an organiser's own rows off every board."""
    # All of them are locked: one that is being written now is handed in nowhere meanwhile.
    statement = select(Standing.round_id, Standing.side, Standing.key).where(  # type: ignore[call-overload]
        col(Standing.person_key) == person_key
    )
    found = session.execute(statement.order_by(col(Standing.round_id)).with_for_update()).all()
    counted = rungs.kept(session, {row[0] for row in found})
    gone = [(row[0], row[2], None) for row in found if row[0] in counted and row[1] == PLAYERS]
    rungs.move(session, rungs.changes(gone))
    session.execute(
        update(Standing)
        .where(col(Standing.person_key) == person_key)
        .values(side=BARRED)
        .execution_options(synchronize_session=False)
    )


_LINE = (
    Standing.person_key,
    Standing.unit,
    Standing.right,
    Standing.points,
    Standing.took,
    Standing.answered,
    Standing.attempt,
    Standing.key,
    Standing.paper_id,
)


def _on(round_id: int, side: str) -> "Select[Any]":
    return select(*_LINE).where(  # type: ignore[call-overload,no-any-return]
        col(Standing.round_id) == round_id, col(Standing.side) == side
    )


def top(session: Session, round_id: int, count: int = 20, side: str = PLAYERS) -> list[Row]:
    """The first lines of a board."""
    statement = _on(round_id, side).order_by(col(Standing.key), col(Standing.paper_id))
    return _lines(session, session.execute(statement.limit(count)).all(), 1)


def _lines(session: Session, found: Sequence[Any], place: int, rank: int = 0) -> list[Row]:
    """Lines from rows in order; the first stands at `place`, and shares `rank` with those before
    it that are not among the rows."""
    names = players.names(session, [line.person_key for line in found])
    lines: list[Row] = []
    ranked, before = rank or place, found[0].key if found else ""
    for at, line in enumerate(found, start=place):
        ranked = ranked if line.key == before else at
        before = line.key
        name = names[line.person_key]
        lines.append(
            Row(
                ranked,
                line.person_key,
                name,
                line.unit,
                line.right,
                line.points,
                line.took,
                line.answered,
                line.attempt,
            )
        )
    return lines


def standing(session: Session, round_id: int, person_key: str) -> Standing | None:
    """A player's row, or None when they have none."""
    return session.get(Standing, (round_id, person_key), populate_existing=True)


def rank(session: Session, mine: Standing) -> int:
    """A player's rank: one more than those who are better."""
    return 1 + _ahead(session, mine, mine)[0]


def _ahead(session: Session, mine: Standing, line: Any) -> tuple[int, int]:
    """On a player's board, how many are better than a line, and how many stand above it."""
    above = rungs.above(session, mine.round_id, line.key) if mine.side == PLAYERS else None
    better = func.sum(case((col(Standing.key) < line.key, 1), else_=0))
    statement = select(better, func.count()).where(
        col(Standing.round_id) == mine.round_id,
        col(Standing.side) == mine.side,
        tuple_(col(Standing.key), col(Standing.paper_id)) < (line.key, line.paper_id),
    )
    if above is not None:  # of a long board only one rung is read
        statement = statement.where(col(Standing.key) >= rungs.of(line.key))
    found = session.execute(statement).one()
    return (above or 0) + int(found[0] or 0), (above or 0) + found[1]


def count(session: Session, round_id: int, side: str = PLAYERS) -> int:
    """How many stand on a board."""
    many = rungs.total(session, round_id) if side == PLAYERS else None
    if many is not None:
        return many
    statement = select(func.count()).where(
        col(Standing.round_id) == round_id, col(Standing.side) == side
    )
    return int(session.scalar(statement) or 0)


def around(session: Session, mine: Standing, each_side: int = 2) -> list[Row]:
    """A player's own line with the nearest above and below."""
    board = _on(mine.round_id, mine.side)
    # Compared as a pair, both databases read the neighbours off the index; with `or` they sorted
    # half the board.
    place = tuple_(col(Standing.key), col(Standing.paper_id))
    before, after = place < (mine.key, mine.paper_id), place > (mine.key, mine.paper_id)
    upward = (col(Standing.key).desc(), col(Standing.paper_id).desc())
    above = session.execute(board.where(before).order_by(*upward).limit(each_side)).all()[::-1]
    downward = (col(Standing.key), col(Standing.paper_id))
    below = session.execute(board.where(after).order_by(*downward).limit(each_side)).all()
    first: Any = above[0] if above else mine
    # Counting the board up to here is what takes long: done once, of the first line alone.
    better, ahead = _ahead(session, mine, first)
    return _lines(session, [*above, mine, *below], ahead + 1, better + 1)


def units(session: Session, round_id: int, rules: Rules) -> list[UnitRow]:
    """The board of units: each by the average of its best, so that size does not decide.

    A unit with fewer players than `unit_best` is averaged over `unit_best` all the same.
    """
    many = (
        select(Standing.unit, func.count())  # type: ignore[call-overload]
        .where(*_of_units(round_id))
        .group_by(col(Standing.unit))
    )
    found = [
        (str(unit), int(count_), *_best(session, round_id, str(unit), rules))
        for unit, count_ in session.execute(many).all()
    ]
    found.sort(key=lambda item: (-item[2], item[3], item[0]))
    lines: list[UnitRow] = []
    for place_, (unit, many, score, took) in enumerate(found, start=1):
        same = lines and (lines[-1].score, lines[-1].took) == (score, took)
        lines.append(UnitRow(lines[-1].rank if same else place_, unit, many, score, took))
    return lines


def _of_units(round_id: int) -> tuple[Any, ...]:
    return (
        col(Standing.round_id) == round_id,
        col(Standing.side) == PLAYERS,
        col(Standing.unit) != "",
    )


def _best(session: Session, round_id: int, unit: str, rules: Rules) -> tuple[float, int]:
    """The average of a unit's best, and the time they took; read from the index in its order."""
    value = Standing.right if rules.ranking[0] == "right" else Standing.points
    statement = (
        select(value, Standing.took)  # type: ignore[call-overload]
        .where(*_of_units(round_id), col(Standing.unit) == unit)
        .order_by(col(Standing.key), col(Standing.paper_id))
        .limit(rules.unit_best)
    )
    best = session.execute(statement).all()
    total = sum(int(row[0]) for row in best)
    return total / rules.unit_best, sum(int(row[1]) for row in best)
