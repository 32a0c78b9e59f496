"""The Zalo Bot against a strict fake: polling, sending, its plan, and what it delivers."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlmodel import Session, select

from bot import inbox, reach
from bot.channels.channel import reaches
from bot.channels.zalo_bot import channel as module
from bot.channels.zalo_bot.channel import ZaloBotChannel
from bot.channels.zalo_bot.plan import Use, used
from bot.channels.zalo_bot.read import read, received
from bot.db import Database
from bot.flows.turn import House
from bot.messages import DeliveryError, Incoming, Received, Reply, SlowDownError, UnreadableError
from bot.outbox import Outbox
from bot.people import Address
from bot.reach import Reach
from tests.conftest import NOON, ZONE
from tests.emulators.zalo import Fault, ZaloEmulator
from tests.zalo_stage import ZaloStage, settings, stage_of

LAN = "6ede9afa66b88fe6d6a9"
NAMES = ("Bot Lý Sơn", "bot.VDKyGxQvn")


def update(
    kind: str = "text", group: str = "", is_bot: bool = False, **more: Any
) -> dict[str, Any]:
    """An update of Lan's."""
    chat = {"id": group or LAN, "chat_type": "GROUP" if group else "PRIVATE"}
    sender = {"id": LAN, "display_name": "Lan", "is_bot": is_bot}
    base = {"message_id": "2d758cb5", "date": 1750316131602, "from": sender, "chat": chat}
    return {"event_name": f"message.{kind}.received", "message": {**base, **more}}


def said(text: str, chat: str = LAN, *, private: bool = True) -> Incoming:
    """What Lan said."""
    return Incoming("zalo_bot", chat, LAN, "text", text, private=private)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param(update(text="vneid"), said("vneid"), id="text"),
        pytest.param(update(text="/start"), said("/start"), id="a command"),
        pytest.param(
            update("image", photo_url="https://zdn.vn/x"),
            Incoming("zalo_bot", LAN, LAN, "media"),
            id="an image, as it really comes",
        ),
        pytest.param(
            update("image", photo="https://zdn.vn/x", caption="là gì"),
            said("là gì"),
            id="an image, as documented, with words",
        ),
        pytest.param(update("sticker"), Incoming("zalo_bot", LAN, LAN, "media"), id="a sticker"),
        pytest.param(update("voice"), Incoming("zalo_bot", LAN, LAN, "media"), id="a voice"),
        pytest.param(
            update(group="g1", text="@Bot Lý Sơn vneid là gì"),
            said("vneid là gì", "g1", private=False),
            id="a mention by name",
        ),
        pytest.param(
            update(group="g1", text="@bot.VDKyGxQvn, vneid"),
            said("vneid", "g1", private=False),
            id="a mention by account",
        ),
        pytest.param(
            update(group="g1", text="@BotKhac vneid"),
            said("vneid", "g1", private=False),
            id="a mention of another name",
        ),
        pytest.param(
            update(group="g1", text="hỏi @Bot Lý Sơn"),
            said("hỏi @Bot Lý Sơn", "g1", private=False),
            id="a mention further on stays",
        ),
        pytest.param(
            update(group="g1", text="@Bot Lý Sơn /sukien thôn Đông"),
            said("/sukien thôn Đông", "g1", private=False),
            id="a command after a mention",
        ),
        pytest.param(
            update(group="g1", text="/sukien @Bot Lý Sơn thôn Đông"),
            said("/sukien thôn Đông", "g1", private=False),
            id="a command before a mention",
        ),
        pytest.param(
            update(group="g1", text="@Bot Tên Cũ /sukien"),
            said("/sukien", "g1", private=False),
            id="a command beside another name of several words",
        ),
        pytest.param(
            update(group="g1", text="@Bot Lý Sơn 2"),
            said("2", "g1", private=False),
            id="a pick after a mention",
        ),
        pytest.param(update(text="x", is_bot=True), None, id="a bot"),
    ],
)
def test_updates_are_read(given: dict[str, Any], message: Incoming | None) -> None:
    """Each update becomes the message it is, with and without its envelope."""
    for shape in (given, {"ok": True, "result": given}):
        kept = received(shape, NOON)
        assert kept is not None
        assert read(kept.payload, NAMES, "1459") == message


