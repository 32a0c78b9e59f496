"""Thôn, units and local values: listed, added, renamed, withdrawn; earlier versions brought back"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from bot import rearranged
from bot.content import Places
from bot.desk import edits, places
from bot.desk.edits import Change, Wrong
from bot.desk.places import Named
from bot.i18n import _
from bot.web.desk import content as contents
from bot.web.desk import entry_form, place_form
from bot.web.desk.content import Piece
from bot.web.desk.place_form import Part
from bot.web.desk.room import Desk, Door, Visit

LIST = "/ban/dia-danh"
LONGEST_ID = 45
"""Characters of an id before the number that sets it apart."""


@dataclass(frozen=True)
class Row:
    """One of a list as it is now."""

    name: str
    title: str
    value: str
    version: int
    withdrawn: bool


async def listed(desk: Desk, visit: Visit) -> Response:
    """Every thôn, unit and value, also before the bot has taken a change over."""
    rows = {(row.kind, row.name): row for row in await desk.look(edits.live)}
    known = await _fresh(desk)
    shown: dict[str, list[Row]] = {}
    for key, part in place_form.parts().items():
        found = [one for one in _all(known, part) if one.get("list", "") == part.list]
        here = {one["id"] for one in found}
        found += [{**row.data, "id": name} for (kind, name), row in rows.items()
                  if part.kind == kind == "value" and name not in here]  # fmt: skip
        shown[key] = sorted((_row(one, rows, part) for one in found), key=_order)
    return desk.page(visit, "places.html", parts=place_form.parts(), shown=shown, done=_told(visit))


def _order(row: Row) -> tuple[bool, bool]:
    """Values nobody has filled in first, what is withdrawn last."""
    return row.withdrawn, bool(row.value)


def _all(known: Places, part: Part) -> list[dict[str, Any]]:
    return places.values_of(known) if part.kind == "value" else places.rows_of(known)


def _row(one: dict[str, Any], rows: dict[tuple[str, str], edits.ContentEdit], part: Part) -> Row:
    row = rows.get((part.kind, one["id"]))
    title = str(one.get("name") or one.get("label", ""))
    value, gone = str(one.get("value", "")), bool(one.get("withdrawn"))
    return Row(one["id"], title, value, row.version if row else 0, gone)


def _told(visit: Visit) -> str:
    return {
        "luu": _("Đã lưu. Bot dùng bản mới sau vài giây."),
        "rut": _("Đã rút. Bot không mời chọn nữa; ai đã chọn vẫn giữ tên này."),
        "khoi-phuc": _("Đã khôi phục. Bot dùng bản đó sau vài giây."),
        "chuyen": _("Đã chuyển. Người, nhóm và tổ của tên cũ nay mang tên mới."),
    }.get(visit.asked("xong"), "")


async def _fresh(desk: Desk, *more: tuple[str, str, dict[str, Any]]) -> Places:
    """What is local with the newest changes over it, and perhaps one that is not kept yet."""
    known = desk.web.content()
    rows = await desk.look(edits.live)
    laid = [(row.kind, row.name, row.data) for row in rows]
    return places.lay(known.shipped_places or known.places, [*laid, *more])


async def _check(desk: Desk, part: Part, data: dict[str, Any]) -> list[Wrong]:
    fresh = await _fresh(desk, (part.kind, data["id"], data))
    return places.check(desk.web.content(), part.kind, data, fresh)


# New ones


async def blank(desk: Desk, visit: Visit) -> Response:
    """The form of a new one."""
    part = place_form.parts().get(visit.path["part"])
    return _lost(desk, visit) if part is None else await _page(desk, visit, part, {}, ())


async def make(desk: Desk, visit: Visit) -> Response:
    """Keep a new one, under an id made of its name, when nothing is wrong with it."""
    part = place_form.parts().get(visit.path["part"])
    if part is None:
        return _lost(desk, visit)
    data = place_form.written(visit, part, "", {})
    taken = await desk.look(_taken(desk.web.content().places))
    data["id"] = entry_form.slug(
        str(data.get("name") or data.get("label")), taken, visit.path["part"], LONGEST_ID
    )
    wrong = await _check(desk, part, data)
    if wrong:
        return await _page(desk, visit, part, data, wrong, status=422)
    if not await contents.keep(desk, visit, Change(part.kind, data["id"], data, 0), "content.save"):
        return desk.wrong(visit, _("Có người vừa thêm một mục trùng tên."), LIST, 409)
    return desk.back(LIST, xong="luu")


def _taken(known: Places) -> Any:
    """Reads every id there is or was."""
    here = {one["id"] for one in (*places.rows_of(known), *places.values_of(known))}
    return lambda session: here | edits.names(session, "place") | edits.names(session, "value")


# One


async def _piece(desk: Desk, part: Part, name: str) -> Piece | None:
    """A place or value as it stands now, even before the bot has taken it over."""
    rows = await contents.history(desk, part.kind, name)
    live, shipped = rows[0] if rows else None, desk.web.content().shipped_places
    own = places.as_data(shipped, part.kind, name) if shipped else {}
    data = {**own, **live.data, "id": name} if live and live.body else own
    fits = data and data.get("list", "") == part.list
    return Piece(data, rows, live=live) if fits else None


async def _one(desk: Desk, visit: Visit) -> tuple[Part, Piece] | None:
    """The list and the piece of an address."""
    part = place_form.parts().get(visit.path["part"])
    found = await _piece(desk, part, visit.path["name"]) if part else None
    return (part, found) if part and found else None


def _lost(desk: Desk, visit: Visit) -> Response:
    return desk.wrong(visit, _("Không có mục này."), LIST, 404)


async def show(desk: Desk, visit: Visit) -> Response:
    """The form, what names it, and its earlier versions."""
    found = await _one(desk, visit)
    if found is None:
        return _lost(desk, visit)
    return await _page(desk, visit, found[0], found[1].data, (), found[1])


async def _page(
    desk: Desk, visit: Visit, part: Part, data: dict[str, Any], wrong: Sequence[Wrong],
    found: Piece | None = None, status: int = 200,
) -> Response:  # fmt: skip
    main, rest = place_form.fields(part, data, wrong)
    shipped, name = desk.web.content().shipped_places, visit.path.get("name", "")
    base = places.stamp(shipped, part.kind, name) if name else ""
    live = found.live if found else None
    return desk.page(
        visit, "place.html", status, part=part, key=visit.path["part"], name=name, data=data,
        main=main, rest=rest, found=found,
        own=_in_words(places.as_data(shipped, part.kind, name)) if base and shipped else "",
        both=bool(live and live.body and live.base and live.base != base),
        named=await _named(desk, name) if found and part.list else (), in_words=_in_words(data),
        forms={row.version: _in_words(row.data) for row in found.rows} if found else {},
        others=await _open(desk, part, name) if part.list and data.get("withdrawn") else {},
    )  # fmt: skip


async def _named(desk: Desk, name: str) -> list[str]:
    """What names a thôn or a unit now."""
    programme = desk.web.programme()

    def work(session: Session) -> tuple[Named, int]:
        events = programme.current(session)
        naming = [one for one in events if name in (*one.hamlets, one.lead, *one.support)]
        return places.named(session, name), len(naming)

    return place_form.told(*await desk.look(work))


def _in_words(data: dict[str, Any]) -> str:
    """A version on one line."""
    label = str(data.get("label", ""))
    value = str(data.get("value", ""))
    return str(data.get("name", "")) or ": ".join(filter(None, (label, value or _("để trống"))))


async def save(desk: Desk, visit: Visit) -> Response:
    """Keep what was written when nothing is wrong with it."""
    found = await _one(desk, visit)
    if found is None:
        return _lost(desk, visit)
    part, piece = found
    data = place_form.written(visit, part, visit.path["name"], piece.data)
    wrong = await _check(desk, part, data)
    if wrong:
        return await _page(desk, visit, part, data, wrong, piece, 422)
    return await _keep(desk, visit, part, data, "content.save", "luu")


async def withdraw(desk: Desk, visit: Visit) -> Response:
    """Offer it to nobody any more, or again; whoever names it keeps its name."""
    found = await _one(desk, visit)
    if found is None:
        return _lost(desk, visit)
    part, piece = found
    data = {key: value for key, value in piece.data.items() if key != "withdrawn"}
    again = visit.line("viec") == "dung"
    data |= {} if again else {"withdrawn": "true"}
    wrong = await _check(desk, part, data)
    if wrong:
        return await _page(desk, visit, part, piece.data, wrong, piece, 422)
    act, done = ("content.restore", "khoi-phuc") if again else ("content.withdraw", "rut")
    return await _keep(desk, visit, part, data, act, done)


async def move(desk: Desk, visit: Visit) -> Response:
    """Let whoever belongs to a withdrawn thôn or unit belong to another of the list."""
    found, new = await _one(desk, visit), visit.line("sang")
    if found is None or not found[0].list:
        return _lost(desk, visit)
    part, piece = found
    old = visit.path["name"]
    if not piece.data.get("withdrawn") or new not in await _open(desk, part, old):
        told = [Wrong("", _("Chưa chọn được nơi mới"), _("Bạn rút tên cũ trước, rồi chọn một tên"))]
        return await _page(desk, visit, part, piece.data, told, piece, 422)
    by, now = visit.who.name, visit.now
    await desk.do(partial(rearranged.move, kind=part.list, old=old, new=new, actor=by, now=now))
    return desk.back(LIST, xong="chuyen")


async def _open(desk: Desk, part: Part, name: str) -> dict[str, str]:
    """The other places of a list that are in use."""
    listed = getattr(await _fresh(desk), part.list)
    return {one.id: one.name for one in listed if one.id != name}


async def restore(desk: Desk, visit: Visit) -> Response:
    """Bring back an earlier version, or the shipped one, as the newest."""
    found = await _one(desk, visit)
    chosen = next(iter(visit.numbers("ban")), 0)
    row = next((one for one in found[1].rows if one.version == chosen and one.body), None) if (
        found) else None  # fmt: skip
    if found is None or (chosen and row is None):
        return _lost(desk, visit)
    part, piece = found
    shipped, name = desk.web.content().shipped_places, visit.path["name"]
    own = places.as_data(shipped, part.kind, name) if shipped else {}
    data = {**own, **row.data, "id": name} if row else own
    wrong = await _check(desk, part, data) if data else [_only_here()]
    if wrong:
        return await _page(desk, visit, part, data or piece.data, wrong, piece, 422)
    version = piece.version
    return await _keep(
        desk, visit, part, data if row else None, "content.restore", "khoi-phuc", version
    )


def _only_here() -> Wrong:
    return Wrong("", _("Mục này chỉ có ở bàn, không có bản đi kèm"), _("Bạn sửa trong biểu mẫu"))


async def _keep(
    desk: Desk, visit: Visit, part: Part, data: dict[str, Any] | None, act: str, done: str,
    version: int | None = None,
) -> Response:  # fmt: skip
    """Keep a form and go on to the list, unless somebody else was faster."""
    name = visit.path["name"]
    seen = next(iter(visit.numbers("ban")), 0) if version is None else version
    base = places.stamp(desk.web.content().shipped_places, part.kind, name)
    if await contents.keep(desk, visit, Change(part.kind, name, data, seen, base), act):
        return desk.back(LIST, xong=done)
    told = _("Có người vừa sửa mục này. Bạn xem bản mới rồi sửa lại.")
    return desk.wrong(visit, told, f"{LIST}/{visit.path['part']}/{name}", 409)


NEW = f"{LIST}/moi/{{part}}"
ONE = f"{LIST}/{{part}}/{{name}}"
DOORS = (
    Door(LIST, "GET", "questions.read", listed),
    Door(NEW, "GET", "content.edit", blank),
    Door(NEW, "POST", "content.edit", make),
    Door(ONE, "GET", "questions.read", show),
    Door(ONE, "POST", "content.edit", save),
    Door(f"{ONE}/rut", "POST", "content.edit", withdraw),
    Door(f"{ONE}/chuyen", "POST", "content.edit", move),
    Door(f"{ONE}/khoi-phuc", "POST", "content.edit", restore),
)
