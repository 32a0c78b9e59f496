"""A small client of the OA OpenAPI v3: the token in its header, renewed once when it is refused."""

import hashlib
import hmac
import json
from typing import Any

import httpx

from bot.channels.zalo_oa.codes import act_of, of_status
from bot.channels.zalo_oa.keeper import Keeper
from bot.messages import AwayError, Choice, Reply, UncertainError
from bot.settings import Settings

TIMEOUT = httpx.Timeout(8.0, connect=4.0)
"""Shorter than the worker's patience, so that what happened is known."""
BUTTONS = 5
LABEL, PAYLOAD = 100, 1000


class CodeError(Exception):
    """Zalo refused a call, with a code."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class OaClient:
    """Calls the OpenAPI. Raises CodeError, or the DeliveryError of a call that got no answer."""

    def __init__(self, http: httpx.AsyncClient, settings: Settings, keeper: Keeper) -> None:
        self.http = http
        self.root = settings.zalo_oa_api_url.rstrip("/")
        self.secret = settings.zalo_oa_app_secret.encode()
        self.keeper = keeper

    async def send(self, user: str, message: dict[str, Any]) -> str:
        """Send a consultation message; the id Zalo gave it."""
        body = {"recipient": {"user_id": user}, "message": message}
        data = await self._call("POST", "/v3.0/oa/message/cs", body)
        found = data.get("message_id") if isinstance(data, dict) else None
        return str(found or "")

    async def account(self) -> dict[str, Any]:
        """The Official Account: its name and id; a cheap check of the token."""
        data = await self._call("GET", "/v2.0/oa/getoa")
        return data if isinstance(data, dict) else {}

    async def recent(self, offset: int, count: int = 10) -> list[dict[str, Any]]:
        """The newest messages of all chats, ours too; at most 10 at once."""
        data = await self._call("GET", "/v2.0/oa/listrecentchat", query=(offset, count))
        return [row for row in data if isinstance(row, dict)] if isinstance(data, list) else []

    async def quota(self) -> list[dict[str, Any]]:
        """What is left of the messages that cost."""
        asked = {"quota_owner": "OA", "product_type": "cs"}
        data = await self._call("POST", "/v3.0/oa/quota/message", asked)
        rows = data if isinstance(data, list) else [data]
        return [row for row in rows if isinstance(row, dict)]

    async def _call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        query: tuple[int, int] | None = None,
    ) -> Any:
        """What a call gives; with a new token, once, when the token was refused."""
        asked = {"offset": query[0], "count": query[1]} if query else None
        params = {"data": json.dumps(asked)} if asked else {}
        token = await self.keeper.access()
        for last in (False, True):
            request = self.http.build_request(
                method,
                f"{self.root}{path}",
                params=params,
                json=body,
                headers=self._headers(token),
                timeout=TIMEOUT,
            )
            try:
                return _data(await self._answer(request))
            except CodeError as error:
                if last or act_of(error.code) != "token":
                    raise
            token = await self.keeper.access(refused=token)
        return None  # pragma: no cover - the second round gives or raises

    def _headers(self, token: str) -> dict[str, str]:
        proof = hmac.new(self.secret, token.encode(), hashlib.sha256).hexdigest()
        return {"access_token": token, "appsecret_proof": proof}

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        return await answer(self.http, request)


async def answer(http: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    """Send a request; AwayError when it did not leave, UncertainError when its answer is lost."""
    try:
        return await http.send(request)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
        raise AwayError("not reached") from None  # the cause may name the token
    except httpx.HTTPError as error:
        raise UncertainError(type(error).__name__) from None


def _data(response: httpx.Response) -> Any:
    """The data of an answer. Only HTTP 200 with error 0 is success."""
    if response.status_code == httpx.codes.UNAUTHORIZED:
        raise CodeError(-401)
    failed = of_status(response.status_code)
    if failed is not None:
        raise failed
    try:
        body = response.json()
        code = int(body["error"])
    except (ValueError, TypeError, KeyError):
        raise UncertainError("unreadable answer") from None
    if code != 0:
        raise CodeError(code)
    if response.status_code != httpx.codes.OK:
        raise UncertainError(str(response.status_code))
    return body.get("data")


def buttons(reply: Reply, template: str) -> dict[str, Any]:
    """The attachment with what can be picked; `template`: its type, or none."""
    shown = [_button(reply.ask, choice) for choice in reply.choices[:BUTTONS]]
    payload: dict[str, Any] = {"buttons": shown}
    if template:
        payload["template_type"] = template
    return {"type": "template", "payload": payload}


def _button(ask: str, choice: Choice) -> dict[str, str]:
    label = choice.label if choice.mark else f"{choice.say}. {choice.label}"
    # Hidden: what comes back is ours to read, not for people to see.
    payload = f"#{ask}:{choice.say}"[:PAYLOAD]
    return {"title": label[:LABEL], "type": "oa.query.hide", "payload": payload}
