"""What changing an event will do to people and notices: found out before it is done"""

from dataclasses import dataclass

from sqlmodel import Session

from bot.notices import changes
from bot.notices.announce import DRAFT, SCHEDULED
from bot.notices.changes import Desk
from bot.notices.events import Event


@dataclass(frozen=True)
class Heard:
    """What some people hear: the text as it is sent, in the language spoken, and how many."""

    text: str
    people: int


@dataclass(frozen=True)
class Foreseen:
    """What a change comes to when it is told now. Nothing at all: nobody hears of it."""

    edited: int = 0
    """Notices whose words are changed where they were sent, or before they are."""
    dropped: int = 0
    """Notices that wait for their time and are not sent any more."""
    words: tuple[Heard, ...] = ()
    """A word for each time of the event that changed, the next time first."""

    @property
    def matters(self) -> bool:
        """Whether the change is worth telling at all."""
        return bool(self.words)

    @property
    def people(self) -> int:
        """People who said they come and hear of it, each once."""
        return sum(one.people for one in self.words)

    @property
    def reaches(self) -> bool:
        """Whether there is anybody, or any notice, that telling would reach."""
        return bool(self.people or self.edited or self.dropped)


def foresee(session: Session, before: Event | None, after: Event, desk: Desk) -> Foreseen:
    """What becomes of notices and people; `before` is the event as they know it."""
    changed = changes.told_of(session, before, after, desk) if before is not None else []
    if not changed:
        return Foreseen()
    # As telling does: a notice is about the event, so its words follow the first time that changed.
    first = changed[0]
    notices = [one for one in changes.written_of(session, first, desk) if one.state != DRAFT]
    waiting = [one for one in notices if one.state == SCHEDULED and one.started_at is None]
    gone = waiting if first.is_off else []
    touched = [one for one in notices if one not in gone]
    words = tuple(
        Heard(changes.word(one, desk), len(people))
        for one, people in changes.heard(session, changed, touched)
    )
    return Foreseen(len(touched), len(gone), words)
