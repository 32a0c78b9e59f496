"""Thôn, units and local values of the desk laid over the shipped ones, checked like their file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from bot.content import Content, Place, Places, Value
from bot.desk import edits
from bot.desk.edits import Wrong
from bot.desk.teams import HelpTeam
from bot.people import Person
from faq.files import ID
from faq.text import fold
from quiz.players import Player

LISTS = ("hamlets", "units")
"""The lists of places people may say they belong to, as `data/places.yaml` calls them."""
KEYS = ("id", "list", "name", "withdrawn")
"""What a place of the desk has; withdrawn, it is offered to nobody and keeps its name."""
VALUE_KEYS = ("id", "label", "value", "withdrawn")
"""What a local value has."""
LONGEST = {"id": 50, "name": 80, "label": 80, "value": 300}
"""Characters; the id of a thôn stands in the links of posters, which Telegram cuts at 64."""
PHONES = ("dien-thoai-", "duong-day-nong")
"""How the ids of values begin that are numbers to call."""
Laid = Iterable[tuple[str, str, Mapping[str, Any]]]
"""Changes: the kind, the id and the form of each."""


def lay(shipped: Places, changes: Laid) -> Places:
    """The places with changes over them; one that no longer fits is not used."""
    values = dict(shipped.values)
    open_ = {name: _by_id(getattr(shipped, name)) for name in LISTS}
    gone = {name: _by_id(getattr(shipped, f"former_{name}")) for name in LISTS}
    for kind, name, data in changes:
        if kind == "value":
            _value(values, name, data)
        elif kind == "place" and data.get("list") in LISTS:
            _place(open_, gone, name, data)
    return replace(
        shipped,
        values=values,
        hamlets=tuple(open_["hamlets"].values()),
        units=tuple(open_["units"].values()),
        former_hamlets=tuple(gone["hamlets"].values()),
        former_units=tuple(gone["units"].values()),
    )


def _by_id(listed: Sequence[Place]) -> dict[str, Place]:
    return {place.id: place for place in listed}


Listed = dict[str, dict[str, Place]]


def _place(open_: Listed, gone: Listed, name: str, data: Mapping[str, Any]) -> None:
    """Put a place where it belongs, and take it from wherever it stood."""
    known = [listed[name] for listed in (*open_.values(), *gone.values()) if name in listed]
    called = str(data.get("name") or (known[0].name if known else ""))
    wanted = (gone if data.get("withdrawn") else open_)[data["list"]]
    for listed in (*open_.values(), *gone.values()):
        if listed is not wanted:
            listed.pop(name, None)
    if called:
        wanted[name] = Place(name, called)


def _value(values: dict[str, Value], name: str, data: Mapping[str, Any]) -> None:
    known = values.get(name)
    label = str(data.get("label") or (known.label if known else ""))
    if data.get("withdrawn"):
        values.pop(name, None)
    elif label:
        values[name] = Value(name, label, str(data.get("value", "")))


def check(content: Content, kind: edits.Kind, data: Mapping[str, Any],
          fresh: Places | None = None) -> list[Wrong]:  # fmt: skip
    """What is wrong with a place or a value, by field; `fresh`: what is local when it is taken."""
    fresh = fresh or lay(content.places, [(kind, str(data.get("id", "")), data)])
    wrong = [Wrong(key, f"dài quá {most} ký tự", "Viết ngắn lại")
             for key, most in LONGEST.items() if len(str(data.get(key, ""))) > most]  # fmt: skip
    name = str(data.get("id", ""))
    if not ID.fullmatch(name):
        wrong.append(Wrong("id", f"id {name} có dấu, chữ hoa hay dấu cách", "Viết như thon-mot"))
    if data.get("withdrawn") not in {None, "", "true"}:
        wrong.append(Wrong("withdrawn", "withdrawn không phải true hay false", "Viết true hoặc bỏ"))
    if kind == "value":
        return [*wrong, *_wrong_value(content, data, fresh)]
    return [*wrong, *_wrong_place(data, fresh)]


def _wrong_place(data: Mapping[str, Any], fresh: Places) -> Iterable[Wrong]:
    if data.get("list") not in LISTS:
        remedy = "hamlets là thôn, units là đơn vị"
        yield Wrong("list", "list không phải hamlets hay units", remedy)
    elif not data.get("withdrawn"):
        yield from _twice("name", data, getattr(fresh, data["list"]), lambda one: one.name)
    if not data.get("name"):
        yield Wrong("name", "thiếu name", "Ghi tên đầy đủ")


def _twice(
    key: str, data: Mapping[str, Any], listed: Iterable[Any], called: Any
) -> Iterable[Wrong]:
    """A name that something else of the list has too, accents apart."""
    mine = fold(str(data.get(key, "")))
    for one in listed:
        if mine and one.id != data.get("id") and fold(called(one)) == mine:
            yield Wrong(key, f"tên trùng với {called(one)}", "Ghi thêm để phân biệt được")
            return


def _wrong_value(content: Content, data: Mapping[str, Any], fresh: Places) -> Iterable[Wrong]:
    name, value = str(data.get("id", "")), str(data.get("value", ""))
    if data.get("withdrawn"):
        yield from _needed(content, name)
        return
    if not data.get("label"):
        yield Wrong("label", "thiếu label", "Ghi tên gọi, như Điện thoại Trạm y tế")
    yield from _twice("label", data, fresh.values.values(), lambda one: one.label)
    if value and name.startswith(PHONES) and sum(sign.isdigit() for sign in value) < 3:
        yield Wrong("value", "số điện thoại có ít hơn 3 chữ số", "Ghi số để gọi được")


def _needed(content: Content, name: str) -> Iterable[Wrong]:
    """Why a value cannot be withdrawn."""
    shipped = content.shipped_places
    if shipped is not None and name in shipped.values:
        remedy = "Để trống giá trị thì bot không nói tới"
        yield Wrong("withdrawn", "giá trị này đi kèm phần mềm nên không bỏ được", remedy)
    for entry in content.book.entries:
        if name in entry.local:
            yield Wrong("withdrawn", f"câu trả lời “{entry.question}” còn dùng", "Sửa mục đó trước")


def as_data(places: Places, kind: edits.Kind, name: str) -> dict[str, Any]:
    """A place or a value as a form or a file has it; empty when it is nowhere."""
    rows = values_of(places) if kind == "value" else rows_of(places)
    return next((one for one in rows if one["id"] == name), {})


def rows_of(places: Places) -> list[dict[str, Any]]:
    """Every place as a file has it, those that are withdrawn after the others of their list."""
    return [
        {"id": one.id, "list": name, "name": one.name, **more}
        for name in LISTS
        for listed, more in ((name, {}), (f"former_{name}", {"withdrawn": "true"}))
        for one in getattr(places, listed)
    ]


def values_of(places: Places) -> list[dict[str, Any]]:
    """Every local value as a file has it."""
    return [
        {"id": one.id, "label": one.label, "value": one.value} for one in places.values.values()
    ]


def stamp(places: Places | None, kind: edits.Kind, name: str) -> str:
    """The stamp of a place or value as it is shipped; empty when it is not."""
    found = as_data(places, kind, name) if places else {}
    return edits.stamp(found) if found else ""


@dataclass(frozen=True)
class Named:
    """How much names a place: it keeps its name there, also when it is withdrawn."""

    people: int
    players: int
    teams: int


def named(session: Session, name: str) -> Named:
    """How many people, players and digital teams name a thôn or a unit."""
    belongs = (col(Person.hamlet) == name) | (col(Person.unit) == name)
    helps = (col(HelpTeam.hamlet) == name) & col(HelpTeam.removed_at).is_(None)
    plays = col(Player.unit) == name
    counts = [
        int(session.scalar(select(func.count()).where(what)) or 0)
        for what in (belongs, plays, helps)
    ]
    return Named(*counts)
