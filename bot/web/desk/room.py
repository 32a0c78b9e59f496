"""What the desk's pages share: who asks, whether they may, where a form came from, its look."""

import hashlib
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Literal, TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment
from sqlmodel import Session
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import organisers, passes
from bot.i18n import LANGUAGES, day, language, moment, number, speaking, written
from bot.organisers import POWERS, Act, Organiser
from bot.passes import Holder, Pass
from bot.people import Person
from bot.rows import ticks
from bot.web import auth, render
from bot.web.context import Web
from bot.web.desk.plots import cut, runs

T = TypeVar("T")
PRIVATE = {"Cache-Control": "no-store"}
HTML = "text/html; charset=utf-8"
MOST_FIELDS = 400
LARGEST_PART = 900_000
SHORT = 160


@dataclass(frozen=True)
class Visit:
    """A request of an organiser who may make it."""

    request: Request
    who: Organiser
    holder: Holder
    secret: str
    now: datetime
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)

    @property
    def token(self) -> str:
        """What a form must carry to be ours."""
        return token_of(self.secret)

    @property
    def path(self) -> Mapping[str, str]:
        """The parts of the address that vary."""
        return self.request.path_params

    def may(self, act: Act) -> bool:
        """Whether this organiser may also do something else."""
        return act in POWERS.get(self.who.role, frozenset())  # type: ignore[call-overload]

    def text(self, name: str, most: int = 4000) -> str:
        """A field of the form without control marks; lines stay lines."""
        found = self.fields.get(name, ("",))[0].replace("\r\n", "\n")
        return "".join(sign for sign in found if sign == "\n" or sign.isprintable())[:most].strip()

    def line(self, name: str, most: int = 300) -> str:
        """A field of the form, on one line."""
        return " ".join(self.text(name, most).split())

    def numbers(self, name: str) -> list[int]:
        """Row numbers ticked in the form."""
        return [number for number in map(whole, self.fields.get(name, ())) if number]

    def number(self, name: str) -> int:
        """A row number of the address; 0 when it is none."""
        return whole(self.path[name])

    def moment(self, name: str, zone: ZoneInfo) -> datetime | None:
        """A moment of the form, of the island's clock; None without one. Raises ValueError."""
        typed = self.line(name, 20)
        return datetime.fromisoformat(typed).replace(tzinfo=zone) if typed else None

    def day(self, name: str) -> date | None:
        """A day of the form, or None when it is not one."""
        try:
            return date.fromisoformat(self.line(name, 10))
        except ValueError:
            return None

    def asked(self, name: str) -> str:
        """A word of the address."""
        return self.request.query_params.get(name, "")[:300].strip()


Opens = Callable[["Desk", Visit], Awaitable[Response]]
CHANGED = "desk"
"""The news that something was sent at the desk: the content may be another."""


@dataclass(frozen=True)
class Door:
    """An address of the desk, what one must be allowed to do to open it, and what opens."""

    path: str
    method: Literal["GET", "POST"]
    act: Act
    opens: Opens


