"""Pictures that announce: of the right size, whole, in bounds, and readable by a phone's camera."""

from dataclasses import replace
from io import BytesIO
from itertools import pairwise

import pytest
from PIL import Image

from bot import posters
from bot.posters import Banner, Flyer

ADDRESS = "https://lyson.example.vn/su-kien/toa-dam-dong"
FLYER = Flyer(
    brand="Chuyển đổi số Lý Sơn",
    kind="Tọa đàm",
    title="Tọa đàm, hỏi đáp về chuyển đổi số tại thôn Đông An Hải",
    status="Có thay đổi: dời sang 19:30 vì biển động",
    when="19:00 đến 20:30, thứ Tư, 2/12/2026",
    where="Nhà văn hóa thôn Đông",
    what="Buổi gặp ở thôn để nghe và hỏi về chuyển đổi số.",
    call="Quét mã xem chi tiết",
    address=ADDRESS,
)
BANNER = Banner(
    brand="Chuyển đổi số Lý Sơn",
    title="Ngày Chuyển đổi số quốc gia",
    slogan="Mỗi nhà thử một việc trên mạng, cả đảo cùng chuyển đổi số",
    programme=("08:00 · Hỏi đáp tại thôn", "19:00 · Chung kết"),
    by="UBND đặc khu Lý Sơn",
    call="Quét mã xem chương trình",
    address=ADDRESS,
)
LONG = "Ngưỡng nghiễm khuếch trương " * 30
EXTREMES = {
    "usual": FLYER,
    "nothing but a title": Flyer("a", "b", "Tin", "", "", "", "", "", ""),
    "everything too long": Flyer(LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG, ADDRESS),
    "no status": replace(FLYER, status=""),
    "one long word": replace(FLYER, title="W" * 90),
}


@pytest.mark.parametrize("card", EXTREMES.values(), ids=EXTREMES.keys())
def test_texts_stay_on_the_card(card: Flyer) -> None:
    """Whatever an event is called, no text leaves the picture or runs into another."""
    boxes = posters.compose(card).boxes

    assert all(left >= 0 and right <= 1080 and bottom <= 1350 for left, _t, right, bottom in boxes)
    rows = sorted(box for box in boxes if box[0] < 220)
    rows.sort(key=lambda box: box[1])
    assert all(upper[3] <= lower[1] + 8 for upper, lower in pairwise(rows))


@pytest.mark.parametrize("told", [BANNER, Banner(LONG, LONG, LONG, (LONG,) * 9, LONG, LONG, "")])
def test_texts_stay_on_banner_and_poster(told: Banner) -> None:
    """The same for what is hung up."""
    for sheet, (wide, high) in (
        (posters.hung(told), posters.BANNER),
        (posters.pinned(told), posters.A3),
    ):
        assert all(
            left >= 0 and top >= 0 and right <= wide and bottom <= high
            for left, top, right, bottom in sheet.boxes
        )


def test_the_date_stands_whole() -> None:
    """10/10 is what the banner is about: it is never cut."""
    for sheet in (posters.hung(BANNER), posters.pinned(BANNER)):
        widest = max(right - left for left, _top, right, _bottom in sheet.boxes)
        assert widest > 900


def test_files_have_their_sizes() -> None:
    """Card 1080 x 1350, banner 3000 x 1000, each small enough to be sent."""
    card, banner = posters.flyer(FLYER), posters.banner(BANNER)

    assert Image.open(BytesIO(card)).size == (1080, 1350)
    assert Image.open(BytesIO(banner)).size == (3000, 1000)
    assert len(card) < 150_000
    assert len(banner) < 400_000


def test_the_poster_is_one_page_of_a3() -> None:
    """297 x 420 mm, to a millimetre: what a print shop expects."""
    body = posters.poster(BANNER)
    box = body.split(b"/MediaBox")[1].split(b"]")[0].strip(b" [").split()
    wide, high = (float(side) / 72 * 25.4 for side in box[2:4])

    assert body.startswith(b"%PDF")
    assert body.count(b"/Type /Page\n") == 1
    assert abs(wide - 297) < 1
    assert abs(high - 420) < 1


def test_the_same_words_are_the_same_picture() -> None:
    """A picture is named by its content, so that it is drawn and fetched once."""
    assert posters.version(FLYER) == posters.version(replace(FLYER))
    assert posters.version(FLYER) != posters.version(replace(FLYER, when="20:00"))
