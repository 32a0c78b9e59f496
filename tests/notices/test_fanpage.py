"""Posts for the fanpage: short, true, with their address; nothing of what is not settled."""

from dataclasses import replace

import pytest

from bot.notices import fanpage
from bot.notices.calendar import upcoming
from bot.notices.events import Event
from bot.notices.stories import Story
from bot.pictures import Podium, Step
from tests.conftest import NOON, ZONE
from tests.notices.sample import NAMES, sample

URL = "https://chat.example.vn/su-kien/toa-dam-dong"


@pytest.fixture
def talk() -> Event:
    """A talk with an hour and a place."""
    return next(event for event in sample() if event.id == "toa-dam-dong")


def post(event: Event) -> str:
    """The post of an event's next time."""
    item = next(iter(upcoming(event.when, NOON)), None) if event.when else None
    return fanpage.of_event(event, item, NAMES, ZONE, URL)


def test_a_post_says_what_when_where(talk: Event) -> None:
    """All one needs to come, the address, and two tags."""
    text = post(talk)

    assert "Khi nào: 19:00 đến 20:30, thứ Tư, 2/12/2026" in text
    assert "Ở đâu: Nhà văn hóa thôn Đông" in text
    assert URL in text
    assert text.count("#") == 2


@pytest.mark.parametrize("times", [1, 40, 400])
def test_a_post_is_never_too_long(talk: Event, times: int) -> None:
    """What explains is cut after a word; when, where, address and tags stay."""
    text = post(replace(talk, what="Nghe rồi hỏi ngay. " * times, why="Có người chỉ. " * times))

    assert len(text) <= fanpage.LONGEST
    assert "2/12/2026" in text
    assert text.endswith(f"{URL}\n{fanpage.TAGS}")


def test_an_endless_title_still_fits(talk: Event) -> None:
    """Even a head that is too long leaves room for the address."""
    text = post(replace(talk, title="Tọa đàm " * 200))

    assert len(text) <= fanpage.LONGEST
    assert URL in text


def test_a_cancelled_event_says_so_and_why() -> None:
    """The post of what is off begins with that."""
    off = next(event for event in sample() if event.status == "cancelled")

    assert "ĐÃ HỦY: Biển động" in post(off)


def test_a_result_names_the_first_three() -> None:
    """A round's post says what its podium shows."""
    steps = (Step("1", "Sóng", "Thôn Đông", ("10/10 câu", "59 giây")), Step("2", "Gió", "", ("9",)))
    podium = Podium("x", "Bảng vinh danh", "Tuần 3", steps, "12 người", "Quét", URL)

    text = fanpage.of_result(podium, URL)

    assert text.startswith(
        "Bảng vinh danh: Tuần 3\n1. Sóng (Thôn Đông): 10/10 câu, 59 giây\n2. Gió"
    )
    assert len(text) <= fanpage.LONGEST


def test_a_story_names_its_source() -> None:
    """What others wrote is theirs: source, date and their address stand in the post."""
    story = Story(
        link="https://lyson.example.vn/1",
        title="Mở lớp số",
        source="Cổng",
        published_at=NOON,
        kept_at=NOON,
    )
    text = fanpage.of_story(story, ZONE)

    assert "Nguồn: Cổng, 25/11/2026" in text
    assert "https://lyson.example.vn/1" in text
