"""The loudspeaker: what is written short is said in full."""

import re
from pathlib import Path

import pytest

from bot.content import DATA, Content
from bot.notices import spoken
from bot.notices.numerals import roman, whole

SAID, WRONG = spoken.load(DATA / "spoken.yaml")
CASES = [
    # Numbers
    ("21 hộ", "hai mươi mốt hộ"),
    ("15 thôn", "mười lăm thôn"),
    ("1005 người", "một nghìn không trăm linh năm người"),
    ("25.639 người", "hai mươi lăm nghìn sáu trăm ba mươi chín người"),
    ("3,5 điểm", "ba phẩy năm điểm"),
    ("10,3986 km2", "mười phẩy ba chín tám sáu ki lô mét vuông"),
    ("từ 16-30 tuổi", "từ mười sáu đến ba mươi tuổi"),
    ("bản 2.0", "bản hai chấm không"),
    ("thủ tục 2.001194.", "thủ tục hai chấm không không một một chín bốn."),
    ("câu 3/5", "câu ba trên năm"),
    # Days
    ("ngày 10/10", "ngày mười tháng mười"),
    ("Ngày Chuyển đổi số 10/10", "Ngày Chuyển đổi số ngày mười tháng mười"),
    ("từ 1/7/2025", "từ ngày mùng một tháng bảy năm hai nghìn không trăm hai mươi lăm"),
    ("trước ngày 25/11", "trước ngày hai mươi lăm tháng mười một"),
    ("ngày 2-12-2026", "ngày mùng hai tháng mười hai năm hai nghìn không trăm hai mươi sáu"),
    ("2026-12-02", "ngày mùng hai tháng mười hai năm hai nghìn không trăm hai mươi sáu"),
    (
        "ngày 1-3/12/2026",
        "ngày mùng một đến mùng ba tháng mười hai năm hai nghìn không trăm hai mươi sáu",
    ),
    ("mùng 5/4", "mùng năm tháng tư"),
    ("tháng 11/2026", "tháng mười một năm hai nghìn không trăm hai mươi sáu"),
    ("năm 2023-2025", "năm hai nghìn không trăm hai mươi ba đến hai nghìn không trăm hai mươi lăm"),
    ("thứ 4, 2/12", "thứ tư, ngày mùng hai tháng mười hai"),
    ("thứ 7", "thứ bảy"),
    # Hours
    ("19:00", "mười chín giờ"),
    ("lúc 6:30", "lúc sáu giờ ba mươi phút"),
    ("19h30", "mười chín giờ ba mươi phút"),
    ("8h", "tám giờ"),
    ("7g30 sáng", "bảy giờ ba mươi phút sáng"),
    ("8h-11h30", "tám giờ đến mười một giờ ba mươi phút"),
    ("19:00 đến 20:30", "mười chín giờ đến hai mươi giờ ba mươi phút"),
    ("trực 24/7", "trực hai mươi bốn trên bảy"),
    ("24/24 giờ", "hai mươi bốn trên hai mươi bốn giờ"),
    # Money
    ("50.000 đồng", "năm mươi nghìn đồng"),
    ("50.000đ", "năm mươi nghìn đồng"),
    ("200k", "hai trăm nghìn"),
    ("1,5 tỷ đồng", "một phẩy năm tỷ đồng"),
    ("1.000 đồng/phút", "một nghìn đồng mỗi phút"),
    ("10 triệu/lần", "mười triệu mỗi lần"),
    ("1 tỷ đồng/năm", "một tỷ đồng mỗi năm"),
    ("100.000 VNĐ", "một trăm nghìn đồng"),
    # Percentages
    ("95%", "chín mươi lăm phần trăm"),
    ("5,5 %", "năm phẩy năm phần trăm"),
    ("5-7%", "năm đến bảy phần trăm"),
    # Phone numbers
    ("gọi 113", "gọi một một ba"),
    ("gọi 113 hoặc 114", "gọi một một ba hoặc một một bốn"),
    ("báo 156", "báo một năm sáu"),
    ("tổng đài 1900.0368", "tổng đài một chín không không, không ba sáu tám"),
    ("18001096", "một tám không không, một không, chín sáu"),
    ("0255 3867 999", "không hai năm năm, ba tám sáu bảy, chín chín chín"),
    ("0905123456", "không chín không năm, một hai ba, bốn năm sáu"),
    ("+84905123456", "không chín không năm, một hai ba, bốn năm sáu"),
    # Roman numerals
    ("quý II/2026", "quý hai năm hai nghìn không trăm hai mươi sáu"),
    ("Chương IV", "Chương bốn"),
    ("lần thứ I", "lần thứ nhất"),
    ("lần thứ XIV", "lần thứ mười bốn"),
    # Papers
    (
        "Luật số 91/2025/QH15",
        "Luật số chín mươi mốt năm hai nghìn không trăm hai mươi lăm của Quốc hội khóa mười lăm",
    ),
    (
        "Nghị định 69/2024/NĐ-CP",
        "Nghị định số sáu mươi chín năm hai nghìn không trăm hai mươi bốn của Chính phủ",
    ),
    (
        "NĐ 13/2023/NĐ-CP",
        "Nghị định số mười ba năm hai nghìn không trăm hai mươi ba của Chính phủ",
    ),
    (
        "69/2024/NĐ-CP",
        "Nghị định số sáu mươi chín năm hai nghìn không trăm hai mươi bốn của Chính phủ",
    ),
    ("Quyết định 749/QĐ-TTg", "Quyết định số bảy trăm bốn mươi chín của Thủ tướng Chính phủ"),
    (
        "QĐ 1821/QĐ-UBND",
        "Quyết định số một nghìn tám trăm hai mươi mốt của Ủy ban nhân dân",
    ),
    ("Kế hoạch 121/KH-UBND", "Kế hoạch số một trăm hai mươi mốt của Ủy ban nhân dân"),
    ("01-KH/BCĐTW", "Kế hoạch số một của Ban Chỉ đạo Trung ương"),
    (
        "Nghị quyết 1677/NQ-UBTVQH15",
        "Nghị quyết số một nghìn sáu trăm bảy mươi bảy của Ủy ban Thường vụ Quốc hội khóa mười lăm",
    ),
    (
        "Thông tư 08/2026/TT-BKHCN",
        "Thông tư số tám năm hai nghìn không trăm hai mươi sáu của Bộ Khoa học và Công nghệ",
    ),
    ("theo NĐ-CP", "theo Nghị định của Chính phủ"),
    # Short forms
    ("UBND đặc khu", "Ủy ban nhân dân đặc khu"),
    ("CĐS", "chuyển đổi số"),
    ("VNeID mức 2", "vê nờ e ai đi mức hai"),
    ("mã OTP", "mã ô tê pê"),
    ("quét mã QR", "quét mã quy a"),
    ("CCCD, BHYT", "căn cước công dân, bảo hiểm y tế"),
    ("mạng 4G, 5G", "mạng bốn gờ, năm gờ"),
    ("tổ CNSCĐ", "tổ công nghệ số cộng đồng"),
    ("TP.HCM", "Thành phố Hồ Chí Minh"),
    ("eCDT", "e xê dê tê"),
    ("gõ /sukien", "gõ lệnh sukien"),
    ("VSTEP", "vê sờ tê e pê"),
    ("cá, mực, v.v.", "cá, mực, vân vân"),
    # Addresses
    ("dichvucong.gov.vn", "dịch vụ công viết liền không dấu chấm gờ o vê chấm vê nờ"),
    ("https://vneid.gov.vn.", "vê nờ e ai đi chấm gờ o vê chấm vê nờ."),
    (
        "vhxh@lyson.gov.vn",
        "vê hát ích hát a còng lý sơn viết liền không dấu chấm gờ o vê chấm vê nờ",
    ),
    ("t63.mic.gov.vn", "tê sáu ba chấm mờ i xê chấm gờ o vê chấm vê nờ"),
    # Codes and signs
    ("mã LS-7K3M2A", "mã lờ sờ, bảy ca ba mờ hai a"),
    ("loa & fanpage", "loa và fanpage"),
    ("nhà văn hóa (thôn Đông)", "nhà văn hóa, thôn Đông,"),
    ("1. Mang căn cước", "Một là, Mang căn cước"),
]


