"""The one door to the tables: works are committed in groups, and a bad one harms no other."""

import asyncio
from datetime import datetime, timedelta, timezone
from functools import partial

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from bot.db import Database, Work
from bot.people import Person
from bot.tables import METADATA, migrate, revisions
from tests.conftest import NOON


def person(key: str) -> Person:
    """Somebody new."""
    return Person(key=key, created_at=NOON, seen_at=NOON)


def add(session: Session, key: str) -> None:
    """Keep somebody new."""
    session.add(person(key))


def add_at(session: Session, at: datetime) -> None:
    """Keep somebody met at a moment."""
    session.add(Person(key="a", created_at=at, seen_at=at))


def test_a_work_is_committed_before_it_is_answered(db: Database) -> None:
    """Once the future is done, another connection sees what was written."""
    db.run(lambda session: session.add(person("a"))).result(5)

    assert db.read(lambda session: session.exec(select(Person.key)).one()) == "a"


async def test_a_bad_work_harms_no_other(db: Database) -> None:
    """Of a group in which one fails, only that one fails."""

    def bad(session: Session) -> None:
        session.add(person("bad"))
        session.flush()
        msg = "no"
        raise ValueError(msg)

    works: list[Work[None]] = [partial(add, key=key) for key in "abcdef"]
    results = await asyncio.gather(
        *(db.write(work) for work in [*works[:3], bad, *works[3:]]), return_exceptions=True
    )

    assert [type(result) for result in results].count(ValueError) == 1
    keys = db.read(lambda session: session.exec(select(Person.key)).all())
    assert sorted(keys) == list("abcdef")


def test_moments_keep_their_zone(db: Database) -> None:
    """What is stored with one zone comes back as the same moment, in UTC."""
    there = NOON.astimezone(timezone(timedelta(hours=7)))
    db.run(lambda session: session.add(Person(key="a", created_at=there, seen_at=there))).result(5)

    stored = db.read(lambda session: session.exec(select(Person.created_at)).one())

    assert stored == NOON
    assert stored.utcoffset() is not None


def test_naive_moments_are_refused(sqlite_url: str) -> None:
    """A moment without a zone is a mistake, not a guess."""
    db = Database(sqlite_url)
    naive = datetime(2026, 11, 25, 12, 0)  # noqa: DTZ001 - the mistake under test

    with pytest.raises(Exception, match="time zone"):
        db.run(partial(add_at, at=naive)).result(5)
    db.close()


def test_sqlite_is_safe_against_power_loss(sqlite_url: str) -> None:
    """SQLite runs with a write-ahead log, full synchronisation and foreign keys."""
    db = Database(sqlite_url)

    def pragmas(session: Session) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        return [session.execute(text(f"PRAGMA {name}")).scalar() for name in names]

    assert db.run(pragmas).result(5) == ["wal", 2, 1, 1]
    db.close()


def test_closing_finishes_what_was_queued(sqlite_url: str) -> None:
    """Works queued before closing are done."""
    db = Database(sqlite_url)
    futures = [db.run(partial(add, key=str(key))) for key in range(600)]

    db.close()

    assert all(future.done() and future.exception() is None for future in futures)


def test_migrations_make_the_tables_the_code_names(db: Database) -> None:
    """An empty database that was migrated has exactly our tables and columns."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_migrating_twice_changes_nothing(db: Database) -> None:
    """A database at the newest schema stays there."""
    migrate(db.engine)

    now, newest = revisions(db.engine)
    assert now == newest
