"""Figures: every question counted once, days summed up, small groups hidden."""

import itertools
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from bot import asked, figures, people, played, traced
from bot.asked import NEAR, NOTHING, SURE, Asked
from bot.content import Content
from bot.db import Database
from bot.figures import Labels
from bot.flows.turn import House
from bot.rows import Row, Span, hide, over_time, steps
from faq import unanswered
from quiz import board, players
from quiz.rounds import id_of
from tests.conftest import NOON, ZONE
from tests.quiz.conftest import SELF, opened
from tests.stage import Stage

TODAY = date(2026, 11, 20)
SPAN = Span(date(2026, 11, 1), date(2026, 11, 30), ZONE)
LABELS = Labels(
    {"vneid": "dinh-danh", "cam-nang": "hoc"},
    {"dinh-danh": "Định danh", "hoc": "Học tập"},
    {"dong": "Thôn Đông", "tay": "Thôn Tây"},
    {"truong": "Trường THCS"},
)


def rows(*counts: int) -> list[Row]:
    """Rows of groups a, b, c ... of so many people."""
    return [Row(chr(97 + at), chr(65 + at), float(count)) for at, count in enumerate(counts)]


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        pytest.param((7, 9), ["7", "9"], id="none small"),
        pytest.param((4, 9, 20), ["<5", "ẩn", "20"], id="one small takes the next along"),
        pytest.param((3, 4, 20), ["<5", "<5", "20"], id="two small hide each other"),
        pytest.param((1, 1, 9, 20), ["<5", "<5", "ẩn", "20"], id="small even together"),
        pytest.param((0, 9), ["0", "9"], id="nobody is no group"),
        pytest.param((4,), ["<5"], id="alone"),
    ],
)
def test_small_groups_are_not_shown(counts: tuple[int, ...], shown: list[str]) -> None:
    """A group under five is hidden, and cannot be reckoned from the others and the total."""
    assert [row.shown for row in hide(rows(*counts))] == shown


def test_a_group_of_few_people_is_hidden_however_much_it_asks() -> None:
    """Two people who ask forty questions stay a group of two."""
    assert [row.shown for row in hide(rows(40, 50, 60), ["a"])] == ["<5", "ẩn", "60"]


@pytest.mark.parametrize(
    ("days", "count"),
    [pytest.param(14, 14, id="days"), pytest.param(35, 6, id="weeks"), (366, 13)],
)
def test_steps_cover_every_day_once(days: int, count: int) -> None:
    """Days, weeks and months follow each other without gap or overlap."""
    first = date(2026, 11, 4)
    found = steps(first, first + timedelta(days - 1))

    assert len(found) == count
    assert found[0][0] == first
    assert found[-1][1] == first + timedelta(days - 1)
    assert all(a[1] + timedelta(1) == b[0] for a, b in itertools.pairwise(found))


def test_counts_over_time_keep_their_sum() -> None:
    """What is put into weeks adds up to what the days had."""
    counts = {SPAN.first + timedelta(at): 5 + at for at in range(30)}

    found = over_time(counts, SPAN)

    assert sum(row.value or 0 for row in found) == sum(counts.values())


def many(session: Session, on: date, count: int, verdict: str = SURE, **more: str) -> None:
    """So many questions of a day."""
    for _each in range(count):
        asked.note(session, on, verdict, **more)


def test_summing_up_changes_no_count(session: Session) -> None:
    """The figures are the same before and after the days are summed up, late ones too."""
    for on in (TODAY - timedelta(2), TODAY - timedelta(1), TODAY):
        many(session, on, 6, entry="vneid", hamlet="dong", channel="web")
    before = [asked.totals(session, part, SPAN.first, SPAN.last) for part in asked.PARTS]
    summed = asked.roll(session, TODAY)
    many(session, TODAY - timedelta(1), 2, NOTHING)
    summed += asked.roll(session, TODAY)
    after = asked.totals(session, "verdict", SPAN.first, SPAN.last)

    assert before[0] == {SURE: 18}
    assert before[1:] == [{"vneid": 18}, {"dong": 18}, {"web": 18}]
    assert (summed, after) == (14, {SURE: 18, NOTHING: 2})
    assert session.scalar(select(func.count()).select_from(Asked)) == 6
    assert asked.days(session, "verdict", None, SPAN.first, SPAN.last)[date(2026, 11, 19)] == 8


def test_two_processes_sum_a_day_up_once(db: Database) -> None:
    """Asked for at the same time, a day is counted once."""
    db.run(partial(many, on=TODAY - timedelta(1), count=40)).result()
    other = Database(db.url)
    work = partial(asked.roll, today=TODAY)
    summed = [future.result() for future in [db.run(work), other.run(work)]]
    other.close()

    assert sorted(summed) == [0, 40]
    assert db.read(partial(asked.totals, part="verdict", first=SPAN.first, last=TODAY)) == {
        SURE: 40
    }


