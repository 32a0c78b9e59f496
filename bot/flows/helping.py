"""Helper mode: a member of a community digital team asks for somebody they sit with"""

import re
from dataclasses import replace

from bot import state
from bot.desk import teams, visits
from bot.desk.visits import VISIT_FOR, HelpVisit
from bot.flows import ask, signing_up, whence
from bot.flows.aloud import read_out
from bot.flows.turn import Turn
from bot.i18n import _, moment
from bot.messages import Reply
from bot.people import Person
from bot.state import Question
from faq import unanswered
from faq.followup import parts
from faq.matcher import Found, Near, Nothing, Sure
from faq.text import fold

CONSENT = "help-consent"
COMMAND = "giup"
DONE = frozenset({"xong", "ket thuc", "het", "xong roi", "het roi", "done", "finish"})
SIGN_UP = frozenset({"dang ky", "ghi ten", "dang ki", "register", "sign up"})
BEGIN = {"giup ba con": COMMAND, "giup nguoi khac": COMMAND, "bat dau giup": COMMAND}
"""Words that begin a visit."""
_CODE = re.compile(rf"[0-9A-Za-z]{{{teams.CODE_LENGTH}}}")
_QUESTION = re.compile(r"h[\s-]?(\d{1,9})")
_BACK = re.compile(r"bo (g[\s-]?\d{1,9})")


def command(turn: Turn, rest: str) -> list[Reply]:
    """/giup: begin, end, sign up, take back; with a code, join a team."""
    if not (turn.message.private and turn.message.trusted):
        return [Reply(_("Việc này mình chỉ làm trong cuộc trò chuyện riêng với bạn."))]
    said, visit = fold(rest), visits.of(turn.session, turn.chat)
    if said in DONE:
        return [_end(turn, visit)]
    if _CODE.fullmatch(rest.strip()) and said not in SIGN_UP:
        return [_join(turn, rest)]
    member = teams.of(turn.session, turn.person_id)
    if member is None:
        return [_not_a_member()]
    if back := _BACK.fullmatch(said):
        return [signing_up.take_back(turn, member.team_id, back[1])]
    if visit is None:
        return [_ask_consent(turn)]
    return signing_up.offer(turn, visit) if said in SIGN_UP else [_began(turn, visit)]


def _not_a_member() -> Reply:
    return Reply(
        _(
            "Lệnh này dành cho thành viên Tổ công nghệ số cộng đồng, để hỏi và đăng ký giúp người "
            "không có điện thoại. Nếu bạn ở trong tổ: xin cán bộ một mã, rồi gõ /giup và mã đó. "
            "Còn bạn cần gì cho mình, cứ hỏi ngay ở đây."
        )
    )


def _join(turn: Turn, code: str) -> Reply:
    member = teams.join(turn.session, turn.person, code, turn.now)
    if member is None:
        return Reply(_("Mã này không đúng, đã dùng hoặc hết hạn. Bạn xin cán bộ mã mới nhé."))
    text = _(
        "Bạn đã vào {team}. Mình nhớ bạn ở trong tổ này và mỗi lượt giúp: lúc nào, giúp việc gì; "
        "không nhớ người được giúp đã hỏi gì. Khi ngồi với người cần giúp, gõ /giup"
    )
    return Reply(text.format(team=member.team))


# Beginning


def wording() -> str:
    """What the one who is helped is asked; kept with the visit word by word."""
    return _(
        "“Con hỏi giúp cô bác trên máy của con nhé. Máy chỉ ghi là có giúp một người, ở thôn "
        "nào và giúp việc gì, không ghi tên. Câu nào máy chưa biết thì gửi cán bộ, không kèm tên. "
        "Khi cô bác muốn dự buổi nào mới ghi một tên gọi. Cô bác đồng ý không?”"
    )


def _ask_consent(turn: Turn) -> Reply:
    text = _("Bạn đọc cho người đó nghe câu này:") + "\n" + wording()
    options = [
        (_("Người đó đồng ý"), {"consent": "yes"}),
        (_("Không, hoặc chưa hỏi được (chỉ hỏi đáp)"), {"consent": "no"}),
        (_("Thôi, chưa giúp"), {"consent": "off"}),
    ]
    return turn.ask(CONSENT, text, options, footer=_("Gõ 1, 2 hoặc 3."))


