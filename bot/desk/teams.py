"""Community digital teams: kept at the desk, their members joined by a code typed in a chat."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import DateTime, select
from sqlmodel import Field, Session, SQLModel, col

from bot import organisers, sensitive
from bot.people import PERSON, Person, id_of
from quiz.rounds import CODE_LETTERS

CODE_LENGTH = 8
CODE_FOR = timedelta(days=7)
"""A member's code works once, for this long: it is passed on by hand, often on paper."""
CHAT = "chat"


class HelpTeam(SQLModel, table=True):
    """A team (Tổ công nghệ số cộng đồng) and the thôn it helps in; empty: the whole island."""

    id: int | None = Field(default=None, primary_key=True)
    name: str
    hamlet: str = ""
    added_at: datetime = Field(sa_type=DateTime(timezone=True))
    removed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class HelpMember(SQLModel, table=True):
    """A member of a team, by the name its organisers call them; a person once they joined."""

    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="helpteam.id", index=True)
    name: str
    person_id: int | None = Field(
        default=None, foreign_key="person.id", unique=True, sa_column_kwargs={"info": PERSON}
    )
    code_hash: str = Field(default="", index=True)
    code_until: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    added_at: datetime = Field(sa_type=DateTime(timezone=True))


class UnknownTeamError(Exception):
    """No team, or no member of one, has this number."""


@dataclass(frozen=True)
class Membership:
    """Which team somebody helps in."""

    team_id: int
    team: str
    hamlet: str


def add(session: Session, name: str, hamlet: str, by: str, now: datetime) -> int:
    """Add a team; its row."""
    team = HelpTeam(name=name, hamlet=hamlet, added_at=now)
    session.add(team)
    session.flush()
    organisers.note(session, by, "teams.add", f"team {team.id}", now)
    return team.id or 0


def remove(session: Session, number: int, by: str, now: datetime) -> None:
    """End a team: its members help no more from now on; its visits stay counted."""
    team = team_of(session, number)
    team.removed_at = now
    for member in members(session, number):
        session.delete(member)
    organisers.note(session, by, "teams.remove", f"team {number}", now)


def invite(session: Session, number: int, name: str, by: str, now: datetime) -> str:
    """Add a member by name; the code they type once. Raises UnknownTeamError."""
    team_of(session, number)
    code = _new_code()
    session.add(
        HelpMember(
            team_id=number,
            name=name,
            code_hash=_hash(code),
            code_until=now + CODE_FOR,
            added_at=now,
        )
    )
    session.flush()
    organisers.note(session, by, "teams.invite", f"team {number}", now)
    return code


def again(session: Session, number: int, by: str, now: datetime) -> str:
    """A new code for a member who lost theirs or their phone; who had joined by the old one is
    out. Raises UnknownTeamError."""
    member, code = _member(session, number), _new_code()
    member.person_id, member.code_hash, member.code_until = None, _hash(code), now + CODE_FOR
    organisers.note(session, by, "teams.invite", f"team {member.team_id}", now)
    return code


def drop(session: Session, number: int, by: str, now: datetime) -> None:
    """Take a member out, at once. Raises UnknownTeamError."""
    member = _member(session, number)
    session.delete(member)
    organisers.note(session, by, "teams.drop", f"team {member.team_id}", now)


def join(session: Session, person: Person, code: str, now: datetime) -> Membership | None:
    """Make the person who knows a valid code the member it was made for."""
    found = session.scalars(
        select(HelpMember).where(
            col(HelpMember.code_hash) == _hash(code), col(HelpMember.code_until) > now
        )
    ).first()
    if found is None:
        organisers.note(session, CHAT, "teams.join", "unknown code", now, allowed=False)
        return None
    leave(session, id_of(person))
    found.person_id, found.code_hash, found.code_until = id_of(person), "", None
    session.flush()
    organisers.note(session, CHAT, "teams.join", f"team {found.team_id}", now)
    return of(session, id_of(person))


def leave(session: Session, person_id: int) -> None:
    """Somebody is in no team any more."""
    for member in session.scalars(
        select(HelpMember).where(col(HelpMember.person_id) == person_id)
    ).all():
        session.delete(member)
    session.flush()


def of(session: Session, person_id: int) -> Membership | None:
    """The team somebody helps in, or None."""
    statement = (
        select(HelpTeam)
        .join(HelpMember, col(HelpMember.team_id) == col(HelpTeam.id))
        .where(col(HelpMember.person_id) == person_id, col(HelpTeam.removed_at).is_(None))
    )
    team = session.scalars(statement).first()
    return None if team is None else Membership(team.id or 0, team.name, team.hamlet)


def listed(session: Session) -> Sequence[HelpTeam]:
    """The teams there are, by name."""
    statement = select(HelpTeam).where(col(HelpTeam.removed_at).is_(None))
    return session.scalars(statement.order_by(col(HelpTeam.name), col(HelpTeam.id))).all()


def members(session: Session, team: int) -> Sequence[HelpMember]:
    """The members of a team, in the order in which they were added."""
    statement = select(HelpMember).where(col(HelpMember.team_id) == team)
    return session.scalars(statement.order_by(col(HelpMember.id))).all()


def team_of(session: Session, number: int) -> HelpTeam:
    """A team that is not ended. Raises UnknownTeamError."""
    found = session.get(HelpTeam, number)
    if found is None or found.removed_at is not None:
        raise UnknownTeamError
    return found


def _member(session: Session, number: int) -> HelpMember:
    found = session.get(HelpMember, number)
    if found is None:
        raise UnknownTeamError
    return found


def _new_code() -> str:
    """A code one can write on paper, with no run of digits that would be masked when typed."""
    while True:
        code = "".join(secrets.choice(CODE_LETTERS) for _sign in range(CODE_LENGTH))
        if not code.isdigit() and sensitive.blank(f"/giup {code}") == f"/giup {code}":
            return code


def _hash(code: str) -> str:
    return hashlib.sha256(code.strip().upper().encode()).hexdigest()
