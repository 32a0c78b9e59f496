"""New entries: written by one organiser, used when a second one has approved them."""

from typing import Any

from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from bot import organisers
from bot.desk import edits, groups, overlay
from bot.desk.edits import DRAFT, Change, ContentEdit, NoDraftError, SamePersonError
from bot.i18n import _
from bot.web.desk import content, entry_form, questions
from bot.web.desk.room import Desk, Door, Visit

LIST = "/ban/noi-dung/nhap"


async def blank(desk: Desk, visit: Visit) -> Response:
    """The form of a new entry; from a group of questions when it comes from one."""
    code = visit.asked("tu").upper()
    zone = desk.web.settings.zone
    group = await desk.look(lambda session: groups.of(session, code, zone)) if code else None
    texts = group.texts if group else []
    data = entry_form.blank(desk, visit, texts[0] if texts else "", texts)
    waiting = [item.id for item in group.asked] if group else []
    return _form(desk, visit, data, waiting, ())


def _form(
    desk: Desk, visit: Visit, data: dict[str, Any], waiting: list[int],
    wrong: tuple[edits.Wrong, ...], status: int = 200,
) -> Response:  # fmt: skip
    main, others, rest = entry_form.fields(desk, data, wrong)
    return desk.page(
        visit, "draft_new.html", status, main=main, others=others, rest=rest, waiting=waiting
    )


async def make(desk: Desk, visit: Visit) -> Response:
    """Keep a draft, unless something is wrong with it."""
    waiting = visit.numbers("cau")
    known = desk.web.content()
    taken = await desk.look(
        lambda session: frozenset(row.name for row in edits.drafts(session, "entry"))
    )
    name = entry_form.name_for(known, visit.line("question"), taken)
    data = entry_form.written(visit, name)
    _entry, wrong = await run_in_threadpool(overlay.check, known, data)
    if wrong:
        return _form(desk, visit, data, waiting, tuple(wrong), 422)

    def work(session: Session) -> None:
        change = Change(
            *("entry", name),
            {**data, "questions": waiting},
            edits.version_of(session, "entry", name),
        )
        row = edits.save(session, change, visit.who.name, visit.now, DRAFT)
        subject = f"entry {name} v{row.version}"
        organisers.note(session, visit.who.name, "content.draft", subject, visit.now)

    await desk.do(work)
    return desk.back("/ban/cau-hoi" if waiting else LIST, xong="nhap")


async def listed(desk: Desk, visit: Visit) -> Response:
    """The drafts that wait for a second pair of eyes, as the bot would say them."""

    def work(session: Session) -> list[ContentEdit]:
        rows = list(edits.drafts(session, "entry"))
        session.expunge_all()
        return rows

    rows = await desk.look(work)
    gone = await entry_form.dead_links(desk)
    shown = []
    for row in rows:
        entry, _wrong = overlay.parse(row.data)
        said = entry_form.preview(desk.web.content(), row.data, entry, gone) if entry else ""
        shown.append((row, row.data, said))
    return desk.page(visit, "drafts.html", shown=shown, done=questions.told(visit))


async def approve(desk: Desk, visit: Visit) -> Response:
    """Let the bot use a draft, and give its answer to those who asked."""
    number = int(visit.path["row"]) if visit.path["row"].isdecimal() else 0

    def work(session: Session) -> list[str]:
        row = edits.approve(session, "entry", number, visit.who.name, visit.now)
        subject = f"entry {row.name} v{row.version}"
        organisers.note(session, visit.who.name, "content.approve", subject, visit.now)
        waiting = [int(one) for one in row.data.get("questions", ())]
        text = str(row.data.get("answer", ""))
        return questions.send(desk, visit, session, text, waiting, "questions.answer")

    try:
        lanes = await desk.do(work)
    except SamePersonError:
        told = _("Người viết không tự duyệt được. Bạn nhờ một người tổ chức khác xem giúp.")
        return desk.wrong(visit, told, LIST, 409)
    except NoDraftError:
        return desk.wrong(visit, _("Bản nháp này đã được xử lý."), LIST, 404)
    for lane in lanes:
        desk.web.signals.tell(lane)
    return desk.back(content.LIST, xong="duyet")


async def refuse(desk: Desk, visit: Visit) -> Response:
    """Put a draft aside; its questions still wait."""
    number = int(visit.path["row"]) if visit.path["row"].isdecimal() else 0

    def work(session: Session) -> None:
        row = edits.refuse(session, "entry", number, visit.who.name, visit.now)
        subject = f"entry {row.name} v{row.version}"
        organisers.note(session, visit.who.name, "content.refuse", subject, visit.now)

    try:
        await desk.do(work)
    except NoDraftError:
        return desk.wrong(visit, _("Bản nháp này đã được xử lý."), LIST, 404)
    return desk.back(content.LIST, xong="bo")


DOORS = (
    Door("/ban/noi-dung/moi", "GET", "content.edit", blank),
    Door("/ban/noi-dung/moi", "POST", "content.edit", make),
    Door(LIST, "GET", "content.edit", listed),
    Door(f"{LIST}/{{row}}/duyet", "POST", "content.edit", approve),
    Door(f"{LIST}/{{row}}/bo", "POST", "content.edit", refuse),
)
