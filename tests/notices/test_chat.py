"""Writing notices in chat: to many people it takes two, and only what was shown is sent."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import pytest

from bot import organisers
from bot.notices import announce
from tests.conftest import NOON
from tests.notices.board import Board

Says = Callable[..., Awaitable[list[str]]]


@pytest.fixture
async def hoa(board: Board) -> Says:
    """Chị Hoa, who may send notices; anh Nam may too; sixty people have written."""
    for name, user in (("Hoa", "hoa"), ("Nam", "nam")):
        code = await board.db.write(
            partial(organisers.add, name=name, role="announcer", actor="x", now=NOON)
        )
        await board.says(f"/start org-{code}", user=user)
    await board.meet(*(f"u{number}" for number in range(60)))
    return partial(board.says, user="hoa")


def told(board: Board, text: str = "Mời họp") -> int:
    """How many messages with a notice's text went out to residents."""
    return sum(
        reply.text == text and chat not in {"hoa", "nam"} for chat, reply in board.channel.sent
    )


async def test_to_many_it_takes_a_second_organiser(board: Board, hoa: Says) -> None:
    """The author's yes is not enough; another organiser sees the same and approves."""
    await hoa("/thongbao Mời họp")
    [asked] = await hoa("1")
    before = told(board)
    shown = await board.says("/thongbao 1 duyệt", user="nam")
    await board.says("1", user="nam")

    assert "cần thêm một người" in asked
    assert before == 0
    assert "Mời họp" in shown[1]
    assert told(board) == 60
    assert board.notice(1).approved_by == "Nam"


async def test_who_sees_it_later_counts_towards_the_two(board: Board, hoa: Says) -> None:
    """Readers of the chat page are not pushed to, and read it all the same: sixty are many."""
    await board.meet(*(f"web{number}" for number in range(60)), channel="web", language="en")
    await hoa("/thongbao ngôn ngữ: tiếng Anh\nMeeting")

    [asked] = await hoa("1")

    assert "đến 60 người, nên cần thêm một người" in asked


async def test_nobody_approves_their_own(board: Board, hoa: Says) -> None:
    """The author cannot be the second pair of eyes."""
    await hoa("/thongbao Mời họp")

    [answer] = await hoa("/thongbao 1 duyệt")

    assert "không tự duyệt" in answer
    assert told(board) == 0


async def test_a_code_from_the_command_line_will_do(board: Board, hoa: Says) -> None:
    """With the code of the command line its author sends it alone."""
    await hoa("/thongbao Mời họp")
    code = await board.db.write(
        lambda session: announce.new_code(session, announce.get(session, 1), "cli", NOON)
    )

    await hoa(f"/thongbao 1 {code}")

    assert told(board) == 60


@pytest.mark.parametrize("late", [False, True], ids=["somebody else", "too late"])
async def test_a_code_is_its_author_s_and_short_lived(board: Board, hoa: Says, late: bool) -> None:
    """Another organiser gets nothing from it, nor does the author after ten minutes."""
    await hoa("/thongbao Mời họp")
    code = await board.db.write(
        lambda session: announce.new_code(session, announce.get(session, 1), "cli", NOON)
    )
    if late:
        board.later(timedelta(minutes=10))

    [answer] = await board.says(f"/thongbao 1 {code}", user="hoa" if late else "nam")

    assert "Mã không đúng" in answer
    assert told(board) == 0


async def test_pause_and_go_on_from_chat(board: Board, hoa: Says) -> None:
    """How it stands comes with what can be done about it."""
    await hoa("/thongbao lúc: 13:00 25/11\nMời họp")
    await hoa("1")
    await board.says("/thongbao 1 duyệt", user="nam")
    await board.says("1", user="nam")

    await hoa("/thongbao 1")
    [paused] = await hoa("1")
    board.later(timedelta(hours=2))
    await board.settle()
    during = told(board)
    await hoa("/thongbao 1")
    await hoa("1")
    await board.settle()

    assert "Tạm dừng" in paused
    assert (during, told(board)) == (0, 60)


async def test_an_old_tap_does_nothing_twice(board: Board, hoa: Says) -> None:
    """Once sent it cannot be sent again, whoever asks."""
    await hoa("/thongbao Mời họp")
    await board.says("/thongbao 1 duyệt", user="nam")
    await board.says("1", user="nam")

    [again] = await hoa("1")

    assert "không còn ở bước" in again
    assert told(board) == 60


async def test_a_forwarded_command_sends_nothing(board: Board, hoa: Says) -> None:
    """Nor does one typed in a group."""
    await hoa("/thongbao Mời họp", trusted=False)
    [in_group] = await hoa("/thongbao Mời họp", chat="-1", private=False)

    assert "dành cho người tổ chức" in in_group
    assert board.db.read(announce.listed) == []


async def test_its_head_says_to_whom(board: Board, hoa: Says) -> None:
    """Lines at the top choose the audience, the time, the English words."""
    await board.meet("ann", language="en")

    shown = await hoa("/thongbao ngôn ngữ: tiếng Anh\ntiếng Anh: Meeting\nMời họp\ntại thôn")

    notice = board.notice(1)
    assert (notice.text, notice.text_en) == ("Mời họp\ntại thôn", "Meeting")
    assert "Sẽ đến 1 người" in shown[-1]


async def test_it_carries_a_code_that_says_it_is_ours(board: Board, hoa: Says) -> None:
    """What people hold can be checked; what was never sent is told to hold no more."""
    await board.meet("lan")
    await hoa("/thongbao ngôn ngữ: tiếng Việt\nMời họp")
    code = board.notice(1).code
    genuine = await board.says(f"/xacminh {code}", user="lan")
    await hoa("2")  # not sent
    dropped = await board.says(f"/xacminh {code}", user="lan")

    assert f'mã {code} là của mình: thông báo "Mời họp", UBND đặc khu Lý Sơn' in genuine[0]
    assert "đã rút lại" in dropped[0]
    assert "chưa từng được gửi" in dropped[0]