@dataclass
class Desk:
    """The desk's pages over the parts every page may use."""

    web: Web
    templates: Environment = field(default_factory=render.environment)

    def __post_init__(self) -> None:
        zone = self.web.settings.zone
        self.templates.filters.update(
            day=lambda at: day(at, zone),
            moment=lambda at: moment(at, zone),
            date=lambda at: written(at.isoformat()),
            number=number,
            shorten=shorten,
            ticks=ticks,
            runs=runs,
            cut=cut,
        )

    def today(self, at: datetime) -> date:
        """The day it is on the island."""
        return at.astimezone(self.web.settings.zone).date()

    async def look(self, work: Callable[[Session], T]) -> T:
        """Read something, in the language spoken here: the reading threads do not know it."""
        return await self.web.db.fetch(partial(_in, language(), work))

    async def do(self, work: Callable[[Session], T]) -> T:
        """Change something; it is committed when this returns."""
        return await self.web.db.write(work)

    def page(self, visit: Visit, template: str, /, status: int = 200, **given: Any) -> Response:
        """A page of the desk."""
        made = self.templates.get_template(f"desk/{template}")
        html = made.render(
            visit=visit, csrf=visit.token, may=visit.may, operator=self.web.settings.operator,
            **given,
        )  # fmt: skip
        return Response(html, status, PRIVATE, HTML)

    def back(self, path: str, **told: object) -> Response:
        """Go on to a page, which tells what was done."""
        query = f"?{urlencode(told)}" if told else ""
        return RedirectResponse(path + query, 303, headers=PRIVATE)

    def wrong(self, visit: Visit, what: str, back: str, status: int = 422) -> Response:
        """What was not done, why, and the way back."""
        return self.page(visit, "wrong.html", status, what=what, back=back)

    def shut(self, status: int = 403, *, known: bool = False) -> Response:
        """Nobody we know, or somebody who may not."""
        html = self.templates.get_template("desk/shut.html").render(known=known)
        return Response(html, status, PRIVATE, HTML)

    def endpoint(self, door: Door) -> Callable[[Request], Awaitable[Response]]:
        """What answers requests at a door."""

        async def answer(request: Request) -> Response:
            return await self._enter(door, request)

        return answer

    async def _enter(self, door: Door, request: Request) -> Response:
        secret, now = auth.secret_of(request), datetime.now(UTC)
        holder = await auth.holder_of(self.web, request)
        found = await self.look(partial(_who, holder=holder, act=door.act, now=now))
        spoken = request.query_params.get("lang") or request.cookies.get("lang", "")
        with speaking(spoken if spoken in LANGUAGES else found.language):
            if found.who is None or holder is None:
                if found.known:
                    await self.do(partial(_refused, holder=holder, door=door, now=now))
                return self.shut(known=found.known)
            if found.unseen:
                await self.do(partial(passes.see, pass_id=holder.pass_id, now=now))
            visit = Visit(request, found.who, holder, secret, now)
            if door.method == "POST":
                posted = await self._posted(visit)
                if posted is None:
                    return self.shut(403, known=True)
                visit = posted
            response = await door.opens(self, visit)
            if door.method == "POST":
                self.web.signals.tell(CHANGED)
            if request.query_params.get("lang") in LANGUAGES:
                response.set_cookie("lang", language(), httponly=True, samesite="lax")
            return response

    async def _posted(self, visit: Visit) -> Visit | None:
        """The visit with its form; None when the form is not one of our own pages."""
        form = await visit.request.form(
            max_files=1, max_fields=MOST_FIELDS, max_part_size=LARGEST_PART
        )
        fields, files = await _read(form)
        await form.close()
        sent = fields.get("csrf", ("",))[0]
        if not secrets.compare_digest(sent.encode(), visit.token.encode()):
            return None
        return Visit(visit.request, visit.who, visit.holder, visit.secret, visit.now, fields, files)


def _in(spoken: str, work: Callable[[Session], T], session: Session) -> T:
    with speaking(spoken):
        return work(session)


@dataclass(frozen=True)
class _Found:
    """Who a session belongs to: `who` when they may do what they ask."""

    who: Organiser | None
    known: bool
    language: str
    unseen: bool
    """Whether it is time to write down again that this session is used."""


def _who(session: Session, holder: Holder | None, act: Act, now: datetime) -> _Found:
    who = auth.organiser_of(session, holder, act)
    row = session.get(Organiser, int(holder.subject)) if _is_organiser(holder) and holder else None
    known = row is not None and row.removed_at is None
    person = session.get(Person, row.person_id) if row and row.person_id else None
    spoken = person.language if person else "vi"
    used = session.get(Pass, holder.pass_id) if who and holder else None
    unseen = used is not None and passes.is_stale(used, now)
    session.expunge_all()
    return _Found(who, known, spoken, unseen)


def _is_organiser(holder: Holder | None) -> bool:
    return holder is not None and holder.kind == "organiser"


def _refused(session: Session, holder: Holder | None, door: Door, now: datetime) -> None:
    """The audit line of what somebody without the power tried."""
    row = session.get(Organiser, int(holder.subject)) if holder else None
    name = row.name if row else ""
    organisers.note(session, name, door.act, f"{door.method} {door.path}", now, allowed=False)


async def _read(form: FormData) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, bytes]]]:
    fields: dict[str, tuple[str, ...]] = {}
    files: dict[str, tuple[str, bytes]] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            files[name] = (value.filename or "", await value.read())
        else:
            fields[name] = (*fields.get(name, ()), value)
    return fields, files


def whole(text: str) -> int:
    """The row number a text is; 0 when it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def shorten(text: str, most: int = SHORT) -> str:
    """The beginning of a text, on one line, that fits a heading; no word is cut in two."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    whole_words = line[: most + 1].rpartition(" ")[0]
    return f"{(whole_words or line[:most]).rstrip()}…"


def token_of(secret: str) -> str:
    """What every form of a session carries: nobody who lacks the session can know it."""
    return hashlib.sha256(f"desk:{secret}".encode()).hexdigest()[:40]
