"""English is told from Vietnamese by its words alone, however either is typed."""

from pathlib import Path

import pytest

from faq.evaluate import load_questions
from faq.text import load_lexicon
from faq.text.english import is_english

LEXICON = load_lexicon(Path(__file__).parents[2] / "data" / "lexicons")


@pytest.mark.parametrize(
    "text",
    [
        "Is there wifi on the island?",
        "Can I pay by card or QR in Ly Son?",
        "How long does it take?",
        "where is the toilet",
        "I already gave the OTP away",
        "Which communes did Lý Sơn use to have?",
    ],
)
def test_english_is_english(text: str) -> None:
    """Sentences of visitors, also with Vietnamese names in them."""
    assert is_english(text, LEXICON)


@pytest.mark.parametrize(
    "text",
    [
        "can cuoc cua toi het han",
        "me toi an com chua",
        "cho minh hoi app vneid login error",
        "is scam k ad",
        "lamf sao ddeer ddangw nhaapj",
        "Hồ sơ online check ở đâu, how to nộp?",
        "ok",
        "",
    ],
)
def test_vietnamese_is_not(text: str) -> None:
    """Vietnamese without accents, with English words in it, in raw keys; and what is neither."""
    assert not is_english(text, LEXICON)


def test_no_question_of_a_resident_is_taken_for_english() -> None:
    """None of the 1,040 tuning questions is, in any style of typing."""
    asked = load_questions(Path(__file__).parent / "dev_queries.jsonl")

    assert not [question.text for question in asked if is_english(question.text, LEXICON)]
