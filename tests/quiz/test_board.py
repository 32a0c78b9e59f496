"""Boards: ranks that are fair and stable, own place and neighbours, units, seasons, recounts."""

from dataclasses import replace
from datetime import timedelta

from sqlmodel import Session, col, select

from quiz import board, contest, papers, players, pressing, recount, scoring, season
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


def test_a_line_shows_what_the_row_holds(session: Session, week: Round) -> None:
    """Every number of a board line is the one of its paper."""
    players.name(session, "lan", "Lan", NOON)
    paper = Paper(round_id=id_of(week), person_key="lan", started_at=NOON, unit="an-vinh")
    session.add(paper)
    session.flush()
    entry = Entry(paper.id or 0, id_of(week), "lan", 2, "an-vinh")
    tally = Tally(right=3, points=31, took=4_200, answered=5, finished=77)
    board.enter(session, [board.row_of(SELF, entry, tally)])

    assert board.top(session, id_of(week)) == [
        board.Row(1, "lan", "Lan", "an-vinh", 3, 31, 4_200, 5, 2)
    ]
    kept = board.standing(session, id_of(week), "lan")
    assert kept is not None
    assert (kept.paper_id, kept.side, kept.finished) == (paper.id, board.PLAYERS, 77)
    assert kept.key == scoring.key(SELF, tally)


def test_the_board_shows_twenty_or_as_many_as_asked(session: Session, week: Round) -> None:
    """The first twenty, or the first of another number."""
    stands(session, week, *((f"p{number:02d}", 5, number) for number in range(22)))

    assert [row.rank for row in board.top(session, id_of(week))] == list(range(1, 21))
    assert ranks(board.top(session, id_of(week), 2)) == [(1, "p00"), (2, "p01")]
    assert board.count(session, id_of(week)) == 22
    mine = board.standing(session, id_of(week), "p10")
    assert mine is not None
    assert len(board.around(session, mine)) == 5


def test_an_empty_board_has_no_line(session: Session, week: Round) -> None:
    """Nobody played: no line, no player, no unit; and nothing to write is written."""
    board.enter(session, [])

    assert board.top(session, id_of(week)) == []
    assert board.count(session, id_of(week)) == 0
    assert board.units(session, id_of(week), SELF) == []
    assert board.standing(session, id_of(week), "lan") is None


def test_boards_do_not_mix(session: Session, week: Round) -> None:
    """Another round, and teams, stand on boards of their own; ranks count their own alone."""
    other = opened(session, SELF)
    stands(session, week, ("lan", 3, 1), unit="an-hai")
    stands(session, other, ("hoa", 5, 1), unit="an-hai")
    for number, round_ in enumerate((week, other)):
        team = Entry(99 + number, id_of(round_), "doi", 1, "an-hai", board.TEAMS)
        board.enter(session, [board.row_of(SELF, team, Tally(right=9))])
    mine = board.standing(session, id_of(week), "lan")
    teams = board.standing(session, id_of(week), "doi")
    assert mine is not None
    assert teams is not None

    assert ranks(board.top(session, id_of(week))) == [(1, "lan")]
    assert ranks(board.top(session, id_of(week), side=board.TEAMS)) == [(1, "doi")]
    assert (board.rank(session, mine), board.rank(session, teams)) == (1, 1)
    assert ranks(board.around(session, mine)) == [(1, "lan")]
    assert board.count(session, id_of(week)) == 1
    assert board.count(session, id_of(week), board.TEAMS) == 1
    units = board.units(session, id_of(week), SELF)
    assert [(row.players, row.score, row.took) for row in units] == [(1, 0.6, 1)]


def test_a_row_written_again_is_brought_up_to_date(session: Session, week: Round) -> None:
    """A better paper takes the place of the one before, in every column."""
    stands(session, week, ("lan", 3, 500), unit="an-vinh")
    entry = Entry(500, id_of(week), "lan", 2, "an-hai", board.WRITING)
    better = board.row_of(SELF, entry, Tally(5, 50, 100, 5, 9))

    board.enter(session, [better])

    kept = board.standing(session, id_of(week), "lan")
    assert kept is not None
    assert {name: getattr(kept, name) for name in better} == better


def paper(number: int, who: str, right: int, side: str = board.PLAYERS) -> tuple[Entry, Tally]:
    """A paper of somebody, its number the attempt."""
    return Entry(number, 1, who, number, "", side), Tally(right=right)


def test_of_several_papers_the_best_stands() -> None:
    """The best of each player, of equal ones the first, whatever order they come in."""
    papers = [
        *(paper(2, "lan", 4), paper(1, "lan", 4), paper(3, "lan", 2)),
        *(paper(1, "minh", 1), paper(2, "minh", 5)),
    ]

    rows = board.best_rows(SELF, papers)

    assert [(row["person_key"], row["attempt"]) for row in rows] == [("lan", 1), ("minh", 2)]


def test_a_paper_handed_in_comes_before_one_being_written() -> None:
    """However good it looks so far, a paper in the middle does not show."""
    writing = paper(2, "lan", 5, board.WRITING)
    handed = paper(1, "lan", 1)

    for given in ([writing, handed], [handed, writing]):
        assert [row["attempt"] for row in board.best_rows(SELF, given)] == [1]


def test_units_that_are_equal_share_a_rank(session: Session, week: Round) -> None:
    """Of equal averages less time is better; equal in both they share a rank, the next is left
    out, and they stand in the order of their names."""
    for unit, took in (("b", 10), ("a", 10), ("c", 5), ("d", 99)):
        stands(session, week, (f"{unit}1", 4, took), (f"{unit}2", 3, took), unit=unit)
    stands(session, week, ("alone", 5, 1))

    rows = board.units(session, id_of(week), SELF)

    assert [(row.rank, row.unit, row.players, row.score, row.took) for row in rows] == [
        (1, "c", 2, 1.4, 10),
        (2, "a", 2, 1.4, 20),
        (2, "b", 2, 1.4, 20),
        (4, "d", 2, 1.4, 198),
    ]


def test_units_are_ranked_by_what_the_rules_rank(session: Session, week: Round) -> None:
    """Where points come first, a unit has the average of its points; only the best ones count."""
    rules = replace(SELF, ranking=("points", "time"), unit_best=2)
    stands(session, week, ("x", 4, 10), ("y", 3, 10), ("z", 1, 10), unit="a")

    [row] = board.units(session, id_of(week), rules)

    assert (row.score, row.took, row.players) == (35.0, 20, 3)


def test_a_barred_player_is_barred_everywhere(session: Session, week: Round) -> None:
    """An organiser leaves the boards of all rounds; nobody else does."""
    other = opened(session, SELF)
    for round_ in (week, other):
        stands(session, round_, ("hoa", 5, 1), ("lan", 4, 1), unit="an-vinh")

    board.bar(session, "hoa")

    for round_ in (week, other):
        assert ranks(board.top(session, id_of(round_))) == [(1, "lan")]
        assert [row.players for row in board.units(session, id_of(round_), SELF)] == [1]
