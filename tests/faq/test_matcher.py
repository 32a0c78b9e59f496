"""A sure answer, near choices, or nothing; from the shipped book and from a small one."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.content import Content
from faq import book, cache
from faq.foreign import load_foreign
from faq.index import Index, Phrase
from faq.matcher import Document, Matcher, Near, Nothing, Sure
from faq.text import Lesson, Lexicon, fold, load_lexicon
from tests.faq.conftest import InUse
from tests.hostile import HOSTILE

DATA = Path(__file__).parents[2] / "data"
SMALL = (
    Document("hoc-phi", "Học phí đóng ở đâu?", ("nộp tiền học chỗ nào", "đóng học phí cho con")),
    Document("ve-tau", "Mua vé tàu ra đảo thế nào?", ("đặt vé tàu", "tàu ra đảo mua vé ở đâu")),
    Document("mat-sim", "Mất SIM thì làm sao?", ("sim điện thoại bị mất", "khóa sim")),
)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    """The shipped word lists."""
    return load_lexicon(DATA / "lexicons")


@pytest.fixture(scope="module")
def matcher(content: Content) -> Matcher:
    """The matcher over the shipped book, as the bot asks it."""
    assert isinstance(content.matcher, Matcher)
    return content.matcher


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        pytest.param("chuyển đổi số là gì", "chuyen-doi-so-la-gi", id="as written"),
        pytest.param("CHUYEN DOI SO LA GI", "chuyen-doi-so-la-gi", id="capitals, no accents"),
        pytest.param("chuyeenr ddooir soos laf gif", "chuyen-doi-so-la-gi", id="raw telex"),
        pytest.param("cđs là j v", "chuyen-doi-so-la-gi", id="youth"),
        pytest.param("chuyển đổi số là cái chi rứa", "chuyen-doi-so-la-gi", id="dialect"),
        pytest.param("tui quên mật khẩu vneid rồi", "quen-mat-khau-vneid", id="a situation"),
        pytest.param("tui quên mật khẩu vssid rồi", "quen-mat-khau-vssid", id="its neighbour"),
    ],
)
def test_a_sure_answer(matcher: Matcher, question: str, entry: str) -> None:
    """A clear question gets its answer, however it is typed."""
    found = matcher.find(question)

    assert isinstance(found, Sure)
    assert found.hits[0].id == entry


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("chào bạn nhé", id="a greeting"),
        pytest.param("đội nào vô địch giải bóng chuyền", id="sports"),
        pytest.param("cách làm bánh xèo giòn", id="a recipe"),
        pytest.param("xin phép xây nhà hai tầng", id="a matter of another office"),
        pytest.param("🙂🙂🙂", id="only stickers"),
        pytest.param("", id="no text"),
        pytest.param("asdkjh qweiou zxmcnb", id="no words"),
    ],
)
def test_another_matter(matcher: Matcher, question: str) -> None:
    """What no entry is about is never answered with certainty."""
    assert matcher.find(question).verdict != "sure"


def test_words_without_meaning_find_nothing(matcher: Matcher) -> None:
    """A text of which nothing is known has no hits at all, or none worth offering."""
    found = matcher.find("🙂")

    assert found == Nothing(())


def test_near_choices(matcher: Matcher) -> None:
    """A question which two entries could answer offers at most three, the likeliest first."""
    found = matcher.find("quên mật khẩu")

    assert isinstance(found, Near)
    assert len(found.offered) <= 3
    assert {"quen-mat-khau-vneid", "quen-mat-khau-vssid"} <= {hit.id for hit in found.offered}
    assert [hit.score for hit in found.hits] == sorted((h.score for h in found.hits), reverse=True)


def test_probabilities_share_one_whole(matcher: Matcher) -> None:
    """The hits' probabilities, and that of none of them, add up to one."""
    hits = matcher.find("làm căn cước ở đâu").hits

    assert len(hits) == 5
    assert 0 < sum(hit.score for hit in hits) <= 1


def test_typed_tones_are_obeyed(matcher: Matcher) -> None:
    """A word typed with other tones is another word."""
    toned = {hit.id: hit.score for hit in matcher.find("mở tài khoản ngân hàng").hits}
    other = {hit.id: hit.score for hit in matcher.find("mơ tai khoan ngan hàng").hits}

    assert other.get("mo-tai-khoan-ngan-hang-online", 0) < toned["mo-tai-khoan-ngan-hang-online"]


