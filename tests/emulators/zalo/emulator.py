"""Both Zalo APIs on one port of the loopback, with faults on the wire."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.emulators.zalo.bot import TOKEN, BotError, ZaloBot
from tests.emulators.zalo.faults import AFTER, Fault, Script
from tests.emulators.zalo.oa import OaError, OfficialAccount
from tests.emulators.zalo.oauth import wrong

PAGE = "<html><head><title>{0}</title></head><body><h1>{0} Bad Gateway</h1></body></html>"


def utc_now() -> datetime:
    """The moment it is."""
    return datetime.now(UTC)


class ZaloEmulator:
    """A Zalo of our own: `oa` and `bot`, reached at `url`."""

    def __init__(self, now: Callable[[], datetime] = utc_now) -> None:
        self.oa = OfficialAccount(now)
        self.bot = ZaloBot(now)
        self.script = Script()
        self.calls: list[tuple[str, int]] = []
        """Every call and the code or status it got; 0 and 200 are success."""
        self.slow = 0.0
        """Seconds the token endpoint takes."""
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.add_routes(
            [
                web.post("/v4/oa/access_token", self._token),
                web.route("*", "/bot{token}/{method}", self._bot),
                web.route("*", "/{path:v[23]\\.0/.*}", self._oa),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """The root of every API."""
        return f"http://127.0.0.1:{self.port}"

    def fails(self, *faults: Fault) -> None:
        """Let these faults happen."""
        self.script.faults.extend(faults)

    def codes(self, method: str) -> list[int]:
        """What the calls of a method got."""
        return [code for name, code in self.calls if name == method]

    async def wait_for(self, met: Callable[[], object], within: float = 60.0) -> None:
        """Wait until something is so; fails with what was called if it is not in time."""
        loop = asyncio.get_running_loop()
        end = loop.time() + within
        while not met():
            if loop.time() > end:
                raise AssertionError(f"not so within {within} s; called: {self.calls}")
            await asyncio.sleep(0.005)

    # The wire

    async def _token(self, request: web.Request) -> web.StreamResponse:
        fault = self.script.take("token")
        await asyncio.sleep(self.slow)
        if fault is not None and fault.kind not in AFTER:
            return self._fault(request, "token", fault, wrong(fault.code, fault.text))
        form = {name: str(value) for name, value in (await request.post()).items()}
        secret = request.headers.get("secret_key", "")
        body = self.oa.oauth.answer(secret, request.headers.get("Content-Type", ""), form)
        code = body.get("error", 0)
        return self._done(request, "token", fault, body, code if isinstance(code, int) else -1)

    async def _oa(self, request: web.Request) -> web.StreamResponse:
        path = f"/{request.match_info['path']}"
        method = path.rsplit("/", 1)[-1]
        fault = self.script.take(method)
        if fault is not None and fault.kind not in AFTER:
            body: dict[str, object] = {"error": fault.code, "message": fault.text}
            return self._fault(request, method, fault, body)
        raw = await request.read()
        try:
            given = json.loads(raw) if raw else None
            query = dict(request.query)
            data = self.oa.answer(request.method, path, request.headers, query, given)
        except OaError as error:
            refusal: dict[str, object] = {"error": error.code, "message": str(error)}
            return self._done(request, method, None, refusal, error.code)
        good: dict[str, object] = {"error": 0, "message": "Success", "data": data}
        return self._done(request, method, fault, good, 0)

    async def _bot(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        fault = self.script.take(method)
        if fault is not None and fault.kind not in AFTER:
            refusal = _no(fault.code, fault.text)
            return self._fault(request, method, fault, refusal, status=fault.code)
        if fault is not None and fault.kind == "replay":
            self.bot.waiting.extend(self.bot.consumed)
        try:
            if request.match_info["token"] != TOKEN:
                raise BotError(401, "Unauthorized")
            result = await self.bot.answer(method, json.loads(await request.read() or b"{}"))
        except BotError as error:
            self.calls.append((method, error.code))
            return web.json_response(_no(error.code, str(error)), status=error.code)
        return self._done(request, method, fault, {"ok": True, "result": result}, 200)

    def _fault(
        self,
        request: web.Request,
        method: str,
        fault: Fault,
        body: dict[str, object],
        status: int = 200,
    ) -> web.StreamResponse:
        """The answer of a fault before the call has had any effect."""
        self.calls.append((method, fault.code))
        if fault.kind == "refuse":
            return _drop(request)
        if fault.kind == "answer":
            return web.Response(text=fault.text, content_type="application/json")
        if fault.kind == "status":
            page = PAGE.format(fault.code)
            return web.Response(status=fault.code, text=page, content_type="text/html")
        return web.json_response(body, status=200 if fault.kind == "inside" else status)

    def _done(
        self,
        request: web.Request,
        method: str,
        fault: Fault | None,
        body: dict[str, object],
        code: int,
    ) -> web.StreamResponse:
        """The answer to a call, or what a fault makes of it."""
        self.calls.append((method, code))
        if fault is not None and fault.kind == "cut":
            return _drop(request)
        text = json.dumps(body, ensure_ascii=False)
        if fault is not None and fault.kind == "garbled":
            text = text[: len(text) // 2]
        return web.Response(text=text, content_type="application/json")


def _no(code: int, description: str) -> dict[str, object]:
    return {"ok": False, "error_code": code, "description": description}


def _drop(request: web.Request) -> web.Response:
    """Close the connection without an answer."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()
