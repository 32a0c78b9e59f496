"""The reader's parts by themselves: its tables, what it learns from phrases, and whole readings."""

import hashlib
import math
import runpy
from pathlib import Path

import pytest

from faq.text import Lexicon, Reader, fold, keys, load_lexicon, syllables
from faq.text.english import is_english
from faq.text.numbers import part, ungroup
from faq.text.words import Vocabulary, half_short, initials, learn

HERE = Path(__file__).parent
READINGS = HERE.joinpath("test_text_readings.txt").read_text(encoding="utf-8").splitlines()
PHRASES = HERE.joinpath("test_text_phrases.txt").read_text(encoding="utf-8").splitlines()
LISTS = HERE.parents[1] / "data" / "lexicons"


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    """The shipped word lists."""
    return load_lexicon(LISTS)


def test_messages_are_read_as_before(lexicon: Lexicon) -> None:
    """Some 500 messages with everything that may be typed, each line: the message, the words it is
    read as, whether tones were typed, the steps. Correct a line by hand when a reading gets better.
    """
    reader = Reader(PHRASES, lexicon)
    read = []
    for line in READINGS:
        reading = reader.read(line.split(" | ")[0])
        toned = "có dấu" if reading.toned else "không dấu"
        told = [reading.text, " ".join(reading.words), toned, "; ".join(reading.steps)]
        read.append(" | ".join(told).rstrip())

    assert read == READINGS


def test_what_was_learned_once_reads_the_same(lexicon: Lexicon) -> None:
    """A reader made from a kept lesson reads as the one that learned it."""
    learned = Reader(PHRASES, lexicon)
    again = Reader(PHRASES, lexicon, learned.lesson)

    for line in READINGS[::9]:
        text = line.split(" | ")[0]
        assert again.read(text) == learned.read(text)


def test_the_syllables_are_those_of_the_spelling() -> None:
    """Built anew the tables are the same; a change of them is a change of what is learned."""
    built = runpy.run_path(syllables.__file__, run_name=syllables.__name__)
    spelt = "\n".join(f"{bare} {' '.join(row)}" for bare, row in sorted(built["TONED"].items()))
    letters = "\n".join(f"{k} {v} {t}" for k, (v, t) in sorted(built["LETTERS"].items()))
    skeletons = "\n".join(f"{k} {' '.join(v)}" for k, v in sorted(built["SKELETONS"].items()))

    assert (len(built["TONED"]), len(built["SYLLABLES"]), len(built["PLAIN"])) == COUNTS
    assert [digest(spelt), digest(letters), digest(skeletons)] == DIGESTS
    assert built["TONED"]["hoa"] == ("hoa", "hóa", "hòa", "hỏa", "hõa", "họa")
    assert built["TONED"]["quy"][1] == "quý"
    assert built["TONED"]["thuy"][1] == "thúy"
    assert built["TONED"]["cach"] == ("", "cách", "", "", "", "cạch")


