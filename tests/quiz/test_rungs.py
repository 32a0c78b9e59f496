"""Rungs: ranks of a long board counted from them are those of counting everybody."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from sqlmodel import Session, col, func, select

from quiz import board, recount, rungs
from quiz.board import BARRED, PLAYERS, TEAMS, WRITING, Entry, Standing
from quiz.rounds import Round, id_of
from quiz.rungs import Rung
from quiz.scoring import Tally
from tests.quiz.conftest import SELF, STAGE, opened
from tests.quiz.test_papers import answered, begun


def put(session: Session, round_: Round, name: str, right: int, took: int,
        side: str = PLAYERS) -> None:  # fmt: skip
    """Somebody's row, as a paper handed in writes it."""
    tally = Tally(right, 10 * right, took, 5, 0)
    entry = Entry(1 + int(name), id_of(round_), name, 1, "", side)
    board.enter(session, [board.row_of(SELF, entry, tally)])


def counted(session: Session, round_: Round) -> dict[str, int]:
    """What is kept of the rungs that anybody stands on."""
    rows = session.scalars(select(Rung).where(col(Rung.round_id) == id_of(round_)))
    session.expire_all()
    return {row.rung: row.many for row in rows if row.many}


def stood(session: Session, round_: Round) -> dict[str, int]:
    """The same, counted from every row of the board."""
    keys = select(col(Standing.key)).where(
        col(Standing.round_id) == id_of(round_), col(Standing.side) == PLAYERS
    )
    return dict(Counter(rungs.of(key) for key in session.scalars(keys)))


def by_hand(session: Session, mine: Standing) -> int:
    """A rank counted from every row that is better."""
    better = select(func.count()).where(
        col(Standing.round_id) == mine.round_id,
        col(Standing.side) == mine.side,
        col(Standing.key) < mine.key,
    )
    return 1 + int(session.scalar(better) or 0)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_the_rungs_are_what_stands(session: Session, seed: int) -> None:
    """Papers begun, handed in, bettered; players barred, rows damaged and counted again: after
    each the rungs and everybody's rank are those of counting the rows."""
    chance = Random(seed)
    week, other = opened(session, SELF), opened(session, SELF)
    for _each in range(60):
        round_, name = chance.choice([week, week, week, other]), str(chance.randrange(20))
        act = chance.random()
        if act < 0.1:
            board.bar(session, name)
        else:
            side = chance.choice([PLAYERS, PLAYERS, PLAYERS, WRITING, TEAMS])
            put(session, round_, name, chance.randrange(3), chance.randrange(40_000), side)
        for one in (week, other):
            assert counted(session, one) == stood(session, one)

    for mine in session.scalars(select(Standing).where(col(Standing.side) != BARRED)).all():
        assert board.rank(session, mine) == by_hand(session, mine)
        ahead = [
            row.rank for row in board.around(session, mine) if row.person_key == mine.person_key
        ]
        assert ahead == [by_hand(session, mine)]
    assert board.count(session, id_of(week)) == sum(stood(session, week).values())


def test_many_rows_at_once(session: Session, week: Round) -> None:
    """More rows than one look takes: each is counted once, also when they are written again."""
    rows = [
        board.row_of(SELF, Entry(at, id_of(week), str(at), 1, ""), Tally(at % 4, 0, at, 5, 0))
        for at in range(board.LOT + 7)
    ]

    for _each in range(2):
        board.enter(session, rows)

    assert counted(session, week) == stood(session, week)
    assert board.count(session, id_of(week)) == len(rows)


def test_a_recount_mends_the_rungs(session: Session, week: Round) -> None:
    """Whoever changed them by hand is found out by the next recount."""
    paper = begun(session, week)
    while paper.finished_at is None:
        answered(session, week, paper, right=True, after=timedelta(minutes=1))
    truth = counted(session, week)
    session.add(Rung(round_id=id_of(week), rung="0000", many=7))
    session.flush()

    recount.rebuild(session, week)

    assert counted(session, week) == truth
    assert sum(truth.values()) == 1


def test_a_stage_has_no_rungs(session: Session) -> None:
    """Its board is short and written often: nothing is counted beside it, and ranks are right."""
    round_ = opened(session, STAGE)
    for name, right in (("1", 2), ("2", 1)):
        put(session, round_, name, right, 0)
    mine = board.standing(session, id_of(round_), "2")
    assert mine is not None

    assert counted(session, round_) == {}
    assert rungs.above(session, id_of(round_), mine.key) is None
    assert (board.rank(session, mine), board.count(session, id_of(round_))) == (2, 2)
    rungs.rebuild(session, id_of(round_), PLAYERS)
    assert counted(session, round_) == {}
