"""Who hears a notice, and where: each person once, on one channel, or the reason why not."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import starmap
from typing import Any

from sqlalchemy import Exists, Select, exists, func, select
from sqlmodel import Session, col

from bot import pushes
from bot.db import table_of
from bot.i18n import _
from bot.messages import Capability
from bot.notices import groups
from bot.notices.calendar import ISLAND
from bot.notices.groups import GroupSub
from bot.organisers import Organiser
from bot.people import Address, Interest, Person
from bot.state import Chat

Reach = Callable[[Session, Address, datetime], str]
"""Empty when an address can be written to now; else why not: blocked, window, quota, ..."""
CHUNK = 500
"""People looked at in one transaction: some 80 ms, in which nobody else can write."""


@dataclass(frozen=True)
class Audience:
    """Whom a notice is for; what is left empty is not asked."""

    hamlets: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    """Organisers in these roles only."""
    interests: tuple[str, ...] = ()
    """People who want to hear of one of these."""
    named: bool = False
    """Just the people who were named when it was written."""

    @property
    def is_public(self) -> bool:
        """Whether it is for everybody, or everybody of some thôn: groups hear that too."""
        return not (self.units or self.languages or self.roles or self.interests or self.named)


EVERYONE = Audience()


@dataclass(frozen=True)
class Ways:
    """How people can be told: what each channel can do, in order of preference, and its say."""

    can: Mapping[str, Capability]
    reach: Mapping[str, Reach] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    """Where a person is told, or `why` they are not; `web`: the visitor whose page shows it too."""

    person_id: int
    language: str
    channel: str = ""
    chat: str = ""
    why: str = ""
    web: str = ""


LEFT = frozenset({"blocked", "no address"})
"""Why somebody is not told who is not expected back."""


@dataclass(frozen=True)
class Survey:
    """How many would be told on each channel, and how many would not, and why."""

    by_channel: Counter[str]
    unreached: Counter[str]
    unregistered: int = 0
    """People it is for who never asked to be told: nothing is sent to them."""
    groups: int = 0
    """Groups that would be told beside them."""
    full: int = 0
    """Groups that have had their notices of today."""

    @property
    def reached(self) -> int:
        """How many would be told now."""
        return self.by_channel.total()

    @property
    def offered(self) -> int:
        """How many would be told now, or see it when they next write or open the chat page."""
        return self.reached + sum(count for why, count in self.unreached.items() if why not in LEFT)

    @property
    def nobody(self) -> bool:
        """Whether there is nobody at all it could be for."""
        return not (self.reached or self.unreached or self.groups or self.full)


def dump(audience: Audience) -> str:
    """The audience as JSON, without what is not asked."""
    kept = {name: value for name, value in asdict(audience).items() if value}
    return json.dumps(kept, ensure_ascii=False)


def load(text: str) -> Audience:
    """An audience kept with `dump`."""
    data = json.loads(text)
    named = bool(data.pop("named", False))
    return Audience(**{name: tuple(value) for name, value in data.items()}, named=named)


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody who may be told. Plain data: a hundred thousand of them pass through here."""

    id: int
    language: str
    preferred: str
    muted: bool


@dataclass(frozen=True, slots=True)
class Seat:
    """An address of a listener."""

    id: int
    person_id: int
    channel: str
    user: str
    chat: str
    blocked_at: datetime | None


_PERSON, _ADDRESS = table_of(Person), table_of(Address)
LISTENER = (_PERSON.c.id, _PERSON.c.language, _PERSON.c.preferred, _PERSON.c.muted)
_SEATS = select(
    _ADDRESS.c.id,
    _ADDRESS.c.person_id,
    _ADDRESS.c.channel,
    _ADDRESS.c.user,
    _ADDRESS.c.chat,
    _ADDRESS.c.blocked_at,
)


def people_of(audience: Audience, *, urgent: bool = False) -> Select[Any]:
    """The people of an audience, by number; not of one that was named.

    Only those who asked to be told: we promise that to everybody. Organisers are told by their
    role, and an emergency is told to all.
    """
    wanted = _chosen(select(*LISTENER), audience).order_by(_PERSON.c.id)
    return wanted if urgent or audience.roles else wanted.where(_registered())


def _registered() -> Exists:
    """Whether somebody asked to be told of anything."""
    return exists().where(col(Interest.person_id) == col(Person.id))


def _chosen(wanted: Select[Any], audience: Audience) -> Select[Any]:
    for column, allowed in (
        (Person.hamlet, audience.hamlets),
        (Person.unit, audience.units),
        (Person.language, audience.languages),
    ):
        if allowed:
            wanted = wanted.where(col(column).in_(allowed))
    if audience.roles:
        holds = exists().where(
            col(Organiser.person_id) == col(Person.id), col(Organiser.role).in_(audience.roles)
        )
        wanted = wanted.where(holds)
    if audience.interests:
        wanted = wanted.where(_registered().where(col(Interest.name).in_(audience.interests)))
    return wanted


def unregistered(session: Session, audience: Audience) -> int:
    """How many people of an audience never asked to be told of anything."""
    if audience.roles or audience.interests or audience.named:
        return 0
    wanted = _chosen(select(func.count(_PERSON.c.id)), audience).where(~_registered())
    return session.connection().scalar(wanted) or 0


