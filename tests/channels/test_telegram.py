"""The Telegram channel against a strict emulator: polling, sending, and every way it can fail."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from bot import dossier, inbox, outbox, people
from bot.channels.telegram import channel as module
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.send import as_html
from bot.db import Database
from bot.flows.turn import House
from bot.messages import Choice, Link, Received, RefusedError, Reply
from bot.people import Address
from bot.settings import Settings
from bot.signals import Signals
from bot.worker import Worker
from tests.emulators.telegram import Fault, TelegramEmulator


class Running:
    """A bot at work on the emulator."""

    def __init__(self, telegram: TelegramEmulator, db: Database, house: House) -> None:
        settings = Settings(telegram_token=telegram.token, telegram_api_url=telegram.api_url)
        self.channel = TelegramChannel(settings)
        self.db = db
        self.worker = Worker(db, lambda: house, {"telegram": self.channel}, Signals(), alone=True)
        self.tasks: list[asyncio.Task[None]] = []

    async def accept(self, deliveries: list[Received]) -> int:
        """Keep deliveries and wake the worker."""
        new = await self.db.write(partial(inbox.accept, deliveries=deliveries))
        self.worker.wake()
        return new

    async def start(self) -> None:
        """Poll and work."""
        self.tasks = [
            asyncio.create_task(self.worker.run()),
            asyncio.create_task(self.channel.run(self.accept)),
        ]

    async def stop(self) -> None:
        """Drain and end."""
        self.worker.stop()
        self.tasks[1].cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.channel.close()


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    """A Telegram of our own."""
    async with TelegramEmulator() as emulator:
        yield emulator


@pytest.fixture
async def bot(
    telegram: TelegramEmulator,
    sqlite_url: str,
    house: House,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Running]:
    """A bot at work, quick to try again."""
    monkeypatch.setattr(module, "AGAIN", 0.05)
    monkeypatch.setattr(module, "POLL", 1)
    db = Database(sqlite_url)
    running = Running(telegram, db, house)
    await running.start()
    yield running
    await running.stop()
    db.close()


async def test_a_question_gets_its_sourced_answer(telegram: TelegramEmulator, bot: Running) -> None:
    """A resident's question on Telegram is answered with link and source; no call was refused."""
    lan = telegram.user("Lan")

    await lan.says("cam nang chuyen doi so o dau")
    await telegram.wait_for(lambda: telegram.sent_to(lan))

    answer = telegram.sent_to(lan)[0]
    assert "https://dx.mic.gov.vn" in answer
    assert "Nguồn:" in answer
    assert telegram.refused == []


async def test_a_tap_is_acknowledged_and_answered(telegram: TelegramEmulator, bot: Running) -> None:
    """Buttons work: the spinner stops and the choice is answered."""
    lan = telegram.user("Lan")
    await lan.says("ngày chuyển đổi số là ngày nào")
    await telegram.wait_for(lambda: len(telegram.sent) >= 2)

    first = telegram.sent[0]
    await lan.taps(first, first.params["reply_markup"]["inline_keyboard"][0][0]["callback_data"])
    await telegram.wait_for(lambda: len(telegram.sent) >= 3)

    assert telegram.accepted("answerCallbackQuery")
    assert "Nguồn:" in telegram.sent_to(lan)[-1]


async def test_commands_are_told_in_both_languages(
    telegram: TelegramEmulator, bot: Running
) -> None:
    """Telegram's menu has our commands by default, in Vietnamese and in English."""
    await telegram.wait_for(lambda: len(telegram.accepted("setMyCommands")) >= 3)

    codes = {call.params.get("language_code") for call in telegram.accepted("setMyCommands")}
    assert codes == {None, "vi", "en"}


async def test_inline_mode_offers_answers(telegram: TelegramEmulator, bot: Running) -> None:
    """A question typed in another chat gets answers to choose from."""
    lan = telegram.user("Lan")

    await lan.asks_inline("vneid là gì")
    await telegram.wait_for(lambda: telegram.accepted("answerInlineQuery"))

    [call] = telegram.accepted("answerInlineQuery")
    assert call.params["results"][0]["title"] == "VNeID là gì?"