def picked(turn: Turn, meaning: dict[str, str]) -> list[Reply]:
    """The member says whether there is consent: the visit begins."""
    member = teams.of(turn.session, turn.person_id)
    if member is None:
        return [_not_a_member()]
    if meaning["consent"] == "off":
        return [Reply(_("Vâng. Khi nào cần, gõ /giup"))]
    visit = visits.begin(
        turn.session,
        turn.chat,
        member,
        turn.person_id,
        consent=meaning["consent"] == "yes",
        wording=wording(),
        now=turn.now,
    )
    return [_began(turn, visit)]


def _began(turn: Turn, visit: HelpVisit) -> Reply:
    """What can be done in a visit, until when it lasts, and where the one who is helped lives."""
    until = moment(visit.until, turn.house.zone)
    if visit.consent:
        text = _(
            "Đang giúp một người (đã đồng ý), đến {until}. Bạn gõ câu người đó muốn hỏi; mình trả "
            "lời bằng lời để bạn đọc to.\n"
            "Ghi tên dự buổi: gõ đăng ký\n"
            "Xong việc: gõ xong"
        )
    else:
        text = _(
            "Đang giúp một người (không ghi gì về người đó), đến {until}. Bạn gõ câu người đó muốn "
            "hỏi; mình trả lời bằng lời để bạn đọc to. Xong việc: gõ xong"
        )
    return whence.ask(turn, visit, text.format(until=until))


# During a visit


def heard(turn: Turn, name: str = "") -> list[Reply] | None:
    """The reply while a visit is open, `name` being the command if it is one; None when there is
    no visit (any more), and the message is the member's own."""
    visit = visits.of(turn.session, turn.chat)
    member = teams.of(turn.session, turn.person_id)
    if visit is None or member is None or turn.now >= visit.until + VISIT_FOR:
        visits.end(turn.session, turn.chat, visit, turn.now)
        return None
    if turn.now >= visit.until:
        # What was just written may still be about the one who was helped: it is not answered as
        # the member's own, nor kept.
        visits.end(turn.session, turn.chat, visit, turn.now)
        return None if name == COMMAND else [_over()]
    if name == COMMAND:
        return None
    if name:
        text = _("Bạn đang giúp một người nên mình chưa chạy lệnh khác. Gõ xong để kết thúc trước.")
        return [Reply(text)]
    return _words(turn, visit, member.team_id)


def _over() -> Reply:
    return Reply(
        _(
            "Lượt giúp trước đã tự kết thúc sau một giờ, nên mình chưa trả lời câu vừa rồi. Vẫn "
            "đang giúp thì gõ /giup; hỏi cho chính bạn thì bạn gõ lại câu đó."
        )
    )


def _words(turn: Turn, visit: HelpVisit, team: int) -> list[Reply]:
    said = fold(turn.message.text)
    opened = state.question(turn.chat, turn.person_id, turn.now)
    if said in DONE:
        return [_end(turn, visit)]
    if said in SIGN_UP:
        return signing_up.offer(turn, visit)
    if said in whence.OTHER:
        return [whence.elsewhere(turn, visit)]
    if back := _BACK.fullmatch(said):
        return [signing_up.take_back(turn, team, back[1])]
    if code := _QUESTION.fullmatch(said):
        return ask.status(turn, f"{unanswered.PREFIX}{int(code[1]):04d}")
    if opened is not None and opened.kind == signing_up.NAME:
        return [signing_up.named(turn, visit, opened)]
    if said.isdecimal() and len(said) < 3:
        return _pick(turn, visit, opened, int(said))
    state.close(turn.chat)
    return _asked(turn, visit)