def test_our_own_words_are_not_ours_to_answer() -> None:
    """What we sent may be delivered to us."""
    assert read(json.dumps(update(text="x")), NAMES, bot_id=LAN) is None


@pytest.mark.parametrize("kind", ["unsupported", "brand_new"])
def test_other_updates_are_not_kept(kind: str) -> None:
    """Protected senders and new kinds are no error, and nothing to answer."""
    assert received(update(kind, text="x"), NOON) is None


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({"event_name": "message.text.received"}, id="no message"),
        pytest.param(update(text=5), id="a number for text"),
        pytest.param(update(text="x", chat={"id": 5}), id="a number for a chat"),
        pytest.param(
            {**update(), "message": {"text": "x", "chat": {"id": LAN}, "from": {}}}, id="nobody"
        ),
    ],
)
def test_nonsense_is_unreadable(payload: dict[str, Any]) -> None:
    """What has our event's name but not its form is parked."""
    with pytest.raises(UnreadableError):
        read(json.dumps(payload))


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloEmulator]:
    """A Zalo of our own."""
    async with ZaloEmulator() as emulator:
        yield emulator


@pytest.fixture
async def stage(zalo: ZaloEmulator, sqlite_url: str, house: House) -> AsyncIterator[ZaloStage]:
    """The bot at work behind its webhook, and Lan who has just written."""
    db = Database(sqlite_url)
    made = stage_of("zalo_bot", zalo, db, house, NOON)
    await made.says("vneid là gì")
    yield made
    await made.close()
    db.close()


def states(stage: ZaloStage) -> list[tuple[str, str]]:
    """What became of the messages: state and reason."""

    def work(session: Session) -> list[tuple[str, str]]:
        return [(row.state, row.error) for row in session.exec(select(Outbox).order_by("id"))]

    return stage.db.read(work)


async def reached(stage: ZaloStage) -> Reach:
    """Whether a notice would reach Lan now."""

    def work(session: Session) -> Reach:
        address = session.exec(select(Address)).one()
        return reach.of(session, address, stage.now, reaches({"zalo_bot": stage.bot}))

    return await stage.db.fetch(work)


@pytest.mark.parametrize(
    ("fault", "copies", "last"),
    [
        pytest.param(Fault("code", "sendMessage", 500), 1, ("sent", ""), id="500"),
        pytest.param(Fault("status", "sendMessage", 502), 1, ("sent", ""), id="a proxy's page"),
        pytest.param(Fault("code", "sendMessage", 403, times=2), 1, ("sent", ""), id="403 twice"),
        pytest.param(
            Fault("code", "sendMessage", 403, times=3), 0, ("failed", "403"), id="403 again"
        ),
        pytest.param(Fault("code", "sendMessage", 400), 0, ("failed", "400"), id="400"),
        pytest.param(Fault("inside", "sendMessage", 400), 0, ("failed", "400"), id="400 in a 200"),
        pytest.param(Fault("code", "sendMessage", 404), 0, ("failed", "404"), id="no such chat"),
        pytest.param(Fault("code", "sendMessage", 408), 0, ("unknown", "408"), id="a slow server"),
        pytest.param(
            Fault("cut", "sendMessage"), 1, ("unknown", "RemoteProtocolError"), id="cut off"
        ),
        pytest.param(
            Fault("garbled", "sendMessage"), 1, ("unknown", "unreadable answer"), id="garbled"
        ),
    ],
)
async def test_faults_lose_nothing_and_double_nothing(
    stage: ZaloStage, fault: Fault, copies: int, last: tuple[str, str]
) -> None:
    """Whatever Zalo does with the answer: at most one copy, and the truth in the outbox."""
    stage.zalo.fails(fault)

    heard = await stage.says("/trogiup")

    assert len([text for text in heard if "/camnang" in text]) == copies
    assert states(stage)[-1] == last


async def test_a_chat_that_is_gone_comes_back_by_writing(stage: ZaloStage) -> None:
    """After 404 nobody is written to on our own accord, until they write."""
    stage.zalo.fails(Fault("code", "sendMessage", 404))
    await stage.says("/trogiup")
    assert await reached(stage) == Reach("blocked")

    await stage.says("chào")
    assert (await reached(stage)).ok


