"""The matcher over a small book of its own: every verdict, order and probability, as before."""

import os
from pathlib import Path

import pytest

from faq.cache import KEPT
from faq.matcher import (
    SHOWN,
    Document,
    Hit,
    Matcher,
    Near,
    Nothing,
    Sure,
    either,
    find_all,
)
from faq.text import Lexicon, load_lexicon
from tests.faq.conftest import InUse

HERE = Path(__file__).parent
EXPECTED = HERE.joinpath("test_matcher_found.txt").read_text(encoding="utf-8").splitlines()
BOOK = (
    Document(
        "vneid",
        "VNeID là gì?",
        ("ứng dụng định danh điện tử là gì", "app vneid để làm gì"),
        ("muc-1", "muc-2"),
        "VNeID là ứng dụng định danh điện tử của Bộ Công an.",
    ),
    Document(
        "muc-1",
        "Đăng ký VNeID mức 1 thế nào?",
        ("tạo tài khoản vneid mức 1", "làm định danh mức 1"),
        ("vneid", "muc-2", "da-xoa"),
        "Bạn tự đăng ký mức 1 trên điện thoại, mất năm phút.",
    ),
    Document(
        "muc-2",
        "Đăng ký VNeID mức 2 thế nào?",
        ("kích hoạt định danh mức 2", "làm định danh mức 2 ở đâu"),
        ("muc-1", "vneid"),
        "Mức 2 phải đến công an xã, mang theo căn cước. Không mất phí.",
    ),
    Document(
        "quen-vneid",
        "Quên mật khẩu VNeID thì làm sao?",
        ("mất mật khẩu vneid", "lấy lại mật khẩu định danh"),
        ("quen-vssid",),
        "Bấm Quên mật khẩu trong ứng dụng, quét khuôn mặt.",
    ),
    Document(
        "quen-vssid",
        "Quên mật khẩu VssID thì làm sao?",
        ("mất mật khẩu vssid", "lấy lại mật khẩu bảo hiểm xã hội"),
        ("quen-vneid",),
        "Nhắn tin tới tổng đài bảo hiểm xã hội để lấy lại mật khẩu.",
    ),
    Document(
        "khai-sinh",
        "Đăng ký khai sinh cho con ở đâu?",
        ("làm giấy khai sinh", "thủ tục khai sinh cho bé mới đẻ"),
        (),
        "Làm trên Cổng dịch vụ công, hoặc tới bộ phận Một cửa.",
    ),
    Document(
        "ve-tau",
        "Mua vé tàu ra đảo thế nào?",
        ("đặt vé tàu cao tốc", "tàu ra lý sơn mua vé ở đâu"),
        (),
        "Mua ở cảng Sa Kỳ hoặc trên mạng, mang theo căn cước.",
    ),
    Document(
        "wifi",
        "Ở đâu có wifi miễn phí?",
        ("wifi công cộng trên đảo", "bắt wifi không mất tiền chỗ nào"),
        (),
        "Nhà văn hóa các thôn có wifi miễn phí.",
    ),
    Document(
        "lua-dao",
        "Bị lừa chuyển tiền thì làm sao?",
        ("lỡ chuyển tiền cho kẻ lừa đảo", "trình báo lừa đảo ở đâu"),
        (),
        "Gọi ngay ngân hàng, rồi báo công an.",
    ),
)
FOREIGN = (
    Document("foreign:troi", "thời tiết hôm nay", ("trời có mưa không", "sóng to không")),
    Document("foreign:an", "cách nấu bún bò", ("quán ăn nào ngon", "nấu canh chua")),
)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    """The shipped word lists."""
    return load_lexicon(HERE.parents[1] / "data" / "lexicons")


@pytest.fixture(scope="module")
def matcher(lexicon: Lexicon) -> Matcher:
    """The matcher over the small book."""
    return Matcher.build(BOOK, lexicon, None, FOREIGN)


