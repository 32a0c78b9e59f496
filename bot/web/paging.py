"""What pages share: their language, our address, files to keep, answers sent once and packed."""

import gzip
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.i18n import LANGUAGES, language
from bot.settings import Settings

HTML = "text/html; charset=utf-8"
PRIVATE = {"Cache-Control": "no-store"}
PICTURES = frozenset({"image/png"})
"""What is packed already."""


def wanted(request: Request) -> str:
    """The language a page is asked for in."""
    given = request.query_params.get("lang", "vi")
    return given if given in LANGUAGES else "vi"


def tail() -> str:
    """What keeps the language from one page to the next."""
    return "" if language() == "vi" else f"?lang={language()}"


def keep() -> Markup:
    """The same for a form."""
    hidden = Markup('<input type="hidden" name="lang" value="{}">')
    return Markup() if language() == "vi" else hidden.format(language())


def own(request: Request, settings: Settings) -> str:
    """The address of this site, without a slash at its end: the public one, else the one asked."""
    here = f"{request.url.scheme}://{request.url.netloc}"
    return settings.public_url.rstrip("/") or here


def away() -> Response:
    """The database cannot be asked now."""
    return PlainTextResponse("try again", 503, {**PRIVATE, "Retry-After": "5"})


def attached(body: bytes, name: str, kind: str) -> Response:
    """A file to keep, of whoever is asking."""
    headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, 200, headers, kind)


def kept(
    request: Request, body: bytes, kind: str, control: str, more: Mapping[str, str] | None = None
) -> Response:
    """An answer that need not be sent again while it stays the same, packed when it is text.

    Nothing here is secret or of one person, so that packing gives nothing away.
    """
    tag = f'"{blake2b(body, digest_size=8).hexdigest()}"'
    headers = {"Cache-Control": control, "ETag": tag, "Vary": "Accept-Encoding", **(more or {})}
    if request.headers.get("if-none-match", "").removeprefix("W/") == tag:
        return Response(status_code=304, headers=headers)
    if kind in PICTURES or "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(body, 200, headers, kind)
    return Response(_packed(body), 200, {**headers, "Content-Encoding": "gzip"}, kind)


@lru_cache(maxsize=64)
def _packed(body: bytes) -> bytes:
    return gzip.compress(body, 6, mtime=0)
