"""Groups on Telegram: only who runs one decides for it, as Telegram says at that moment."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import select
from sqlmodel import Session

from bot import people
from bot.channels.telegram import channel as module
from bot.db import Database
from bot.flows.turn import House
from bot.notices import announce, groups
from bot.notices.announce import Draft
from bot.notices.groups import GroupSub
from tests.channels.test_telegram import Running
from tests.conftest import NOON, ZONE
from tests.emulators.telegram import Fault, TelegramEmulator


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


def subscribed(bot: Running) -> list[str]:
    """The groups that hear notices."""

    def work(session: Session) -> list[str]:
        return [group.chat for group in session.scalars(select(GroupSub))]

    return bot.db.read(work)


@pytest.mark.parametrize("rank", ["creator", "administrator"])
async def test_an_admin_subscribes_the_group(
    telegram: TelegramEmulator, bot: Running, rank: str
) -> None:
    """The admin's command is asked back, and their tap makes it so."""
    group, hoa = telegram.group(), telegram.user("Hoa")
    group.adds(hoa, rank)
    await hoa.says("/dangkynhom", in_group=group)
    await telegram.wait_for(lambda: telegram.sent)
    before = subscribed(bot)

    asked = telegram.sent[0]
    button = asked.params["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await hoa.taps(asked, button)
    await telegram.wait_for(lambda: len(telegram.sent) >= 2)

    assert before == []
    assert subscribed(bot) == [str(group.id)]
    assert telegram.refused == []


@pytest.mark.parametrize("rank", ["member", "left"])
async def test_others_are_refused(telegram: TelegramEmulator, bot: Running, rank: str) -> None:
    """A member cannot decide for the group, nor take its notices away."""
    group, lan = telegram.group(), telegram.user("Lan")
    group.adds(lan, rank)

    await lan.says("/dangkynhom", in_group=group)
    await lan.says("/huynhom", in_group=group)
    await telegram.wait_for(lambda: len(telegram.sent) >= 2)

    assert all("Chỉ quản trị nhóm" in sent.params["text"] for sent in telegram.sent)
    assert subscribed(bot) == []


async def test_another_member_cannot_confirm(telegram: TelegramEmulator, bot: Running) -> None:
    """The button under the question is the admin's; a tap of somebody else does nothing."""
    group, hoa, lan = telegram.group(), telegram.user("Hoa"), telegram.user("Lan")
    group.adds(hoa, "administrator")
    group.adds(lan)
    await hoa.says("/dangkynhom", in_group=group)
    await telegram.wait_for(lambda: telegram.sent)

    asked = telegram.sent[0]
    button = asked.params["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await lan.taps(asked, button)
    await telegram.wait_for(lambda: len(telegram.sent) >= 2)

    assert subscribed(bot) == []


async def test_who_lost_the_group_cannot_confirm(telegram: TelegramEmulator, bot: Running) -> None:
    """Telegram is asked again at the second message: an admin of a minute ago may be none now."""
    group, hoa = telegram.group(), telegram.user("Hoa")
    group.adds(hoa, "administrator")
    await hoa.says("/dangkynhom", in_group=group)
    await telegram.wait_for(lambda: telegram.sent)
    group.adds(hoa, "member")

    asked = telegram.sent[0]
    button = asked.params["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await hoa.taps(asked, button)
    await telegram.wait_for(lambda: len(telegram.sent) >= 2)

    assert "Chỉ quản trị nhóm" in telegram.sent[1].params["text"]
    assert subscribed(bot) == []


async def test_no_guess_when_telegram_does_not_say(
    telegram: TelegramEmulator, bot: Running
) -> None:
    """When Telegram fails to answer, nobody is taken for an admin, nor told that they are none."""
    group, hoa = telegram.group(), telegram.user("Hoa")
    group.adds(hoa, "administrator")
    telegram.fails(Fault("error", method="getChatMember"))

    await hoa.says("/dangkynhom", in_group=group)
    await telegram.wait_for(lambda: telegram.sent)

    assert "Bạn thử lại sau ít phút" in telegram.sent[0].params["text"]


async def test_a_group_that_moves_stays_subscribed(
    telegram: TelegramEmulator, bot: Running
) -> None:
    """When the group becomes a supergroup its subscription has the new id."""
    group, hoa = telegram.group(), telegram.user("Hoa")
    group.adds(hoa, "creator")
    await hoa.says("/dangkynhom", in_group=group)
    await telegram.wait_for(lambda: telegram.sent)
    asked = telegram.sent[0]
    button = asked.params["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await hoa.taps(asked, button)
    await telegram.wait_for(lambda: len(telegram.sent) >= 2)

    new = await group.migrate()
    await telegram.wait_for(lambda: subscribed(bot) == [str(new)])

    assert telegram.refused == []


async def test_who_throws_us_out_ends_it(telegram: TelegramEmulator, bot: Running) -> None:
    """A group without the bot hears nothing; let in again, it has to be asked for."""
    group, hoa = telegram.group(), telegram.user("Hoa")
    group.adds(hoa, "creator")
    await hoa.says("/dangkynhom", in_group=group)
    await telegram.wait_for(lambda: telegram.sent)
    asked = telegram.sent[0]
    button = asked.params["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await hoa.taps(asked, button)
    await telegram.wait_for(lambda: subscribed(bot))

    await group.removes_bot(hoa)
    await telegram.wait_for(lambda: not subscribed(bot))
    await group.adds_bot(hoa)

    assert subscribed(bot) == []


def tell(session: Session, text: str) -> None:
    """Send a notice to everyone; urgent, for the worker's clock may stand at night."""
    now = datetime.now(UTC)
    notice = announce.write(session, Draft(text, urgent=True), "Hoa", now)
    announce.send(session, notice, "Hoa", now, ZONE)


def follow(session: Session, chat: int) -> None:
    """A group subscribes, as its admin would have it."""
    admin, _new = people.welcome(session, "telegram", "5", "5", NOON)
    groups.subscribe(session, "telegram", str(chat), "", people.id_of(admin), NOON)
    people.mark_blocked(session, "telegram", "5", NOON)


async def test_notices_follow_a_group_and_stop_when_it_throws_us_out(
    telegram: TelegramEmulator, bot: Running
) -> None:
    """Sent to the group, then to the supergroup it became; once we are out it is gone."""
    group, hoa = telegram.group(), telegram.user("Hoa")
    group.adds(hoa, "creator")
    await bot.db.write(partial(follow, chat=group.id))

    await bot.db.write(partial(tell, text="một"))
    await telegram.wait_for(lambda: telegram.sent)
    old, new = group.id, await group.migrate()
    await bot.db.write(partial(tell, text="hai"))
    await telegram.wait_for(lambda: len(telegram.sent) == 2)
    followed = subscribed(bot)
    group.place.state = "kicked"
    await bot.db.write(partial(tell, text="ba"))
    await telegram.wait_for(lambda: subscribed(bot) == [])

    told = [(sent.params["chat_id"], sent.params["text"].split("\n")[0]) for sent in telegram.sent]
    assert [(int(chat), text) for chat, text in told] == [(old, "một"), (new, "hai")]
    assert followed == [str(new)]
