"""How long words are kept: to the day that is set, and then of a question its wording alone."""

from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session, select

from bot import inbox, retention
from bot.db import Database
from bot.flows.turn import House
from bot.inbox import Inbox
from bot.messages import Received, RetryError
from bot.outbox import Outbox
from bot.state import Chat
from bot.upkeep import Upkeep
from faq.unanswered import Unanswered
from tests.conftest import NOON
from tests.stage import Stage

KEEP = timedelta(days=90)
ODD = "xin hỏi cách nuôi cá koi trong chậu xi măng, gọi tôi số 0905 123 456"


@pytest.fixture
async def stage(db: Database, house: House) -> Stage:
    """Lan asked something nobody could answer."""
    stage = Stage(db, house, NOON)
    await stage.says(ODD)
    await stage.says("0")
    return stage


async def passes(stage: Stage, gone: timedelta) -> None:
    """Time goes by, and the upkeep makes its round."""
    stage.later(gone)
    await Upkeep(stage.db, KEEP, now=lambda: stage.now).once()


def words(session: Session) -> list[str]:
    """Everything that was said, by both, and what the chat is about."""
    said = session.exec(select(Inbox.text)).all()
    told = session.exec(select(Outbox.body)).all()
    return [word for word in (*said, *told, *session.exec(select(Chat.asked)).all()) if word]


async def test_words_stay_for_as_long_as_set(stage: Stage) -> None:
    """A day before their time nothing is blanked."""
    before = stage.db.read(words)

    await passes(stage, KEEP - timedelta(days=1))

    assert stage.db.read(words) == before


async def test_words_go_when_their_time_is_over(stage: Stage) -> None:
    """Afterwards no word of the conversation is kept, on either side."""
    await passes(stage, KEEP + timedelta(seconds=1))

    assert stage.db.read(words) == []


async def test_of_a_question_its_wording_stays_and_leads_to_nobody(stage: Stage) -> None:
    """The question is kept without its asker, its chat, and numbers to call."""
    await passes(stage, KEEP + timedelta(seconds=1))

    [question] = stage.db.read(lambda session: session.exec(select(Unanswered)).all())
    assert "nuôi cá koi" in question.text
    assert "0905" not in question.text + question.folded
    assert (question.person_key, question.lane, question.channel) == ("", "", "")


async def test_what_waits_is_not_blanked(stage: Stage) -> None:
    """A message not yet answered and one not yet sent keep their words, however old."""
    late = Received("elsewhere", "1", "elsewhere:minh", '{"text": "chờ"}', NOON)
    await stage.db.write(partial(inbox.accept, deliveries=[late]))
    stage.channel.fails = lambda _chat: RetryError("away", wait=1e9)
    await stage.says("vneid là gì", user="minh")

    await passes(stage, KEEP + timedelta(days=9))

    kept = stage.db.read(lambda session: session.exec(select(Inbox.payload)).all())
    queued = stage.db.read(
        lambda session: session.exec(select(Outbox.body).where(Outbox.state == "queued")).all()
    )
    assert '{"text": "chờ"}' in kept
    assert queued
    assert all(queued)


async def test_the_conversation_goes_on_after_blanking(stage: Stage) -> None:
    """Somebody whose old words are gone is answered as before."""
    await passes(stage, KEEP + timedelta(days=1))

    told = await stage.says("vneid là gì")

    assert "VNeID" in told[0]


async def test_a_full_lot_is_followed_by_the_next(stage: Stage) -> None:
    """All that is old goes in one round, in small transactions."""
    rows = [
        Received("fake", f"old-{number}", f"fake:{number}", "{", NOON)
        for number in range(retention.LOT + 5)
    ]
    await stage.db.write(partial(inbox.accept, deliveries=rows))
    await stage.settle()

    await passes(stage, KEEP + timedelta(days=1))

    assert stage.db.read(words) == []
    assert not stage.db.read(partial(retention.find, before=stage.now - KEEP))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        pytest.param("gọi 0905123456 nhé", "gọi [đã ẩn] nhé", id="a telephone number"),
        pytest.param("gọi +84 905 123 456", "gọi [đã ẩn]", id="with spaces"),
        pytest.param("thư hoa@ly-son.vn", "thư [đã ẩn]", id="a mail address"),
        pytest.param("nhắn @hoa_lyson", "nhắn [đã ẩn]", id="an account"),
        pytest.param("năm 2026 nộp 500.000 đồng", "năm 2026 nộp 500.000 đồng", id="a sum"),
    ],
)
def test_numbers_and_names_are_taken_out(said: str, kept: str) -> None:
    """What leads to a person is hidden; what a question needs stays."""
    assert retention.without_names(said) == kept
