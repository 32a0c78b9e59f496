"""What every request and answer keeps to: headers, hosts, sizes, and where posts come from."""

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.settings import Settings

LARGEST = 1_000_000
"""Bytes of a request's body we read; a larger one is refused."""
SAFE = frozenset(["GET", "HEAD", "OPTIONS"])
LOCAL = frozenset(["localhost", "127.0.0.1", "::1"])
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def protect(settings: Settings) -> list[Middleware]:
    """The middleware for the whole web application."""
    return [Middleware(Guard, public_url=settings.public_url)]


class _TooLargeError(Exception):
    """The body is larger than LARGEST."""


class Guard:
    """Refuses what should not come in, and gives every answer its headers."""

    def __init__(self, app: ASGIApp, public_url: str = "") -> None:
        self.app = app
        public = urlsplit(public_url)
        self.hosts = frozenset([public.hostname, *LOCAL]) if public.hostname else None
        self.public = public.netloc.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with a bounded body and our headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def dressed(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refused = self._refuse(scope)
        if refused is not None:
            await refused(scope, receive, dressed)
            return
        try:
            await self.app(scope, _bounded(receive), dressed)
        except _TooLargeError:
            if not started:
                await PlainTextResponse("too large", 413)(scope, receive, dressed)

    def _refuse(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "").lower()
        machines = scope["path"] in {"/health", "/metrics"}  # asked by address inside a network
        if self.hosts is not None and not machines and _name(host) not in self.hosts:
            return PlainTextResponse("unknown host", 400)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > LARGEST:
            return PlainTextResponse("too large", 413)
        if scope["method"] not in SAFE and _from_elsewhere(headers, {host, self.public}):
            return PlainTextResponse("posted from another site", 403)
        return None


def _name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _from_elsewhere(headers: Headers, own: Iterable[str]) -> bool:
    """Whether another site's page sent this. Machines (webhooks) say neither; they may pass."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() not in set(own) - {""}


def _bounded(receive: Receive) -> Receive:
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > LARGEST:
            raise _TooLargeError
        return message

    return counted


def remote(connection: HTTPConnection) -> str:
    """Where a request comes from: what our own proxy says, else the address that connected."""
    peer = connection.client.host if connection.client else ""
    said = connection.headers.get("x-forwarded-for", "").rsplit(",", 1)[-1].strip()
    return said if said and _near(peer) and _is_address(said) else peer


def _near(address: str) -> bool:
    """Whether an address is of this machine or its own network, where a proxy would be."""
    return _is_address(address) and ipaddress.ip_address(address).is_private


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