async def test_an_unreadable_update_blocks_nobody(telegram: TelegramEmulator, bot: Running) -> None:
    """A message without a date is parked, and the next one is answered."""
    telegram.push({"message": {"message_id": 1, "chat": {"id": 1, "type": "private"}}})
    telegram.push({"brand_new_kind": {"a": 1}})
    lan = telegram.user("Lan")

    await lan.says("vneid là gì")
    await telegram.wait_for(lambda: telegram.sent_to(lan))

    assert bot.db.read(inbox.parked) == 1


@pytest.mark.parametrize(
    ("fault", "copies", "state"),
    [
        pytest.param(Fault("flood", retry_after=1), 1, outbox.SENT, id="429"),
        pytest.param(Fault("error"), 1, outbox.SENT, id="5xx as JSON"),
        pytest.param(Fault("proxy"), 1, outbox.SENT, id="5xx as HTML"),
        pytest.param(Fault("cut"), 1, outbox.UNKNOWN, id="taken, then cut off"),
        pytest.param(Fault("garbled"), 1, outbox.UNKNOWN, id="taken, answered with nonsense"),
        pytest.param(Fault("blocked"), 0, outbox.FAILED, id="blocked"),
        pytest.param(Fault("not_found"), 0, outbox.FAILED, id="chat not found"),
    ],
)
async def test_faults_lose_nothing_and_double_nothing(
    telegram: TelegramEmulator, bot: Running, fault: Fault, copies: int, state: str
) -> None:
    """Whatever Telegram does with the answer: at most one copy, and the truth in the outbox."""
    lan = telegram.user("Lan")
    telegram.fails(fault)

    await lan.says("/trogiup")

    def settled() -> bool:
        counts = bot.db.read(outbox.counts)
        return bool(counts) and not counts.keys() & {outbox.QUEUED, outbox.SENDING}

    await telegram.wait_for(settled)
    copies_sent = [text for text in telegram.sent_to(lan) if "/camnang" in text]
    assert len(copies_sent) == copies
    assert bot.db.read(outbox.counts).get(state)


async def test_retry_after_is_obeyed_to_the_second(
    telegram: TelegramEmulator, bot: Running
) -> None:
    """After a 429 nothing is sent before its second is over."""
    lan = telegram.user("Lan")
    telegram.fails(Fault("flood", retry_after=1))
    await lan.says("vneid là gì")
    await telegram.wait_for(lambda: telegram.sent_to(lan))

    tries = [call.at for call in telegram.calls if call.method == "sendMessage"]
    assert tries[1] - tries[0] >= 1.0


async def test_telegram_may_be_down_and_come_back(telegram: TelegramEmulator, bot: Running) -> None:
    """While Telegram is away the bot waits; what was asked meanwhile is answered after."""
    await telegram.wait_for(lambda: bot.channel.state == "polling")
    lan = telegram.user("Lan")
    await telegram.goes_down()
    await lan.says("vneid là gì")

    await telegram.comes_back()
    await telegram.wait_for(lambda: telegram.sent_to(lan))

    assert telegram.sent_to(lan)[0].startswith("VNeID")


