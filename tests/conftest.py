"""What tests share: a database of each kind, the content, and a house where time stands still."""

import fcntl
import gc
import os
import pickle
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from httpx._config import DEFAULT_TIMEOUT_CONFIG
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlmodel import Session

from bot import content as contents
from bot.content import Content
from bot.db import Database
from bot.flows.turn import House
from bot.notices import programme as programmes
from bot.tables import migrate
from faq import files
from tests import postgres, processes

NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
"""Noon of 25/11/2026 on the island."""
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not depend on the kind of database."""
# Tests speak with this machine alone, without TLS. Each httpx client reads every authority's
# certificate when it is made (20 ms, a quarter of the suite): here it finds a folder with none.
os.environ.pop("SSL_CERT_FILE", None)
os.environ["SSL_CERT_DIR"] = str(Path(__file__).parent)
for phase in ("connect", "read", "write", "pool"):
    # A busy machine answers late, and that is no mistake; what tests a limit sets its own.
    setattr(DEFAULT_TIMEOUT_CONFIG, phase, 60.0)
processes.FORKED = True
SHM, ROOM = Path("/dev/shm"), 4 * 2**30  # noqa: S108 - pytest makes a folder of its own there
"""Memory that looks like a disk, and the bytes of it that the tests want to find free."""
if SHM.is_dir() and shutil.disk_usage(SHM).free >= ROOM:
    # A commit that waits for the disk takes a hundred times as long there (3.4 ms, 0.04 ms): the
    # tests kill processes, never the machine.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(SHM))
FIRST = frozenset(
    """
    browser/test_payloads notices/test_processes test_evening test_kill test_several
    web/test_payloads
    """.split()
)
"""Tests of half a minute and more: begun last they would run when all others have ended."""


def _name(item: pytest.Item) -> str:
    """The file of a test, from here."""
    return item.path.relative_to(Path(__file__).parent).with_suffix("").as_posix()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest."""
    items.sort(key=lambda item: _name(item) not in FIRST)


def pytest_collection_finish() -> None:
    """What is imported by now lives as long as the tests: looking for garbage in it takes 6%."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def _read_once() -> Iterator[None]:
    """The shipped files are read some hundred times: each text is taken apart once."""
    parse = files.parse

    @lru_cache(maxsize=256)
    def parsed(written: str) -> bytes:
        return pickle.dumps(parse(written))

    with pytest.MonkeyPatch.context() as patch:
        # A copy for each reader: who reads may change what is theirs.
        patch.setattr(files, "parse", lambda written: pickle.loads(parsed(written)))  # noqa: S301
        yield


for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
    # Each database of the tests has a dialect of its own, alike in all: so that a statement is
    # compiled once and not again for each of some thousand databases.
    dialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
    dialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
COMPILED: dict[object, object] = {}


@event.listens_for(Engine, "engine_connect")
def _share_compiled(connection: Connection) -> None:
    """Statements compiled for one database serve all of the kind."""
    connection.execution_options(compiled_cache=COMPILED)


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """A PostgreSQL server with a migrated database to copy; one for each test process."""
    with postgres.server(postgres.HASTY) as url:
        made = postgres.create(url, "base")
        db = Database(made)
        migrate(db.engine)
        db.close()
        yield url


@pytest.fixture(scope="session")
def postgres_url(postgres_template: str) -> str:
    """A migrated database that tests use one after the other; each leaves it empty."""
    return postgres.create(postgres_template, "shared", "base")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "base.db"
    db = Database(f"sqlite:///{path}")
    migrate(db.engine)
    db.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty, migrated database, on SQLite and again on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "bot.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    url = request.getfixturevalue("postgres_url")
    yield url
    postgres.empty(url)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of an empty, migrated SQLite database, for what does not depend on the kind."""
    path = tmp_path / "bot.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """An empty database, on SQLite and again on PostgreSQL."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def session(db: Database) -> Iterator[Session]:
    """A session whose work is thrown away."""
    with Session(db.engine) as session:
        yield session
        session.rollback()


@pytest.fixture(scope="session")
def content(tmp_path_factory: pytest.TempPathFactory) -> Content:
    """The shipped content, loaded once; of many test processes one learns, the others wait."""
    cache = _matcher_cache(tmp_path_factory)
    cache.mkdir(parents=True, exist_ok=True)
    with (cache.parent / "matcher.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return contents.load(cache=cache)


@pytest.fixture(scope="session")
def matcher_cache(content: Content, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the matcher keeps what it learned of the shipped content; test processes share it."""
    return _matcher_cache(tmp_path_factory)


def _matcher_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shared = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    base = tmp_path_factory.getbasetemp()
    return (base.parent if shared else base) / "matcher-cache"


@pytest.fixture(scope="session")
def house(content: Content) -> House:
    """What the conversation needs of the house."""
    programme = programmes.load(contents.DATA, content.places)
    return House(content, "UBND đặc khu Lý Sơn", ZONE, "https://chat.example.vn", programme)
