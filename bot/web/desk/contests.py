"""Contests: rounds opened and closed, counted again, and their papers to take along."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import func, select
from sqlmodel import Session, col
from starlette.responses import Response

from bot import rulings
from bot.i18n import _
from bot.papers import files
from bot.papers.files import Around
from bot.terms import terms
from bot.web.desk.room import Desk, Door, Visit
from bot.web.paging import attached
from quiz import board, nicknames, rounds
from quiz.board import Row
from quiz.draw import TooFewQuestionsError
from quiz.log import Answer
from quiz.rounds import Round, UnknownRoundError
from quiz.rules import Rules

LIST = "/ban/cuoc-thi"
SHOWN = 40
LONGEST_DAYS = 366
TOP = 10


@dataclass(frozen=True)
class Line:
    """A round in the list."""

    code: str
    title: str
    mode: str
    state: str
    opens_at: datetime
    closes_at: datetime
    players: int
    rehearsal: bool


async def listed(desk: Desk, visit: Visit) -> Response:
    """The rounds, the newest first, and the form that opens one."""
    return await _list(desk, visit)


async def _list(desk: Desk, visit: Visit, wrong: str = "", status: int = 200) -> Response:
    found = await desk.look(partial(_listed, now=visit.now))
    states = {"open": _("đang mở"), "soon": _("chưa mở"), "over": _("đã đóng")}
    rules = desk.web.content().contests.values()
    return desk.page(
        visit,
        "contests.html",
        status,
        rows=[(line, states[line.state]) for line in found],
        rules=[one for one in rules if one.mode == "self"],
        wrong=wrong,
    )


def _listed(session: Session, now: datetime) -> list[Line]:
    shown = rounds.listed(session, rehearsals=True)[:SHOWN]
    return [_line(session, round_, now) for round_ in shown]


def _line(session: Session, round_: Round, now: datetime) -> Line:
    return Line(
        round_.code,
        round_.title,
        round_.mode,
        rounds.state_of(round_, now),
        round_.opens_at,
        round_.closes_at,
        board.count(session, rounds.id_of(round_)),
        round_.rehearsal,
    )


async def open_(desk: Desk, visit: Visit) -> Response:
    """Open a round under a set of rules, from now or a later moment on."""
    rules = desk.web.content().contests.get(visit.line("the-le", 80))
    days = visit.line("ngay", 4)
    if rules is None or rules.mode != "self":
        return await _list(desk, visit, _("Bạn chọn một thể lệ nhé."), 422)
    if not days.isdecimal() or not 1 <= int(days) <= LONGEST_DAYS:
        wrong = _("Số ngày từ 1 đến {most}.").format(most=LONGEST_DAYS)
        return await _list(desk, visit, wrong, 422)
    try:
        opens = visit.moment("mo-luc", desk.web.settings.zone) or visit.now
    except ValueError:
        return await _list(desk, visit, _("Giờ mở chưa đúng, bạn chọn lại nhé."), 422)
    opens = max(opens, visit.now)
    closes = opens + timedelta(days=int(days))
    work = partial(_open, desk=desk, visit=visit, rules=rules, opens=opens, closes=closes)
    try:
        code = await desk.do(work)
    except TooFewQuestionsError:
        wrong = _("Ngân hàng câu hỏi không đủ câu cho thể lệ này.")
        return await _list(desk, visit, wrong, 422)
    return desk.back(f"{LIST}/{code}")


def _open(
    session: Session, desk: Desk, visit: Visit, rules: Rules, opens: datetime, closes: datetime
) -> str:
    made = rulings.open_round(
        session,
        rules,
        desk.web.content().bank.current(desk.today(closes)),
        visit.who.name,
        visit.now,
        title=nicknames.tidy(visit.line("ten", 120)) or rules.title,
        season=visit.line("mua", 60),
        opens_at=opens,
        closes_at=closes,
    )
    return made.code


# One round


async def show(desk: Desk, visit: Visit) -> Response:
    """A round: its rules in words, its numbers, its board, its papers."""
    return await _page(desk, visit)


async def _page(
    desk: Desk, visit: Visit, told: str = "", wrong: str = "", status: int = 200
) -> Response:
    found = await desk.look(partial(_seen, visit=visit))
    if found is None:
        return desk.wrong(visit, _("Không có vòng thi này."), LIST, 404)
    line, round_, answers, top = found
    rules, units = rounds.rules_of(round_), _units(desk)
    zone, names = desk.web.settings.zone, desk.web.content().bank.categories
    return desk.page(
        visit,
        "contest.html",
        status,
        line=line,
        uid=round_.uid,
        answers=answers,
        top=top,
        units=units,
        rules=terms(rules, zone, round_.opens_at, round_.closes_at, units, names),
        asks_number=bool(rules.prediction),
        actual=round_.actual,
        files=list(files.KINDS),
        told=told,
        wrong=wrong,
    )


def _seen(session: Session, visit: Visit) -> tuple[Line, Round, int, list[Row]] | None:
    round_ = _round(session, visit)
    if round_ is None:
        return None
    number = rounds.id_of(round_)
    answers = select(func.count()).where(col(Answer.round_id) == number)
    line, top = _line(session, round_, visit.now), board.top(session, number, TOP)
    many = int(session.scalar(answers) or 0)
    session.expunge(round_)
    return line, round_, many, top


def _round(session: Session, visit: Visit) -> Round | None:
    try:
        return rounds.by_code(session, visit.path["code"])
    except UnknownRoundError:
        return None


def _units(desk: Desk) -> dict[str, str]:
    return desk.web.content().places.unit_names


async def close(desk: Desk, visit: Visit) -> Response:
    """Close a round now; with the number that was to be predicted, when it is known."""
    typed = visit.line("so", 9)
    if typed and not typed.isdecimal():
        return await _page(desk, visit, wrong=_("Số đúng chỉ ghi chữ số."), status=422)
    actual = int(typed) if typed else None

    def work(session: Session, round_: Round) -> str:
        rulings.close(session, round_, actual, visit.who.name, visit.now)
        return _("Vòng thi đã đóng.")

    return await _did(desk, visit, work)


async def again(desk: Desk, visit: Visit) -> Response:
    """Count a round again from its log; what differed is told and put right."""

    def work(session: Session, round_: Round) -> str:
        wrong = rulings.count_again(session, round_, visit.who.name, visit.now)
        if not wrong:
            return _("Bảng xếp hạng khớp với nhật ký câu trả lời.")
        told = _("Đã sửa {count} dòng lệch với nhật ký: {names}.")
        names = sorted({name for name, _item in wrong})[:TOP]
        return told.format(count=len(wrong), names=", ".join(names))

    return await _did(desk, visit, work)


async def _did(desk: Desk, visit: Visit, does: Callable[[Session, Round], str]) -> Response:
    def work(session: Session) -> str:
        round_ = _round(session, visit)
        return does(session, round_) if round_ else ""

    return await _page(desk, visit, told=await desk.do(work))


async def paper(desk: Desk, visit: Visit) -> Response:
    """A file of a round."""
    kind, settings = visit.path["kind"], desk.web.settings
    categories = desk.web.content().bank.categories
    around = Around(settings.zone, settings.operator, _units(desk), categories)
    write = files.writers(around, visit.now).get(kind)

    def work(session: Session) -> tuple[str, bytes] | None:
        round_ = _round(session, visit)
        return (round_.code, write(session, round_)) if round_ and write else None

    found = await desk.look(work)
    if found is None:
        return desk.wrong(visit, _("Không có tệp này."), LIST, 404)
    return attached(found[1], f"vong-thi-{found[0]}.{kind}", files.KINDS[kind])


ONE = f"{LIST}/{{code}}"
DOORS = (
    Door(LIST, "GET", "contest.run", listed),
    Door(LIST, "POST", "contest.run", open_),
    Door(ONE, "GET", "contest.run", show),
    Door(f"{ONE}/dong", "POST", "contest.run", close),
    Door(f"{ONE}/dem-lai", "POST", "contest.run", again),
    Door(f"{ONE}/tep/{{kind}}", "GET", "contest.run", paper),
)