def test_the_nearest_phrasing_is_named(matcher: Matcher) -> None:
    """A hit says which phrasing came nearest, as it was written."""
    assert matcher.find("chuyen doi so la gi").hits[0].phrasing == "Chuyển đổi số là gì?"


@pytest.mark.parametrize(
    ("topic", "question", "entry"),
    [
        pytest.param("dang-ky-vneid-muc-2", "ở đâu", "dang-ky-vneid-muc-2", id="where"),
        pytest.param("dang-ky-vneid-muc-2", "mat bao lau", "dang-ky-vneid-muc-2", id="how long"),
        pytest.param(
            "doi-giay-phep-lai-xe", "bao nhiêu tiền", "doi-giay-phep-lai-xe", id="how much"
        ),
        pytest.param("dang-ky-ket-hon", "làm online được không", "dang-ky-ket-hon", id="online"),
        pytest.param("mat-the-can-cuoc", "còn phí bao nhiêu", "mat-the-can-cuoc", id="and the fee"),
        pytest.param(
            "dang-ky-vneid-muc-1", "còn mức 2 thì sao?", "dang-ky-vneid-muc-2", id="and level two"
        ),
        pytest.param(
            "ngay-chuyen-doi-so-quoc-gia",
            "còn của tỉnh",
            "ngay-chuyen-doi-so-quang-ngai",
            id="ours",
        ),
        pytest.param(
            "dang-ky-thuong-tru", "thế tạm trú thì sao", "dang-ky-tam-tru", id="the other kind"
        ),
    ],
)
def test_a_follow_up(matcher: Matcher, topic: str, question: str, entry: str) -> None:
    """A question that names no subject is about the last topic or what stands beside it."""
    found = matcher.find(question, topic)

    assert isinstance(found, Sure)
    assert found.hits[0].id == entry


@pytest.mark.parametrize(
    ("topic", "question", "entry"),
    [
        pytest.param("dang-ky-ket-hon", "vneid là gì", "vneid-la-gi", id="a short one"),
        pytest.param(
            "dang-ky-ket-hon", "đăng ký khai sinh ở đâu", "dang-ky-khai-sinh-lien-thong", id="alike"
        ),
        pytest.param("vssid-la-gi", "5g", "ly-son-co-5g-chua", id="one word"),
    ],
)
def test_a_new_question(matcher: Matcher, topic: str, question: str, entry: str) -> None:
    """A question with a subject of its own is not captured by the last topic."""
    assert matcher.find(question, topic).hits[0].id == entry


@pytest.mark.parametrize("words", ["cảm ơn bạn", "kể chuyện cười đi", "haha"])
def test_talk_after_an_answer(matcher: Matcher, words: str) -> None:
    """Thanks and other matters after an answer are not taken for a question about it."""
    assert matcher.find(words, "mat-the-can-cuoc").verdict != "sure"


def test_an_unknown_topic(matcher: Matcher) -> None:
    """A topic that has left the book changes nothing."""
    assert matcher.find("vneid là gì", "da-xoa") == matcher.find("vneid là gì")


@pytest.mark.parametrize(
    "message",
    [
        pytest.param("vneid là gì? mất căn cước thì làm sao?", id="two question marks"),
        pytest.param("vneid là gì\nmất căn cước thì làm sao", id="two lines"),
        pytest.param("cho hỏi vneid là gì với lại mất căn cước thì làm sao", id="joined by words"),
    ],
)
def test_two_questions(matcher: Matcher, message: str) -> None:
    """A message with two clear questions gets two answers, in order."""
    found = matcher.find_all(message)

    assert [each.hits[0].id for each in found] == ["vneid-la-gi", "mat-the-can-cuoc"]


@pytest.mark.parametrize(
    "message",
    [
        pytest.param("bị lừa chuyển tiền? làm sao đây?", id="a question and a sigh"),
        pytest.param("vneid là gì? vneid là cái gì vậy?", id="the same twice"),
        pytest.param("Vợ tui mới sinh?\nLàm khai sinh cho con sao?", id="a situation first"),
        pytest.param("a? b? c? d?", id="many parts"),
    ],
)
def test_one_question(matcher: Matcher, message: str) -> None:
    """What only looks like two questions gets one answer, as a whole."""
    assert matcher.find_all(message) == (matcher.find(message),)


def test_explain(matcher: Matcher) -> None:
    """An explanation says how the text was read, the verdict, and the clues of each hit."""
    said = matcher.explain("cđs là j")

    assert "Đọc là: chuyển đổi số là gì" in said
    assert "Kết luận: chắc" in said
    assert "chuyen-doi-so-la-gi" in said
    assert "likeness" in said


