"""The chat page on an empty database."""

from collections.abc import Iterator

import pytest

from bot.db import Database
from tests.web.stand import Site, serve
from tests.web.theatre import Theatre, open_theatre


@pytest.fixture
def site(sqlite_url: str) -> Iterator[Site]:
    """The page and its clerk."""
    db = Database(sqlite_url)
    with serve(db) as site:
        yield site
    db.close()


@pytest.fixture
def theatre(db: Database) -> Iterator[Theatre]:
    """The stage's pages with a contest that waits for its players, on both databases."""
    with open_theatre(db) as theatre:
        yield theatre


@pytest.fixture
def small(sqlite_url: str) -> Iterator[Theatre]:
    """The same on SQLite alone, for what does not depend on the database."""
    db = Database(sqlite_url)
    with open_theatre(db) as theatre:
        yield theatre
    db.close()
