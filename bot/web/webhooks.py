"""Where platforms deliver: checked, kept, and only then acknowledged."""

import hmac
import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.telegram.channel import received
from bot.messages import Received

Accept = Callable[[list[Received]], Awaitable[int]]


def telegram(secret: str, accept: Accept) -> Route:
    """POST /webhooks/telegram: 200 only after the commit, 403 without the secret."""

    async def deliver(request: Request) -> Response:
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return PlainTextResponse("forbidden", 403)
        try:
            update = json.loads(await request.body())
            deliveries = [received(update)]
        except (ValueError, KeyError, TypeError, RecursionError):
            # A 5xx would make Telegram deliver it again for a day.
            return PlainTextResponse("not an update", 400)
        try:
            await accept(deliveries)
        except Exception:  # noqa: BLE001 - not kept: Telegram must deliver it again
            return PlainTextResponse("not kept", 503)
        return PlainTextResponse("ok")

    return Route("/webhooks/telegram", deliver, methods=["POST"])
