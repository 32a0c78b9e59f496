"""Consent to use the Official Account: asked for by us, given by an admin of it, kept as tokens."""

import secrets
from datetime import datetime
from functools import partial
from hmac import compare_digest
from urllib.parse import parse_qs, urlsplit

import httpx
import structlog

from bot import tokens
from bot.channels.zalo_oa import oauth
from bot.channels.zalo_oa.oauth import ASK_FOR, TOKEN
from bot.db import Database
from bot.i18n import _
from bot.settings import Settings

log = structlog.get_logger()


def begin(db: Database, settings: Settings, now: datetime) -> str:
    """The address of Zalo's page of consent; from the desk and from the command line alike."""
    verifier, state = oauth.verifier(), secrets.token_urlsafe(16)
    ask = partial(tokens.ask, name=TOKEN, verifier=verifier, state=state, until=now + ASK_FOR)
    db.run(ask).result()
    return oauth.consent_url(settings, verifier, state)


async def finish(
    db: Database,
    http: httpx.AsyncClient,
    settings: Settings,
    code: str,
    now: datetime,
    *,
    state: str | None = None,
    oa_id: str = "",
) -> str:
    """Exchange a code for tokens, and store them; what went wrong, or nothing.

    `state` proves that the page was asked for by us; on the command line nobody else can ask.
    """
    asked = await db.fetch(partial(tokens.asked, name=TOKEN, now=now))
    if asked is None or (state is not None and not compare_digest(state, asked[1])):
        return _("Yêu cầu cấp quyền đã hết hạn. Bạn bắt đầu lại từ bước cấp quyền nhé.")
    if oa_id and oa_id != settings.zalo_oa_id:
        return _("Bạn vừa chọn một Official Account khác. Hãy chọn đúng OA đã cài đặt.")
    try:
        pair = await oauth.exchange(http, settings, code, asked[0], now)
    except oauth.TokenRefusedError as error:
        log.error("Zalo gives no tokens for the code", reason=error.reason)
        return _("Zalo không nhận mã này ({reason}). Mã chỉ dùng một lần, trong 10 phút.").format(
            reason=error.reason
        )
    except (oauth.NotReachedError, oauth.AnswerLostError):
        return _("Chưa nối được với Zalo. Bạn thử lại sau ít phút nhé.")
    await db.write(partial(tokens.store, name=TOKEN, pair=pair))
    return ""


def code_in(text: str) -> str:
    """The code in what was copied: the code itself, or the whole address it stands in."""
    found = parse_qs(urlsplit(text).query).get("code")
    return found[0] if found else text.strip()
