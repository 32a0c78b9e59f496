"""A juror's phone: every team, every part, kept as soon as it is given."""

from datetime import datetime
from functools import partial
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.flows.live import signal_of
from bot.i18n import _
from bot.web import auth
from bot.web.stage.hall import PRIVATE, Hall, now
from quiz import jury, players, rounds
from quiz.jury import Juror, MarkError
from quiz.rounds import Round


class MarkingPage:
    """The page of a member of the jury."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall

    async def show(self, request: Request) -> Response:
        """The teams with the marks given so far; a form posts one mark or all."""
        round_ = await self.hall.contest(request)
        if round_ is None:
            return self.hall.gone()
        holder = await auth.holder_of(self.hall.web, request)
        if holder is None or holder.kind != "juror":
            return self.hall.page("stranger.html", 403)
        number = int(holder.subject)
        if request.method == "POST":
            return await self._keep(request, round_, number)
        work = partial(_sheet, round_id=rounds.id_of(round_), juror_id=number)
        sheet = await self.hall.look(work)
        if sheet is None:
            return self.hall.page("stranger.html", 403)
        return self.hall.page("marking.html", round=round_, wrong="", **sheet)

    async def _keep(self, request: Request, round_: Round, number: int) -> Response:
        async with request.form(max_files=0, max_fields=200) as form:
            given = {str(name): str(value) for name, value in form.items()}
        work = partial(_keep, round_id=rounds.id_of(round_), juror_id=number, given=given, at=now())
        wrong = await self.hall.write(work)
        self.hall.web.signals.tell(signal_of(round_))
        if "application/json" in request.headers.get("accept", ""):
            told = {"kept": not wrong, "words": wrong or _("Đã lưu")}
            return JSONResponse(told, 422 if wrong else 200, headers=PRIVATE)
        if not wrong:
            return RedirectResponse(f"/san-khau/{round_.code}/cham", 303, headers=PRIVATE)
        read = partial(_sheet, round_id=rounds.id_of(round_), juror_id=number)
        sheet = await self.hall.look(read)
        if sheet is None:
            return self.hall.page("stranger.html", 403)
        return self.hall.page("marking.html", 422, round=round_, wrong=wrong, **sheet)


def _sheet(session: Session, round_id: int, juror_id: int) -> dict[str, Any] | None:
    """A juror's sheet, or None when they are of another contest."""
    juror = session.get(Juror, juror_id)
    if juror is None or juror.round_id != round_id:
        return None
    round_ = session.get_one(Round, round_id)
    mine = {
        (mark.team, mark.part): mark.points
        for other, mark in jury.marks(session, round_)
        if other.id == juror_id
    }
    return {
        "juror": juror.name,
        "teams": [
            (team.person_key, team.nickname) for team in players.enrolled(session, round_id, "team")
        ],
        "parts": rounds.rules_of(round_).parts,
        "marks": mine,
    }


def _keep(
    session: Session, round_id: int, juror_id: int, given: dict[str, str], at: datetime
) -> str:
    """Keep the marks of a form (`team/part` = points); what is wrong with them, or nothing."""
    juror = session.get(Juror, juror_id)
    if juror is None or juror.round_id != round_id:
        return _("Bạn không ở trong ban giám khảo của cuộc thi này.")
    round_ = session.get_one(Round, round_id)
    for name, value in given.items():
        team, _slash, part = name.partition("/")
        if not value.strip():
            continue
        try:
            points = float(value.replace(",", "."))
            jury.give(session, round_, juror, team, part, points, at)
        except (ValueError, MarkError):
            return _("Điểm {value} không hợp lệ, chưa lưu. Bạn xem lại mức tối đa nhé.").format(
                value=value[:12]
            )
    return ""