def _pick(turn: Turn, visit: HelpVisit, opened: Question | None, number: int) -> list[Reply]:
    options = opened.data["options"] if opened else []
    if opened is None or not 1 <= number <= len(options):
        return [Reply(_("Số này không có trong các lựa chọn. Bạn gõ câu hỏi, hoặc gõ xong."))]
    state.close(turn.chat)
    meaning = options[number - 1]
    if opened.kind == whence.KIND:
        return [whence.picked(turn, visit, meaning)]
    if opened.kind == signing_up.EVENT:
        return [signing_up.ask_name(turn, meaning["event"])]
    asked = str(opened.data.get("asked", ""))
    if meaning.get("entry", ask.NONE_OF_THESE) == ask.NONE_OF_THESE:
        return [_leave(turn, visit, asked, ())]
    return [
        _aloud(turn, reply)
        for reply in ask.answer(_guest(turn, visit), meaning["entry"], asked, True)
    ]


def _guest(turn: Turn, visit: HelpVisit) -> Turn:
    """The turn as of somebody nobody knows, of the thôn of the visit: what is asked so is found in
    no history and no profile."""
    guest = Person(
        id=turn.person_id,
        key=visit.key,
        language=turn.person.language,
        hamlet=visit.hamlet,
        created_at=turn.now,
        seen_at=turn.now,
    )
    return replace(turn, person=guest)


def _asked(turn: Turn, visit: HelpVisit) -> list[Reply]:
    """Answer what was asked, in words to be read aloud; or leave it for a person."""
    asked = turn.message.text
    texts = parts(asked) if len(turn.found) == 2 else [asked]
    found = turn.found or (Nothing(()),)
    pairs = list(zip(texts, found, strict=False))
    visit.asked += len(pairs)
    return [_one(turn, visit, each, text) for text, each in pairs]


def _one(turn: Turn, visit: HelpVisit, found: Found, asked: str) -> Reply:
    match found:
        case Sure():
            return _aloud(turn, ask.found_one(_guest(turn, visit), found, asked, True))
        case Near() if found.offered:
            return read_out(turn, ask.found_one(_guest(turn, visit), found, asked))
        case _:
            return _leave(turn, visit, asked, [hit.id for hit in found.hits])


def _leave(turn: Turn, visit: HelpVisit, asked: str, near: list[str] | tuple[str, ...]) -> Reply:
    """Leave a question for a person, if there is consent; the answer comes to the member."""
    if not visit.consent:
        return Reply(
            _(
                "Mình chưa có câu trả lời chắc chắn. Vì chưa có đồng ý, mình không gửi câu này đi. "
                "Người đó đồng ý thì gõ xong, rồi /giup để bắt đầu lại."
            )
        )
    passed = ask.pass_on(_guest(turn, visit), asked, near, "nothing")
    if unanswered.PREFIX in passed.text:
        visit.passed_on += 1
    return passed


def _aloud(turn: Turn, reply: Reply) -> Reply:
    """An answer in words alone; what to ask next and opinions are not for reading aloud."""
    state.close(turn.chat)
    bare = replace(reply, choices=(), ask="", footer=_("Hỏi câu nữa, hoặc gõ xong."))
    return read_out(turn, bare)


# Ending


def _end(turn: Turn, visit: HelpVisit | None) -> Reply:
    if visit is None:
        return Reply(_("Bạn không có lượt giúp nào đang mở. Bắt đầu: gõ /giup"))
    counts = (
        _("{count} câu hỏi").format(count=visit.asked),
        _("{count} đăng ký").format(count=visit.registered),
        _("{count} câu chờ cán bộ").format(count=visit.passed_on),
    )
    visits.end(turn.session, turn.chat, visit, turn.now)
    text = _(
        "Đã kết thúc lượt giúp: {counts}. Mình không giữ lại điều vừa hỏi. Cảm ơn bạn. Từ giờ mình "
        "trả lời cho chính bạn."
    )
    if not on_page(turn):
        text = f"{text} " + _("Tin còn trên máy thì bạn tự xóa.")
    return Reply(text.format(counts=", ".join(counts)))


def on_page(turn: Turn) -> bool:
    """Whether the chat stands on a page of ours, which shows what was said until the visit ends."""
    return turn.can is not None and not turn.can.push


def veiled(turn: Turn, replies: list[Reply]) -> list[Reply]:
    """Replies of a visit, not kept once they are delivered."""
    passing = not on_page(turn)
    return [replace(reply, passing=reply.passing or passing) for reply in replies]
