"""The HTTP side: `/bot<token>/<method>`, in JSON, forms and multipart, with faults on the wire."""

import asyncio
import json
import os
import signal
from collections.abc import Mapping

from aiohttp import BodyPartReader, web

from tests.emulators.telegram.api import Api
from tests.emulators.telegram.errors import ApiError, bad, strict
from tests.emulators.telegram.faults import Fault
from tests.emulators.telegram.spec import Raw, Upload

LARGEST = 60 << 20
"""Bytes of a body."""
PAGE = "<html><head><title>{0} Bad Gateway</title></head><body><h1>{0}</h1></body></html>"


class Server:
    """Listens on the loopback, for one bot."""

    def __init__(self, api: Api, token: str, latency: float = 0.0) -> None:
        self.api = api
        self.token = token
        self.latency = latency
        self.port = 0
        self.prey = 0
        """The process that a fault may kill."""
        self.routes: list[web.RouteDef] = [
            web.route("*", "/bot{token}/{method}", self._answer),
            web.get("/file/bot{token}/files/{file}", self._file),
        ]
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen; on the same port as before if there was one."""
        app = web.Application(client_max_size=LARGEST)
        app.add_routes(self.routes)
        self._runner = web.AppRunner(
            app, handler_cancellation=True, access_log=None, shutdown_timeout=0.0
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close every connection; further ones are refused."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if self.api.faults.take(method, None, unread=True):
            return _drop(request)
        try:
            self._admit(request)
            params, files = await read(request)
            result, fault = await self.api.call(method, params, files)
        except ApiError as error:
            await asyncio.sleep(self.latency)
            return _refusal(error)
        await asyncio.sleep(self.latency)
        if fault is not None and fault.kind == "kill" and self.prey:
            os.kill(self.prey, signal.SIGKILL)
        return await _accepted(request, result, fault)

    def _admit(self, request: web.Request) -> None:
        if request.match_info["token"] != self.token:
            raise ApiError(401)
        if request.method not in ("GET", "POST"):
            raise ApiError(405, "method must be GET or POST")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        content = self.api.world.files.get(request.match_info["file"])
        if request.match_info["token"] != self.token or content is None:
            return _refusal(ApiError(404))
        return web.Response(body=content)


def _refusal(error: ApiError) -> web.Response:
    if error.page:
        page = PAGE.format(error.code)
        return web.Response(status=error.code, text=page, content_type="text/html")
    return web.json_response(error.body, status=error.code)


async def _accepted(
    request: web.Request, result: object, fault: Fault | None
) -> web.StreamResponse:
    """The answer to an accepted call, or what a fault makes of it."""
    kind = fault.kind if fault else ""
    if kind in {"hang", "kill"}:
        await asyncio.Event().wait()  # until the client gives up, or the server stops
    if kind == "cut":
        return _drop(request)
    if kind == "slow" and fault:
        await asyncio.sleep(fault.seconds)
    body = json.dumps({"ok": True, "result": result}, ensure_ascii=False)
    if kind == "garbled":
        body = body[: len(body) // 2]
    return web.Response(text=body, content_type="application/json")


def _drop(request: web.Request) -> web.Response:
    """Close the connection without an answer."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()


async def read(request: web.Request) -> tuple[Raw, Mapping[str, Upload]]:
    """The parameters and files of a request, whatever its form. Raises ApiError."""
    params: Raw = {}
    files: dict[str, Upload] = {}
    _merge(params, list(request.query.items()))
    if request.content_type == "multipart/form-data":
        try:
            await _read_parts(request, params, files)
        except ValueError:
            raise bad("can't parse the parts of the request") from None
    elif request.content_type == "application/json":
        _merge(params, list(_parse(await request.read()).items()))
    elif request.body_exists:
        _merge(params, [(name, str(value)) for name, value in (await request.post()).items()])
    return params, files


def _merge(params: Raw, given: list[tuple[str, str]]) -> None:
    for name, value in given:
        if name in params:
            raise strict(f"{name} is given twice")
        params[name] = value


def _parse(body: bytes) -> Raw:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise bad("can't parse JSON in the request") from None
    if not isinstance(value, dict):
        raise bad("expected a JSON object")
    return value


async def _read_parts(request: web.Request, params: Raw, files: dict[str, Upload]) -> None:
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise strict("a part without a name")
        content = bytes(await part.read())
        if part.filename is None:
            _merge(params, [(part.name, content.decode("utf-8", "surrogateescape"))])
        else:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            files[part.name] = Upload(part.filename, kind, content)
