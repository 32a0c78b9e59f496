"""Alerts: troubles the admins must hear of, each told once until it is over."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import DateTime, select
from sqlmodel import Field, Session, SQLModel

from bot import organisers, outbox
from bot.i18n import _
from bot.messages import Capability, Reply
from bot.people import Address, addresses


class Alert(SQLModel, table=True):
    """A trouble that is not over; `told`: to how many admins it was said."""

    name: str = Field(primary_key=True)
    said: str
    since: datetime = Field(sa_type=DateTime(timezone=True))
    told: int = 0


def tell(
    session: Session, troubles: Mapping[str, str], can: Mapping[str, Capability], now: datetime
) -> int:
    """Tell the admins what is new among the troubles, and what is over; how many lines were told.

    What nobody could be told, for there was no admin in any chat, is told as soon as there is.
    """
    known = {alert.name: alert for alert in session.scalars(select(Alert))}
    fresh = [name for name in troubles if name not in known or not known[name].told]
    over = [alert for name, alert in known.items() if name not in troubles]
    lines = [f"⚠ {troubles[name]}" for name in fresh]
    lines += [_("Đã hết: {said}").format(said=alert.said) for alert in over if alert.told]
    told = _send(session, "\n".join(lines), can, now) if lines else 0
    for name in fresh:
        alert = known.get(name) or Alert(name=name, said=troubles[name], since=now)
        alert.told = told
        session.add(alert)
    for alert in over:
        session.delete(alert)
    return len(lines) if told else 0


def _send(session: Session, text: str, can: Mapping[str, Capability], now: datetime) -> int:
    """Queue a text for every admin, where we may send to them; how many there were."""
    told = 0
    for organiser in organisers.listed(session):
        if organiser.role != "admin" or organiser.person_id is None:
            continue
        found = [one for one in addresses(session, organiser.person_id) if _private(one, can)]
        # Where we can push, the phone rings; the web page shows it when it is opened.
        for address in sorted(found, key=lambda one: not can[one.channel].push)[:1]:
            outbox.put(
                session,
                address.channel,
                address.chat,
                [Reply(text)],
                can[address.channel],
                now,
                person_id=organiser.person_id,
            )
            told += 1
    return told


def _private(address: Address, can: Mapping[str, Capability]) -> bool:
    known = address.channel in can and address.blocked_at is None
    return known and address.chat == address.user
