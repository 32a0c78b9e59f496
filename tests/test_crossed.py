"""Groups over time: what is hidden cannot be reckoned from totals, sums or differences."""

import itertools
import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import partial

import pytest
from sqlmodel import Session

from bot import asked, figures, people, reached, traced
from bot.asked import SURE
from bot.crossed import protect
from bot.figures import Labels
from bot.notices import taking_part
from bot.rows import FEWEST, Row, Span, hide, steps, weeks
from tests.conftest import NOON, ZONE

MONDAY = date(2026, 11, 2)
LABELS = Labels(hamlets={"dong": "Đông", "tay": "Tây", "bac": "Bắc"})
Table = Mapping[str, Sequence[Row]]


def table(*lines: Sequence[int]) -> dict[str, list[Row]]:
    """Groups a, b, c ... over the same steps."""
    return {
        chr(97 + at): [Row(f"{step}", f"{step}", float(count)) for step, count in enumerate(line)]
        for at, line in enumerate(lines)
    }


def marks(found: Table) -> list[str]:
    """What each group shows."""
    return [" ".join(row.shown for row in rows) for rows in found.values()]


def reckoned(plain: Table, found: Table, shut: Sequence[str] = ()) -> set[tuple[str, int]]:
    """The hidden cells that the totals of groups and steps give away, by solving for them."""
    gone = [
        (key, at) for key, rows in found.items() for at, row in enumerate(rows) if row.value is None
    ]
    lines = [
        *({cell for cell in gone if cell[0] == key} for key in plain if key not in shut),
        *(
            {cell for cell in gone if cell[1] == at}
            for at in range(len(next(iter(plain.values()))))
        ),
    ]
    rows = [[Fraction(cell in line) for cell in gone] for line in lines]
    solved: set[tuple[str, int]] = set()
    rank = 0
    for column in range(len(gone)):
        pivot = next((row for row in range(rank, len(rows)) if rows[row][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        rows[rank] = [value / rows[rank][column] for value in rows[rank]]
        for other in range(len(rows)):
            if other != rank and rows[other][column]:
                factor = rows[other][column]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[rank], strict=True)]
        rank += 1
    for row in rows:
        known = [cell for cell, value in zip(gone, row, strict=True) if value]
        solved |= set(known) if len(known) == 1 else set()
    return solved


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        pytest.param([(9, 8), (7, 6)], ["9 8", "7 6"], id="none small"),
        pytest.param([(3, 8), (7, 6)], ["<5 ẩn", "ẩn ẩn"], id="one small takes a ring along"),
        pytest.param(
            [(3, 9, 8), (7, 6, 20), (9, 9, 9)],
            ["<5 ẩn 8", "ẩn ẩn 20", "9 9 9"],
            id="the smallest ring",
        ),
        pytest.param([(0, 8), (7, 6)], ["0 8", "7 6"], id="nobody is no group"),
        pytest.param([(3, 0), (0, 9)], ["<5 0", "0 9"], id="alone in group and step"),
    ],
)
def test_small_cells_take_company_in_both_ways(
    lines: list[tuple[int, ...]], shown: list[str]
) -> None:
    """A cell is hidden along its group and along its step, with as little as will do."""
    assert marks(protect(table(*lines), ())) == shown


def test_two_lonely_pairs_are_not_enough() -> None:
    """Each group and step has two hidden ones, yet one could be reckoned: a ring is made."""
    plain = table((1, 4, 50, 50), (4, 1, 3, 50), (50, 50, 4, 4), (50, 50, 50, 50))
    found = protect(plain, ())

    assert reckoned(plain, found) == set()


@pytest.mark.parametrize("seed", range(60))
def test_nothing_small_can_be_reckoned(seed: int) -> None:
    """Of random tables no small hidden cell is given away by the totals, nor a small sum."""
    chance = random.Random(seed)
    size = chance.randint(2, 6), chance.randint(2, 8)
    high = chance.choice((8, 15, 40))
    plain = table(*([chance.randint(1, high) for _step in range(size[1])] for _g in range(size[0])))
    shut = [key for key in plain if chance.random() < 0.15]
    if len(shut) == 1:
        shut = []
    found = protect(plain, shut)

    for key, at in reckoned(plain, found, shut):
        assert plain[key][at].value is not None
        assert (plain[key][at].value or 0) >= FEWEST
    lines: list[list[tuple[str, int]]] = [
        *([(key, at) for at in range(size[1])] for key in plain if key not in shut),
        *([(key, at) for key in plain] for at in range(size[1])),
    ]
    for line in lines:
        hidden = [plain[key][at].value or 0 for key, at in line if found[key][at].value is None]
        # A group or step of few in all has no total that is shown.
        assert len(hidden) in {0, len(line)} or sum(hidden) >= FEWEST
    kept = [row for rows in found.values() for row in rows if row.value is not None]
    assert all((row.value or 0) >= FEWEST for row in kept)


