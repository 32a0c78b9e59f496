"""Notices to groups that subscribed: once each, within their day's limit, counted apart."""

from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session

from bot import organisers, outbox
from bot.messages import GoneError, MovedError, RefusedError
from bot.notices import amend, announce, audience, dispatch, groups, tally
from bot.notices.audience import Audience
from bot.notices.report import lines
from tests.conftest import NOON, ZONE
from tests.notices.board import Board, works

HOUR = timedelta(hours=1)


@pytest.fixture
async def admin(board: Board) -> int:
    """Somebody who runs three groups: of Thôn Đông, of Thôn Tây, of the whole island."""
    [lan] = await board.meet("lan", hamlet="dong")

    def work(session: Session) -> None:
        for chat, hamlet in (("-1", "dong"), ("-2", "tay"), ("-3", "")):
            groups.subscribe(session, "fake", chat, hamlet, lan, NOON)

    await board.db.write(work)
    return lan


def heard(board: Board) -> list[str]:
    """The groups that were sent something, in order."""
    return [chat for chat, _reply in board.channel.sent if chat.startswith("-")]


def in_groups(board: Board, number: int) -> dict[str, int]:
    """How the copies for groups stand."""
    look = partial(tally.progress, number=number, now=board.now)
    return dict(board.db.read(look).groups)


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        pytest.param(Audience(), {"-1", "-2", "-3"}, id="everyone"),
        pytest.param(Audience(hamlets=("dong",)), {"-1", "-3"}, id="a thôn"),
        pytest.param(Audience(hamlets=("dong", "tay")), {"-1", "-2", "-3"}, id="two thôn"),
        pytest.param(Audience(units=("doan",)), set(), id="a unit"),
        pytest.param(Audience(roles=("admin",)), set(), id="organisers"),
        pytest.param(Audience(hamlets=("dong",), languages=("en",)), set(), id="English"),
    ],
)
@pytest.mark.usefixtures("admin")
async def test_groups_of_the_audience_hear_it_once(
    board: Board, chosen: Audience, told: set[str]
) -> None:
    """A group of a thôn, or of the whole island, gets what is for it; people stay apart."""
    number = await board.announce(audience=chosen)
    for _look in range(3):
        await board.settle()

    assert sorted(heard(board)) == sorted(told)
    assert in_groups(board, number) == ({"sent": len(told)} if told else {})
    assert board.tally(number).total <= 1


@pytest.mark.usefixtures("admin")
async def test_the_preview_and_the_standing_name_them_apart(board: Board) -> None:
    """Before: how many groups beside the people; after: how they fared, in a line of their own."""
    look = partial(audience.survey, audience=Audience(hamlets=("dong",)), ways=board.ways, now=NOON)
    before = board.db.read(look)
    number = await board.announce(audience=Audience(hamlets=("dong",)))
    await board.settle()

    far = board.db.read(partial(tally.progress, number=number, now=board.now))
    assert (before.reached, before.groups) == (1, 2)
    assert lines(far)[0] == "Đã gửi xong. Tổng 1 người."
    assert lines(far)[-1] == "Nhóm: đã gửi 2."


@pytest.mark.usefixtures("admin")
async def test_three_a_day_and_an_emergency_beside(board: Board) -> None:
    """The fourth notice of a day is not sent to a group; an emergency is, and tomorrow's too."""
    numbers = [await board.announce(f"tin {number}") for number in range(4)]
    await board.settle()
    look = partial(audience.survey, audience=Audience(), ways=board.ways, now=board.now)
    preview = board.db.read(look)
    urgent = await board.announce("bão", urgent=True)
    board.later(24 * HOUR)
    tomorrow = await board.announce("mai")
    await board.settle()

    assert [in_groups(board, number) for number in numbers] == [{"sent": 3}] * 3 + [{"full": 3}]
    assert (preview.groups, preview.full) == (0, 3)
    assert in_groups(board, urgent) == in_groups(board, tomorrow) == {"sent": 3}


@pytest.mark.usefixtures("admin")
async def test_a_group_that_moved_gets_it_at_its_new_place(board: Board) -> None:
    """Telegram says where it went: the copy, the subscription and the next notice go there."""
    board.channel.fails = lambda chat: (
        MovedError("moved", moved_to="-1001") if chat == "-1" else None
    )
    first = await board.announce(audience=Audience(hamlets=("dong",)))
    await board.settle()
    await board.announce("hai", audience=Audience(hamlets=("dong",)))
    await board.settle()

    assert sorted(heard(board)) == ["-1001", "-1001", "-3", "-3"]
    assert in_groups(board, first) == {"sent": 2}


