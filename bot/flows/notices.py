"""Organisers in chat: a notice written, shown, confirmed by one or by two, and watched."""

import re

from bot import organisers
from bot.flows import heading
from bot.flows.asking import meant
from bot.flows.coming import event_of
from bot.flows.heading import HeadError
from bot.flows.helpdesk import allowed, not_allowed
from bot.flows.turn import Turn
from bot.i18n import _, moment
from bot.messages import Reply
from bot.notices import announce, audience, dispatch, drafts, invitation, report, tally
from bot.notices.announce import DRAFT, MANY, Draft, Notice, NoticeError
from bot.notices.audience import Survey

NUMBER = re.compile(r"(\d{1,9})(?:\s+(\S+))?")


def command(turn: Turn, rest: str) -> list[Reply]:
    """/thongbao: write one; with a number, see how it stands, approve it, or give its code."""
    if not allowed(turn, "notices.send"):
        return [not_allowed()]
    if not rest:
        return [_overview(turn)]
    found = NUMBER.fullmatch(rest)
    try:
        if found is None:
            return _write(turn)
        notice = announce.get(turn.session, int(found[1]))
        if found[2] is None:
            return _standing(turn, notice)
        if found[2].lower() in {"duyet", "duyệt"}:
            return _show(turn, notice, "approve")
        return [_by_code(turn, notice, found[2])]
    except NoticeError as error:
        return [Reply(report.wrong(error))]


def _overview(turn: Turn) -> Reply:
    how = _(
        "Viết thông báo: gõ /thongbao rồi nội dung. Muốn chọn người nhận hay hẹn giờ, mỗi ý một "
        "dòng ở đầu: thôn: ..., đơn vị: ..., quan tâm: ..., lúc: 19:00 2/12, khẩn: có, tiếng Anh: "
        "..., sự kiện: mã sự kiện (mình tự viết lời mời, và tự sửa khi sự kiện đổi). Xem một thông "
        "báo: /thongbao 12."
    )
    lines = [
        f"{item.id}. {report.state(item.state)}: {item.text.splitlines()[0][:60]}"
        for item in announce.listed(turn.session, 5)
    ]
    return Reply("\n".join([how, *lines]))


def _write(turn: Turn) -> list[Reply]:
    raw = turn.raw.strip().partition(" ")[2] if " " in turn.raw.split("\n")[0] else ""
    raw = raw or turn.raw.partition("\n")[2]
    try:
        places = turn.house.content.places
        written = heading.read(raw, places, turn.now, turn.house.zone)
    except HeadError as error:
        text = _('Mình không hiểu "{item}" ở đầu thông báo. Bạn sửa rồi gửi lại nhé.')
        return [Reply(text.format(item=error))]
    draft = Draft(written.text, written.english, written.audience, written.urgent)
    if written.event:
        event = event_of(turn, written.event) or meant(turn, written.event)
        if event is None:
            return [Reply(_("Mình không có sự kiện này. Gõ /sukien để xem các sự kiện sắp tới."))]
        names, zone = turn.house.programme.names, turn.house.zone
        draft = invitation.about(draft, event, names, zone, turn.now)
    author, operator, own = _name(turn), turn.house.operator, _organiser(turn)
    notice = drafts.write(turn.session, draft, author, operator, turn.now, author_id=own)
    notice.due_at = written.at
    return _show(turn, notice, "send")


def _show(turn: Turn, notice: Notice, act: str) -> list[Reply]:
    """The notice just as people will see it, who will, and what can be done now."""
    if notice.state != DRAFT:
        raise NoticeError("state")
    if act == "approve" and notice.author_id == _organiser(turn):
        return [Reply(_("Người viết không tự duyệt được. Nhờ một người tổ chức khác nhé."))]
    languages = ["vi", "en"] if notice.text_en else ["vi"]
    lines = [report.survey(_survey(turn, notice)), report.when(notice, turn.now, turn.house.zone)]
    if notice.urgent:
        lines.append(
            _(
                "Khẩn cấp: gửi cả ban đêm, cả người đã tắt thông báo hay chưa đăng ký. Chỉ dùng "
                "khi nguy hiểm tới tính mạng, tài sản."
            )
        )
    yes = _("Duyệt và gửi") if act == "approve" else _("Gửi")
    options = [_option(yes, notice, act), _option(_("Không gửi"), notice, "drop")]
    number = str(notice.id)
    return [
        Reply(_("Thông báo {number}, người nhận sẽ thấy đúng như sau:").format(number=number)),
        *(announce.said(notice, language) for language in languages),
        turn.ask("notice", "\n".join(lines), options, footer=_("Gõ 1 hoặc 2.")),
    ]


