"""Whoever could not be pushed to sees what came first when they next write, counted apart."""

from datetime import timedelta
from functools import partial

from bot import inbox, organisers, outbox
from bot.channels.webchat import posted
from bot.messages import RefusedError
from bot.notices import dispatch
from tests.conftest import NOON
from tests.notices.board import Board, works

TALK = "Mời bà con dự tọa đàm."


async def test_a_notice_comes_first_when_they_next_write(board: Board) -> None:
    """Outside the window: not sent; at their next word it is shown before the answer, once."""
    await board.says("chào")
    await board.meet("lan")  # she registers
    board.worker.reach = {"fake": lambda _session, _address, _now: "window"}
    number = await board.announce(TALK)
    await board.settle()
    before = board.tally(number)

    answers = await board.says("cảm ơn")
    again = await board.says("cảm ơn")

    assert before.unreached == {"window": 1}
    assert answers[0] == f"Thông báo ngày 25/11/2026:\n{TALK}\nThông báo chính thức"
    assert len(again) == 1
    after = board.tally(number)
    assert (after.later, after.sent, after.unreached.total()) == (1, 0, 0)


async def test_a_cancelled_one_is_not_shown(board: Board) -> None:
    """What was called off is not told afterwards."""
    await board.says("chào")
    await board.meet("lan")  # she registers
    board.worker.reach = {"fake": lambda _session, _address, _now: "window"}
    number = await board.announce(TALK, at=NOON + timedelta(hours=1))
    board.later(timedelta(hours=1))
    await board.worker.work_some()
    await board.act(dispatch.cancel, number)

    assert TALK not in "\n".join(await board.says("cảm ơn"))


async def test_an_old_one_is_not_shown_out_of_the_blue(board: Board) -> None:
    """After a month it is no news."""
    await board.says("chào")
    await board.meet("lan")  # she registers
    board.worker.reach = {"fake": lambda _session, _address, _now: "window"}
    await board.announce(TALK)
    await board.settle()
    board.later(timedelta(days=31))

    assert TALK not in "\n".join(await board.says("cảm ơn"))


async def test_a_late_answer_that_failed_comes_first_too(board: Board) -> None:
    """An answer from a person, refused when it was sent, is shown at the next word."""
    code = await board.db.write(
        partial(organisers.add, name="Hoa", role="admin", actor="x", now=NOON)
    )
    await board.says(f"/start org-{code}", user="hoa")
    await board.says("bao giờ thôn mình sửa đường bê tông ra biển")
    board.channel.fails = {"lan": RefusedError("window")}.get
    await board.says("/traloi H-0001 Tháng 12 nhé.", user="hoa")
    board.channel.fails = works

    answers = await board.says("cảm ơn")

    assert "Tháng 12 nhé." in answers[0]
    assert len(await board.says("cảm ơn")) == 1


async def test_on_our_own_page_it_stands_already(board: Board) -> None:
    """A web visitor has it on the page: it is not repeated, only counted as seen."""
    await board.meet("a" * 32, channel="web")
    number = await board.announce(TALK)
    await board.settle()
    item = posted("a" * 32, "key-1234", "cảm ơn", "", NOON)
    await board.db.write(partial(inbox.accept, deliveries=[item]))
    await board.settle()

    shown = board.db.read(partial(outbox.history, lane="web:" + "a" * 32))
    assert sum(TALK in body for _row, body in shown) == 1
    assert board.tally(number).later == 1
