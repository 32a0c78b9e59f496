"""Questions that wait: together by likeness, and everything one can do about a group at once."""

from datetime import date, timedelta
from functools import partial

from sqlmodel import Session
from starlette.responses import Response

from bot import links, organisers
from bot.content import Content
from bot.desk import groups, handed
from bot.desk.groups import Group
from bot.flows import helpdesk
from bot.flows.ask import render
from bot.flows.helpdesk import Back
from bot.i18n import _, speaking
from bot.messages import Reply, plain
from bot.papers import agenda
from bot.papers.files import KINDS
from bot.web.desk.entry_form import dead_links
from bot.web.desk.room import Desk, Door, Visit
from bot.web.paging import attached
from faq import unanswered
from faq.book import Entry

LONGEST = 1500
"""Letters of an answer: what fits one message on every channel."""
WEEKS = 8
"""Weeks one may choose from."""
LIST = "/ban/cau-hoi"


async def listed(desk: Desk, visit: Visit) -> Response:
    """The groups, the largest first; of one thôn or one week when asked."""
    zone, today = desk.web.settings.zone, desk.today(visit.now)
    hamlet = visit.asked("thon")
    weeks = [groups.monday_of(today) - number * groups.WEEK for number in range(WEEKS)]
    monday = next((week for week in weeks if week.isoformat() == visit.asked("tuan")), None)

    def work(session: Session) -> tuple[list[Group], int, int]:
        found = groups.groups(session, zone, hamlet, monday)
        late = handed.count_overdue(session, today)
        return found, unanswered.count_waiting(session), late

    found, total, late = await desk.look(work)
    return desk.page(
        visit,
        "questions.html",
        groups=found,
        total=total,
        shown=sum(len(group.asked) for group in found),
        late=late,
        names=_hamlets(desk),
        hamlet=hamlet,
        weeks=weeks,
        monday=monday,
        done=told(visit),
        titles=_titles(desk),
        most=groups.MOST,
    )


def _hamlets(desk: Desk) -> dict[str, str]:
    return desk.web.content().places.hamlet_names


def _titles(desk: Desk) -> dict[str, str]:
    return {entry.id: entry.question for entry in desk.web.content().book.entries}


def told(visit: Visit) -> str:
    """What was just done, in words."""
    many = visit.asked("so")
    count = int(many) if many.isascii() and many.isdigit() else 0
    sentences = {
        "tra-loi": _("Đã gửi câu trả lời cho {count} câu hỏi."),
        "ghep": _("Đã thêm cách hỏi vào mục và gửi câu trả lời của mục cho {count} câu hỏi."),
        "nhap": _("Đã lưu bản nháp. Một người khác duyệt xong thì bot dùng và báo cho người hỏi."),
        "chuyen": _("Đã chuyển {count} câu hỏi cho đơn vị."),
        "khong-thuoc": _("Đã báo cho {count} người hỏi nơi cần liên hệ."),
    }
    found = sentences.get(visit.asked("xong"), "")
    return found.format(count=count) if found else ""


async def show(desk: Desk, visit: Visit) -> Response:
    """One group: who asked what, what is near, and what can be done."""
    return await _group_page(desk, visit)


async def _group_page(
    desk: Desk, visit: Visit, wrong: str = "", field: str = "", status: int = 200
) -> Response:
    zone = desk.web.settings.zone
    work = partial(groups.of, code=visit.path["code"].upper(), zone=zone)
    group = await desk.look(work)
    if group is None:
        return desk.wrong(visit, _("Câu này đã được trả lời, hoặc không có."), LIST, 404)
    content = desk.web.content()
    return desk.page(
        visit,
        "group.html",
        status,
        group=group,
        near=[content.book.by_id[name] for name in group.near if name in content.book.by_id],
        entries=content.book.entries,
        names=_hamlets(desk),
        units=[unit.name for unit in content.places.units],
        due=desk.today(visit.now) + timedelta(days=3),
        referral=_referral(),
        wrong=wrong,
        field=field,
        longest=LONGEST,
    )


def _referral() -> str:
    """What people are told whose question others must answer; an organiser names them."""
    return _(
        "Câu bạn hỏi không thuộc phần việc của chúng tôi. Bạn liên hệ ... để được trả lời đúng "
        "nhé. Cảm ơn bạn đã hỏi."
    )


async def reply(desk: Desk, visit: Visit) -> Response:
    """Answer the ticked questions of a group; everybody gets it where they asked."""
    return await _send(desk, visit, "tra-loi", "questions.answer")


async def refer(desk: Desk, visit: Visit) -> Response:
    """Tell who asked that others answer this, and who."""
    return await _send(desk, visit, "khong-thuoc", "questions.refer")


async def _send(desk: Desk, visit: Visit, done: str, act: str) -> Response:
    field = "loi" if done == "khong-thuoc" else "noi-dung"
    text, chosen = visit.text(field, LONGEST + 1), visit.numbers("cau")
    if not text or len(text) > LONGEST:
        wrong = _("Bạn viết câu trả lời, nhiều nhất {most} chữ cái.").format(most=LONGEST)
        return await _group_page(desk, visit, wrong, done, 422)
    if done == "khong-thuoc" and "..." in text:
        wrong = _("Bạn thay dấu ... bằng nơi người dân cần liên hệ.")
        return await _group_page(desk, visit, wrong, done, 422)
    return await finish(desk, visit, text, chosen, done, act)


