"""Events: loaded from a file people edit and checked, all mistakes at once. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.messages import Link
from bot.notices.calendar import ISLAND, When, month
from bot.notices.written import read_when, write_when
from faq.files import Mapping as Item
from faq.files import Mistake, read, text, texts

Kind = Literal["talk", "dxday", "radio", "contest", "training", "deadline"]
Status = Literal["draft", "announced", "changed", "cancelled", "held"]
KINDS = ("talk", "dxday", "radio", "contest", "training", "deadline")
STATUSES = ("draft", "announced", "changed", "cancelled", "held")
SHOWN = frozenset({"announced", "changed", "cancelled"})
"""Events residents are told the time of. A draft is only told of as not settled."""
REPLAYS = 3
"""The plan has each month's radio programme replayed so often."""
_PLACED = frozenset({"talk", "contest", "training"})
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Names:
    """Thôn and units by their ids, as people call them."""

    hamlets: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """Something that happens, or is due, and what people should know of it."""

    id: str
    kind: Kind
    title: str
    status: Status
    what: str = ""
    why: str = ""
    when: When | None = None
    """None: not settled."""
    hamlets: tuple[str, ...] = ()
    """For whom by thôn; none: the whole island."""
    place: str = ""
    map: str = ""
    lead: str = ""
    support: tuple[str, ...] = ()
    audience: str = ""
    agenda: tuple[str, ...] = ()
    materials: tuple[Link, ...] = ()
    note: str = ""
    """Why it changed or was cancelled; what is still open."""
    source: str = ""
    version: int = 0
    """Edits since it was shipped."""
    changed_at: datetime | None = None
    file: str = ""
    line: int = 0

    @property
    def shown(self) -> bool:
        """Whether residents are told when and where."""
        return self.status in SHOWN and self.when is not None

    def concerns(self, hamlet: str) -> bool:
        """Whether it is for people of a thôn; those for everyone always are."""
        return not self.hamlets or hamlet in self.hamlets


KEYS = (
    "id",
    "kind",
    "title",
    "status",
    "what",
    "why",
    "start",
    "end",
    "rule",
    "until",
    "without",
    "replays",
    "hamlets",
    "place",
    "map",
    "lead",
    "support",
    "audience",
    "agenda",
    "materials",
    "note",
    "source",
)
"""The keys of an event in its file, in the order they are written."""


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
    name = text(item, "id")
    wrong = [*_form(item, file)]

    def say(key: str, what: str, remedy: str) -> None:
        wrong.append(Mistake(file, item.at(key), f"sự kiện {name}: {what}", remedy))

    when = read_when(item, zone, say)
    if wrong:
        return None, wrong
    event = Event(
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
        file=file,
        line=item.line,
    )
    for key, what, remedy in (*_content(event), *_lost(event, names)):
        say(key, what, remedy)
    return event, wrong


def _form(item: Item, file: str) -> Iterable[Mistake]:
    """Mistakes without whose mending there is no event."""
    name = text(item, "id")
    if not _ID.fullmatch(name):
        yield Mistake(file, item.at("id"), f"id {name!r} sai dạng", "Dùng a-z, 0-9 và dấu gạch nối")
    if not text(item, "title"):
        yield Mistake(file, item.line, f"sự kiện {name} thiếu title", "Thêm title")
    for key, known in (("kind", KINDS), ("status", STATUSES)):
        if text(item, key) not in known:
            what = f"sự kiện {name}: {key} {text(item, key)!r} sai"
            yield Mistake(file, item.at(key), what, f"Dùng một trong: {', '.join(known)}")
    for key in item.keys() - set(KEYS):
        yield Mistake(file, item.at(key), f"sự kiện {name}: khóa lạ {key}", "Sửa tên hoặc bỏ đi")


def _materials(item: Item) -> list[Item]:
    found = item.get("materials") or []
    return [one for one in found if isinstance(one, Item)] if isinstance(found, list) else []


Told = tuple[str, str, str]
"""A mistake: the key it stands under, what is wrong, the remedy."""


def _content(event: Event) -> Iterator[Told]:
    """Mistakes that leave the event usable."""
    yield from _needed(event)
    for key, url in [("map", event.map), *[("materials", one.url) for one in event.materials]]:
        if url and not _is_safe(url):
            yield key, f"địa chỉ {url!r} không an toàn", "Dùng địa chỉ https:// đầy đủ"
    if any(not one.title or not one.url for one in event.materials):
        yield "materials", "tài liệu thiếu title hoặc url", "Ghi đủ title và url"
    words = (event.title, event.what, event.why, event.place, event.audience, *event.agenda)
    if any(not unicodedata.is_normalized("NFC", part) for part in words):
        yield "title", "có chữ không ở dạng NFC", "Lưu lại bằng bộ gõ Unicode dựng sẵn"
    if event.kind == "radio" and event.shown and event.when and event.when.first.rule:
        yield from _replayed(event.when)


def _needed(event: Event) -> Iterator[Told]:
    """What people must be told before an event counts as announced."""
    if event.status == "draft":
        return
    if event.when is None:
        yield "status", f"{event.status} mà chưa có start", "Thêm start, hoặc để draft"
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


def as_item(data: Mapping[str, object]) -> Item:
    """A mapping that came from no file (a table, an import), to be parsed like one that did."""
    item = Item(data)
    item.lines = {}
    for key, value in data.items():
        if isinstance(value, list):
            item[key] = [as_item(one) if isinstance(one, Mapping) else one for one in value]
    return item


def as_written(event: Event) -> dict[str, object]:
    """An event as its file has it: what is empty is left out."""
    values: dict[str, object] = {
        **{key: getattr(event, key) for key in KEYS if key in Event.__dataclass_fields__},
        **(write_when(event.when) if event.when else {}),
        "hamlets": list(event.hamlets),
        "support": list(event.support),
        "agenda": list(event.agenda),
        "materials": [{"title": one.title, "url": one.url} for one in event.materials],
    }
    return {key: values[key] for key in KEYS if values.get(key)}