async def test_429_pauses_all_and_longer_each_time(stage: ZaloStage) -> None:
    """Without a Retry-After: a minute, then two, to an hour; what is sent begins it anew."""
    stage.zalo.fails(Fault("code", "sendMessage", 429, times=8))
    waits = []
    for _again in range(8):
        with pytest.raises(SlowDownError) as caught:
            await stage.bot.send(stage.id_of("lan"), Reply("x"))
        waits.append(caught.value.wait)
    await stage.bot.send(stage.id_of("lan"), Reply("x"))
    stage.zalo.fails(Fault("code", "sendMessage", 429))
    with pytest.raises(SlowDownError) as caught:
        await stage.bot.send(stage.id_of("lan"), Reply("x"))

    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert caught.value.wait == 60


async def test_the_plan_is_counted(zalo: ZaloEmulator, sqlite_url: str, house: House) -> None:
    """People and this month's messages are counted; a spent month reaches nobody, the next does."""
    db = Database(sqlite_url)
    stage = stage_of("zalo_bot", zalo, db, house, NOON, zalo_bot_monthly="3")
    await stage.says("vneid là gì")
    count: Callable[[], Use] = lambda: db.read(partial(used, now=stage.now, zone=ZONE))  # noqa: E731
    assert count() == Use(1, 2)
    assert (await reached(stage)).ok
    await stage.says("chào")

    assert await reached(stage) == Reach("quota")
    stage.later(timedelta(days=7))  # December
    assert count() == Use(1, 0)
    assert (await reached(stage)).ok
    await stage.close()
    db.close()


# Polling


class Running:
    """A bot that polls the fake."""

    def __init__(self, zalo: ZaloEmulator, db: Database, **more: str) -> None:
        given = {"zalo_bot_mode": "polling", **more}
        self.channel = ZaloBotChannel(settings(zalo, **given), db)
        self.db = db
        self.task = asyncio.create_task(self.channel.run(self.accept))

    async def accept(self, deliveries: list[Received]) -> int:
        """Keep deliveries."""
        return await self.db.write(partial(inbox.accept, deliveries=deliveries))

    def waiting(self) -> int:
        """How many messages were kept."""
        return self.db.read(inbox.waiting)

    async def stop(self) -> None:
        """End."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        await self.channel.close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries again at once."""
    monkeypatch.setattr(module, "AGAIN", 0.02)
    monkeypatch.setattr(module, "LONGEST", 0.05)
    monkeypatch.setattr(module, "FLOOR", 0.05)


@pytest.fixture
async def polling(quick: None, zalo: ZaloEmulator, sqlite_url: str) -> AsyncIterator[Running]:
    """A bot that polls, quick to try again."""
    db = Database(sqlite_url)
    running = Running(zalo, db)
    yield running
    await running.stop()
    db.close()


async def test_idle_polls_are_no_error(zalo: ZaloEmulator, polling: Running) -> None:
    """408 says that there is no news; the bot keeps polling, and hears what comes."""
    await zalo.wait_for(lambda: zalo.codes("getUpdates").count(408) >= 2)
    zalo.bot.says(LAN, "vneid là gì")
    await zalo.wait_for(lambda: polling.waiting() == 1)

    assert polling.channel.state == "polling"
    assert zalo.codes("getMe") == [200]


async def test_replayed_updates_are_kept_once(zalo: ZaloEmulator, polling: Running) -> None:
    """A real bot was seen to get consumed updates again, at once: they are known by their id."""
    zalo.fails(Fault("replay", "getUpdates", times=None))
    zalo.bot.says(LAN, "một")
    zalo.bot.says(LAN, "hai")
    await zalo.wait_for(lambda: zalo.codes("getUpdates").count(200) >= 8)

    assert polling.waiting() == 2


async def test_there_is_a_floor_between_polls(zalo: ZaloEmulator, polling: Running) -> None:
    """However fast Zalo answers, it is asked at most once in each FLOOR."""
    zalo.fails(Fault("replay", "getUpdates", times=None))
    zalo.bot.says(LAN, "một")
    await zalo.wait_for(lambda: len(zalo.bot.polls) >= 10)

    # Nine gaps of 50 ms. On a busy machine one poll may arrive late, and the next soon after it;
    # without a floor all ten arrive within some milliseconds.
    assert zalo.bot.polls[9] - zalo.bot.polls[0] >= 0.3


