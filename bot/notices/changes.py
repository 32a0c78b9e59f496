"""An event that changed: its notices say so, and who said they come hears of it once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from bot import outbox
from bot.db import table_of
from bot.i18n import _, speaking
from bot.notices import amend, dispatch, edits, invitation, taking_part, verify, words
from bot.notices.amend import Correction
from bot.notices.announce import (
    CANCELLED,
    DRAFT,
    LONGEST,
    OUT,
    SCHEDULED,
    SENDING,
    Notice,
    Recipient,
    id_of,
)
from bot.notices.audience import Ways
from bot.notices.audience import load as audience_of
from bot.notices.calendar import Occurrence, between
from bot.notices.events import Event, Names
from bot.notices.programme import Programme
from bot.outbox import Outbox

_OUTBOX, _RECIPIENT = table_of(Outbox), table_of(Recipient)


@dataclass(frozen=True)
class Change:
    """One time of an event, as people were told of it and as it is now."""

    occurrence: str
    before: Event
    after: Event
    then: Occurrence
    now: Occurrence | None
    """None: the plan has it no more."""

    @property
    def is_off(self) -> bool:
        """Whether nobody should come at all."""
        return self.now is None or not self.after.shown or self.after.status == "cancelled"


@dataclass(frozen=True)
class Desk:
    """What telling of a change takes."""

    names: Names
    ways: Ways
    zone: ZoneInfo
    by: str
    now: datetime


def tell(session: Session, programme: Programme, ways: Ways, zone: ZoneInfo, now: datetime) -> int:
    """Tell of every change of an event that was not told of yet; how many people hear a word."""
    told = 0
    for name in edits.untold(session):
        before, after, who = edits.since_told(session, programme.events, programme.names, name)
        edits.mark_told(session, name, now)
        if before is not None and after is not None:
            desk = Desk(programme.names, ways, zone, who, now)
            told += tell_of(session, before, after, desk)
    return told


def tell_of(session: Session, before: Event, after: Event, desk: Desk) -> int:
    """Tell of one event's change from what people know; how many people hear a word."""
    changed = told_of(session, before, after, desk)
    if not changed:
        return 0
    touched = _amend(session, changed[0], desk)
    _give_up_earlier(session, after.id, desk)
    hearing = list(heard(session, changed, touched))
    for one, people in hearing:
        _correct(session, one, people, touched, desk)
    return sum(len(people) for _one, people in hearing)


def told_of(session: Session, before: Event, after: Event, desk: Desk) -> list[Change]:
    """The times of an event whose change is told, in the order of telling."""
    found = changes(session, before, after, desk.now)
    return [one for one in found if worth_telling(one, desk.names)]


def heard(
    session: Session, changed: Sequence[Change], touched: Sequence[Notice]
) -> Iterator[tuple[Change, list[int]]]:
    """Who hears a word of each change: everybody once, and none whose notice will say it."""
    served = _about_to_hear(session, touched)
    for one in changed:
        coming = taking_part.going(session, one.occurrence, "yes", "maybe")
        mine = [person for person in coming if person not in served]
        served.update(mine)
        yield one, mine


def changes(session: Session, before: Event, after: Event, now: datetime) -> Iterator[Change]:
    """Each time of an event that people may know of and that is not over: the next one first."""
    item = taking_part.this_time(before, now)
    names = [taking_part.name_of(before, item)] if item else []
    names += [name for name in taking_part.replied_to(session, before.id) if name not in names]
    for name in names:
        then = taking_part.item_of(before, name)
        if then is not None and taking_part.ended(then) > now and before.shown:
            yield Change(name, before, after, then, taking_part.item_of(after, name))


def worth_telling(change: Change, names: Names) -> bool:
    """Whether people would otherwise come at the wrong time, to the wrong place, or in vain."""
    if change.after.status == "held":
        return False
    was_off = change.before.status == "cancelled"
    moved = change.now != change.then
    placed = words.where_of(change.before, names) != words.where_of(change.after, names)
    return change.is_off != was_off or (not change.is_off and (moved or placed))


def said(change: Change, names: Names, zone: ZoneInfo) -> str:
    """What changed, as short as it can be, in the language spoken."""
    change = replace(change, before=words.told(change.before), after=words.told(change.after))
    old = words.when_of(change.before, change.then, zone)
    lines = [f"{_mark(change)}: {change.after.title}."]
    if not change.is_off:
        lines += _differences(change, names, zone)
    elif change.after.status == "draft":
        lines.append(
            _("Không diễn ra lúc {when}. Chưa có ngày mới, xem ở /sukien.").format(when=old)
        )
    else:
        lines.append(_("Không diễn ra lúc {when}.").format(when=old))
    note = change.after.note.rstrip(".")
    return "\n".join([*lines, *([_("Lưu ý: {what}.").format(what=note)] if note else [])])


def _mark(change: Change) -> str:
    if change.is_off:
        return _("HOÃN") if change.after.status == "draft" else _("ĐÃ HỦY")
    return _("VẪN DIỄN RA") if change.before.status == "cancelled" else _("THAY ĐỔI")


def _differences(change: Change, names: Names, zone: ZoneInfo) -> Iterator[str]:
    old = words.when_of(change.before, change.then, zone)
    new = words.when_of(change.after, change.now, zone) if change.now else old
    if new != old:
        yield _("Giờ mới: {when} (trước đó: {old}).").format(when=new, old=_earlier(change, zone))
    else:
        yield _("Thời gian: {what}.").format(what=new)
    was, where = words.where_of(change.before, names), words.where_of(change.after, names)
    if where != was:
        yield _("Chỗ mới: {where} (trước đó: {old}).").format(where=where, old=was or "?")