def test_foreign_questions_are_never_found(lexicon: Lexicon) -> None:
    """The other matters the matcher learns from are no answers themselves."""
    foreign = [Document("foreign:weather", "thời tiết hôm nay", ("trời có mưa không",))]
    matcher = Matcher.build(SMALL, lexicon, None, foreign)

    found = matcher.find("trời có mưa không")

    assert found.verdict != "sure"
    assert {hit.id for hit in found.hits} <= {document.id for document in SMALL}


def test_no_question_is_both_ours_and_foreign() -> None:
    """No phrasing of an entry stands among the questions about other matters."""
    entries = book.load(DATA)[0].entries
    ours = {fold(text) for entry in entries for text in (entry.question, *entry.phrasings)}

    groups = load_foreign(DATA / "foreign.yaml")

    assert groups
    assert not {fold(t) for g in groups for t in (g.question, *g.phrasings)} & ours


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"groups: [", id="no YAML"),
        pytest.param(b"- a list", id="another shape"),
        pytest.param(b"groups: {weather: }", id="an empty group"),
        pytest.param(b"\xff\xfe", id="no text"),
    ],
)
def test_a_broken_file_of_foreign_questions(tmp_path: Path, content: bytes) -> None:
    """A broken file leaves the matcher without them, and the bot running."""
    file = tmp_path / "foreign.yaml"
    file.write_bytes(content)

    assert load_foreign(file) == []
    assert load_foreign(tmp_path / "missing.yaml") == []


def test_an_empty_book(lexicon: Lexicon) -> None:
    """With no entries nothing is found, and nothing breaks."""
    assert Matcher.build([], lexicon).find("vneid là gì") == Nothing(())


def test_the_cache(tmp_path: Path, lexicon: Lexicon, in_use: InUse) -> None:
    """The learned weights are kept by content: the same content finds the same from the file."""
    fresh = Matcher.build(SMALL, lexicon, tmp_path)
    in_use.clear()
    kept = Matcher.build(SMALL, lexicon, tmp_path)
    Matcher.build(SMALL[:2], lexicon, tmp_path)

    assert len(list(tmp_path.iterdir())) == 2
    assert kept.find("khóa sim") == fresh.find("khóa sim")


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda kept: kept[: len(kept) // 2], id="cut short"),
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda _: b"not an index", id="something else"),
    ],
)
def test_a_damaged_cache(
    tmp_path: Path, lexicon: Lexicon, in_use: InUse, harm: Callable[[bytes], bytes]
) -> None:
    """A damaged file is learned anew and replaced."""
    fresh = Matcher.build(SMALL, lexicon, tmp_path)
    file = next(tmp_path.glob("*.npz"))
    file.write_bytes(harm(file.read_bytes()))

    in_use.clear()
    assert Matcher.build(SMALL, lexicon, tmp_path).find("khóa sim") == fresh.find("khóa sim")
    assert cache.load(file) is not None


def test_weights_of_a_kept_index(tmp_path: Path) -> None:
    """An index read back scores exactly as the one that was learned."""
    phrases = [Phrase(("vé", "tàu"), ("ve", "tau"), 0), Phrase(("sim",), ("sim",), 1)]
    index = Index.learn(phrases, 2)
    lesson = Lesson((("vé", "tàu"), ()), {"vt": ("vé", "tàu")})
    cache.save(tmp_path / "index.npz", cache.Learned(phrases, index, lesson))

    kept = cache.load(tmp_path / "index.npz")

    assert kept is not None
    assert kept.phrases == phrases
    assert kept.lesson.shorts == lesson.shorts
    assert np.array_equal(kept.index.scores(["vé"], ["ve"]), index.scores(["vé"], ["ve"]))


def test_new_word_lists_are_learned_anew(lexicon: Lexicon) -> None:
    """Entries, word lists: whichever changes, another file is kept."""
    other = replace(lexicon, names=frozenset({"new"}))
    stamps = {
        cache.stamp(SMALL, lexicon),
        cache.stamp(SMALL[:2], lexicon),
        cache.stamp(SMALL, other),
    }

    assert len(stamps) == 3
    assert cache.stamp(SMALL, lexicon) in stamps


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts(matcher: Matcher, text: str) -> None:
    """No text breaks the matcher or makes it certain."""
    assert matcher.find(text, "vneid-la-gi").verdict in {"sure", "near", "nothing"}
    assert matcher.find_all(text)
