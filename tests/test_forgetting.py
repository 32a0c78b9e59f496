"""Forgetting: within a minute no word of a person stands in any file of ours."""

import random
import re
import sqlite3
import struct
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import delete, or_, text, update
from sqlmodel import Session, col, select

from bot import inbox, state
from bot.db import Database
from bot.flows.turn import House
from bot.messages import Received
from bot.rights import PrivacyRequest, to_scrub
from bot.state import Chat
from bot.tables import METADATA
from bot.upkeep import Upkeep
from tests.conftest import NOON, ONE_DATABASE
from tests.stage import Stage

WORDS = ("nuoicakoi", "gánhtàuhủ", "tranhchấpđấtđai", "lan-5151")
KEEP = timedelta(days=90)


@pytest.fixture
async def stage(db: Database, house: House) -> Stage:
    """Many people have talked, and Lan in between, so that her rows lie among theirs."""
    stage = Stage(db, replace(house, public_url=""), NOON)  # so that /dulieu tells it in the chat
    for turn in range(4):
        for other in range(7):
            long = f"xin hỏi chuyện số {turn} của nhà tôi {'x' * (37 * other)}"
            await stage.says(long, user=f"other-{other}")
        for word in WORDS[:3]:
            said = f"{word} {'nước trong chậu bị đục ' * turn} thì hỏi ai {word}"
            await stage.says(said, user=WORDS[3])
    unreadable = Received("fake", "broken", f"fake:{WORDS[3]}", f"{{{WORDS[0]}", NOON)
    await db.write(partial(inbox.accept, deliveries=[unreadable]))
    await stage.settle()
    return stage


async def forget(stage: Stage) -> Upkeep:
    """Lan has herself forgotten; the upkeep has gone round afterwards."""
    await stage.says("/xoadulieu", user=WORDS[3])
    await stage.says("1", user=WORDS[3])
    stage.later(timedelta(seconds=15))
    upkeep = Upkeep(stage.db, KEEP, now=lambda: stage.now)
    await upkeep.once()
    return upkeep


def path_of(db: Database) -> Path:
    """The file of an SQLite database."""
    return Path(db.url.removeprefix("sqlite:///"))


def traces(folder: Path) -> list[str]:
    """Which words stand in which file."""
    return [
        f"{word} in {file.name}"
        for file in sorted(folder.glob("bot.db*"))
        for word in WORDS
        if word.encode() in file.read_bytes()
    ]


@ONE_DATABASE
async def test_no_byte_of_a_person_stays_in_a_file(
    stage: Stage, capfd: pytest.CaptureFixture[str]
) -> None:
    """SQLite: neither the database nor its log nor what we logged holds a word of the person."""
    before = traces(path_of(stage.db).parent)

    await forget(stage)

    printed = capfd.readouterr()
    assert len(before) >= len(WORDS)
    assert traces(path_of(stage.db).parent) == []
    assert [word for word in WORDS if word in printed.out + printed.err] == []


def live_and_dead(db: Database) -> Iterator[tuple[str, int, bytes]]:
    """Every row that a page of PostgreSQL's files still points to: table, state, bytes."""
    engine = db.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CHECKPOINT"))
        home = Path(str(connection.scalar(text("SHOW data_directory"))))
        for table in METADATA.sorted_tables:
            found = connection.scalar(text(f"SELECT pg_relation_filepath('\"{table.name}\"')"))
            for row in rows_of((home / str(found)).read_bytes()):
                yield (table.name, *row)


def rows_of(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The rows of a heap file: 1 used, 3 dead (storage/itemid.h); unused ones are not there."""
    for start in range(0, len(data), 8192):
        page = data[start : start + 8192]
        lower = struct.unpack_from("<H", page, 12)[0]
        for at in range(24, lower, 4):
            item = struct.unpack_from("<I", page, at)[0]
            offset, state, length = item & 0x7FFF, item >> 15 & 3, item >> 17
            if state in {1, 3}:
                yield state, page[offset : offset + length]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_postgresql_has_no_live_and_no_dead_row(stage: Stage) -> None:
    """PostgreSQL: no row of the person is there, nor one that waits to be vacuumed."""
    with stage.db.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM"))  # of what earlier tests left
    before = {name for name, _s, row in live_and_dead(stage.db) if WORDS[0].encode() in row}

    await forget(stage)

    left = [
        (name, state)
        for name, state, row in live_and_dead(stage.db)
        if state == 3 or any(word.encode() in row for word in WORDS)
    ]
    assert {"inbox", "chat"} & before
    assert left == []


async def test_the_request_is_done_only_when_the_traces_are_gone(stage: Stage) -> None:
    """Forgetting is written down without a name, and is done after the scrubbing."""
    await stage.says("/xoadulieu", user=WORDS[3])
    await stage.says("1", user=WORDS[3])
    waiting = len(stage.db.read(to_scrub))
    stage.later(timedelta(seconds=20))

    await Upkeep(stage.db, KEEP, now=lambda: stage.now).once()

    [request] = stage.db.read(lambda session: session.exec(select(PrivacyRequest)).all())
    assert waiting == 1
    assert (request.kind, request.done_at) == ("forget", stage.now)
    assert not re.search("lan", str(request.model_dump(exclude={"id"})))


async def test_others_keep_what_they_said(stage: Stage) -> None:
    """Forgetting one person takes nothing from the others."""
    await forget(stage)

    told = await stage.says("/dulieu", user="other-3")

    assert any("chuyện số 3" in part for part in told)


def test_deleting_alone_leaves_traces_and_scrubbing_none(sqlite_url: str) -> None:
    """SQLite's secure_delete leaves copies behind; writing the file anew leaves none."""
    db = Database(sqlite_url)
    chance = random.Random(3)
    db.run(partial(_shuffle, chance=chance)).result(30)
    with sqlite3.connect(path_of(db)) as plain:
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    left = path_of(db).read_bytes().count(SECRET.encode())

    scrubbed = db.scrub([])

    assert left > 0
    assert scrubbed
    assert path_of(db).read_bytes().count(SECRET.encode()) == 0
    assert not path_of(db).with_name("bot.db-wal").read_bytes()
    db.close()


SECRET = "tranhchấpđấtđai"


def _shuffle(session: Session, chance: random.Random) -> None:
    """Rows of two kinds put in, changed and taken out so that pages split and join."""
    keys: list[str] = []
    for number in range(3000):
        word = SECRET if number % 7 == 0 else "chuyện chung"
        keys.append(f"{chance.getrandbits(60):x}{word}")
        chat = Chat(lane=keys[-1], asked=word + "x" * chance.randrange(300))
        state.save(session, chat)
        if number % 5 == 0:
            again = chance.choice(keys)
            asked = SECRET * chance.randrange(20)
            session.execute(update(Chat).where(col(Chat.lane) == again).values(asked=asked))
    mine = or_(col(Chat.lane).contains(SECRET), col(Chat.asked).contains(SECRET))
    session.execute(delete(Chat).where(mine))
