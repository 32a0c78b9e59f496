"""Raw Telex and VNI keys, checked against an input method and a syllable list of others."""

import unicodedata
from collections.abc import Callable
from pathlib import Path

import bogo
import pytest
from ctnx.constants import ALL_RIMES
from hypothesis import given, settings
from hypothesis import strategies as st

from faq.text import clean
from faq.text.keys import telex, vni
from faq.text.syllables import SYLLABLES, TONED, place_tone

PHRASES = Path(__file__).with_name("test_text_phrases.txt").read_text(encoding="utf-8")
CONTENT = Path(__file__).parents[2] / "data" / "faq"
KEYS = {
    "telex": dict(zip("\u0301\u0300\u0309\u0303\u0323\u0302\u0306\u031b", "sfrxj^ww", strict=True)),
    "vni": dict(zip("\u0301\u0300\u0309\u0303\u0323\u0302\u0306\u031b", "12345687", strict=True)),
}
TONES = "\u0301\u0300\u0309\u0303\u0323"
RARE = (
    "oau oăp uâc uâm uâp oec oem oeng oep uêm uêp uêu uym uyêc uyêm uyêng uyêp uyêu "
    "ôông ôôc uơi uơm uơn uơp uơt uôp ưp"
)
Reads = Callable[[str], str]


def syllables() -> list[str]:
    """Every syllable of the phrases and of the questions in the shipped content."""
    text = PHRASES + "".join(path.read_text("utf-8") for path in sorted(CONTENT.glob("*.yaml")))
    words = {place_tone(word) for line in text.lower().splitlines() for word in _words(line)}
    return sorted(words & SYLLABLES)


def _words(line: str) -> list[str]:
    return "".join(c if c.isalpha() else " " for c in unicodedata.normalize("NFC", line)).split()


def typed(word: str, method: str, place: str) -> str:
    """Write the keys of a syllable: each mark after its letter or all at the end."""
    keys = KEYS[method]
    letters, late = "", ""
    for char in unicodedata.normalize("NFD", word):
        if char == "đ":
            letters += "dd" if method == "telex" else "d9"
        elif char not in keys:
            letters += char
        else:
            key = letters[-1] if keys[char] == "^" else keys[char]
            if char in TONES or (place == "end" and key not in late):
                late += key
            elif place != "end":
                letters += key
    return letters + "".join(sorted(late, key=lambda key: key in "sfrxj12345"))


def read_telex(word: str) -> str:
    found = telex(word)
    return found.syllable if found else word


def read_vni(word: str) -> str:
    found = vni(word)
    return found.syllable if found else word


@pytest.mark.parametrize("place", ["after the letter", "end"])
@pytest.mark.parametrize(
    ("method", "read", "rules"),
    [
        ("telex", read_telex, bogo.get_telex_definition()),
        ("vni", read_vni, bogo.get_vni_definition()),
    ],
)
def test_keys_read_as_an_input_method_reads_them(
    method: str, read: Reads, rules: dict[str, object], place: str
) -> None:
    """At least 99 of 100 syllables of our content come back as bogo writes them."""
    words = syllables()
    agreed = 0
    for word in words:
        keys = typed(word, method, place)
        theirs = place_tone(unicodedata.normalize("NFC", bogo.process_sequence(keys, dict(rules))))
        agreed += read(keys) == theirs == word

    assert len(words) > 300
    assert agreed >= 0.99 * len(words)


@given(st.sampled_from(sorted(SYLLABLES)), st.sampled_from(["after the letter", "end"]))
@settings(deadline=None, max_examples=500)
def test_every_syllable_survives_both_methods(word: str, place: str) -> None:
    """What spelling allows can be typed and read back; long o only with VNI."""
    assert read_vni(typed(word, "vni", place)) == word
    if "oo" not in unicodedata.normalize("NFD", word).replace("\u0300", ""):
        assert read_telex(typed(word, "telex", place)) == word


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        pytest.param("tieengs", "tiếng", id="tone at the end"),
        pytest.param("tieesng", "tiếng", id="tone after the vowel"),
        pytest.param("dduowcj", "được", id="one w for ươ"),
        pytest.param("dduwowcj", "được", id="two w for ươ"),
        pytest.param("duowcjd", "được", id="đ at the end"),
        pytest.param("tieng" + "es", "tiếng", id="hat at the end"),
        pytest.param("thw", "thư", id="w alone is ư"),
        pytest.param("gif", "gì", id="gi before nothing"),
        pytest.param("gieengs", "giếng", id="gi before iê"),
        pytest.param("quaw", "", id="no syllable, no word"),
        pytest.param("quyeenf", "quyền", id="u of qu bears no mark"),
        pytest.param("muaw", "mưa", id="w on ua"),
        pytest.param("xoawn", "xoăn", id="w on oa"),
        pytest.param("luuw", "lưu", id="w on uu"),
        pytest.param("thuowr", "thuở", id="uơ at the end of a word"),
        pytest.param("ngoefo", "ngoèo", id="oeo takes no hat"),
        pytest.param("đươcj", "được", id="half composed, half raw"),
    ],
)
def test_telex(keys: str, word: str) -> None:
    """Keys stand anywhere after the letter they change."""
    assert read_telex(keys) == word


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        pytest.param("d9u7o7c5", "được", id="each mark after its letter"),
        pytest.param("duoc975", "được", id="all marks at the end"),
        pytest.param("nguoi72", "người", id="one 7 for ươ"),
        pytest.param("la2", "là", id="a tone alone"),
        pytest.param("muc2", "", id="huyền before c is no syllable"),
        pytest.param("t63", "t63", id="a code"),
    ],
)
def test_vni(keys: str, word: str) -> None:
    """Digits after the letters are marks and tones, where spelling allows the result."""
    assert read_vni(keys) == word


@pytest.mark.parametrize(
    ("keys", "words"),
    [("chuyenr", ["chuyển"]), ("tieng", []), ("nguoif", ["người"])],
)
def test_marks_left_out_leave_choices(keys: str, words: list[str]) -> None:
    """With the tone typed and the marks not, the syllables which fit are offered."""
    found = telex(keys)

    assert [word for word in (found.completions() if found else []) if word in words] == words


def test_rimes_of_an_independent_list_are_all_here() -> None:
    """Every rime in use that ctnx lists stands in our table, except those in no living word."""
    missing = {
        rime for rime in ALL_RIMES if not {rime, "h" + rime, "t" + rime, "m" + rime} & TONED.keys()
    }

    assert missing <= set(RARE.split())


@given(st.text("abdegiosfrxjwz0123456789đươ", max_size=20))
@settings(deadline=None)
def test_no_keys_raise(word: str) -> None:
    """Any letters and digits are read or left alone."""
    for found in (telex(clean(word)), vni(clean(word))):
        assert found is None or found.syllable in SYLLABLES | {""}