def _survey(turn: Turn, notice: Notice) -> Survey:
    chosen = audience.load(notice.audience)
    return audience.survey(turn.session, chosen, turn.ways, turn.now, urgent=notice.urgent)


def _option(label: str, notice: Notice, act: str) -> tuple[str, dict[str, str]]:
    return label, {"notice": str(notice.id), "do": act}


def picked(turn: Turn, meaning: dict[str, str]) -> list[Reply]:
    """What an organiser chose to do with a notice."""
    if not allowed(turn, "notices.send"):
        return [not_allowed()]
    try:
        notice = announce.get(turn.session, int(meaning["notice"]))
        return [_do(turn, notice, meaning["do"])]
    except NoticeError as error:
        return [Reply(report.wrong(error))]


def _do(turn: Turn, notice: Notice, act: str) -> Reply:
    match act:
        case "send" | "approve" if notice.state != DRAFT:
            raise NoticeError("state")
        case "send":
            found = _survey(turn, notice)
            many = found.offered > MANY or found.groups
            return _needs_two(notice, found) if many else _send(turn, notice)
        case "approve":
            notice.approved_by = _name(turn)
            return _send(turn, notice)
        case "drop":
            drafts.drop(turn.session, notice, _name(turn), turn.now)
            return Reply(_("Mình không gửi thông báo này."))
        case "pause" | "resume" | "cancel" | "retry":
            dispatch.ACTS[act](turn.session, notice, _name(turn), turn.now)
            return Reply("\n".join(_lines(turn, notice)))
        case _:
            raise NoticeError("state")


def _send(turn: Turn, notice: Notice) -> Reply:
    at = notice.due_at if notice.due_at and notice.due_at > turn.now else None
    due = announce.send(turn.session, notice, _name(turn), turn.now, turn.house.zone, at=at)
    number = str(notice.id)
    if due > turn.now:
        text = _("Thông báo {number} sẽ gửi lúc {at}. Xem: /thongbao {number}.")
        return Reply(text.format(number=number, at=moment(due, turn.house.zone)))
    text = _("Thông báo {number} đang được gửi. Xem: /thongbao {number}.")
    return Reply(text.format(number=number))


def _needs_two(notice: Notice, found: Survey) -> Reply:
    """A group may hold hundreds, so that it counts as many."""
    to = _("{count} người").format(count=found.offered)
    if found.groups:
        to = _("{people} và {count} nhóm").format(people=to, count=found.groups)
    text = _(
        "Thông báo này đến {to}, nên cần thêm một người xem lại: một người tổ chức khác "
        "gõ /thongbao {number} duyệt, hoặc bạn gõ /thongbao {number} và mã lấy ở máy chủ: python "
        "-m bot notice code {number}."
    )
    return Reply(text.format(to=to, number=str(notice.id)))


def _by_code(turn: Turn, notice: Notice, code: str) -> Reply:
    """A code from the command line stands for the second pair of eyes; only its author may."""
    right = announce.takes(notice, code, turn.now)
    if notice.author_id != _organiser(turn) or not right:
        organisers.note(
            turn.session,
            _name(turn),
            "notices.send",
            f"notice {notice.id}",
            turn.now,
            allowed=False,
        )
        return Reply(_("Mã không đúng hoặc đã hết hạn. Bạn xin mã mới nhé."))
    notice.approved_by = "command line"
    return _send(turn, notice)


def _standing(turn: Turn, notice: Notice) -> list[Reply]:
    """How a notice stands, and what can be done with it."""
    if notice.state == DRAFT:
        return _show(turn, notice, "send" if notice.author_id == _organiser(turn) else "approve")
    acts = report.acts(_far(turn, notice))
    text = "\n".join(_lines(turn, notice))
    if not acts:
        return [Reply(text)]
    options = [_option(label, notice, act) for act, label in acts]
    return [turn.ask("notice", text, options)]


def _far(turn: Turn, notice: Notice) -> tally.Progress:
    return tally.progress(turn.session, announce.id_of(notice), turn.now)


def _lines(turn: Turn, notice: Notice) -> list[str]:
    turn.session.flush()
    first = notice.text.splitlines()[0][:60]
    return [f"{notice.id}. {first}", *report.lines(_far(turn, notice))]


def _name(turn: Turn) -> str:
    organiser = organisers.of(turn.session, turn.person)
    return organiser.name if organiser else ""


def _organiser(turn: Turn) -> int | None:
    organiser = organisers.of(turn.session, turn.person)
    return organiser.id if organiser else None
