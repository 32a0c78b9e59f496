"""The presenter's page: five large buttons and an undo; teams, jury, helper, names."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import passes
from bot.flows.hall import problem
from bot.flows.live import signal_of
from bot.i18n import _
from bot.organisers import Organiser
from bot.web import auth
from bot.web.stage import codes
from bot.web.stage.hall import PRIVATE, Hall, now
from quiz import board, contest, jury, nicknames, players, rounds, stage
from quiz.jury import Juror, JuryFullError
from quiz.papers import Entrant
from quiz.players import NicknameError
from quiz.rounds import Round, UnknownRoundError
from quiz.rules import JURORS
from quiz.stage import StepError

LASTS = timedelta(hours=18)
"""How long after it was made a contest can be run."""
SHOWN = 200


class PresenterPage:
    """The pages of those who run a contest."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall

    async def _organiser(self, request: Request) -> Organiser | None:
        holder = await auth.holder_of(self.hall.web, request)
        act = partial(auth.organiser_of, holder=holder, act="contest.run")
        return await self.hall.look(act)

    def _stranger(self) -> Response:
        return self.hall.page("stranger.html", 403)

    async def index(self, request: Request) -> Response:
        """The contests of this organiser, and a new one."""
        if await self._organiser(request) is None:
            return self._stranger()
        contests = self.hall.web.content().contests
        choices = [rules for rules in contests.values() if rules.mode == "stage"]
        listed = await self.hall.look(_listed)
        return self.hall.page("index.html", contests=listed, choices=choices, now=now())

    async def create(self, request: Request) -> Response:
        """Make a contest from a set of rules."""
        who = await self._organiser(request)
        if who is None:
            return self._stranger()
        async with request.form(max_files=0, max_fields=6) as form:
            title, name = (str(form.get(field, "")).strip() for field in ("title", "rules"))
            rehearsal = form.get("rehearsal") == "1"
        content = self.hall.web.content()
        rules = content.contests.get(name)
        if rules is None or rules.mode != "stage":
            return RedirectResponse("/san-khau/quan-ly", 303, headers=PRIVATE)
        at = now()
        today = at.astimezone(self.hall.web.settings.zone).date()

        def work(session: Session) -> str:
            made = rounds.open_round(
                session,
                rules,
                content.bank.current(today),
                title=" ".join(title.split())[:120] or rules.title,
                opens_at=at,
                closes_at=at + LASTS,
                by=who.name,
                rehearsal=rehearsal,
            )
            auth.note(session, who, "contest.open", f"round {made.id}", at)
            return made.code

        code = await self.hall.web.db.write(work)
        return RedirectResponse(f"/san-khau/{code}/dieu-khien", 303, headers=PRIVATE)

    async def show(self, request: Request) -> Response:
        """The presenter's desk of one contest."""
        if await self._organiser(request) is None:
            return self._stranger()
        return await self._desk(request)

    async def _desk(self, request: Request, **more: Any) -> Response:
        round_ = await self.hall.contest(request)
        if round_ is None:
            return self.hall.gone()
        crowd = self.hall.crowd(rounds.id_of(round_))
        given = await self.hall.look(partial(_desk, round_id=rounds.id_of(round_), at=now()))
        given.update(
            round=round_,
            state=await crowd.picture(),
            labels=_labels(),
            acts=_acts(),
            jurors_range=JURORS,
            address=self.hall.address(request),
            link="",
            qr="",
            wrong="",
        )
        given.update(more)
        return self.hall.page("presenter.html", 422 if given["wrong"] else 200, **given)

    async def step(self, request: Request) -> Response:
        """Take a step, or take the last one back; both only if nothing happened meanwhile."""
        who = await self._organiser(request)
        if who is None:
            return self._stranger()
        round_ = await self.hall.contest(request)
        if round_ is None:
            return self.hall.gone()
        async with request.form(max_files=0, max_fields=4) as form:
            act, seen = str(form.get("act", "")), str(form.get("seen", ""))
        at = now()

        def work(session: Session) -> None:
            found = session.get_one(Round, round_.id)
            number = int(seen) if seen.isdecimal() else -1
            if act == "undo":
                contest.undo(session, found, number, at)
            elif act in _acts():
                contest.take(session, found, act, number, who.name, at)  # type: ignore[arg-type]
            else:
                raise StepError(act)
            auth.note(session, who, f"contest.{act}", f"round {found.id}", at)

        try:
            await self.hall.web.db.write(work)
        except StepError:
            wrong = _("Có người vừa bấm trước, hoặc bước này chưa bấm được. Đây là tình hình mới.")
            return await self._desk(request, wrong=wrong)
        self.hall.web.signals.tell(signal_of(round_))
        return self._back(round_)

    def _back(self, round_: Round) -> Response:
        return RedirectResponse(f"/san-khau/{round_.code}/dieu-khien", 303, headers=PRIVATE)

    async def people(self, request: Request) -> Response:
        """Add a team, a juror or a helper (each gets a link that works once), or hide a name."""
        who = await self._organiser(request)
        if who is None:
            return self._stranger()
        round_ = await self.hall.contest(request)
        if round_ is None:
            return self.hall.gone()
        async with request.form(max_files=0, max_fields=4) as form:
            act, name = (str(form.get(field, "")) for field in ("act", "name"))
        work = partial(_people, round_id=round_.id or 0, act=act, name=name, who=who, at=now())
        token, wrong = await self.hall.web.db.write(work)
        self.hall.web.signals.tell(signal_of(round_))
        if wrong:
            return await self._desk(request, wrong=wrong)
        if not token:
            return self._back(round_)
        link = f"{self.hall.address(request)}/vao/{token}"
        return await self._desk(request, link=link, qr=codes.inline(link))


