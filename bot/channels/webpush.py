"""Web Push: a nudge to browsers that asked for it; the message itself stands on the chat page."""

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

import aiohttp
from pydantic import AnyHttpUrl
from webpush import WebPush, WebPushSubscription
from webpush.types import WebPushKeys

from bot.i18n import _
from bot.messages import (
    Capability,
    DeliveryError,
    GoneError,
    Incoming,
    RefusedError,
    Reply,
    RetryError,
    UncertainError,
)
from bot.outbox import Rates
from bot.pace import Rate
from bot.pushes import CHANNEL, Keys, Subscription

CAN = Capability(buttons=False, edit=False, max_length=4000, markup="plain", push=True)
RATES = Rates(
    chat=lambda _chat: Rate(timedelta(seconds=1), burst=5),
    bulk=Rate(timedelta(milliseconds=10), burst=4),
)
SHOWN = 300
"""Characters of the text a notification shows; the encrypted body may have 4,096 bytes."""
KEPT = timedelta(days=2)
"""How long a push service keeps it for a phone that is off."""
Browsers = Callable[[str], Awaitable[Sequence[Subscription]]]
Forget = Callable[[str], Awaitable[object]]


def known(endpoint: str, services: Sequence[str]) -> bool:
    """Whether an endpoint is a push service's: by HTTPS, at one of their hosts or below it.

    Elsewhere could be a machine of our own net. A service named with its port may be plain HTTP.
    """
    try:
        parts = urlsplit(endpoint)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if f"{name}:{port}" in services:
        return True
    below = any(name == host or name.endswith(f".{host}") for host in services)
    return parts.scheme == "https" and port in {None, 443} and below


class WebPushChannel:
    """Sends to every browser of a visitor; those that are gone are forgotten."""

    name = CHANNEL
    can = CAN
    rates = RATES

    def __init__(
        self,
        keys: Keys,
        mail: str,
        browsers: Browsers,
        forget: Forget,
        services: Sequence[str],
    ) -> None:
        self.browsers = browsers
        self.forget = forget
        self.services = services
        self._push = WebPush(keys.private, keys.public, mail, int(KEPT.total_seconds()))
        self._session: aiohttp.ClientSession | None = None

    def read(self, payload: str) -> Incoming | None:
        """Nothing comes in here."""
        return None

    async def send(self, chat: str, reply: Reply) -> str:
        """Push to the browsers of a visitor; delivered when one of them was."""
        failed: list[DeliveryError] = []
        reached = 0
        for browser in await self.browsers(chat):
            try:
                await self._send(browser, reply)
                reached += 1
            except GoneError as error:
                await self.forget(browser.endpoint)
                failed.append(error)
            except DeliveryError as error:
                failed.append(error)
        if reached:
            return ""
        worst = next((item for item in failed if isinstance(item, UncertainError)), None)
        retry = next((item for item in failed if isinstance(item, RetryError)), None)
        reason = "no push"
        raise worst or retry or RefusedError(reason)

    async def _send(self, browser: Subscription, reply: Reply) -> None:
        if not known(browser.endpoint, self.services):
            reason = "no push"
            raise GoneError(reason)
        try:
            sealed = self._push.get(body(reply), subscription(browser))
        except ValueError as error:  # keys that are none
            reason = "no push"
            raise GoneError(reason) from error
        headers = {name.title(): value for name, value in dict(sealed.headers).items()}
        try:
            async with self._client().post(
                browser.endpoint,
                data=sealed.encrypted,
                headers={**headers, "Urgency": "normal"},
                allow_redirects=False,
            ) as answer:
                status, wait = answer.status, answer.headers.get("Retry-After", "")
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            reason = "not reached"
            raise RetryError(reason) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            reason = "no answer"
            raise UncertainError(reason) from error
        _judge(status, wait)

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=15, sock_connect=5),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def acknowledge(self, message: Incoming) -> None:
        """There are no buttons."""

    async def answer_inline(self, message: Incoming, replies: list[tuple[str, Reply]]) -> None:
        """There is no other chat."""

    async def close(self) -> None:
        """Let the connections go."""
        if self._session is not None:
            await self._session.close()


def _judge(status: int, wait: str) -> None:
    """What a push service's answer means (RFC 8030). Raises a DeliveryError."""
    if 200 <= status < 300:
        return
    if status in {404, 410}:
        reason = "no push"
        raise GoneError(reason)
    if status == 429 or status >= 500:
        reason = "429" if status == 429 else "server error"
        raise RetryError(reason, wait=float(wait) if wait.isdecimal() else None)
    raise RefusedError(str(status))


def body(reply: Reply) -> str:
    """What the service worker shows."""
    text = reply.text if len(reply.text) <= SHOWN else reply.text[: SHOWN - 1].rstrip() + "…"
    title = _("Chatbot Chuyển đổi số Lý Sơn")
    return json.dumps({"title": title, "body": text, "url": "/"}, ensure_ascii=False)


def subscription(browser: Subscription) -> WebPushSubscription:
    """A browser as the library knows it."""
    keys = WebPushKeys(auth=browser.auth, p256dh=browser.p256dh)
    return WebPushSubscription(endpoint=AnyHttpUrl(browser.endpoint), keys=keys)
