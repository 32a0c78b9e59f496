"""Due work: changes, reminders and notices, taken on by one process at a time, whichever it is."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot import leases
from bot.notices import changes, dispatch, refiled, reminders
from bot.notices.announce import Notice
from bot.notices.audience import Ways
from bot.notices.programme import Programme

NOTICES = "notices"


def step(
    session: Session,
    owner: str,
    ways: Ways,
    zone: ZoneInfo,
    now: datetime,
    programme: Programme | None = None,
) -> bool:
    """Do what is due, a little of it; whether there is more to do at once."""
    if not leases.take(session, NOTICES, owner, now):
        return False
    if programme is not None:
        changes.tell(session, programme, ways, zone, now)
    reminders.fire(session, now, zone)
    found = dispatch.due(session, now)
    going = found if programme is None else _decided(session, found, programme, zone, now)
    more = [dispatch.advance(session, one, ways, zone, now) for one in going]
    return any(more)


def _decided(
    session: Session, found: Sequence[Notice], programme: Programme, zone: ZoneInfo, now: datetime
) -> Sequence[Notice]:
    """What may go out. A notice whose event was changed in the file waits with its old words until
    an organiser has decided; a reminder was written from the file as it is now."""
    begins = [
        one
        for one in found
        if one.event and one.started_at is None and one.author != reminders.AUTHOR
    ]
    if not begins:
        return found
    open_ = {one.after.id for one in refiled.listed(session, programme, zone, now)}
    held = {one.id for one in begins if one.event in open_}
    return [one for one in found if one.id not in held]
