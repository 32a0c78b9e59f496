"""A notice that changes: edited where it was sent, and a word to those who said they would come."""

from functools import partial

import pytest
from sqlmodel import Session

from bot.messages import RefusedError
from bot.notices import amend, announce
from bot.notices.amend import Amended, Correction
from tests.conftest import NOON, ZONE
from tests.notices.board import Board

MOVED = "Tọa đàm dời sang 20:00."


async def change(board: Board, number: int, correction: Correction | None = None) -> Amended:
    """Give a notice other words."""

    def work(session: Session) -> Amended:
        notice = announce.get(session, number)
        return amend.amend(
            session, notice, MOVED, "Hoa", NOON, board.ways, ZONE, correction=correction
        )

    return await board.db.write(work)


async def test_what_was_sent_is_edited(board: Board) -> None:
    """The message a person has is changed, under the name the platform gave it."""
    await board.meet("lan")
    number = await board.announce()
    await board.settle()

    changed = await change(board, number)
    await board.settle()

    [(chat, name, reply)] = board.channel.edited
    assert (chat, name, reply.text) == ("lan", "1", MOVED)
    assert (changed.edited, board.db.read(partial(amend.edits, number=number))) == (1, {"sent": 1})
    assert board.tally(number).sent == 1


async def test_what_was_not_sent_yet_says_the_new_words(board: Board) -> None:
    """Nobody is sent the old words after the change."""
    await board.meet("lan", "minh")
    number = await board.announce()
    await board.worker.work_some()

    await change(board, number)
    await board.settle()

    assert {reply.text for _chat, reply in board.channel.sent} == {MOVED}
    assert board.channel.edited == []


async def test_what_is_just_going_out_is_edited_after_it(board: Board) -> None:
    """A message under way at the change is changed once the platform has named it."""
    await board.meet("lan")
    number = await board.announce()
    await board.worker.work_some()
    await board.worker.send_some()  # handed out, not settled

    await change(board, number)
    await board.worker.idle()
    await board.settle()

    assert [(name, reply.text) for _chat, name, reply in board.channel.edited] == [("1", MOVED)]


async def test_on_our_own_page_the_words_simply_change(board: Board) -> None:
    """A web visitor who has not looked yet sees the new words."""
    await board.meet("v1", channel="web")
    number = await board.announce()
    await board.settle()

    changed = await change(board, number)

    assert changed.replaced == 1


async def test_an_edit_that_is_refused_is_told_apart(board: Board) -> None:
    """The notice was sent all the same; the edits say how they fared."""
    await board.meet("lan")
    number = await board.announce()
    await board.settle()
    board.channel.fails = {"lan": RefusedError("400")}.get

    await change(board, number)
    await board.settle()

    assert board.db.read(partial(amend.edits, number=number)) == {"failed": 1}
    assert board.tally(number).sent == 1


async def test_who_comes_gets_a_word(board: Board) -> None:
    """A short correction goes to those who said they would come, once, and to nobody else."""
    lan, _minh = await board.meet("lan", "minh")
    number = await board.announce()
    await board.settle()

    changed = await change(board, number, Correction("Đổi giờ: 20:00.", [lan, lan]))
    await board.settle()

    assert [text for text in board.channel.texts("lan") if "Đổi giờ" in text] == [
        "Đổi giờ: 20:00.\nThông báo chính thức"
    ]
    assert len(board.channel.texts("minh")) == 1
    assert changed.correction is not None
    assert board.tally(changed.correction).total == 1


@pytest.mark.parametrize("text", ["", "a" * 1501])
async def test_words_that_cannot_be(board: Board, text: str) -> None:
    """A change keeps to the rules of a notice."""
    number = await board.announce()

    def work(session: Session) -> Amended:
        notice = announce.get(session, number)
        return amend.amend(session, notice, text, "Hoa", NOON, board.ways, ZONE)

    with pytest.raises(announce.NoticeError):
        await board.db.write(work)