def digest(text: str) -> str:
    """A short name of a long text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


COUNTS = (3793, 17482, 2415)
DIGESTS = ["7f5045c1c429cdb8", "3dace62346fa30c6", "0ebd83d099fc1a31"]


def test_letters_fold_alike_however_the_tables_are_built() -> None:
    """The tables that fold are built at the start; built anew they fold every letter the same."""
    path = Path(syllables.__file__).with_name("fold.py")
    built = runpy.run_path(str(path), run_name="faq.text.fold")
    every = [chr(code) for code in (*range(1, 0x2100), *range(0x1F300, 0x1F700), 0x1D400, 0xFF21)]

    for letter in every:
        assert built["fold"](f"a{letter}b") == fold(f"a{letter}b")
    assert digest("\n".join(built["clean"](f"a{letter}b") for letter in every)) == CLEANED


CLEANED = "0b38094f7601ec2a"


def small() -> Vocabulary:
    """A vocabulary of a few phrases."""
    phrases = [
        ("nộp", "hồ", "sơ", "ở", "đâu"),
        ("hồ", "sơ", "kí", "số"),
        ("ký", "số", "là", "gì"),
        ("chữ", "ký", "số"),
        ("mức", "2", "là", "gì"),
        ("so", "dien", "thoai"),
    ]
    return learn(phrases, ["xăng", "số"])


def test_a_vocabulary_is_learned() -> None:
    """Words are counted, numbers not; the accented one stands for its letters; pairs are bare."""
    known = small()

    assert known.counts["số"] == 3
    assert "2" not in known.counts
    assert known.best["so"] == "số"
    assert known.best["ho"] == "hồ"
    assert known.toned["so", 1] == ("số",)
    assert known.toned["so", 0] == ("sơ", "so")
    assert ("ho", "so") in known.pairs
    assert ("muc", "2") in known.pairs
    assert ("so", "nop") not in known.pairs
    assert known.twins == {"kí": "ký"}
    assert known.near["nop"] == ("nop",)
    assert known.near["mc"] == ("muc",)
    assert set(known.near["thoi"]) == {"thoai"}
    assert "o" not in known.near
    assert known.costs["xăng"] == 14.0
    assert known.costs["số"] == pytest.approx(1 - math.log(3 / 22))
    assert known.costs["so"] == pytest.approx(1 - math.log(6 / 22))
    assert known.costs["so"] < known.costs["số"]
    assert "ơ" not in known.costs


@pytest.mark.parametrize(
    ("word", "before", "after", "mended"),
    [
        ("mứcc", "", "", "mức"),
        ("nọp", "", "hồ", "nộp"),
        ("dein", "so", "thoai", "dien"),
        ("dein", "", "", ""),
        ("thaoi", "dien", "", "thoai"),
        ("thaoi", "", "", ""),
        ("xyz", "", "", ""),
        ("ab", "", "", ""),
        ("a" * 16, "", "", ""),
    ],
)
def test_a_slip_is_mended(word: str, before: str, after: str, mended: str) -> None:
    """One edit away; without accents only beside a neighbour it is seen with."""
    assert small().repair(word, before, after) == mended


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("hồsơ", ("hồ", "sơ")),
        ("hoso", ()),
        ("kysolagi", ("ky", "so", "la", "gi")),
        ("kýsốlàgì", ("ký", "số", "là", "gì")),
        ("sohosonop", ()),
        ("số", ()),
        ("xăngsố", ("xăng", "số")),
        ("hồ" * 21, ()),
        ("qqqq", ()),
    ],
)
def test_stuck_words_are_parted(word: str, pieces: tuple[str, ...]) -> None:
    """Into words that are known; without accents into words seen side by side."""
    assert small().split(word) == pieces


def test_what_sounds_alike_needs_a_neighbour() -> None:
    """Xơ for sơ, beside hồ; alone it is another word."""
    known = small()

    assert known.sound_alike("xơ", "hồ", "") == "sơ"
    assert known.sound_alike("xơ", "là", "") == ""
    assert known.sound_alike("trữ", "", "ký") == "chữ"
    assert known.sound_alike("xa", "hồ", "") == ""


def test_pairs_are_seen_in_a_word() -> None:
    """Two words seen side by side, typed as one."""
    known = small()

    assert [known.is_pair(word) for word in ("hoso", "soho", "kyso", "so", "laso")] == [
        *(True, False, True, False, False)
    ]
    assert [known.knows(word) for word in ("số", "so", "muc", "xăng", "")] == [
        *(True, True, True, False, False)
    ]


def test_accents_that_spell_nothing_lead_to_a_word() -> None:
    """By its tone and marks, or by its letters alone."""
    known = small()

    assert known.accented("nợp") == "nộp"
    assert known.accented("chử") == "chữ"
    assert known.accented("so") == ""
    assert known.accented("ố") == ""
    assert known.meant("so", 1) == "số"
    assert known.meant("so", 4) == ""
    assert known.meant("sơ", 1) == ""


def test_initials_are_learned() -> None:
    """What is said often is known by its first letters, with and without accents; what nearly
    always goes on is a piece of something longer."""
    phrases = [("dịch", "vụ", "công")] * 6 + [("đăng", "ký")] * 6 + [("đi", "kiện")] * 2

    found = initials(phrases, frozenset({"là"}))

    assert found["dvc"] == ("dịch", "vụ", "công")
    assert found["đk"] == found["dk"] == ("đăng", "ký")
    assert "dv" not in found
    assert "vc" not in found
    assert initials([("đăng", "ký")] * 5, frozenset()) == {}
    assert initials([("đăng", "ký", "là")] * 9, frozenset({"là", "đăng"})) == {}
    assert initials([("a", "b", "c")] * 3, frozenset()) == {"abc": ("a", "b", "c")}
    assert initials([("mức", "2")] * 9, frozenset()) == {}
    twice = [("đăng", "ký")] * 12 + [("đi", "khám")] * 7
    assert initials(twice, frozenset()) == {}


def test_half_of_a_pair_is_learned() -> None:
    """By the first letter, and by two where they are one sound; said at least twice."""
    found = half_short([("kinh", "tế")] * 2 + [("thanh", "toán")] * 3 + [("bắt", "đầu")])

    assert found == {
        "ttoán": ("thanh", "toán"),
        "thtoán": ("thanh", "toán"),
        "ttoan": ("thanh", "toán"),
        "thtoan": ("thanh", "toán"),
        "ktế": ("kinh", "tế"),
    }


@pytest.mark.parametrize(
    ("typed", "letters", "tone", "tones", "marks", "inside"),
    [
        ("chuyeenr", "chuyên", 3, 1, 1, True),
        ("ddooir", "đôi", 3, 1, 2, True),
        ("las", "la", 1, 1, 0, False),
        ("lafm", "lam", 2, 1, 0, True),
        ("wng", "ưng", 0, 0, 1, False),
        ("nguwowif", "ngươi", 2, 1, 2, True),
        ("quowr", "quơ", 3, 1, 1, True),
        ("thuowr", "thuơ", 3, 1, 1, True),
    ],
)
def test_keys_tell_how_a_word_was_made(
    typed: str, letters: str, tone: int, tones: int, marks: int, inside: bool
) -> None:
    """Letters with their marks, the tone, and how many keys made them."""
    assert keys.telex(typed) == keys.Typed(letters, tone, tones, marks, inside)


@pytest.mark.parametrize("word", ["a", "lasf", "la2s", "a" * 14, "lam", ""])
def test_what_holds_no_keys(word: str) -> None:
    """One letter, two tones, a digit, too long, plain: none of it is Telex."""
    assert keys.telex(word) is None


@pytest.mark.parametrize("word", ["a", "1a", "la12", "lam", "la0", "a1" * 7])
def test_what_holds_no_vni_keys(word: str) -> None:
    """One letter, a digit first, two tones, plain, no such key, too long: none of it is VNI."""
    assert keys.vni(word) is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("3.000.000.000 đ", "3 tỷ đ"),
        ("2.500.000.000", "2500 triệu"),
        ("10.000.000", "10 triệu"),
        ("1,500,000", "1500 nghìn"),
        ("2.000", "2 nghìn"),
        ("90.000", "90 nghìn"),
        ("1.230", "1230"),
        ("0.000", "0"),
        ("20/10/2026", "20/10/2026"),
        ("10.5", "10.5"),
    ],
)
def test_grouped_numbers_are_said(typed: str, said: str) -> None:
    """By the largest unit that leaves a whole number; what is no grouped number stays."""
    assert ungroup(typed) == said


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("10tr", ("10", "triệu")),
        ("1tr5", ("1", "triệu", "5")),
        ("500k", ("500", "nghìn")),
        ("muc2", ("mức", "2")),
        ("mức2", ("mức", "2")),
        ("qh15", ()),
        ("muc1234", ()),
        ("10abc", ()),
        ("10", ()),
    ],
)
def test_numbers_are_parted(lexicon: Lexicon, word: str, pieces: tuple[str, ...]) -> None:
    """From their unit, or from what they count; a code stays whole."""
    assert part(word, lexicon) == pieces


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("to me an", False),
        ("(the) 'how' ?", True),
        ("how hoc phi dong o dau bay gio", False),
    ],
)
def test_how_much_english_is_enough(lexicon: Lexicon, text: str, english: bool) -> None:
    """Four words of English, or two with one that no Vietnamese types; signs do not matter."""
    assert is_english(text, lexicon) is english
