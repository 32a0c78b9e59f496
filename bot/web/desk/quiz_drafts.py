"""New quiz questions: written by one organiser, used when a second one has approved them."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from bot import organisers
from bot.desk import edits, quizzes
from bot.desk.edits import DRAFT, Change, NoDraftError, OutdatedError, SamePersonError, Wrong
from bot.i18n import _
from bot.web.desk import quiz_form
from bot.web.desk.quizzes import LIST, ONE, lost, page, piece
from bot.web.desk.room import Desk, Door, Visit


async def blank(desk: Desk, visit: Visit) -> Response:
    """The form of a new question."""
    return _form(desk, visit, quiz_form.blank(desk.web.content()), ())


def _form(
    desk: Desk, visit: Visit, data: dict[str, Any], wrong: Sequence[Wrong], status: int = 200,
    said: Sequence[str] = (),
) -> Response:  # fmt: skip
    main, others, rest = quiz_form.fields(desk.web.content(), data, wrong)
    return desk.page(visit, "quiz_new.html", status, main=main, others=others, rest=rest, said=said)


async def make(desk: Desk, visit: Visit) -> Response:
    """Look at a new question as players would see it, or keep it as a draft."""
    known = desk.web.content()
    made = await desk.look(lambda session: edits.names(session, quizzes.KIND))
    name = quiz_form.name_for({*made, *(one.id for one in known.bank.questions)})
    data = quiz_form.written(known, visit, name)
    question, wrong = await run_in_threadpool(quizzes.check, known, data)
    if question is None or wrong:
        return _form(desk, visit, data, wrong, 422)
    if visit.line("viec") == "xem":
        return _form(desk, visit, data, (), said=quiz_form.preview(question))

    def work(session: Session) -> None:
        edits.save(session, Change(quizzes.KIND, name, data, 0), visit.who.name, visit.now, DRAFT)
        subject = f"{quizzes.KIND} {name} v1"
        organisers.note(session, visit.who.name, "content.draft", subject, visit.now)

    try:
        await desk.do(work)
    except OutdatedError:
        return desk.wrong(visit, _("Có người vừa thêm một câu khác. Bạn lưu lại nhé."), LIST, 409)
    return desk.back(LIST, xong="nhap")


async def approve(desk: Desk, visit: Visit) -> Response:
    """Let the bot use a draft, unless something has become wrong with it."""
    found = await piece(desk, visit.path["name"])
    if found is None or found.draft is None:
        return lost(desk, visit)
    row_id, data = found.draft.id or 0, found.draft.data
    _question, wrong = await run_in_threadpool(quizzes.check, desk.web.content(), data)
    if wrong:
        return page(desk, visit, found, data, wrong, 422)

    def work(session: Session) -> None:
        row = edits.approve(session, quizzes.KIND, row_id, visit.who.name, visit.now)
        _note(session, visit, "content.approve", row.version)

    return await _decide(desk, visit, work, "duyet")


async def refuse(desk: Desk, visit: Visit) -> Response:
    """Put a draft aside."""
    found = await piece(desk, visit.path["name"])
    if found is None or found.draft is None:
        return lost(desk, visit)
    row_id = found.draft.id or 0

    def work(session: Session) -> None:
        row = edits.refuse(session, quizzes.KIND, row_id, visit.who.name, visit.now)
        _note(session, visit, "content.refuse", row.version)

    return await _decide(desk, visit, work, "bo")


def _note(session: Session, visit: Visit, act: str, version: int) -> None:
    subject = f"{quizzes.KIND} {visit.path['name']} v{version}"
    organisers.note(session, visit.who.name, act, subject, visit.now)


async def _decide(desk: Desk, visit: Visit, work: Any, done: str) -> Response:
    try:
        await desk.do(work)
    except SamePersonError:
        told = _("Người viết không tự duyệt được. Bạn nhờ một người tổ chức khác xem giúp.")
        return desk.wrong(visit, told, f"{LIST}/cau/{visit.path['name']}", 409)
    except NoDraftError:
        return desk.wrong(visit, _("Bản nháp này đã được xử lý."), LIST, 404)
    return desk.back(LIST, xong=done)


DOORS = (
    Door(f"{LIST}/moi", "GET", "quiz.edit", blank),
    Door(f"{LIST}/moi", "POST", "quiz.edit", make),
    Door(f"{ONE}/duyet", "POST", "quiz.edit", approve),
    Door(f"{ONE}/bo", "POST", "quiz.edit", refuse),
)
