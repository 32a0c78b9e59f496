"""What the bot answers: search, edit, preview, earlier versions, and how a question is matched."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from bot import organisers
from bot.desk import edits, overlay
from bot.desk.edits import Change, ContentEdit, OutdatedError
from bot.i18n import _
from bot.web.desk import entry_form
from bot.web.desk.room import Desk, Door, Visit
from faq.book import Entry
from faq.text import fold

LIST = "/ban/noi-dung"
SHOWN = 60


@dataclass(frozen=True)
class Line:
    """An entry in the list, and what one should know of it."""

    entry: Entry
    expired: bool
    dead: bool
    edited: bool
    both: bool
    """The shipped entry changed after it was edited here."""


@dataclass(frozen=True)
class Piece:
    """A piece of the content as it stands at the desk: its newest form, and how it came to be."""

    data: dict[str, Any]
    rows: list[ContentEdit]
    draft: ContentEdit | None = None
    """The newest form, while it waits for a second pair of eyes."""
    live: ContentEdit | None = None

    @property
    def version(self) -> int:
        """The newest version; 0 when nobody changed it."""
        return self.rows[0].version if self.rows else 0


async def listed(desk: Desk, visit: Visit) -> Response:
    """Entries by words, or those that want looking at."""
    query, only = visit.asked("q"), visit.asked("xem")
    gone = await entry_form.dead_links(desk)
    rows = {row.name: row for row in await desk.look(edits.live) if row.kind == "entry"}
    today = desk.today(visit.now)
    lines = [
        Line(
            entry,
            entry.expired(today),
            bool(gone.intersection(entry.links)),
            entry.id in rows,
            entry.id in rows and _is_both(desk, rows[entry.id]),
        )
        for entry in desk.web.content().book.entries
        if _fits(entry, query)
    ]
    kept = [line for line in lines if _wanted(line, only)]
    return desk.page(
        visit, "content.html", lines=kept[:SHOWN], count=len(kept), query=query, only=only,
        categories=desk.web.content().book.categories, done=_told(visit),
    )  # fmt: skip


def _fits(entry: Entry, query: str) -> bool:
    """Whether every word of a search is somewhere in an entry."""
    return has_words(query, entry.id, entry.question, entry.answer, *entry.phrasings)


def has_words(query: str, *texts: str) -> bool:
    """Whether every word of a search is somewhere in some texts; without one, always."""
    if not query:
        return True
    text = fold(" ".join(texts))
    return all(word in text for word in fold(query).split())


def _wanted(line: Line, only: str) -> bool:
    return {"han": line.expired, "hong": line.dead, "sua": line.edited, "hai": line.both}.get(
        only, True
    )


def _told(visit: Visit) -> str:
    return {
        "luu": _("Đã lưu. Bot dùng bản mới sau vài giây."),
        "khoi-phuc": _("Đã khôi phục. Bot dùng bản đó sau vài giây."),
        "duyet": _("Đã duyệt. Bot dùng mục mới sau vài giây; người hỏi đã được báo."),
        "bo": _("Đã bỏ bản nháp."),
    }.get(visit.asked("xong"), "")


def base_of(desk: Desk, name: str) -> str:
    """The stamp of an entry as it is shipped; empty when it is not."""
    shipped = desk.web.content().shipped
    entry = shipped.by_id.get(name) if shipped else None
    return edits.stamp(overlay.as_data(entry, shipped)) if entry and shipped else ""


def _is_both(desk: Desk, row: ContentEdit) -> bool:
    return bool(row.base) and row.base != base_of(desk, row.name)


async def show(desk: Desk, visit: Visit) -> Response:
    """One entry: the form, how it is said, and its earlier versions."""
    content = desk.web.content()
    name = visit.path["name"]
    rows = await history(desk, "entry", name)
    row = next((one for one in rows if one.state == edits.LIVE), None)
    if row is not None and row.body:  # the newest, even before the bot has taken it over
        return await _page(desk, visit, row.data, ())
    entry = content.book.by_id.get(name)
    if row is not None and content.shipped and name in content.shipped.by_id:
        entry = content.shipped.by_id[name]
    if entry is None:
        return desk.wrong(visit, _("Không có mục này."), LIST, 404)
    return await _page(desk, visit, overlay.as_data(entry, content.book), ())


async def history(desk: Desk, kind: edits.Kind, name: str) -> list[ContentEdit]:
    """The versions of a piece, newest first."""

    def work(session: Session) -> list[ContentEdit]:
        rows = list(edits.history(session, kind, name))
        session.expunge_all()
        return rows

    return await desk.look(work)


async def _page(
    desk: Desk, visit: Visit, data: dict[str, Any], wrong: tuple[edits.Wrong, ...],
    status: int = 200, told: str = "", version: int | None = None,
) -> Response:  # fmt: skip
    name = visit.path["name"]
    rows = await history(desk, "entry", name)
    newest = rows[0].version if rows else 0
    main, others, rest = entry_form.fields(desk, data, wrong)
    live = next((row for row in rows if row.state == edits.LIVE), None)
    both = live is not None and bool(live.body) and _is_both(desk, live)
    shipped = desk.web.content().shipped
    entry = overlay.parse(data)[0] if not wrong else None
    said = ""
    if entry is not None:
        gone = await entry_form.dead_links(desk)
        said = entry_form.preview(desk.web.content(), data, entry, gone)
    today = desk.today(visit.now)
    return desk.page(
        visit, "entry.html", status, name=name, data=data, main=main, others=others, rest=rest,
        rows=rows, version=newest if version is None else version, both=both, said=said,
        shipped=shipped.by_id.get(name) if shipped else None, told=told,
        expired=entry is not None and entry.expired(today),
    )  # fmt: skip


async def save(desk: Desk, visit: Visit) -> Response:
    """Look at the entry as it would be said, or keep it when nothing is wrong with it."""
    content, name = desk.web.content(), visit.path["name"]
    if name not in content.book.by_id:
        return desk.wrong(visit, _("Không có mục này."), LIST, 404)
    data = entry_form.written(visit, name)
    _entry, wrong = await run_in_threadpool(overlay.check, content, data)
    version = next(iter(visit.numbers("ban")), 0)
    if wrong:
        return await _page(desk, visit, data, tuple(wrong), 422, version=version)
    if visit.line("viec") == "xem":
        return await _page(desk, visit, data, (), told=_("Chưa lưu."), version=version)
    change = Change("entry", name, data, version, base_of(desk, name))
    if not await keep(desk, visit, change, "content.save"):
        told = _("Có người vừa sửa mục này. Bạn xem bản mới rồi sửa lại.")
        return desk.wrong(visit, told, f"{LIST}/muc/{name}", 409)
    return desk.back(LIST, xong="luu")


async def keep(desk: Desk, visit: Visit, change: Change, act: str, state: str = edits.LIVE) -> bool:
    """Keep a change and its audit line; False when somebody else was faster."""

    def work(session: Session) -> None:
        row = edits.save(session, change, visit.who.name, visit.now, state)
        subject = f"{change.kind} {change.name} v{row.version}"
        organisers.note(session, visit.who.name, act, subject, visit.now)

    try:
        await desk.do(work)
    except OutdatedError:
        return False
    return True


async def restore(desk: Desk, visit: Visit) -> Response:
    """Bring back an earlier version, or the shipped one, as the newest."""
    name, chosen = visit.path["name"], next(iter(visit.numbers("ban")), 0)
    rows = await history(desk, "entry", name)
    row = next((one for one in rows if one.version == chosen and one.body), None)
    if not rows or (chosen and row is None):
        return desk.wrong(visit, _("Không có bản này."), f"{LIST}/muc/{name}", 404)
    data = row.data if row else None
    if data is None and not base_of(desk, name):
        told = _("Mục này chỉ có ở bàn, không có bản đi kèm.")
        return desk.wrong(visit, told, f"{LIST}/muc/{name}")
    if data is not None and overlay.check(desk.web.content(), data)[1]:
        told = _("Bản cũ không còn khớp với nội dung bây giờ. Bạn sửa trong biểu mẫu nhé.")
        return desk.wrong(visit, told, f"{LIST}/muc/{name}")
    change = Change("entry", name, data, rows[0].version, base_of(desk, name))
    if not await keep(desk, visit, change, "content.restore"):
        return desk.wrong(visit, _("Có người vừa sửa mục này."), f"{LIST}/muc/{name}", 409)
    return desk.back(LIST, xong="khoi-phuc")


async def trial(desk: Desk, visit: Visit) -> Response:
    """How a question would be matched, and why."""
    asked = visit.asked("cau")
    content = desk.web.content()
    found, why = None, ""
    if asked:
        found = (await run_in_threadpool(content.find, asked))[0]
        why = await run_in_threadpool(content.matcher.explain, asked)
    hits = [(hit, content.book.by_id[hit.id]) for hit in found.hits] if found else []
    return desk.page(visit, "trial.html", asked=asked, found=found, hits=hits, why=why)


ONE = f"{LIST}/muc/{{name}}"
DOORS = (
    Door(LIST, "GET", "questions.read", listed),
    Door(f"{LIST}/thu", "GET", "questions.read", trial),
    Door(ONE, "GET", "questions.read", show),
    Door(ONE, "POST", "content.edit", save),
    Door(f"{ONE}/khoi-phuc", "POST", "content.edit", restore),
)
