"""Due work: reminders and notices, taken on by one process at a time, whichever it is."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot import leases
from bot.notices import dispatch, reminders
from bot.notices.audience import Ways

NOTICES = "notices"


def step(session: Session, owner: str, ways: Ways, zone: ZoneInfo, now: datetime) -> bool:
    """Do what is due, a little of it; whether there is more to do at once."""
    if not leases.take(session, NOTICES, owner, now):
        return False
    reminders.fire(session, now, zone)
    more = [dispatch.advance(session, one, ways, zone, now) for one in dispatch.due(session, now)]
    return any(more)
