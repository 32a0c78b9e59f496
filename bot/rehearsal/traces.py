"""What rehearsals leave in the database, all of it marked, and how it is taken away again."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Table, delete, func, or_, select
from sqlmodel import Session, SQLModel, col

from bot import organisers, passes, privacy
from bot.organisers import Organiser
from bot.passes import Pass
from bot.people import Address, Person
from quiz.jury import Juror, Mark
from quiz.players import Player
from quiz.rounds import Round

NAME = "Diễn tập tự động"
"""The organiser who runs rehearsals, and by whom their contests were opened."""
MARK = "d1e27a90d1e2"
"""How the cookies of simulated phones begin, so that nobody else is taken away: a real phone that
read the code off the wall may be in the contest too."""
LOT = 200
"""People taken away in a transaction, so that the server never waits long."""


def visitor() -> str:
    """The cookie of a simulated phone: known again after a crash, and guessed by nobody."""
    return MARK + secrets.token_hex(10)


def admit(session: Session, now: datetime) -> str:
    """An organiser made for the rehearsal: the one-time token that signs them in."""
    organisers.add(session, NAME, "contest", NAME, now)
    made = max(item.id or 0 for item in organisers.listed(session) if item.name == NAME)
    return passes.issue(session, "organiser", str(made), now)


def simulated(session: Session) -> list[tuple[str, str, int]]:
    """Visitor, key and row number of every simulated person there is."""
    statement = (
        select(Address.user, Person.key, Person.id)  # type: ignore[call-overload]
        .join(Person, col(Person.id) == col(Address.person_id))
        .where(col(Address.channel) == "web", col(Address.user).startswith(MARK))
    )
    return [(str(user), str(key), int(row)) for user, key, row in session.execute(statement)]


def count(session: Session) -> int:
    """How many rounds, organisers and people of rehearsals are there."""
    marked = (
        select(func.count()).select_from(Round).where(_ours()),
        select(func.count()).select_from(Organiser).where(col(Organiser.name) == NAME),
    )
    return len(simulated(session)) + sum(int(session.scalar(each) or 0) for each in marked)


def _ours() -> ColumnElement[bool]:
    return col(Round.rehearsal).is_(True) & (col(Round.opened_by) == NAME)


def remove_contests(session: Session) -> None:
    """Take away the contests of rehearsals with all that was played, and their organiser.

    The audit keeps its lines: what an organiser did is never taken out of it.
    """
    ids = list(session.scalars(select(Round.id).where(_ours())))  # type: ignore[call-overload]
    juror = list(session.scalars(select(Juror.id).where(col(Juror.round_id).in_(ids))))  # type: ignore[call-overload]
    players = list(session.scalars(select(Player.person_key).where(col(Player.round_id).in_(ids))))  # type: ignore[call-overload]
    ours = select(Organiser.id).where(col(Organiser.name) == NAME)  # type: ignore[call-overload]
    who = list(session.scalars(ours))
    _remove_passes(session, {"organiser": who, "helper": ids, "juror": juror, "team": players})
    _run(session, delete(Mark).where(col(Mark.juror_id).in_(juror)))
    for table in reversed(SQLModel.metadata.sorted_tables):
        if "round_id" in table.c:
            _run(session, delete(table).where(table.c.round_id.in_(ids)))
    _run(session, delete(Round).where(col(Round.id).in_(ids)))
    _run(session, delete(Organiser).where(col(Organiser.id).in_(who)))


def _remove_passes(session: Session, subjects: dict[str, list[object]]) -> None:
    mine = [
        (col(Pass.kind) == kind) & col(Pass.subject).in_([str(each) for each in of])
        for kind, of in subjects.items()
    ]
    _run(session, delete(Pass).where(or_(*mine)))


def remove_people(session: Session) -> int:
    """Take away a lot of simulated people with every row about them; how many there were."""
    found = simulated(session)[:LOT]
    keys, ids = [key for _user, key, _row in found], [row for _user, _key, row in found]
    for table, column in reversed(list(privacy.columns())):
        if table.name not in privacy.KEPT:
            _remove(session, table, column.name, keys if column.name == "person_key" else ids)
    _run(session, delete(Person).where(col(Person.id).in_(ids)))
    return len(found)


def _remove(session: Session, table: Table, name: str, whose: Sequence[object]) -> None:
    _run(session, delete(table).where(table.c[name].in_(whose)))


def _run(session: Session, statement: object) -> None:
    session.execute(statement.execution_options(synchronize_session=False))  # type: ignore[attr-defined]