def targets(
    session: Session, found: Sequence[Listener], ways: Ways, now: datetime, *, urgent: bool
) -> list[Target]:
    """Where each of some people is told."""
    numbers = [person.id for person in found]
    seats: dict[int, list[Seat]] = {}
    mine = _SEATS.where(_ADDRESS.c.person_id.in_(numbers))
    for seat in starmap(Seat, session.connection().execute(mine)):
        seats.setdefault(seat.person_id, []).append(seat)
    hall = Hall(session, ways, pushes.subscribed(session, numbers), now)
    return [hall.place(person, seats.get(person.id, []), urgent=urgent) for person in found]


@dataclass(frozen=True)
class Hall:
    """What is known when people are given their places."""

    session: Session
    ways: Ways
    pushed: set[str]
    """Visitors of the web chat whose browser can be pushed to."""
    now: datetime

    def place(self, person: Listener, seats: list[Seat], *, urgent: bool) -> Target:
        """Where a person is told: on the first of their addresses that can be reached."""
        if person.muted and not urgent:
            return Target(person.id, person.language, why="muted")
        why, page = "", ""
        for seat in sorted(seats, key=lambda item: self._rank(item, person.preferred)):
            said = self._why_not(seat)
            if not said:
                return self._at(person, seat)
            why = why or said
            if seat.channel in self.ways.can and not self.ways.can[seat.channel].push:
                page = seat.user
        return Target(person.id, person.language, why=why or "no address", web=page)

    def _rank(self, seat: Seat, preferred: str) -> tuple[bool, bool, int, int]:
        """The channel a person prefers first, then those that reach them, in our order."""
        order = list(self.ways.can)
        known = seat.channel in self.ways.can
        fetched = not (known and self.ways.can[seat.channel].push)
        place = order.index(seat.channel) if known else len(order)
        return (seat.channel != preferred, fetched, place, seat.id)

    def _why_not(self, seat: Seat) -> str:
        """Why an address cannot be written to now; empty when it can."""
        if seat.channel not in self.ways.can:
            return "channel off"
        if not self.ways.can[seat.channel].push:
            return "" if seat.user in self.pushed and pushes.CHANNEL in self.ways.can else "no push"
        if seat.blocked_at is not None:
            return "blocked"
        if seat.chat != seat.user and not self._talks(seat):
            return "group only"
        ask = self.ways.reach.get(seat.channel)
        return ask(self.session, Address(**asdict(seat)), self.now) if ask else ""

    def _talks(self, seat: Seat) -> bool:
        """Whether somebody first met in a group has talked to us in private since."""
        return self.session.get(Chat, f"{seat.channel}:{seat.user}") is not None

    def _at(self, person: Listener, seat: Seat) -> Target:
        if self.ways.can[seat.channel].push:
            return Target(person.id, person.language, seat.channel, seat.user)
        return Target(person.id, person.language, pushes.CHANNEL, seat.user, web=seat.user)


def survey(
    session: Session, audience: Audience, ways: Ways, now: datetime, *, urgent: bool = False
) -> Survey:
    """Count who would be told now, by channel, and who would not, by reason."""
    by_channel, unreached = Counter[str](), Counter[str]()
    for chunk in _chunks(session, audience, urgent=urgent):
        for target in targets(session, chunk, ways, now, urgent=urgent):
            counted, key = (unreached, target.why) if target.why else (by_channel, target.channel)
            counted[key] += 1
    listed = _groups_of(session, audience, ways)
    today = now.astimezone(ISLAND).date()
    full = 0 if urgent else sum(not groups.has_room(group, today) for group in listed)
    left_out = 0 if urgent else unregistered(session, audience)
    return Survey(by_channel, unreached, left_out, len(listed) - full, full)


def _groups_of(session: Session, audience: Audience, ways: Ways) -> Sequence[GroupSub]:
    if not audience.is_public:
        return []
    heard = groups.hearing(session, audience.hamlets)
    return [group for group in heard if group.channel in ways.can]


def _chunks(session: Session, audience: Audience, *, urgent: bool) -> Iterator[Sequence[Listener]]:
    last = 0
    while chunk := after(session, audience, last, CHUNK, urgent=urgent):
        yield chunk
        last = chunk[-1].id


def after(
    session: Session, audience: Audience, last: int, limit: int, *, urgent: bool = False
) -> Sequence[Listener]:
    """The next people of an audience after a row."""
    wanted = people_of(audience, urgent=urgent).where(_PERSON.c.id > last).limit(limit)
    return list(starmap(Listener, session.connection().execute(wanted)))


def reason(why: str) -> str:
    """Why somebody was not told, in the words of organisers."""
    words = {
        "blocked": _("đã chặn bot hoặc bỏ quan tâm"),
        "403": _("đã chặn bot hoặc bỏ quan tâm"),
        "gone": _("tài khoản không còn"),
        "window": _("lâu chưa nhắn nên kênh không cho gửi"),
        "quota": _("kênh hết hạn mức tin"),
        "declined": _("không nhận tin của Official Account"),
        "resting": _("đã nhận đủ số tin Zalo cho phép hôm nay"),
        "no push": _("dùng trang chat, chưa bật báo tin; sẽ thấy khi mở lại"),
        "group only": _("chỉ gặp trong nhóm, chưa nhắn riêng"),
        "muted": _("đã tắt thông báo"),
        "channel off": _("kênh đang tắt"),
        "no address": _("không có địa chỉ"),
        "400": _("kênh không nhận nội dung"),
        "server error": _("máy chủ của kênh lỗi"),
        "not reached": _("không kết nối được với kênh"),
        "429": _("kênh báo gửi quá nhanh"),
    }
    return words.get(why, why)
