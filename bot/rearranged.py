"""A thôn or a unit that was joined to another: who named the one names the other from now on."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session

from bot import organisers
from bot.db import table_of
from bot.desk.teams import HelpTeam
from bot.notices.groups import GroupSub
from bot.people import Person

_PEOPLE = table_of(Person)
NAMING = {
    "hamlets": (_PEOPLE.c.hamlet, table_of(GroupSub).c.hamlet, table_of(HelpTeam).c.hamlet),
    "units": (_PEOPLE.c.unit,),
}
"""What says to which place of a list somebody belongs."""


def move(session: Session, kind: str, old: str, new: str, *, actor: str, now: datetime) -> None:
    """Let people, groups and digital teams of a place belong to another.

    `kind`: "hamlets" or "units", as `data/places.yaml` calls them. Players keep the name they
    played under, and events are changed where they stand.
    """
    for column in NAMING[kind]:
        session.execute(update(column.table).where(column == old).values({column: new}))
    organisers.note(session, actor, "content.move", f"{old} > {new}", now)
