"""The week's news: on Sunday evening, once each person, only to those who asked for it."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlmodel import Session

from bot import outbox, people
from bot.db import Database
from bot.flows import weekly
from bot.flows.turn import House
from bot.notices import stories
from bot.notices.stories import Item
from bot.people import Consent
from tests.conftest import NOON, ZONE
from tests.stage import Stage

SUNDAY = datetime(2026, 11, 29, 18, 0, tzinfo=ZONE).astimezone(UTC)


@pytest.fixture
async def stage(db: Database, house: House) -> Stage:
    """Two stories of this week, and Lan, who wants the week's news."""
    stage = Stage(db, house, NOON)
    items = [
        Item(f"https://lyson.example.vn/{name}", name, "", "Cổng", NOON) for name in ("Một", "Hai")
    ]
    await db.write(partial(stories.keep, items=items, now=NOON))
    await stage.says("/tintuc tuần")
    await stage.says("/tintuc", user="tam")
    stage.channel.sent.clear()
    return stage


async def news(stage: Stage, at: datetime) -> list[str]:
    """What went out by itself at a moment, and to whom."""
    stage.now = at
    stage.channel.sent.clear()
    await stage.worker.tell_the_week()
    await stage.settle()
    return [f"{chat}: {stage.channel.texts(chat)[0]}" for chat, _reply in stage.channel.sent]


async def test_the_news_goes_out_on_sunday_evening_once(stage: Stage) -> None:
    """Who asked has both stories at 18:00, nobody else, and not a second time."""
    first = await news(stage, SUNDAY)
    again = await news(stage, SUNDAY + timedelta(hours=2))

    assert len(first) == 1
    assert first[0].startswith("lan: Tin trong tuần của bạn:")
    assert "https://lyson.example.vn/Một" in first[0]
    assert again == []


@pytest.mark.parametrize(
    ("at", "sent"),
    [
        pytest.param(SUNDAY - timedelta(minutes=1), False, id="a minute early"),
        pytest.param(SUNDAY + timedelta(hours=3), False, id="at night"),
        pytest.param(SUNDAY + timedelta(hours=13), True, id="on Monday, late"),
        pytest.param(SUNDAY + timedelta(days=2), False, id="on Tuesday"),
    ],
)
async def test_it_keeps_its_hours(stage: Stage, at: datetime, sent: bool) -> None:
    """Nothing before the hour or at night; what could not go on Sunday goes on Monday."""
    assert bool(await news(stage, at)) == sent


async def test_a_week_without_news_is_silent(stage: Stage) -> None:
    """Who has nothing to hear is not disturbed."""
    await news(stage, SUNDAY)

    assert await news(stage, SUNDAY + timedelta(days=7)) == []


async def test_it_is_sent_behind_answers(stage: Stage) -> None:
    """The news waits behind what people are answered."""
    stage.now = SUNDAY
    await stage.worker.tell_the_week()

    def ranks(session: Session) -> list[int]:
        rows = session.scalars(select(outbox.Outbox).order_by(outbox.Outbox.id.desc()))  # type: ignore[union-attr]
        return [row.rank for row in rows][:1]

    assert await stage.db.fetch(ranks) == [outbox.BULK]


async def test_who_stopped_hears_nothing_and_both_words_are_kept(stage: Stage) -> None:
    """Saying no counts at once, and the consent says what was said when."""
    await stage.says("/tintuc tuần")

    def consents(session: Session) -> list[bool]:
        rows = session.scalars(select(Consent).order_by(Consent.id))  # type: ignore[arg-type]
        return [row.given for row in rows if row.kind == weekly.KIND]

    assert await news(stage, SUNDAY) == []
    assert await stage.db.fetch(consents) == [True, False]


async def test_who_blocked_us_is_passed_over(stage: Stage) -> None:
    """Nothing is queued for an address that blocked us."""
    await stage.db.write(
        partial(people.mark_blocked, channel="fake", chat="lan", now=NOON, blocked=True)
    )

    assert await news(stage, SUNDAY) == []