def told(line: str, matcher: Matcher) -> str:
    """A line of the expected file: topic, question, and each answer's verdict and likely hits."""
    topic, text = line.split(" | ")[:2]
    answers = []
    for found in matcher.find_all(text, None if topic == "-" else topic):
        likely = [hit for hit in found.hits if hit.score >= 0.005]
        hits = ", ".join(f"{hit.id} {hit.score:.2f} «{hit.phrasing}»" for hit in likely)
        answers.append(f"{found.verdict}: {hits}".strip())
    return " | ".join((topic, text, *answers)).strip()


def test_everything_is_found_as_before(matcher: Matcher) -> None:
    """Each line: the last topic, a message, what is found. Correct by hand what gets better."""
    again = [told(line, matcher) for line in EXPECTED]

    assert again == EXPECTED


def test_what_is_kept_finds_the_same(lexicon: Lexicon, tmp_path: Path, in_use: InUse) -> None:
    """From the cache, and with it, everything is found as without."""
    for _time in range(2):
        in_use.clear()
        kept = Matcher.build(BOOK, lexicon, tmp_path, FOREIGN)
        assert [told(line, kept) for line in EXPECTED] == EXPECTED
    [file] = tmp_path.iterdir()
    assert file.name.startswith("index-")
    assert file.suffix == ".npz"


def test_what_is_in_use_is_not_built_again(lexicon: Lexicon) -> None:
    """The same content gives the same matcher while somebody holds it; a changed word another."""
    first = Matcher.build(BOOK, lexicon, None, FOREIGN)

    assert Matcher.build(list(BOOK), lexicon, None, FOREIGN) is first
    assert Matcher.build(BOOK[1:], lexicon, None, FOREIGN) is not first


def test_the_book_used_last_stays(lexicon: Lexicon, tmp_path: Path, in_use: InUse) -> None:
    """Of what was kept, that which was not used for longest goes."""
    Matcher.build(BOOK, lexicon, tmp_path)
    [used] = tmp_path.glob("index-*.npz")
    os.utime(used, (1, 1))
    others = [tmp_path / f"index-{number}.npz" for number in range(2, KEPT + 1)]
    for number, path in enumerate(others, start=2):
        path.write_bytes(b"")
        os.utime(path, (number, number))

    in_use.clear()
    Matcher.build(BOOK, lexicon, tmp_path)  # reads the oldest file
    Matcher.build(BOOK[1:], lexicon, tmp_path)  # writes one more

    left = set(tmp_path.glob("index-*.npz"))
    assert used in left
    assert others[0] not in left
    assert len(left) == KEPT


def test_an_explanation_names_everything(matcher: Matcher) -> None:
    """How it was read and each step, the verdict, the hits in percent, and their clues."""
    said = matcher.explain("quên mk vneid thì làm s").splitlines()

    assert said[0] == "Đọc là: quên mật khẩu vneid thì làm sao"
    assert "  teencode: làm s -> làm sao" in said
    assert "Kết luận: chắc" in said
    first = next(line for line in said if "quen-vneid" in line)
    assert first.lstrip().split()[0].endswith("%")
    assert "(gần nhất: Quên mật khẩu VNeID thì làm sao?)" in first
    clues = said[said.index(first) + 1]
    assert clues.startswith("        score 0.")
    assert clues.count(", ") >= 3
    assert "Kết luận: không biết" in matcher.explain("🙂🙂")
    assert "Kết luận: gần đúng" in matcher.explain("lấy lại mật khẩu")


def test_an_explanation_follows_the_topic(matcher: Matcher) -> None:
    """What is explained is what would be found, the last topic included."""
    assert "Kết luận: chắc" in matcher.explain("ở đâu", "muc-2")
    assert "Kết luận: chắc" not in matcher.explain("ở đâu")


