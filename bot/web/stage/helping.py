"""A helper's phone: answers of people without one, keyed in from paper."""

from datetime import datetime
from functools import partial
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.flows.hall import problem
from bot.flows.live import signal_of
from bot.i18n import _
from bot.web import auth
from bot.web.stage.hall import PRIVATE, Hall, now
from bot.web.stage.player import words
from quiz import contest, players, rounds
from quiz.papers import Entrant
from quiz.players import NicknameError
from quiz.pressing import HELPER, Press
from quiz.rounds import Round, RoundClosedError


class HelpingPage:
    """The page of a helper."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall

    async def show(self, request: Request) -> Response:
        """The people without a phone, and four keys for each."""
        round_ = await self.hall.contest(request)
        if round_ is None:
            return self.hall.gone()
        holder = await auth.holder_of(self.hall.web, request)
        if holder is None or (holder.kind, holder.subject) != ("helper", str(round_.id)):
            return self.hall.page("stranger.html", 403)
        wrong = ""
        if request.method == "POST":
            wrong = await self._do(request, round_)
            if not wrong:
                address = f"/san-khau/{round_.code}/nhap-ho"
                return RedirectResponse(address, 303, headers=PRIVATE)
        sheet = await self.hall.look(partial(_sheet, round_id=rounds.id_of(round_)))
        status = 422 if wrong else 200
        return self.hall.page("helping.html", status, round=round_, wrong=wrong, **sheet)

    async def _do(self, request: Request, round_: Round) -> str:
        """Enrol somebody, or key in an answer; what was wrong, or nothing."""
        async with request.form(max_files=0, max_fields=6) as form:
            name, key, choice, question = (
                str(form.get(field, ""))[:120] for field in ("name", "key", "choice", "question")
            )
        round_id = rounds.id_of(round_)
        if name:
            work = partial(_enrol, round_id=round_id, name=name, at=now())
            wrong = await self.hall.write(work)
        else:
            place = int(choice) if choice in {"0", "1", "2", "3"} else -1
            item = Press(key, place, HELPER, now(), question)
            mine = partial(_is_paper, round_id=round_id, key=key)
            if not await self.hall.look(mine):
                return words("stranger")
            result = await self.hall.collector(round_).press(item)
            wrong = "" if result == "counted" else words(result)
        self.hall.web.signals.tell(signal_of(round_))
        return wrong


def _is_paper(session: Session, round_id: int, key: str) -> bool:
    """Whether somebody is one of those a helper may answer for."""
    return key in {item.person_key for item in players.enrolled(session, round_id, "paper")}


def _enrol(session: Session, round_id: int, name: str, at: datetime) -> str:
    try:
        person = players.enrol(session, round_id, "paper", name, at)
        round_ = session.get_one(Round, round_id)
        contest.join(session, round_, Entrant(person.person_key), HELPER, at)
    except NicknameError as error:
        return problem(error.problem)
    except RoundClosedError:
        return _("Cuộc thi này đã kết thúc hoặc chưa mở.")
    return ""


def _sheet(session: Session, round_id: int) -> dict[str, Any]:
    round_ = session.get_one(Round, round_id)
    stage = contest.standing_of(session, round_)
    takes = stage.phase in {"open", "closed"}
    people = []
    for person in players.enrolled(session, round_id, "paper"):
        answer = contest.answer_to(session, round_, stage, person.person_key) if takes else None
        chosen = None
        if answer is not None:
            _question, asked = contest.questions(round_)[stage.question - 1]
            chosen = asked.order.index(answer.choice)
        people.append((person.person_key, person.nickname, chosen))
    shown = contest.shown(round_, stage.question) if takes else None
    return {"people": people, "stage": stage, "shown": shown}
