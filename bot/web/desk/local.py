"""Links and local values: phone numbers, addresses, hours, which answers show as they are now."""

from sqlmodel import Session
from starlette.responses import Response

from bot import links
from bot.content import Content
from bot.desk import edits, overlay
from bot.desk.edits import Change
from bot.i18n import _
from bot.web.desk import content
from bot.web.desk.room import Desk, Door, Visit

LIST = "/ban/noi-dung/dia-phuong"
LONGEST = 300
LINK = ("title", "url", "summary", "summary_on", "fallback")


async def listed(desk: Desk, visit: Visit) -> Response:
    """Every local value, those that are missing first, and every link, dead ones first."""
    known = desk.web.content()

    def work(session: Session) -> tuple[frozenset[str], dict[tuple[str, str], int]]:
        rows = {(row.kind, row.name): row.version for row in edits.live(session)}
        return links.dead(session), rows

    gone, edited = await desk.look(work)
    return desk.page(
        visit,
        "local.html",
        values=sorted(known.places.values.values(), key=lambda value: bool(value.value)),
        pages=sorted(known.pages.values(), key=lambda page: page.id not in gone),
        gone=gone,
        edited=edited,
        done=_("Đã lưu. Bot dùng bản mới sau vài giây.") if visit.asked("xong") else "",
    )


async def value(desk: Desk, visit: Visit) -> Response:
    """Fill in or correct a local value."""
    name = visit.path["name"]
    if name not in desk.web.content().places.values:
        return desk.wrong(visit, _("Không có giá trị này."), LIST, 404)
    return await _keep(desk, visit, "value", {"value": visit.line("value", LONGEST)})


async def link(desk: Desk, visit: Visit) -> Response:
    """Correct a link, unless something is wrong with it."""
    name, known = visit.path["name"], desk.web.content()
    if name not in known.pages:
        return desk.wrong(visit, _("Không có liên kết này."), LIST, 404)
    now = overlay.page_data(known.pages[name])
    data = {key: visit.line(key, 3000) if key in visit.fields else now[key] for key in LINK}
    page = overlay.page_of(name, data)
    what = overlay.wrong_page(page) or _lost(known, page.fallback)
    if what:
        return desk.wrong(visit, what, LIST)
    return await _keep(desk, visit, "link", data)


def _lost(known: Content, fallback: str) -> str:
    return f"không có trang thay thế {fallback}" if fallback and fallback not in known.pages else ""


async def _keep(desk: Desk, visit: Visit, kind: edits.Kind, data: dict[str, object]) -> Response:
    name = visit.path["name"]
    version = await desk.look(lambda session: edits.version_of(session, kind, name))
    if not await content.keep(desk, visit, Change(kind, name, data, version), "content.save"):
        return desk.wrong(visit, _("Có người vừa sửa mục này."), LIST, 409)
    return desk.back(LIST, xong="luu")


DOORS = (
    Door(LIST, "GET", "questions.read", listed),
    Door(f"{LIST}/gia-tri/{{name}}", "POST", "content.edit", value),
    Door(f"{LIST}/lien-ket/{{name}}", "POST", "content.edit", link),
)
