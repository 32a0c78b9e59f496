"""People at the desk: organisers with their roles and sessions, and what each of them did."""

from datetime import date
from functools import partial
from typing import cast, get_args
from urllib.parse import urlencode

from sqlalchemy import func, select
from sqlmodel import Session
from starlette.responses import Response

from bot import organisers, passes
from bot.desk import staff, trail
from bot.desk.staff import LastAdminError, NameTakenError, OwnRoleError
from bot.desk.trail import Wanted
from bot.i18n import _
from bot.organisers import Role, UnknownOrganiserError
from bot.people import Person
from bot.web import paging
from bot.web.desk.room import Desk, Door, Visit, whole

PAGE = "/ban/nguoi"
LOG = f"{PAGE}/nhat-ky"
LONGEST_NAME = 60


async def show(desk: Desk, visit: Visit) -> Response:
    """Everybody with powers, and how to add one."""
    return await _page(desk, visit)


async def _page(
    desk: Desk, visit: Visit, wrong: str = "", link: str = "", code: str = "", name: str = ""
) -> Response:
    """The list; with what was wrong, or a link to hand over, shown this once."""

    def work(session: Session) -> tuple[list[staff.Member], int]:
        residents = session.scalar(select(func.count()).select_from(Person)) or 0
        return staff.listed(session, visit.now), residents

    members, residents = await desk.look(work)
    return desk.page(
        visit,
        "staff.html",
        422 if wrong else 200,
        members=members,
        residents=residents,
        roles=trail.roles(),
        duties=trail.duties(),
        wrong=wrong,
        link=link,
        code=code,
        name=name,
        minutes=int(passes.LINK_FOR.total_seconds() // 60),
        code_minutes=int(organisers.CODE_FOR.total_seconds() // 60),
        done=_done().get(visit.asked("xong"), ""),
    )


def _done() -> dict[str, str]:
    return {
        "vai": _("Đã đổi vai trò, có hiệu lực ngay."),
        "phien": _("Đã kết thúc mọi phiên đăng nhập của người đó."),
        "bo": _("Đã bỏ quyền, có hiệu lực ngay."),
    }


async def add(desk: Desk, visit: Visit) -> Response:
    """Add an organiser; the link and the code are shown once, to be passed on."""
    name, role = visit.line("ten", LONGEST_NAME), visit.line("vai")
    if not name or role not in get_args(Role):
        return await _page(desk, visit, _("Bạn ghi tên và chọn vai trò."))

    def work(session: Session) -> tuple[str, str]:
        given = cast("Role", role)
        number, code = staff.add(session, name, given, visit.who.name, visit.now)
        return staff.link(session, number, visit.who.name, visit.now), code

    try:
        token, code = await desk.do(work)
    except NameTakenError:
        return await _page(desk, visit, _("Đã có người tên này. Bạn ghi thêm để khỏi lẫn."))
    return await _page(desk, visit, link=_link(desk, visit, token), code=code, name=name)


def _link(desk: Desk, visit: Visit, token: str) -> str:
    return f"{paging.own(visit.request, desk.web.settings)}/vao/{token}"


async def change(desk: Desk, visit: Visit) -> Response:
    """Do something about one organiser: another role, a new link, sessions ended, removed."""
    number, act = visit.number("row"), visit.line("viec")
    try:
        match act:
            case "vai" if visit.line("vai") in get_args(Role):
                role = cast("Role", visit.line("vai"))
                work = partial(staff.change, number=number, role=role, by=visit.who, now=visit.now)
                await desk.do(work)
            case "lien-ket":
                return await _new_link(desk, visit, number)
            case "phien":
                await desk.do(partial(_sign_out, number=number, visit=visit))
            case "bo" if visit.line("chac") == "1":
                await desk.do(partial(_remove, number=number, visit=visit))
            case "bo":
                return await _page(desk, visit, _("Bạn đánh dấu ô “chắc chắn” rồi bấm lại."))
            case _:
                return await _page(desk, visit, _("Bạn chọn lại việc cần làm."))
    except (LastAdminError, OwnRoleError, UnknownOrganiserError) as error:
        return await _page(desk, visit, _why(error))
    gone = act in {"phien", "bo"} and number == visit.who.id
    return desk.back("/ban" if gone else PAGE, xong=act)


def _why(error: Exception) -> str:
    match error:
        case LastAdminError():
            return _("Đây là người quản trị cuối cùng. Bạn thêm một người nữa trước đã.")
        case OwnRoleError():
            return _("Không ai tự đổi vai trò của mình. Bạn nhờ một người quản trị khác.")
        case _:
            return _("Người này không còn trong danh sách.")


async def _new_link(desk: Desk, visit: Visit, number: int) -> Response:
    def work(session: Session) -> tuple[str, str]:
        token = staff.link(session, number, visit.who.name, visit.now)
        return token, staff.of(session, number).name

    token, name = await desk.do(work)
    return await _page(desk, visit, link=_link(desk, visit, token), name=name)


def _sign_out(session: Session, number: int, visit: Visit) -> None:
    staff.sign_out(session, number, visit.who.name, visit.now)


def _remove(session: Session, number: int, visit: Visit) -> None:
    staff.remove(session, number, visit.who.name, visit.now)


async def log(desk: Desk, visit: Visit) -> Response:
    """What was done, newest first, a page at a time; of one person or one day when asked."""
    actor, on = visit.asked("ai"), visit.asked("ngay")
    wanted = Wanted(actor, _day(on), whole(visit.asked("truoc")))

    def work(session: Session) -> tuple[list[trail.Line], int, list[str]]:
        lines, older = trail.read(session, wanted, desk.web.settings.zone)
        return lines, older, trail.actors(session)

    lines, older, actors = await desk.look(work)
    asked = {"ai": actor, "ngay": f"{wanted.on}" if wanted.on else "", "truoc": older}
    return desk.page(
        visit,
        "trail.html",
        lines=lines,
        actors=[(name, trail.who(name)) for name in actors],
        actor=actor,
        on=wanted.on,
        newest=not wanted.before,
        older=f"{LOG}?{urlencode(asked)}" if older else "",
        wrong=_("Ngày chưa đúng. Bạn chọn lại nhé.") if on and wanted.on is None else "",
    )


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


DOORS = (
    Door(PAGE, "GET", "organisers.manage", show),
    Door(PAGE, "POST", "organisers.manage", add),
    Door(LOG, "GET", "organisers.manage", log),
    Door(f"{PAGE}/{{row}}", "POST", "organisers.manage", change),
)
