"""The question bank: what is shipped keeps the blueprint, and every mistake is told at once."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from bot import content as contents
from bot.content import Content
from faq.files import Mistake
from quiz import bank
from quiz.bank import Bank

TOPICS = {"ba-tru-cot": ["luat"]}
QUESTION = """\
category: khai-niem
title: "Khái niệm"
questions:
- id: kn-001
  difficulty: 1
  topic: ba-tru-cot
  source: luat
  question: "Ba trụ cột là gì?"
  options: ["Chính phủ, kinh tế, xã hội", "Hạ tầng, dữ liệu, nhân lực", "Y tế, giáo dục", "Ba nhà"]
  answer: 0
  explanation: "Ba trụ cột là chính phủ số, kinh tế số và xã hội số."
"""
BLUEPRINT = {
    "khai-niem": (12, 12, 6),
    "chinh-quyen-so": (9, 10, 5),
    "dich-vu-cong": (11, 11, 6),
    "vneid-can-cuoc": (13, 12, 7),
    "thanh-toan-so": (6, 6, 2),
    "an-toan-mang": (11, 10, 5),
    "kinh-te-so": (10, 10, 6),
    "xa-hoi-so": (10, 9, 5),
    "to-cong-nghe-so": (3, 4, 1),
    "ngay-cds-su-kien": (5, 5, 2),
    "cuoc-thi-doan": (3, 4, 1),
    "cam-nang-lien-he": (3, 3, 2),
}


@pytest.fixture(scope="module")
def shipped(content: Content) -> tuple[Bank, list[Mistake]]:
    """The bank that is shipped, and what is wrong with it."""
    wrong = contents.check(content, date(2026, 11, 25))
    return content.bank, [item for item in wrong if item.what.startswith("câu")]


def loaded(folder: Path, old: str = "", new: str = "") -> tuple[Bank, list[Mistake]]:
    """A bank of one question after a change."""
    assert old in QUESTION
    (folder / "a.yaml").write_text(QUESTION.replace(old, new, 1), "utf-8")
    return bank.load(folder, TOPICS)


def test_the_shipped_bank_has_no_mistake(shipped: tuple[Bank, list[Mistake]]) -> None:
    """Lengths, sources, balance and likeness are as they must be."""
    assert shipped[1] == []


def test_the_shipped_bank_keeps_the_blueprint(shipped: tuple[Bank, list[Mistake]]) -> None:
    """240 questions: so many easy, middling and hard ones in each category."""
    counted = Counter((item.category, item.difficulty) for item in shipped[0].questions)

    assert counted == {
        (category, level): count
        for category, counts in BLUEPRINT.items()
        for level, count in enumerate(counts, start=1)
    }


def test_a_good_question_has_no_mistake(tmp_path: Path) -> None:
    """The question of these tests is right as it is."""
    found, wrong = loaded(tmp_path)

    assert wrong == []
    assert found.questions[0].options[found.questions[0].answer].startswith("Chính phủ")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param("difficulty: 1", "difficulty: 5", "mức không phải", id="difficulty"),
        pytest.param('"Ba nhà"', '"Y tế, giáo dục"', "bốn lựa chọn khác nhau", id="same options"),
        pytest.param("answer: 0", "answer: 4", "không phải 0-3", id="answer"),
        pytest.param("source: luat", "source: x", "không thuộc mục", id="foreign source"),
        pytest.param("topic: ba-tru-cot", "topic: x", "không có mục", id="no topic"),
        pytest.param("Ba trụ cột là gì?", "x" * 256, "dài 256 ký tự", id="long question"),
        pytest.param("Ba nhà", "y" * 91, "dài 91 ký tự", id="long option"),
        pytest.param("Ba trụ cột là chính", "z" * 191, "giải thích dài", id="long explanation"),
        pytest.param("Ba nhà", "Tất cả đều đúng", "tất cả", id="all of them"),
        pytest.param(
            "Chính phủ,", "Chính phủ số ở trung ương và các tỉnh,", "dài hơn hẳn", id="telling"
        ),
        pytest.param("  answer", "  hint: x\n  answer", "khóa lạ", id="slip"),
        pytest.param("  answer", "  not_with: [kn-9]\n  answer", "not_with", id="lost not_with"),
        pytest.param("  answer", "  valid_until: mai\n  answer", "không phải ngày", id="no date"),
        pytest.param(
            'explanation: "', 'explanation: ""\n  x: "', "thiếu explanation", id="missing"
        ),
    ],
)
def test_each_mistake_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    """A mistake names the file and says what to do."""
    wrong = loaded(tmp_path, old, new)[1]

    assert any(told in item.what for item in wrong), wrong
    assert all(item.file == "a.yaml" and item.remedy for item in wrong)


def test_the_same_question_twice_is_told(tmp_path: Path) -> None:
    """Questions alike, accents and case apart, are one question too many."""
    twin = QUESTION.replace("kn-001", "kn-002").replace("Ba trụ cột là gì?", "BA TRU COT LA GI")
    (tmp_path / "b.yaml").write_text(twin, "utf-8")

    wrong = loaded(tmp_path)[1]

    assert any("gần trùng" in item.what for item in wrong)


def test_a_question_past_its_day_is_not_drawn(tmp_path: Path) -> None:
    """After valid_until a question waits to be rewritten."""
    found, wrong = loaded(tmp_path, "  answer", "  valid_until: 2026-12-31\n  answer")

    assert wrong == []
    assert found.current(date(2026, 12, 31)) == list(found.questions)
    assert found.current(date(2027, 1, 1)) == []
    assert bank.expired(found, date(2027, 1, 1)) == list(found.questions)


def test_right_answers_stand_in_every_place(shipped: tuple[Bank, list[Mistake]]) -> None:
    """No place of the four has more than 65 of the 240 right answers."""
    places = Counter(item.answer for item in shipped[0].questions)

    assert max(places.values()) <= 65
    assert min(places.values()) >= 55
