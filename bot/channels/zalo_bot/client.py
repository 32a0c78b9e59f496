"""A small client of the Zalo Bot API. The token stands in the address, so no error names it."""

from typing import Any

import httpx

from bot.messages import (
    AwayError,
    BrokenError,
    DeliveryError,
    GoneError,
    RefusedError,
    RetryError,
    SlowDownError,
    UncertainError,
)
from bot.settings import Settings

POLL = 30
"""Seconds a getUpdates call is held open."""
TIMEOUT = httpx.Timeout(10.0, connect=4.0)
LONG = httpx.Timeout(POLL + 10.0, connect=4.0)


class BotApiError(Exception):
    """The Bot API refused a call, with a code and an English sentence of its own."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(str(code))
        self.code = code
        self.description = description

    @property
    def webhook_is_set(self) -> bool:
        """Whether it refuses to be polled because it delivers to a webhook."""
        return self.code == 400 and "webhook" in self.description.lower()


class BotClient:
    """Calls the Bot API. Raises BotApiError, or the DeliveryError of a call that got no answer."""

    def __init__(self, http: httpx.AsyncClient, settings: Settings) -> None:
        self.http = http
        self.root = f"{settings.zalo_bot_api_url.rstrip('/')}/bot{settings.zalo_bot_token}"

    async def me(self) -> dict[str, Any]:
        """Who we are."""
        found = await self.call("getMe", {})
        return found if isinstance(found, dict) else {}

    async def webhook(self) -> str:
        """The webhook that is set; empty when there is none, which the API calls 404."""
        try:
            found = await self.call("getWebhookInfo", {})
        except BotApiError as error:
            if error.code == 404:
                return ""
            raise
        return str(found.get("url") or "") if isinstance(found, dict) else ""

    async def set_webhook(self, url: str, secret: str) -> None:
        """Have updates delivered to an address."""
        await self.call("setWebhook", {"url": url, "secret_token": secret})

    async def updates(self) -> list[dict[str, Any]]:
        """What is new: mostly one update; none when there was nothing to tell (408)."""
        try:
            found = await self.call("getUpdates", {"timeout": POLL}, LONG)
        except BotApiError as error:
            if error.code == 408:
                return []
            raise
        rows = found if isinstance(found, list) else [found]
        return [row for row in rows if isinstance(row, dict)]

    async def send(self, chat: str, text: str) -> str:
        """Send a text; the id Zalo gave it."""
        found = await self.call("sendMessage", {"chat_id": chat, "text": text})
        return str(found.get("message_id") or "") if isinstance(found, dict) else ""

    async def call(
        self, method: str, params: dict[str, Any], limits: httpx.Timeout = TIMEOUT
    ) -> Any:
        """The result of a method."""
        try:
            answer = await self.http.post(f"{self.root}/{method}", json=params, timeout=limits)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise AwayError("not reached") from None  # the cause names the address, so the token
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise UncertainError(type(error).__name__) from None
        return _result(answer)


def _result(answer: httpx.Response) -> Any:
    """What an answer gives; `ok` decides, also on HTTP 200."""
    try:
        body = answer.json()
        good = body["ok"] is True
    except (ValueError, TypeError, KeyError):
        if answer.status_code != httpx.codes.OK:
            raise BotApiError(answer.status_code, "") from None
        raise UncertainError("unreadable answer") from None
    if good:
        return body.get("result")
    code = body.get("error_code")
    code = code if isinstance(code, int) else answer.status_code
    raise BotApiError(code, str(body.get("description") or ""))


def meaning(error: BotApiError, pause: float) -> DeliveryError:
    """What a refusal means for the message that was to be sent."""
    reason = str(error.code)
    match error.code:
        case 401:
            return BrokenError(reason, wait=300.0)
        case 403:
            # Documented as an internal error; it may also mean forbidden. Twice more, then never.
            return RetryError(reason, most=3)
        case 404:
            return GoneError(reason)
        case 408 | 504:
            return UncertainError(reason)
        case 429:
            return SlowDownError(reason, wait=pause)
        case code if code >= 500:
            return RetryError(reason)
        case _:
            return RefusedError(reason)
