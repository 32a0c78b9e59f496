"""How the quiz's rows are kept: statements both databases understand."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import DateTime, Dialect, Insert, Table, Update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

PERSON = {"person": True}
"""Marks a column that says whom a row is about, so that it can be shown and forgotten."""


def table_of(model: type[SQLModel]) -> Table:
    """The table behind a model."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


@cache
def insert(table: type[SQLModel], dialect: str) -> sqlite.Insert | postgresql.Insert:
    """An insert which may say what to do about a row that is there already."""
    target = table_of(table)
    return postgresql.insert(target) if dialect == "postgresql" else sqlite.insert(target)


def dialect_of(session: Session) -> str:
    """Which database it is: "sqlite" or "postgresql"."""
    return str(session.get_bind().dialect.name)


def many(session: Session, statement: Insert | Update, rows: Sequence[Mapping[str, Any]]) -> None:
    """Run a statement for many rows alike at the driver's own speed: four times what it was.

    `statement` is built once, at the top of a file: it is compiled when it is first used.
    """
    connection = session.connection()
    sql, names, ready = _compiled(statement, connection.dialect, tuple(rows[0]))
    if names is None:
        connection.exec_driver_sql(sql, [dict(row) for row in rows])
        return
    pick, known = itemgetter(*names), dict[Any, Any]()
    values = []
    for row in rows:
        given = list(pick(row))
        for place, process in ready:
            value = given[place]
            if value not in known:  # a moment is often that of many rows
                known[value] = process(value)
            given[place] = known[value]
        values.append(tuple(given))
    connection.exec_driver_sql(sql, values)


@cache
def _compiled(
    statement: Insert | Update, dialect: Dialect, keys: tuple[str, ...]
) -> tuple[str, list[str] | None, list[tuple[int, Callable[[Any], Any]]]]:
    """The SQL, the order of its values (None: by name), and how the moments in it are written."""
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(keys))
    names: list[str] | None = compiled.positiontup
    moments = (
        (place, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
        for place, name in enumerate(names or ())
        if isinstance(compiled.binds[name].type, DateTime)
    )
    return str(compiled), names, [(place, process) for place, process in moments if process]


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, UTC."""
    return int(moment.timestamp() * 1000)
