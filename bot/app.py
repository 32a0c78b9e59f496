"""The only place that builds things, and the order in which they start and stop."""

import asyncio
import contextlib
import fcntl
import gc
import resource
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from types import FrameType

import structlog
import uvicorn
from sqlmodel import Session
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot import alerts, feed, inbox, metrics, pushes, watch
from bot.channels.channel import Channel, Platform, reaches
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.webchat import WebChannel
from bot.channels.webpush import WebPushChannel
from bot.channels.zalo_bot.channel import ZaloBotChannel
from bot.channels.zalo_oa.channel import ZaloOaChannel
from bot.content import Content
from bot.db import Database
from bot.flows.turn import House
from bot.i18n import speaking
from bot.library import Library
from bot.messages import Received
from bot.people import Address
from bot.reach import Ask
from bot.settings import Settings
from bot.signals import Signals
from bot.tables import migrate
from bot.upkeep import Upkeep
from bot.web import (
    auth,
    board,
    chat,
    door,
    dx_day,
    fanpage,
    news,
    ops,
    push,
    unitform,
    webhooks,
)
from bot.web.context import NO_PUSH, Push, Suggestion, Web
from bot.web.desk import routes as desk
from bot.web.security import protect
from bot.web.stage import routes as stage
from bot.worker import Worker

log = structlog.get_logger()
HALL, MOST_FILES = 6_000, 65_536
"""Connections a full hall needs, with room for the rest, and as many as we ask the system for."""
FRESH = 5.0
"""Seconds between two looks for edits of the content."""


class AlreadyRunningError(Exception):
    """Another process runs on the same SQLite database."""


@dataclass
class App:
    """Everything that runs, in one process."""

    settings: Settings
    db: Database
    library: Library
    alone: bool = True
    signals: Signals = field(default_factory=Signals)
    webpush: WebPushChannel | None = None
    push: Push = NO_PUSH

    def __post_init__(self) -> None:
        self.platforms = platforms(self.settings, self.db)
        channels: dict[str, Channel] = {"web": WebChannel()}
        channels |= {platform.name: platform for platform in self.platforms}
        self._offer_push(channels)
        self.worker = Worker(
            self.db,
            partial(house, self),
            channels,
            self.signals,
            reach={name: partial(_why, ask) for name, ask in reaches(channels).items()},
            alone=self.alone,
        )
        self.upkeep = Upkeep(self.db, self.settings.keep, self._watch)
        metrics.CONTENT_MISTAKES.set(self.mistakes)

    def _offer_push(self, channels: dict[str, Channel]) -> None:
        """Web Push, with keys made at the first start."""
        services, contact = self.settings.pushing
        if not services:
            return
        keys = self.db.run(partial(pushes.keys, now=datetime.now(UTC))).result()
        self.push = Push(keys.application, services)
        self.webpush = WebPushChannel(
            keys,
            contact,
            lambda visitor: self.db.fetch(partial(pushes.of, visitor=visitor)),
            lambda endpoint: self.db.write(partial(pushes.forget, endpoint=endpoint)),
            services,
        )
        channels[self.webpush.name] = self.webpush

    @property
    def content(self) -> Content:
        """The content of this moment."""
        return self.library.content

    @property
    def mistakes(self) -> int:
        """How much is wrong in the content files."""
        return len(self.content.mistakes) + len(self.library.programme.mistakes)

    async def _watch(self, now: datetime) -> None:
        """Look for troubles, and tell the admins of those that are new or over."""
        room = await asyncio.to_thread(watch.room_of, self.settings.state)
        content = self.library.trouble or (f"{self.mistakes} lỗi" if self.mistakes else "")
        look = partial(watch.troubles, settings=self.settings, room=room, content=content, now=now)
        found = await self.db.fetch(look)
        can = {name: channel.can for name, channel in self.worker.channels.items()}
        if await self.db.write(partial(alerts.tell, troubles=found, can=can, now=now)):
            self.worker.queued.set()

    async def accept(self, deliveries: list[Received]) -> int:
        """Keep deliveries (committed when this returns) and wake the worker; how many were new."""
        new = await self.db.write(partial(inbox.accept, deliveries=deliveries))
        for delivery in deliveries:
            metrics.RECEIVED.labels(delivery.channel).inc()
        self.worker.wake()
        return new

    def notes(self) -> dict[str, object]:
        """What /health tells besides the database."""
        notes: dict[str, object] = {"content_mistakes": self.mistakes}
        if self.library.trouble:
            notes["content"] = self.library.trouble
        for platform in self.platforms:
            heard = platform.last_heard
            notes[platform.name] = platform.state
            notes[f"{platform.name}_heard"] = heard.isoformat() if heard else None
        return notes

    def suggestions(self, language: str) -> list[Suggestion]:
        """Six questions worth asking now."""
        month = datetime.now(self.settings.zone).month
        with speaking(language):
            from bot.flows.ask import title

            return [Suggestion(title(entry)) for entry in self.content.suggested(month)]

    def asgi(self) -> Starlette:
        """The web application, with the worker running in its lifespan."""
        web = Web(
            self.settings,
            self.db,
            self.signals,
            self.worker.wake,
            self.suggestions,
            lambda: list(self.content.places.emergency),
            lambda: self.content,
            lambda: self.library.programme,
            self.push,
            {name: channel.can for name, channel in self.worker.channels.items()},
        )
        routes: list[BaseRoute] = [
            *chat.routes(web),
            *push.routes(web),
            *auth.routes(web),
            *desk.routes(web),
            *stage.routes(web),
            *board.routes(web),
            *news.routes(web),
            *dx_day.routes(web),
            *fanpage.routes(web),
            *door.routes(web),
            *unitform.routes(web),
            *ops.routes(self.db, self.notes),
        ]
        if self.settings.telegram_token and self.settings.telegram_mode == "webhook":
            routes.append(webhooks.telegram(self.settings.telegram_webhook_secret, self.accept))
        routes += webhooks.zalo_site(self.settings.zalo_site_code)
        for platform in self.platforms:
            match platform:
                case ZaloOaChannel():
                    routes += webhooks.zalo_oa(self.settings, platform, self.accept)
                case ZaloBotChannel():
                    routes += webhooks.zalo_bot(self.settings, platform, self.accept)
        return Starlette(routes=routes, middleware=protect(self.settings), lifespan=self._lifespan)

    async def _keep_fresh(self) -> None:
        """Take over edits of the content while running; learn meanings when that is installed."""
        with contextlib.suppress(OSError):
            await asyncio.to_thread(self.library.deepen)
        while True:
            await asyncio.sleep(FRESH)
            try:
                if await asyncio.to_thread(self.library.refresh):
                    log.info("new content", entries=len(self.content.book.entries))
                elif self.library.trouble:
                    log.warning("content not taken", trouble=self.library.trouble)
            except Exception as error:  # noqa: BLE001 - the database may be away; we look again
                log.error("content not looked at", error=type(error).__name__)

    @contextlib.asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        tasks = [
            asyncio.create_task(self.worker.run(), name="worker"),
            asyncio.create_task(self._keep_fresh(), name="library"),
            asyncio.create_task(self.upkeep.run(), name="upkeep"),
        ]
        if self.settings.news_feed:
            tasks.append(asyncio.create_task(feed.watch(self.db, self.settings), name="feed"))
        tasks += [
            asyncio.create_task(platform.run(self.accept), name=platform.name)
            for platform in self.platforms
        ]
        try:
            yield
        finally:
            self.signals.close()
            for task in tasks[1:]:
                task.cancel()
            self.worker.stop()
            await asyncio.gather(*tasks, return_exceptions=True)
            for platform in self.platforms:
                await platform.close()
            if self.webpush is not None:
                await self.webpush.close()


