"""While an organiser talks the bot keeps quiet, and it always comes back."""

from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session

from bot import people, privacy
from bot.db import Database
from bot.desk import handoff
from bot.flows.turn import House
from tests.conftest import NOON
from tests.stage import Stage

QUESTION = "làm vneid mức 2 ở đâu"


@pytest.fixture
def stage(db: Database, house: House) -> Stage:
    """People who talk to the bot."""
    return Stage(db, house, NOON)


async def take(stage: Stage) -> None:
    """An organiser takes over Lan's chat."""

    def work(session: Session) -> None:
        person = people.find(session, "fake", "lan")
        assert person is not None
        lane = f"{stage.channel.name}:lan"
        handoff.take(session, lane, people.id_of(person), "Hoa", stage.now)

    await stage.db.write(work)


async def test_the_bot_keeps_quiet_and_comes_back(stage: Stage) -> None:
    """No answer while somebody talks; two hours after their last word the bot answers."""
    await stage.says("chào")
    await take(stage)
    quiet = await stage.says(QUESTION)
    stage.later(handoff.LASTS + timedelta(seconds=1))
    back = await stage.says(QUESTION)

    assert quiet == []
    assert any("Công an" in text for text in back)


async def test_danger_and_commands_are_still_answered(stage: Stage) -> None:
    """Somebody in danger is told whom to call; what is asked of the bot by name it does."""
    await stage.says("chào")
    await take(stage)

    assert "114" in " ".join(await stage.says("cháy nhà rồi cứu với"))
    assert await stage.says("/trogiup") != []
    await stage.says("/xoadulieu")
    assert await stage.says("1") != []


async def test_others_are_answered_meanwhile(stage: Stage) -> None:
    """Only the chat that was taken over is quiet."""
    await stage.says("chào")
    await take(stage)

    assert await stage.says(QUESTION, user="minh") != []


async def test_forgetting_ends_it(stage: Stage) -> None:
    """Whoever is forgotten leaves no row here either."""
    await stage.says("chào")
    await take(stage)

    def work(session: Session) -> int:
        person = people.find(session, "fake", "lan")
        assert person is not None
        privacy.forget(session, person)
        return len(handoff.current(session, stage.now))

    assert await stage.db.write(partial(work)) == 0
