"""Alerts: troubles an operator must hear of, each told once until it is over."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import DateTime, select
from sqlmodel import Field, Session, SQLModel, col

from bot import organisers, outbox
from bot.i18n import _, speaking
from bot.messages import Capability, Reply
from bot.people import Person, addresses


class Alert(SQLModel, table=True):
    """A trouble that is not over; `told` counts the chats it was sent to."""

    name: str = Field(primary_key=True)
    said: str
    since: datetime = Field(sa_type=DateTime(timezone=True))
    told: int = 0


def tell(
    session: Session, troubles: Mapping[str, str], can: Mapping[str, Capability], now: datetime
) -> list[str]:
    """Tell the admins of troubles that are new, and of those that are over; the new ones' names.

    `troubles`: a name that stays the same while the trouble lasts, and what is said of it.
    """
    open_ = {alert.name: alert for alert in session.scalars(select(Alert))}
    fresh = [name for name in troubles if name not in open_ or not open_[name].told]
    gone = [alert for name, alert in open_.items() if name not in troubles]
    for name in fresh:
        alert = open_.get(name) or Alert(name=name, said=troubles[name], since=now)
        alert.told = _send(session, _("⚠ {said}"), troubles[name], can, now)
        session.add(alert)
    for alert in gone:
        if alert.told:
            _send(session, _("Đã hết: {said}"), alert.said, can, now)
        session.delete(alert)
    return fresh


def _send(
    session: Session, wording: str, said: str, can: Mapping[str, Capability], now: datetime
) -> int:
    """Queue a sentence for every admin, in the first of their chats that we may send to."""
    told = 0
    for organiser in organisers.listed(session):
        if organiser.role != "admin" or organiser.person_id is None:
            continue
        person = session.get(Person, organiser.person_id)
        with speaking(person.language if person else "vi"):
            reply = Reply(wording.format(said=said))
        for address in addresses(session, organiser.person_id):
            if address.channel not in can or address.blocked_at or address.chat != address.user:
                continue
            outbox.put(
                *(session, address.channel, address.chat, [reply], can[address.channel], now),
                person_id=organiser.person_id,
            )
            told += 1
            break
    return told


def standing(session: Session) -> list[Alert]:
    """The troubles that are not over, oldest first."""
    return list(session.scalars(select(Alert).order_by(col(Alert.since))))
