"""The worker: what comes in is answered once, in order, whatever fails on the way."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import select

from bot import inbox, outbox
from bot.db import Database
from bot.flows.turn import House
from bot.inbox import Inbox
from bot.messages import GoneError, Received, RetryError, SlowDownError, UncertainError
from bot.outbox import Outbox
from bot.people import Address
from tests.conftest import NOON
from tests.fakes import delivery
from tests.stage import Stage


async def wait_for(met: Callable[[], bool]) -> None:
    """Wait until something is so, at most 60 seconds."""
    for _look in range(3000):
        if met():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it never became so")


@pytest.fixture
async def stage(db: Database, house: House) -> Stage:
    """A conversation, on SQLite and again on PostgreSQL."""
    return Stage(db, house, NOON)


async def test_a_question_is_answered_with_its_source(stage: Stage) -> None:
    """A resident's question, as typed, gets the right answer with its source."""
    [answer, _notice] = await stage.says("cam nang chuyen doi so o dau")

    assert "https://dx.mic.gov.vn" in answer
    assert "Nguồn:" in answer


async def test_an_update_delivered_again_has_one_effect(stage: Stage) -> None:
    """The same delivery five times is answered once."""
    item = delivery("1", "vneid là gì", NOON)
    for _time in range(5):
        await stage.db.write(partial(inbox.accept, deliveries=[item]))
        await stage.settle()

    assert sum("VNeID" in text for text in stage.channel.texts()) == 1


async def test_a_chat_is_answered_in_order(stage: Stage) -> None:
    """Ten messages of one chat are answered in the order in which they came."""
    questions = ["vneid là gì", "ngày chuyển đổi số là ngày nào"] * 5
    items = [delivery(str(n), text, NOON) for n, text in enumerate(questions)]
    await stage.db.write(partial(inbox.accept, deliveries=items))

    await stage.settle()

    answers = [text for text in stage.channel.texts() if "Đôi lời" not in text]
    kinds = ["vneid" if text.startswith("VNeID") else "day" for text in answers]
    assert kinds == ["vneid", "day"] * 5


async def test_what_cannot_be_read_does_not_stop_the_rest(stage: Stage) -> None:
    """A delivery that makes no sense is parked; the next message is answered."""
    broken = Received("fake", "0", "fake:lan", "{", NOON)
    await stage.db.write(partial(inbox.accept, deliveries=[broken]))

    answers = await stage.says("vneid là gì")

    assert answers[0].startswith("VNeID")
    assert stage.db.read(inbox.parked) == 1


async def test_a_failed_send_is_tried_again(stage: Stage) -> None:
    """A definite failure is retried after its wait, and then delivered once."""
    stage.channel.fails = lambda _chat: RetryError("500")
    await stage.says("vneid là gì")
    stage.channel.fails = lambda _chat: None

    stage.later(timedelta(seconds=3))
    await stage.settle()

    assert sum(text.startswith("VNeID") for text in stage.channel.texts()) == 1


async def test_an_uncertain_send_is_left_to_people(stage: Stage) -> None:
    """What may have been delivered is not sent again by itself."""
    stage.channel.fails = lambda _chat: UncertainError("timeout")
    await stage.says("vneid là gì")
    stage.channel.fails = lambda _chat: None

    stage.later(timedelta(days=1))
    await stage.settle()

    assert stage.channel.sent == []
    assert stage.db.read(outbox.counts) == {outbox.UNKNOWN: 2}


async def test_whoever_blocked_us_is_marked(stage: Stage) -> None:
    """A refusal because we are blocked is remembered at the address."""
    stage.channel.fails = lambda _chat: GoneError("403")

    await stage.says("vneid là gì")

    blocked = stage.db.read(lambda session: session.exec(select(Address.blocked_at)).one())
    assert blocked == NOON


async def test_the_platform_s_wait_holds_every_answer(stage: Stage) -> None:
    """After "retry after 5" nothing is sent for five seconds, then all of it."""
    stage.channel.fails = lambda _chat: SlowDownError("429", wait=5.0)
    await stage.says("vneid là gì")
    stage.channel.fails = lambda _chat: None
    stage.later(timedelta(seconds=4.9))
    await stage.settle()
    early = len(stage.channel.sent)

    stage.later(timedelta(seconds=0.1))
    await stage.settle()

    assert (early, len(stage.channel.sent)) == (0, 2)


