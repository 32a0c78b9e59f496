"""Is it ours: codes of notices, and links, numbers and names held against a dated list."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from bot import content as contents
from bot.content import DATA, Content, Places
from bot.notices import official, verify
from bot.notices.official import Official, claims, judge
from tests.conftest import NOON, ZONE


def local_of(places: Places) -> dict[str, str]:
    """What only local people know, by its name."""
    return {name: value.value for name, value in places.values.items()}


@pytest.fixture(scope="module")
def listed(content: Content) -> Official:
    """The shipped list, with our own address."""
    found, wrong = official.load(DATA / "official.yaml", local_of(content.places))
    assert wrong == []
    return found.plus("https://chat.example.vn:8443/x", "Chatbot này", "UBND đặc khu Lý Sơn")


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        pytest.param("https://dichvucong.gov.vn/p/home", "listed", id="genuine"),
        pytest.param("vào www.VNeID.gov.vn.", "listed", id="capitals and a full stop"),
        pytest.param("https://chat.example.vn/su-kien", "listed", id="ours"),
        pytest.param("https://a.b.dichvucong.gov.vn", "listed", id="below a genuine one"),
        pytest.param("https://dichvucong-gov.vn", "alike", id="a hyphen"),
        pytest.param("https://dichvucong.gov.vn.xyz-nop.com", "alike", id="a genuine beginning"),
        pytest.param("https://dichvucong.gov.vn@evil.top/x", "unlisted", id="before an @"),
        pytest.param("dichvuc0ng.com", "alike", id="a zero for an o"),
        pytest.param("https://vneld.gov.vn.top", "alike", id="an l for an i"),
        pytest.param("http://baohiemxahoi.online", "alike", id="another ending"),
        pytest.param("https://vneіd.com", "letters", id="a letter of another alphabet"),
        pytest.param("bit.ly/abc", "short", id="shortened"),
        pytest.param("https://quangngai.gov.vn", "gov", id="a state address not on the list"),
        pytest.param("https://dichvucong.quangngai.gov.vn", "gov", id="a state portal that closed"),
        pytest.param("https://congbao.chinhphu.vn/a", "listed", id="the government's"),
        pytest.param("https://xn--80ak6aa92e.com", "letters", id="odd letters"),
        pytest.param("http://qua-tang.top", "unlisted", id="unknown"),
        pytest.param("https://vnexpress.net", "unlisted", id="a newspaper"),
        pytest.param("https://nhandan.vn/bai", "unlisted", id="another newspaper"),
        pytest.param("gọi 113", "listed", id="police"),
        pytest.param("1900.0368", "listed", id="with points"),
        pytest.param("+84 912 345 678", "unlisted", id="a mobile"),
        pytest.param("trang Huyện Đảo Lý Sơn", "unsure", id="a page that is not confirmed"),
        pytest.param("facebook.com/lyson.hotro", "unlisted", id="a page by its address"),
        pytest.param("admin@lyson-hotro.com", "unlisted", id="mail"),
    ],
)
def test_a_claim_is_held_against_the_list(listed: Official, words: str, verdict: str) -> None:
    """What is genuine, what only looks so, what is not on the list, and what we cannot say."""
    [claim] = claims(words, listed)
    found = judge(claim, listed)

    told: str = found.hint or "unlisted"
    if found.item is not None:
        told = "alike" if found.alike else "unsure" if found.item.unsure else "listed"
    assert told == verdict


@pytest.mark.parametrize(
    "words",
    [
        "vneid là gì",
        "nộp 50.000 đồng trước 25/11/2026",
        "luật 91/2025/QH15 có hiệu lực chưa",
        "ở TP.HCM làm căn cước được không",
        "từ 19:00 đến 20:30",
        "nghị quyết nào chuyển huyện đảo Lý Sơn thành đặc khu",
    ],
)
def test_ordinary_words_are_no_claim(listed: Official, words: str) -> None:
    """Sums, dates, laws and hours are neither links nor phone numbers."""
    assert claims(words, listed) == []


def test_local_values_join_the_list(tmp_path: Path) -> None:
    """A number filled in by the operator is official from then on."""
    text = (DATA / "places.yaml").read_text("utf-8")
    old = 'label: "Điện thoại Công an đặc khu", value: ""'
    assert old in text
    path = tmp_path / "places.yaml"
    path.write_text(text.replace(old, old[:-2] + '"0255 3867 999"'), "utf-8")
    places, _wrong = contents.load_places(path)

    found, _mistakes = official.load(DATA / "official.yaml", local_of(places))

    [claim] = claims("có số 02553867999 gọi tui", found)
    verdict = judge(claim, found)
    assert verdict.item is not None
    assert verdict.item.label == "Công an đặc khu"


def test_mistakes_of_the_list_are_told_all_at_once(content: Content, tmp_path: Path) -> None:
    """Five mistakes, each with its line and a remedy."""
    path = tmp_path / "official.yaml"
    path.write_text(
        "checked: hôm nay\nitems:\n"
        '- {kind: site, value: "a.vn", label: "A", owner: "B"}\n'
        '- {kind: link, value: "khong phai", label: "A", owner: "B"}\n'
        '- {kind: phone, label: "A", owner: "B"}\n'
        '- {kind: phone, local: khong-co, label: "A", owner: "B"}\n',
        "utf-8",
    )

    found, wrong = official.load(path, local_of(content.places))

    assert found.items == ()
    assert [item.line for item in wrong] == [1, 3, 4, 5, 6]
    assert all(item.remedy for item in wrong)


def test_a_notice_keeps_its_code(session: Session) -> None:
    """The same notice has one code, other notices have others, and none is a slip."""
    codes = [verify.issue(session, f"notice {n}", "Tọa đàm", "Chị Hoa", NOON) for n in range(200)]

    assert verify.issue(session, "notice 7", "Khác", "Anh Ba", NOON) == codes[7]
    assert len(set(codes)) == 200
    assert not any(verify.is_slip(code) for code in codes)
    assert verify.code_of(session, "notice 7") == codes[7]


def test_every_slip_of_a_code_is_known() -> None:
    """One wrong sign, or two neighbours that changed places, never make another code."""
    code = "LS-4T7KMJ"
    body = code[3:]
    wrong = {
        f"LS-{body[:at]}{sign}{body[at + 1 :]}"
        for at in range(len(body))
        for sign in verify.LETTERS
        if sign != body[at]
    }
    swapped = {
        f"LS-{body[:at]}{body[at + 1]}{body[at]}{body[at + 2 :]}" for at in range(len(body) - 1)
    }

    assert not verify.is_slip(code)
    assert all(verify.is_slip(one) for one in wrong | swapped)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("LS-4T7KMJ", "LS-4T7KMJ"),
        ("ma la ls 4t7kmj nhe", "LS-4T7KMJ"),
        ("ls4t7kmj", "LS-4T7KMJ"),
        ("ls-abcdef", ""),
        ("nls-4t7kmj", ""),
        ("4t7kmj", ""),
    ],
)
def test_a_code_is_read_as_people_type_it(words: str, code: str) -> None:
    """Small letters and a space will do; a word without a digit is none."""
    assert verify.code_in(words) == code


def test_where_a_code_was_asked_for_its_letters_will_do() -> None:
    """On the page and after /xacminh the six signs are enough."""
    assert verify.code_in(" 4t7kmj ", asked=True) == "LS-4T7KMJ"


def test_a_withdrawn_notice_says_why(session: Session, listed: Official) -> None:
    """The code of a notice taken back is ours, and no longer holds."""
    code = verify.issue(session, "notice 1", "Tọa đàm", "Chị Hoa", NOON)
    verify.withdraw(session, code, "ghi sai giờ", NOON + timedelta(hours=2))

    [told] = verify.answer(session, listed, code, ZONE)

    assert "là của mình" in told
    assert "đã rút lại lúc 14:00 ngày 25/11/2026: ghi sai giờ" in told
    assert verify.code_of(session, "notice 1") == ""


def test_a_code_we_never_gave_is_told_plainly(session: Session, listed: Official) -> None:
    """A well-formed code that nobody issued may be a fake, and the answer says so."""
    [told] = verify.answer(session, listed, "LS-4T7KMJ", ZONE)

    assert "không có trong danh sách thông báo" in told
    with pytest.raises(verify.UnknownCodeError):
        verify.withdraw(session, "LS-4T7KMJ", "x", NOON)


def test_a_strange_address_is_never_repeated_as_a_link(session: Session, listed: Official) -> None:
    """What is not on the list comes back in a form that nobody can tap."""
    told = verify.answer(session, listed, "bấm https://vneid-xacthuc.com/a.php?b=1", ZONE)

    assert "vneid-xacthuc . com" in told[0]
    assert "https://vneid" not in "".join(told)
    assert "vneid-xacthuc.com" not in "".join(told)
