"""Boards: ranks that are fair and stable, own place and neighbours, units, seasons, recounts."""

from datetime import timedelta

from sqlmodel import Session, col, select

from quiz import board, contest, papers, players, pressing, recount, season
from quiz.board import BARRED, Entry, Standing
from quiz.log import Answer, Paper
from quiz.papers import Entrant
from quiz.rounds import Round, id_of
from quiz.scoring import Tally
from tests.conftest import NOON
from tests.quiz.conftest import SELF, STAGE, opened


def stands(session: Session, round_: Round, *given: tuple[str, int, int], unit: str = "") -> None:
    """Players stand on the board of a round: name, right answers, milliseconds."""
    rows = []
    for name, right, took in given:
        paper = Paper(round_id=id_of(round_), person_key=name, started_at=NOON, unit=unit)
        session.add(paper)
        session.flush()
        tally = Tally(right=right, points=10 * right, took=took, answered=5, finished=0)
        entry = Entry(paper.id or 0, id_of(round_), name, 1, unit)
        rows.append(board.row_of(SELF, entry, tally))
    board.enter(session, rows)


def ranks(rows: list[board.Row]) -> list[tuple[int, str]]:
    """Ranks and names."""
    return [(row.rank, row.person_key) for row in rows]


def test_equal_players_share_a_rank(session: Session, week: Round) -> None:
    """Of two who tie, the one who began first stands above; the next rank is left out."""
    stands(session, week, ("a", 5, 100), ("b", 4, 100), ("c", 4, 100), ("d", 4, 200))

    assert ranks(board.top(session, id_of(week))) == [(1, "a"), (2, "b"), (2, "c"), (4, "d")]


def test_own_place_with_neighbours(session: Session, week: Round) -> None:
    """Everybody sees their own line with those next to them, ties included."""
    stands(session, week, *((f"p{number:02d}", 5, number // 2) for number in range(20)))
    mine = board.standing(session, id_of(week), "p11")
    assert mine is not None

    assert board.rank(session, mine) == 11
    assert ranks(board.around(session, mine)) == [
        (9, "p09"),
        (11, "p10"),
        (11, "p11"),
        (13, "p12"),
        (13, "p13"),
    ]


def test_the_first_and_the_last_have_neighbours_on_one_side(session: Session, week: Round) -> None:
    """At the ends of the board fewer lines are shown, with their true ranks."""
    stands(session, week, ("a", 5, 1), ("b", 4, 1), ("c", 3, 1))
    first = board.standing(session, id_of(week), "a")
    last = board.standing(session, id_of(week), "c")
    assert first is not None
    assert last is not None

    assert ranks(board.around(session, first, 1)) == [(1, "a"), (2, "b")]
    assert ranks(board.around(session, last, 1)) == [(2, "b"), (3, "c")]


def test_a_small_unit_competes_with_a_large_one(session: Session, week: Round) -> None:
    """Units are ranked by the average of their best five: neither size nor one star decides."""
    stands(session, week, *((f"big{n}", 3, 10) for n in range(40)), unit="lon")
    stands(session, week, *((f"good{n}", 4, 10) for n in range(5)), unit="vua")
    stands(session, week, ("star", 5, 1), unit="mot-nguoi")

    rows = board.units(session, id_of(week), SELF)

    assert [(row.rank, row.unit, row.players, row.score) for row in rows] == [
        (1, "vua", 5, 4.0),
        (2, "lon", 40, 3.0),
        (3, "mot-nguoi", 1, 1.0),
    ]


def test_organisers_stand_on_no_board(session: Session, week: Round) -> None:
    """A player who becomes an organiser leaves the board for good."""
    stands(session, week, ("hoa", 5, 1), ("lan", 4, 1))
    board.bar(session, "hoa")
    stands_again = session.get(Standing, (id_of(week), "hoa"), populate_existing=True)
    assert stands_again is not None
    entry = Entry(stands_again.paper_id, id_of(week), "hoa", 1, "")
    board.enter(session, [board.row_of(SELF, entry, Tally(right=9))])

    assert ranks(board.top(session, id_of(week))) == [(1, "lan")]
    hoa = select(col(Standing.side)).where(col(Standing.person_key) == "hoa")
    assert session.scalar(hoa) == BARRED


def test_a_hidden_name_keeps_its_place(session: Session, week: Round) -> None:
    """An organiser can take a name off the board without touching the result."""
    players.name(session, "lan", "Lan", NOON)
    stands(session, week, ("lan", 5, 1))
    players.hide(session, "lan")

    assert board.top(session, id_of(week))[0].name == players.HIDDEN


def test_a_season_adds_up_its_rounds(session: Session) -> None:
    """Right answers of all rounds together, then points, then less time."""
    first, second = (opened(session, SELF, season="2026") for _ in range(2))
    stands(session, first, ("a", 5, 100), ("b", 4, 50))
    stands(session, second, ("b", 5, 100), ("c", 5, 1))
    ids = [id_of(first), id_of(second)]

    rows = season.table(session, ids)

    assert [(row.rank, row.person_key, row.right) for row in rows] == [
        (1, "b", 9),
        (2, "c", 5),
        (3, "a", 5),
    ]
    mine = season.place(session, ids, "a")
    assert mine is not None
    assert mine[0] == 3
    assert season.place(session, ids, "nobody") is None


def test_a_recount_finds_and_mends_what_was_changed(session: Session) -> None:
    """A standing row edited by hand does not survive counting the log again."""
    round_ = opened(session, STAGE)
    for name in ("lan", "minh"):
        contest.join(session, round_, Entrant(name), "stage", NOON)
    contest.take(session, round_, "open", 0, "Hoa", NOON)
    place = contest.shown(round_, 1).answer
    press = pressing.Press("lan", place, "stage", NOON + timedelta(seconds=2))
    pressing.press(session, round_, [press])
    assert recount.compare(session, round_) == []
    forged = session.get(Standing, (id_of(round_), "minh"), populate_existing=True)
    assert forged is not None
    forged.right, forged.key = 99, "0"
    session.flush()

    wrong = recount.rebuild(session, round_)

    assert [item.person_key for item in wrong] == ["minh"]
    assert recount.compare(session, round_) == []
    assert board.top(session, id_of(round_))[0].person_key == "lan"


def test_a_recount_tells_of_a_lost_answer(session: Session, week: Round) -> None:
    """An answer deleted from the log shows as a difference."""
    from tests.quiz.test_papers import answered, begun

    paper = begun(session, week)
    answered(session, week, paper, right=True, after=timedelta(minutes=1))
    session.delete(session.scalars(select(Answer)).one())
    session.flush()

    assert [item.person_key for item in recount.compare(session, week)] == ["lan"]


def test_closing_ranks_anew(session: Session, week: Round) -> None:
    """After closing, nobody enters, and the board is what the log gives."""
    from tests.quiz.test_papers import answered, begun

    paper = begun(session, week)
    answered(session, week, paper, right=True, after=timedelta(minutes=1))

    papers.close(session, week, NOON + timedelta(days=1))

    assert recount.compare(session, week) == []
