"""What changing an event will do to people and notices: found out before it is done"""

from dataclasses import dataclass

from sqlmodel import Session

from bot.notices import changes
from bot.notices.announce import DRAFT, SCHEDULED
from bot.notices.changes import Desk
from bot.notices.events import Event


@dataclass(frozen=True)
class Foreseen:
    """What a change comes to when it is kept now. Nothing at all: nobody hears of it."""

    edited: int = 0
    """Notices whose words are changed where they were sent, or before they are."""
    dropped: int = 0
    """Notices that wait for their time and are not sent any more."""
    people: int = 0
    """People who said they come and hear of it once."""
    text: str = ""
    """What they hear, in the language spoken."""

    @property
    def matters(self) -> bool:
        """Whether the change is told at all."""
        return bool(self.text)


def foresee(session: Session, before: Event | None, after: Event, desk: Desk) -> Foreseen:
    """What becomes of notices and people; `before` is the event as they know it."""
    if before is None:
        return Foreseen()
    found = changes.changes(session, before, after, desk.now)
    told = [one for one in found if changes.worth_telling(one, desk.names)]
    if not told:
        return Foreseen()
    first = told[0]
    notices = [one for one in changes.written_of(session, first, desk) if one.state != DRAFT]
    waiting = [one for one in notices if one.state == SCHEDULED and one.started_at is None]
    dropped = len(waiting) if first.is_off else 0
    people = changes.count(session, before, after, desk.names, desk.now)
    text = changes.said(first, desk.names, desk.zone)
    return Foreseen(len(notices) - dropped, dropped, people, text)
