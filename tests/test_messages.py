"""What is said: kept and read back, cut at sentence ends, sensitive numbers hidden."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import redact
from bot.messages import Choice, Link, Reply, cut, dump, load, plain, split
from bot.sensitive import HIDDEN, blank

FULL = Reply(
    "Bạn làm mức 2 tại Công an.",
    links=(Link("VNeID", "https://vneid.gov.vn"),),
    source="Nguồn: Nghị định 69/2024/NĐ-CP · rà soát 11/2026",
    choices=(Choice("Mang giấy tờ gì?", "1"), Choice("Đúng ý", "đúng ý", mark=True)),
    ask="7",
    footer="Gõ 1 nhé.",
)


def test_a_reply_is_the_same_after_being_kept() -> None:
    """What was dumped is loaded again, whole."""
    assert load(dump(FULL)) == FULL


def test_plain_text_has_everything() -> None:
    """In plain text: answer, link, source, numbered choices, how to pick."""
    lines = plain(FULL).splitlines()

    assert lines == [
        "Bạn làm mức 2 tại Công an.",
        "VNeID: https://vneid.gov.vn",
        "Nguồn: Nghị định 69/2024/NĐ-CP · rà soát 11/2026",
        "1. Mang giấy tờ gì?",
        "Gõ 1 nhé.",
        "(Đúng ý?)",
    ]


def test_long_text_is_cut_at_sentence_ends() -> None:
    """No piece ends in the middle of a sentence when there is another way."""
    text = " ".join(f"Đây là câu số {number}." for number in range(60))

    pieces = cut(text, 200)

    assert all(len(piece) <= 200 and piece.endswith(".") for piece in pieces)
    assert " ".join(pieces) == text


def test_only_the_last_part_has_the_choices() -> None:
    """What follows the text stays with its last part, within the limit."""
    reply = Reply("Một câu dài. " * 40, source=FULL.source, choices=FULL.choices)

    parts = split(reply, 200)

    assert all(len(plain(part)) <= 200 for part in parts)
    assert [bool(part.choices) for part in parts] == [False] * (len(parts) - 1) + [True]


@given(st.text(max_size=3000), st.integers(min_value=50, max_value=500))
def test_cutting_loses_no_word(text: str, limit: int) -> None:
    """Whatever the text, the pieces fit and hold every character but spaces at the cuts."""
    pieces = cut(text, limit)

    assert all(len(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        pytest.param("cccd cua toi 051099001234", f"cccd cua toi {HIDDEN}", id="identity number"),
        pytest.param("số 051 099 001 234 nhé", f"số {HIDDEN} nhé", id="grouped identity number"),
        pytest.param("the 4111 1111 1111 1111", f"the {HIDDEN}", id="card number"),
        pytest.param("ma otp la 482913", f"ma otp la {HIDDEN}", id="one-time code"),
        pytest.param("mã xác thực: 4829", f"mã xác thực: {HIDDEN}", id="code in words"),
        pytest.param("mk 12345678", f"mk {HIDDEN}", id="password of digits"),
        pytest.param("482913 là mã OTP đó", f"{HIDDEN} là mã OTP đó", id="code before the word"),
    ],
)
def test_sensitive_numbers_are_hidden(text: str, safe: str) -> None:
    """Identity numbers, card numbers and one-time codes do not stay."""
    assert blank(text) == safe


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("gọi 0255 3867 123", id="a telephone number"),
        pytest.param("thủ tục 2.002621", id="a procedure's code"),
        pytest.param("Nghị định 320/2026/NĐ-CP ngày 13/8/2026", id="a decree"),
        pytest.param("Luật 91/2025/QH15", id="a law"),
        pytest.param("1900.9068 là số nào", id="a hotline"),
        pytest.param("đơn hàng 1234 5678 9012 3456", id="16 digits that are no card"),
        pytest.param("otp là gì", id="asking what an OTP is"),
        pytest.param("đổi mật khẩu vneid năm 2026 sao", id="a year near the word", marks=()),
    ],
)
def test_other_numbers_stay(text: str) -> None:
    """Telephone numbers, laws and procedure codes are no secrets."""
    assert blank(text) == text


def test_tokens_never_reach_the_logs() -> None:
    """A bot token is hidden, in an address too, and so are the secrets that were set."""
    token = "1234567:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"
    line = f"GET https://api.telegram.org/bot{token}/getMe with hunter2hunter2"

    safe = redact(line, ["hunter2hunter2"])

    assert token not in safe
    assert "hunter2" not in safe
