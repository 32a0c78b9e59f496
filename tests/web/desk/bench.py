"""The desk served for real, with organisers of every role and questions that wait."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import cast

import httpx
from sqlmodel import Session, col, select
from starlette.applications import Starlette

from bot import organisers, passes, people
from bot.channels.console import CAN as PUSHED
from bot.channels.webchat import CAN
from bot.content import Content
from bot.db import Database
from bot.library import Library
from bot.messages import load
from bot.notices.audience import Ways
from bot.notices.programme import Programme
from bot.organisers import Audit, Organiser, Role
from bot.outbox import Outbox
from bot.settings import Settings
from bot.signals import Signals
from bot.web import assets, auth, unitform
from bot.web.context import Web
from bot.web.desk import routes as desk
from bot.web.desk.room import token_of
from bot.web.security import protect
from faq import unanswered
from faq.text import fold
from tests import fakes
from tests.web.stand import EMERGENCY, listening

DASHED = {
    "noi_dung": "noi-dung",
    "muc_gan": "muc-gan",
    "don_vi": "don-vi",
    "su_kien": "su-kien",
    "quan_tam": "quan-tam",
    "ngon_ngu": "ngon-ngu",
}
"""Names of fields that Python would read as a difference."""
OURS = {"sec-fetch-site": "same-origin"}


@dataclass
class Browser:
    """An organiser's browser; it follows no redirect, so that a test sees each."""

    http: httpx.Client
    secret: str
    pass_id: int

    def get(self, path: str) -> httpx.Response:
        """Open a page."""
        return self.http.get(path)

    def post(self, path: str, **fields: object) -> httpx.Response:
        """Send a form of the desk, with what the page put into it."""
        data = {DASHED.get(name, name): value for name, value in fields.items()}
        data["csrf"] = token_of(self.secret)
        return self.http.post(path, data=data, headers=OURS)


@dataclass
class Bench:
    """The desk at an address, and what stands behind it."""

    url: str
    db: Database
    content: list[Content]
    programme: Programme = field(default_factory=Programme)
    opened: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def organiser(self, role: str, name: str = "") -> int:
        """A new organiser; their row."""

        def work(session: Session) -> int:
            added = cast("Role", role)
            organisers.add(session, name or role, added, "test", datetime.now(UTC))
            return organisers.listed(session)[-1].id or 0

        return self.db.run(work).result()

    def link(self, organiser: int) -> str:
        """A one-time link's token."""
        work = partial(
            passes.issue, kind="organiser", subject=str(organiser), now=datetime.now(UTC)
        )
        return self.db.run(work).result()

    def signed(self, role: str, name: str = "") -> Browser:
        """The browser of a new organiser who is signed in."""
        return self.again(self.organiser(role, name))

    def again(self, organiser: int) -> Browser:
        """One more browser of an organiser."""
        token = self.link(organiser)
        opened = self.db.run(
            partial(passes.open_session, token=token, now=datetime.now(UTC))
        ).result()
        assert opened is not None
        secret, holder = opened
        http = httpx.Client(base_url=self.url, cookies={"pass": secret})
        self.opened.enter_context(http)
        return Browser(http, secret, holder.pass_id)

    def ask(
        self, text: str, user: str = "lan", channel: str = "web", at: datetime | None = None,
        near: tuple[str, ...] = (), hamlet: str = "",
    ) -> str:  # fmt: skip
        """Somebody asks what nobody can answer; the code of their question."""
        now = at or datetime.now(UTC)

        def work(session: Session) -> str:
            person, _new = people.welcome(session, channel, user, user, now)
            person.hamlet = hamlet
            kept = unanswered.keep(
                session,
                person_key=person.key,
                channel=channel,
                lane=f"{channel}:{user}",
                text=text,
                folded=fold(text),
                near=near,
                why="nothing",
                now=now,
            )
            return kept.code

        return self.db.run(work).result()

    def sent(self, user: str, channel: str = "web") -> list[str]:
        """What somebody was sent, oldest first."""
        lane = f"{channel}:{user}"

        def work(session: Session) -> list[str]:
            rows = session.scalars(
                select(Outbox.body).where(col(Outbox.lane) == lane).order_by(col(Outbox.id))
            )
            return [load(body).text for body in rows]

        return self.db.read(work)

    def audit(self) -> list[tuple[str, str, str, bool]]:
        """Every audit line: who, what, on what, allowed."""

        def work(session: Session) -> list[tuple[str, str, str, bool]]:
            rows = session.scalars(select(Audit).order_by(col(Audit.id)))
            return [(row.actor, row.act, row.subject, row.allowed) for row in rows]

        return self.db.read(work)

    def stranger(self) -> httpx.Client:
        """A browser of somebody who is not signed in."""
        http = httpx.Client(base_url=self.url, headers=OURS)
        self.opened.enter_context(http)
        return http

    def remove(self, name: str) -> None:
        """Take an organiser's powers away."""

        def work(session: Session) -> None:
            row = session.scalars(select(Organiser).where(col(Organiser.name) == name)).one()
            organisers.remove(session, row.id or 0, "test", datetime.now(UTC))

        self.db.run(work).result()


@contextlib.contextmanager
def serve(db: Database, content: Content, programme: Programme | None = None) -> Iterator[Bench]:
    """The desk on a free port."""
    settings, current, planned = Settings(), [content], programme or Programme()
    web = Web(
        *(settings, db, Signals(), lambda: None, lambda _language: [], lambda: EMERGENCY),
        lambda: current[0],
        lambda: planned,
        can={"web": CAN, "chat": PUSHED},
        ways=lambda: Ways({"chat": fakes.CAN, "web": CAN}),
    )
    routes = [*auth.routes(web), *desk.routes(web), *unitform.routes(web), assets.route()]
    with listening(Starlette(routes=routes, middleware=protect(settings))) as url:
        bench = Bench(url, db, current, planned)
        with bench.opened:
            yield bench


def words(page: str) -> str:
    """The words of a page, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def take_over(bench: Bench, library: Library) -> bool:
    """Let the bot look for changes, as it does every few seconds."""
    fresh = library.refresh()
    bench.content[0] = library.content
    return fresh