def test_questions_stand_under_their_category_and_village(session: Session) -> None:
    """A question counts for the category of what answered it and for the asker's thôn."""
    for at in range(6):
        person, _new = people.welcome(session, "web", f"p{at}", f"p{at}", NOON)
        person.hamlet = "dong" if at < 5 else "tay"
    many(session, TODAY, 8, entry="vneid", hamlet="dong")
    many(session, TODAY, 7, entry="bo-di", hamlet="tay")
    many(session, TODAY, 9, NEAR)
    category = figures.by_category(session, SPAN, LABELS)
    hamlet = figures.by_hamlet(session, SPAN, LABELS)
    assert category
    assert hamlet

    assert [(row.label, row.shown) for row in category.rows] == [
        ("Định danh", "8"),
        ("Câu đã gỡ", "7"),
    ]
    assert [(row.label, row.shown) for row in hamlet.rows] == [
        ("Chưa chọn thôn", "9"),
        ("Thôn Tây", "<5"),
        ("Thôn Đông", "ẩn"),
    ]


def test_the_rows_behind_a_row_add_up_to_it(session: Session) -> None:
    """Clicking down shows the same questions by time; hidden rows lead nowhere."""
    many(session, TODAY, 8, entry="vneid", hamlet="dong")
    many(session, TODAY - timedelta(9), 6, entry="cam-nang", hamlet="dong")
    many(session, TODAY - timedelta(9), 4, NOTHING)
    down = partial(traced.behind, session, SPAN, LABELS)
    found = down("linh-vuc", "dinh-danh")
    assert found

    assert sum(row.value or 0 for row in found.rows) == 8
    assert down("ket-qua", NOTHING) is None
    assert [row.shown for row in (down("thon", "dong") or found).rows] == ["0", "ẩn", "8", "0"]
    assert down("khong-co", "x") is None
    assert down("ngay", "rác") is None


def test_a_unit_of_few_players_has_no_score(session: Session) -> None:
    """Scores of a unit are shown from five players on; a rehearsal does not count."""
    round_ = opened(session, SELF)
    for at in range(8):
        unit = "truong" if at < 5 else "nho"
        players.name(session, f"p{at}", f"Người {at}", NOON)
        named = partial(board.Standing, person_key=f"p{at}", paper_id=at, unit=unit, key=f"{at}")
        session.add(named(round_id=id_of(round_), right=3, answered=4))
    session.flush()
    day = round_.opens_at.astimezone(ZONE).date()
    span = Span(day, day, ZONE)
    contests = played.contests(session, span)
    taking_part = played.by_unit(contests, LABELS.units)
    shares = played.scores(contests, LABELS.units)
    round_.rehearsal = True
    session.flush()
    assert taking_part
    assert shares

    assert [(row.label, row.shown) for row in shares.rows] == [
        ("Trường THCS", "75"),
        ("nho", "<5"),
    ]
    assert [row.shown for row in taking_part.rows] == ["ẩn", "<5"]
    assert played.all_of(session, span, LABELS.units) == []


def test_waiting_questions_are_counted_by_why(session: Session) -> None:
    """Questions that wait are work to do, so their number is always shown."""
    keep = partial(unanswered.keep, session, channel="web", lane="web:1", near=[], now=NOON)
    keep(person_key="p", text="một", folded="mot", why="nothing")
    keep(person_key="p", text="hai", folded="hai", why="wrong")
    day = NOON.astimezone(ZONE).date()
    found = figures.waiting(session, Span(day, day, ZONE), LABELS)
    assert found

    assert [row.shown for row in found.rows] == ["1", "0", "1"]


async def test_what_is_answered_is_counted_without_the_person(db: Database, house: House) -> None:
    """Each question counts with its verdict, its entry and its channel, and nothing else."""
    stage = Stage(db, house, datetime(2026, 11, 20, 23, 30, tzinfo=UTC))
    await stage.says("cẩm nang chuyển đổi số ở đâu")
    await stage.says("nuôi tôm hùm cần giấy phép gì của hàng xóm")
    await stage.says("xin chào")

    def read(session: Session) -> list[tuple[date, str, str, str]]:
        found = session.scalars(select(Asked).order_by(Asked.verdict.desc()))  # type: ignore[attr-defined]
        return [(row.day, row.verdict, row.entry, row.channel) for row in found]

    kept = db.read(read)

    day = date(2026, 11, 21)
    assert (day, SURE, "cam-nang-chuyen-doi-so-o-dau", "fake") in kept
    assert len(kept) == 2
    assert set(Asked.model_fields) == {"id", "day", *asked.PARTS}


def test_labels_come_from_the_content(content: Content) -> None:
    """Every entry has a category with a title."""
    labels = figures.labels_of(content)

    assert {labels.categories[name] for name in labels.category.values()} <= set(
        content.book.categories.values()
    )
