"""The desk opens on what waits, each line a way to it; and one's own sessions."""

from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlmodel import Session
from starlette.responses import Response

from bot import links, organisers, passes
from bot.desk import edits, handed, handoff
from bot.i18n import _, number
from bot.notices import urge
from bot.organisers import Act
from bot.web.desk.events import count_refiled
from bot.web.desk.room import Desk, Door, Visit
from faq import unanswered


@dataclass(frozen=True)
class Waits:
    """Something that waits: how many, what they are, where to go."""

    count: int
    what: str
    path: str
    urgent: bool = False


@dataclass(frozen=True)
class Way:
    """A page of the desk and what it is for."""

    title: str
    about: str
    path: str


async def show(desk: Desk, visit: Visit) -> Response:
    """What waits for this organiser, and where to go."""
    today = desk.today(visit.now)
    expired = sum(entry.expired(today) for entry in desk.web.content().book.entries)
    waits = await desk.look(partial(_waits, visit=visit, today=today, expired=expired))
    waits += await desk.look(partial(_calls, desk=desk, today=today))
    waits += await desk.look(partial(_refiled, desk=desk, visit=visit))
    headline = " · ".join(f"{number(item.count)} {item.what}" for item in waits)
    return desk.page(visit, "home.html", waits=waits, headline=headline, ways=_ways(visit))


def _waits(session: Session, visit: Visit, today: date, expired: int) -> list[Waits]:
    """Everything that waits for somebody with this role."""
    found: list[tuple[Act, Waits]] = [
        (
            "questions.read",
            Waits(unanswered.count_waiting(session), _("câu hỏi chưa trả lời"), "/ban/cau-hoi"),
        ),
        (
            "questions.read",
            Waits(
                handed.count_overdue(session, today),
                _("câu đơn vị trả lời trễ hạn"),
                "/ban/cau-hoi/tre-han",
                urgent=True,
            ),
        ),
        (
            "questions.answer",
            Waits(
                len(handoff.current(session, visit.now)),
                _("cuộc trò chuyện cán bộ đang giữ"),
                "/ban/tro-chuyen",
            ),
        ),
        (
            "content.edit",
            Waits(
                len(edits.drafts(session, "entry")), _("bản nháp chờ duyệt"), "/ban/noi-dung/nhap"
            ),
        ),
        (
            "quiz.edit",
            Waits(
                len(edits.drafts(session, "quiz")), _("câu đố chờ duyệt"), "/ban/do-vui#cho-duyet"
            ),
        ),
        ("content.edit", Waits(expired, _("mục quá hạn rà soát"), "/ban/noi-dung?xem=han")),
        (
            "content.edit",
            Waits(len(links.dead(session)), _("liên kết hỏng"), "/ban/noi-dung?xem=hong", True),
        ),
    ]
    return [item for act, item in found if item.count and visit.may(act)]


def _calls(session: Session, desk: Desk, today: date) -> list[Waits]:
    """Units that were not reached in chat: everybody at the desk may see them."""
    told = urge.listed(session, desk.web.programme().plan, today, desk.web.settings.zone)
    count, what = sum(one.call for one in told), _("đơn vị cần gọi điện nhắc")
    return [Waits(count, what, "/ban/don-doc", urgent=True)] if count else []


def _refiled(session: Session, desk: Desk, visit: Visit) -> list[Waits]:
    """Events that changed in their file: somebody must say whether people are told."""
    count = count_refiled(session, desk, visit) if visit.may("events.edit") else 0
    what = _("sự kiện đã đổi trong tệp, chưa báo cho ai")
    return [Waits(count, what, "/ban/doi-trong-tep", urgent=True)] if count else []


def _ways(visit: Visit) -> list[Way]:
    ways: list[tuple[Act, Way]] = [
        (
            "questions.read",
            Way(_("Câu hỏi"), _("Trả lời một lần, mọi người đã hỏi đều nhận được"), "/ban/cau-hoi"),
        ),
        (
            "questions.answer",
            Way(_("Trò chuyện"), _("Tự nói chuyện với người dân, bot im lặng"), "/ban/tro-chuyen"),
        ),
        (
            "questions.read",
            Way(_("Nội dung"), _("Sửa câu trả lời, liên kết, số điện thoại"), "/ban/noi-dung"),
        ),
        (
            "questions.read",
            Way(_("Sự kiện"), _("Tạo, đổi giờ, hủy; xem trước sẽ báo ai"), "/ban/su-kien"),
        ),
        (
            "quiz.edit",
            Way(_("Câu đố"), _("Sửa, thêm, rút câu hỏi đố vui và dự thi"), "/ban/do-vui"),
        ),
        (
            "notices.send",
            Way(_("Thông báo"), _("Viết, xem trước, gửi, theo dõi đã tới ai"), "/ban/thong-bao"),
        ),
        (
            "notices.send",
            Way(_("Bài đăng fanpage"), _("Lời và hình để chép lên trang của địa phương"), "/tin"),
        ),
        (
            "contest.run",
            Way(_("Cuộc thi"), _("Mở vòng thi, sân khấu, đếm lại, lấy biên bản"), "/ban/cuoc-thi"),
        ),
        (
            "numbers.read",
            Way(_("Số liệu"), _("Ai hỏi gì, báo tới ai, ai đến dự, ai dự thi"), "/ban/so-lieu"),
        ),
        (
            "numbers.read",
            Way(_("Báo cáo"), _("Báo cáo năm, báo cáo của các đơn vị"), "/ban/bao-cao"),
        ),
        (
            "numbers.read",
            Way(_("Giúp bà con"), _("Tổ công nghệ số, mã thành viên, lượt giúp"), "/ban/giup"),
        ),
        (
            "organisers.manage",
            Way(_("Người tổ chức"), _("Thêm, bỏ, đổi vai trò; xem ai đã làm gì"), "/ban/nguoi"),
        ),
        (
            "numbers.read",
            Way(_("Đôn đốc đơn vị"), _("Đã nhắc ai, phải gọi điện cho ai"), "/ban/don-doc"),
        ),
        (
            "numbers.read",
            Way(
                _("Biểu dương"), _("Xếp hạng đơn vị, tờ trình, giấy chứng nhận"), "/ban/bieu-duong"
            ),
        ),
        (
            "numbers.read",
            Way(_("Phiên đăng nhập"), _("Máy nào đang vào bằng tên bạn"), "/ban/phien"),
        ),
    ]
    return [way for act, way in ways if visit.may(act)]


async def sessions(desk: Desk, visit: Visit) -> Response:
    """The sessions opened in one's name, and how to end each."""
    work = partial(passes.sessions, kind="organiser", subject=visit.holder.subject, now=visit.now)
    rows = await desk.look(lambda session: [(row.id, row.opened_at) for row in work(session)])
    return desk.page(visit, "sessions.html", rows=rows, own=visit.holder.pass_id)


async def end(desk: Desk, visit: Visit) -> Response:
    """End one of one's own sessions; nobody else's."""
    chosen = visit.numbers("phien")

    def work(session: Session) -> None:
        mine = passes.sessions(session, "organiser", visit.holder.subject, visit.now)
        for row in mine:
            if row.id in chosen:
                passes.leave(session, row.id or 0, visit.now)
                organisers.note(session, visit.who.name, "session.end", f"pass {row.id}", visit.now)

    await desk.do(work)
    return desk.back("/ban" if visit.holder.pass_id in chosen else "/ban/phien")


DOORS = (
    Door("/ban", "GET", "numbers.read", show),
    Door("/ban/phien", "GET", "numbers.read", sessions),
    Door("/ban/phien", "POST", "numbers.read", end),
)
