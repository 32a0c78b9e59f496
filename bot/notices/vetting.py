"""Events read from a file or a form and checked, all mistakes at once. Pure"""

import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot import spans
from bot.messages import Link
from bot.notices.calendar import ISLAND, When, month
from bot.notices.events import KEYS, KINDS, STATUSES, TRANSLATED, Event, Kind, Names, Status
from bot.notices.written import read_when
from faq.files import Mapping as Item
from faq.files import Mistake, Told, lacking, misnamed, read, text, texts

REPLAYS = 3
"""The plan has each month's radio programme replayed so often."""
LONGEST = 600
"""Letters of one text of an event: it is read on phones, and goes into a notice with the others."""
_PLACED = frozenset({"talk", "contest", "training"})


def load(path: Path, names: Names, zone: ZoneInfo = ISLAND) -> tuple[list[Event], list[Mistake]]:
    """The events of a file, and every mistake in it; events without a usable form are left out."""
    items, _whole, mistakes = read(path, "events")
    events: dict[str, Event] = {}
    for item in items:
        event, wrong = parse(item, path.name, names, zone)
        mistakes += wrong
        if event is None:
            continue
        if event.id in events:
            what = f"id {event.id} đã có ở dòng {events[event.id].line}"
            mistakes.append(Mistake(path.name, item.at("id"), what, "Đổi một trong hai"))
        events.setdefault(event.id, event)
    return list(events.values()), sorted(mistakes)


def parse(
    item: Item, file: str, names: Names, zone: ZoneInfo = ISLAND
) -> tuple[Event | None, list[Mistake]]:
    """The event of a mapping, unless its form is wrong; and everything wrong with it."""
    event, told = examine(item, names, zone, file)
    name = text(item, "id")
    about = f"sự kiện {name}: " if name else ""
    return event, [Mistake(file, item.at(key), about + what, remedy) for key, what, remedy in told]


def examine(
    item: Item, names: Names, zone: ZoneInfo = ISLAND, file: str = ""
) -> tuple[Event | None, list[Told]]:
    """The event of a mapping, unless its form is wrong; everything wrong by the key it is at."""
    form = [*_form(item)]
    hours: list[Told] = []
    when = read_when(item, zone, lambda *told: hours.append(told))
    before = _reminders(item, hours)
    event = _read(item, when, before, file)
    told = [*form, *hours]
    if not {"kind", "status"} & {key for key, _what, _remedy in form}:
        found = [*_content(event), *_lost(event, names)]
        told += [one for one in found if not (one[0] == "start" and hours)]
    return (None if form or hours else event), told


def _read(item: Item, when: When | None, before: tuple[timedelta, ...] | None, file: str) -> Event:
    return Event(
        id=text(item, "id"),
        kind=cast("Kind", text(item, "kind")),
        title=text(item, "title"),
        status=cast("Status", text(item, "status")),
        what=text(item, "what"),
        why=text(item, "why"),
        when=when,
        hamlets=texts(item, "hamlets"),
        place=text(item, "place"),
        map=text(item, "map"),
        lead=text(item, "lead"),
        support=texts(item, "support"),
        audience=text(item, "audience"),
        agenda=texts(item, "agenda"),
        materials=tuple(Link(text(one, "title"), text(one, "url")) for one in _materials(item)),
        note=text(item, "note"),
        source=text(item, "source"),
        reminders=before,
        title_en=text(item, "title_en"),
        what_en=text(item, "what_en"),
        why_en=text(item, "why_en"),
        place_en=text(item, "place_en"),
        audience_en=text(item, "audience_en"),
        agenda_en=texts(item, "agenda_en"),
        note_en=text(item, "note_en"),
        file=file,
        line=item.line,
    )


def _form(item: Item) -> Iterator[Told]:
    """Mistakes without whose mending there is no event."""
    yield from misnamed(item) + lacking(item, ("title",))
    for key, known in (("kind", KINDS), ("status", STATUSES)):
        if text(item, key) not in known:
            yield key, f"{key} {text(item, key)!r} sai", f"Dùng một trong: {', '.join(known)}"
    for key in sorted(item.keys() - set(KEYS)):
        yield key, f"khóa lạ {key}", "Sửa tên hoặc bỏ đi"


