"""The criteria of commendation: their file, and the ranking they give."""

from pathlib import Path

import pytest

from bot.content import DATA
from bot.notices import merit
from bot.notices.merit import Criterion, Found, Line, Measured, Merit, rank
from bot.papers.measures import MEASURES

FILE = """\
least_known: 50
certificate: {kind: "GIẤY KHEN", reason: "Năm {year}", signer: ["CHỦ TỊCH"]}
criteria:
- {id: dung-han, name: "Đúng hạn", weight: 60, measure: activities_in_time, unit: "%",
   scale: share, source: "Kế hoạch"}
- {id: so-buoi, name: "Số buổi", weight: 30, measure: talks_held, unit: "buổi", scale: target,
   target: 4, source: "Điểm danh"}
- {id: nguoi-thi, name: "Người thi", weight: 10, measure: quiz_players, unit: "người",
   scale: best, source: "Vòng thi"}
"""
UNITS = ("a", "b", "c", "d")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Small criteria to read and to spoil."""
    path = tmp_path / "merit.yaml"
    path.write_text(FILE, "utf-8")
    return path


@pytest.fixture
def criteria(file: Path) -> Merit:
    """The small criteria."""
    found, wrong = merit.load(file)
    assert wrong == []
    return found


def figures(**units: tuple[float | None, float | None, float | None]) -> Found:
    """What three measures found of each unit."""
    names: tuple[merit.Measure, ...] = ("activities_in_time", "talks_held", "quiz_players")
    return {
        name: {unit: Measured(values[at]) for unit, values in units.items()}
        for at, name in enumerate(names)
    }


def told(lines: list[Line]) -> list[tuple[str, int | None, float]]:
    """Who has which rank, with what."""
    return [(line.unit, line.rank, line.score) for line in lines]


def test_each_figure_becomes_points_as_its_criterion_says(criteria: Merit) -> None:
    """A share is its points, a target is capped at 100, the best unit has 100."""
    [first, *_others] = rank(criteria, ["a", "b"], figures(a=(80, 8, 20), b=(10, 1, 40)))

    assert [one.points for one in first.points] == [80, 100, 50]
    assert first.score == 0.6 * 80 + 0.3 * 100 + 0.1 * 50


def test_a_missing_figure_is_not_nought(criteria: Merit) -> None:
    """Its weight is left out: a unit is neither helped nor hurt by what is not known of it."""
    found = figures(a=(80, None, None), b=(80, 0, 0))

    assert told(rank(criteria, ["a", "b"], found)) == [("a", 1, 80), ("b", 2, 48)]
    assert rank(criteria, ["a"], found)[0].points[1].points is None


def test_a_unit_of_which_too_little_is_known_has_no_rank(criteria: Merit) -> None:
    """The best at one thing does not lead the list by that alone."""
    lines = rank(criteria, UNITS, figures(a=(None, 4, 9), b=(50, 1, None)))

    assert [(line.unit, line.rank, line.known) for line in lines] == [
        *(("b", 1, 90), ("a", None, 40), ("c", None, 0), ("d", None, 0)),
    ]


def test_ties_share_a_rank_and_keep_their_order(criteria: Merit) -> None:
    """Equal units share a rank, say so, and stand as in the plan; the next rank is left out."""
    same = (50.0, 2.0, 10.0)
    lines = rank(criteria, UNITS, figures(d=same, b=same, c=(100, 4, 10), a=(0, 0, 1)))

    assert [(line.unit, line.rank, line.tied) for line in lines] == [
        *(("c", 1, False), ("b", 2, True), ("d", 2, True), ("a", 4, False)),
    ]


def test_nobody_is_best_at_nothing(criteria: Merit) -> None:
    """Where the best figure is nought there are no points, and no division."""
    [line] = rank(criteria, ["a"], figures(a=(0, 0, 0)))

    assert (line.rank, line.score) == (1, 0)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("weight: 60", "weight: 0", "weight không phải số", id="weight"),
        pytest.param("weight: 60", "weight: .nan", "weight không phải số", id="nan"),
        pytest.param("talks_held", "hearts_won", "measure không có", id="measure"),
        pytest.param("scale: share", "scale: x", "scale sai", id="scale"),
        pytest.param("scale: best", "scale: share", "không phải tỷ lệ", id="no share"),
        pytest.param("target: 4", "target: nhiều", "target không phải số", id="target"),
        pytest.param("scale: best", "scale: best, target: 3", "target chỉ dùng", id="aimless"),
        pytest.param('name: "Số buổi", ', "", "thiếu name", id="name"),
        pytest.param("id: so-buoi", "id: dung-han", "có hai lần", id="twice"),
        pytest.param("id: so-buoi", "id: Số", "sai dạng", id="id"),
        pytest.param("weight: 10", "weight: 10, x: 1", "khóa lạ x", id="slip"),
        pytest.param("least_known: 50", "least_known: 101", "least_known sai", id="least"),
        pytest.param("least_known", "leest_known", "khóa lạ leest_known", id="top slip"),
        pytest.param('kind: "GIẤY KHEN", ', "", "thiếu kind", id="certificate"),
        pytest.param("certificate:", "x:", "thiếu certificate", id="no certificate"),
    ],
)
def test_each_mistake_is_told(file: Path, old: str, new: str, said: str) -> None:
    """A mistake names its line and what to do; the other criteria stand."""
    assert old in FILE
    file.write_text(FILE.replace(old, new, 1), "utf-8")

    found, wrong = merit.load(file)

    assert any(said in item.what for item in wrong), wrong
    assert all(item.remedy for item in wrong)
    assert len(found.criteria) >= 2


def test_mistakes_are_told_all_at_once(file: Path) -> None:
    """Three mistakes are three lines."""
    text = FILE.replace("weight: 60", "weight: nặng").replace("scale: best", "scale: x")
    file.write_text(text.replace("talks_held", "y"), "utf-8")

    assert len(merit.load(file)[1]) == 3


def test_the_shipped_criteria_are_right() -> None:
    """No mistake, and each measure that may be named is one that is taken."""
    found, wrong = merit.load(DATA / "merit.yaml")

    assert wrong == []
    assert sum(one.weight for one in found.criteria) == 100
    assert MEASURES.keys() == merit.MEASURES
    assert all(isinstance(one, Criterion) and one.source for one in found.criteria)
