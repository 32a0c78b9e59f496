"""A web visitor who asked for it is pushed to; the page has the whole, and the tally says so."""

from functools import partial

import pytest
from sqlmodel import col, select

from bot import inbox, organisers, outbox, pushes
from bot.channels.webchat import posted
from bot.messages import RefusedError
from bot.outbox import Outbox
from tests.conftest import NOON
from tests.fakes import FakeChannel
from tests.notices.board import Board

VISITOR = "a" * 32


@pytest.fixture
async def phone(board: Board) -> FakeChannel:
    """The visitor's browser, which may be pushed to."""
    channel = FakeChannel(name=pushes.CHANNEL)
    board.worker.channels = {**board.worker.channels, channel.name: channel}
    [person] = await board.meet(VISITOR, channel="web")
    keys = ("key", "secret")
    await board.db.write(
        lambda session: pushes.subscribe(session, person, VISITOR, "https://e", keys, NOON)
    )
    return channel


async def test_a_notice_is_pushed_and_stands_on_the_page(board: Board, phone: FakeChannel) -> None:
    """One person, one message, seen in two places; counted once, as pushed."""
    number = await board.announce("Mời họp")
    await board.settle()

    page = board.db.read(partial(outbox.history, lane=f"web:{VISITOR}"))
    assert [reply.text for _chat, reply in phone.sent] == ["Mời họp"]
    assert len(page) == 1
    told = board.tally(number)
    assert (told.total, told.sent, told.by_channel) == (1, 1, {"webpush": 1})


async def test_a_push_that_failed_is_seen_later(board: Board, phone: FakeChannel) -> None:
    """The browser was gone: it failed, and is counted as seen when the visitor writes."""
    phone.fails = {VISITOR: RefusedError("no push")}.get
    number = await board.announce("Mời họp")
    await board.settle()

    assert board.tally(number).failed == {"no push": 1}


async def test_a_late_answer_is_pushed_too(board: Board, phone: FakeChannel) -> None:
    """An answer from a person nudges the browser of who asked on the web."""
    code = await board.db.write(
        partial(organisers.add, name="Hoa", role="admin", actor="x", now=NOON)
    )
    await board.says(f"/start org-{code}", user="hoa")
    asked = posted(VISITOR, "key-1234", "bao giờ sửa đường bê tông ra biển vậy", "", NOON)
    await board.db.write(partial(inbox.accept, deliveries=[asked]))
    await board.settle()

    await board.says("/traloi H-0001 Tháng 12 nhé.", user="hoa")

    assert "Tháng 12 nhé." in phone.sent[-1][1].text
    rows = board.db.read(lambda s: s.exec(select(Outbox.channel).where(col(Outbox.late))).all())
    assert sorted(rows) == ["web", "webpush"]
