"""Due work: changes, reminders and notices, taken on by one process at a time, whichever it is."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot import leases
from bot.notices import changes, dispatch, reminders
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
    more = [dispatch.advance(session, one, ways, zone, now) for one in dispatch.due(session, now)]
    return any(more)