@pytest.mark.parametrize(("written", "said"), [pytest.param(*case, id=case[0]) for case in CASES])
def test_what_is_written_short_is_said_in_full(written: str, said: str) -> None:
    """Each case of the table is read as an announcer would."""
    assert spoken.aloud(written, SAID) == said


def test_every_answer_of_the_book_can_be_read_aloud(content: Content) -> None:
    """No digit, sign or run of capitals is left for the announcer to guess at."""
    for entry in content.book.entries:
        out = spoken.aloud(entry.answer, SAID)

        assert re.search(r"\d|[A-ZĐ]{2}|[/@&%]", out) is None, out


def test_a_script_says_what_when_and_where_twice() -> None:
    """The announcer ends with what people should remember."""
    out = spoken.script("Tọa đàm", ["Lúc 19:00."], "Tọa đàm, 19:00", "UBND đặc khu", SAID)

    assert out.splitlines() == [
        "Kính thưa bà con. Sau đây là thông báo của Ủy ban nhân dân đặc khu.",
        "Tọa đàm.",
        "Lúc mười chín giờ.",
        "Xin nhắc lại: Tọa đàm, mười chín giờ.",
        "Trân trọng cảm ơn bà con đã lắng nghe.",
    ]


def test_mistakes_of_the_table_are_told_all_at_once(tmp_path: Path) -> None:
    """A form said twice, one without words, one with a digit left: each with its line."""
    path = tmp_path / "spoken.yaml"
    path.write_text(
        'words:\n- {written: "A", said: "a"}\n- {written: "A", said: "á"}\n'
        '- {written: "B"}\n- {written: "C", said: "4 gờ"}\n',
        "utf-8",
    )

    said, wrong = spoken.load(path)

    assert dict(said.words) == {"A": "a"}
    assert [item.line for item in wrong] == [3, 4, 5]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (10, "mười"),
        (11, "mười một"),
        (14, "mười bốn"),
        (15, "mười lăm"),
        (24, "hai mươi bốn"),
        (31, "ba mươi mốt"),
        (101, "một trăm linh một"),
        (115, "một trăm mười lăm"),
        (1_000_000, "một triệu"),
        (2_000_005, "hai triệu không trăm linh năm"),
        (1_000_000_000, "một tỷ"),
        (2_000_000_000_000, "hai nghìn tỷ"),
        (-3, "âm ba"),
    ],
)
def test_numbers_in_words(number: int, words: str) -> None:
    """Mốt, lăm and linh stand where people say them."""
    assert whole(number) == words


@pytest.mark.parametrize(
    ("letters", "value"), [("XIV", 14), ("XL", 40), ("IIII", None), ("", None)]
)
def test_roman_numerals(letters: str, value: int | None) -> None:
    """Only numerals written as they should be count."""
    assert roman(letters) == value