async def test_a_group_that_moved_is_followed(stage: Stage) -> None:
    """What waits for a group goes to its new id."""
    await stage.says("vneid là gì", chat="-1", private=False)
    await stage.says("", chat="-1", kind="moved", private=False, ref="-1001")

    chats = stage.db.read(lambda session: session.exec(select(Address.chat)).all())
    assert list(chats) == ["-1001"]


async def test_a_tap_is_acknowledged_and_answers_its_question(stage: Stage) -> None:
    """A button of the open question is the same as typing its number."""
    await stage.says("ngày chuyển đổi số là ngày nào")
    ref = stage.channel.sent[0][1].ask

    [answer] = await stage.says("1", kind="tap", ref=ref, callback="cb1")

    assert "Nguồn:" in answer
    assert stage.channel.acknowledged == ["cb1"]


async def test_a_tap_on_an_old_question_is_told_so(stage: Stage) -> None:
    """A button means what it showed, never what is open now."""
    await stage.says("ngày chuyển đổi số là ngày nào")
    ref = stage.channel.sent[0][1].ask
    await stage.says("/xoadulieu")

    [answer] = await stage.says("1", kind="tap", ref=ref, callback="cb1")

    assert "đã cũ" in answer
    assert stage.db.read(lambda session: session.exec(select(Address.user)).all()) == ["lan"]


async def test_inline_questions_are_answered_at_once(stage: Stage) -> None:
    """A question typed in another chat gets entries with their answers, and is not kept."""
    await stage.says("vneid là gì", kind="inline", callback="q1")

    [results] = stage.channel.inline
    assert results[0][0] == "VNeID là gì?"
    kept = stage.db.read(lambda session: session.exec(select(Inbox.text)).all())
    assert list(kept) == [""]


async def test_sensitive_numbers_are_stored_nowhere(stage: Stage) -> None:
    """After a message with an identity number, no table holds the number."""
    await stage.says("số của tôi là 051099001234 nhé")

    def everything(session: object) -> str:
        rows = [*session.exec(select(Inbox)).all(), *session.exec(select(Outbox)).all()]  # type: ignore[attr-defined]
        return " ".join(str(row) for row in rows)

    assert "051099001234" not in stage.db.read(everything)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("ế̀" * 2048, id="stacked diacritics"),
        pytest.param("\ufdfa" * 4096, id="a letter that unfolds to eighteen"),
        pytest.param("a\x00b", id="NUL"),
        pytest.param("\ud800 xin chào", id="a lone surrogate"),
        pytest.param("<b>chào</b> & <script>", id="HTML"),
        pytest.param("\u202egnud", id="right to left override"),
        pytest.param("😀" * 500, id="emoji"),
        pytest.param("/" * 4096, id="slashes"),
        pytest.param("1" * 4096, id="digits"),
    ],
)
async def test_hostile_input_gets_a_polite_reply(stage: Stage, text: str) -> None:
    """Whatever is typed: a reply, nothing parked, nothing waiting."""
    answers = await stage.says(text)

    assert answers
    assert stage.db.read(inbox.parked) == 0
    assert stage.db.read(inbox.waiting) == 0


async def test_running_answers_and_stopping_drains(stage: Stage) -> None:
    """The loops answer what comes; after `stop` everything begun is settled."""
    running = asyncio.create_task(stage.worker.run())
    items = [delivery(str(n), "vneid là gì", NOON, user=f"u{n}") for n in range(20)]
    await stage.db.write(partial(inbox.accept, deliveries=items))
    stage.worker.wake()
    await wait_for(lambda: len(stage.channel.sent) == 40)

    stage.worker.stop()
    await asyncio.wait_for(running, 60)

    assert stage.db.read(inbox.waiting) == 0
    assert stage.db.read(outbox.counts) == {outbox.SENT: 40}


async def test_a_failing_database_is_waited_out(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that fails is tried again; the worker does not end."""
    monkeypatch.setattr("bot.worker.IDLE", 0.01)
    failures = iter([OSError("disk full"), OSError("disk full")])

    async def step() -> int:
        for failure in failures:
            raise failure
        stage.worker.stop()
        return 0

    await asyncio.wait_for(stage.worker._loop(asyncio.Event(), step), 60)  # noqa: SLF001

    assert list(failures) == []
