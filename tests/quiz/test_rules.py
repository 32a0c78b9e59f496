"""Rules as data: what is shipped is right, and every mistake is told with its line."""

from pathlib import Path

import pytest

from bot.content import DATA, Content
from quiz import rules

GOOD = """\
rules:
- id: tuan
  title: "Tuần"
  difficulty: {1: 4, 2: 4, 3: 2}
  seconds: {1: 20, 2: 25, 3: 30}
  ranking: [right, time]
"""


def mistakes(folder: Path, old: str, new: str) -> list[str]:
    """What is said of the rules after a change."""
    assert old in GOOD
    path = folder / "contests.yaml"
    path.write_text(GOOD.replace(old, new), "utf-8")
    return [str(item) for item in rules.load(path, {"khai-niem": "Khái niệm"})[1]]


def test_the_shipped_rules_have_no_mistake(content: Content) -> None:
    """Every set of rules that is shipped can be opened."""
    known, wrong = rules.load(DATA / "contests.yaml", content.bank.categories)

    assert wrong == []
    assert {"tuan", "san-khau"} <= known.keys()


def test_rules_survive_being_frozen(content: Content) -> None:
    """What is kept with a round is the same when it is read back."""
    for known in content.contests.values():
        assert rules.loads(rules.dump(known)) == known


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("title:", "titel:", "khóa lạ titel"),
        ("[right, time]", "[time, right]", "không bắt đầu bằng right"),
        ("[right, time]", "[right, luck]", "không xếp hạng được theo luck"),
        ("[right, time]", "[right, guess]", "không có câu dự đoán"),
        ("{1: 4, 2: 4, 3: 2}", "{4: 1}", "difficulty"),
        ("{1: 4, 2: 4, 3: 2}", "{1: 60}", "số câu không từ 1 đến 50"),
        ("{1: 20, 2: 25, 3: 30}", "{1: 2}", "seconds"),
        ('"Tuần"', '"Tuần"\n  attempts: 0', "attempts không phải số từ 1 đến 20"),
        ('"Tuần"', '"Tuần"\n  categories: {la: 10}', "chủ đề lạ"),
        ('"Tuần"', '"Tuần"\n  categories: {khai-niem: 3}', "tổng theo chủ đề khác 10"),
        ('"Tuần"', '"Tuần"\n  mode: mixed', "mode không phải"),
        ('"Tuần"', '"Tuần"\n  parts: [{id: a}]', "phần thi cần id, name, most"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    """Each kind of mistake is named, with the file and the line."""
    said = mistakes(tmp_path, old, new)

    assert any(told in line and line.startswith("contests.yaml:") for line in said)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Nobody has to mend a file one mistake at a time."""
    said = mistakes(tmp_path, '"Tuần"', '"Tuần"\n  mode: mixed\n  attempts: 99\n  period: day')

    assert len(said) == 3
