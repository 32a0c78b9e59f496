"""The only place that builds things, and the order in which they start and stop."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Literal

import structlog
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
from bot.notices import refiled
from bot.people import Address
from bot.reach import Ask
from bot.settings import Settings
from bot.signals import Signals
from bot.sole import Alone, Sole, at_once
from bot.tables import migrate
from bot.upkeep import Upkeep
from bot.web import (
    answers,
    auth,
    board,
    chat,
    door,
    dx_day,
    fanpage,
    mydata,
    news,
    nowhere,
    ops,
    private,
    push,
    unitform,
    webhooks,
)
from bot.web.context import NO_PUSH, Push, Suggestion, Web
from bot.web.desk import routes as desk
from bot.web.desk.room import CHANGED
from bot.web.security import protect
from bot.web.stage import routes as stage
from bot.wire import Wire
from bot.worker import Worker

log = structlog.get_logger()
FRESH = 5.0
"""Seconds between two looks for edits of the content, when nobody tells of one."""
INBOX = "inbox"
"""The news that something was received."""
Part = Literal["web", "worker"]
"""What a process does: the pages and webhooks, or the answering, sending and looking after."""
BOTH: tuple[Part, ...] = ("web", "worker")


@dataclass
class App:
    """Everything that runs, in one process."""

    settings: Settings
    db: Database
    library: Library
    alone: bool = True
    parts: tuple[Part, ...] = BOTH
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
            restrained=True,
        )
        self.upkeep = Upkeep(self.db, self.settings.keep, self._watch)
        self.wire = None if self.alone else Wire(self.db, self._heard, self._missed)
        if self.wire is not None:
            self.signals.pass_on = self.wire.tell
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
        look = partial(
            watch.troubles,
            settings=self.settings,
            room=room,
            content=content,
            now=now,
            programme=self.library.programme,
        )
        found = await self.db.fetch(look)
        if await self.db.write(partial(alerts.tell, troubles=found, can=self.worker.can, now=now)):
            self.worker.queued.set()

    async def accept(self, deliveries: list[Received]) -> int:
        """Keep deliveries (committed when this returns) and wake the worker; how many were new."""
        new = await self.db.write(partial(inbox.accept, deliveries=deliveries))
        for delivery in deliveries:
            metrics.RECEIVED.labels(delivery.channel).inc()
        self.wake()
        return new

    def wake(self) -> None:
        """Something new is in the inbox: wake the workers, those of other processes too."""
        self.worker.wake()
        self.signals.tell(INBOX)

    def _heard(self, key: str) -> None:
        """Another process told something."""
        if key == INBOX:
            self.worker.wake()
        else:
            self.signals.wake(key)

    def _missed(self) -> None:
        """We could not hear the other processes for a while."""
        self.worker.wake()
        self.signals.wake_all()

    def notes(self) -> dict[str, object]:
        """What /health tells besides the database."""
        notes: dict[str, object] = {"content_mistakes": self.mistakes, "parts": self.parts}
        if self.wire is not None:
            notes["hears_others"] = self.wire.live
        if self.library.trouble:
            notes["content"] = self.library.trouble
        for platform in self.platforms if "worker" in self.parts else ():
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
        """The web application, with the worker running in its lifespan; or what is asked for."""
        looked_at = ops.routes(self.db, self.notes)
        web = self._web() if "web" in self.parts else None
        return Starlette(
            routes=[*self._pages(web), *looked_at] if web else looked_at,
            middleware=protect(self.settings),
            lifespan=self._lifespan,
            exception_handlers=nowhere.handlers(web) if web else {},
        )

    def _web(self) -> Web:
        """What the pages work with."""
        return Web(
            self.settings,
            self.db,
            self.signals,
            self.wake,
            self.suggestions,
            lambda: list(self.content.places.emergency),
            lambda: self.content,
            lambda: self.library.programme,
            self.push,
            self.worker.can,
            self.worker.ways,
        )

    def _pages(self, web: Web) -> list[BaseRoute]:
        """Everything people and platforms may ask for."""
        routes: list[BaseRoute] = [
            *chat.routes(web),
            *push.routes(web),
            *auth.routes(web),
            *desk.routes(web),
            *mydata.routes(web),
            *stage.routes(web),
            *board.routes(web),
            *news.routes(web),
            *answers.routes(web),
            *private.routes(web),
            *dx_day.routes(web),
            *fanpage.routes(web),
            *door.routes(web),
            *unitform.routes(web),
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
        return routes

    async def _keep_fresh(self) -> None:
        """Take over edits of the content while running; learn meanings when that is installed."""
        if "worker" in self.parts:
            with contextlib.suppress(OSError):
                await asyncio.to_thread(self.library.deepen)
        news = self.signals.ticket(CHANGED)
        while True:
            await self.signals.wait(news, FRESH)
            news = self.signals.ticket(CHANGED)
            try:
                if await asyncio.to_thread(self.library.refresh):
                    note = partial(_note_events, library=self.library, settings=self.settings)
                    await self.db.write(note)
                    log.info("new content", entries=len(self.content.book.entries))
                elif self.library.trouble:
                    log.warning("content not taken", trouble=self.library.trouble)
            except Exception as error:  # noqa: BLE001 - the database may be away; we look again
                log.error("content not looked at", error=type(error).__name__)

    def _sole(self, name: str) -> Alone:
        """Does a work of a name in one process at a time."""
        return at_once if self.alone else Sole(self.db, name, self.worker.owner)

    def _cares(self) -> Iterator[tuple[str, Coroutine[None, None, None]]]:
        """What goes on beside the answering, until it is cancelled."""
        yield "library", self._keep_fresh()
        if "worker" not in self.parts:
            return
        yield "upkeep", self._sole("upkeep")(self.upkeep.run)
        if self.settings.news_feed:
            yield "feed", self._sole("feed")(partial(feed.watch, self.db, self.settings))
        for platform in self.platforms:
            alone = self._sole(f"poll:{platform.name}")
            yield platform.name, platform.run(self.accept, alone)

    @contextlib.asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        cares = [asyncio.create_task(work, name=name) for name, work in self._cares()]
        working = []
        if "worker" in self.parts:
            working.append(asyncio.create_task(self.worker.run(), name="worker"))
        speaking = [asyncio.create_task(self.wire.run(), name="wire")] if self.wire else []
        try:
            yield
        finally:
            self.signals.close()
            for task in cares:
                task.cancel()
            self.worker.stop()
            await asyncio.gather(*cares, *working, return_exceptions=True)
            # What was answered last is told, too.
            for task in speaking:
                task.cancel()
            if self.wire is not None:
                await self.wire.flush()
            await asyncio.gather(*speaking, return_exceptions=True)
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


def _note_events(session: Session, library: Library, settings: Settings) -> None:
    """Keep what the file says of the events now, but of those that wait for a decision."""
    refiled.take_note(session, library.programme, settings.zone, datetime.now(UTC))


def house(app: App) -> House:
    """What the conversation needs of the house, with the content of this moment."""
    settings, address = app.settings, app.settings.public_url.rstrip("/")
    return House(
        app.content,
        settings.operator,
        settings.zone,
        address,
        app.library.programme,
        settings.remind,
    )


def build(settings: Settings, parts: tuple[Part, ...] = BOTH) -> App:
    """Open and migrate the database, load the content, put everything together."""
    settings.state.mkdir(parents=True, exist_ok=True)
    db = Database(settings.url)
    migrate(db.engine)
    library = Library(db, settings.state / "cache")
    db.run(partial(_note_events, library=library, settings=settings)).result()
    return App(settings, db, library, alone=db.dialect == "sqlite", parts=parts)