def asks(session: Session, on: date, **hamlets: int) -> None:
    """So many questions of each thôn on a day."""
    for hamlet, many in hamlets.items():
        for _each in range(many):
            asked.note(session, on, SURE, "vneid", hamlet, "web")


def shown(session: Session, first: date, last: date) -> dict[str, str]:
    """What the figure of thôn says of some days."""
    found = figures.by_hamlet(session, Span(first, last, ZONE), LABELS)
    return {row.key: row.shown for row in found.rows} if found else {}


@pytest.fixture
def island(session: Session) -> Session:
    """Six people of each thôn, and three weeks of questions; in the second two of Đông asked."""
    for hamlet in LABELS.hamlets:
        for at in range(6):
            person, _new = people.welcome(session, "web", f"{hamlet}{at}", f"{at}", NOON)
            person.hamlet = hamlet
    asks(session, MONDAY, dong=8, tay=9, bac=20)
    asks(session, MONDAY + timedelta(7), dong=2, tay=9, bac=20)
    asks(session, MONDAY + timedelta(16), dong=7, tay=9, bac=20)
    return session


def test_no_two_spans_tell_of_a_small_week(island: Session) -> None:
    """However days are chosen, the differences of what is shown are those of whole, shown weeks."""
    days = [MONDAY + timedelta(at) for at in range(-2, 24)]
    said = {
        int(value)
        for first, last in itertools.combinations(days, 2)
        for key, value in shown(island, first, last).items()
        if key == "dong" and value.isdecimal()
    }

    # 8 and 7 in weeks of their own, both together; 17 with the two would give them away.
    assert said == {7, 8, 15}


def test_a_hidden_week_takes_a_neighbour_along(island: Session) -> None:
    """From the week's total the two of Đông could be reckoned: Tây is hidden in that week too."""
    span = Span(MONDAY, MONDAY + timedelta(20), ZONE)
    down = {
        key: [row.shown for row in found.rows]
        for key in LABELS.hamlets
        if (found := traced.behind(island, span, LABELS, "thon", key))
    }

    assert down == {
        "dong": ["8", "<5", "7"],
        "tay": ["9", "ẩn", "9"],
        "bac": ["20", "20", "20"],
    }
    assert shown(island, span.first, span.last) == {"dong": "15", "tay": "18", "bac": "60"}


def test_a_year_goes_down_to_months_that_add_up(island: Session) -> None:
    """Over a year weeks stand in the month they begin in, and add up to the row."""
    span = Span(date(2026, 1, 1), date(2026, 12, 31), ZONE)
    found = traced.behind(island, span, LABELS, "thon", "dong")

    assert found
    assert [row.shown for row in found.rows if row.value] == ["15"]
    assert sum(row.value or 0 for row in found.rows) == 15


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        pytest.param(MONDAY, MONDAY + timedelta(6), 1, id="a week"),
        pytest.param(MONDAY, MONDAY + timedelta(5), 0, id="a day short"),
        pytest.param(MONDAY - timedelta(6), MONDAY + timedelta(5), 0, id="across a Monday"),
        pytest.param(MONDAY + timedelta(1), MONDAY + timedelta(20), 2, id="begun late"),
    ],
)
def test_weeks_are_whole(first: date, last: date, count: int) -> None:
    """Only weeks that lie in the days altogether count."""
    assert len(weeks(Span(first, last, ZONE))) == count


