"""Without a public address: the newest chats, asked for again and again (listrecentchat)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session

from bot import reach
from bot.channels.zalo_oa.client import OaClient
from bot.channels.zalo_oa.read import CHANNEL, Event, from_row, happened, user_of
from bot.db import Database

EVERY = 15.0
"""Seconds between two looks."""
PAGE, PAGES = 10, 30
"""Zalo gives at most 10 rows at once; after an outage we go back so many pages."""
OVERLAP = timedelta(minutes=2)
"""How far back beyond the newest row: rows may appear a little late. Twice is kept once."""


class Poller:
    """Remembers up to when everything was fetched, across restarts."""

    def __init__(
        self, db: Database, client: OaClient, oa_id: str, now: Callable[[], datetime]
    ) -> None:
        self.db = db
        self.client = client
        self.oa_id = oa_id
        self.now = now

    async def fetch(self) -> list[Event]:
        """What residents said since the last look, oldest first; some of it perhaps again."""
        since = await self._since()
        events: list[Event] = []
        for page in range(PAGES):
            rows = await self.client.recent(page * PAGE, PAGE)
            found = [from_row(row, self.oa_id) for row in rows]
            fresh = [event for event in found if happened(event, self.now()) >= since]
            events += [event for event in fresh if user_of(event) not in {"", self.oa_id}]
            if len(fresh) < len(found) or len(rows) < PAGE:
                break
        return events[::-1]

    async def _since(self) -> datetime:
        """From when on; the first time ever from now on, so that no old chat is answered."""
        known = await self.db.fetch(partial(_marked, now=self.now()))
        if known is None:
            await self.done(self.now())
            return self.now() - OVERLAP
        return known - OVERLAP

    async def done(self, at: datetime) -> None:
        """Everything up to a moment is kept."""
        await self.db.write(partial(reach.mark, channel=CHANNEL, at=at))


def _marked(session: Session, now: datetime) -> datetime | None:
    return reach.standing(session, CHANNEL, "", now).heard_at