async def test_another_systems_webhook_is_left_alone(
    quick: None, zalo: ZaloEmulator, sqlite_url: str
) -> None:
    """A bot with a webhook is not polled, and the webhook is not deleted; the reason is told."""
    zalo.bot.webhook = {"url": "https://other.vn/hook"}
    db = Database(sqlite_url)
    running = Running(zalo, db)
    await zalo.wait_for(lambda: "webhook" in running.channel.state)

    assert zalo.bot.webhook == {"url": "https://other.vn/hook"}
    assert zalo.bot.polls == []
    zalo.bot.webhook = None
    await zalo.wait_for(lambda: running.channel.state == "polling")
    await running.stop()
    db.close()


async def test_a_webhook_set_meanwhile_ends_the_polling(
    zalo: ZaloEmulator, polling: Running
) -> None:
    """When somebody sets a webhook while we poll (400), it is told, and left as it is."""
    await zalo.wait_for(lambda: polling.channel.state == "polling")
    zalo.bot.webhook = {"url": "https://other.vn/hook"}

    await zalo.wait_for(lambda: "webhook" in polling.channel.state)
    assert zalo.bot.webhook is not None


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault("status", "getUpdates", 502), id="a proxy's page"),
        pytest.param(Fault("refuse", "getUpdates"), id="cut off"),
        pytest.param(Fault("garbled", "getMe"), id="nonsense"),
        pytest.param(Fault("code", "getMe", 429), id="429"),
        pytest.param(Fault("inside", "getWebhookInfo", 500), id="500 in a 200"),
    ],
)
async def test_polling_recovers(zalo: ZaloEmulator, polling: Running, fault: Fault) -> None:
    """Whatever fails, the bot polls again."""
    zalo.fails(fault)
    zalo.bot.says(LAN, "vneid là gì")

    await zalo.wait_for(lambda: polling.waiting() == 1)


async def test_a_refused_token_is_told(quick: None, zalo: ZaloEmulator, sqlite_url: str) -> None:
    """A wrong token stops the channel, not the bot, and is told in /health."""
    db = Database(sqlite_url)
    running = Running(zalo, db, zalo_bot_token="1:wrong")

    await zalo.wait_for(lambda: running.channel.state == "token refused")
    await running.stop()
    db.close()


async def test_the_webhook_is_set_and_looked_after(
    quick: None, zalo: ZaloEmulator, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In webhook mode Zalo is told our address and the secret, again when it was lost."""
    monkeypatch.setattr(module, "LOOK", 0.05)
    db = Database(sqlite_url)
    running = Running(zalo, db, zalo_bot_mode="webhook")
    await zalo.wait_for(lambda: zalo.codes("setWebhook") == [200])
    await zalo.bot.answer("deleteWebhook", {})
    await zalo.wait_for(lambda: zalo.codes("setWebhook") == [200, 200])

    assert zalo.bot.webhook == {
        "url": "https://test/webhooks/zalo-bot",
        "secret_token": "s3cret-of-the-bot",
    }
    await running.stop()
    db.close()


async def test_no_error_names_the_token(zalo: ZaloEmulator, sqlite_url: str) -> None:
    """The token stands in the address; no error that is raised holds it, nor does its cause."""
    db = Database(sqlite_url)
    channel = ZaloBotChannel(settings(zalo), db)
    zalo.fails(Fault("refuse", "sendMessage"))
    with pytest.raises(DeliveryError) as cut:
        await channel.send(LAN, Reply("x"))
    gone = ZaloBotChannel(settings(zalo, zalo_bot_api_url="http://127.0.0.1:9"), db)
    with pytest.raises(DeliveryError) as away:
        await gone.send(LAN, Reply("x"))

    for caught in (cut, away):
        assert "abc-xyz" not in f"{caught.value!r}{caught.value.__cause__!r}"
        assert caught.value.__suppress_context__
    await channel.close()
    await gone.close()
    db.close()
