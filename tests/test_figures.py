"""A question for a fine, a fee or a time is told first when the answer has no such figure."""

import pytest

from bot.content import Content
from bot.flows.figures import missing
from faq.evaluate import load_questions
from tests.faq.test_accuracy import HELD_OUT

NO_FIGURE = "Bạn nộp ở Công an đặc khu."


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        pytest.param("không ghi nhật ký thì phạt bao nhiêu", "Mức phạt", id="a fine"),
        pytest.param("bi phat may trieu", "Mức phạt", id="without accents"),
        pytest.param("lệ phí bao nhiêu", "Số tiền", id="a fee"),
        pytest.param("có mất tiền không", "Số tiền", id="whether it costs"),
        pytest.param("bn tiền v ad", "Số tiền", id="as the young type"),
        pytest.param("mấy ngày có giấy", "Thời gian", id="days"),
        pytest.param("How long does it take?", "Thời gian", id="in English"),
    ],
)
def test_a_missing_figure_is_told(asked: str, told: str) -> None:
    """What is not in our source is said so, with whom to ask."""
    assert missing(asked, NO_FIGURE).startswith(told)
    assert "Trung tâm Phục vụ hành chính công" in missing(asked, NO_FIGURE)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        pytest.param("lệ phí bao nhiêu", "Lệ phí 50.000 đồng.", id="a sum"),
        pytest.param("mất bao nhiêu tiền", "Không mất phí.", id="free"),
        pytest.param("mất bao lâu", "Có kết quả trong 7 ngày làm việc.", id="days"),
        pytest.param("làm ở đâu", NO_FIGURE, id="another question"),
        pytest.param("phát thanh mấy lần một tháng", NO_FIGURE, id="a broadcast, no fine"),
        pytest.param("bị phạt xe máy thì nộp tiền chỗ nào", NO_FIGURE, id="a machine, no sum"),
    ],
)
def test_nothing_is_told_without_need(asked: str, answer: str) -> None:
    """An answer with its figure, and a question for none, stand as they are."""
    assert missing(asked, answer) == ""


def test_false_alarms_are_rare(content: Content) -> None:
    """Of 660 questions nobody tuned on, at most five are told so."""
    book = content.book.by_id
    asked = [question for question in load_questions(HELD_OUT) if question.topic]

    told = [q for q in asked if q.topic and missing(q.text, book[q.topic].answer)]

    assert len(told) <= 5
