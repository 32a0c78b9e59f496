"""Helper mode: putting somebody down for an event, with consent, by a name to call at most"""

import re

from bot import state
from bot.desk.visits import HelpVisit
from bot.flows import coming
from bot.flows.aloud import read_out
from bot.flows.turn import Turn
from bot.i18n import _
from bot.messages import Reply
from bot.notices import on_behalf, spoken, taking_part, words
from bot.notices.on_behalf import LONGEST, UnknownRegistrationError
from bot.state import Question
from faq.text import fold

EVENT, NAME = "help-event", "help-name"
NO_NAME = frozenset({"khong", "ko", "k", "khong ghi", "no"})
OFFERED = 8
_NAME = re.compile(r"[^\W\d_]+(?:[ .'’-]+[^\W\d_]+)*\.?")


def offer(turn: Turn, visit: HelpVisit) -> list[Reply]:
    """Which event somebody is put down for; with consent alone."""
    if not visit.consent:
        text = _(
            "Đăng ký thì cần người đó đồng ý. Gõ xong, rồi /giup để hỏi ý người đó và bắt đầu lại."
        )
        return [Reply(text)]
    open_now = []
    for event, item in words.soonest(turn.house.programme.current(turn.session), turn.now):
        if coming.open_time(turn, event) is not None:
            when = words.when_of(event, item, turn.house.zone)
            open_now.append((f"{event.title}: {when}", {"event": event.id}))
    if not open_now:
        return [Reply(_("Hiện chưa có buổi nào để đăng ký."))]
    text = _("Người đó muốn dự buổi nào?")
    return [read_out(turn, turn.ask(EVENT, text, open_now[:OFFERED], footer=_("Gõ số của buổi.")))]


def ask_name(turn: Turn, event: str) -> Reply:
    """Ask by which name they are to be called at the door, if any."""
    text = _(
        "Ghi tên gọi nào để người đón biết? Chỉ tên gọi hay chữ cái đầu, ví dụ: Bà Tư, hoặc: T. "
        "Không muốn ghi tên thì gõ: không"
    )
    return turn.ask_words(NAME, text, {"event": event})


def named(turn: Turn, visit: HelpVisit, opened: Question) -> Reply:
    """Put somebody down by the name just written, or by none."""
    name = " ".join(turn.message.text.split())
    if fold(name) in NO_NAME:
        name = ""
    elif len(name) > LONGEST or _NAME.fullmatch(name) is None:
        text = _(
            "Bạn chỉ ghi tên gọi ngắn, không ghi số. Ví dụ: Bà Tư. Không ghi tên thì gõ: không"
        )
        return Reply(text)
    state.close(turn.chat)
    event = coming.event_of(turn, opened.data["event"])
    item = coming.open_time(turn, event) if event else None
    if event is None or item is None:
        return Reply(_("Sự kiện này đã qua hoặc đã hủy nên mình không ghi nữa."))
    occurrence = taking_part.name_of(event, item)
    row = on_behalf.register(
        turn.session, occurrence, turn.person_id, visit.team_id, name, turn.now
    )
    visit.registered += 1
    when = words.when_of(event, item, turn.house.zone)
    place = words.where_of(event, turn.house.programme.names)
    told = _("{who} sẽ dự {title}, {when}. {place}").format(
        who=name or _("Cô bác"), title=event.title, when=when, place=place
    )
    code = _(
        "Mã {code}: bạn ghi ra giấy cho người đó. Đổi giờ hay hủy, mình báo bạn để nhắn lại. Bỏ "
        "đăng ký: gõ /giup bỏ {code}"
    )
    aloud = spoken.aloud(told.strip(), turn.house.programme.said)
    return Reply(_("Đã ghi. Bạn đọc lại:") + f"\n{aloud}\n" + code.format(code=row.code))


def take_back(turn: Turn, team: int, code: str) -> Reply:
    """Forget a registration that a member of the same team made."""
    try:
        on_behalf.take_back(turn.session, re.sub(r"\D", "", code), team)
    except UnknownRegistrationError:
        return Reply(_("Mình không thấy mã đăng ký này của tổ bạn."))
    return Reply(_("Đã bỏ đăng ký và xóa tên gọi."))
