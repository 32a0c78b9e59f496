"""The content as files: written out, looked at with all differences and mistakes, and taken in."""

from sqlmodel import Session
from starlette.responses import Response

from bot import organisers, parcels
from bot.i18n import _
from bot.packing import FORMATS, KINDS
from bot.parcels import House, Look
from bot.web.desk.room import Desk, Door, Visit
from bot.web.paging import attached

LIST = "/ban/noi-dung/tep"
MOST = 200
"""Differences shown; all are counted."""
TYPES = {"yaml": "application/yaml; charset=utf-8", "csv": "text/csv; charset=utf-8"}


def _kinds() -> dict[str, str]:
    return {
        "entries": _("Mục hỏi đáp"),
        "questions": _("Câu đố"),
        "links": _("Liên kết"),
        "places": _("Thôn và đơn vị"),
        "values": _("Số điện thoại, địa chỉ, giờ làm việc"),
        "events": _("Sự kiện"),
    }


async def show(desk: Desk, visit: Visit) -> Response:
    """Files to download, and the form to hand one in."""
    count = visit.asked("xong")
    done = _(
        "Đã nhập {count} chỗ sửa. Mục mới chờ duyệt ở Bản nháp, câu đố mới ở trang Câu đố."
    ).format(count=count)
    told = done if count.isdecimal() else ""
    return desk.page(visit, "parcels.html", kinds=_kinds(), formats=FORMATS, done=told, look=None)


async def export(desk: Desk, visit: Visit) -> Response:
    """Everything of a kind as a file."""
    kind, _dot, form = visit.path["name"].partition(".")
    if kind not in KINDS or form not in FORMATS:
        return desk.wrong(visit, _("Không có tệp này."), LIST, 404)

    def work(session: Session) -> str:
        return parcels.write(_house(desk, session), kind, form)

    body = await desk.look(work)
    return attached(body.encode(), f"{kind}.{form}", TYPES[form])


async def hand_in(desk: Desk, visit: Visit) -> Response:
    """Look at a file first; take it in when asked to, unless anything is wrong."""
    name, body = visit.files.get("tep", ("", b""))
    if not name:
        name, text = visit.line("ten", 100), visit.fields.get("goi", ("",))[0]
        body = text.encode()
    if not body:
        return desk.wrong(visit, _("Bạn chọn một tệp YAML hay CSV nhé."), LIST, 422)
    if visit.line("viec") == "nhap":

        def work(session: Session) -> Look:
            house = _house(desk, session)
            look = parcels.compare(house, name, body)
            for subject in parcels.take(house, look, visit.who.name, visit.now):
                organisers.note(session, visit.who.name, "content.import", subject, visit.now)
            return look

        look = await desk.do(work)
        if not look.mistakes:
            return desk.back(LIST, xong=len(look.differences))
    else:
        look = await desk.look(lambda one: parcels.compare(_house(desk, one), name, body))
    return desk.page(
        visit, "parcels.html", 422 if look.mistakes else 200, kinds=_kinds(), formats=FORMATS,
        done="", look=look, most=MOST, name=name, text=body.decode("utf-8-sig", "replace"),
    )  # fmt: skip


def _house(desk: Desk, session: Session) -> House:
    return House(desk.web.content(), desk.web.programme(), session)


DOORS = (
    Door(LIST, "GET", "content.edit", show),
    Door(f"{LIST}/{{name}}", "GET", "content.edit", export),
    Door(LIST, "POST", "content.edit", hand_in),
)
