"""`doctor --live`: a message through each channel that is set, and what became of it."""

import asyncio
from dataclasses import replace
from functools import partial

from sqlmodel import Session, select

from bot import organisers, people, trial
from bot.channels.webchat import CAN as WEB
from bot.channels.webchat import WebChannel
from bot.db import Database
from bot.flows.turn import House
from bot.messages import DeliveryError, RefusedError, UncertainError
from bot.people import Address
from bot.settings import Settings
from bot.signals import Signals
from bot.trial import Outcome
from bot.worker import Worker
from tests.conftest import NOON
from tests.fakes import CAN, FakeChannel

CHANNELS = {"web": WEB, "fake": CAN}


def join(session: Session) -> None:
    """Hoa is an admin, and writes to the bot from a chat of her own."""
    hoa, _new = people.welcome(session, "fake", "hoa", "hoa", NOON)
    organisers.join(session, hoa, organisers.add(session, "Hoa", "admin", "x", NOON), NOON)


async def tried(db: Database, house: House, channel: FakeChannel) -> dict[str, Outcome]:
    """The outcomes while the bot runs, by channel."""
    worker = Worker(db, lambda: house, {"web": WebChannel(), "fake": channel}, Signals())
    running = asyncio.create_task(worker.run())
    try:
        found = await asyncio.to_thread(lambda: list(trial.run(db, CHANNELS)))
    finally:
        worker.stop()
        await running
    return {one.channel: one for one in found}


async def test_what_works_is_said_to_work(db: Database, house: House) -> None:
    """The page answers, and the admin got one message on the other channel."""
    db.run(join).result(9)
    channel = FakeChannel()

    found = await tried(db, house, channel)

    assert all(one.good for one in found.values())
    assert [chat for chat, _reply in channel.sent] == ["hoa"]


async def test_the_trial_leaves_nobody_behind(db: Database, house: House) -> None:
    """The visitor who asked is forgotten."""
    await tried(db, house, FakeChannel())

    left = db.read(lambda session: session.exec(select(Address.channel)).all())
    assert "web" not in left


async def test_a_refusal_and_silence_are_told_apart(db: Database, house: House) -> None:
    """What the platform refused, and what it did not answer, are each said so."""
    db.run(join).result(9)
    said = []
    errors: list[DeliveryError] = [RefusedError("no"), UncertainError("no answer")]
    for error in errors:
        channel = replace(FakeChannel(), fails=partial(_fail, error))
        said.append((await tried(db, house, channel))["fake"])

    assert [(one.good, one.said) for one in said] == [
        (False, trial.WORDS["failed"]),
        (False, trial.WORDS["unknown"]),
    ]


def _fail(error: DeliveryError, _chat: str) -> DeliveryError:
    return error


def test_a_bot_that_does_not_run_is_noticed(db: Database) -> None:
    """Nobody answers and nothing is sent: the trial says so, and does not wait for ever."""
    db.run(join).result(9)

    web, fake = trial.run(db, CHANNELS, patience=0.01, sleep=lambda _seconds: None)

    assert (web.good, fake.good) == (False, False)
    assert "có đang chạy không" in web.said
    assert "có đang chạy không" in fake.said


def test_a_channel_without_an_admin_is_told(db: Database) -> None:
    """Without an admin in a chat of a channel there is nobody to send to."""
    _web, fake = trial.run(db, CHANNELS, patience=0.01, sleep=lambda _seconds: None)

    assert (fake.good, fake.said.startswith("chưa có quản trị")) == (False, True)


def test_the_channels_tried_are_those_that_are_set() -> None:
    """The page always; a platform when its token is there."""
    every = Settings(telegram_token="1:a", zalo_oa_app_id="1", zalo_bot_token="1:a")

    assert list(trial.channels(Settings())) == ["web"]
    assert len(trial.channels(every)) == 4