def test_entries_have_their_number(matcher: Matcher) -> None:
    """Entries are numbered as they were given; what is looked at closely may be asked for."""
    reading = matcher.read("quên mật khẩu")

    assert [matcher.number(each.id) for each in BOOK] == list(range(len(BOOK)))
    first = [look.shelf.document.id for look in matcher.looks(reading)]
    more = [look.shelf.document.id for look in matcher.looks(reading, [0, 3, 4])]
    assert len(first) == 8
    assert set(more) == {each.id for each in BOOK}
    assert len(more) == 9
    assert first[:2] == more[:2]
    assert matcher.looks(matcher.read("zzz qqq")) == []


SURE = Sure((Hit("a", 0.9, "A?"), Hit("b", 0.05, "B?")))
OTHER = Sure((Hit("b", 0.95, "B?"),))
NEAR = Near((Hit("a", 0.4, "A?"), Hit("c", 0.3, "C?")))
ELSE = Near((Hit("c", 0.4, "C?"),))
NONE = Nothing(())
WHOLE = Near((Hit("w", 0.5, "W?"),))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param(SURE, OTHER, (SURE, OTHER), id="two clear ones"),
        pytest.param(SURE, SURE, (WHOLE,), id="the same twice"),
        pytest.param(SURE, ELSE, (SURE, ELSE), id="one clear, the other about something else"),
        pytest.param(SURE, NEAR, (WHOLE,), id="the other may be the same"),
        pytest.param(ELSE, SURE, (ELSE, SURE), id="the second clear"),
        pytest.param(NEAR, SURE, (WHOLE,), id="the first may be the same"),
        pytest.param(SURE, NONE, (SURE, NONE), id="the other is not known"),
        pytest.param(ELSE, NEAR, (WHOLE,), id="none clear"),
        pytest.param(NONE, NONE, (WHOLE,), id="none known"),
    ],
)
def test_two_questions_in_one(first: object, second: object, expected: object) -> None:
    """Two answers when one at least is clear and the other asks something else."""
    asked: list[tuple[str, str | None]] = []
    parts = {"mua vé tàu ở đâu": first, "wifi chỗ nào": second}

    def find(text: str, topic: str | None) -> object:
        asked.append((text, topic))
        return parts.get(text, WHOLE)

    found = find_all(find, "mua vé tàu ở đâu? wifi chỗ nào", "topic")  # type: ignore[arg-type]

    assert found == expected
    assert asked[0] == ("mua vé tàu ở đâu", "topic")
    assert asked[1] == ("wifi chỗ nào", "a" if first is SURE else "topic")
    assert asked[2:] == ([] if len(found) == 2 else [("mua vé tàu ở đâu? wifi chỗ nào", "topic")])


@pytest.mark.parametrize("part", ["tôi mất vé tàu rồi", "vậy làm sao nhỉ"])
def test_what_asks_nothing_more_is_no_second_question(part: str) -> None:
    """A part that only tells, or names no subject, goes with the other."""
    parts = {part: NONE, "wifi chỗ nào": SURE}

    def find(text: str, topic: str | None) -> object:
        return parts.get(text, WHOLE)

    assert find_all(find, f"{part}? wifi chỗ nào", None) == (WHOLE,)  # type: ignore[arg-type]
    assert find_all(find, f"wifi chỗ nào? {part}", None) == (WHOLE,)  # type: ignore[arg-type]


def test_choices_begin_with_the_last_topic() -> None:
    """The last topic first, as likely as can be, then the others, each once, at most five."""
    alone = Near(tuple(Hit(name, 0.1, f"{name}?") for name in "bacdefg"))

    found = either(SURE, alone)

    assert [hit.id for hit in found.hits] == list("abcde")
    assert len(found.hits) == SHOWN
    assert found.hits[0].score > 0.5
    assert found.hits[0].phrasing == "A?"


def test_choices_worth_offering() -> None:
    """At most three, each likely enough to read."""
    many = Near(tuple(Hit(name, 0.24, f"{name}?") for name in "abcd"))
    few = Near((Hit("a", 0.9, "A?"), Hit("b", 0.0001, "B?")))

    assert [hit.id for hit in many.offered] == ["a", "b", "c"]
    assert [hit.id for hit in few.offered] == ["a"]
