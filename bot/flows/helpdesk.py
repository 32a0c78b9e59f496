"""Organisers in chat: the questions that wait for a person, and answering them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot import organisers, outbox, passes, pushes
from bot.desk import visits
from bot.flows.ask import came_back
from bot.flows.turn import Turn
from bot.i18n import _, day, speaking
from bot.messages import Capability, Reply
from bot.notices import spoken
from bot.notices.sayings import Said
from bot.people import by_key
from faq import unanswered

SHOWN = 10


@dataclass(frozen=True)
class Back:
    """How answers go back to those who asked: channels, zone, and how short forms are said."""

    can: Mapping[str, Capability]
    zone: ZoneInfo
    said: Said


def questions(turn: Turn) -> list[Reply]:
    """/cauhoi: the oldest questions that wait."""
    if not allowed(turn, "questions.read"):
        return [not_allowed()]
    waiting = unanswered.waiting(turn.session, SHOWN)
    if not waiting:
        return [Reply(_("Không còn câu hỏi nào đang chờ."))]
    lines = [
        f"{item.code} ({day(item.asked_at, turn.house.zone)}): {item.text}" for item in waiting
    ]
    lines.append(_("Trả lời: gõ /traloi, mã câu hỏi rồi nội dung."))
    return [Reply("\n".join(lines))]


def reply_to(turn: Turn, rest: str, can: Mapping[str, Capability]) -> list[Reply]:
    """/traloi H-0142 ...: answer a question; the one who asked gets it where they asked."""
    if not allowed(turn, "questions.answer"):
        return [not_allowed()]
    code, _space, text = rest.partition(" ")
    if not text.strip():
        return [Reply(_("Bạn gõ: /traloi H-0001 rồi nội dung trả lời."))]
    try:
        question = unanswered.by_code(turn.session, code)
    except unanswered.UnknownQuestionError:
        return [Reply(_("Không có câu hỏi {code}.").format(code=code))]
    if question.state == unanswered.ANSWERED:
        return [Reply(_("Câu {code} đã được trả lời rồi.").format(code=question.code))]
    organiser = organisers.of(turn.session, turn.person)
    by = organiser.name if organiser else ""
    unanswered.answer(question, text.strip(), by, turn.now)
    organisers.note(turn.session, by, "questions.answer", question.code, turn.now)
    back = Back(can, turn.house.zone, turn.house.programme.said)
    give_back(turn.session, question, back, turn.now)
    return [Reply(_("Đã gửi trả lời cho người hỏi {code}.").format(code=question.code))]


def answer_all(
    session: Session,
    questions: Sequence[unanswered.Unanswered],
    text: str,
    by: str,
    back: Back,
    now: datetime,
) -> list[str]:
    """Answer questions alike once: everybody who asked gets it. The lanes that have news."""
    for question in questions:
        unanswered.answer(question, text, by, now)
        give_back(session, question, back, now)
    return [question.lane for question in questions]


def desk(turn: Turn) -> list[Reply]:
    """/ban: a one-time link to the desk, for organisers alone; it is not kept after delivery."""
    if not (turn.message.private and turn.message.trusted):
        return [not_allowed()]
    organiser = organisers.of(turn.session, turn.person)
    if organiser is None:
        return [not_allowed()]
    if not turn.house.public_url:
        return [
            Reply(_("Chatbot chưa có địa chỉ công khai. Bạn xin người quản trị liên kết vào bàn."))
        ]
    token = passes.issue(turn.session, "organiser", str(organiser.id), turn.now)
    organisers.note(
        turn.session, organiser.name, "organisers.link", f"organiser {organiser.id}", turn.now
    )
    minutes = int(passes.LINK_FOR.total_seconds() // 60)
    text = _("Bàn của người tổ chức: {link}\nLiên kết dùng một lần, trong {minutes} phút.")
    link = f"{turn.house.public_url}/vao/{token}"
    return [Reply(text.format(link=link, minutes=minutes), passing=True)]


def give_back(
    session: Session,
    question: unanswered.Unanswered,
    back: Back,
    now: datetime,
) -> None:
    """Queue the answer for the one who asked, where they asked, in their language."""
    teller = visits.teller(session, question.person_key)
    person = teller or by_key(session, question.person_key)
    channel, _sep, chat = question.lane.partition(":")
    can = back.can
    if person is None or channel not in can:
        return
    with speaking(person.language):
        reply = Reply(came_back(question, back.zone))
        if teller is not None:
            reply = Reply(_to_read(question, back), passing=can[channel].push)
    put = partial(outbox.put, session, chat=chat, replies=[reply], now=now)
    put(channel=channel, can=can[channel], person_id=person.id, late=True)
    if not can[channel].push and pushes.CHANNEL in can and pushes.of(session, chat):
        put(channel=pushes.CHANNEL, can=can[pushes.CHANNEL], person_id=person.id, late=True)


def _to_read(question: unanswered.Unanswered, back: Back) -> str:
    """The answer for the member who asked it for somebody, in words to be read to them."""
    text = _(
        "Câu hỏi {code} bạn hỏi giúp bà con ngày {date} đã có trả lời. Nhờ bạn đọc lại cho người "
        "đó nghe:"
    )
    lead = text.format(code=question.code, date=day(question.asked_at, back.zone))
    aloud = (spoken.aloud(words, back.said) for words in (question.text, question.answer))
    return "\n".join((lead, *aloud))


def allowed(turn: Turn, act: organisers.Act) -> bool:
    """Whether this message may do an act: the person may, in private, in their own words."""
    if not (turn.message.private and turn.message.trusted):
        return False
    return organisers.may(turn.session, turn.person, act)


def not_allowed() -> Reply:
    """What anyone without the power is told."""
    return Reply(_("Lệnh này dành cho người tổ chức. Bạn cần gì cứ hỏi mình nhé."))
