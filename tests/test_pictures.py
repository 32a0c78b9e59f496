"""Pictures: whole, in bounds, and safe whatever people call themselves."""

import unicodedata
from dataclasses import replace
from io import BytesIO
from itertools import combinations

import pytest
from PIL import Image, ImageChops

from bot import lettering, pictures
from bot.lettering import Box, shown
from bot.pictures import Card, Picture, Podium, Step

ADDRESS = "https://lyson.example.vn/bang-xep-hang/0123456789abcdef0123456789abcdef"
CARD = Card(
    brand="Chuyển đổi số Lý Sơn",
    title="Tìm hiểu về Chuyển đổi số mỗi tuần, tuần 3",
    over="Hạng",
    rank="12",
    under="trên 812 người",
    name="Nguyễn Thị Ngọc Ánh",
    unit="Chi đoàn Trường THPT Lý Sơn",
    facts=(("Câu đúng", "9/10"), ("Thời gian", "2 phút 3,5 giây"), ("Điểm", "128")),
    call="Quét mã để cùng chơi",
    address=ADDRESS,
)
STEPS = (
    Step("1", "Sóng Lý Sơn", "Chi đoàn Trường THPT", ("10/10 câu", "1 phút 2,1 giây")),
    Step("2", "Tỏi cô đơn nhất đảo tiền", "Thôn Tây", ("10/10 câu", "59 phút 59,9 giây")),
    Step("3", "W" * 24, "", ("9/10 câu", "59 giây")),
)
PODIUM = Podium(
    CARD.brand, "Bảng vinh danh", CARD.title, STEPS, "812 người dự thi", "Quét mã", ADDRESS
)
NAMES = {
    "usual": "Nguyễn Thị Ngọc Ánh",
    "widest": "W" * 24,
    "stacked marks": "Ễ" * 24,
    "words": "Tỏi cô đơn nhất đảo tiền",
    "decomposed": unicodedata.normalize("NFD", "Nguyễn Thuỵ Khuê Nghiễm"),
    "right to left": "\u202eمرحبا Lan",
    "emoji": "👩🏽‍🌾 Bà Tư 🧄🧄",
    "only emoji": "🧄🧄🧄",
    "zalgo": "Lan" + "\u0301\u0323\u0302" * 40,
    "controls": "A\x00\x07\u200b\u2066B",
    "letter": "i",
}


def opened(picture: Picture) -> Image.Image:
    """The picture as a phone opens it."""
    return Image.open(BytesIO(pictures.draw(picture))).convert("RGB")


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes share a pixel."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize("picture", [CARD, PODIUM], ids=["card", "podium"])
def test_a_picture_has_its_size_and_is_not_blank(picture: Picture) -> None:
    """1080 x 1350, many colours, and small enough for a weak connection."""
    image = opened(picture)

    assert image.size == (1080, 1350)
    assert len(image.getcolors(1 << 24) or []) > 50
    assert len(pictures.draw(picture)) < 100_000


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_no_text_leaves_the_picture_or_covers_another(name: str) -> None:
    """Whatever the name, each text stays inside the edges and clear of the others."""
    long = "Tên rất dài " * 20
    card = replace(CARD, name=name, unit=name * 3, title=long, rank="100.000")
    podium = replace(PODIUM, title=long, steps=tuple(replace(s, name=name) for s in STEPS))

    for picture in (card, podium):
        boxes = pictures.compose(picture).boxes
        assert all(24 <= b[0] < b[2] <= 1056 and 24 <= b[1] < b[3] <= 1326 for b in boxes)
        assert [pair for pair in combinations(boxes, 2) if overlap(*pair)] == []


def test_both_spellings_of_a_letter_look_the_same() -> None:
    """Composed and decomposed Vietnamese give the same picture, mark for mark."""
    decomposed = replace(CARD, name=unicodedata.normalize("NFD", CARD.name))

    assert ImageChops.difference(opened(CARD), opened(decomposed)).getbbox() is None


def test_every_vietnamese_letter_is_in_the_font() -> None:
    """No letter of the alphabet, with any tone, becomes an empty box."""
    vowels = "aăâeêioôơuưy"
    tones = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
    letters = {unicodedata.normalize("NFC", v + t) for v in vowels for t in tones} | set("đ")
    both = "".join(sorted(letters | {letter.upper() for letter in letters}))

    assert shown(both) == both


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("👩🏽‍🌾 Bà Tư 🧄", "Bà Tư"),
        ("\u202eمرحبا Lan", "Lan"),
        ("🧄", lettering.NOTHING),
        ("  ", ""),
        ("e\u0302\u0301\u0323\u0308", "ệ"),
        ("a\tb\nc", "a b c"),
    ],
)
def test_what_the_font_lacks_is_left_out(text: str, kept: str) -> None:
    """No empty boxes, no direction marks, at most two marks on a letter."""
    assert shown(text) == kept


def test_a_short_name_is_written_larger() -> None:
    """A name takes the room it has, so that it is read in a thumbnail."""
    short = lettering.fit("Lan", "Bold", (952, 150), (96, 72, 56), 2)
    long = lettering.fit("W" * 24, "Bold", (952, 150), (96, 72, 56), 2)

    assert short[0].size > long[0].size
    assert long[1] == ["W" * len(long[1][0]), "W" * (24 - len(long[1][0]))]


def test_the_code_leads_to_the_address() -> None:
    """The QR code on the card is the one of the address, module for module."""
    import segno

    matrix = segno.make(ADDRESS, error="m", micro=False).matrix
    many = len(matrix)
    scale = 226 // (many + 8)
    left = (226 - many * scale) // 2
    image = opened(CARD).convert("L")
    corner = pictures.EDGE + left + scale // 2, 1084 + left + scale // 2
    read = [
        [image.getpixel((corner[0] + x * scale, corner[1] + y * scale)) < 128 for x in range(many)]  # type: ignore[operator]
        for y in range(many)
    ]

    assert read == [[bool(dot) for dot in row] for row in matrix]


def test_a_card_without_an_address_has_no_code() -> None:
    """On a laptop without a public address there is nowhere to lead."""
    image = opened(replace(CARD, address=""))

    assert image.crop((64, 1084, 290, 1310)).getcolors(16) is not None


def test_a_picture_is_drawn_once() -> None:
    """The same words are the same picture, under the same version."""
    assert pictures.draw(CARD) is pictures.draw(replace(CARD))
    assert pictures.version(CARD) == pictures.version(replace(CARD))
    assert pictures.version(CARD) != pictures.version(replace(CARD, rank="13"))
