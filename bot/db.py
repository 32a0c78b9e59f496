"""The database: the engine, SQLite's quirks, one writer thread, one door: `run(work)`."""

import asyncio
import contextlib
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Executable, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, CursorResult, Dialect, Engine, Result, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.types import DateTime
from sqlmodel import Session, SQLModel

T = TypeVar("T")
Work = Callable[[Session], T]
"""What is done inside one transaction; it may be run again if its group fails."""

GROUP = 256
"""Works put into one commit at most: 14,500 durable writes a second were measured at 256."""

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class _UtcDateTime(sqlite.DATETIME):
    """SQLite forgets time zones: store UTC, give UTC back, refuse naive times."""

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Turn an aware moment into SQLite's text, in UTC."""
        store = super().bind_processor(dialect)

        def process(value: datetime | None) -> Any:
            if value is not None and value.tzinfo is None:
                msg = "a moment needs a time zone"
                raise ValueError(msg)
            plain = None if value is None else value.astimezone(UTC).replace(tzinfo=None)
            return store(plain) if store else plain

        return process

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Turn SQLite's text into an aware moment."""
        read = super().result_processor(dialect, coltype)

        def process(value: Any) -> datetime | None:
            plain = read(value) if read else value
            return None if plain is None else plain.replace(tzinfo=UTC)

        return process


def connect(url: str, *, writer: bool) -> Engine:
    """An engine for `url`. SQLite: WAL, synchronous=FULL, foreign keys, one writer."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        return create_engine(parsed, pool_size=8, max_overflow=8, pool_pre_ping=True)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"check_same_thread": False, "timeout": 5})
    engine.dialect.colspecs = {**engine.dialect.colspecs, DateTime: _UtcDateTime}
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin_now if writer else _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=5000",
        "secure_delete=ON",
        "cache_size=-16384",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_now(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def insert_new(session: Session, table: type[SQLModel], rows: Sequence[dict[str, Any]]) -> int:
    """Insert the rows that break no unique constraint; how many were new."""
    if not rows:
        return 0
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    target = table_of(table)
    statement = insert(target).on_conflict_do_nothing().returning(*target.primary_key)
    connection = session.connection()
    # One by one: row counts of a batch are not told alike by both drivers.
    return sum(connection.execute(statement, row).first() is not None for row in rows)


@cache
def _upserting(table: type[SQLModel], dialect: str) -> Executable:
    """The statement which puts a row in, or brings the one there up to date."""
    target = table_of(table)
    insert = postgresql.insert(target) if dialect == "postgresql" else sqlite.insert(target)
    keys = list(target.primary_key)
    fresh = {item.name: insert.excluded[item.name] for item in target.c if item not in keys}
    return insert.on_conflict_do_update(index_elements=keys, set_=fresh)


def upsert(session: Session, table: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """Put rows in, or bring those with the same key up to date."""
    statement = _upserting(table, session.get_bind().dialect.name)
    session.connection().execute(statement, list(rows))


def table_of(model: type[SQLModel]) -> Table:
    """The table behind a model, for statements on hot paths."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def changed(result: Result[Any]) -> int:
    """How many rows a statement changed."""
    return int(cast("CursorResult[Any]", result).rowcount)


class ClosedError(Exception):
    """The database was let go of; nothing can be read or written any more."""


