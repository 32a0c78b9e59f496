"""Give me my data; forget me: across every table, also those added later."""

import secrets
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Column, Table, delete, select, update
from sqlmodel import Session, SQLModel

from bot.i18n import moment
from bot.people import Person, id_of

IMPERSONAL = frozenset(
    {
        *("audit", "pace", "linkcheck", "token", "alembic_version"),
        *("round", "step", "juror", "mark", "pass", "tried"),
        *("eventedit", "planedit", "estimate", "noticecode"),
        *("asked", "askedtally", "unitreport", "unitresult"),
    }
)
"""Tables that say nothing of residents: `audit` names organisers' acts on our own rows."""
RENAMED = frozenset({"paper", "answer", "standing"})
"""Tables whose rows stay under a name that leads to nobody: a contest's result must still add up
after one of its players is forgotten."""
KEPT = frozenset({"organiser"})
"""Tables whose rows stay, with the person taken out of them."""
HIDDEN = frozenset({"code_hash", "payload", "owner", "lease_until", "folded", "body", "card"})


def columns() -> Iterator[tuple[Table, "Column[object]"]]:
    """Every column that says whom a row is about."""
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            if column.info.get("person"):
                yield table, column


def describe(session: Session, person: Person, zone: ZoneInfo) -> str:
    """Everything held about a person, a line each, by table."""
    lines = [f"person: {_fields(person.model_dump(), zone)}"]
    for table, column in columns():
        rows = session.execute(select(table).where(column == _name(person, column))).mappings()
        lines += [f"{table.name}: {_fields(dict(row), zone)}" for row in rows]
    return "\n".join(lines)


def _fields(row: dict[str, object], zone: ZoneInfo) -> str:
    shown = (
        f"{key}={moment(value, zone) if isinstance(value, datetime) else value}"
        for key, value in row.items()
        if value not in {None, "", "{}"} and key not in HIDDEN
    )
    return ", ".join(shown)


def forget(session: Session, person: Person) -> None:
    """Delete every row about a person, and the person; what a contest counted loses the name."""
    session.flush()
    nobody = f"gone-{secrets.token_hex(12)}"
    for table, column in columns():
        mine = column == _name(person, column)
        if table.name in KEPT:
            session.execute(update(table).where(mine).values({column.name: None}))
        elif table.name in RENAMED:
            session.execute(update(table).where(mine).values({column.name: nobody}))
        else:
            session.execute(delete(table).where(mine))
    session.expire_all()
    session.delete(session.get_one(Person, id_of(person)))
    session.flush()


def _name(person: Person, column: "Column[object]") -> object:
    """How a column names the person: by row number, or by the opaque key."""
    return person.key if column.name == "person_key" else id_of(person)
