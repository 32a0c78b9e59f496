"""Quiz questions: search, edit, preview as players see them, withdraw, earlier versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from bot.desk import edits, quizzes
from bot.desk.edits import DRAFT, LIVE, Change, ContentEdit, Wrong
from bot.i18n import _
from bot.web.desk import content as contents
from bot.web.desk import quiz_form
from bot.web.desk.content import Piece
from bot.web.desk.room import Desk, Door, Visit
from quiz import practice
from quiz.bank import Question
from quiz.practice import Tried

LIST = "/ban/do-vui"
ONE = f"{LIST}/cau/{{name}}"
SHOWN = 60


@dataclass(frozen=True)
class Line:
    """A question in the list, and what one should know of it."""

    question: Question
    current: bool
    edited: bool
    both: bool
    """The shipped question changed after it was edited here."""
    odd: Tried | None
    """How often it was answered rightly, when that is too seldom or nearly always."""


async def listed(desk: Desk, visit: Visit) -> Response:
    """Questions by words, category, level, and those that want looking at."""
    known, today = desk.web.content(), desk.today(visit.now)
    asked = {key: visit.asked(key) for key in ("q", "nhom", "muc", "xem")}

    def work(session: Session) -> tuple[list[ContentEdit], dict[str, Tried], list[ContentEdit]]:
        odd = {one.question: one for one in practice.odd_ones(session)}
        rows, drafts = edits.live(session), list(edits.drafts(session, quizzes.KIND))
        session.expunge_all()
        return rows, odd, drafts

    rows, odd, drafts = await desk.look(work)
    edited = {row.name: row for row in rows if row.kind == quizzes.KIND}
    lines = [
        Line(
            one, one.current(today), one.id in edited,
            one.id in edited and is_both(desk, edited[one.id]), odd.get(one.id),
        )
        for one in known.bank.questions
        if _fits(one, asked)
    ]  # fmt: skip
    kept = [line for line in lines if _wanted(line, asked["xem"])]
    return desk.page(
        visit, "quizzes.html", lines=kept[:SHOWN], count=len(kept), asked=asked, drafts=drafts,
        categories=known.bank.categories, levels=quiz_form.levels(), done=_told(visit),
    )  # fmt: skip


def _fits(one: Question, asked: dict[str, str]) -> bool:
    """Whether a question has every word that is searched, the category and the level."""
    if asked["nhom"] not in {"", one.category} or asked["muc"] not in {"", str(one.difficulty)}:
        return False
    texts = (one.id, one.question, *one.options, one.explanation, one.topic)
    return contents.has_words(asked["q"], *texts)


def _wanted(line: Line, only: str) -> bool:
    """Whether a question is of a choice; without one, all that are not withdrawn."""
    gone = line.question.withdrawn
    return {
        "han": not line.current and not gone,
        "rut": gone,
        "sua": line.edited,
        "hai": line.both,
        "lech": line.odd is not None,
    }.get(only, not gone)


def _told(visit: Visit) -> str:
    return {
        "luu": _(
            "Đã lưu. Đố vui và vòng thi mới dùng bản này sau vài giây; vòng thi đang mở giữ bản cũ."
        ),
        "rut": _("Đã rút. Câu này không được ra nữa; vòng thi đang mở vẫn giữ."),
        "khoi-phuc": _("Đã khôi phục. Bot dùng bản đó sau vài giây."),
        "nhap": _("Đã lưu bản nháp, chờ người thứ hai duyệt."),
        "duyet": _("Đã duyệt. Bot dùng câu mới sau vài giây."),
        "bo": _("Đã bỏ bản nháp."),
    }.get(visit.asked("xong"), "")


def is_both(desk: Desk, row: ContentEdit) -> bool:
    """Whether the shipped question changed after it was edited here."""
    return bool(row.base) and row.base != quizzes.stamp(desk.web.content().shipped_bank, row.name)


def shipped(desk: Desk, name: str) -> Question | None:
    """The question as it is shipped."""
    bank = desk.web.content().shipped_bank
    return next((one for one in bank.questions if one.id == name), None) if bank else None


async def piece(desk: Desk, name: str) -> Piece | None:
    """A question as it stands now, even before the bot has taken it over."""
    rows = await contents.history(desk, quizzes.KIND, name)
    live = next((row for row in rows if row.state == LIVE), None)
    if live is not None and live.body:
        return Piece(live.data, rows, live=live)
    draft = next((row for row in rows if row.state == DRAFT), None)
    own = shipped(desk, name)
    if own is not None:
        return Piece(quizzes.as_data(own), rows, live=live)
    return Piece(draft.data, rows, draft) if draft else None


async def show(desk: Desk, visit: Visit) -> Response:
    """One question: the form, how players see it, and its earlier versions."""
    found = await piece(desk, visit.path["name"])
    return lost(desk, visit) if found is None else page(desk, visit, found, found.data, ())


def lost(desk: Desk, visit: Visit) -> Response:
    """There is no such question."""
    return desk.wrong(visit, _("Không có câu này."), LIST, 404)


def page(
    desk: Desk, visit: Visit, found: Piece, data: dict[str, Any], wrong: Sequence[Wrong],
    status: int = 200, told: str = "",
) -> Response:  # fmt: skip
    """The page of a question, with what was written in its form."""
    main, others, rest = quiz_form.fields(desk.web.content(), data, wrong)
    question = quizzes.parse(data)[0]
    own = shipped(desk, visit.path["name"])
    both = found.live is not None and bool(found.live.body) and is_both(desk, found.live)
    return desk.page(
        visit, "quiz.html", status, name=visit.path["name"], found=found, data=data, told=told,
        main=main, others=others, rest=rest, own=own, both=both,
        said=quiz_form.preview(question) if question else (),
        forms={row.version: _in_full(row) for row in found.rows if row.body},
        in_full=quiz_form.in_full, question=question,
        expired=bool(question and not question.withdrawn
                     and not question.current(desk.today(visit.now))),
    )  # fmt: skip


def _in_full(row: ContentEdit) -> str:
    question = quizzes.parse(row.data)[0]
    return quiz_form.in_full(question) if question else ""


async def save(desk: Desk, visit: Visit) -> Response:
    """Look at a question as players would see it, or keep it when nothing is wrong with it."""
    known, name = desk.web.content(), visit.path["name"]
    found = await piece(desk, name)
    if found is None:
        return lost(desk, visit)
    data = quiz_form.written(known, visit, name)
    if found.data.get("withdrawn"):
        data["withdrawn"] = "true"
    _question, wrong = await run_in_threadpool(quizzes.check, known, data)
    if wrong:
        return page(desk, visit, found, data, wrong, 422)
    if visit.line("viec") == "xem":
        return page(desk, visit, found, data, (), told=_("Chưa lưu."))
    version = next(iter(visit.numbers("ban")), 0)
    state = DRAFT if found.draft else LIVE
    return await keep(desk, visit, data, version, "content.save", "luu", state)


async def keep(
    desk: Desk, visit: Visit, data: dict[str, Any] | None, version: int, act: str, done: str,
    state: str = LIVE,
) -> Response:  # fmt: skip
    """Keep a form of a question and go on to the list, unless somebody else was faster."""
    name = visit.path["name"]
    base = quizzes.stamp(desk.web.content().shipped_bank, name)
    change = Change(quizzes.KIND, name, data, version, base)
    if not await contents.keep(desk, visit, change, act, state):
        told = _("Có người vừa sửa câu này. Bạn xem bản mới rồi sửa lại.")
        return desk.wrong(visit, told, f"{LIST}/cau/{name}", 409)
    return desk.back(LIST, xong="nhap" if state == DRAFT else done)


async def withdraw(desk: Desk, visit: Visit) -> Response:
    """Take a question out, or into use again when nothing is wrong with it."""
    found = await piece(desk, visit.path["name"])
    if found is None or found.draft:
        return lost(desk, visit)
    version = next(iter(visit.numbers("ban")), 0)
    if visit.line("viec") != "dung":
        data = {**found.data, "withdrawn": "true"}
        return await keep(desk, visit, data, version, "content.withdraw", "rut")
    data = {key: value for key, value in found.data.items() if key != "withdrawn"}
    _question, wrong = await run_in_threadpool(quizzes.check, desk.web.content(), data)
    if wrong:
        return page(desk, visit, found, found.data, wrong, 422)
    return await keep(desk, visit, data, version, "content.restore", "khoi-phuc")


async def restore(desk: Desk, visit: Visit) -> Response:
    """Bring back an earlier version, or the shipped one, as the newest."""
    name, chosen = visit.path["name"], next(iter(visit.numbers("ban")), 0)
    rows = await contents.history(desk, quizzes.KIND, name)
    row = next((one for one in rows if one.version == chosen and one.body), None)
    if not rows or (chosen and row is None):
        return desk.wrong(visit, _("Không có bản này."), f"{LIST}/cau/{name}", 404)
    data = row.data if row else None
    if data is None and shipped(desk, name) is None:
        told = _("Mục này chỉ có ở bàn, không có bản đi kèm.")
        return desk.wrong(visit, told, f"{LIST}/cau/{name}")
    if data is not None:
        _question, wrong = await run_in_threadpool(quizzes.check, desk.web.content(), data)
        if wrong:
            told = _("Bản cũ không còn khớp với nội dung bây giờ. Bạn sửa trong biểu mẫu nhé.")
            return desk.wrong(visit, told, f"{LIST}/cau/{name}")
    new = shipped(desk, name) is None and all(one.state != LIVE for one in rows)
    state = DRAFT if new else LIVE
    return await keep(desk, visit, data, rows[0].version, "content.restore", "khoi-phuc", state)


DOORS = (
    Door(LIST, "GET", "quiz.edit", listed),
    Door(ONE, "GET", "quiz.edit", show),
    Door(ONE, "POST", "quiz.edit", save),
    Door(f"{ONE}/rut", "POST", "quiz.edit", withdraw),
    Door(f"{ONE}/khoi-phuc", "POST", "quiz.edit", restore),
)
