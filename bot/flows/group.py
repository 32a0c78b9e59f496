"""The group of a thôn: one of its admins lets it hear notices as a whole, or no more."""

from bot.flows.turn import Turn
from bot.i18n import _
from bot.messages import Reply
from bot.notices import groups

KIND = "group"
COMMANDS = frozenset({"dangkynhom", "huynhom"})
"""Commands before which the platform is asked whether the writer runs the group."""


def subscribe(turn: Turn, _rest: str) -> list[Reply]:
    """/dangkynhom: what the group would hear, for its admin to confirm by picking."""
    refused = _refused(turn)
    if refused is not None:
        return [refused]
    places = turn.house.content.places.hamlets
    options = [(place.name, {"hamlet": place.id}) for place in places]
    options.append((_("Cả đảo"), {"hamlet": ""}))
    options.append((_("Thôi, không đăng ký"), {"no": "1"}))
    text = _(
        "Nhóm này sẽ nhận thông báo chung, nhiều nhất {count} tin một ngày. Bạn chọn để xác nhận:"
    ).format(count=groups.A_DAY)
    footer = _("Bấm nút, hoặc trả lời tin này bằng số. Chỉ bạn xác nhận được.")
    return [turn.ask(KIND, text, options, footer=footer)]


def picked(turn: Turn, meaning: dict[str, str]) -> list[Reply]:
    """The same admin's second message: the group hears notices from now on."""
    if "no" in meaning:
        return [Reply(_("Mình không đăng ký nhóm này."))]
    refused = _refused(turn)  # somebody may have lost the group meanwhile
    if refused is not None:
        return [refused]
    message, hamlet = turn.message, meaning["hamlet"]
    kept = groups.subscribe(
        turn.session, message.channel, message.chat, hamlet, turn.person_id, turn.now
    )
    names = turn.house.programme.names.hamlets
    text = _(
        "Xong. Nhóm nhận thông báo của {where}, nhiều nhất {count} tin một ngày. Thôi: /huynhom"
    )
    where = names.get(hamlet, hamlet) if hamlet else _("cả đảo")
    return [Reply(text.format(where=where, count=kept.a_day))]


def unsubscribe(turn: Turn, _rest: str) -> list[Reply]:
    """/huynhom: the group hears no more notices."""
    refused = _refused(turn)
    if refused is not None:
        return [refused]
    if groups.leave(turn.session, turn.message.channel, turn.message.chat, turn.now):
        return [Reply(_("Nhóm thôi nhận thông báo. Đăng ký lại: /dangkynhom"))]
    return [Reply(_("Nhóm này chưa đăng ký nhận thông báo."))]


def _refused(turn: Turn) -> Reply | None:
    """Why the writer may not decide for the group; None when they may."""
    if turn.message.private:
        return Reply(_("Lệnh này dùng trong nhóm của thôn, do quản trị nhóm gõ."))
    if turn.can is not None and not turn.can.admins:
        return Reply(
            _(
                "Ở kênh này mình không được biết ai là quản trị nhóm, nên nhóm chưa đăng ký nhận "
                "tin chung được. Bạn nhắn riêng cho mình và gõ /dangky để tự nhận nhé."
            )
        )
    if turn.message.admin is None:
        return Reply(
            _("Mình chưa xem được bạn có phải quản trị nhóm không. Bạn thử lại sau ít phút nhé.")
        )
    if not turn.message.admin:
        return Reply(_("Chỉ quản trị nhóm mới đăng ký hay hủy cho cả nhóm được."))
    return None
