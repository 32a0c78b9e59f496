"""A thôn or a unit that was joined to another: who named the one names the other from now on."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session

from bot import organisers
from bot.db import changed, table_of
from bot.desk.teams import HelpTeam
from bot.notices.groups import GroupSub
from bot.people import Person

_PEOPLE = table_of(Person)
NAMING = {
    "hamlets": (_PEOPLE.c.hamlet, table_of(GroupSub).c.hamlet, table_of(HelpTeam).c.hamlet),
    "units": (_PEOPLE.c.unit,),
}
"""What says to which place of a list somebody belongs."""


def move(session: Session, kind: str, old: str, new: str, *, actor: str, now: datetime) -> int:
    """Let people, groups and digital teams of a place belong to another; how many rows changed.

    `kind`: "hamlets" or "units", as `data/places.yaml` calls them. Players keep the name they
    played under, and events are changed where they stand.
    """
    moved = sum(
        changed(session.execute(update(column.table).where(column == old).values({column: new})))
        for column in NAMING[kind]
    )
    organisers.note(session, actor, "content.move", f"{old} > {new}", now)
    return moved
