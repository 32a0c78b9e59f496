"""How the quiz's rows are kept: statements both databases understand."""

from datetime import datetime
from functools import cache

from sqlalchemy import Table
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


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, UTC."""
    return int(moment.timestamp() * 1000)
