"""The figures of a matcher on labelled questions."""

import json
from pathlib import Path

import pytest

from faq.evaluate import Question, QuestionsError, Report, evaluate, load_questions
from faq.matcher import Document, Matcher
from faq.text import load_lexicon

DATA = Path(__file__).parents[2] / "data"
BOOK = (
    Document("ve-tau", "Mua vé tàu ra đảo thế nào?", ("đặt vé tàu", "tàu ra đảo mua vé ở đâu")),
    Document("mat-sim", "Mất SIM thì làm sao?", ("sim điện thoại bị mất", "khóa sim bị mất")),
)
ASKED = [
    Question("đặt vé tàu", "ve-tau", "clean"),
    Question("dat ve tau", "mat-sim", "bare"),
    Question("qwrtz", "ve-tau", "bare"),
    Question("bún bò", None, "far"),
]


@pytest.fixture(scope="module")
def report() -> Report:
    """Four questions asked of a book of two entries."""
    matcher = Matcher.build(BOOK, load_lexicon(DATA / "lexicons"))
    return evaluate(matcher, ASKED)


def test_shares(report: Report) -> None:
    """Shares are of the questions with an answer; those without are counted apart."""
    assert report.total.asked == 3
    assert report.total.foreign == 1
    assert report.total.top1 == pytest.approx(1 / 3)
    assert report.total.top3 == pytest.approx(2 / 3)


def test_styles(report: Report) -> None:
    """Each style has its own row, after that of the whole set."""
    rows = {row.style: row for row in report.rows}

    assert list(rows) == ["all", "bare", "clean", "far"]
    assert rows["clean"].top1 == 1
    assert rows["bare"].top1 == 0
    assert rows["far"].asked == 0


def test_confusions(report: Report) -> None:
    """A wrong entry is listed with what was asked for and what came first."""
    assert ("dat ve tau", "mat-sim", "ve-tau") in {
        (each.text, each.topic, each.found) for each in report.confusions
    }


def test_calibration(report: Report) -> None:
    """Every question with a hit falls into one step of probability."""
    assert sum(each.count for each in report.calibration) in {2, 3, 4}
    assert all(each.low <= each.promised <= each.high for each in report.calibration)


def test_helped(report: Report) -> None:
    """Nobody is helped more often than the right entry is among the first three."""
    assert all(row.helped <= row.top3 + 1e-9 for row in report.rows)


def test_machines_and_people(report: Report) -> None:
    """The same figures come as JSON and as a table."""
    data = json.loads(report.to_json())

    assert data["rows"][0]["asked"] == 3
    assert "top-1" in report.to_text()
    assert "dat ve tau" in report.to_text()


def test_no_questions() -> None:
    """An empty set has a row of noughts instead of a division by nought."""
    matcher = Matcher.build(BOOK, load_lexicon(DATA / "lexicons"))

    assert evaluate(matcher, []).total.top1 == 0


def test_a_file_of_questions(tmp_path: Path) -> None:
    """Lines are read in order; empty ones and a missing style do no harm."""
    file = tmp_path / "asked.jsonl"
    file.write_text('{"text": "a", "topic": null}\n\n{"text": "b", "topic": "t", "style": "s"}\n')

    assert load_questions(file) == [Question("a", None), Question("b", "t", "s")]


@pytest.mark.parametrize(
    "line",
    ["not json", "[1]", "3", '{"text": "a"}', '{"text": 1, "topic": null}', '{"topic": "t"}'],
)
def test_a_bad_line(tmp_path: Path, line: str) -> None:
    """A line that is no question is named by file and number."""
    file = tmp_path / "asked.jsonl"
    file.write_text('{"text": "a", "topic": null}\n' + line + "\n")

    with pytest.raises(QuestionsError, match=r"asked\.jsonl:2"):
        load_questions(file)


def test_a_missing_file(tmp_path: Path) -> None:
    """A file that is not there is said so."""
    with pytest.raises(QuestionsError, match="nowhere"):
        load_questions(tmp_path / "nowhere.jsonl")
