"""Posters: A4, every text inside and apart, codes that lead where they say on each channel."""

from dataclasses import replace
from io import BytesIO
from itertools import combinations

import pytest
import segno
from PIL import Image
from sqlmodel import Session

from bot import invitations, placards
from bot.flows.turn import House
from bot.invitations import Act, Doors, NoPosterError
from bot.notices import taking_part
from bot.notices.programme import Programme
from bot.placards import EDGE, FLOOR, Poster
from bot.settings import Settings
from tests.conftest import NOON, ZONE
from tests.notices.sample import NAMES, sample

EVENTS = {event.id: event for event in sample()}
DOORS = Doors("https://chat.example.vn/", "LySonBot", "4318657068771012646")
PLAIN = replace(Settings(), public_url="https://chat.example.vn")


def invited(title: str = "Tọa đàm chuyển đổi số thôn Đông") -> Poster:
    """The poster of the talk."""
    event = replace(EVENTS["toa-dam-dong"], title=title)
    item = taking_part.this_time(event, NOON)
    assert item is not None
    codes = invitations.codes_of("open", event.id, DOORS)
    return invitations.of_event(event, item, NAMES, ZONE, "UBND đặc khu Lý Sơn", codes)


@pytest.mark.parametrize(
    ("act", "subject", "expected"),
    [
        pytest.param(
            "open",
            "toa-dam",
            ["/su-kien/toa-dam", "?start=sk-toa-dam", "/sukien toa-dam"],
            id="mở sự kiện",
        ),
        pytest.param(
            "door", "AB2CD", ["/diem-danh/AB2CD", "?start=dd-AB2CD", "/diemdanh AB2CD"], id="cửa"
        ),
        pytest.param(
            "follow", "dong", ["/nhan-tin?thon=dong", "?start=dk-dong", "/dangky"], id="thôn"
        ),
        pytest.param("follow", "", ["/nhan-tin", "?start=dk", "/dangky"], id="cả đảo"),
    ],
)
def test_each_channel_has_its_way(act: Act, subject: str, expected: list[str]) -> None:
    """Web and Telegram are led by the code alone; on Zalo one types, since it passes nothing on."""
    web, telegram, zalo = invitations.codes_of(act, subject, DOORS)

    assert web.address == "https://chat.example.vn" + expected[0]
    assert telegram.address == "https://t.me/LySonBot" + expected[1]
    assert (zalo.address, zalo.typed) == (
        "https://zalo.me/4318657068771012646",
        expected[2],
    )


def test_only_channels_there_are_stand_on_it() -> None:
    """What is not set is not drawn; Telegram is left out where it would not pass the name on."""
    long = "a" * 62

    assert [one.channel for one in invitations.codes_of("open", "x", Doors("https://a.vn"))] == [
        "Trang web"
    ]
    assert [one.channel for one in invitations.codes_of("open", long, DOORS)] == [
        "Trang web",
        "Zalo",
    ]


@pytest.mark.parametrize("title", ["Họp thôn", "Tọa đàm chuyển đổi số thôn Đông", "Wê " * 60])
def test_texts_stay_inside_and_apart(title: str) -> None:
    """Whatever a title is, nothing is cut by the edge and no two texts overlap."""
    boxes = placards.compose(invited(title)).boxes

    assert all(0 <= b[0] < b[2] <= placards.WIDTH and 0 <= b[1] < b[3] for b in boxes)
    assert all(b[3] <= placards.HEIGHT for b in boxes)
    crossing = [
        pair
        for pair in combinations(boxes, 2)
        if max(pair[0][0], pair[1][0]) < min(pair[0][2], pair[1][2])
        and max(pair[0][1], pair[1][1]) < min(pair[0][3], pair[1][3])
    ]
    assert crossing == []


def test_the_large_code_is_the_pages_address() -> None:
    """Read back module for module, the large code is the address of the event's page."""
    matrix = segno.make(
        "https://chat.example.vn/su-kien/toa-dam-dong", error="m", micro=False
    ).matrix
    many, side = len(matrix), 640
    scale = side // (many + 8)
    shift = (side - many * scale) // 2 + scale // 2
    image = Image.open(BytesIO(placards.png(invited()))).convert("L")
    corner = EDGE - 20 + shift, FLOOR + 150 + shift
    read = [
        [image.getpixel((corner[0] + x * scale, corner[1] + y * scale)) < 128 for x in range(many)]  # type: ignore[operator]
        for y in range(many)
    ]

    assert read == [[bool(dot) for dot in row] for row in matrix]


def test_both_files_are_a4() -> None:
    """The PNG and the PDF print as 210 by 297 millimetres."""
    drawn = Image.open(BytesIO(placards.png(invited())))
    page = placards.pdf(invited())

    width, height = (size / drawn.info["dpi"][0] * 25.4 for size in drawn.size)
    assert (round(width), round(height)) == (210, 297)
    assert page.startswith(b"%PDF")
    assert b"595" in page
    assert page.count(b"/Type /Page\n") == 1 or b"/Count 1" in page


@pytest.mark.parametrize(
    ("name", "hamlet", "reason"),
    [
        pytest.param("khong-co", "", "event", id="không có sự kiện"),
        pytest.param("bao-cao-don-vi", "", "date", id="chưa ấn định"),
        pytest.param("", "khong-co", "hamlet", id="không có thôn"),
    ],
)
def test_nothing_to_invite_to(
    session: Session, house: House, name: str, hamlet: str, reason: str
) -> None:
    """A draft, a strange name or thôn gives no poster, and says which it was."""
    with pytest.raises(NoPosterError, match=reason):
        invitations.poster(session, house.programme, PLAIN, name, hamlet, NOON)


def test_without_an_address_there_is_no_poster(session: Session) -> None:
    """A poster whose codes lead nowhere is not printed."""
    with pytest.raises(NoPosterError, match="way"):
        invitations.poster(session, Programme(), Settings(), "", "", NOON)


def test_the_door_poster_carries_the_doors_code(session: Session) -> None:
    """Printed a week ahead, it has the code which the page at the door shows later."""
    programme = Programme(events=tuple(sample()), names=NAMES)
    printed = invitations.poster(session, programme, PLAIN, "toa-dam-dong", "", NOON, at_door=True)

    code = session.get_one(taking_part.Talk, "toa-dam-dong").code
    assert printed.codes[0].address.endswith(f"/diem-danh/{code}")
    assert code in printed.what
