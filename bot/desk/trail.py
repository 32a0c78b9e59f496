"""What organisers did, in plain words: who, what, when; by person and day, a page at a time."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from bot.i18n import _, written
from bot.organisers import Audit, Organiser

PAGE = 50
"""Lines of one page."""
_VERSION = re.compile(r" v(\d+)$")
_DUE = re.compile(r" (\d{4}-\d{2}-\d{2})$")


@dataclass(frozen=True)
class Line:
    """An act in words."""

    id: int
    at: datetime
    actor: str
    did: str
    on: str
    allowed: bool


@dataclass(frozen=True)
class Wanted:
    """Which acts: of one person, of one day, before a row; each empty for all."""

    actor: str = ""
    on: date | None = None
    before: int = 0


def read(session: Session, wanted: Wanted, zone: ZoneInfo) -> tuple[list[Line], int]:
    """The newest acts wanted, and the row before which the next page begins (0: no more)."""
    statement = select(Audit).order_by(col(Audit.id).desc()).limit(PAGE + 1)
    if wanted.actor:
        statement = statement.where(col(Audit.actor) == wanted.actor)
    if wanted.on:
        begin = datetime.combine(wanted.on, time(), zone)
        statement = statement.where(
            col(Audit.at) >= begin, col(Audit.at) < begin + timedelta(days=1)
        )
    if wanted.before:
        statement = statement.where(col(Audit.id) < wanted.before)
    rows = session.scalars(statement).all()
    names = {f"{row.id}": row.name for row in session.scalars(select(Organiser))}
    lines = [_line(row, names) for row in rows[:PAGE]]
    return lines, lines[-1].id if len(rows) > PAGE else 0


def actors(session: Session) -> list[str]:
    """Everybody who did something, by name."""
    return sorted(name for name in session.scalars(select(col(Audit.actor)).distinct()) if name)


def who(actor: str) -> str:
    """What an actor is called: people by their name, machines by what they are."""
    return {"command line": _("Máy chủ (dòng lệnh)"), "chat": _("Trong cuộc trò chuyện")}.get(
        actor, actor
    )


def _line(row: Audit, names: dict[str, str]) -> Line:
    what = acts().get(row.act) or (_opened(row) if not row.allowed else row.act)
    return Line(row.id or 0, row.at, who(row.actor), what, _subject(row, names), row.allowed)


def _opened(row: Audit) -> str:
    """What somebody without the power tried."""
    return _("vào trang không thuộc quyền của mình") if "/ban" in row.subject else row.act


def _subject(row: Audit, names: dict[str, str]) -> str:
    """Which of our rows an act was about, in words; a name where we have one."""
    kind, _space, rest = row.subject.partition(" ")
    number, _space, more = rest.partition(" ")
    match kind:
        case "organiser":
            role = roles().get(more, more)
            name = names.get(number, number)
            return f"{name} ({role})" if role else name
        case "GET" | "POST" | "entry" | "link" | "value" | "place" | "talk":
            return _plain(rest or row.subject)
        case _:
            word = nouns().get(kind)
            return _plain(f"{word} {rest}".strip() if word else row.subject)


def _plain(subject: str) -> str:
    """Numbers of versions, and days by which something is due, as people say them."""
    version = _VERSION.sub(lambda found: f", {_('bản {number}').format(number=found[1])}", subject)
    return _DUE.sub(lambda found: f", {_('hạn {date}').format(date=written(found[1]))}", version)


def roles() -> dict[str, str]:
    """What the roles are called."""
    return {
        "admin": _("Quản trị"),
        "editor": _("Biên tập nội dung"),
        "contest": _("Phụ trách cuộc thi"),
        "announcer": _("Phụ trách thông báo"),
        "viewer": _("Chỉ xem"),
    }


def duties() -> dict[str, str]:
    """What each role may do, in a few words."""
    return {
        "admin": _("mọi việc, kể cả thêm và bỏ người"),
        "editor": _("trả lời câu hỏi, sửa nội dung, câu đố và sự kiện, xem số liệu"),
        "contest": _("mở và điều khiển cuộc thi, sửa câu đố, xem số liệu"),
        "announcer": _("gửi thông báo, sửa sự kiện, xem câu hỏi và số liệu"),
        "viewer": _("xem câu hỏi và số liệu, không sửa gì"),
    }


def nouns() -> dict[str, str]:
    """What the rows are called that acts are about."""
    return {
        "notice": _("thông báo số"),
        "quiz": _("câu đố"),
        "event": _("sự kiện"),
        "round": _("cuộc thi số"),
        "pass": _("phiên số"),
        "handoff": _("cuộc trò chuyện số"),
        "candidate": _("cách hỏi số"),
        "group": _("nhóm số"),
        "unit": _("đơn vị"),
        "team": _("tổ số"),
        "unknown": _("mã lạ"),
    }


def acts() -> dict[str, str]:
    """What each act is called; tests hold it against every act the code writes down."""
    return dict(_people()) | dict(_words()) | dict(_sending())


def _people() -> Iterable[tuple[str, str]]:
    yield "organisers.add", _("thêm người tổ chức")
    yield "organisers.join", _("nhận mã vào ban tổ chức")
    yield "organisers.remove", _("bỏ quyền của người tổ chức")
    yield "organisers.role", _("đổi vai trò")
    yield "organisers.link", _("tạo liên kết đăng nhập")
    yield "organisers.sign_out", _("kết thúc mọi phiên đăng nhập")
    yield "organisers.manage", _("vào trang người tổ chức")
    yield "teams.add", _("thêm tổ công nghệ số")
    yield "teams.remove", _("bỏ tổ công nghệ số")
    yield "teams.invite", _("tạo mã cho thành viên tổ")
    yield "teams.drop", _("cho một thành viên ra khỏi tổ")
    yield "teams.join", _("nhận mã vào tổ công nghệ số")
    yield "teams.forget", _("bỏ một đăng ký hộ")
    yield "session.end", _("kết thúc một phiên của mình")


def _words() -> Iterable[tuple[str, str]]:
    yield "questions.read", _("xem câu hỏi")
    yield "questions.answer", _("trả lời câu hỏi")
    yield "questions.refer", _("báo câu hỏi không thuộc việc của mình")
    yield "questions.join", _("ghép câu hỏi vào một mục")
    yield "questions.hand", _("chuyển câu hỏi cho đơn vị")
    yield "question.hide", _("ẩn câu hỏi gửi trước tọa đàm")
    yield "question.show", _("hiện lại câu hỏi gửi trước tọa đàm")
    yield "talk.take", _("tự trả lời một cuộc trò chuyện")
    yield "talk.say", _("nhắn trong cuộc trò chuyện")
    yield "talk.end", _("trả cuộc trò chuyện cho bot")
    yield "phrasings.approve", _("nhận một cách hỏi")
    yield "phrasings.refuse", _("bỏ một cách hỏi")
    yield "content.edit", _("sửa nội dung")
    yield "quiz.edit", _("vào trang câu đố")
    yield "content.withdraw", _("rút một mục")
    yield "content.move", _("chuyển thôn, đơn vị cũ sang tên mới")
    yield "content.save", _("lưu một mục")
    yield "content.restore", _("lấy lại bản cũ của một mục")
    yield "content.draft", _("viết bản nháp")
    yield "content.approve", _("duyệt bản nháp")
    yield "content.refuse", _("trả lại bản nháp")
    yield "content.import", _("nạp tệp nội dung")
    yield "events.edit", _("vào trang sửa sự kiện")
    yield "events.save", _("lưu sự kiện")
    yield "events.tell", _("báo cho bà con về sự kiện đổi trong tệp")
    yield "events.quiet", _("không báo về sự kiện đã đổi")
    yield "reports.invite", _("tạo liên kết báo cáo cho đơn vị")
    yield "merit.choose", _("chọn đơn vị đề nghị biểu dương")
    yield "units.contact", _("đổi người nhận lời nhắc của đơn vị")
    yield "units.called", _("ghi đã gọi điện nhắc đơn vị")
    yield "numbers.read", _("xem số liệu")


def _sending() -> Iterable[tuple[str, str]]:
    yield "notices.write", _("viết thông báo")
    yield "notices.send", _("gửi thông báo")
    yield "notices.code", _("lấy mã duyệt thông báo ở máy chủ")
    yield "notices.pause", _("tạm dừng thông báo")
    yield "notices.resume", _("cho thông báo gửi tiếp")
    yield "notices.cancel", _("hủy thông báo")
    yield "notices.retry", _("gửi lại thông báo cho người chưa nhận")
    yield "notices.amend", _("sửa thông báo đã gửi")
    yield "groups.subscribe", _("cho nhóm nhận thông báo")
    yield "groups.leave", _("thôi cho nhóm nhận thông báo")
    yield "outbox.release", _("cho gửi tin đang giữ sau khôi phục")
    yield "outbox.drop", _("bỏ tin đang giữ sau khôi phục")
    yield "contest.run", _("điều khiển cuộc thi")
    yield "contest.open", _("mở vòng thi hoặc mở câu hỏi")
    yield "contest.close", _("đóng vòng thi hoặc đóng câu hỏi")
    yield "contest.reveal", _("công bố đáp án")
    yield "contest.standings", _("chiếu bảng xếp hạng")
    yield "contest.end", _("kết thúc cuộc thi")
    yield "contest.undo", _("lùi một bước trên sân khấu")
    yield "contest.recount", _("đếm lại vòng thi")
    yield "contest.team", _("tạo liên kết cho đội thi")
    yield "contest.juror", _("tạo liên kết cho giám khảo")
    yield "contest.helper", _("tạo liên kết nhập hộ trong cuộc thi")
    yield "contest.revoke-helper", _("thu liên kết nhập hộ trong cuộc thi")
    yield "contest.hide", _("ẩn một tên trên bảng chiếu")
    yield "contest.show", _("hiện lại một tên trên bảng chiếu")
