"""What tests share: a database of each kind, the content, and a house where time stands still."""

import fcntl
import os
import shutil
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import coverage
import pytest
from sqlmodel import Session

from bot import content as contents
from bot.content import Content
from bot.db import Database
from bot.flows.turn import House
from bot.notices import programme as programmes
from bot.tables import migrate
from tests import postgres

NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
"""Noon of 25/11/2026 on the island."""
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
# Tests speak with this machine alone, without TLS. Each httpx client reads every authority's
# certificate when it is made (20 ms, a quarter of the suite): here it finds a folder with none.
os.environ.pop("SSL_CERT_FILE", None)
os.environ["SSL_CERT_DIR"] = str(Path(__file__).parent)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Leave a test's second run, on the other database, out of the coverage: being measured makes
    everything half as slow again, and the lines are the ones of its first run."""
    measuring = coverage.Coverage.current()
    case = getattr(item, "callspec", None)
    if measuring is None or case is None or case.params.get("database_url") != "postgresql":
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """A PostgreSQL server with a migrated database to copy; one for each test process."""
    with postgres.server() as url:
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
def matcher_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the matcher keeps what it learned; test processes share it."""
    shared = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    base = tmp_path_factory.getbasetemp()
    return (base.parent if shared else base) / "matcher-cache"


@pytest.fixture(scope="session")
def content(matcher_cache: Path) -> Content:
    """The shipped content, loaded once; of many test processes one learns, the others wait."""
    matcher_cache.mkdir(parents=True, exist_ok=True)
    with (matcher_cache.parent / "matcher.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return contents.load(cache=matcher_cache)


@pytest.fixture(scope="session")
def house(content: Content) -> House:
    """What the conversation needs of the house."""
    programme = programmes.load(contents.DATA, content.places)
    return House(content, "UBND đặc khu Lý Sơn", ZONE, "https://chat.example.vn", programme)
