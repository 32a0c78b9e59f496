"""A platform that is away, a clock that jumps: in order, once, in time, never out of the blue."""

from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session, col, select

from bot import outbox
from bot.db import Database
from bot.flows.turn import House
from bot.messages import AwayError, DeliveryError, Reply, RetryError, dump, plain
from bot.outbox import STALE, Outbox
from tests.conftest import NOON
from tests.fakes import CAN
from tests.stage import Stage

HOUR = timedelta(hours=1)


@pytest.fixture
def stage(db: Database, house: House) -> Stage:
    """People talk to the bot on a platform that may go away."""
    return Stage(db, house, NOON)


async def pass_by(stage: Stage, gone: timedelta, every: timedelta) -> None:
    """Time goes by, with the worker at work all along."""
    end = stage.now + gone
    while stage.now < end:
        stage.later(every)
        await stage.db.write(partial(stage.worker._recover, alone=False))  # noqa: SLF001
        await stage.settle()


@pytest.mark.parametrize(
    ("error", "within"),
    [
        pytest.param(AwayError("not reached"), timedelta(seconds=30), id="not reached"),
        pytest.param(RetryError("server error"), outbox.LONGEST_WAIT * 2, id="server errors"),
    ],
)
async def test_an_hour_without_the_platform(
    stage: Stage, error: DeliveryError, within: timedelta
) -> None:
    """Three people ask while nothing can be sent; soon after it all hear, each in order, once."""
    gone = [True]
    stage.channel.fails = lambda _chat: error if gone[0] else None
    for number in range(3):
        for user in ("lan", "minh", "hoa"):
            await stage.says(f"/xacminh {user} {number}", user=user)
    await pass_by(stage, HOUR, timedelta(minutes=1))
    silent = len(stage.channel.sent)

    gone[0] = False
    await pass_by(stage, within, timedelta(seconds=10))

    assert silent == 0
    assert stage.db.read(outbox.counts) == {outbox.SENT: len(stage.channel.sent)}
    for user in ("lan", "minh", "hoa"):
        queued = stage.db.read(partial(bodies, chat=user))
        assert [dump(reply) for to, reply in stage.channel.sent if to == user] == queued


async def queue(stage: Stage, chat: str, text: str) -> None:
    """An answer for a chat."""
    reply = partial(outbox.put, channel="fake", chat=chat, replies=[Reply(text)], can=CAN)
    await stage.db.write(partial(reply, now=stage.now))


@pytest.mark.parametrize("others", [True, False], ids=["others are served", "nobody else"])
async def test_a_message_the_platform_trips_over_does_not_hold_its_chat(
    stage: Stage, *, others: bool
) -> None:
    """While others are served it is given up in minutes, and what came after it leaves; when
    nobody else is there to tell by, the platform may be away, and it waits."""
    stage.channel.fails_for = lambda reply: "hỏng" in plain(reply)
    await queue(stage, "lan", "hỏng")
    await queue(stage, "lan", "sau")
    for _minute in range(8):
        if others:
            await queue(stage, "minh", "chào")
        await pass_by(stage, timedelta(minutes=1), timedelta(seconds=10))

    told = [plain(reply) for chat, reply in stage.channel.sent if chat == "lan"]
    assert told == (["sau"] if others else [])
    assert stage.db.read(outbox.counts).get(outbox.FAILED, 0) == int(others)


def bodies(session: Session, chat: str) -> list[str]:
    """What was queued for a chat, in order."""
    found = select(Outbox.body).where(col(Outbox.chat) == chat).order_by(col(Outbox.id))
    return list(session.exec(found))


async def test_what_waited_a_day_is_not_sent_out_of_the_blue(stage: Stage) -> None:
    """After 24 hours an answer is not pushed any more; its person sees it when they next write."""
    away: list[DeliveryError] = [AwayError("not reached")]
    stage.channel.fails = lambda _chat: away[0] if away else None
    await stage.says("vneid là gì")
    await pass_by(stage, STALE, timedelta(hours=1))
    away.clear()
    await pass_by(stage, timedelta(minutes=1), timedelta(seconds=5))
    unasked = stage.channel.texts()

    told = await stage.says("/quyenriengtu")

    assert unasked == []
    assert "VNeID" in " ".join(told)
    assert told[-1].startswith("UBND đặc khu Lý Sơn vận hành")


def test_what_a_person_lets_go_after_days_is_sent(session: Session) -> None:
    """What was held after a restore and is let go counts as queued now, however old it is."""
    outbox.put(session, "fake", "lan", [Reply("chào")], CAN, NOON - 3 * STALE)
    session.flush()
    outbox.hold_all(session)
    outbox.let_go(session, NOON)

    assert outbox.give_up_stale(session, NOON) == 0
    assert outbox.oldest_queued(session) == NOON


@pytest.mark.parametrize("jump", [2 * HOUR, -2 * HOUR], ids=["on", "back"])
async def test_a_jump_of_the_clock_neither_doubles_nor_loses_an_answer(
    stage: Stage, jump: timedelta
) -> None:
    """The clock jumps while an answer waits for its next try: it leaves once, and soon."""
    errors: list[DeliveryError] = [RetryError("server error")] * 3
    stage.channel.fails = lambda _chat: errors.pop() if errors else None
    await stage.says("/quyenriengtu")
    stage.later(jump)

    await pass_by(stage, timedelta(minutes=2), timedelta(seconds=5))

    assert stage.db.read(outbox.counts) == {outbox.SENT: len(stage.channel.sent)}
    assert len(stage.channel.sent) == 2
