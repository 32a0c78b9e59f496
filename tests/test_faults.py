"""A disk that is full or broken, a database that is locked: nothing is acknowledged unkept."""

# ruff: noqa: F811 - the fixtures of test_app

import asyncio
import contextlib
import resource
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import Session, col, select

from bot import inbox
from bot.app import App
from bot.inbox import Inbox
from tests.conftest import ONE_DATABASE
from tests.test_app import app, client, signed, state, telegram  # noqa: F401 - fixtures

LONG = "chữ " * 700
MOST = 700
"""Updates after which a fault must have shown itself."""
FILE_LIMIT = 900_000
RECOVERED_WITHIN = 10.0
Fault = Callable[[App], AbstractAsyncContextManager[None]]


def pragma(app: App, words: str) -> Any:
    """Say something to the one connection that writes, made anew: what was said before is over."""
    with app.db._pen:  # noqa: SLF001 - nobody else writes meanwhile
        app.db.engine.dispose()
        with contextlib.closing(app.db.engine.raw_connection()) as raw:
            cursor = raw.cursor()
            cursor.execute(f"PRAGMA {words}")
            return (cursor.fetchone() or [None])[0]


@contextlib.asynccontextmanager
async def full(app: App) -> AsyncIterator[None]:
    """The database may not grow: what SQLite says then is what it says when a disk is full."""
    pages = pragma(app, "page_count")
    pragma(app, f"max_page_count={pages + 8}")
    yield
    pragma(app, "user_version")


@contextlib.asynccontextmanager
async def broken(app: App) -> AsyncIterator[None]:
    """The kernel refuses to write further into a file: SQLite calls it a disk I/O error."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_LIMIT, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextlib.asynccontextmanager
async def read_only(app: App) -> AsyncIterator[None]:
    """Nothing may be written."""
    pragma(app, "query_only=1")
    yield
    pragma(app, "user_version")


@contextlib.asynccontextmanager
async def locked(app: App) -> AsyncIterator[None]:
    """Another program holds the database and does not let go."""
    pragma(app, "busy_timeout=50")
    other = sqlite3.connect(path_of(app), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


def path_of(app: App) -> Path:
    """The database's file."""
    return Path(app.settings.url.removeprefix("sqlite:///"))


def update(number: int) -> dict[str, object]:
    """A long message that was edited: it is kept, and runs nothing."""
    who = {"id": 5001, "is_bot": False, "first_name": "Lan"}
    chat = {"id": 5001, "type": "private", "first_name": "Lan"}
    message = {"message_id": number, "date": 1, "edit_date": 2, "chat": chat, "from": who}
    return {"update_id": number, "edited_message": {**message, "text": LONG}}


async def deliver(client: httpx.AsyncClient, number: int) -> int:
    """Telegram delivers an update; the status it is answered with."""
    answer = await client.post("/webhooks/telegram", json=update(number), headers=signed())
    return answer.status_code


async def healthy(client: httpx.AsyncClient) -> bool:
    """What /health says."""
    return (await client.get("/health")).status_code == 200


async def wait_for(met: Callable[[], Any], within: float = RECOVERED_WITHIN) -> None:
    """Wait until something is so. Raises TimeoutError."""
    async with asyncio.timeout(within):
        while not await met():  # noqa: ASYNC110 - over HTTP there is no event to wait for
            await asyncio.sleep(0.1)


@ONE_DATABASE
@pytest.mark.parametrize("fault", [full, broken, read_only, locked])
async def test_nothing_is_acknowledged_that_is_not_kept(
    app: App,
    client: httpx.AsyncClient,
    fault: Fault,
) -> None:
    """While nothing can be committed Telegram hears 503, /health too; after it all is well."""
    answers: list[int] = []
    async with fault(app):
        while len(answers) < MOST and 503 not in answers:
            answers.append(await deliver(client, len(answers)))
        ill = not await healthy(client)

    await wait_for(lambda: healthy(client))
    last = await deliver(client, MOST + 1)
    await wait_for(lambda: app.db.fetch(lambda session: inbox.waiting(session) == 0))

    acknowledged = {str(number) for number, status in enumerate(answers) if status == 200}
    assert answers[-1] == 503
    assert ill
    assert last == 200
    assert app.db.read(keys) == acknowledged | {str(MOST + 1)}
    assert app.db.read(inbox.parked) == 0
    with contextlib.closing(sqlite3.connect(path_of(app))) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def keys(session: Session) -> set[str]:
    """The updates that were kept."""
    return set(session.exec(select(col(Inbox.key))).all())