@pytest.mark.usefixtures("admin")
async def test_a_group_that_moved_at_night_is_followed(board: Board) -> None:
    """A copy that waits for the morning goes along too."""
    board.later(8.9 * HOUR)  # 20:54
    board.channel.fails = lambda _chat: RefusedError("400")
    number = await board.announce(audience=Audience(hamlets=("dong",)))
    await board.worker.work_some()
    board.later(HOUR)
    await board.worker.work_some()  # held
    board.channel.fails = works

    def move(session: Session) -> None:
        groups.move(session, "fake", "-1", "-1001")
        outbox.move(session, "fake", "-1", "-1001")

    await board.db.write(move)
    board.later(10 * HOUR)
    await board.settle()

    assert sorted(heard(board)) == ["-1001", "-3"]
    assert in_groups(board, number) == {"sent": 2}


@pytest.mark.usefixtures("admin")
async def test_a_group_we_were_thrown_out_of_is_gone(board: Board) -> None:
    """Its copy failed, it hears no more, and trying again does not send to it."""
    board.channel.fails = {"-1": GoneError("403")}.get
    number = await board.announce(audience=Audience(hamlets=("dong",)))
    await board.settle()
    board.channel.fails = works
    again = await board.act(dispatch.retry, number)
    await board.announce("hai", audience=Audience(hamlets=("dong",)))
    await board.settle()

    assert in_groups(board, number) == {"sent": 1, "failed": 1}
    assert again == 0
    assert "-1" not in heard(board)


@pytest.mark.usefixtures("admin")
async def test_a_failed_copy_is_tried_again_as_one_act(board: Board) -> None:
    """What was refused once is sent when an organiser asks for it."""
    board.channel.fails = {"-1": RefusedError("400")}.get
    number = await board.announce(audience=Audience(hamlets=("dong",)))
    await board.settle()
    board.channel.fails = works

    again = await board.act(dispatch.retry, number)
    await board.settle()

    assert again == 1
    assert in_groups(board, number) == {"sent": 2}


@pytest.mark.usefixtures("admin")
async def test_paused_and_cancelled_like_any_copy(board: Board) -> None:
    """What an organiser stops is not sent to groups either."""
    number = await board.announce(audience=Audience(hamlets=("dong",)))
    await board.worker.work_some()

    await board.act(dispatch.pause, number)
    await board.settle()
    await board.act(dispatch.cancel, number)
    await board.settle()

    assert heard(board) == []
    assert in_groups(board, number) == {"cancelled": 2}


@pytest.mark.usefixtures("admin")
async def test_a_change_is_edited_in_groups_too(board: Board) -> None:
    """What stands in a group says the new words."""
    number = await board.announce(audience=Audience(hamlets=("dong",)))
    await board.settle()

    def work(session: Session) -> None:
        notice = announce.get(session, number)
        amend.amend(session, notice, "Dời sang 20:00.", "Hoa", NOON, board.ways, ZONE)

    await board.db.write(work)
    await board.settle()

    edited = {chat: reply.text for chat, _name, reply in board.channel.edited}
    assert edited == dict.fromkeys(("lan", "-1", "-3"), "Dời sang 20:00.")


async def test_a_channel_that_is_off_is_counted(board: Board, admin: int) -> None:
    """A group on a channel we do not run now is told apart."""
    await board.db.write(
        partial(groups.subscribe, channel="off", chat="-9", hamlet="", person_id=admin, now=NOON)
    )

    number = await board.announce(audience=Audience(hamlets=("tay",)))
    await board.settle()

    assert in_groups(board, number) == {"sent": 2, "channel off": 1}


@pytest.mark.usefixtures("admin")
async def test_from_chat_a_group_counts_as_many(board: Board) -> None:
    """Few people, but a group: a second organiser must look at it."""
    add = partial(organisers.add, name="Hoa", role="announcer", actor="x", now=NOON)
    await board.says(f"/start org-{await board.db.write(add)}", user="hoa")
    shown = await board.says("/thongbao Mời họp", user="hoa")
    [asked] = await board.says("1", user="hoa")

    assert "Thêm 3 nhóm đã đăng ký." in shown[-1]
    assert "đến 1 người và 3 nhóm, nên cần thêm một người xem lại" in asked
    assert heard(board) == []
