"""The chat page on an empty database."""

from collections.abc import Iterator

import pytest

from bot.db import Database
from tests.web.stand import Site, serve


@pytest.fixture
def site(sqlite_url: str) -> Iterator[Site]:
    """The page and its clerk."""
    db = Database(sqlite_url)
    with serve(db) as site:
        yield site
    db.close()
