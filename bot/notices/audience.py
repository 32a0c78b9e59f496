"""Who hears a notice, and where: each person once, on one channel, or the reason why not."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, exists, select
from sqlmodel import Session, col

from bot import pushes
from bot.i18n import _
from bot.messages import Capability
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


@dataclass(frozen=True)
class Survey:
    """How many would be told on each channel, and how many would not, and why."""

    by_channel: Counter[str]
    unreached: Counter[str]

    @property
    def reached(self) -> int:
        """How many would be told now."""
        return self.by_channel.total()


def dump(audience: Audience) -> str:
    """The audience as JSON, without what is not asked."""
    kept = {name: value for name, value in asdict(audience).items() if value}
    return json.dumps(kept, ensure_ascii=False)


def load(text: str) -> Audience:
    """An audience kept with `dump`."""
    data = json.loads(text)
    named = bool(data.pop("named", False))
    return Audience(**{name: tuple(value) for name, value in data.items()}, named=named)


def people_of(audience: Audience) -> Select[Any]:
    """The people of an audience, by number; not of one that was named."""
    wanted = select(Person).order_by(col(Person.id))
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
        follows = exists().where(
            col(Interest.person_id) == col(Person.id), col(Interest.name).in_(audience.interests)
        )
        wanted = wanted.where(follows)
    return wanted


def targets(
    session: Session, found: Sequence[Person], ways: Ways, now: datetime, *, urgent: bool
) -> list[Target]:
    """Where each of some people is told."""
    numbers = [person.id for person in found]
    owned: dict[int, list[Address]] = {}
    for address in session.scalars(select(Address).where(col(Address.person_id).in_(numbers))):
        owned.setdefault(address.person_id, []).append(address)
    pushed = pushes.subscribed(session, numbers)
    return [
        _target(session, person, owned.get(person.id or 0, []), pushed, ways, now, urgent)
        for person in found
    ]


def _target(
    session: Session,
    person: Person,
    addresses: list[Address],
    pushed: set[str],
    ways: Ways,
    now: datetime,
    urgent: bool,
) -> Target:
    number = person.id or 0
    if person.muted and not urgent:
        return Target(number, person.language, why="muted")
    why, seat = "no address", None
    for address in sorted(addresses, key=lambda item: _rank(item, person.preferred, ways)):
        said = _why_not(session, address, pushed, ways, now)
        if not said:
            return _at(number, person.language, address, ways)
        why = said if why == "no address" else why
        if address.channel in ways.can and not ways.can[address.channel].push:
            seat = address
    web = seat.user if seat is not None else ""
    return Target(number, person.language, why=why, web=web)


def _rank(address: Address, preferred: str, ways: Ways) -> tuple[bool, bool, int, int]:
    """The channel a person prefers first, then those that reach them, in our order."""
    order = list(ways.can)
    known = address.channel in ways.can
    fetched = not (known and ways.can[address.channel].push)
    place = order.index(address.channel) if known else len(order)
    return (address.channel != preferred, fetched, place, address.id or 0)


def _why_not(
    session: Session, address: Address, pushed: set[str], ways: Ways, now: datetime
) -> str:
    """Why an address cannot be written to now; empty when it can."""
    if address.channel not in ways.can:
        return "channel off"
    if not ways.can[address.channel].push:
        return "" if address.user in pushed else "no push"
    if address.blocked_at is not None:
        return "blocked"
    if address.chat != address.user and not _talks(session, address):
        return "group only"
    ask = ways.reach.get(address.channel)
    return ask(session, address, now) if ask else ""


def _talks(session: Session, address: Address) -> bool:
    """Whether somebody first met in a group has talked to us in private since."""
    return session.get(Chat, f"{address.channel}:{address.user}") is not None


def _at(number: int, language: str, address: Address, ways: Ways) -> Target:
    if ways.can[address.channel].push:
        return Target(number, language, address.channel, address.user)
    return Target(number, language, pushes.CHANNEL, address.user, web=address.user)


def survey(
    session: Session, audience: Audience, ways: Ways, now: datetime, *, urgent: bool = False
) -> Survey:
    """Count who would be told now, by channel, and who would not, by reason."""
    by_channel, unreached = Counter[str](), Counter[str]()
    for chunk in _chunks(session, audience):
        for target in targets(session, chunk, ways, now, urgent=urgent):
            counted, key = (unreached, target.why) if target.why else (by_channel, target.channel)
            counted[key] += 1
    return Survey(by_channel, unreached)


def _chunks(session: Session, audience: Audience) -> Iterator[Sequence[Person]]:
    last = 0
    while True:
        chunk = after(session, audience, last, CHUNK)
        if not chunk:
            return
        yield chunk
        last = chunk[-1].id or 0
        session.expunge_all()  # a hundred thousand people need not be kept in memory


def after(session: Session, audience: Audience, last: int, limit: int) -> Sequence[Person]:
    """The next people of an audience after a row."""
    wanted = people_of(audience).where(col(Person.id) > last).limit(limit)
    return cast("Sequence[Person]", session.scalars(wanted).all())


def reason(why: str) -> str:
    """Why somebody was not told, in the words of organisers."""
    words = {
        "blocked": _("đã chặn bot hoặc bỏ quan tâm"),
        "403": _("đã chặn bot hoặc bỏ quan tâm"),
        "gone": _("tài khoản không còn"),
        "window": _("lâu chưa nhắn nên kênh không cho gửi"),
        "quota": _("kênh hết hạn mức tin"),
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
