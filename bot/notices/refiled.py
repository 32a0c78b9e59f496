"""Events that changed in their file: noticed at start, told once when an organiser says so"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot import organisers
from bot.notices import changes, edits, filed
from bot.notices.audience import Ways
from bot.notices.changes import Desk
from bot.notices.events import Event
from bot.notices.filed import Accepted
from bot.notices.foresight import Foreseen, foresee
from bot.notices.programme import Programme


@dataclass(frozen=True)
class Waiting:
    """An event that changed in the file while people know it otherwise, and nobody was told."""

    before: Event
    after: Event
    """As the file has it now; of one that is gone from the file, as called off."""
    removed: bool
    known: str
    """The mark of what people know."""
    mark: str
    """What stands for just this change: whoever decides has seen it so."""
    foreseen: Foreseen


class DecidedError(Exception):
    """It does not wait any more as it was seen: somebody decided, or the file changed again."""


def waiting(session: Session, programme: Programme, desk: Desk) -> list[Waiting]:
    """The changes of the file that somebody must decide on, in the order of their events' ids."""
    edited = edits.edited(session)
    found = (
        _weighed(session, was, now, desk)
        for name, was, now in _differing(session, programme)
        if name not in edited
    )
    return sorted((one for one in found if one), key=lambda one: one.after.id)


def listed(session: Session, programme: Programme, zone: ZoneInfo, now: datetime) -> list[Waiting]:
    """The same for who only wants to know of them."""
    return waiting(session, programme, Desk(programme.names, Ways({}), zone, "", now))


def take_note(session: Session, programme: Programme, zone: ZoneInfo, now: datetime) -> None:
    """Keep what the file says, of all events but those that wait for a decision.

    That is what is new, what nobody could have been told of, what is over, and what moves nobody.
    Several processes may do it at once.
    """
    desk = Desk(programme.names, Ways({}), zone, "", now)
    left = {one.after.id for one in waiting(session, programme, desk)}
    # What the desk changed and did not tell of yet is told from what people knew before.
    left.update(edits.untold(session))
    for name, was, event in list(_differing(session, programme)):
        if name not in left:
            filed.move(session, name, was.mark, event, now)
    filed.add(session, programme.events, now)


def decide(
    session: Session, programme: Programme, name: str, mark: str, *, tell: bool, desk: Desk
) -> int:
    """Tell of a change of the file, or settle that nobody is told; how many people hear a word.

    Raises DecidedError when the change with that mark does not wait: it is told once at most.
    """
    found = next((one for one in waiting(session, programme, desk) if one.after.id == name), None)
    if found is None or found.mark != mark:
        raise DecidedError
    event = None if found.removed else found.after
    if not filed.move(session, name, found.known, event, desk.now):
        raise DecidedError
    people = changes.tell_of(session, found.before, found.after, desk) if tell else 0
    act = "events.tell" if tell else "events.quiet"
    organisers.note(session, desk.by, act, f"event {name}", desk.now)
    return people


def _differing(
    session: Session, programme: Programme
) -> Iterator[tuple[str, Accepted, Event | None]]:
    """Events whose file says something else than what was accepted; None: it has them no more."""
    shipped = {event.id: event for event in programme.events}
    # An event with a mistake in it is left out when the file is read: that calls nothing off.
    is_whole = not any(wrong.file == filed.FILE for wrong in programme.mistakes)
    for name, was in filed.accepted(session, programme.names).items():
        event = shipped.get(name)
        if (event is None and is_whole) or (event and filed.mark_of(event) != was.mark):
            yield name, was, event


def _weighed(session: Session, was: Accepted, event: Event | None, desk: Desk) -> Waiting | None:
    """The change, when there is anybody to tell of it."""
    if was.event is None:
        return None
    after = event or replace(was.event, status="cancelled", note="", note_en="")
    foreseen = foresee(session, was.event, after, desk)
    if not foreseen.matters or not foreseen.reaches:
        return None
    mark = f"{was.mark[:16]}-{filed.mark_of(event)[:16] if event else ''}"
    return Waiting(was.event, after, event is None, was.mark, mark, foreseen)
