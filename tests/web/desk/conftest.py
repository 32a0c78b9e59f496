"""The desk on an empty database."""

from collections.abc import Iterator

import pytest

from bot.content import Content
from bot.db import Database
from tests.web.desk.bench import Bench, serve


@pytest.fixture
def bench(sqlite_url: str, content: Content) -> Iterator[Bench]:
    """The desk, served for real."""
    db = Database(sqlite_url)
    with serve(db, content) as bench:
        yield bench
    db.close()
