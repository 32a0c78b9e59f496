"""Taking notices up and giving them back: asked plainly first, stopped at once."""

from bot import people
from bot.flows.turn import Turn
from bot.i18n import _
from bot.messages import Reply
from bot.notices import following, stories
from bot.notices.following import INTERESTS
from faq.text import fold
from quiz import practice

CONSENT, INTEREST = "consent", "interest"
ALL = "all"
_NAMED = {
    "talk": ("toa dam", "noi chuyen"),
    "dxday": ("ngay hoi", "ngay chuyen doi so"),
    "radio": ("phat thanh", "loa"),
    "contest": ("cuoc thi", "thi"),
    "training": ("tap huan", "lop hoc"),
}


def labels() -> dict[str, str]:
    """What one may hear of, in words."""
    return {
        "talk": _("Tọa đàm tại thôn"),
        "dxday": _("Ngày hội Chuyển đổi số"),
        "radio": _("Chương trình phát thanh"),
        "contest": _("Cuộc thi"),
        "training": _("Lớp tập huấn"),
    }


def subscribe(turn: Turn, hamlet: str) -> list[Reply]:
    """/dangky, and posters of a thôn: say what it means, and ask; silence is not consent."""
    if not turn.message.private:
        return [Reply(_("Việc này mình chỉ làm trong cuộc trò chuyện riêng với bạn."))]
    known = turn.house.programme.names.open_hamlets
    hamlet = hamlet if hamlet in known else ""
    held = people.interests(turn.session, turn.person_id)
    if held and hamlet in {"", turn.person.hamlet}:
        turn.person.muted = False  # asked for again, after stopping on a chat linked since
        return [_choose(turn, _holding(held), wording(""))]
    options = [
        (_("Đồng ý"), {"consent": "yes", "hamlet": hamlet}),
        (_("Không"), {"consent": "no"}),
    ]
    text = wording(known.get(hamlet, ""))
    footer = _("Gõ 1 hoặc 2. Bạn không trả lời thì mình không gửi gì.")
    return [turn.ask(CONSENT, text, options, footer=footer)]


def wording(place: str) -> str:
    """What people agree to; kept with their consent as they saw it."""
    lines = [
        _(
            "Bạn muốn nhận tin sự kiện ở đây chứ? Mình nhắn khi có sự kiện bạn chọn, khi đổi giờ, "
            "và nhắc trước buổi đó."
        ),
        _(
            "Mình chỉ lưu điều bạn chọn và thôn của bạn nếu bạn cho biết; không quảng cáo, không "
            "đưa cho ai. Ngừng lúc nào cũng được: gõ /huy. Riêng tin khẩn cấp, nguy hiểm tới tính "
            "mạng, tài sản, mình gửi mọi người."
        ),
        _("Mình cũng ghi thôn của bạn là {place}.").format(place=place) if place else "",
    ]
    return "\n".join(line for line in lines if line)


def _holding(held: list[str]) -> str:
    names = ", ".join(label for name, label in labels().items() if name in held)
    return _("Bạn đang nhận: {names}.").format(names=names)


def consented(turn: Turn, meaning: dict[str, str]) -> list[Reply]:
    """Somebody agreed, or not; nothing is kept before they pick what to hear of."""
    if meaning["consent"] != "yes":
        return [Reply(_("Vâng, mình không gửi gì cho bạn. Khi nào muốn, bạn gõ /dangky."))]
    name = turn.house.programme.names.hamlets.get(meaning["hamlet"], "")
    return [_choose(turn, "", wording(name), meaning["hamlet"])]


def _choose(turn: Turn, lead: str, agreed: str, hamlet: str = "") -> Reply:
    """Ask what to hear of, of what is not heard of yet."""
    held = people.interests(turn.session, turn.person_id)
    left = {name: label for name, label in labels().items() if name not in held}
    if not left:
        done = _("Bạn nhận mọi loại tin rồi. Muốn ngừng, gõ /huy.")
        return Reply(f"{lead} {done}".strip())
    options = [(label, {"interest": name}) for name, label in left.items()]
    if len(left) > 1:
        options.append((_("Tất cả các mục trên"), {"interest": ALL}))
    more = {"agreed": agreed, "hamlet": hamlet}
    question = _("Bạn muốn nhận thêm tin gì?") if held else _("Bạn muốn nhận tin gì?")
    footer = _("Gõ số từ 1 đến {count}; chọn xong một mục, bạn chọn thêm được.")
    return turn.ask(
        INTEREST,
        f"{lead}\n{question}".strip(),
        options,
        footer=footer.format(count=len(options)) if len(options) > 1 else "",
        more=more,
    )


def chosen(turn: Turn, data: dict[str, str], meaning: dict[str, str]) -> list[Reply]:
    """Somebody picked what to hear of: that is the consent, kept with its words."""
    wanted = INTERESTS if meaning["interest"] == ALL else (meaning["interest"],)
    following.take_up(turn.session, turn.person, wanted, data["agreed"], turn.now)
    if data["hamlet"]:
        turn.person.hamlet = data["hamlet"]
        people.agree(turn.session, turn.person, "hamlet", data["agreed"], turn.now)
    turn.session.flush()
    held = people.interests(turn.session, turn.person_id)
    lead = _("Mình đã ghi.") + " " + _holding(held)
    known = turn.house.programme.names.open_hamlets
    if known and turn.person.hamlet not in known:
        lead += "\n" + _("Gõ /thon để chọn thôn, mình sẽ lọc đúng thôn bạn.")
    lead += "\n" + _("Muốn ngừng, gõ /huy.")
    if set(held) >= set(INTERESTS):
        return [Reply(lead)]
    return [_choose(turn, lead, data["agreed"])]


def unsubscribe(turn: Turn, rest: str) -> list[Reply]:
    """/huy: stop everything at once, or the one thing that is named."""
    words = fold(rest)
    named = [name for name, said in _NAMED.items() if any(one in words for one in said)]
    if rest and not named:
        names = ", ".join(labels().values())
        text = _("Mình không rõ bạn muốn ngừng tin gì. Gõ /huy để ngừng hết, hoặc /huy và tên: ")
        return [Reply(text + names)]
    asked = f"/huy {rest}".strip()
    held = following.let_go(turn.session, turn.person, named or INTERESTS, asked, turn.now)
    if named:
        told = ", ".join(labels()[name] for name in named)
        return [Reply(_("Mình đã ngừng tin: {names}.").format(names=told))]
    daily, weekly = _stop_daily(turn), _stop_weekly(turn)
    turn.person.muted = True
    people.agree(turn.session, turn.person, "notices", asked, turn.now, given=False)
    if not (held or daily or weekly):
        return [Reply(_("Bạn chưa đăng ký tin nào, và mình sẽ không tự nhắn bạn."))]
    text = _(
        "Mình đã tắt mọi tin báo cho bạn, từ bây giờ; chỉ còn tin khẩn cấp. Bạn vẫn hỏi mình bình "
        "thường. Muốn nhận lại, gõ /dangky."
    )
    return [Reply(text)]


def _stop_daily(turn: Turn) -> bool:
    """The day's question is sent on our own accord too; whether it was."""
    learner = turn.session.get(practice.Learner, turn.person.key)
    if learner is None or not learner.daily:
        return False
    learner.daily = False
    return True


def _stop_weekly(turn: Turn) -> bool:
    """So is the week's news; whether it was."""
    reader = turn.session.get(stories.Reader, turn.person_id)
    if reader is None or not reader.weekly:
        return False
    reader.weekly = False
    return True