def test_who_came_is_never_told_by_a_difference(session: Session) -> None:
    """Six of a thôn at one talk and two at another are six, never eight."""
    for talk, hamlets in (("mot", {"dong": 6, "tay": 20}), ("hai", {"dong": 2, "tay": 20})):
        for hamlet, many in hamlets.items():
            for at in range(many):
                taking_part.check_in(session, talk, f"{hamlet}{at}", hamlet, "qr", NOON)
    day = NOON.astimezone(ZONE).date()
    found = reached.by_hamlet(reached.came_to(session, Span(day, day, ZONE)), {})

    assert found
    assert {row.key: row.shown for row in found.rows} == {"dong": "6", "tay": "20"}
    assert "từ 5 người" in found.note


def test_channels_over_time_hide_each_other(session: Session) -> None:
    """A day on which two wrote on one channel is hidden, with a ring of others."""
    for at in range(7):
        for channel, many in (("web", 20), ("telegram", 2 if at == 3 else 9), ("zalo_oa", 12)):
            for _each in range(many):
                asked.note(session, MONDAY + timedelta(at), SURE, "x", "", channel)
    span = Span(MONDAY, MONDAY + timedelta(6), ZONE)
    down = partial(traced.behind, session, span, LABELS, "kenh")
    said = {
        name: [row.shown for row in found.rows]
        for name in ("web", "telegram", "zalo_oa")
        if (found := down(name))
    }

    assert said["telegram"][3] == "<5"
    assert sum("ẩn" in rows[3] for rows in said.values()) == 1
    assert [rows.count("ẩn") for rows in said.values()] == [0, 1, 2]


def test_a_category_without_a_total_hides_its_days_in_the_others(session: Session) -> None:
    """Three questions of one category in all: on that day another category is hidden too."""
    labels = Labels({"a": "an-toan", "b": "dinh-danh", "c": "hoc"}, {})
    for at in range(5):
        for entry, many in (("a", 9), ("b", 3 if at == 2 else 0), ("c", 12)):
            for _each in range(many):
                asked.note(session, MONDAY + timedelta(at), SURE, entry, "", "web")
    span = Span(MONDAY, MONDAY + timedelta(4), ZONE)
    down = partial(traced.behind, session, span, labels, "linh-vuc")
    found = down("hoc")

    assert down("dinh-danh") is None
    assert down("an-toan") is None
    assert found
    assert [row.shown for row in found.rows] == ["12"] * 5


@pytest.mark.parametrize("first", [date(2026, 1, 1), date(2026, 1, 15), date(2026, 11, 1)])
def test_steps_are_counted_as_days_are(session: Session, first: date) -> None:
    """By months, weeks or days, summed up before or not, it is the same questions."""
    for at in range(0, 330, 3):
        asks(session, date(2026, 1, 2) + timedelta(at), dong=1 + at % 4)
    asked.roll(session, date(2026, 11, 10), most=400)
    parts = steps(first, date(2026, 11, 28))
    found = asked.stepped(session, "hamlet", parts)
    days = asked.days(session, "hamlet", ["dong"], first, date(2026, 11, 28))

    assert sum(found.values()) == sum(days.values())
    for at, (begin, end) in enumerate(parts):
        assert found.get(("dong", at), 0) == sum(n for on, n in days.items() if begin <= on <= end)


def test_weeks_are_counted_as_days_are(session: Session) -> None:
    """Summed up before, late or not at all, a week has the questions of its days."""
    for at in range(0, 27, 2):
        asks(session, MONDAY + timedelta(at), dong=1 + at % 4, tay=2)
    asked.roll(session, MONDAY + timedelta(18), most=400)
    asks(session, MONDAY + timedelta(6), dong=5)
    weekly = asked.by_week(session, "hamlet", MONDAY, MONDAY + timedelta(27))
    late = asked.roll(session, MONDAY + timedelta(18))
    days = asked.days(session, "hamlet", ["dong"], MONDAY, MONDAY + timedelta(27))

    assert late == 5
    assert asked.by_week(session, "hamlet", MONDAY, MONDAY + timedelta(27)) == weekly
    assert [weekly["dong", MONDAY + timedelta(7 * at)] for at in range(4)] == [
        sum(n for on, n in days.items() if asked.monday(on) == MONDAY + timedelta(7 * at))
        for at in range(4)
    ]


def test_one_way_is_as_before() -> None:
    """A single line of counts keeps its rule: the smallest goes along."""
    assert [row.shown for row in hide(table((4, 9, 20))["a"])] == ["<5", "ẩn", "20"]
