"""Coming, said for somebody by the member of a team who helps them: a name to call, at most"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import DateTime, func, select, update
from sqlmodel import Field, Session, SQLModel, col

from bot.people import PERSON

PREFIX = "G-"
LONGEST = 30
"""Characters of a name: enough to be called at a door by."""


class HelpedRsvp(SQLModel, table=True):
    """Somebody without a phone who will come. It stays when the member who wrote it down is
    forgotten, as it is not theirs; the name goes with all old words."""

    id: int | None = Field(default=None, primary_key=True)
    occurrence: str = Field(index=True)
    person_id: int | None = Field(
        default=None, foreign_key="person.id", index=True, sa_column_kwargs={"info": PERSON}
    )
    """The member, who hears of changes and passes them on."""
    team_id: int
    name: str = ""
    at: datetime = Field(sa_type=DateTime(timezone=True))

    @property
    def code(self) -> str:
        """What is written on paper for the one who comes: G-0012."""
        return f"{PREFIX}{self.id or 0:04d}"


class UnknownRegistrationError(Exception):
    """No registration of this team has this code."""


def register(
    session: Session, occurrence: str, person_id: int, team: int, name: str, now: datetime
) -> HelpedRsvp:
    """Put somebody down for one time an event happens."""
    row = HelpedRsvp(
        occurrence=occurrence, person_id=person_id, team_id=team, name=name[:LONGEST], at=now
    )
    session.add(row)
    session.flush()
    return row


def take_back(session: Session, code: str, team: int | None = None) -> HelpedRsvp:
    """Forget a registration; of any team, or of one alone. Raises UnknownRegistrationError."""
    digits = code.strip().upper().removeprefix(PREFIX).strip()
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0
    found = session.get(HelpedRsvp, number)
    if found is None or team not in {None, found.team_id}:
        raise UnknownRegistrationError
    session.delete(found)
    session.flush()
    return found


def count(session: Session, occurrence: str) -> int:
    """How many were put down for it."""
    statement = select(func.count()).where(col(HelpedRsvp.occurrence) == occurrence)
    return int(session.scalar(statement) or 0)


def tellers(session: Session, occurrence: str) -> list[int]:
    """The members who put somebody down, by row number: whom a change must be told."""
    statement = select(col(HelpedRsvp.person_id)).where(
        col(HelpedRsvp.occurrence) == occurrence, col(HelpedRsvp.person_id).is_not(None)
    )
    return [number for number in session.scalars(statement.distinct()) if number is not None]


def listed(session: Session, since: datetime, limit: int = 100) -> Sequence[HelpedRsvp]:
    """Those put down since a moment, by event and in their order."""
    statement = select(HelpedRsvp).where(col(HelpedRsvp.at) >= since)
    ordered = statement.order_by(col(HelpedRsvp.occurrence), col(HelpedRsvp.id))
    return session.scalars(ordered.limit(limit)).all()


def forget_names(session: Session, rows: Sequence[int]) -> None:
    """Blank the names of some rows; that somebody came stays counted."""
    blank = update(HelpedRsvp).where(col(HelpedRsvp.id).in_(rows)).values(name="")
    session.execute(blank.execution_options(synchronize_session=False))
