"""The presenter's page: contests, five large buttons and an undo."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import rulings
from bot.i18n import _
from bot.organisers import Organiser
from bot.web import auth
from bot.web.stage import reach
from bot.web.stage.hall import PRIVATE, Hall, now
from quiz import board, contest, jury, nicknames, players, rounds, stage
from quiz.board import Standing
from quiz.draw import TooFewQuestionsError
from quiz.players import Player
from quiz.rounds import Round
from quiz.rules import JURORS
from quiz.stage import StepError

LASTS = timedelta(hours=18)
"""How long after it was made a contest can be run."""
SHOWN = 200


class PresenterPage:
    """The pages of those who run a contest."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall

    async def organiser(self, request: Request) -> Organiser | None:
        """Who runs contests here, by their role of this moment."""
        holder = await auth.holder_of(self.hall.web, request)
        act = partial(auth.organiser_of, holder=holder, act="contest.run")
        return await self.hall.look(act)

    def stranger(self) -> Response:
        """Whoever asks may not be here."""
        return self.hall.page("stranger.html", 403)

    async def index(self, request: Request) -> Response:
        """The contests of this organiser, and a new one."""
        if await self.organiser(request) is None:
            return self.stranger()
        return await self._index()

    async def _index(self, wrong: str = "") -> Response:
        contests = self.hall.web.content().contests
        choices = [rules for rules in contests.values() if rules.mode == "stage"]
        listed = await self.hall.look(_listed)
        status = 422 if wrong else 200
        return self.hall.page("index.html", status, contests=listed, choices=choices, wrong=wrong)

    async def create(self, request: Request) -> Response:
        """Make a contest from a set of rules."""
        who = await self.organiser(request)
        if who is None:
            return self.stranger()
        async with request.form(max_files=0, max_fields=6) as form:
            title, name = (str(form.get(field, "")).strip() for field in ("title", "rules"))
            rehearsal = form.get("rehearsal") == "1"
        content = self.hall.web.content()
        rules = content.contests.get(name)
        if rules is None or rules.mode != "stage":
            return await self._index(_("Bạn chọn một thể lệ sân khấu nhé."))
        at = now()
        today = at.astimezone(self.hall.web.settings.zone).date()

        def work(session: Session) -> str:
            made = rulings.open_round(
                session,
                rules,
                content.bank.current(today),
                who.name,
                at,
                title=nicknames.tidy(title)[:120] or rules.title,
                opens_at=at,
                closes_at=at + LASTS,
                rehearsal=rehearsal,
            )
            return made.code

        try:
            code = await self.hall.write(work)
        except TooFewQuestionsError:
            return await self._index(_("Ngân hàng câu hỏi không đủ câu cho thể lệ này."))
        return RedirectResponse(f"/san-khau/{code}/dieu-khien", 303, headers=PRIVATE)

    async def show(self, request: Request) -> Response:
        """The presenter's desk of one contest."""
        if await self.organiser(request) is None:
            return self.stranger()
        return await self.desk(request)

    async def desk(self, request: Request, status: int = 200, **more: Any) -> Response:
        """The desk as it stands; with what was wrong, or a link to hand over."""
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
            deaf=not reach.hears_phones(self.hall.web.settings, self.hall.address(request)),
            link="",
            qr="",
            wrong="",
        )
        given.update(more)
        return self.hall.page("presenter.html", status, **given)

    async def step(self, request: Request) -> Response:
        """Take a step, or take the last one back; both only if nothing happened meanwhile."""
        who = await self.organiser(request)
        if who is None:
            return self.stranger()
        round_ = await self.hall.contest(request)
        if round_ is None:
            return self.hall.gone()
        async with request.form(max_files=0, max_fields=4) as form:
            act, seen = str(form.get("act", "")), str(form.get("seen", ""))
        at = now()

        def work(session: Session) -> None:
            found = session.get_one(Round, round_.id, with_for_update=True)
            number = int(seen) if seen.isdecimal() and len(seen) < 6 else -1
            if act == "undo":
                contest.undo(session, found, number, at)
            elif act in _acts():
                contest.take(session, found, act, number, who.name, at)  # type: ignore[arg-type]
            else:
                raise StepError(act)
            auth.note(session, who, f"contest.{act}", f"round {found.id}", at)

        try:
            await self.hall.write(work)
        except StepError:
            wrong = _("Có người vừa bấm trước, hoặc bước này chưa bấm được. Đây là tình hình mới.")
            return await self.desk(request, 409, wrong=wrong)
        self.hall.crowd(rounds.id_of(round_)).step()
        return self.back(round_)

    def back(self, round_: Round) -> Response:
        """To the desk again, so that a reload repeats nothing."""
        return RedirectResponse(f"/san-khau/{round_.code}/dieu-khien", 303, headers=PRIVATE)


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
        "here": _players(session, round_id),
        "teams": jury.scores(session, round_),
        "jurors": [juror.name for juror in jury.jurors(session, round_)],
        "parts": rounds.rules_of(round_).parts,
        "complete": jury.complete(session, round_),
    }


def _players(session: Session, round_id: int) -> list[tuple[str, str, str]]:
    """Who has joined, the newest first: key, name, and who hid it; who wants no name has none."""
    statement = (
        select(Player.person_key, Player.nickname, Player.hidden)  # type: ignore[call-overload]
        .join(Standing, col(Standing.person_key) == col(Player.person_key))
        .where(col(Standing.round_id) == round_id, col(Standing.side) == board.PLAYERS)
        .order_by(col(Standing.paper_id).desc())
        .limit(SHOWN)
    )
    return [
        (key, players.HIDDEN if hidden == "self" else name, hidden)
        for key, name, hidden in session.execute(statement)
    ]
