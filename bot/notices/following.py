"""Who wants to hear of what: taken up with a consent each, let go of at once."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from bot import people
from bot.people import Interest, Person

INTERESTS = ("talk", "dxday", "radio", "contest", "training")
"""Kinds of events one may want to hear of; a deadline concerns units, not residents."""


def take_up(
    session: Session, person: Person, names: Iterable[str], wording: str, now: datetime
) -> None:
    """Let a person hear of things, and keep the words they agreed to."""
    for name in names:
        people.follow(session, people.id_of(person), name, now)
        people.agree(session, person, f"notices {name}", wording, now)
    person.muted = False


def let_go(
    session: Session, person: Person, names: Iterable[str], wording: str, now: datetime
) -> list[str]:
    """Let a person hear of things no more; those they did hear of until now."""
    held = [name for name in names if people.unfollow(session, people.id_of(person), name)]
    for name in held:
        people.agree(session, person, f"notices {name}", wording, now, given=False)
    return held


def subscribers(session: Session, interest: str, hamlet: str = "") -> list[int]:
    """Who wants to hear of something, in all or of one thôn; by row number.

    Who never told their thôn is in none.
    """
    statement = (
        select(col(Person.id))
        .join(Interest, col(Interest.person_id) == col(Person.id))
        .where(col(Interest.name) == interest, col(Person.muted).is_(False))
        .order_by(col(Person.id))
    )
    if hamlet:
        statement = statement.where(col(Person.hamlet) == hamlet)
    return [number for number in session.scalars(statement) if number is not None]
