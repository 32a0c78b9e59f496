"""Pages for organisers: posts for the fanpage to copy, each with its picture to download."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot import cards, pictures, posters
from bot.cards import Place
from bot.notices import fanpage, stories
from bot.notices.calendar import upcoming
from bot.notices.programme import Programme
from bot.notices.stories import Story
from bot.passes import Holder
from bot.pictures import Podium
from bot.posters import Flyer
from bot.web import auth, render, standings
from bot.web.context import Web

log = structlog.get_logger()
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
HTML = "text/html; charset=utf-8"
SHOWN = 20
Work = Callable[[Session], object]
EVENT, RESULT, STORY = "su-kien", "ket-qua", "tin-tuc"


@dataclass(frozen=True)
class Post:
    """Something to be posted: its words and its picture."""

    kind: str
    id: str
    title: str
    text: str
    picture: Flyer | Podium


@dataclass(frozen=True)
class Desk:
    """What posts are made from, besides the database."""

    programme: Programme
    place: Place
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The zone of dates."""
        return self.place.zone

    def url(self, path: str) -> str:
        """An address of ours; empty when nobody but this machine reaches us."""
        return f"{self.place.address}{path}" if self.place.address else ""


def routes(web: Web) -> list[Route]:
    """The list, one post, and its picture."""
    pages = Posts(web)
    return [
        Route("/tin", pages.index),
        Route("/tin/{kind}/{id}.png", pages.picture),
        Route("/tin/{kind}/{id}", pages.post),
    ]


class Posts:
    """The pages; only who may send notices sees them."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.templates = render.environment()
        self.templates.globals.update(tail=lambda: "")

    async def index(self, request: Request) -> Response:
        """What can be posted: events with a day, results, the newest stories."""
        desk = self._desk()
        return await self._shown(request, partial(_listed, desk=desk), "posts.html")

    async def post(self, request: Request) -> Response:
        """One post: its text to copy and its picture."""
        given = request.path_params
        work = partial(_post, desk=self._desk(), kind=given["kind"], id_=given["id"])
        return await self._shown(request, work, "post.html")

    async def picture(self, request: Request) -> Response:
        """The picture of a post."""
        given = request.path_params
        work = partial(_post, desk=self._desk(), kind=given["kind"], id_=given["id"])
        found = await self._look(request, work)
        if isinstance(found, Response):
            return found
        if not isinstance(found, Post):
            return PlainTextResponse("not found", 404, PRIVATE)
        body = await asyncio.to_thread(_draw, found.picture)
        return Response(body, 200, PRIVATE, "image/png")

    async def _shown(self, request: Request, work: Work, template: str) -> Response:
        found = await self._look(request, work)
        if isinstance(found, Response):
            return found
        if found is None:
            return Response(self._html("gone.html"), 404, PRIVATE, HTML)
        return Response(self._html(template, found=found, page=fanpage.PAGE), 200, PRIVATE, HTML)

    async def _look(self, request: Request, work: Work) -> object:
        """What the database has for an organiser; else the answer that refuses."""
        try:
            holder = await auth.holder_of(self.web, request)
            return await self.web.db.fetch(partial(_allowed, holder=holder, work=work))
        except PermissionError:
            html = self.templates.get_template("stage/stranger.html").render()
            return Response(html, 403, PRIVATE, HTML)
        except SQLAlchemyError as error:
            log.error("posts not read", error=type(error).__name__)
            return PlainTextResponse("try again", 503, {**PRIVATE, "Retry-After": "5"})

    def _desk(self) -> Desk:
        settings = self.web.settings
        units = self.web.content().places.unit_names
        place = Place(units, settings.zone, settings.public_url.rstrip("/"))
        return Desk(self.web.programme(), place, datetime.now(UTC))

    def _html(self, template: str, **values: object) -> str:
        return self.templates.get_template(template).render(
            operator=self.web.settings.operator, emergency=self.web.emergency(), **values
        )


def _allowed(session: Session, holder: Holder | None, work: Work) -> object:
    """A work done for who may send notices, their role read now. Raises PermissionError."""
    if auth.organiser_of(session, holder, "notices.send") is None:
        raise PermissionError
    return work(session)


def _listed(session: Session, desk: Desk) -> dict[str, list[tuple[str, str]]]:
    """What can be posted by its kind: ids and titles."""
    events = desk.programme.current(session)
    rounds = standings.listed(session, desk.now)
    return {
        EVENT: [(event.id, event.title) for event in events if event.shown],
        RESULT: [(item.uid, item.title) for item in rounds],
        STORY: [(str(story.id), story.title) for story in stories.latest(session, SHOWN)],
    }


def _post(session: Session, desk: Desk, kind: str, id_: str) -> Post | None:
    match kind:
        case "su-kien":
            return _of_event(session, desk, id_)
        case "ket-qua":
            return _of_result(session, desk, id_)
        case "tin-tuc":
            return _of_story(session, desk, id_)
        case _:
            return None


def _of_event(session: Session, desk: Desk, name: str) -> Post | None:
    found = (one for one in desk.programme.current(session) if one.id == name and one.shown)
    event = next(found, None)
    if event is None or event.when is None:
        return None
    item = next(iter(upcoming(event.when, desk.now)), None)
    names, url = desk.programme.names, desk.url(f"/su-kien/{event.id}")
    text = fanpage.of_event(event, item, names, desk.zone, url)
    card = fanpage.card_of_event(event, item, names, desk.zone, url)
    return Post(EVENT, name, event.title, text, card)


def _of_result(session: Session, desk: Desk, uid: str) -> Post | None:
    """The result of a round; none while a question on stage waits for its reveal."""
    round_ = standings.public(session, uid)
    podium = cards.podium(session, round_, desk.place, desk.now) if round_ else None
    if round_ is None or podium is None:
        return None
    text = fanpage.of_result(podium, cards.board_address(round_, desk.place))
    return Post(RESULT, uid, round_.title, text, podium)


def _of_story(session: Session, desk: Desk, id_: str) -> Post | None:
    story = session.get(Story, int(id_)) if id_.isdecimal() and len(id_) < 10 else None
    if story is None:
        return None
    card = fanpage.card_of_story(story, desk.zone)
    return Post(STORY, id_, story.title, fanpage.of_story(story, desk.zone), card)


def _draw(picture: Flyer | Podium) -> bytes:
    return pictures.draw(picture) if isinstance(picture, Podium) else posters.flyer(picture)