def _acts() -> dict[str, str]:
    """The steps and what their buttons say."""
    return {
        "open": _("Mở câu hỏi"),
        "close": _("Đóng câu hỏi"),
        "reveal": _("Công bố đáp án"),
        "standings": _("Bảng xếp hạng"),
        "end": _("Kết thúc"),
    }


def _labels() -> dict[str, str]:
    """The phases in words."""
    return {
        "lobby": _("Đang chờ người chơi"),
        "open": _("Câu hỏi đang mở"),
        "closed": _("Câu hỏi đã đóng"),
        "reveal": _("Đã công bố đáp án"),
        "standings": _("Đang chiếu bảng xếp hạng"),
        "ended": _("Đã kết thúc"),
    }


def _listed(session: Session) -> list[tuple[Round, str, int]]:
    """The stage contests with their phase and how many joined, the newest first."""
    staged = [item for item in rounds.listed(session, rehearsals=True) if item.mode == "stage"]
    labels = _labels()
    return [
        (
            item,
            labels[contest.standing_of(session, item).phase],
            board.count(session, rounds.id_of(item)),
        )
        for item in staged[:30]
    ]


def _desk(session: Session, round_id: int, at: datetime) -> dict[str, Any]:
    """What the desk shows besides the picture everybody sees."""
    round_ = session.get_one(Round, round_id)
    current = contest.standing_of(session, round_)
    following = current.question + 1
    return {
        "possible": stage.possible(current, at),
        "following": contest.shown(round_, following).text if following <= current.of else "",
        "here": board.top(session, round_id, SHOWN),
        "teams": jury.scores(session, round_),
        "jurors": [juror.name for juror in jury.jurors(session, round_)],
        "parts": rounds.rules_of(round_).parts,
        "complete": jury.complete(session, round_),
    }


def _people(
    session: Session, round_id: int, act: str, name: str, who: Organiser, at: datetime
) -> tuple[str, str]:
    """Do what was asked: the token of a link, or what was wrong."""
    round_ = session.get_one(Round, round_id)
    auth.note(session, who, f"contest.{act}"[:60], f"round {round_id}", at)
    try:
        match act:
            case "team":
                team = players.enrol(session, round_id, "team", name, at)
                contest.join(session, round_, Entrant(team.person_key), "stage", at)
                return passes.issue(session, "team", team.person_key, at), ""
            case "team-again":
                return passes.issue(session, "team", _team(session, round_id, name, at), at), ""
            case "juror":
                juror = _juror(session, round_, name, at)
                return passes.issue(session, "juror", str(juror.id), at), ""
            case "helper":
                return passes.issue(session, "helper", str(round_id), at), ""
            case "revoke-helper":
                passes.revoke(session, "helper", str(round_id), at)
            case "hide" | "show":
                players.hide(session, name, hidden=act == "hide")
    except NicknameError as error:
        return "", problem(error.problem)
    except JuryFullError:
        return "", _("Ban giám khảo đã đủ {count} người.").format(count=JURORS[1])
    except UnknownRoundError:
        return "", _("Không có đội này.")
    return "", ""


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


def _team(session: Session, round_id: int, key: str, at: datetime) -> str:
    """A team's key, its old links and sessions ended. Raises UnknownRoundError."""
    if key not in {team.person_key for team in players.enrolled(session, round_id, "team")}:
        raise UnknownRoundError
    passes.revoke(session, "team", key, at)
    return key
