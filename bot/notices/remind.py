"""Which reminders are planned: of the next time of each event, for those who want to hear of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.i18n import _, speaking
from bot.notices import invitation, reminders, verify
from bot.notices.audience import Audience
from bot.notices.calendar import Occurrence, upcoming
from bot.notices.events import Event, Names
from bot.notices.following import INTERESTS
from bot.notices.programme import Programme
from bot.notices.reminders import BEFORE

AHEAD = timedelta(days=1)
"""So long before its first reminder the reminders of an event are planned."""


def keep(
    session: Session,
    programme: Programme,
    now: datetime,
    zone: ZoneInfo,
    before: Sequence[timedelta] = BEFORE,
) -> int:
    """Plan what is to be reminded of and drop what is not to be any more; how many are new.

    `before` is what the settings say; an event may say otherwise.
    """
    new = 0
    for event in programme.current(session):
        if event.kind in INTERESTS:
            new += _keep(session, event, programme.names, now, zone, of(event, before))
    return new


def of(event: Event, before: Sequence[timedelta]) -> tuple[timedelta, ...]:
    """How long before an event people are reminded of it, the longest first.

    Of a programme on the loudspeaker they are reminded shortly before alone, unless it says more.
    """
    if event.kind not in INTERESTS:
        return ()
    if event.reminders is not None:
        return event.reminders
    return tuple(before[-1:]) if event.kind == "radio" else tuple(before)


def _keep(
    session: Session,
    event: Event,
    names: Names,
    now: datetime,
    zone: ZoneInfo,
    before: tuple[timedelta, ...],
) -> int:
    item = _next(event, now, max(before)) if before else None
    if item is None:
        reminders.drop(session, event.id)
        return 0
    texts = (_words(event, names, zone, now, "vi"), _words(event, names, zone, now, "en"))
    return reminders.plan(
        session,
        event.id,
        item.anchor,
        texts,
        Audience(hamlets=event.hamlets, interests=(event.kind,)),
        now,
        zone,
        before=before,
        code=verify.code_of(session, f"event {event.id}"),
    )


def _next(event: Event, now: datetime, longest: timedelta) -> Occurrence | None:
    if event.when is None or not event.shown or event.status == "cancelled":
        return None
    near = upcoming(event.when, now, 5)
    item = next((one for one in near if not one.replay and one.anchor > now), None)
    return item if item is not None and item.anchor - now <= longest + AHEAD else None


def _words(event: Event, names: Names, zone: ZoneInfo, now: datetime, language: str) -> str:
    with speaking(language):
        lead = _("Nhắc bạn:")
    return f"{lead} {invitation.written(event, names, zone, now, language)}"