class _Waiter(Generic[T]):
    """A coroutine that waits for a work: the answers of a group reach its loop in one call."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.answer: asyncio.Future[T] = loop.create_future()

    def set_running_or_notify_cancel(self) -> bool:
        """Whether the answer is still waited for; a work nobody waits for is not begun."""
        return not self.answer.cancelled()

    def set_result(self, result: T) -> None:
        """Give the answer; on its loop only."""
        if not self.answer.done():
            self.answer.set_result(result)

    def set_exception(self, error: BaseException) -> None:
        """Say what went wrong; from any thread."""
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody listens any more
            self.loop.call_soon_threadsafe(self._fail, error)

    def _fail(self, error: BaseException) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


class Database:
    """The one door to the tables.

    Writes are queued for one thread, which puts up to GROUP of them into a commit and answers
    after it; a group that fails is run again one by one, so a bad work harms no other.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.dialect = make_url(url).get_backend_name()
        self._writer = connect(url, writer=True)
        self._reader = self._writer if self.dialect == "postgresql" else connect(url, writer=False)
        self._works: SimpleQueue[tuple[Work[Any], Future[Any] | _Waiter[Any]] | None] = (
            SimpleQueue()
        )
        self._pen = threading.Lock()
        """Held by who writes to the file: works wait while it is written anew, and do not fail."""
        self._readers = ThreadPoolExecutor(4, thread_name_prefix="read")
        self._thread = threading.Thread(target=self._write_forever, name="writer", daemon=True)
        self._thread.start()
        self.closed = False
        self.refused_at: float | None = None
        """When the database last refused a commit (full, locked, read-only, broken), by the
        monotonic clock."""

    @property
    def engine(self) -> Engine:
        """The engine that writes, for migrations and tests."""
        return self._writer

    def run(self, work: Work[T]) -> "Future[T]":
        """Queue a work; the future is done after its commit. Raises ClosedError."""
        if self.closed:
            raise ClosedError
        future: Future[T] = Future()
        self._works.put((work, future))
        return future

    async def write(self, work: Work[T]) -> T:
        """Do a work in a committed transaction. Raises ClosedError."""
        if self.closed:
            raise ClosedError
        waiter: _Waiter[T] = _Waiter(asyncio.get_running_loop())
        self._works.put((work, waiter))
        return await waiter.answer

    def read(self, work: Work[T]) -> T:
        """Look something up; nothing is kept."""
        with Session(self._reader) as session:
            return work(session)

    async def fetch(self, work: Work[T]) -> T:
        """Look something up without holding the event loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self.read, work)

    def scrub(self, tables: Sequence[str]) -> bool:
        """Leave no trace of deleted rows in our files; False when a reader stood in the way.

        SQLite: pages written anew and the log emptied. PostgreSQL: no dead row in the tables.
        """
        if self.dialect == "postgresql":
            engine = self._writer.execution_options(isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                for table in tables:
                    connection.exec_driver_sql(f'VACUUM "{table}"')
            return True
        # secure_delete blanks what is deleted, but not the copies which the moving of rows between
        # pages left behind (shown in tests/test_forgetting.py). VACUUM writes every page anew.
        with self._pen, contextlib.closing(self._writer.raw_connection()) as raw:
            cursor = raw.cursor()
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, _log, _moved = cursor.fetchone() or (1, 0, 0)
            return not busy

    def close(self) -> None:
        """Finish the queued works, then let go of the database."""
        if self.closed:
            return
        self.closed = True
        self._works.put(None)
        self._thread.join()
        self._readers.shutdown()
        self._reader.dispose()
        self._writer.dispose()

    def _write_forever(self) -> None:
        while (first := self._works.get()) is not None:
            group = [first]
            last = False
            while len(group) < GROUP and not self._works.empty():
                item = self._works.get()
                if item is None:
                    last = True
                    break
                group.append(item)
            # From here on a future cannot be cancelled; one that was is not begun.
            with self._pen:
                self._commit([item for item in group if item[1].set_running_or_notify_cancel()])
            if last:
                return

    def _commit(self, group: list[tuple[Work[Any], Future[Any] | _Waiter[Any]]]) -> None:
        begun = False
        try:
            with Session(self._writer) as session, session.begin():
                session.connection()
                begun = True
                results = [work(session) for work, _ in group]
        except BaseException as error:  # noqa: BLE001 - the one who asked gets it, whatever it is
            if isinstance(error, OperationalError):
                self.refused_at = time.monotonic()
            if len(group) == 1 or not begun:  # nobody's fault, and one by one would take for ever
                for _work, future in group:
                    future.set_exception(error)
                return
            for item in group:
                self._commit([item])
            return
        _answer([(future, result) for (_, future), result in zip(group, results, strict=True)])


def _answer(answers: list[tuple["Future[Any] | _Waiter[Any]", Any]]) -> None:
    """Give each its answer; those who wait on one loop get theirs in one call to it."""
    loops: defaultdict[asyncio.AbstractEventLoop, list[tuple[_Waiter[Any], Any]]]
    loops = defaultdict(list)
    for future, result in answers:
        if isinstance(future, _Waiter):
            loops[future.loop].append((future, result))
        else:
            future.set_result(result)
    for loop, waiting in loops.items():
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody listens any more
            loop.call_soon_threadsafe(_answer_here, waiting)


def _answer_here(waiting: list[tuple[_Waiter[Any], Any]]) -> None:
    for waiter, result in waiting:
        waiter.set_result(result)