def _reminders(item: Item, told: list[Told]) -> tuple[timedelta, ...] | None:
    """How long before people are reminded; None when the event does not say."""
    if "reminders" not in item or not texts(item, "reminders"):
        return None
    try:
        return spans.read(",".join(texts(item, "reminders")))
    except spans.SpanError as error:
        told.append(("reminders", str(error), "Ví dụ 7d,1d,2h; none là không nhắc"))
        return None


def _materials(item: Item) -> list[Item]:
    found = item.get("materials") or []
    return [one for one in found if isinstance(one, Item)] if isinstance(found, list) else []


def _content(event: Event) -> Iterator[Told]:
    """Mistakes that leave the event usable."""
    yield from _needed(event)
    for key, url in [("map", event.map), *[("materials", one.url) for one in event.materials]]:
        if url and not _is_safe(url):
            yield key, f"địa chỉ {url!r} không an toàn", "Dùng địa chỉ https:// đầy đủ"
    if any(not one.title or not one.url for one in event.materials):
        yield "materials", "tài liệu thiếu title hoặc url", "Ghi đủ title và url"
    for key in (*TRANSLATED, *(f"{key}_en" for key in TRANSLATED)):
        yield from _worded(key, getattr(event, key))
    if event.kind == "radio" and event.shown and event.when and event.when.first.rule:
        yield from _replayed(event.when)


def _worded(key: str, said: str | tuple[str, ...]) -> Iterator[Told]:
    """What is wrong with the words under a key."""
    lines = (said,) if isinstance(said, str) else said
    if not all(unicodedata.is_normalized("NFC", line) for line in lines):
        yield key, "có chữ không ở dạng NFC", "Lưu lại bằng bộ gõ Unicode dựng sẵn"
    longest = max(map(len, lines), default=0)
    if longest > LONGEST:
        yield key, f"dài {longest} ký tự", f"Viết trong {LONGEST} ký tự"


def _needed(event: Event) -> Iterator[Told]:
    """What people must be told before an event counts as announced."""
    if event.status == "draft":
        return
    if event.when is None:
        yield "start", f"{event.status} mà chưa có start", "Thêm start, hoặc để draft"
    if not event.what:
        yield "what", "chưa nói là việc gì", "Thêm what: một, hai câu dễ hiểu"
    if event.kind in _PLACED and not event.place:
        yield "place", "chưa có địa điểm", "Thêm place, hoặc để draft"
    if event.status in {"changed", "cancelled"} and not event.note:
        yield "note", f"{event.status} mà chưa nói vì sao", "Thêm note: đổi gì, vì sao"


def _replayed(when: When) -> Iterator[Told]:
    """A monthly programme is replayed three times, in order, in each of its next twelve months."""
    at = when.first.start
    for step in range(1, 13):
        year, number = at.year + (at.month + step - 1) // 12, (at.month + step - 1) % 12 + 1
        found = month(when, year, number, when.first.zone)
        order = [item.replay for item in found]
        if 0 in order and order.count(0) + REPLAYS != len(order):
            again = len(order) - order.count(0)
            what = f"tháng {number}/{year} phát lại {again} lần, kế hoạch ghi {REPLAYS} lần"
            yield "replays", what, "Thêm hoặc bớt replays"
            return
        if 0 in order and order != sorted(order):
            what = f"tháng {number}/{year} các lần phát lại không theo thứ tự"
            yield "replays", what, "Ghi replays theo thứ tự thời gian, sau lần đầu trong tháng"
            return


def _lost(event: Event, names: Names) -> Iterator[Told]:
    """Thôn and units nobody knows."""
    for hamlet in event.hamlets:
        if hamlet not in names.hamlets:
            yield (
                "hamlets",
                f"không có thôn {hamlet}",
                "Sửa tên, hoặc thêm vào hamlets của places.yaml",
            )
    for key, units in (("lead", (event.lead,)), ("support", event.support)):
        for unit in units:
            if unit and unit not in names.units:
                yield key, f"không có đơn vị {unit}", "Sửa tên, hoặc thêm vào units của plan.yaml"


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname) and not parts.username
    except ValueError:
        return False