async def test_a_refused_token_is_said_in_health(
    telegram: TelegramEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong token stops the channel, not the bot, and is told."""
    monkeypatch.setattr(module, "LONGEST", 0.05)
    settings = Settings(telegram_token="9999:WRONG", telegram_api_url=telegram.api_url)
    channel = TelegramChannel(settings)

    async def accept(_deliveries: list[Received]) -> int:
        return 0

    task = asyncio.create_task(channel.run(accept))
    await telegram.wait_for(lambda: channel.state == "token refused")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await channel.close()


async def test_plain_text_when_html_is_not_taken(telegram: TelegramEmulator, bot: Running) -> None:
    """When Telegram cannot parse our HTML, the same words go out as plain text."""
    lan = telegram.user("Lan")
    telegram.fails(Fault("bad_request", reason="can't parse entities: unexpected end tag"))

    await lan.says("vneid là gì")
    await telegram.wait_for(lambda: telegram.sent_to(lan))

    assert telegram.sent_to(lan)[0].startswith("VNeID")


def test_html_is_built_from_parts() -> None:
    """Whatever the texts hold, tags come from us alone."""
    reply = Reply(
        "a < b & c",
        links=(Link('x"><b>', 'https://a.vn/?q="1"&b=2'),),
        source="Nguồn: <i>",
        choices=(Choice("<script>", "1"),),
    )

    assert as_html(reply) == (
        'a &lt; b &amp; c\n<a href="https://a.vn/?q=&quot;1&quot;&amp;b=2">x"&gt;&lt;b&gt;</a>\n'
        "<i>Nguồn: &lt;i&gt;</i>\n1. &lt;script&gt;"
    )


async def test_a_message_of_ours_is_changed(telegram: TelegramEmulator, bot: Running) -> None:
    """An edit shows the new words; the same words again are no failure."""
    lan = telegram.user("Lan")
    await telegram.wait_for(lambda: bot.channel.username)
    name = await bot.channel.send(str(lan.id), Reply("Tọa đàm lúc 19:00."))

    for _time in range(2):
        await bot.channel.edit(str(lan.id), name, Reply("Tọa đàm lúc <20:00>."))

    assert telegram.sent_to(lan) == ["Tọa đàm lúc 19:00.", "Tọa đàm lúc <20:00>."]


async def test_a_message_that_is_gone_cannot_be_changed(
    telegram: TelegramEmulator, bot: Running
) -> None:
    """The refusal is final: it is not tried for ever."""
    lan = telegram.user("Lan")
    await telegram.wait_for(lambda: bot.channel.username)

    with pytest.raises(RefusedError):
        await bot.channel.edit(str(lan.id), "999", Reply("x"))


async def test_a_group_that_moved_is_followed_by_its_address(
    telegram: TelegramEmulator, bot: Running
) -> None:
    """What a group's old id refuses goes to its new one, and our address of it moves along."""
    group = telegram.group()
    group.adds(telegram.user("Lan"))
    old = str(group.id)
    await bot.db.write(lambda s: people.welcome(s, "telegram", old, old, datetime.now(UTC))[1])
    await group.migrate()
    put = partial(outbox.put, channel="telegram", chat=old, replies=[Reply("Mời họp")])

    await bot.db.write(lambda s: put(s, can=bot.channel.can, now=datetime.now(UTC)))
    bot.worker.queued.set()

    await telegram.wait_for(lambda: telegram.sent_to(group) == ["Mời họp"])
    moved = bot.db.read(lambda session: session.exec(select(Address.chat)).one())
    assert moved == str(group.id)


async def test_my_data_comes_as_a_document(telegram: TelegramEmulator, bot: Running) -> None:
    """/dulieu is answered with a file and a summary under it; the words are in the file alone."""
    lan = telegram.user("Lan")
    await lan.says("vneid là gì")
    await telegram.wait_for(lambda: len(telegram.sent) >= 2)
    await lan.says("/dulieu")
    await telegram.wait_for(lambda: telegram.accepted("sendDocument"))

    [call] = telegram.accepted("sendDocument")
    assert "Tin bạn đã nhắn: 2" in call.params["caption"]
    assert "vneid" not in call.params["caption"]
    assert call.params["document"].filename == dossier.FILE
    assert "vneid là gì" in call.params["document"].content.decode()


async def test_what_is_not_kept_is_not_acknowledged(
    telegram: TelegramEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the database refuses, polling goes on and the offset stays; nothing is lost."""
    monkeypatch.setattr(module, "AGAIN", 0.02)
    channel = TelegramChannel(
        Settings(telegram_token=telegram.token, telegram_api_url=telegram.api_url)
    )
    refusals = iter([OperationalError("full", None, OSError()) for _time in range(3)])
    kept: list[str] = []

    async def accept(deliveries: list[Received]) -> int:
        for refusal in refusals:
            raise refusal
        kept.extend(one.key for one in deliveries)
        return len(deliveries)

    task = asyncio.create_task(channel.run(accept))
    lan = telegram.user("Lan")
    for text in ("một", "hai"):
        await lan.says(text)
    await telegram.wait_for(lambda: len(kept) >= 2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await channel.close()

    assert sorted(set(kept)) == sorted(kept)
    assert list(refusals) == []
    assert len(kept) == 2
