"""Chats an organiser has taken over: the thread, their words, and the way back to the bot."""

from sqlmodel import Session
from starlette.responses import Response

from bot import organisers, outbox, people
from bot.desk import handoff
from bot.desk.handoff import Handoff, TakenError
from bot.i18n import _, speaking
from bot.messages import Reply, plain
from bot.web import thread
from bot.web.desk.room import Desk, Door, Visit
from bot.web.thread import Bubble
from faq import unanswered
from faq.unanswered import Unanswered

LONGEST = 1500
LIST = "/ban/tro-chuyen"


class _NotPrivateError(Exception):
    """The question was asked in a group, or its asker is gone: there is no chat to take over."""


async def listed(desk: Desk, visit: Visit) -> Response:
    """The chats taken over now."""

    def work(session: Session) -> list[Handoff]:
        rows = list(handoff.current(session, visit.now))
        session.expunge_all()
        return rows

    return desk.page(visit, "talks.html", rows=await desk.look(work))


async def take(desk: Desk, visit: Visit) -> Response:
    """Take over the chat a question was asked in; its person is told."""
    chosen = visit.numbers("hoi")

    def work(session: Session) -> int:
        questions = unanswered.still_open(session, chosen[:1])
        if not questions:
            raise _NotPrivateError
        return _take(desk, visit, session, questions[0])

    try:
        row = await desk.do(work)
    except TakenError as error:
        told = _("{name} đang nói chuyện với người này.").format(name=error.by)
        return desk.wrong(visit, told, LIST, 409)
    except _NotPrivateError:
        told = _("Câu này hỏi trong nhóm, đã được trả lời, hoặc người hỏi đã xóa dữ liệu.")
        return desk.wrong(visit, told, "/ban/cau-hoi")
    return desk.back(f"{LIST}/{row}")


def _take(desk: Desk, visit: Visit, session: Session, question: Unanswered) -> int:
    """The row of the chat taken over. Raises TakenError, _NotPrivateError."""
    person = people.by_key(session, question.person_key)
    channel, _sep, chat = question.lane.partition(":")
    if person is None or channel not in desk.web.can:
        raise _NotPrivateError
    own = people.addresses(session, people.id_of(person))
    if not any(one.channel == channel and one.user == chat for one in own):
        raise _NotPrivateError
    held = handoff.holds(session, question.lane, visit.now)
    person_id = people.id_of(person)
    row = handoff.take(session, question.lane, person_id, visit.who.name, visit.now)
    if not held:
        _tell(desk, visit, session, row, Reply(_greeting(person.language)))
        organisers.note(session, visit.who.name, "talk.take", f"handoff {row.id}", visit.now)
    return row.id or 0


def _greeting(language: str) -> str:
    with speaking(language):
        return _(
            "Cán bộ đang trực tiếp nói chuyện với bạn ở đây về câu bạn hỏi. Bot tạm im lặng, nhiều "
            "nhất 2 giờ sau lời cuối của cán bộ."
        )


def _farewell(language: str) -> str:
    with speaking(language):
        return _("Cán bộ đã kết thúc cuộc trò chuyện. Từ giờ bot lại trả lời bạn.")


def _tell(desk: Desk, visit: Visit, session: Session, row: Handoff, reply: Reply) -> None:
    channel, _sep, chat = row.lane.partition(":")
    can = desk.web.can[channel]
    outbox.put(session, channel, chat, [reply], can, visit.now, person_id=row.person_id)


def _held(session: Session, visit: Visit) -> Handoff | None:
    """The chat of the address, while it is this organiser's to speak in."""
    row = session.get(Handoff, visit.number("row"))
    if row is None or row.until <= visit.now or row.by != visit.who.name:
        return None
    return row


async def show(desk: Desk, visit: Visit) -> Response:
    """The thread of a chat, and the box to write in."""
    return await _page(desk, visit)


async def _page(desk: Desk, visit: Visit, wrong: str = "", status: int = 200) -> Response:
    def work(session: Session) -> tuple[Handoff, list[Bubble]] | None:
        row = _held(session, visit)
        if row is None:
            return None
        shown = thread.of_lane(session, row.lane)
        session.expunge(row)
        return row, shown

    found = await desk.look(work)
    if found is None:
        return desk.wrong(visit, _ended(), LIST, 404)
    row, shown = found
    return desk.page(
        visit,
        "talk.html",
        status,
        row=row,
        shown=[(item, plain(item.reply) if item.reply else item.own) for item in shown],
        wrong=wrong,
        longest=LONGEST,
    )


def _ended() -> str:
    return _("Cuộc trò chuyện này đã kết thúc hoặc của người khác giữ; bot đang trả lời ở đó.")


async def say(desk: Desk, visit: Visit) -> Response:
    """Say something to the person; the two hours run anew."""
    text = visit.text("noi-dung", LONGEST + 1)
    if not text or len(text) > LONGEST:
        wrong = _("Bạn viết lời nhắn, nhiều nhất {most} chữ cái.").format(most=LONGEST)
        return await _page(desk, visit, wrong, 422)

    def work(session: Session) -> str:
        row = _held(session, visit)
        if row is None:
            return ""
        handoff.spoke(row, visit.now)
        _tell(desk, visit, session, row, Reply(text))
        organisers.note(session, visit.who.name, "talk.say", f"handoff {row.id}", visit.now)
        return row.lane

    return await _after(desk, visit, await desk.do(work), f"{LIST}/{visit.path['row']}")


async def give_back(desk: Desk, visit: Visit) -> Response:
    """Let the bot answer again; the person is told."""

    def work(session: Session) -> str:
        row = _held(session, visit)
        if row is None:
            return ""
        person = session.get(people.Person, row.person_id)
        _tell(desk, visit, session, row, Reply(_farewell(person.language if person else "vi")))
        handoff.give_back(row, visit.now)
        organisers.note(session, visit.who.name, "talk.end", f"handoff {row.id}", visit.now)
        return row.lane

    return await _after(desk, visit, await desk.do(work), LIST)


async def _after(desk: Desk, visit: Visit, lane: str, path: str) -> Response:
    if not lane:
        return desk.wrong(visit, _ended(), LIST, 404)
    desk.web.signals.tell(lane)
    return desk.back(path)


ONE = "/ban/tro-chuyen/{row}"
DOORS = (
    Door(LIST, "GET", "questions.answer", listed),
    Door(LIST, "POST", "questions.answer", take),
    Door(ONE, "GET", "questions.answer", show),
    Door(ONE, "POST", "questions.answer", say),
    Door(f"{ONE}/tra-lai", "POST", "questions.answer", give_back),
)
