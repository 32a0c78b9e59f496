"""Links that answers name: which cannot be opened, and their addresses corrected"""

from starlette.responses import Response

from bot import links
from bot.content import Content
from bot.desk import edits, overlay
from bot.desk.edits import Change
from bot.i18n import _
from bot.web.desk import content
from bot.web.desk.room import Desk, Door, Visit

LIST = "/ban/noi-dung/lien-ket"
FIELDS = ("title", "url", "summary", "summary_on", "fallback")


async def listed(desk: Desk, visit: Visit) -> Response:
    """Every link, dead ones first."""
    gone = await desk.look(links.dead)
    pages = desk.web.content().pages.values()
    return desk.page(
        visit,
        "linked.html",
        pages=sorted(pages, key=lambda page: page.id not in gone),
        gone=gone,
        done=_("Đã lưu. Bot dùng bản mới sau vài giây.") if visit.asked("xong") else "",
    )


async def save(desk: Desk, visit: Visit) -> Response:
    """Correct a link, unless something is wrong with it."""
    name, known = visit.path["name"], desk.web.content()
    if name not in known.pages:
        return desk.wrong(visit, _("Không có liên kết này."), LIST, 404)
    now = overlay.page_data(known.pages[name])
    data = {key: visit.line(key, 3000) if key in visit.fields else now[key] for key in FIELDS}
    page = overlay.page_of(name, data)
    what = overlay.wrong_page(page) or _lost(known, page.fallback)
    if what:
        return desk.wrong(visit, what, LIST)
    version = await desk.look(lambda session: edits.version_of(session, "link", name))
    if not await content.keep(desk, visit, Change("link", name, data, version), "content.save"):
        return desk.wrong(visit, _("Có người vừa sửa mục này."), LIST, 409)
    return desk.back(LIST, xong="luu")


def _lost(known: Content, fallback: str) -> str:
    return f"không có trang thay thế {fallback}" if fallback and fallback not in known.pages else ""


DOORS = (
    Door(LIST, "GET", "questions.read", listed),
    Door(f"{LIST}/{{name}}", "POST", "content.edit", save),
)
