"""/ban in a chat: a one-time link to the desk, for organisers alone."""

from datetime import timedelta
from functools import partial

from sqlmodel import Session, select

from bot import organisers, passes, people
from bot.db import Database
from bot.flows.turn import House
from bot.outbox import Outbox
from tests.conftest import NOON
from tests.stage import Stage


async def join(stage: Stage, user: str = "lan") -> None:
    """Somebody becomes an organiser."""

    def work(session: Session) -> None:
        person = people.find(session, stage.channel.name, user)
        assert person is not None
        code = organisers.add(session, "Hoa", "editor", "test", stage.now)
        organisers.join(session, person, code, stage.now)

    await stage.db.write(work)


async def test_organisers_get_a_link_that_is_not_kept(db: Database, house: House) -> None:
    """It opens a session once; what was sent is deleted after its delivery."""
    stage = Stage(db, house, NOON)
    await stage.says("chào")
    await join(stage)
    [text] = await stage.says("/ban")
    token = text.split("/vao/")[1].split()[0]
    opened = await db.write(partial(passes.open_session, token=token, now=NOON))

    kept = db.read(lambda session: list(session.scalars(select(Outbox.body))))
    assert opened is not None
    assert opened[1].kind == "organiser"
    assert not any("/vao/" in body for body in kept)


async def test_residents_forwards_and_groups_get_none(db: Database, house: House) -> None:
    """Only an organiser, in private, in their own words; nobody after removal."""
    stage = Stage(db, house, NOON)
    await stage.says("chào")
    resident = await stage.says("/ban")
    await join(stage)
    forwarded = await stage.says("/ban", trusted=False)
    await db.write(lambda session: organisers.remove(session, 1, "test", NOON).name)
    stage.later(timedelta(minutes=1))
    removed = await stage.says("/ban")

    assert not any("/vao/" in text for text in [*resident, *forwarded, *removed])
