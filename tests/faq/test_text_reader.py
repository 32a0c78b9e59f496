"""Messages as people type them, and the plain words they are read as."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nom.text.noise import NoiseGenerator, mobile_noise, telex_grammar_noise

from faq.text import MAX_CHARS, Lexicon, Reader, fold, load_lexicon
from tests.hostile import HOSTILE

PHRASES = Path(__file__).with_name("test_text_phrases.txt").read_text(encoding="utf-8").splitlines()
LISTS = Path(__file__).parents[2] / "data" / "lexicons"


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    """The shipped word lists."""
    return load_lexicon(LISTS)


@pytest.fixture(scope="module")
def reader(lexicon: Lexicon) -> Reader:
    """A reader of all phrases."""
    return Reader(PHRASES, lexicon)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("chuyeenr ddooir soos laf gif", "chuyển đổi số là gì", id="telex"),
        pytest.param("chuye63n d9o63i so61 la2 gi2", "chuyển đổi số là gì", id="vni"),
        pytest.param("dich5 vu5 cong6 la2 gi2", "dịch vụ công là gì", id="vni at the end"),
        pytest.param("chuyenr doir so laf gif", "chuyển đổi so là gì", id="tones without marks"),
        pytest.param("max soos thuees", "mã số thuế", id="a doubtful word among raw keys"),
        pytest.param("zalo cuar em bij hack", "zalo của em bị hack", id="names among raw keys"),
        pytest.param("cdds laf j", "chuyển đổi số là gì", id="a short form in telex"),
        pytest.param("ruwas laf sao", "vậy là sao", id="dialect in telex"),
    ],
)
def test_raw_keys(reader: Reader, typed: str, meant: str) -> None:
    """Raw keys are read back, the doubtful ones because of the others."""
    assert " ".join(reader.read(typed).words) == meant


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("an toan la gi", id="no accents"),
        pytest.param("test app max visa momo", id="English words which look like keys"),
        pytest.param("how is this", id="an English sentence"),
        pytest.param("muc luc 12 2025 qh15 t63", id="codes"),
        pytest.param("lazada shopee vneid vssid etax", id="brands"),
        pytest.param("bún bò huế nấu ra sao", id="words the index does not have"),
        pytest.param("nguyễn thị thùy dương", id="a person's name"),
        pytest.param("mô hình chi hội chi phí", id="dialect words with an ordinary meaning"),
    ],
)
def test_what_is_not_changed(reader: Reader, typed: str) -> None:
    """Words which mean what they say stay as they are."""
    reading = reader.read(typed)

    assert " ".join(reading.words) == typed
    assert reading.steps == ()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("cccd", "căn cước công dân", id="a short form"),
        pytest.param("CĐS cds", "chuyển đổi số chuyển đổi số", id="with and without đ"),
        pytest.param("lm s z ad", "làm sao vậy admin", id="teencode"),
        pytest.param("giờ bn tuổi", "giờ bao nhiêu tuổi", id="a pair"),
        pytest.param("tui hỏi cái chi rứa", "tôi hỏi cái gì vậy", id="dialect"),
        pytest.param("khi mô họp", "khi nào họp", id="dialect pair"),
        pytest.param("k", "k", id="a letter alone may be an answer"),
        pytest.param("face book", "facebook", id="a name typed apart"),
        pytest.param("chuy ển đ ổi số", "chuyển đổi số", id="a word typed apart"),
        pytest.param("chuyendoiso", "chuyen doi so", id="stuck, no accents"),
        pytest.param("dịchvụcông làgì", "dịch vụ công là gì", id="stuck, accents"),
        pytest.param("vneidmức2", "vneid mức 2", id="stuck with its number"),
        pytest.param("đượcccc quáaaa", "được quá", id="letters held down"),
        pytest.param("xổ đỏ", "sổ đỏ", id="a slip of the ear"),
        pytest.param("tài khỏan ngân hnàg", "tài khoản ngân hàng", id="slips"),
        pytest.param("dihc vu cong", "dịch vu cong", id="a slip without accents"),
        pytest.param("chuyẻn khoản", "chuyển khoản", id="a tone without its mark"),
        pytest.param("tin nhắn 😀 :)) /-heart <3", "tin nhắn", id="emoji and stickers"),
        pytest.param("được hihi", "được", id="laughter"),
        pytest.param("haha", "haha", id="nothing but laughter"),
    ],
)
def test_words(reader: Reader, typed: str, meant: str) -> None:
    """Each habit of typing is read into plain words."""
    assert " ".join(reader.read(typed).words) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("10tr", "10 triệu"),
        ("10 triệu", "10 triệu"),
        ("10.000.000 đ", "10 triệu đ"),
        ("1tr5", "1 triệu 5"),
        ("50k", "50 nghìn"),
        ("1tỷ", "1 tỷ"),
        ("1,500", "1500"),
        ("mức 2", "mức 2"),
        ("lv2", "mức 2"),
        ("muc2", "mức 2"),
        ("lop5", "lop 5"),
        ("1/7/2025", "1 7 2025"),
        ("0255.3867.122", "0255 3867 122"),
    ],
)
def test_numbers(reader: Reader, typed: str, meant: str) -> None:
    """A number stands apart from its unit; dates, codes and telephone numbers stay."""
    assert " ".join(reader.read(f"{typed} vneid").words) == f"{meant} vneid"


def test_initials_come_from_the_index(lexicon: Lexicon) -> None:
    """A phrase the index repeats may be written by its first letters."""
    reader = Reader(["hội chợ tỏi ở đâu", "đi hội chợ tỏi", "hội chợ tỏi khi nào"], lexicon)

    assert reader.read("HCT ở đâu").words == ("hội", "chợ", "tỏi", "ở", "đâu")


def test_half_of_a_pair_may_be_short(lexicon: Lexicon) -> None:
    """The first word of a pair may be written by its first letters."""
    reader = Reader(["biển động", "hôm nay biển động"], lexicon)

    assert reader.read("bđộng").words == ("biển", "động")


def test_a_slip_of_sound_needs_its_neighbour(lexicon: Lexicon) -> None:
    """A syllable the index lacks is mended when it sounds like one seen beside its neighbour."""
    reader = Reader(["làm sổ đỏ"], lexicon)

    assert reader.read("xổ đỏ").words == ("sổ", "đỏ")
    assert reader.read("xổ số").words == ("xổ", "số")


def test_two_spellings_become_the_usual_one(lexicon: Lexicon) -> None:
    """Of kí and ký the one the index uses more is read."""
    reader = Reader(["đăng ký", "ký số", "chữ kí"], lexicon)

    assert reader.read("đăng kí").words == ("đăng", "ký")


@pytest.mark.parametrize(
    ("typed", "toned"),
    [("chuyển đổi số", True), ("chuyeenr ddooir soos", True), ("chuyen doi so", False)],
)
def test_tones_typed(reader: Reader, typed: str, toned: bool) -> None:
    """The reading says whether tones were typed, directly or as keys."""
    assert reader.read(typed).toned is toned


def test_every_change_is_told(reader: Reader) -> None:
    """The steps name each change and its kind."""
    reading = reader.read("cccd laf j")

    assert reading.steps == (
        "telex: laf -> là",
        "short: cccd -> căn cước công dân",
        "teencode: j -> gì",
    )
    assert reading.folded == "can cuoc cong dan la gi"
    assert reading.text == "cccd laf j"


def test_clean_words_are_left_alone(lexicon: Lexicon) -> None:
    """Fewer than one in 200 words of phrases never seen is changed."""
    for seen, unseen in ((PHRASES[::2], PHRASES[1::2]), (PHRASES[1::2], PHRASES[::2])):
        half = Reader(seen, lexicon)
        changes = [step for phrase in unseen for step in half.read(phrase).steps]

        assert len(changes) < sum(len(phrase.split()) for phrase in unseen) / 200, changes


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "noise", [mobile_noise(), telex_grammar_noise()], ids=["mobile", "telex grammar"]
)
def test_noise_of_others_is_partly_undone(reader: Reader, noise: object, seed: int) -> None:
    """Of the words an independent generator spoils, reading brings back more than it loses."""
    generator = NoiseGenerator(noise, seed=seed)
    pairs = [(fold(phrase).split(), generator.noisify(phrase)) for phrase in PHRASES]

    kept = sum(_shared(words, fold(noisy).split()) for words, noisy in pairs)
    read = sum(_shared(words, reader.read(noisy).folded.split()) for words, noisy in pairs)

    assert read > kept


def _shared(wanted: list[str], found: list[str]) -> int:
    return sum(min(wanted.count(word), found.count(word)) for word in set(wanted))


@given(
    st.text(st.characters(codec=None), max_size=200)
    | st.text("abdegiosfrxjw0123 đươểk", max_size=200)
)
@settings(deadline=None)
def test_reading_never_raises(text: str) -> None:
    """Whatever is typed gives words whose folded form is the folded text of the words."""
    reading = SMALL.read(text)

    assert reading.folded == fold(" ".join(reading.words))
    assert all(word and word == word.strip() for word in reading.words)


SMALL = Reader(PHRASES[:60], load_lexicon(LISTS))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_messages_are_bounded(reader: Reader, text: str) -> None:
    """Whatever 4,096 characters are sent, the words read in them are few enough to match."""
    reading = reader.read(text[:4096])

    assert len(reading.words) <= MAX_CHARS
    assert len(reading.text) <= MAX_CHARS