def platforms(settings: Settings, db: Database) -> list[Platform]:
    """The platforms that are set."""
    found: list[Platform] = []
    if settings.telegram_token:
        found.append(TelegramChannel(settings))
    if settings.zalo_oa_app_id:
        found.append(ZaloOaChannel(settings, db))
    if settings.zalo_bot_token:
        found.append(ZaloBotChannel(settings, db))
    return found


def _why(ask: Ask, session: Session, address: Address, now: datetime) -> str:
    """Why a channel would not reach an address; empty when it would."""
    return ask(session, address, now).why


def house(app: App) -> House:
    """What the conversation needs of the house, with the content of this moment."""
    settings, address = app.settings, app.settings.public_url.rstrip("/")
    return House(app.content, settings.operator, settings.zone, address, app.library.programme)


def build(settings: Settings) -> App:
    """Open and migrate the database, load the content, put everything together."""
    settings.state.mkdir(parents=True, exist_ok=True)
    db = Database(settings.url)
    migrate(db.engine)
    library = Library(db, settings.state / "cache")
    return App(settings, db, library, alone=db.dialect == "sqlite")


@contextlib.contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """On SQLite: this process alone may run. Raises AlreadyRunningError."""
    if not settings.url.startswith("sqlite"):
        yield
        return
    settings.state.mkdir(parents=True, exist_ok=True)
    with (settings.state / "run.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunningError from error
        yield


def open_wide() -> int:
    """Let as many connections in as the system allows; how many that is.

    The usual limit of 1,024 is less than a full hall, where every phone holds one open.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    if soft != resource.RLIM_INFINITY and soft < HALL:
        log.warning("few connections can be open at once", limit=soft)
    return soft


def serve(settings: Settings, ready: Callable[[], None]) -> None:
    """Run the web server, the worker and the channels until SIGTERM or SIGINT; then drain."""
    open_wide()
    with only_one(settings):
        app = build(settings)
        config = uvicorn.Config(
            app.asgi(),
            host=settings.host,
            port=int(settings.port),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
            proxy_headers=False,
        )
        # What was built stays: full collections need not walk it. Measured: p99 a third.
        gc.collect()
        gc.freeze()
        gc.set_threshold(100_000, 50, 1000)
        server = _Server(config, app, ready)
        for number in (signal.SIGINT, signal.SIGTERM):
            # uvicorn raises the signal again once it has drained; we have ended well by then.
            signal.signal(number, lambda _number, _frame: None)
        try:
            server.run()
        finally:
            app.db.close()


class _Server(uvicorn.Server):
    """Ends the streams first, so that a graceful end does not wait for them."""

    def __init__(self, config: uvicorn.Config, app: App, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.app = app
        self.ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            self.ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Close the streams, then do as uvicorn does."""
        self.app.signals.close()
        super().handle_exit(sig, frame)
