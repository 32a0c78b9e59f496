"""What the stage's pages share: the contest of an address, its crowd, its collector, its looks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Any, TypeVar

from jinja2 import Environment
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.web import render
from bot.web.context import Web
from bot.web.stage import reach
from bot.web.stage.collector import Collector
from bot.web.stage.crowd import Crowd
from bot.web.stage.tongue import carried
from quiz import rounds
from quiz.rounds import Round, UnknownRoundError

T = TypeVar("T")
PRIVATE = {"Cache-Control": "no-store"}
SHAPES = ("▲", "◆", "●", "■")
"""Each option has a shape and a letter besides its colour."""


@dataclass
class Hall:
    """The live contests of this process."""

    web: Web
    templates: Environment = field(default_factory=render.environment)
    _known: dict[str, Round] = field(default_factory=dict)
    _crowds: dict[int, Crowd] = field(default_factory=dict)
    _collectors: dict[str, Collector] = field(default_factory=dict)

    def crowd(self, round_id: int) -> Crowd:
        """Those who watch a contest."""
        if round_id not in self._crowds:
            made = Crowd(self.web.db, self.web.signals, round_id, self.units)
            self._crowds[round_id] = made
        return self._crowds[round_id]

    def collector(self, round_: Round) -> Collector:
        """Where a contest's answers are collected."""
        # By uid: the row number of a contest that was removed is given to the next one.
        if round_.uid not in self._collectors:
            self._collectors[round_.uid] = Collector(self.web.db, self.web.signals, round_)
        return self._collectors[round_.uid]

    def units(self) -> dict[str, str]:
        """The names of units by their id."""
        return self.web.content().places.unit_names

    async def contest(self, request: Request) -> Round | None:
        """The contest an address names as it is now, or None."""
        return await self.web.db.fetch(partial(_staged, code=request.path_params["code"]))

    async def known(self, request: Request) -> Round | None:
        """The contest an address names, for what never changes of it: looked up once."""
        code = request.path_params["code"].upper()
        if code not in self._known:
            found = await self.contest(request)
            if found is None:
                return None
            self._known[code] = found
        return self._known[code]

    async def look(self, work: Callable[[Session], T]) -> T:
        """Read something."""
        return await self.web.db.fetch(carried(work))

    async def write(self, work: Callable[[Session], T]) -> T:
        """Change something; done when it is committed."""
        return await self.web.db.write(carried(work))

    def page(self, template: str, /, status: int = 200, **given: Any) -> Response:
        """A page of the stage."""
        # Looked at again in another language, a page with a one-time link would lose it, and one
        # that says what was wrong with a form would not be there.
        switch = status == HTTPStatus.OK and not given.get("link")
        made = self.templates.get_template(f"stage/{template}")
        html = made.render(shapes=SHAPES, switch=switch, **given)
        return Response(html, status, PRIVATE, "text/html; charset=utf-8")

    def gone(self) -> Response:
        """There is no such contest."""
        return self.page("gone.html", 404)

    def address(self, request: Request) -> str:
        """Where phones reach us."""
        host = request.headers.get("host", "")
        return reach.address(self.web.settings, request.url.scheme, host)


def _staged(session: Session, code: str) -> Round | None:
    try:
        round_ = rounds.by_code(session, code)
    except UnknownRoundError:
        return None
    if round_.mode != "stage":
        return None
    session.expunge(round_)
    return round_


def now() -> datetime:
    """The moment it is."""
    return datetime.now(UTC)
