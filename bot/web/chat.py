"""The chat page, the default channel: no account, no token, and no script needed."""

import json
import math
import re
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from bot import inbox, metrics
from bot.channels.webchat import CHANNEL, LONGEST, lane_of, posted
from bot.i18n import LANGUAGES, speaking
from bot.web import assets, render, thread
from bot.web.context import Web
from bot.web.flood import Flood
from bot.web.refusals import Refusal, explain
from bot.web.security import remote
from bot.web.streams import Streams
from bot.web.thread import Bubble, Cursor, Look

log = structlog.get_logger()
COOKIE = "visitor"
YEAR = 365 * 24 * 3600
VISITOR = re.compile(r"[0-9a-f]{32}")
KEY = re.compile(r"[0-9A-Za-z-]{8,64}")
REF = re.compile(r"[0-9A-Za-z_-]{1,64}")
OF_VISITOR, OF_ADDRESS = 20, 600
"""Messages a minute; many phones may share one address behind an operator's network."""
IN_ALL = 3000
"""Messages a minute of all visitors of a process: a quarter of what it was measured to answer."""
PATIENCE = 4.0
"""Seconds a page without script waits for its answer; afterwards it says that one is coming."""
BUSY, IDLE, PING = 1.0, 5.0, 15.0
"""Seconds between two looks when no signal comes: another process may have answered."""
PRIVATE = {"Cache-Control": "no-store"}
NOBODY = Look(Cursor(), "idle", "")


def routes(web: Web) -> list[Route]:
    """The page, what is posted to it, what it listens to, and its files."""
    page = Page(web)
    return [
        Route("/", page.show),
        Route("/chat", page.take, methods=["GET", "POST"]),
        Route("/chat/stream", page.listen),
        assets.route(),
    ]


@dataclass(frozen=True)
class Said:
    """What was posted; `ref` for a choice that was tapped."""

    text: str = ""
    key: str = ""
    ref: str = ""


