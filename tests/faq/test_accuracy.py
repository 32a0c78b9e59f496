"""The promise to residents: the targets hold on questions nobody tuned on."""

from pathlib import Path

import pytest

from bot.content import Content
from faq.evaluate import Report, evaluate, load_questions

HELD_OUT = Path(__file__).parent / "held_out.jsonl"
CONTACTS = Path(__file__).parent / "contacts.jsonl"


@pytest.fixture(scope="module")
def report(content: Content) -> Report:
    """What became of 660 questions and 120 on other matters."""
    return evaluate(content.matcher, load_questions(HELD_OUT))


def test_residents_are_understood(report: Report) -> None:
    """Right first, right among three, and helped, as often as promised."""
    assert report.total.top1 >= 0.91
    assert report.total.top3 >= 0.97
    assert report.total.helped >= 0.94


def test_certainty_is_seldom_wrong(report: Report) -> None:
    """What is said with certainty is seldom wrong, also to questions on other matters."""
    assert report.total.false <= 0.03
    assert report.total.foreign_sure <= 0.03


def test_no_style_is_left_behind(report: Report) -> None:
    """However it was typed: no style is eight points below the whole."""
    for row in report.rows[1:]:
        if row.asked:
            assert row.top1 >= report.total.top1 - 0.08, row.style


def test_who_asks_for_a_number_is_understood(content: Content) -> None:
    """Numbers, addresses and pages of local offices, 84 questions; other people's numbers, 16."""
    told = evaluate(content.matcher, load_questions(CONTACTS)).total

    assert told.top1 >= 0.88
    assert told.helped >= 0.93
    assert told.false <= 0.03
    assert told.foreign_sure <= 0.07
