"""Those who take part by a link: teams, jurors, helpers; and names taken off the wall."""

from datetime import datetime
from functools import partial

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from bot import passes
from bot.flows.hall import problem
from bot.flows.live import signal_of
from bot.i18n import _
from bot.organisers import Organiser
from bot.web import auth
from bot.web.stage import codes
from bot.web.stage.hall import Hall, now
from bot.web.stage.presenter import PresenterPage
from quiz import contest, jury, nicknames, players, rounds
from quiz.jury import Juror, JuryFullError
from quiz.papers import Entrant
from quiz.players import NicknameError
from quiz.rounds import Round, RoundClosedError
from quiz.rules import JURORS


class PeoplePage:
    """What the desk posts about people."""

    def __init__(self, hall: Hall, desk: PresenterPage) -> None:
        self.hall = hall
        self.desk = desk

    async def take(self, request: Request) -> Response:
        """Add a team, a juror or a helper (each gets a link that works once), or hide a name."""
        who = await self.desk.organiser(request)
        if who is None:
            return self.desk.stranger()
        round_ = await self.hall.contest(request)
        if round_ is None:
            return self.hall.gone()
        async with request.form(max_files=0, max_fields=4) as form:
            act, name = (str(form.get(field, "")) for field in ("act", "name"))
        work = partial(_people, round_id=round_.id or 0, act=act, name=name, who=who, at=now())
        token, wrong = await self.hall.write(work)
        self.hall.web.signals.tell(signal_of(round_))
        if wrong:
            return await self.desk.desk(request, 422, wrong=wrong)
        if not token:
            return self.desk.back(round_)
        link = f"{self.hall.address(request)}/vao/{token}"
        return await self.desk.desk(request, link=link, qr=codes.inline(link))


def _people(
    session: Session, round_id: int, act: str, name: str, who: Organiser, at: datetime
) -> tuple[str, str]:
    """Do what was asked: the token of a link, or what was wrong."""
    round_ = session.get_one(Round, round_id)
    try:
        token = _done(session, round_, act, name, at)
    except NicknameError as error:
        return "", problem(error.problem)
    except JuryFullError:
        return "", _("Ban giám khảo đã đủ {count} người.").format(count=JURORS[1])
    except RoundClosedError:
        return "", _("Cuộc thi này đã kết thúc hoặc chưa mở.")
    except LookupError:
        return "", _("Không có người hay đội này trong cuộc thi.")
    auth.note(session, who, f"contest.{act}", f"round {round_id}", at)
    return token, ""


def _done(session: Session, round_: Round, act: str, name: str, at: datetime) -> str:
    """The token of a link, or nothing when the act gives none. Raises LookupError."""
    match act:
        case "team":
            return passes.issue(session, "team", _team(session, round_, name, at), at)
        case "juror":
            return passes.issue(session, "juror", str(_juror(session, round_, name, at).id), at)
        case "helper":
            return passes.issue(session, "helper", str(round_.id), at)
        case "revoke-helper":
            passes.revoke(session, "helper", str(round_.id), at)
            return ""
        case "hide" | "show":
            player = players.of(session, name)
            if player is None or contest.paper_of(session, round_, name) is None:
                raise LookupError(act)
            if player.hidden == "self":  # their own wish: not ours to undo
                return ""
            players.hide(session, name, hidden=act == "hide")
            return ""
        case _:
            raise LookupError(act)


def _juror(session: Session, round_: Round, name: str, at: datetime) -> Juror:
    """The juror of a name: appointed now, or given a new link."""
    wanted = nicknames.tidy(name)[:60]
    for juror in jury.jurors(session, round_):
        if juror.name == wanted:
            passes.revoke(session, "juror", str(juror.id), at)
            return juror
    if len(wanted) < nicknames.SHORTEST:
        raise NicknameError("short")
    return jury.appoint(session, round_, wanted, at)


def _team(session: Session, round_: Round, name: str, at: datetime) -> str:
    """The key of a team: a new one, or one we have, whose old links and sessions end."""
    wanted = players.checked(name)
    for known in players.enrolled(session, rounds.id_of(round_), "team"):
        if known.nickname == wanted:
            passes.revoke(session, "team", known.person_key, at)
            return known.person_key
    team = players.enrol(session, rounds.id_of(round_), "team", wanted, at)
    contest.join(session, round_, Entrant(team.person_key), "stage", at)
    return team.person_key
