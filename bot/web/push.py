"""Notifications of the page: browsers that want them say so here; the worker that shows them."""

import base64
import binascii
import json
import time
from datetime import UTC, datetime
from functools import partial

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import people, pushes
from bot.channels.webchat import CHANNEL
from bot.channels.webpush import known
from bot.web import assets
from bot.web.chat import PRIVATE, visitor_of
from bot.web.context import Web
from bot.web.flood import Flood
from bot.web.security import remote

A_MINUTE = 20
LONGEST = 1000
"""Characters of an endpoint."""
KEY, SECRET = 65, 16
"""Bytes of a browser's public key (an uncompressed P-256 point) and of its secret: RFC 8291."""


def routes(web: Web) -> list[Route]:
    """The service worker, and where browsers subscribe and unsubscribe."""
    desk = Desk(web)
    return [
        Route("/sw.js", serve),
        Route("/push", desk.subscribe, methods=["POST"]),
        Route("/push/off", desk.unsubscribe, methods=["POST"]),
    ]


async def serve(_request: Request) -> Response:
    """The service worker, from the root so that it may look after the whole page."""
    asset = assets.assets()["sw.js"]
    return Response(asset.body, headers={"Content-Type": asset.kind, "Cache-Control": "no-cache"})


class Desk:
    """Takes what browsers say."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.flood = Flood(A_MINUTE)

    async def subscribe(self, request: Request) -> Response:
        """Let the browser of a visitor be pushed to; 409 to one who has not written yet."""
        visitor, given = visitor_of(request), await self._given(request)
        if given is None or not visitor:
            return Response(status_code=400, headers=PRIVATE)
        if self._often(request):
            return Response(status_code=429, headers={**PRIVATE, "Retry-After": "60"})
        endpoint, keys = given
        work = partial(_keep, visitor=visitor, endpoint=endpoint, keys=keys)
        kept = await self.web.db.write(work)
        return Response(status_code=204 if kept else 409, headers=PRIVATE)

    async def unsubscribe(self, request: Request) -> Response:
        """Push to a browser of the visitor no more."""
        visitor, body = visitor_of(request), await _json(request)
        endpoint = body.get("endpoint")
        if not visitor or not isinstance(endpoint, str):
            return Response(status_code=400, headers=PRIVATE)
        await self.web.db.write(partial(pushes.forget, endpoint=endpoint, visitor=visitor))
        return Response(status_code=204, headers=PRIVATE)

    def _often(self, request: Request) -> bool:
        now, address = time.monotonic(), remote(request)
        if self.flood.wait(address, now) > 0:
            return True
        self.flood.count(address, now)
        return False

    async def _given(self, request: Request) -> tuple[str, tuple[str, str]] | None:
        """The endpoint and keys a browser gives, if they can be some."""
        body = await _json(request)
        endpoint, keys = body.get("endpoint"), body.get("keys")
        if not isinstance(endpoint, str) or not isinstance(keys, dict):
            return None
        p256dh, auth = str(keys.get("p256dh")), str(keys.get("auth"))
        if not (_bytes(p256dh) == KEY and _bytes(auth) == SECRET) or len(endpoint) > LONGEST:
            return None
        return (endpoint, (p256dh, auth)) if known(endpoint, self.web.push.services) else None


def _keep(session: Session, visitor: str, endpoint: str, keys: tuple[str, str]) -> bool:
    person = people.find(session, CHANNEL, visitor)
    if person is None:
        return False
    number, now = people.id_of(person), datetime.now(UTC)
    pushes.subscribe(session, number, visitor, endpoint, keys, now)
    return True


async def _json(request: Request) -> dict[str, object]:
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _bytes(text: str) -> int:
    """How many bytes a key has, as browsers write it (base64url); 0 when it is none."""
    if not text.isascii():
        return 0
    try:
        return len(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        return 0
