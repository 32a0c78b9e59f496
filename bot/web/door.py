"""Pages of a talk's evening: questions for who speaks, the door with its code, the minute."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.notices import asking, taking_part, words
from bot.notices.asking import Asked
from bot.notices.calendar import Occurrence
from bot.notices.events import Event
from bot.notices.programme import Programme
from bot.notices.taking_part import NO_PHONE, Attendance, Came
from bot.organisers import Act, Organiser
from bot.papers import talk as papers
from bot.papers.files import KINDS
from bot.passes import Holder
from bot.web import auth, paging, render
from bot.web.context import Web
from bot.web.stage import codes

T = TypeVar("T")
BOTH = ["GET", "POST"]
ACTS: tuple[Act, ...] = ("notices.send", "contest.run")
"""Who may do either of these runs an evening."""
PRIVATE = {"Cache-Control": "no-store"}
KEY = re.compile(r"[0-9a-f]{8,32}")


def routes(web: Web) -> list[Route]:
    """The pages; those of organisers ask for their session each time."""
    pages = Pages(web)
    one = "/su-kien/{name}"
    return [
        Route(f"{one}/cau-hoi", pages.questions, methods=BOTH),
        Route(f"{one}/diem-danh", pages.door, methods=BOTH),
        Route(f"{one}/diem-danh/dem", pages.count),
        Route(f"{one}/bien-ban.docx", pages.minute),
        Route("/diem-danh/{code}", pages.enter),
        Route("/nhan-tin", pages.follow),
    ]


@dataclass(frozen=True)
class Evening:
    """One time an event happens, as its pages show it."""

    event: Event
    item: Occurrence
    occurrence: str


@dataclass(frozen=True)
class AtDoor:
    """What stands at the door."""

    code: str
    came: Came
    said: dict[str, int]
    by_hand: list[Attendance]


class Pages:
    """The pages, made anew for everyone who asks."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.zone = web.settings.zone
        self.templates = render.environment()

    async def questions(self, request: Request) -> Response:
        """What was asked, most wanted first; one may be hidden."""
        who, evening = await self._allowed(request)
        if who is None or evening is None:
            return self._stranger(who)
        if request.method == "POST":
            async with request.form(max_files=0, max_fields=3) as form:
                number, act = (str(form.get(field, "")) for field in ("question", "act"))
            if number.isdecimal() and len(number) < 10:
                hidden = act != "show"
                work = partial(_hide, who=who, evening=evening, number=int(number), hidden=hidden)
                await self.web.db.write(work)
            return _again(request)
        listed = await self._look(
            partial(asking.listed, occurrence=evening.occurrence, hidden=True)
        )
        shown: list[Asked] = [one for one in listed if not one.hidden]
        taken = [one for one in listed if one.hidden]
        return self._page("questions.html", shown=shown, hidden=taken, **self._told(evening))

    async def door(self, request: Request) -> Response:
        """The code and its QR code, large; how many are here; people without a phone."""
        who, evening = await self._allowed(request)
        if who is None or evening is None:
            return self._stranger(who)
        if request.method == "POST":
            async with request.form(max_files=0, max_fields=4) as form:
                key, hamlet, undo = (str(form.get(it, "")) for it in ("key", "hamlet", "undo"))
            known = self.web.programme().names.open_hamlets
            work = partial(
                _by_hand,
                evening=evening,
                key=undo.removeprefix(NO_PHONE) or key,
                hamlet=hamlet if hamlet in known else "",
                undo=bool(undo),
            )
            await self.web.db.write(work)
            return _again(request)
        at = await self.web.db.write(partial(_at_door, evening=evening))
        address = f"{self._address(request)}/diem-danh/{at.code}"
        return self._page(
            "door.html",
            at=at,
            address=address,
            qr=codes.inline(address),
            hamlets=self.web.programme().names.open_hamlets,
            names=self.web.programme().names.hamlets,
            **self._told(evening),
        )

    async def count(self, request: Request) -> Response:
        """How many are here, for the page at the door."""
        who, evening = await self._allowed(request)
        if who is None or evening is None:
            return JSONResponse({}, 403 if who is None else 404, headers=PRIVATE)
        came = await self._look(partial(taking_part.came, occurrence=evening.occurrence))
        return JSONResponse({"total": came.total}, headers=PRIVATE)

    async def minute(self, request: Request) -> Response:
        """The minute of the talk, as it stands now."""
        who, evening = await self._allowed(request)
        if who is None or evening is None:
            return self._stranger(who)
        record = await self._look(
            partial(
                papers.gather,
                event=evening.event,
                item=evening.item,
                names=self.web.programme().names,
            )
        )
        settings, now = self.web.settings, datetime.now(UTC)
        write = partial(papers.docx, record, self.zone, settings.operator, now)
        body = await asyncio.to_thread(write)
        name = f"bien-ban-{evening.occurrence.replace('@', '-')}.docx"
        return paging.attached(body, name, KINDS["docx"])

    async def enter(self, request: Request) -> Response:
        """Where the QR code at the door leads: one button, which checks in through the chat."""
        code = request.path_params["code"].upper()
        work = partial(_by_code, programme=self.web.programme(), code=code)
        event = await self._look(work)
        if event is None:
            return self._page("nodoor.html", 404)
        return self._page("enter.html", event=event, code=code)

    async def follow(self, request: Request) -> Response:
        """Where a poster leads that invites to hear of events, perhaps of one thôn."""
        hamlets = self.web.programme().names.open_hamlets
        hamlet = request.query_params.get("thon", "")
        known = hamlet in hamlets
        start = f"/start dk-{hamlet}" if known else "/dangky"
        return self._page("follow.html", start=start, place=hamlets[hamlet] if known else "")

    # What the pages share

    async def _allowed(self, request: Request) -> tuple[Organiser | None, Evening | None]:
        holder = await auth.holder_of(self.web, request)
        who = await self._look(partial(_organiser, holder=holder))
        if who is None:
            return None, None
        name, programme = request.path_params["name"], self.web.programme()
        now = datetime.now(UTC)
        return who, await self._look(partial(_evening, programme=programme, name=name, now=now))

    async def _look(self, work: Callable[[Session], T]) -> T:
        return await self.web.db.fetch(work)

    def _told(self, evening: Evening) -> dict[str, Any]:
        names = self.web.programme().names
        when = words.when_of(evening.event, evening.item, self.zone)
        event = words.told(evening.event)
        return {"event": event, "when": when, "where": words.where_of(event, names)}

    def _stranger(self, who: Organiser | None) -> Response:
        html = self.templates.get_template("stage/stranger.html").render()
        if who is None:
            return Response(html, 403, PRIVATE, "text/html; charset=utf-8")
        return self._page("gone.html", 404, tail=lambda: "")

    def _page(self, template: str, /, status: int = 200, **values: object) -> Response:
        given = {"tail": lambda: "", **values}
        html = self.templates.get_template(template).render(
            operator=self.web.settings.operator, emergency=self.web.emergency(), **given
        )
        return Response(html, status, PRIVATE, "text/html; charset=utf-8")

    def _address(self, request: Request) -> str:
        own = f"{request.url.scheme}://{request.headers.get('host', '')}"
        return self.web.settings.public_url.rstrip("/") or own


