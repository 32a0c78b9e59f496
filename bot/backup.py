"""A way back: everything copied to one file while running; restored, with nothing sent unasked."""

import json
import sqlite3
import zipfile
import zlib
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import psycopg
from sqlalchemy import inspect
from sqlalchemy.engine import Engine, make_url

from bot import outbox
from bot.db import Database
from bot.notices import dispatch
from bot.tables import METADATA, migrate

FORMAT = 1


class NotABackupError(Exception):
    """The file was not written by `backup`, is damaged, or is of the other kind of database."""


class NotEmptyError(Exception):
    """There is something in the database already; nothing was changed."""


@dataclass(frozen=True)
class Kept:
    """What a backup holds: its kind of database, its schema, when it was made."""

    kind: str
    revision: str
    at: str
    rows: dict[str, int]


def backup(db: Database, file: Path, now: datetime) -> Kept:
    """Copy everything as it is at one moment, while others go on writing."""
    part = file.with_name(file.name + ".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        if db.dialect == "postgresql":
            kept = _copy_postgres(db, archive, now)
        else:
            kept = _copy_sqlite(db, archive, part.with_name(part.name + ".db"), now)
        archive.writestr("backup.json", json.dumps({"format": FORMAT, **kept.__dict__}))
    part.chmod(0o600)  # it holds what people wrote
    part.replace(file)  # a file of this name is whole, or is not there
    return kept


def _copy_sqlite(db: Database, archive: zipfile.ZipFile, copy: Path, now: datetime) -> Kept:
    path = make_url(db.url).database or ""
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            # In one step: between steps a writer would make it begin again. WAL lets writers go on.
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
            tables = [row[0] for row in target.execute(_TABLES)]
            rows = {name: _count(target, name) for name in tables}
            revision = target.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        archive.write(copy, "bot.db")
    finally:
        copy.unlink(missing_ok=True)
    return Kept("sqlite", revision, now.isoformat(), rows)


_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


def _count(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])  # noqa: S608 - our own table's name


def _connect(url: str) -> "psycopg.Connection[Any]":
    plain = make_url(url).set(drivername="postgresql")
    return psycopg.connect(plain.render_as_string(hide_password=False))


def _copy_postgres(db: Database, archive: zipfile.ZipFile, now: datetime) -> Kept:
    """Every table by COPY, all of them at the moment one transaction sees."""
    rows: dict[str, int] = {}
    with _connect(db.url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        for name in _in_database(db.engine):
            with (
                archive.open(f"{name}.copy", "w", force_zip64=True) as out,
                connection.cursor().copy(f'COPY "{name}" TO STDOUT'.encode()) as copying,
            ):
                rows[name] = _pour(copying, out)
    return Kept("postgresql", str(found[0]) if found else "", now.isoformat(), rows)


def _pour(copying: psycopg.Copy, out: IO[bytes]) -> int:
    """How many rows were written; COPY's text has one a line."""
    count = 0
    for block in copying:
        out.write(block)
        count += bytes(block).count(b"\n")
    return count


def _in_database(engine: Engine) -> list[str]:
    """The tables that are there, those others point to first."""
    there = set(inspect(engine).get_table_names())
    return [table.name for table in METADATA.sorted_tables if table.name in there]


def restore(url: str, file: Path) -> tuple[Kept, int]:
    """Put a backup into an empty database, bring it to the newest schema, hold what is queued.

    How many messages are held. Raises NotABackupError, NotEmptyError.
    """
    try:
        archive = zipfile.ZipFile(file)
    except (OSError, zipfile.BadZipFile) as error:
        raise NotABackupError(type(error).__name__) from error
    with archive:
        kept = _read(archive)
        kind = make_url(url).get_backend_name()
        if kept.kind != kind:
            raise NotABackupError(f"{kept.kind}, not {kind}")
        if kind == "sqlite":
            _restore_sqlite(Path(make_url(url).database or ""), archive)
        else:
            _restore_postgres(url, archive, kept)
    db = Database(url)
    try:
        migrate(db.engine)
        db.run(dispatch.pause_all).result()
        return kept, db.run(outbox.hold_all).result()
    finally:
        db.close()


def _read(archive: zipfile.ZipFile) -> Kept:
    try:
        if archive.testzip() is not None:
            raise NotABackupError("damaged")
        told = json.loads(archive.read("backup.json"))
        if told.pop("format") != FORMAT:
            raise NotABackupError("another format")
        return Kept(**told)
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile, zlib.error) as error:
        raise NotABackupError(type(error).__name__) from error


def _restore_sqlite(path: Path, archive: zipfile.ZipFile) -> None:
    if path.exists() and path.stat().st_size:
        raise NotEmptyError(path.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with archive.open("bot.db") as source, part.open("wb") as target:
        while block := source.read(1 << 20):
            target.write(block)
    with closing(sqlite3.connect(part)) as copy:
        if copy.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            part.unlink()
            raise NotABackupError("integrity check")
    part.replace(path)


def _restore_postgres(url: str, archive: zipfile.ZipFile, kept: Kept) -> None:
    """The schema of that time, then its rows; all in one transaction."""
    db = Database(url)
    try:
        if inspect(db.engine).get_table_names():
            raise NotEmptyError(make_url(url).database or "")
        migrate(db.engine, kept.revision)
        names = _in_database(db.engine)
    finally:
        db.close()
    with _connect(url) as connection:
        for name in names:
            if f"{name}.copy" not in archive.namelist():
                continue
            with (
                archive.open(f"{name}.copy") as source,
                connection.cursor().copy(f'COPY "{name}" FROM STDIN'.encode()) as copying,
            ):
                while block := source.read(1 << 20):
                    copying.write(block)
            _mend_serial(connection, name)


def _mend_serial(connection: "psycopg.Connection[Any]", name: str) -> None:
    """The next row number follows those that came with the backup."""
    if "id" not in METADATA.tables[name].columns:
        return
    sequence = connection.execute("SELECT pg_get_serial_sequence(%s, 'id')", (f'"{name}"',))
    found = sequence.fetchone()
    if found and found[0]:
        query = f'SELECT setval(%s, coalesce((SELECT max(id) FROM "{name}"), 0) + 1, false)'  # noqa: S608 - our own table's name
        connection.execute(query.encode(), (found[0],))
