"""Keeps the access token good: renews it hours ahead, once for all processes, and raises alarm."""

import asyncio
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import httpx
import structlog

from bot import tokens
from bot.channels.zalo_oa.oauth import (
    TOKEN,
    AnswerLostError,
    NotReachedError,
    TokenRefusedError,
    renew,
)
from bot.db import Database
from bot.messages import BrokenError, RetryError, SlowDownError
from bot.metrics import TOKEN_HOURS
from bot.settings import Settings
from bot.tokens import Held

log = structlog.get_logger()
EARLY = timedelta(hours=6)
"""How long before its end a token is renewed: so long an operator has when that fails."""
AGAIN = timedelta(minutes=1)
"""Until a renewal is tried again."""
LOOK = 0.1
"""Seconds between two looks whether another process has the new token."""
PATIENCE = 5.0
"""Seconds a message waits for a new token before it is put back."""
ASK_AGAIN = "cần người quản trị OA cấp quyền lại (python -m bot zalo-oa login)"


class Keeper:
    """The access token of this moment."""

    def __init__(
        self,
        db: Database,
        http: httpx.AsyncClient,
        settings: Settings,
        now: Callable[[], datetime],
    ) -> None:
        self.db = db
        self.http = http
        self.settings = settings
        self.now = now
        self.owner = secrets.token_hex(8)
        self._known: Held | None = None
        self._renewal: asyncio.Task[None] | None = None

    async def access(self, refused: str = "") -> str:
        """A token to call with; another than `refused`, which Zalo did not take.

        Raises BrokenError when a person has to consent, RetryError when there is none just now.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    token = await self._usable(refused)
                    if token:
                        return token
                    await asyncio.sleep(LOOK)
        except TimeoutError:
            raise RetryError("no token yet", wait=PATIENCE) from None

    async def _usable(self, refused: str) -> str:
        """The stored token if it is good; else have it renewed, by us or by another process."""
        known = self._known
        if known is None or self._stale(known, refused):
            known = await self._look()
        if known is None:
            raise BrokenError("no consent", wait=60.0)
        if not self._stale(known, refused):
            return known.pair.access
        if known.trouble:
            raise BrokenError("consent needed", wait=60.0)
        if known.again_at is not None and known.again_at > self.now():
            wait = (known.again_at - self.now()).total_seconds()
            raise SlowDownError("token not renewed yet", wait=wait)
        await self._renew(known)
        return ""

    def _stale(self, known: Held, refused: str) -> bool:
        return known.pair.access == refused or known.pair.access_until <= self.now()

    async def _look(self) -> Held | None:
        self._known = await self.db.fetch(partial(tokens.held, name=TOKEN))
        return self._known

    async def watch(self) -> str:
        """Renew the token when its end is near; what an operator should know, or nothing."""
        known = await self._look()
        if known is not None and not known.trouble and self._left(known) < EARLY:
            await self._renew(known)
            known = await self._look()
        if known is not None:
            TOKEN_HOURS.labels(TOKEN).set(self._left(known) / timedelta(hours=1))
        said = alarm(known, self.now())
        if said:
            log.error("the token of the Official Account", alarm=said)
        return said

    def _left(self, known: Held) -> timedelta:
        return known.pair.access_until - self.now()

    async def _renew(self, known: Held) -> None:
        """Renew in a task of its own: a message that gives up waiting must not lose the answer."""
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._renew_now(known.pair.access))
        await asyncio.shield(self._renewal)

    async def _renew_now(self, access: str) -> None:
        lease = partial(tokens.lease, name=TOKEN, access=access, owner=self.owner, now=self.now())
        got = await self.db.write(lease)
        if got is None:
            return  # another process is at it, or was
        spent = got.pair.refresh
        try:
            pair = await renew(self.http, self.settings, spent, self.now())
        except NotReachedError:
            await self._put_off(spent, got.lost)
        except AnswerLostError:
            # Zalo may have spent the token. Once more, for it may not; then a person decides.
            if got.lost:
                await self._stop(spent, "answer lost twice")
            else:
                await self._put_off(spent, got.lost + 1)
        except TokenRefusedError as error:
            await self._stop(spent, error.reason)
        else:
            await self.db.write(partial(tokens.keep, name=TOKEN, spent=spent, pair=pair))
            log.info("token renewed", until=pair.access_until.isoformat())

    async def _put_off(self, spent: str, lost: int) -> None:
        until = self.now() + AGAIN
        put_off = partial(tokens.put_off, name=TOKEN, spent=spent, until=until, lost=lost)
        await self.db.write(put_off)

    async def _stop(self, spent: str, why: str) -> None:
        await self.db.write(partial(tokens.stop, name=TOKEN, spent=spent, why=why))
        log.error("the refresh token is spent, consent is needed", reason=why)

    async def close(self) -> None:
        """Wait for a renewal that is under way: its answer must be stored."""
        if self._renewal is not None:
            await asyncio.gather(self._renewal, return_exceptions=True)


def alarm(known: Held | None, now: datetime) -> str:
    """What an operator should do about the token, or nothing."""
    if known is None:
        return f"chưa được cấp quyền: {ASK_AGAIN}"
    if known.trouble:
        return f"{known.trouble}: {ASK_AGAIN}"
    left = known.pair.access_until - now
    if left < EARLY - timedelta(minutes=30):
        hours = max(0, int(left / timedelta(hours=1)))
        return f"mã truy cập chỉ còn {hours} giờ mà chưa gia hạn được"
    return ""