def _again(request: Request) -> Response:
    return RedirectResponse(request.url.path, 303, headers=PRIVATE)


def _organiser(session: Session, holder: Holder | None) -> Organiser | None:
    found = (auth.organiser_of(session, holder, act) for act in ACTS)
    who = next((one for one in found if one is not None), None)
    if who is not None:
        session.expunge(who)
    return who


def _evening(session: Session, programme: Programme, name: str, now: datetime) -> Evening | None:
    event = next((one for one in programme.current(session) if one.id == name), None)
    item = taking_part.this_time(event, now) if event else None
    if event is None or item is None or event.status == "draft":
        return None
    return Evening(event, item, taking_part.name_of(event, item))


def _at_door(session: Session, evening: Evening) -> AtDoor:
    talk = taking_part.talk_of(session, evening.event, evening.item, datetime.now(UTC))
    name = evening.occurrence
    by_hand = taking_part.counted_by_hand(session, name)
    for row in by_hand:
        session.expunge(row)
    said = dict(taking_part.said(session, name))
    return AtDoor(talk.code, taking_part.came(session, name), said, by_hand)


def _by_hand(session: Session, evening: Evening, key: str, hamlet: str, *, undo: bool) -> None:
    """Count in somebody without a phone, or undo that; a double submit is one."""
    if not KEY.fullmatch(key):
        return
    name = NO_PHONE + key
    if undo:
        taking_part.take_back(session, evening.occurrence, name)
        return
    taking_part.check_in(session, evening.occurrence, name, hamlet, "helper", datetime.now(UTC))


def _hide(session: Session, who: Organiser, evening: Evening, number: int, *, hidden: bool) -> None:
    if asking.hide(session, evening.occurrence, number, hidden=hidden):
        act = "question.hide" if hidden else "question.show"
        auth.note(session, who, act, f"talk question {number}", datetime.now(UTC))


def _by_code(session: Session, programme: Programme, code: str) -> Event | None:
    talk = taking_part.by_code(session, code)
    current = programme.current(session)
    return next((one for one in current if talk and one.id == talk.event), None)
