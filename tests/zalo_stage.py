"""Conversations on both Zalo channels, through their webhooks and the fakes of their APIs."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import httpx
from sqlmodel import Session
from starlette.applications import Starlette

from bot import inbox, outbox, tokens
from bot.channels.channel import Platform
from bot.channels.zalo_bot.channel import ZaloBotChannel
from bot.channels.zalo_oa.channel import ZaloOaChannel
from bot.channels.zalo_oa.oauth import TOKEN
from bot.db import Database
from bot.flows.turn import House
from bot.messages import Received
from bot.settings import Settings
from bot.signals import Signals
from bot.tokens import Pair
from bot.web import webhooks
from bot.worker import Worker
from tests.emulators.zalo import ZaloEmulator
from tests.emulators.zalo import bot as bots
from tests.emulators.zalo.oa import APP_ID, APP_SECRET, OA_ID, OA_SECRET, Raw, sign
from tests.fakes import FakeChannel
from tests.stage import Stage

BOT_SECRET = "s3cret-of-the-bot"


def settings(zalo: ZaloEmulator, **more: str) -> Settings:
    """Both Zalo channels set, against the fakes."""
    given = {
        "public_url": "https://test",
        "zalo_oa_app_id": APP_ID,
        "zalo_oa_app_secret": APP_SECRET,
        "zalo_oa_secret_key": OA_SECRET,
        "zalo_oa_id": OA_ID,
        "zalo_oa_api_url": zalo.url,
        "zalo_oauth_url": zalo.url,
        "zalo_bot_token": bots.TOKEN,
        "zalo_bot_api_url": zalo.url,
        "zalo_bot_mode": "webhook",
        "zalo_bot_webhook_secret": BOT_SECRET,
    }
    return Settings(**{**given, **more})


def consented(zalo: ZaloEmulator, db: Database) -> None:
    """The Official Account's admin has consented: a pair of tokens is stored."""
    given, now = zalo.oa.oauth.pair(), zalo.oa.now()
    access, refresh = str(given["access_token"]), str(given["refresh_token"])
    pair = Pair(access, refresh, now + zalo.oa.oauth.access_for, now + timedelta(days=90))

    def work(session: Session) -> None:
        tokens.store(session, TOKEN, pair)

    db.run(work).result()


def signed(event: Raw) -> tuple[bytes, dict[str, str]]:
    """The body and the headers with which Zalo delivers an event."""
    raw = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    return raw, {"X-ZEvent-Signature": f"mac={sign(raw, event['timestamp'])}"}


@dataclass
class Ear(FakeChannel):
    """What somebody hears, read from what the fake was sent."""

    heard: Any = None

    def texts(self, chat: str = "lan") -> list[str]:
        """What a chat was sent."""
        return list(self.heard(chat))


@dataclass
class ZaloStage(Stage):
    """People talk to the bot on one of the Zalo channels."""

    zalo: ZaloEmulator = field(default_factory=ZaloEmulator)
    which: str = "zalo_oa"
    more: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.zalo.oa.now = self.zalo.oa.oauth.now = self.zalo.bot.now = lambda: self.now
        self.settings = settings(self.zalo, **self.more)
        self.oa = ZaloOaChannel(self.settings, self.db, lambda: self.now)
        self.bot = ZaloBotChannel(self.settings, self.db, lambda: self.now)
        self.platform: Platform = self.oa if self.which == "zalo_oa" else self.bot
        self.channel = Ear(heard=self._texts)
        self.worker = Worker(
            self.db,
            lambda: self.house,
            {self.platform.name: self.platform},
            Signals(),
            now=lambda: self.now,
        )
        routes = [
            *webhooks.zalo_oa(self.settings, self.oa, self.accept),
            *webhooks.zalo_bot(self.settings, self.bot, self.accept),
        ]
        transport = httpx.ASGITransport(app=Starlette(routes=routes))
        self.http = httpx.AsyncClient(transport=transport, base_url="https://test")
        consented(self.zalo, self.db)

    async def accept(self, deliveries: list[Received]) -> int:
        """Keep deliveries."""
        return await self.db.write(partial(inbox.accept, deliveries=deliveries))

    def id_of(self, user: str) -> str:
        """The platform's id of a person by their name here."""
        return self.zalo.oa.resident(user).id if self.which == "zalo_oa" else f"6ede{user}"

    def _texts(self, chat: str) -> list[str]:
        if self.which == "zalo_oa":
            return self.zalo.oa.resident(chat).heard
        return self.zalo.bot.heard(chat if chat.startswith("-") else self.id_of(chat))

    async def post_oa(self, event: Raw) -> httpx.Response:
        """Zalo delivers an event of the Official Account."""
        raw, headers = signed(event)
        return await self.http.post("/webhooks/zalo-oa", content=raw, headers=headers)

    async def post_bot(self, update: Raw) -> httpx.Response:
        """Zalo delivers an update of the bot."""
        headers = {"X-Bot-Api-Secret-Token": BOT_SECRET}
        return await self.http.post("/webhooks/zalo-bot", json=update, headers=headers)

    async def says(self, text: str, user: str = "lan", **more: Any) -> list[str]:
        """Somebody writes; what they, or their group, are answered."""
        chat = more.get("chat") or user
        before = len(self._texts(chat))
        answer = await self._deliver(text, user, media=more.get("kind") == "media", chat=chat)
        assert answer.status_code == 200
        await self.settle()
        return self._texts(chat)[before:]

    async def _deliver(self, text: str, user: str, *, media: bool, chat: str) -> httpx.Response:
        if self.which == "zalo_oa":
            one = self.zalo.oa.resident(user)
            says = self.zalo.oa.sends_image if media else self.zalo.oa.says
            return await self.post_oa(says(one, text))
        group = chat if chat != user else ""
        if group and not self.bot.names:
            await self.bot.introduce()  # as at every start: it learns what it is called
        shown = f"@Bot Lý Sơn {text}" if group else text
        kind = "image" if media else "text"
        update = self.zalo.bot.says(self.id_of(user), shown, group=group, kind=kind)
        return await self.post_bot({"ok": True, "result": update})

    async def settle(self) -> None:
        """Let the worker do all there is to do; seconds go by while the pace holds it back."""
        for _second in range(30):
            await super().settle()
            if not self.db.read(outbox.counts).get(outbox.QUEUED):
                return
            self.later(timedelta(seconds=1))

    async def close(self) -> None:
        """Let everything go."""
        await self.http.aclose()
        await self.oa.close()
        await self.bot.close()


def stage_of(
    which: str, zalo: ZaloEmulator, db: Database, house: House, now: datetime, **more: str
) -> ZaloStage:
    """A stage on one of the channels, with settings that differ from the usual."""
    return ZaloStage(db, house, now, zalo=zalo, which=which, more=more)
