"""Signing in: a one-time link opens a session; every request asks whose it still is."""

from datetime import UTC, datetime
from functools import partial

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot import organisers, passes
from bot.organisers import POWERS, Act, Organiser
from bot.passes import Holder
from bot.web import render
from bot.web.context import Web
from bot.web.stage.tongue import spoken

COOKIE = "pass"
PRIVATE = {"Cache-Control": "no-store"}
MONTH = 30 * 24 * 3600


def routes(web: Web) -> list[Route]:
    """Where one-time links lead, and the way out."""
    door = Door(web)
    return [
        Route("/vao/{token}", spoken(door.enter), methods=["GET", "POST"]),
        Route("/ra", door.leave, methods=["POST"]),
    ]


class Door:
    """Opens and ends sessions."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.templates = render.environment()

    async def enter(self, request: Request) -> Response:
        """A look at the link uses nothing up: preview robots look. Only the button does."""
        token, now = request.path_params["token"], datetime.now(UTC)
        if request.method != "POST":
            good = await self.web.db.fetch(partial(passes.is_good, token=token, now=now))
            return self._page(good)
        opened = await self.web.db.write(partial(passes.open_session, token=token, now=now))
        if opened is None:
            return self._page(good=False)
        secret, holder = opened
        target = await self.web.db.fetch(partial(_home, holder=holder))
        response = RedirectResponse(target, 303, headers=PRIVATE)
        response.set_cookie(
            COOKIE,
            secret,
            max_age=MONTH,
            httponly=True,
            samesite="lax",
            secure=self.web.settings.public_url.startswith("https:"),
        )
        return response

    async def leave(self, request: Request) -> Response:
        """Sign out: the session ends on our side too."""
        found = await holder_of(self.web, request)
        if found is not None:
            now = datetime.now(UTC)
            await self.web.db.write(partial(passes.leave, pass_id=found.pass_id, now=now))
        response = RedirectResponse("/", 303, headers=PRIVATE)
        response.delete_cookie(COOKIE)
        return response

    def _page(self, good: bool) -> Response:
        html = self.templates.get_template("stage/door.html").render(good=good, switch=good)
        return Response(html, 200 if good else 410, PRIVATE, "text/html; charset=utf-8")


def _home(session: Session, holder: Holder) -> str:
    """Where somebody who has just signed in belongs."""
    from quiz.jury import Juror
    from quiz.players import Player
    from quiz.rounds import Round

    match holder.kind:
        case "organiser":
            return "/ban"
        case "juror":
            juror = session.get(Juror, int(holder.subject))
            round_id, page = (juror.round_id if juror else None), "/cham"
        case "team":
            team = session.get(Player, holder.subject)
            round_id, page = (team.round_id if team else None), ""
        case _:
            round_id, page = int(holder.subject), "/nhap-ho"
    round_ = session.get(Round, round_id) if round_id is not None else None
    return f"/san-khau/{round_.code}{page}" if round_ else "/san-khau"


def secret_of(request: Request) -> str:
    """The session a browser says it has."""
    return request.cookies.get(COOKIE, "")


async def holder_of(web: Web, request: Request) -> Holder | None:
    """Whose session a request carries, asked anew each time so that revoking works at once."""
    secret = secret_of(request)
    if not secret:
        return None
    now = datetime.now(UTC)
    return await web.db.fetch(partial(passes.holder, secret=secret, now=now))


def organiser_of(session: Session, holder: Holder | None, act: Act) -> Organiser | None:
    """The organiser behind a session, if their role, read now, allows an act."""
    if holder is None or holder.kind != "organiser":
        return None
    found = session.get(Organiser, int(holder.subject))
    if found is None or found.removed_at is not None:
        return None
    allowed = act in POWERS.get(found.role, frozenset())  # type: ignore[call-overload]
    return found if allowed else None


def note(session: Session, who: Organiser, act: str, subject: str, now: datetime) -> None:
    """Write the audit line of what an organiser did on a page."""
    organisers.note(session, who.name, act, subject, now)
