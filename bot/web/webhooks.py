"""Where platforms deliver: checked, kept, and only then acknowledged."""

import hmac
import json
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.channel import Accept
from bot.channels.telegram.channel import received
from bot.channels.zalo_bot.channel import ZaloBotChannel
from bot.channels.zalo_oa import login
from bot.channels.zalo_oa.channel import ZaloOaChannel
from bot.channels.zalo_oa.read import REVOKED, account_of
from bot.channels.zalo_oa.signature import genuine
from bot.i18n import _
from bot.metrics import FORGED
from bot.settings import Settings

log = structlog.get_logger()


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


def zalo_oa(settings: Settings, channel: ZaloOaChannel, accept: Accept) -> list[Route]:
    """POST /webhooks/zalo-oa: 200 only after the commit, 401 unsigned; and the consent's way back.

    Zalo wants its 200 within two seconds, so nothing is done here but checking and keeping.
    """

    async def deliver(request: Request) -> Response:
        raw = await request.body()
        if raw.strip() in {b"", b"{}"}:
            return PlainTextResponse("ok")  # the console tries the address so, unsigned
        event = _object(raw)
        if event is None:
            return PlainTextResponse("not an event", 400)
        if not _signed(settings, request, raw, event):
            FORGED.labels(channel.name).inc()
            # One deployment held the wrong secret, and lost every message unnoticed.
            log.error("a webhook call without a valid signature: see BOT_ZALO_OA_SECRET_KEY")
            return PlainTextResponse("unsigned", 401)
        if account_of(event) not in {"", settings.zalo_oa_id}:
            return PlainTextResponse("ok")  # an echo of what we sent, or another account
        if event.get("event_name") == REVOKED:
            await channel.revoked()
            return PlainTextResponse("ok")
        try:
            await channel.deliver([event], accept)
        except Exception:  # noqa: BLE001 - not kept: Zalo must deliver it again
            return PlainTextResponse("not kept", 503)
        return PlainTextResponse("ok")

    async def consented(request: Request) -> Response:
        query = request.query_params
        done = await login.finish(
            channel.db,
            channel.http,
            settings,
            query.get("code", ""),
            channel.now(),
            state=query.get("state", ""),
            oa_id=query.get("oa_id", ""),
        )
        if done:
            return PlainTextResponse(done, 400)
        return PlainTextResponse(_("Đã nối Zalo Official Account. Bạn đóng trang này được rồi."))

    deliveries = Route("/webhooks/zalo-oa", deliver, methods=["POST"])
    return [deliveries, Route("/webhooks/zalo-oa/code", consented, methods=["GET"])]


def zalo_site(code: str) -> list[Route]:
    """GET /zalo_verifier<code>.html: by this page Zalo sees that the domain is ours."""
    page = f'<meta name="zalo-platform-site-verification" content="{code}" />'
    html = f"<!doctype html><html><head>{page}</head><body>{code}</body></html>"

    async def show(_request: Request) -> Response:
        return HTMLResponse(html)

    return [Route(f"/zalo_verifier{code}.html", show, methods=["GET"])] if code else []


def _signed(settings: Settings, request: Request, raw: bytes, event: dict[str, Any]) -> bool:
    stamps = [str(event.get("timestamp", "")), request.headers.get("X-ZEvent-Timestamp", "")]
    header = request.headers.get("X-ZEvent-Signature", "")
    app_id = settings.zalo_oa_app_id
    same = str(event.get("app_id", "")) == app_id
    return same and genuine(raw, header, app_id, settings.zalo_oa_secret_key, stamps)


def zalo_bot(settings: Settings, channel: ZaloBotChannel, accept: Accept) -> list[Route]:
    """POST /webhooks/zalo-bot: 200 only after the commit, 403 without the secret."""

    async def deliver(request: Request) -> Response:
        given = request.headers.get("X-Bot-Api-Secret-Token", "")
        secret = settings.zalo_bot_webhook_secret
        if not secret or not hmac.compare_digest(given.encode(), secret.encode()):
            FORGED.labels(channel.name).inc()
            return PlainTextResponse("forbidden", 403)
        update = _object(await request.body())
        if update is None:
            return PlainTextResponse("not an update", 400)
        try:
            await channel.deliver([update], accept)
        except Exception:  # noqa: BLE001 - not kept: Zalo must deliver it again
            return PlainTextResponse("not kept", 503)
        return PlainTextResponse("ok")

    if settings.zalo_bot_mode != "webhook":
        return []
    return [Route("/webhooks/zalo-bot", deliver, methods=["POST"])]


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