def _earlier(change: Change, zone: ZoneInfo) -> str:
    """When it would have been; of the same day the hour is enough."""
    then, now = change.then, change.now
    same_day = (
        now is not None and now.start.astimezone(zone).date() == then.start.astimezone(zone).date()
    )
    if same_day and not then.all_day:
        return f"{then.start.astimezone(zone):%H:%M}"
    return words.when_of(change.before, then, zone)


def over(text: str, news: str) -> str:
    """A notice under the news; older news above it goes."""
    earlier = _("Tin đã báo trước đó:")
    whole = f"{news}\n\n{earlier}\n{_without_news(text)}"
    return whole if len(whole) <= LONGEST else news[:LONGEST]


def _without_news(text: str) -> str:
    first, _gap, below = text.partition("\n\n")
    marks = (_("ĐÃ HỦY"), _("HOÃN"), _("VẪN DIỄN RA"), _("THAY ĐỔI"))
    if not first.startswith(tuple(f"{mark}: " for mark in marks)):
        return text
    return below.removeprefix(_("Tin đã báo trước đó:") + "\n")


def _said_anew(text: str, change: Change, desk: Desk, language: str) -> str:
    """The words of a notice after a change: those we wrote are written again."""
    if not text:
        return ""
    with speaking(language):
        news, own = said(change, desk.names, desk.zone), _without_news(text)
        ours = [
            write(change.before, desk.names, desk.zone, desk.now, language)
            for write in (invitation.written, invitation.rest)
        ]
        if own not in ours and own:
            return over(text, news)
    below = invitation.rest(change.after, desk.names, desk.zone, desk.now, language)
    whole = f"{news}\n\n{below}" if below and not change.is_off else news
    return whole if len(whole) <= LONGEST else news[:LONGEST]


def _amend(session: Session, change: Change, desk: Desk) -> list[Notice]:
    """Have the notices of an event say what changed; those that never went out are given up."""
    touched = []
    for notice in written_of(session, change, desk):
        if change.is_off and notice.state == SCHEDULED and notice.started_at is None:
            dispatch.cancel(session, notice, desk.by, desk.now)
            continue
        text = _said_anew(notice.text, change, desk, "vi")
        english = _said_anew(notice.text_en, change, desk, "en")
        ways, zone = desk.ways, desk.zone
        amend.amend(session, notice, text, desk.by, desk.now, ways, zone, text_en=english)
        touched.append(notice)
    return touched


def written_of(session: Session, change: Change, desk: Desk) -> list[Notice]:
    """What was written about this time of the event: neither corrections, nor what is over."""
    statement = select(Notice).where(col(Notice.event) == change.before.id).order_by(col(Notice.id))
    since = _over_since(change, desk.now)
    return [
        notice
        for notice in session.scalars(statement)
        if not audience_of(notice.audience).named
        and (since is None or notice.created_at > since)
        and not (notice.state == CANCELLED and notice.started_at is None)
    ]


def _over_since(change: Change, now: datetime) -> datetime | None:
    """The end of the time before, of an event that repeats."""
    when = change.before.when
    if when is None or change.occurrence == change.before.id:
        return None
    past = [taking_part.ended(item) for item in between(when, when.first.start, now)]
    return max((end for end in past if end <= now), default=None)


def _give_up_earlier(session: Session, event: str, desk: Desk) -> None:
    """A correction that waits (for the morning) is not sent: this one says how it is now."""
    statement = select(Notice).where(
        col(Notice.event) == event, col(Notice.state).in_((SCHEDULED, SENDING))
    )
    for notice in session.scalars(statement).all():
        if audience_of(notice.audience).named:
            dispatch.cancel(session, notice, desk.by, desk.now)


def _about_to_hear(session: Session, touched: Sequence[Notice]) -> set[int]:
    """Those whose copy has not left yet: it will say the new words, so they need no second one."""
    numbers = [id_of(notice) for notice in touched if notice.state == SENDING]
    statement = (
        select(_RECIPIENT.c.person_id)
        .join(_OUTBOX, _OUTBOX.c.id == _RECIPIENT.c.outbox_id)
        .where(
            _RECIPIENT.c.notice_id.in_(numbers),
            _RECIPIENT.c.state == OUT,
            _OUTBOX.c.state.in_((outbox.QUEUED, outbox.HELD)),
        )
    )
    return set(session.connection().scalars(statement))


def _correct(
    session: Session, change: Change, people: list[int], touched: Sequence[Notice], desk: Desk
) -> None:
    texts = []
    for language in ("vi", "en"):
        with speaking(language):
            texts.append(word(change, desk))
    about = next((notice for notice in touched if notice.state != DRAFT), None)
    code = about.code if about else verify.code_of(session, f"event {change.after.id}")
    correction = Correction(texts[0], people, texts[1])
    amend.correct(
        session,
        correction,
        desk.by,
        desk.now,
        desk.zone,
        about=about,
        event=change.after.id,
        code=code,
    )


def word(change: Change, desk: Desk) -> str:
    """What somebody who said they come is sent, in the language spoken."""
    return "\n".join([said(change, desk.names, desk.zone), _hint(change)])


def _hint(change: Change) -> str:
    if change.is_off:
        return _("Bạn đã báo sẽ đi, nên mình báo để bạn khỏi tới.")
    return _("Bạn đã báo sẽ đi. Không đi được nữa thì nhắn cho mình: không đi.")