async def finish(
    desk: Desk, visit: Visit, text: str, chosen: list[int], done: str, act: str
) -> Response:
    """Give an answer back to everybody of some questions that still wait, and go to the list."""

    def work(session: Session) -> list[str]:
        return send(desk, visit, session, text, chosen, act)

    lanes = await desk.do(work)
    if not lanes:
        return desk.wrong(
            visit, _("Các câu này đã được trả lời rồi, hoặc chưa chọn câu nào."), LIST
        )
    for lane in lanes:
        desk.web.signals.tell(lane)
    return desk.back(LIST, xong=done, so=len(lanes))


def send(
    desk: Desk, visit: Visit, session: Session, text: str, chosen: list[int], act: str
) -> list[str]:
    """Answer those of some questions that still wait; the lanes with news."""
    waiting = unanswered.still_open(session, chosen)
    settings = desk.web.settings
    back = Back(desk.web.can, settings.zone, desk.web.programme().said)
    lanes = helpdesk.answer_all(session, waiting, text, visit.who.name, back, visit.now)
    for question in waiting:
        organisers.note(session, visit.who.name, act, question.code, visit.now)
    return lanes


async def join(desk: Desk, visit: Visit) -> Response:
    """Take the wordings into an entry, and give its answer to who asked if that is wanted."""
    content, chosen = desk.web.content(), visit.numbers("cau")
    entry = content.book.by_id.get(visit.line("muc-gan") or visit.line("muc"))
    if entry is None:
        return await _group_page(desk, visit, _("Bạn chọn một mục có sẵn."), "ghep", 422)
    tell = visit.line("gui") == "1"

    def work(session: Session) -> list[str]:
        for question in unanswered.still_open(session, chosen):
            unanswered.adopt(session, question, entry.id, visit.now)
            subject = f"{question.code} {entry.id}"
            organisers.note(session, visit.who.name, "questions.join", subject, visit.now)
        if not tell:
            return []
        text = plain(_in_vietnamese(content, entry, links.dead(session)))
        return send(desk, visit, session, text, chosen, "questions.answer")

    lanes = await desk.do(work)
    for lane in lanes:
        desk.web.signals.tell(lane)
    return desk.back(LIST, xong="ghep", so=len(lanes))


def _in_vietnamese(content: Content, entry: Entry, gone: frozenset[str]) -> Reply:
    """An entry as residents are told it; the organiser may read another language."""
    with speaking("vi"):
        return render(content, entry, gone)


async def hand(desk: Desk, visit: Visit) -> Response:
    """Hand the questions to a unit, due on a day that is still to come."""
    unit, due = visit.line("don-vi", handed.LONGEST_UNIT), visit.day("han")
    today, chosen = desk.today(visit.now), visit.numbers("cau")
    if not unit or due is None or not today <= due <= today + timedelta(days=365):
        wrong = _("Bạn ghi tên đơn vị và một ngày từ hôm nay trở đi.")
        return await _group_page(desk, visit, wrong, "chuyen", 422)

    def work(session: Session) -> int:
        waiting = unanswered.still_open(session, chosen)
        rows = [question.id or 0 for question in waiting]
        handed.hand(session, rows, unit, due, visit.who.name, visit.now)
        for question in waiting:
            organisers.note(
                session, visit.who.name, "questions.hand", f"{question.code} {due}", visit.now
            )
        return len(rows)

    return desk.back(LIST, xong="chuyen", so=await desk.do(work))


async def overdue(desk: Desk, visit: Visit) -> Response:
    """What units have not answered in time."""
    today = desk.today(visit.now)

    def work(session: Session) -> list[tuple[str, date, str, str]]:
        return [
            (row.unit, row.due, question.code, question.text)
            for row, question in handed.overdue(session, today)
        ]

    return desk.page(visit, "overdue.html", rows=await desk.look(work), today=today)


async def paper(desk: Desk, visit: Visit) -> Response:
    """The group as the agenda of a talk."""
    settings, content = desk.web.settings, desk.web.content()
    work = partial(groups.of, code=visit.path["code"].upper(), zone=settings.zone)
    group = await desk.look(work)
    if group is None:
        return desk.wrong(visit, _("Câu này đã được trả lời, hoặc không có."), LIST, 404)
    names = _hamlets(desk)
    asked = [(item.text, item.at, names.get(item.hamlet, "")) for item in group.asked]
    near = [content.book.by_id[name] for name in group.near if name in content.book.by_id]
    gone = await dead_links(desk)
    told = [(entry.question, _in_vietnamese(content, entry, gone).text) for entry in near]
    body = agenda.docx(group.text[:200], asked, told, settings.zone, settings.operator, visit.now)
    return attached(body, f"toa-dam-{group.code.lower()}.docx", KINDS["docx"])


ONE = "/ban/cau-hoi/{code}"
DOORS = (
    Door(LIST, "GET", "questions.read", listed),
    Door("/ban/cau-hoi/tre-han", "GET", "questions.read", overdue),
    Door(ONE, "GET", "questions.read", show),
    Door(f"{ONE}/toa-dam.docx", "GET", "questions.read", paper),
    Door(f"{ONE}/tra-loi", "POST", "questions.answer", reply),
    Door(f"{ONE}/khong-thuoc", "POST", "questions.answer", refer),
    Door(f"{ONE}/ghep", "POST", "content.edit", join),
    Door(f"{ONE}/chuyen", "POST", "questions.answer", hand),
)
