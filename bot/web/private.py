"""The public page about personal data: what is kept, why, how long, and what everyone may ask."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import rights
from bot.i18n import _, speaking
from bot.web import paging, render
from bot.web.context import Web

PATH = "/quyen-rieng-tu"
CONTROL = "public, max-age=300"
LOCAL = (
    *("dia-chi-trung-tam-hanh-chinh-cong", "dien-thoai-trung-tam-hanh-chinh-cong"),
    *("gio-lam-viec-trung-tam-hanh-chinh-cong", "duong-day-nong-dac-khu"),
)
"""Local values that tell where to go, once somebody has filled them in."""


@dataclass(frozen=True)
class Kept:
    """Something that is kept: what, what for, how long, and in which tables."""

    what: str
    why: str
    until: str
    tables: frozenset[str]


def kept(days: int) -> list[Kept]:
    """Everything that is kept of residents, in plain words; a test compares it with the tables."""
    gone = _("Đến khi bạn xóa")
    nobody = _("Theo hồ sơ; bạn xóa dữ liệu thì phần này không còn dẫn tới ai")
    rows = (
        (
            _("Tin bạn nhắn và câu trả lời"),
            _("Trả lời bạn, gửi lại khi mạng yếu"),
            _("{days} ngày, rồi chữ bị xóa trắng").format(days=days),
            "inbox outbox chat handoff",
        ),
        (
            _("Mã cuộc trò chuyện, ngôn ngữ, thôn hay đơn vị nếu bạn chọn"),
            _("Trả lời đúng chỗ, đúng tiếng; nối các kênh của bạn"),
            gone,
            "person address contact pairing_code pairing_try datalink",
        ),
        (
            _("Câu hỏi chưa có câu trả lời"),
            _("Chuyển cán bộ, rồi trả lời lại bạn"),
            _("{days} ngày; sau đó chỉ còn lời câu hỏi, không biết của ai").format(days=days),
            "unanswered",
        ),
        (
            _("Cách hỏi mà bạn bấm “Đúng ý”"),
            _("Hiểu đúng hơn cách nói của bà con"),
            gone,
            "candidate",
        ),
        (
            _("Việc bạn muốn nghe, lời đồng ý, thông báo đã gửi tới bạn"),
            _("Chỉ gửi tin cho người muốn nhận, và biết tin đã tới"),
            _("Đến khi bạn thôi nhận hoặc xóa"),
            "interest consent reader recipient groupsub subscription",
        ),
        (
            _("Bạn có đi sự kiện không, câu hỏi gửi trước, bình chọn"),
            _("Chuẩn bị buổi nói chuyện"),
            gone,
            "rsvp talkquestion talkvote",
        ),
        (
            _("Bạn ở Tổ công nghệ số cộng đồng: tên trong tổ, lượt giúp, đăng ký hộ người khác"),
            _("Giúp người không có điện thoại; đếm lượt giúp, báo lại khi buổi đổi giờ"),
            _("Đến khi bạn xóa; số lượt và đăng ký hộ thì ở lại, không còn dẫn tới bạn"),
            "helpmember helpvisit helpedrsvp",
        ),
        (
            _("Điểm danh, trả lời trước và sau buổi"),
            _("Đếm người dự, biết buổi nói chuyện có ích không"),
            nobody,
            "attendance talkanswer",
        ),
        (
            _("Biệt danh, năm sinh nếu bạn khai, chuỗi ngày luyện tập"),
            _("Bảng xếp hạng, câu đố mỗi ngày"),
            gone,
            "player learner review",
        ),
        (
            _("Bài thi và từng câu trả lời trong cuộc thi"),
            _("Tính điểm, đếm lại được khi có khiếu nại"),
            nobody,
            "paper answer standing",
        ),
    )
    return [Kept(what, why, until, frozenset(names.split())) for what, why, until, names in rows]


def routes(web: Web) -> list[Route]:
    """The page."""
    templates = render.environment()
    templates.globals.update(tail=paging.tail, keep=paging.keep)

    async def show(request: Request) -> Response:
        values = web.content().places.values
        with speaking(paging.wanted(request)):
            html = templates.get_template("privacy.html").render(
                operator=web.settings.operator,
                emergency=web.emergency(),
                kept=kept(web.settings.keep.days),
                answer=rights.ANSWER_WITHIN,
                done=rights.DONE_WITHIN["forget"].days,
                withdrawn=rights.DONE_WITHIN["withdraw"].days,
                local=[values[name] for name in LOCAL if name in values and values[name].value],
                own=paging.own(request, web.settings),
                path=PATH,
            )
        return paging.kept(request, html.encode(), paging.HTML, CONTROL)

    return [Route(PATH, show)]