class Page:
    """The chat page and the streams that are open to it."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.templates = render.environment()
        self.streams = Streams(web.signals)
        self.of_visitor = Flood(OF_VISITOR)
        self.of_address = Flood(OF_ADDRESS)
        self.in_all = Flood(IN_ALL)

    async def show(self, request: Request) -> Response:
        """The page, with the conversation so far."""
        return await self._page(visitor_of(request))

    async def take(self, request: Request) -> Response:
        """Keep a message, and answer only then."""
        if request.method != "POST":
            return RedirectResponse("/", 303)
        said = await _said(request)
        known = visitor_of(request)
        visitor = known or secrets.token_hex(16)
        refusal = self._refuse(request, visitor, said) or await self._keep(visitor, said)
        if refusal is not None:
            return await self._refused(request, known, said, refusal)
        if _is_scripted(request):
            response: Response = JSONResponse({"status": "kept"}, 202, headers=PRIVATE)
        else:
            await self._answered(visitor)
            response = RedirectResponse("/#cuoi", 303, headers=PRIVATE)
        response.set_cookie(
            COOKIE,
            visitor,
            max_age=YEAR,
            httponly=True,
            samesite="lax",
            secure=self.web.settings.public_url.startswith("https:"),
        )
        return response

    async def listen(self, request: Request) -> Response:
        """A stream of what is new; 204 tells a browser that there is nothing to listen to."""
        visitor = visitor_of(request)
        if not visitor:
            return Response(status_code=204, headers=PRIVATE)
        last = request.headers.get("last-event-id") or request.query_params.get("after", "")
        return StreamingResponse(
            self._events(visitor, thread.cursor(last)),
            media_type="text/event-stream",
            headers={**PRIVATE, "X-Accel-Buffering": "no"},
        )

    # Taking

    def _refuse(self, request: Request, visitor: str, said: Said) -> Refusal | None:
        """Why a message cannot be taken, or None; one that can is counted."""
        if not said.text.strip():
            return Refusal(400, "empty")
        if len(said.text) > LONGEST:
            return Refusal(422, "long")
        now, address = time.monotonic(), remote(request)
        counts = ((self.of_visitor, visitor), (self.of_address, address), (self.in_all, ""))
        wait = max(flood.wait(sender, now) for flood, sender in counts)
        if wait > 0:
            return Refusal(429, "often", math.ceil(wait))
        for flood, sender in counts:
            flood.count(sender, now)
        return None

    async def _keep(self, visitor: str, said: Said) -> Refusal | None:
        received = posted(visitor, said.key, said.text, said.ref, datetime.now(UTC))
        try:
            await self.web.db.write(partial(inbox.accept, deliveries=[received]))
        except SQLAlchemyError as error:
            log.error("web message not kept", error=type(error).__name__)
            return Refusal(503, "away", 5)
        metrics.RECEIVED.labels(CHANNEL).inc()
        self.web.wake()
        return None

    async def _refused(
        self, request: Request, visitor: str, said: Said, refusal: Refusal
    ) -> Response:
        response = await self._page(visitor, said.text, refusal, bare=_is_scripted(request))
        if refusal.wait:
            response.headers["Retry-After"] = str(refusal.wait)
        return response

    async def _answered(self, visitor: str) -> None:
        """Wait until nothing of a visitor is unanswered, for as long as a page may wait."""
        lane, end = lane_of(visitor), time.monotonic() + PATIENCE
        while (left := end - time.monotonic()) > 0:
            ticket = self.web.signals.ticket(lane)
            if (await self._look(visitor)).status != "answering":
                break
            await self.web.signals.wait(ticket, min(BUSY, left))
        self.web.signals.wake(lane)

    # Showing

    async def _look(self, visitor: str) -> Look:
        try:
            return await self.web.db.fetch(partial(thread.look, visitor=visitor))
        except SQLAlchemyError as error:
            log.error("web conversation not read", error=type(error).__name__)
            return NOBODY

    async def _page(
        self, visitor: str, draft: str = "", refusal: Refusal | None = None, *, bare: bool = False
    ) -> Response:
        look, shown = NOBODY, list[Bubble]()
        if visitor:
            try:
                look, shown = await self.web.db.fetch(partial(_conversation, visitor=visitor))
            except SQLAlchemyError as error:
                log.error("web conversation not read", error=type(error).__name__)
                refusal = refusal or Refusal(503, "away")
        status = refusal.status if refusal else 200
        with speaking(look.language):
            notice = explain(refusal, len(draft)) if refusal else ""
            if bare:
                return JSONResponse({"message": notice}, status, headers=PRIVATE)
            html = self._html(look, shown, draft=draft, notice=notice, known=bool(visitor))
        return Response(html, status, PRIVATE, "text/html; charset=utf-8")

    def _html(
        self, look: Look, shown: list[Bubble], *, draft: str, notice: str, known: bool
    ) -> str:
        """The page, in the language being spoken."""
        language = look.language if look.language in LANGUAGES else "vi"
        return self.templates.get_template("chat.html").render(
            look=look,
            shown=self._dated(shown),
            anchor=_last_said(shown),
            draft=draft,
            notice=notice,
            known=known,
            suggestions=self.web.suggestions(language),
            emergency=self.web.emergency(),
            operator=self.web.settings.operator,
            push_key=self.web.push.key,
        )

    def _dated(self, shown: list[Bubble]) -> list[tuple[str, Bubble]]:
        return render.by_day(shown, self.web.settings.zone, datetime.now(UTC))

    # Streaming

    async def _events(self, visitor: str, seen: Cursor) -> AsyncIterator[str]:
        lane = lane_of(visitor)
        signals, stream = self.web.signals, self.streams.open(lane)
        shown, told = None, time.monotonic()
        try:
            # All pages come back after a restart: not in the same second.
            yield f"retry: {1000 + secrets.randbelow(4000)}\n\n"
            while not (stream.closed or signals.closed):
                ticket = signals.ticket(lane)
                look = await self.web.db.fetch(partial(thread.look, visitor=visitor))
                if look != shown:
                    yield await self._event(visitor, look, seen)
                    shown, seen, told = look, look.newest, time.monotonic()
                elif time.monotonic() - told >= PING:
                    yield ": ping\n\n"
                    told = time.monotonic()
                await signals.wait(ticket, BUSY if look.status == "answering" else IDLE)
            if stream.closed:
                yield "event: bye\ndata: {}\n\n"
        except SQLAlchemyError as error:
            log.error("web stream ended", error=type(error).__name__)
        finally:
            self.streams.close(stream)

    async def _event(self, visitor: str, look: Look, seen: Cursor) -> str:
        """What is new since `seen`; everything, when what was seen is no longer kept."""
        shown = list[Bubble]()
        if look.newest != seen:
            shown = await self.web.db.fetch(partial(thread.bubbles, visitor=visitor))
        gone = thread.is_gone(look.newest, seen)
        with speaking(look.language):
            fresh = [(day, b) for day, b in self._dated(shown) if gone or thread.is_new(b, seen)]
            html = self.templates.get_template("bubbles.html").render(shown=fresh)
        data = {
            "html": html.strip(),
            "status": look.status,
            "language": look.language or "vi",
            # A farewell stays readable: an empty conversation clears nothing.
            "clear": gone and bool(shown),
        }
        return f"id: {look.newest}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def visitor_of(request: Request) -> str:
    """The visitor a browser says it is; empty for a new one."""
    given = request.cookies.get(COOKIE, "")
    return given if VISITOR.fullmatch(given) else ""


def _last_said(shown: list[Bubble]) -> Bubble | None:
    """Where a page begins to be read: at what the visitor said last, its answer below."""
    own = [bubble for bubble in shown if bubble.reply is None]
    return own[-1] if own else (shown[-1] if shown else None)


def _is_scripted(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _conversation(session: Session, visitor: str) -> tuple[Look, list[Bubble]]:
    return thread.look(session, visitor), thread.bubbles(session, visitor)


async def _said(request: Request) -> Said:
    async with request.form(max_files=0, max_fields=8) as form:
        text, key, ref = (str(form.get(name, "")) for name in ("text", "key", "ref"))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Said(
        text,
        key if KEY.fullmatch(key) else render.new_key(),
        ref if REF.fullmatch(ref) else "",
    )
