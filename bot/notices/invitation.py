"""A notice about an event: the words that invite to it, and whom it is for unless said otherwise"""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from bot.i18n import _, speaking
from bot.notices import words
from bot.notices.announce import PLANNED, Draft, Notice, Recipient
from bot.notices.calendar import upcoming
from bot.notices.events import Event, Names
from bot.notices.taking_part import INVITED


def about(draft: Draft, event: Event, names: Names, zone: ZoneInfo, now: datetime) -> Draft:
    """A notice tied to an event; without words of its own it has those of the event."""
    chosen = draft.audience
    if not chosen.hamlets and not chosen.named:
        chosen = replace(chosen, hamlets=event.hamlets)
    text, english = draft.text, draft.text_en
    if not text.strip():
        text, english = (written(event, names, zone, now, code) for code in ("vi", "en"))
    return replace(draft, text=text, text_en=english, audience=chosen, event=event.id)


def written(event: Event, names: Names, zone: ZoneInfo, now: datetime, language: str) -> str:
    """The invitation to the next time an event happens; empty when that is not settled."""
    with speaking(language):
        said = words.told(event)
        lines = _lines(said, names, zone, now)
    return "\n".join([said.title, *lines]) if lines else ""


def rest(event: Event, names: Names, zone: ZoneInfo, now: datetime, language: str) -> str:
    """The invitation without title and time: what stands under the news that they changed."""
    with speaking(language):
        said = words.told(replace(event, note=""))
        return "\n".join(_lines(said, names, zone, now)[1:])


def _lines(event: Event, names: Names, zone: ZoneInfo, now: datetime) -> list[str]:
    item = next(iter(upcoming(event.when, now)), None) if event.when and event.shown else None
    if item is None:
        return []
    lines = words.announced(event, item, names, zone)
    if event.kind in INVITED and event.status != "cancelled":
        ask = _("Bạn có đi không? Nhắn cho mình: đi, hoặc: không đi. Xem kỹ: /sukien {event}")
        lines.append(ask.format(event=event.id))
    return lines


def last_told(session: Session, person_id: int, since: datetime) -> str:
    """The event of the newest notice somebody was sent; empty when there was none lately."""
    statement = (
        select(col(Notice.event))
        .join(Recipient, col(Recipient.notice_id) == col(Notice.id))
        .where(
            col(Recipient.person_id) == person_id,
            col(Recipient.at) > since,
            col(Recipient.state) != PLANNED,
            col(Notice.event) != "",
        )
        .order_by(col(Recipient.id).desc())
    )
    return session.scalars(statement.limit(1)).first() or ""
