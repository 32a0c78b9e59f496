"""A way back: a backup made while people write is whole; a restored bot sends nothing unasked."""

import threading
import uuid
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, Table, insert, select
from sqlalchemy.engine import Connection, Engine
from sqlmodel import Session

from bot import asked, backup, outbox, people
from bot.backup import NotABackupError, NotEmptyError
from bot.db import Database
from bot.flows.turn import House
from bot.messages import RetryError
from bot.tables import METADATA, _config, migrate, revisions
from tests import postgres
from tests.conftest import NOON
from tests.stage import Stage


@pytest.fixture
def empty_url(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a second database, of the same kind, in which there is nothing."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'second' / 'bot.db'}"
        return
    server = request.getfixturevalue("postgres_template")
    name = f"e{uuid.uuid4().hex[:12]}"
    yield postgres.create(server, name)
    postgres.drop(server, name)


@pytest.fixture
async def stage(db: Database, house: House) -> Stage:
    """Lan was answered; the answer to Minh is still to be sent."""
    stage = Stage(db, house, NOON)
    await stage.says("vneid là gì")
    stage.channel.fails = lambda _chat: RetryError("away", wait=60)
    await stage.says("vneid là gì", user="minh")
    return stage


def everything(engine: Engine, *, without: str = "") -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, but what becomes of messages to send."""
    with engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in METADATA.sorted_tables
            if table.name != without
        }


async def test_everything_comes_back(stage: Stage, empty_url: str, tmp_path: Path) -> None:
    """A restored database holds, row for row, what was backed up."""
    before = everything(stage.db.engine, without="outbox")
    backup.backup(stage.db, tmp_path / "b", NOON)

    backup.restore(empty_url, tmp_path / "b")

    again = Database(empty_url)
    assert everything(again.engine, without="outbox") == before
    again.close()


async def test_what_was_queued_is_held_until_a_person_decides(
    stage: Stage, empty_url: str, tmp_path: Path
) -> None:
    """After a restore nothing goes out, for it may have gone out already; then it does, once."""
    backup.backup(stage.db, tmp_path / "b", NOON)
    _kept, held = backup.restore(empty_url, tmp_path / "b")
    again = Stage(Database(empty_url), stage.house, NOON + timedelta(hours=1))

    await again.settle()
    before = len(again.channel.sent)
    released = await again.db.write(lambda session: outbox.let_go(session, again.now))
    await again.settle()

    assert (held, before, released) == (2, 0, 2)  # the answer, and the word at the start
    assert [chat for chat, _reply in again.channel.sent] == ["minh", "minh"]
    again.db.close()


async def test_a_restored_bot_answers_at_once(stage: Stage, empty_url: str, tmp_path: Path) -> None:
    """What is on hold keeps nobody's new answer back, and new rows get numbers of their own."""
    backup.backup(stage.db, tmp_path / "b", NOON)
    backup.restore(empty_url, tmp_path / "b")
    again = Stage(Database(empty_url), stage.house, NOON)
    again._keys = iter(range(100, 200))  # type: ignore[assignment]  # noqa: SLF001

    told = await again.says("cam nang chuyen doi so o dau", user="minh")

    assert "dx.mic.gov.vn" in told[0]
    again.db.close()


async def test_giving_up_what_is_held(stage: Stage, empty_url: str, tmp_path: Path) -> None:
    """Dropped messages are never sent."""
    backup.backup(stage.db, tmp_path / "b", NOON)
    backup.restore(empty_url, tmp_path / "b")
    again = Stage(Database(empty_url), stage.house, NOON)

    await again.db.write(lambda session: outbox.let_go(session, NOON, drop=True))
    await again.settle()

    assert again.channel.sent == []
    assert again.db.read(outbox.counts)[outbox.FAILED] == 2
    again.db.close()


def meet(session: Session, user: str) -> None:
    """Somebody writes for the first time."""
    people.welcome(session, "fake", user, user, NOON)


def test_a_backup_made_while_people_write_is_of_one_moment(
    db: Database, empty_url: str, tmp_path: Path
) -> None:
    """Each person was written together with an address: the copy has as many of both."""
    ended = threading.Event()

    def write() -> None:
        number = 0
        while not ended.is_set():
            number += 1
            db.run(partial(meet, user=f"u{number}")).result(20)

    writer = threading.Thread(target=write)
    writer.start()
    kept = [backup.backup(db, tmp_path / f"b{number}", NOON) for number in range(5)]
    ended.set()
    writer.join()

    assert [one.rows["person"] - one.rows["address"] for one in kept] == [0] * 5
    assert kept[-1].rows["person"] > kept[0].rows["person"]
    backup.restore(empty_url, tmp_path / "b4")


async def test_restoring_over_something_is_refused(stage: Stage, tmp_path: Path) -> None:
    """A database in use is never overwritten."""
    backup.backup(stage.db, tmp_path / "b", NOON)
    before = everything(stage.db.engine)

    with pytest.raises(NotEmptyError):
        backup.restore(stage.db.url, tmp_path / "b")

    assert everything(stage.db.engine) == before


@pytest.mark.parametrize("harm", ["cut", "changed", "other"])
async def test_a_damaged_file_is_refused(
    stage: Stage, empty_url: str, tmp_path: Path, harm: str
) -> None:
    """Half a file, one with other bytes, and something else are said to be no backup."""
    file = tmp_path / "b"
    backup.backup(stage.db, file, NOON)
    data = bytearray(file.read_bytes())
    match harm:
        case "cut":
            data = data[: len(data) // 2]
        case "changed":
            middle = len(data) // 3
            data[middle : middle + 200] = bytes(byte ^ 255 for byte in data[middle : middle + 200])
        case _:
            data = bytearray(b"not a backup")
    file.write_bytes(data)

    with pytest.raises(NotABackupError):
        backup.restore(empty_url, file)


def test_a_backup_of_the_other_kind_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    """A PostgreSQL backup does not go into SQLite."""
    with zipfile.ZipFile(tmp_path / "b", "w") as archive:
        told = '{"format": 1, "kind": "postgresql", "revision": "0001", "at": "", "rows": {}}'
        archive.writestr("backup.json", told)

    with pytest.raises(NotABackupError, match="postgresql"):
        backup.restore(sqlite_url, tmp_path / "b")


def test_a_backup_that_finds_no_room_leaves_the_old_one(db: Database, tmp_path: Path) -> None:
    """A failed backup leaves the file of yesterday as it was."""
    file = tmp_path / "b"
    file.write_bytes(b"of yesterday")
    (tmp_path / "b.part").symlink_to("/dev/full")

    with pytest.raises(OSError, match="No space left"):
        backup.backup(db, file, NOON)

    assert file.read_bytes() == b"of yesterday"


REVISIONS = [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()][
    ::-1
]


def test_each_released_schema_upgrades_with_its_rows(empty_url: str) -> None:
    """From schema to schema: a row in every table, filled as soon as there is a place, stays."""
    db = Database(empty_url)
    before: dict[str, dict[str, object]] = {}
    for revision in REVISIONS:
        migrate(db.engine, revision)
        found = tables(db.engine)
        after = rows(db.engine, found)
        for name, row in before.items():
            assert {key: after.get(name, {}).get(key) for key in row} == row, (revision, name)
        with db.engine.begin() as connection:
            for table in found:
                fill(connection, table, after.get(table.name, {}), before.get(table.name, {}))
        before = rows(db.engine, found)
    assert revisions(db.engine) == (REVISIONS[-1], REVISIONS[-1])
    db.close()


def tables(engine: Engine) -> list[Table]:
    """The tables there are, those pointed to before those that point."""
    found = MetaData()
    found.reflect(engine)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def rows(engine: Engine, found: list[Table]) -> dict[str, dict[str, object]]:
    """The row of each table that has one."""
    with engine.connect() as connection:
        return {
            table.name: dict(row)
            for table in found
            for row in connection.execute(select(table)).mappings()
        }


def fill(
    connection: Connection, table: Table, row: dict[str, object], old: dict[str, object]
) -> None:
    """A row in a new table; in an old one, something in its new columns."""
    new = {
        column.name: value(column.type.python_type)
        for column in table.columns
        if column.name not in old
    }
    if new:
        act = table.update() if row else table.insert()
        connection.execute(act.values(new))


def value(kind: type) -> object:
    """Something of a kind; every number is 1, so that rows point to each other."""
    known: dict[type, object] = {int: 1, float: 1.5, bool: True, str: "1"}
    if kind in known:
        return known[kind]
    moment = datetime(2026, 11, 25, 5, tzinfo=UTC)
    return moment if kind is datetime else moment.date()


def test_a_database_of_before_gets_its_weeks(empty_url: str) -> None:
    """Days that were summed up before weeks were are found in them after the upgrade."""
    db = Database(empty_url)
    migrate(db.engine, "0017")
    days = {date(2026, 11, 9): 3, date(2026, 11, 15): 4, date(2026, 11, 16): 5}
    kept = [{"part": "hamlet", "day": on, "name": "dong", "count": n} for on, n in days.items()]
    with db.engine.begin() as connection:
        connection.execute(insert(asked.AskedTally), kept)
    migrate(db.engine)
    first, last = date(2026, 11, 9), date(2026, 11, 22)
    found = db.read(partial(asked.by_week, part="hamlet", first=first, last=last))
    db.close()

    assert found == {("dong", date(2026, 11, 9)): 7, ("dong", date(2026, 11, 16)): 5}
