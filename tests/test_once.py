"""An update delivered again and again has one effect, also at once, also after a restart."""

# ruff: noqa: F811 - the fixtures of test_app

import asyncio
from collections import Counter

import httpx
from sqlalchemy import func
from sqlmodel import col, select

from bot.app import App
from bot.inbox import Inbox
from tests.conftest import ONE_DATABASE
from tests.emulators.telegram import TelegramEmulator, updates
from tests.test_app import app, client, signed, state, telegram  # noqa: F401 - fixtures


async def deliver(client: httpx.AsyncClient, number: int, text: str) -> int:
    """Telegram delivers a message; the status it is answered with."""
    body = updates.message(text, number)
    return (await client.post("/webhooks/telegram", json=body, headers=signed())).status_code


@ONE_DATABASE
async def test_an_update_again_and_again_is_answered_once(
    app: App, client: httpx.AsyncClient, telegram: TelegramEmulator
) -> None:
    """Five times in turn and twenty times at once: every delivery is acknowledged, one answered."""
    lan = telegram.user("Lan", id_=5001)
    in_turn = [await deliver(client, 70, "/quyenriengtu") for _time in range(5)]
    at_once = await asyncio.gather(
        *(deliver(client, 71, "cam nang chuyen doi so o dau") for _time in range(20))
    )
    await telegram.wait_for(lambda: len(telegram.sent_to(lan)) >= 3, within=20)

    kept = app.db.read(
        lambda s: s.exec(select(col(Inbox.key), func.count()).group_by(col(Inbox.key))).all()
    )
    assert set(in_turn) | set(at_once) == {200}
    assert sorted(kept) == [("70", 1), ("71", 1)]
    assert set(Counter(telegram.sent_to(lan)).values()) == {1}


@ONE_DATABASE
async def test_ids_that_begin_again_lower_are_processed(
    app: App, client: httpx.AsyncClient, telegram: TelegramEmulator
) -> None:
    """After a week of silence Telegram goes on with a random, perhaps lower, id."""
    lan = telegram.user("Lan", id_=5001)
    await deliver(client, 900_000_000, "/quyenriengtu")
    await telegram.wait_for(lambda: len(telegram.sent_to(lan)) >= 2, within=20)

    await deliver(client, 17, "/trogiup")
    await telegram.wait_for(lambda: len(telegram.sent_to(lan)) >= 3, within=20)

    assert "/xoadulieu" in telegram.sent_to(lan)[-1]
