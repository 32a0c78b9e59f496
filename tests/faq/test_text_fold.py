"""Cleaning and folding: one form for every way the same text can be encoded."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from viet_text_tools import normalize_diacritics

from faq.text import MAX_CHARS, clean, fold
from faq.text.syllables import SYLLABLES, place_tone
from tests.hostile import HOSTILE

ANY_TEXT = st.text(st.characters(codec=None), max_size=300)
VIETNAMESE = st.text(
    "aăâbcdđeêghiklmnoôơpqrstuưvxy ẦẾỘỢỮđĐ.,:?!0123456789\u0301\u0323", max_size=200
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("Chuyê\u0309n đô\u0309i sô\u0301", "Chuyển đổi số", id="decomposed"),
        pytest.param("  a \t b\n\nc ", "a b c", id="spaces of all kinds"),
        pytest.param("a\0b\u200bc\u202ed\ud83d", "abcd", id="what cannot be seen"),
        pytest.param("e\u0301\u0301\u0301\u0336m", "ém", id="stacked marks"),
        pytest.param("𝐕𝐍𝐞𝐈𝐃 ＶＮｅＩＤ", "VNeID VNeID", id="fancy letters"),
        pytest.param("tỏi 😀👍🏽", "tỏi 😀👍🏽", id="emoji stay in what was typed"),
        pytest.param("\ufdfa", "\ufdfa", id="no ligature unfolds"),
        pytest.param("\ufb2a", "\u05e9", id="a letter which falls apart keeps no mark"),
    ],
)
def test_clean_gives_one_form(typed: str, expected: str) -> None:
    """The same message looks the same, however its characters were encoded."""
    assert clean(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("Đặc khu LÝ SƠN", "dac khu ly son", id="case, accents and đ"),
        pytest.param("12/2025/QH15", "12 2025 qh15", id="a code keeps digits and letters"),
        pytest.param("wi-fi, TT&TT... (mới)!", "wi fi tt tt moi", id="punctuation is space"),
        pytest.param("tỏi 😀", "toi", id="emoji go"),
        pytest.param("hoà hòa thuý thúy", "hoa hoa thuy thuy", id="tone on either letter"),
        pytest.param("", "", id="nothing"),
        pytest.param("?!", "", id="nothing but signs"),
    ],
)
def test_fold_gives_bare_words(typed: str, expected: str) -> None:
    """Folded text is lower-case words without accents."""
    assert fold(typed) == expected


@given(ANY_TEXT | VIETNAMESE)
@settings(deadline=None)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    """Clean text is in NFC, printable, within bounds, and stays as it is."""
    cleaned = clean(text)

    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned.isprintable()
    assert len(cleaned) <= MAX_CHARS


@given(ANY_TEXT | VIETNAMESE)
@settings(deadline=None)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    """Folded text stays as it is, and so does the text it came from once clean."""
    folded = fold(text)

    assert fold(folded) == folded
    assert fold(clean(text)) == folded


@given(VIETNAMESE)
@settings(deadline=None)
def test_encoding_does_not_matter(text: str) -> None:
    """NFC and NFD of one message clean to the same text."""
    composed = unicodedata.normalize("NFC", text)

    assert clean(unicodedata.normalize("NFD", composed)) == clean(composed)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_bounded(text: str) -> None:
    """Whatever 4,096 characters are sent, what is left to work on is short."""
    assert len(fold(text)) <= MAX_CHARS


def test_a_long_message_is_cut_not_refused() -> None:
    """What is beyond the limit is left out."""
    assert len(clean("số " * 5000)) <= MAX_CHARS


@pytest.mark.parametrize(
    ("typed", "usual"),
    [
        ("hoà", "hòa"),
        ("khoẻ", "khỏe"),
        ("uỷ", "ủy"),
        ("thuý", "thúy"),
        ("qúy", "quý"),
        ("tìên", "tiền"),
        ("đựơc", "được"),
        ("hòan", "hoàn"),
        ("gía", "giá"),
        ("zalo", "zalo"),
    ],
)
def test_a_tone_has_one_place(typed: str, usual: str) -> None:
    """A tone moves to its usual letter; the older style is kept (hòa, ủy)."""
    assert place_tone(typed) == usual


def test_tone_places_agree_with_an_independent_library() -> None:
    """For every syllable both placings of the tone, old and new, lead to ours."""
    # The library takes the i of gi and a long o for vowels like any other, so those are left out.
    words = [word for word in SYLLABLES if not word.startswith("g") and "oo" not in fold(word)]
    wrong = [
        word
        for word in words
        for style in (True, False)
        if place_tone(normalize_diacritics(word, new_style=style)) != word
    ]

    assert wrong == []
