"""What posters say and where their codes lead: an event, its door, or a thôn's notices."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.i18n import _
from bot.notices import taking_part, words
from bot.notices.calendar import Occurrence
from bot.notices.events import Event, Names
from bot.notices.programme import Programme
from bot.placards import Code, Poster
from bot.settings import Settings

Act = Literal["open", "follow", "door"]
"""What the codes do: open the event, subscribe to notices, or check in."""
_START = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What Telegram takes behind ?start= (https://core.telegram.org/bots/features#deep-linking)."""


@dataclass(frozen=True)
class Doors:
    """Where people reach us; what is empty is not drawn."""

    web: str
    telegram: str = ""
    """The bot's name, without @."""
    zalo: str = ""
    """The Official Account's id."""


class NoPosterError(Exception):
    """Nothing to invite to: `reason` is event, date, hamlet or way."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def doors_of(settings: Settings) -> Doors:
    """Where the settings say people reach us."""
    name = settings.telegram_name.removeprefix("@")
    return Doors(settings.public_url, name, settings.zalo_oa_id)


def poster(
    session: Session,
    programme: Programme,
    settings: Settings,
    name: str,
    hamlet: str,
    now: datetime,
    *,
    at_door: bool = False,
) -> Poster:
    """The poster of an event, of its door, or without an event of a thôn. Raises NoPosterError."""
    doors, names = doors_of(settings), programme.names
    if not any((doors.web, doors.telegram, doors.zalo)):
        raise NoPosterError("way")
    if hamlet and hamlet not in names.open_hamlets:
        raise NoPosterError("hamlet")
    if not name:
        codes = codes_of("follow", hamlet, doors)
        return of_hamlet(names.hamlets.get(hamlet, ""), settings.operator, codes)
    event = next((one for one in programme.current(session) if one.id == name), None)
    if event is None:
        raise NoPosterError("event")
    item = taking_part.this_time(event, now)
    if item is None or not event.shown:
        raise NoPosterError("date")
    if not at_door:
        codes = codes_of("open", event.id, doors)
        return of_event(event, item, names, settings.zone, settings.operator, codes)
    code = taking_part.talk_of(session, event, item, now).code
    return of_door(event, names, settings.operator, code, codes_of("door", code, doors))


def of_event(
    event: Event, item: Occurrence, names: Names, zone: ZoneInfo, operator: str, codes: list[Code]
) -> Poster:
    """The poster that invites to an event."""
    event = words.told(event)
    where = words.where_of(event, names)
    return Poster(
        _("Chuyển đổi số Lý Sơn"),
        operator,
        words.kind_of(event),
        event.title,
        tuple(line for line in (words.when_of(event, item, zone), where) if line),
        event.what,
        _("Quét mã để xem và báo bạn có đi"),
        tuple(codes),
        _("Mang theo điện thoại nếu có. Không có điện thoại vẫn tới được, có người giúp."),
    )


def of_door(event: Event, names: Names, operator: str, code: str, codes: list[Code]) -> Poster:
    """The poster at the door: scan it, or type what it says."""
    event = words.told(event)
    return Poster(
        _("Chuyển đổi số Lý Sơn"),
        operator,
        _("Điểm danh"),
        event.title,
        tuple(line for line in (words.where_of(event, names),) if line),
        _("Nhắn cho chatbot: /diemdanh {code}").format(code=code),
        _("Quét mã để điểm danh"),
        tuple(codes),
        _("Không cần tên hay số điện thoại. Chưa có điện thoại thì nhờ người đón ghi giúp."),
    )


def of_hamlet(place: str, operator: str, codes: list[Code]) -> Poster:
    """The poster on a thôn's wall: hear of its events."""
    return Poster(
        _("Chuyển đổi số Lý Sơn"),
        operator,
        _("Nhận tin sự kiện"),
        place or _("Đặc khu Lý Sơn"),
        (_("Tọa đàm, ngày hội, phát thanh, cuộc thi, tập huấn"),),
        _("Có sự kiện, đổi giờ hay hủy, chatbot nhắn bạn. Ngừng lúc nào cũng được: gõ /huy."),
        _("Quét mã để đăng ký"),
        tuple(codes),
        _("Miễn phí. Không cần số điện thoại hay số căn cước."),
    )


def codes_of(act: Act, subject: str, doors: Doors) -> list[Code]:
    """The codes of a poster: `subject` is an event, a code of a door, or a thôn (perhaps none)."""
    path, start, typed = {
        "open": (f"/su-kien/{subject}", f"sk-{subject}", f"/sukien {subject}"),
        "door": (f"/diem-danh/{subject}", f"dd-{subject}", f"/diemdanh {subject}"),
        "follow": (
            f"/nhan-tin?thon={subject}" if subject else "/nhan-tin",
            f"dk-{subject}" if subject else "dk",
            "/dangky",
        ),
    }[act]
    return list(_codes(path, start, typed, doors))


def _codes(path: str, start: str, typed: str, doors: Doors) -> Iterator[Code]:
    if doors.web:
        yield Code(_("Trang web"), doors.web.rstrip("/") + path)
    if doors.telegram and _START.fullmatch(start):
        yield Code("Telegram", f"https://t.me/{doors.telegram}?start={start}")
    if doors.zalo:
        yield Code("Zalo", f"https://zalo.me/{doors.zalo}", typed)
