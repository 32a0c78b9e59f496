"""What the plan of a Zalo Bot still allows: so many people, so many messages a month."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import Session, col

from bot.channels.zalo_bot.read import CHANNEL
from bot.outbox import SENT, UNKNOWN, Outbox
from bot.people import Address

PEOPLE = 50
"""Of the free plan: measured on a real bot in 08/2026."""


@dataclass(frozen=True)
class Use:
    """How much of the plan is used up."""

    people: int
    messages: int


def used(session: Session, now: datetime, zone: ZoneInfo) -> Use:
    """How many people wrote to the bot, and how many messages it sent this month."""
    here = now.astimezone(zone)
    first = here.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    people = select(func.count()).select_from(Address).where(col(Address.channel) == CHANNEL)
    sent = select(func.count()).where(
        col(Outbox.channel) == CHANNEL,
        col(Outbox.state).in_((SENT, UNKNOWN)),
        col(Outbox.settled_at) >= first,
    )
    return Use(int(session.scalar(people) or 0), int(session.scalar(sent) or 0))
