"""The Official Account's tokens: renewed ahead, once for all processes, and never lost by us."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial

import httpx
import pytest

from bot import outbox, tokens
from bot.channels.zalo_oa.channel import ZaloOaChannel
from bot.channels.zalo_oa.keeper import EARLY, Keeper, alarm
from bot.channels.zalo_oa.oauth import challenge, verifier
from bot.db import Database
from bot.flows.turn import House
from bot.messages import BrokenError, Reply, RetryError, SlowDownError
from bot.tokens import Held
from tests.conftest import NOON
from tests.emulators.zalo import Fault, ZaloEmulator
from tests.zalo_stage import consented, settings, stage_of

HOUR = timedelta(hours=1)


class Clock:
    """Time that stands still unless it is moved."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        """The moment it is."""
        return self.at

    def later(self, gone: timedelta) -> None:
        """Time goes by."""
        self.at += gone


@pytest.fixture
def clock() -> Clock:
    """A clock for Zalo and the bot alike."""
    return Clock()


@pytest.fixture
async def zalo(clock: Clock) -> AsyncIterator[ZaloEmulator]:
    """A Zalo of our own."""
    async with ZaloEmulator(clock) as emulator:
        yield emulator


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """Connections to it."""
    async with httpx.AsyncClient() as client:
        yield client


@pytest.fixture
def keeper(db: Database, zalo: ZaloEmulator, http: httpx.AsyncClient, clock: Clock) -> Keeper:
    """A keeper with the first pair, on SQLite and again on PostgreSQL."""
    consented(zalo, db)
    return Keeper(db, http, settings(zalo), clock)


def held(keeper: Keeper) -> Held:
    """What is stored."""
    found = keeper.db.read(partial(tokens.held, name="zalo-oa"))
    assert found is not None
    return found


def test_the_challenge_is_as_zalo_computes_it() -> None:
    """PKCE: the vector of the documents; every verifier has 43 characters and is new."""
    given = "0123456789abcdefghijABCDEFGHIJ0123456789xyz"

    assert challenge(given) == "3tVsQnEb71QIfMtd2ot1lsXQcKRPMRVJ6H8GcRKnzOA"
    assert {len(verifier()), len(given)} == {43}
    assert verifier() != verifier()


async def test_a_good_token_is_left_alone(keeper: Keeper, zalo: ZaloEmulator) -> None:
    """While more than six hours remain nothing is renewed."""
    assert await keeper.watch() == ""
    assert await keeper.access() == held(keeper).pair.access
    assert zalo.codes("token") == []


async def test_it_is_renewed_hours_ahead(keeper: Keeper, zalo: ZaloEmulator, clock: Clock) -> None:
    """With less than six hours left a new pair is stored, and used."""
    before = held(keeper).pair
    clock.later(25 * HOUR - EARLY + HOUR)
    said = await keeper.watch()

    after = held(keeper).pair
    assert said == ""
    assert after.access != before.access
    assert after.refresh != before.refresh
    assert after.access in zalo.oa.oauth.good
    assert await keeper.access() == after.access


async def test_two_processes_refresh_once(
    database_url: str, zalo: ZaloEmulator, clock: Clock, keeper: Keeper
) -> None:
    """When both find the token refused at once, one renews it, and both go on with the new one."""
    other_db = Database(database_url)
    async with httpx.AsyncClient() as other_http:
        other = Keeper(other_db, other_http, settings(zalo), clock)
        old = await keeper.access()
        assert await other.access() == old
        zalo.oa.oauth.expire()
        zalo.slow = 0.3
        got = await asyncio.gather(*(one.access(refused=old) for one in (keeper, other) * 3))

    assert len(zalo.codes("token")) == 1
    assert set(got) == {held(keeper).pair.access}
    assert held(keeper).trouble == ""
    other_db.close()


async def test_what_another_process_renewed_is_used(keeper: Keeper, zalo: ZaloEmulator) -> None:
    """A token refused because another process renewed it is not renewed again."""
    old = await keeper.access()
    consented(zalo, keeper.db)

    assert await keeper.access(refused=old) == held(keeper).pair.access
    assert zalo.codes("token") == []


async def test_who_gives_up_waiting_loses_nothing(keeper: Keeper, zalo: ZaloEmulator) -> None:
    """A message cancelled while the token is renewed does not lose the new pair."""
    old = await keeper.access()
    zalo.oa.oauth.expire()
    zalo.slow = 0.2
    waiting = asyncio.create_task(keeper.access(refused=old))
    await asyncio.sleep(0.1)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await keeper.close()

    assert held(keeper).pair.access in zalo.oa.oauth.good


@pytest.mark.parametrize("kind", ["refuse", "garbled", "cut"])
async def test_a_lost_answer_is_tried_once_more(
    keeper: Keeper, zalo: ZaloEmulator, clock: Clock, kind: str
) -> None:
    """Zalo may not have spent the token: one more try; when it had, a person is asked."""
    zalo.fails(Fault(kind, "token"))  # type: ignore[arg-type]
    clock.later(25 * HOUR - EARLY + HOUR / 4)
    first = await keeper.watch()
    clock.later(timedelta(minutes=2))
    second = await keeper.watch()

    spent = kind != "refuse"
    assert first == ""
    assert bool(second) is spent
    assert (held(keeper).trouble != "") is spent
    assert len(zalo.oa.oauth.asked) == (2 if spent else 1)


async def test_twice_lost_stops(keeper: Keeper, zalo: ZaloEmulator, clock: Clock) -> None:
    """After a second lost answer nothing is tried any more, and an operator is told."""
    zalo.fails(Fault("refuse", "token", times=None))
    clock.later(20 * HOUR)
    for _hour in range(5):
        await keeper.watch()
        clock.later(HOUR / 2)

    assert len(zalo.codes("token")) == 2
    assert "zalo-oa login" in await keeper.watch()
    assert held(keeper).trouble == "answer lost twice"


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault("code", "token", -32), id="too many calls"),
        pytest.param(Fault("status", "token", 502), id="a proxy's page"),
    ],
)
async def test_what_passes_is_tried_again(
    keeper: Keeper, zalo: ZaloEmulator, clock: Clock, fault: Fault
) -> None:
    """A failure which spent nothing is waited out."""
    zalo.fails(fault)
    clock.later(20 * HOUR)
    await keeper.watch()
    clock.later(timedelta(minutes=2))
    await keeper.watch()

    assert held(keeper).pair.access in zalo.oa.oauth.good
    assert held(keeper).lost == 0


@pytest.mark.parametrize("code", [-14014, -14020, -118, -1])
async def test_a_dead_refresh_token_asks_for_consent(
    keeper: Keeper, zalo: ZaloEmulator, clock: Clock, code: int
) -> None:
    """Whatever number Zalo gives it, with HTTP 200: stored tokens stay, and a person is asked."""
    before = held(keeper).pair
    zalo.fails(Fault("code", "token", code))
    clock.later(20 * HOUR)
    said = await keeper.watch()

    assert "zalo-oa login" in said
    assert held(keeper).pair == before
    assert await keeper.access() == before.access, "it still holds for five hours"
    clock.later(6 * HOUR)
    with pytest.raises(BrokenError):
        await keeper.access()
    assert len(zalo.codes("token")) == 1


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('{"access_token": "new", "expires_in": "90000"}', id="no refresh token"),
        pytest.param('{"access_token": "", "refresh_token": ""}', id="empty tokens"),
        pytest.param('{"error_name": "Invalid", "error_description": "x"}', id="no number"),
    ],
)
async def test_half_an_answer_is_none(
    keeper: Keeper, zalo: ZaloEmulator, clock: Clock, body: str
) -> None:
    """Working tokens are never overwritten with half a pair or with nothing."""
    before = held(keeper).pair
    zalo.fails(Fault("answer", "token", text=body))
    clock.later(20 * HOUR)
    said = await keeper.watch()

    assert "zalo-oa login" in said
    assert held(keeper).pair == before


async def test_no_consent_yet(
    db: Database, zalo: ZaloEmulator, http: httpx.AsyncClient, clock: Clock
) -> None:
    """Without tokens the channel is broken, and says what to do."""
    keeper = Keeper(db, http, settings(zalo), clock)

    assert "zalo-oa login" in await keeper.watch()
    with pytest.raises(BrokenError):
        await keeper.access()


async def test_zalo_away_while_the_token_is_needed(
    keeper: Keeper, zalo: ZaloEmulator, clock: Clock
) -> None:
    """A message that needs a new token while none can be had waits; it is not refused."""
    zalo.fails(Fault("status", "token", 502))
    old = await keeper.access()

    with pytest.raises(SlowDownError) as caught:
        await keeper.access(refused=old)
    assert caught.value.wait == 60.0
    assert isinstance(caught.value, RetryError)


def test_the_alarm_comes_hours_ahead(keeper: Keeper) -> None:
    """A token that was not renewed is told of while it still holds."""
    late = held(keeper).pair.access_until - 5 * HOUR

    assert "còn 5 giờ" in alarm(held(keeper), late)
    assert alarm(held(keeper), late - HOUR) == ""


async def test_expired_in_mid_broadcast(zalo: ZaloEmulator, sqlite_url: str, house: House) -> None:
    """A token that ends between two messages of a notice costs one renewal and no message."""
    db = Database(sqlite_url)
    stage = stage_of("zalo_oa", zalo, db, house, NOON)
    people = [f"p{number}" for number in range(12)]
    for name in people:
        await stage.says("vneid là gì", user=name)
    put = partial(outbox.put, replies=[Reply("Tối nay họp thôn.")], can=stage.oa.can)
    for name in people:
        chat = stage.id_of(name)
        await db.write(partial(put, channel="zalo_oa", chat=chat, now=stage.now, rank=outbox.BULK))
    zalo.fails(Fault("code", "cs", -216, nth=6))
    await stage.settle()

    assert [stage.channel.texts(name).count("Tối nay họp thôn.") for name in people] == [1] * 12
    assert len(zalo.codes("token")) == 1
    assert db.read(outbox.counts).keys() == {outbox.SENT}
    await stage.close()
    db.close()


async def test_a_token_refused_twice_stops_the_channel(
    sqlite_url: str, zalo: ZaloEmulator, clock: Clock
) -> None:
    """A new token that is refused too is no matter of tokens: the channel stops and says so."""
    db = Database(sqlite_url)
    consented(zalo, db)
    channel = ZaloOaChannel(settings(zalo), db, clock)
    zalo.fails(Fault("code", "cs", -216, times=2))

    with pytest.raises(BrokenError):
        await channel.send("1", Reply("chào"))
    assert channel.state == "stopped (-216)"
    assert zalo.codes("cs") == [-216, -216]
    await channel.close()
    db.close()
