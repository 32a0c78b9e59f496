"""Digital teams: their members, with codes shown once; whom they signed up; how many they helped"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from bot import helped, organisers
from bot.desk import teams
from bot.desk.teams import CODE_FOR, HelpMember, HelpTeam, UnknownTeamError
from bot.i18n import _, written
from bot.notices import on_behalf
from bot.notices.on_behalf import HelpedRsvp, UnknownRegistrationError
from bot.notices.programme import Programme
from bot.rows import Figure, Span
from bot.web.desk.figures import span_of
from bot.web.desk.room import Desk, Door, Visit, whole

PAGE = "/ban/giup"
USUAL = timedelta(days=83)
"""Days before today that are shown when none are asked for: twelve weeks."""
LATELY = timedelta(days=90)
LONGEST_NAME = 80


@dataclass(frozen=True)
class Found:
    """What the page shows."""

    teams: list[tuple[HelpTeam, list[HelpMember]]]
    signed_up: list[HelpedRsvp]
    figures: list[Figure]
    titles: dict[str, str]
    """What the times are called that somebody was signed up for."""


async def show(desk: Desk, visit: Visit) -> Response:
    """The teams, and how many people they helped in some days."""
    return await _page(desk, visit)


async def _page(
    desk: Desk, visit: Visit, wrong: str = "", code: str = "", name: str = ""
) -> Response:
    """The page; with what was wrong, or a member's code, shown this once."""
    today, zone = desk.today(visit.now), desk.web.settings.zone
    span, odd = span_of(desk, visit, Span(today - USUAL, today, zone))
    places = desk.web.content().places
    planned = desk.web.programme()
    work = partial(_gather, span=span, hamlets=places.hamlet_names, visit=visit, programme=planned)
    found = await desk.look(work)
    return desk.page(
        visit,
        "teams.html",
        422 if wrong else 200,
        found=found,
        span=span,
        hamlets=places.hamlet_names,
        open_hamlets=places.hamlets,
        titles=found.titles,
        address=lambda _figure, _row: "",
        mistake=wrong,
        wrong=odd,
        code=code,
        name=name,
        days=CODE_FOR.days,
        done=_done().get(visit.asked("xong"), ""),
    )


def _gather(
    session: Session, span: Span, hamlets: Mapping[str, str], visit: Visit, programme: Programme
) -> Found:
    """Everything the page shows; the names of people only to who keeps them."""
    keeps = visit.may("questions.answer")
    listed = [(team, list(teams.members(session, team.id or 0))) for team in teams.listed(session)]
    signed_up = list(on_behalf.listed(session, visit.now - LATELY)) if keeps else []
    figures = helped.all_of(session, span, hamlets)
    events = {event.id: event.title for event in programme.current(session)}
    titles = {row.occurrence: _called(row.occurrence, events) for row in signed_up}
    session.expunge_all()
    return Found(listed, signed_up, figures, titles)


def _called(occurrence: str, titles: Mapping[str, str]) -> str:
    event, _at, day = occurrence.partition("@")
    title = titles.get(event, event)
    return f"{title}, {written(day)}" if day else title


def _done() -> dict[str, str]:
    return {
        "to": _("Đã thêm tổ."),
        "bo": _("Đã đưa người đó ra khỏi tổ, có hiệu lực ngay."),
        "bo-to": _("Đã bỏ tổ. Số lượt giúp vẫn còn."),
        "bo-dang-ky": _("Đã bỏ đăng ký và xóa tên gọi."),
    }


async def change(desk: Desk, visit: Visit) -> Response:
    """Do something about teams, members and those they signed up."""
    act, number = visit.line("viec"), whole(visit.line("so"))
    name = visit.line("ten", LONGEST_NAME)
    given: dict[str, Any] = {"by": visit.who.name, "now": visit.now}
    try:
        match act:
            case "to" if name:
                hamlet = visit.line("thon")
                known = {place.id for place in desk.web.content().places.hamlets}
                hamlet = hamlet if hamlet in known else ""
                await desk.do(partial(teams.add, name=name, hamlet=hamlet, **given))
            case "moi" if name:
                code = await desk.do(partial(teams.invite, number=number, name=name, **given))
                return await _page(desk, visit, code=code, name=name)
            case "ma":
                code = await desk.do(partial(teams.again, number=number, **given))
                return await _page(desk, visit, code=code, name=_("thành viên này"))
            case "bo":
                await desk.do(partial(teams.drop, number=number, **given))
            case "bo-to" if visit.line("chac") == "1":
                await desk.do(partial(teams.remove, number=number, **given))
            case "bo-to":
                return await _page(desk, visit, _("Bạn đánh dấu ô “chắc chắn” rồi bấm lại."))
            case "bo-dang-ky":
                await desk.do(partial(_take_back, number=number, visit=visit))
            case _:
                return await _page(desk, visit, _("Bạn ghi tên giúp mình."))
    except (UnknownTeamError, UnknownRegistrationError):
        return await _page(desk, visit, _("Mục này không còn trong danh sách."))
    return desk.back(PAGE, xong=act)


def _take_back(session: Session, number: int, visit: Visit) -> None:
    row = on_behalf.take_back(session, f"{number}")
    organisers.note(session, visit.who.name, "teams.forget", f"team {row.team_id}", visit.now)


DOORS = (
    Door(PAGE, "GET", "numbers.read", show),
    Door(PAGE, "POST", "questions.answer", change),
)
