"""Pages of the organisers served for real, with browsers that are signed in."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

import httpx
from sqlmodel import Session
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot import organisers, passes
from bot.content import Content
from bot.db import Database
from bot.notices.programme import Programme
from bot.organisers import Role
from bot.settings import Settings
from bot.signals import Signals
from bot.web import assets, auth
from bot.web.context import Web
from bot.web.security import protect
from tests.web.stand import EMERGENCY, listening

T = TypeVar("T")
Routes = Callable[[Web], Sequence[BaseRoute]]


@dataclass
class Desk:
    """The pages at an address, and the database behind them."""

    url: str
    db: Database

    def do(self, work: Callable[[Session], T]) -> T:
        """Do something in a committed transaction."""
        return self.db.run(work).result()

    def cookie(self, role: Role) -> str:
        """The session of a new organiser."""
        return self.do(partial(_session_of, role=role))

    def browser(self, role: Role | None = None) -> httpx.Client:
        """A browser, of an organiser with a role or of a stranger."""
        cookies = {auth.COOKIE: self.cookie(role)} if role else {}
        return httpx.Client(base_url=self.url, cookies=cookies, timeout=20)


def _session_of(session: Session, role: Role) -> str:
    now = datetime.now(UTC)
    organisers.add(session, "Chị Hoa", role, "test", now)
    last = organisers.listed(session)[-1]
    token = passes.issue(session, "organiser", str(last.id), now)
    opened = passes.open_session(session, token, now)
    assert opened is not None
    return opened[0]


@contextlib.contextmanager
def desk(db: Database, content: Content, programme: Programme, *parts: Routes) -> Iterator[Desk]:
    """Some pages on a free port."""
    settings = Settings()
    web = Web(
        *(settings, db, Signals(), lambda: None, lambda _language: [], lambda: EMERGENCY),
        lambda: content,
        lambda: programme,
    )
    routes = [route for part in parts for route in part(web)]
    routes += [*auth.routes(web), assets.route()]
    with listening(Starlette(routes=routes, middleware=protect(settings))) as url:
        yield Desk(url, db)
