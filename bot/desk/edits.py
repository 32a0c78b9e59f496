"""Changes to content made at the desk: answers, quiz questions, links; rows laid over the files."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import DateTime, UniqueConstraint, func, select
from sqlmodel import Field, Session, SQLModel, col

Kind = Literal["entry", "quiz", "link", "value", "place"]
LIVE, DRAFT, REFUSED = "live", "draft", "refused"


class ContentEdit(SQLModel, table=True):
    """A piece of the content as somebody left it; the newest version that is live counts."""

    __table_args__ = (UniqueConstraint("kind", "name", "version"),)
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    name: str
    version: int
    who: str
    at: datetime = Field(sa_type=DateTime(timezone=True))
    body: str
    """The whole piece as JSON, with the keys its file has; empty: as shipped again."""
    base: str = ""
    """The stamp of the shipped piece the change was made to; empty for a new one."""
    state: str = Field(default=LIVE, index=True)
    approved_by: str = ""
    approved_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))

    @property
    def data(self) -> dict[str, Any]:
        """The piece as its file has it."""
        found: dict[str, Any] = json.loads(self.body) if self.body else {}
        return found


@dataclass(frozen=True)
class Wrong:
    """A mistake in a form: in which field, what, and what to do."""

    field: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.what}. {self.remedy}"


class OutdatedError(Exception):
    """Somebody else changed it meanwhile; `version` is the newest."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


class SamePersonError(Exception):
    """A draft is approved by somebody other than its writer."""


class NoDraftError(Exception):
    """No draft with this number waits."""


@dataclass(frozen=True)
class Change:
    """What one save changes: which piece, its new form, and what it was made to."""

    kind: Kind
    name: str
    data: Mapping[str, Any] | None
    """None: as shipped again."""
    version: int
    """The newest version its writer saw; 0 when there was none."""
    base: str = ""


def save(
    session: Session, change: Change, who: str, now: datetime, state: str = LIVE
) -> ContentEdit:
    """Keep a change; it was checked by the one who calls. Raises OutdatedError.

    A draft takes the place of an older one that still waits.
    """
    newest = version_of(session, change.kind, change.name)
    if newest != change.version:
        raise OutdatedError(newest)
    if state == DRAFT:
        for row in history(session, change.kind, change.name):
            row.state = REFUSED if row.state == DRAFT else row.state
    body = "" if change.data is None else json.dumps(change.data, ensure_ascii=False)
    made = ContentEdit(
        kind=change.kind,
        name=change.name,
        version=newest + 1,
        who=who,
        at=now,
        body=body,
        base=change.base,
        state=state,
    )
    session.add(made)
    session.flush()
    return made


def version_of(session: Session, kind: Kind, name: str) -> int:
    """The newest version of a piece; 0 when nobody changed it."""
    statement = select(func.max(col(ContentEdit.version))).where(
        col(ContentEdit.kind) == kind, col(ContentEdit.name) == name
    )
    return int(session.scalar(statement) or 0)


def live(session: Session) -> list[ContentEdit]:
    """The newest live version of every piece, in the order they were first changed."""
    statement = select(ContentEdit).where(col(ContentEdit.state) == LIVE)
    rows = session.scalars(statement.order_by(col(ContentEdit.version), col(ContentEdit.id))).all()
    newest = {(row.kind, row.name): row for row in rows}
    return [row for row in newest.values() if row.body]


def names(session: Session, kind: Kind) -> frozenset[str]:
    """Every piece of a kind that was ever changed or written here."""
    found = session.scalars(select(ContentEdit.name).where(col(ContentEdit.kind) == kind))  # type: ignore[call-overload]
    return frozenset(found)


def history(session: Session, kind: Kind, name: str) -> Sequence[ContentEdit]:
    """Who changed a piece and when, newest first."""
    statement = select(ContentEdit).where(
        col(ContentEdit.kind) == kind, col(ContentEdit.name) == name
    )
    return session.scalars(statement.order_by(col(ContentEdit.version).desc())).all()


def drafts(session: Session, kind: Kind) -> Sequence[ContentEdit]:
    """New pieces of a kind that wait for a second pair of eyes, oldest first."""
    statement = select(ContentEdit).where(
        col(ContentEdit.state) == DRAFT, col(ContentEdit.kind) == kind
    )
    return session.scalars(statement.order_by(col(ContentEdit.id))).all()


def draft(session: Session, kind: Kind, row_id: int) -> ContentEdit:
    """A draft of a kind that waits. Raises NoDraftError."""
    found = session.get(ContentEdit, row_id)
    if found is None or found.state != DRAFT or found.kind != kind:
        raise NoDraftError
    return found


def approve(session: Session, kind: Kind, row_id: int, who: str, now: datetime) -> ContentEdit:
    """Let the bot use a draft. Raises NoDraftError, SamePersonError for its own writer."""
    found = draft(session, kind, row_id)
    if found.who == who:
        raise SamePersonError
    found.state, found.approved_by, found.approved_at = LIVE, who, now
    return found


def refuse(session: Session, kind: Kind, row_id: int, who: str, now: datetime) -> ContentEdit:
    """Put a draft aside. Raises NoDraftError."""
    found = draft(session, kind, row_id)
    found.state, found.approved_by, found.approved_at = REFUSED, who, now
    return found


def stamp(data: Mapping[str, Any]) -> str:
    """The name of a piece's form: changes when anything in it does."""
    written = json.dumps(data, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()[:16]
