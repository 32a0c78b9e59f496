"""OAuth v4 with PKCE: asking an OA's admin to consent, and getting and renewing the tokens."""

import base64
import hashlib
import secrets
import string
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx

from bot.settings import Settings
from bot.tokens import Pair

TOKEN = "zalo-oa"  # noqa: S105 - the name of the row
REFRESH_FOR = timedelta(days=90)
"""Zalo does not say how long a refresh token holds; its documents say three months."""
ACCESS_FOR = "90000"
ASK_FOR = timedelta(hours=1)
LETTERS = string.ascii_letters + string.digits
TIMEOUT = httpx.Timeout(20.0, connect=5.0)


class TokenRefusedError(Exception):
    """Zalo gives no tokens for this: a person has to consent again. `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotReachedError(Exception):
    """Zalo had nothing of it, or was not able to: another try harms nothing."""


class AnswerLostError(Exception):
    """Zalo may have spent our token, and its answer did not arrive."""


def verifier() -> str:
    """A new secret of 43 characters."""
    return "".join(secrets.choice(LETTERS) for _ in range(43))


def challenge(verifier: str) -> str:
    """What may be shown of a verifier: base64url of its SHA-256, without padding."""
    hashed = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()


def callback(settings: Settings) -> str:
    """Where Zalo sends the admin back to: as it stands in the app's console."""
    return settings.zalo_oa_callback or f"{settings.public_url.rstrip('/')}/webhooks/zalo-oa/code"


def consent_url(settings: Settings, verifier: str, state: str) -> str:
    """The page on which an admin of the OA consents."""
    query = {
        "app_id": settings.zalo_oa_app_id,
        "redirect_uri": callback(settings),
        "code_challenge": challenge(verifier),
        "state": state,
    }
    return f"{settings.zalo_oauth_url.rstrip('/')}/v4/oa/permission?{urlencode(query)}"


async def exchange(
    http: httpx.AsyncClient, settings: Settings, code: str, verifier: str, now: datetime
) -> Pair:
    """The first pair, for the code of a consent."""
    form = {"code": code, "grant_type": "authorization_code", "code_verifier": verifier}
    return await _ask(http, settings, form, now)


async def renew(http: httpx.AsyncClient, settings: Settings, refresh: str, now: datetime) -> Pair:
    """The next pair, for a refresh token, which is spent by it."""
    form = {"refresh_token": refresh, "grant_type": "refresh_token"}
    return await _ask(http, settings, form, now)


async def _ask(
    http: httpx.AsyncClient, settings: Settings, form: dict[str, str], now: datetime
) -> Pair:
    """Ask the token endpoint. Raises TokenRefusedError, NotReachedError or AnswerLostError."""
    url = f"{settings.zalo_oauth_url.rstrip('/')}/v4/oa/access_token"
    data = {**form, "app_id": settings.zalo_oa_app_id}
    head = {"secret_key": settings.zalo_oa_app_secret}
    try:
        answer = await http.post(url, data=data, headers=head, timeout=TIMEOUT)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
        raise NotReachedError from None  # the cause may name what was sent
    except httpx.HTTPError:
        raise AnswerLostError from None
    if answer.status_code >= 500 or answer.status_code == 429:
        raise NotReachedError
    try:
        return _pair(answer.json(), now)
    except (ValueError, TypeError, AttributeError):
        raise AnswerLostError from None


def _pair(body: dict[str, Any], now: datetime) -> Pair:
    """The pair in an answer: both tokens, or none. HTTP 200 alone says nothing."""
    access, refresh = body.get("access_token"), body.get("refresh_token")
    if access and refresh:
        seconds = int(body.get("expires_in") or ACCESS_FOR)
        return Pair(str(access), str(refresh), now + timedelta(seconds=seconds), now + REFRESH_FOR)
    if body.get("error") in {-32, "-32"}:
        raise NotReachedError
    raise TokenRefusedError(str(body.get("error") or body.get("error_name") or "no token"))
