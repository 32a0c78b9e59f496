"""The rules of a contest in words: each rule that is set is said, none that is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.i18n import speaking
from bot.terms import terms
from quiz.rules import Part, Rules
from tests.conftest import NOON, ZONE

RULES = Rules("tuan", "Tuần")


def said(rules: Rules, language: str = "vi") -> str:
    """The whole of the rules, a sentence a line."""
    names = {"an-vinh": "Thôn An Vĩnh"}, {"luat": "Pháp luật"}
    with speaking(language):
        return "\n".join(terms(rules, ZONE, NOON, NOON + timedelta(days=7), *names))


def test_the_plainest_rules() -> None:
    """When, how many questions of each kind, how long, who, and how ranks are made."""
    lines = said(RULES).splitlines()

    assert lines[0] == "Mở từ 12:00 ngày 25/11/2026 đến 12:00 ngày 2/12/2026."
    assert lines[1] == "10 câu: 4 dễ, 4 vừa, 2 khó."
    assert "Mỗi câu có 20 / 25 / 30 giây theo mức dễ đến khó" in lines[3]
    assert "châm chước 1 giây qua trang web, 3 giây qua Telegram và Zalo" in lines[4]
    assert "Mỗi người thi một lượt." in lines
    assert lines[-2].startswith("Xếp hạng lần lượt theo: nhiều câu đúng hơn; ít thời gian hơn")
    assert "trung bình 5 người" in lines[-1]


def test_what_is_not_set_is_not_said() -> None:
    """No topics, whole time, ages, units, points, prediction, jury, prizes: not a word of them."""
    text = said(RULES)

    for word in ("chủ đề", "Cả bài", "tuổi", "Dành cho", "điểm.", "dự đoán", "giám khảo", "Giải"):
        assert word not in text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"categories": {"luat": 3, "khac": 2}}, "Theo chủ đề: Pháp luật 3, khac 2."),
        ({"difficulty": {1: 5}}, "5 câu: 5 dễ."),
        ({"difficulty": {1: 5}}, "Mỗi câu có 20 giây, tính theo đồng hồ của máy chủ."),
        ({"total_seconds": 150}, "Cả bài tối đa 2,5 phút."),
        ({"total_seconds": 600}, "Cả bài tối đa 10 phút."),
        ({"attempts": 3}, "Mỗi người thi tối đa 3 lượt, tính lượt tốt nhất."),
        (
            {"attempts": 2, "period": "week"},
            "Mỗi người thi tối đa 2 lượt mỗi tuần, tính lượt tốt nhất.",
        ),
        ({"least_age": 18}, "Dành cho người từ 18 tuổi."),
        ({"most_age": 15}, "Dành cho người đến 15 tuổi."),
        ({"least_age": 6, "most_age": 15}, "Dành cho người từ 6 đến 15 tuổi."),
        ({"units": ("an-vinh", "khac")}, "Dành cho: Thôn An Vĩnh, khac."),
        ({"ranking": ("points", "finish")}, "Mỗi câu đúng 10 điểm."),
        (
            {"speed_bonus": 5},
            "Mỗi câu đúng 10 điểm. Trả lời nhanh được thêm tới 5 điểm, giảm dần đến hết giờ.",
        ),
        ({"prediction": "Bao nhiêu người?"}, "Câu dự đoán: Bao nhiêu người?"),
        ({"prizes": ("nhất", "nhì")}, "Giải thưởng: nhất; nhì."),
        (
            {"parts": (Part("a", "Tiểu phẩm", 40), Part("b", "Chào hỏi", 20, 1.5))},
            "Tiểu phẩm tối đa 40 điểm; Chào hỏi tối đa 20 điểm, hệ số 1,5.",
        ),
    ],
)
def test_each_rule_is_said(change: dict[str, object], sentence: str) -> None:
    """A rule that is set has its sentence."""
    assert sentence in said(replace(RULES, **change))  # type: ignore[arg-type]


def test_on_stage_nobody_draws_a_paper() -> None:
    """A contest on stage has one paper for all, and no attempts."""
    text = said(replace(RULES, mode="stage"))

    assert "rút ngẫu nhiên" not in text
    assert "Mỗi người thi" not in text


def test_the_rules_in_english() -> None:
    """Whoever reads English reads all of it, numbers too."""
    rules = replace(RULES, total_seconds=150, attempts=2, prizes=("one",), least_age=6)

    text = said(rules, "en")

    assert "2.5" in text
    assert "giây" not in text
    assert "tuổi" not in text
