"""The page's own files: read once, named by their content, so that a phone fetches each once."""

from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

FOLDER = Path(__file__).parent / "static"
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, max-age=300"


@dataclass(frozen=True)
class Asset:
    """A file, and the name of its content."""

    body: bytes
    kind: str
    version: str


@cache
def assets() -> dict[str, Asset]:
    """Every file of the folder, by its path inside it."""
    files = (path for path in sorted(FOLDER.rglob("*")) if path.suffix in KINDS)
    return {path.relative_to(FOLDER).as_posix(): _read(path) for path in files}


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(body, KINDS[path.suffix], blake2b(body, digest_size=5).hexdigest())


def url(name: str) -> str:
    """The address of a file, with its content's name."""
    return f"/static/{name}?v={assets()[name].version}"


def route() -> Route:
    """GET /static/...: kept forever when asked for by content; the fonts never change."""

    async def serve(request: Request) -> Response:
        asset = assets().get(request.path_params["name"])
        if asset is None:
            return PlainTextResponse("not found", 404)
        tag = f'"{asset.version}"'
        same = request.query_params.get("v") == asset.version or asset.kind == "font/woff2"
        headers = {"Cache-Control": FOREVER if same else ASK_AGAIN, "ETag": tag}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(asset.body, headers={**headers, "Content-Type": asset.kind})

    return Route("/static/{name:path}", serve)
