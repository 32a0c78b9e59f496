"""Messages to send: paced, retried when that is safe, never twice when it is not."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlmodel import Session, select

from bot import outbox
from bot.db import Database
from bot.messages import (
    BrokenError,
    Capability,
    DeliveryError,
    GoneError,
    MovedError,
    RefusedError,
    Reply,
    RetryError,
    SlowDownError,
    UncertainError,
)
from bot.outbox import ANSWER, BULK, Outbox, Rates, Sending
from bot.pace import FARTHEST, Rate
from tests.conftest import NOON

CAN = Capability(buttons=True, edit=True, max_length=4000, markup="plain", push=True)
PULL = Capability(buttons=True, edit=True, max_length=4000, markup="page", push=False)
SECOND = timedelta(seconds=1)
RATES = {"fake": Rates(chat=lambda _chat: Rate(SECOND, burst=2), bulk=Rate(SECOND / 28, burst=2))}
Put = Callable[..., None]


@pytest.fixture
def put(session: Session) -> Put:
    """Queue a message to a chat."""

    def queue(
        chat: str = "lan", rank: int = ANSWER, at: datetime = NOON, passing: bool = False
    ) -> None:
        outbox.put(session, "fake", chat, [Reply("chào", passing=passing)], CAN, at, rank=rank)

    return queue


def claim(session: Session, now: datetime = NOON, limit: int = 32) -> list[Sending]:
    """What may be sent now."""
    return outbox.claim(session, RATES, "me", now, limit)


def row(session: Session) -> Outbox:
    """The one message there is."""
    session.expire_all()
    return session.exec(select(Outbox)).one()


def test_a_chat_gets_one_message_at_a_time(session: Session, put: Put) -> None:
    """The second message to a chat waits for the first to be settled."""
    put()
    put()

    [first] = claim(session)
    assert claim(session) == []
    outbox.settle(session, first, "me", "1", NOON)
    assert len(claim(session)) == 1


def test_a_chat_is_paced(session: Session, put: Put) -> None:
    """After its burst of two, a chat is sent one message a second."""
    for _message in range(3):
        put()

    for _message in range(2):
        [sending] = claim(session)
        outbox.settle(session, sending, "me", "1", NOON)

    assert claim(session) == []
    assert len(claim(session, NOON + SECOND)) == 1


def test_answers_go_before_bulk(session: Session, put: Put) -> None:
    """An answer queued behind a thousand notices leaves first."""
    for number in range(50):
        put(f"chat{number}", BULK)
    put("lan", ANSWER)

    assert claim(session)[0].chat == "lan"


def test_bulk_keeps_the_account_s_rate(session: Session, put: Put) -> None:
    """Bulk never goes out faster than 28 a second, in lots of at most two."""
    for number in range(100):
        put(f"chat{number}", BULK)

    sent = []
    for tick in range(200):
        lot = claim(session, NOON + tick * SECOND / 100)
        sent += [tick] * len(lot)

    assert max(sum(1 for tick in sent if start <= tick < start + 100) for start in range(100)) <= 30
    assert len(sent) >= 50


def test_the_platform_s_wait_is_obeyed_to_the_second(session: Session, put: Put) -> None:
    """After "retry after 7", nothing leaves the account for seven seconds."""
    put("lan")
    put("minh")
    first, _second = claim(session)

    outbox.settle(session, first, "me", SlowDownError("429", wait=7.0), NOON)
    put("hoa")

    assert claim(session, NOON + 6.9 * SECOND) == []
    assert {item.chat for item in claim(session, NOON + 7 * SECOND)} == {"lan", "hoa"}


@pytest.mark.parametrize(
    ("result", "state"),
    [
        pytest.param("42", outbox.SENT, id="taken"),
        pytest.param(RetryError("500"), outbox.QUEUED, id="definitely not delivered"),
        pytest.param(BrokenError("401"), outbox.QUEUED, id="the channel is broken"),
        pytest.param(RefusedError("400"), outbox.FAILED, id="not accepted"),
        pytest.param(GoneError("403"), outbox.FAILED, id="blocked"),
        pytest.param(UncertainError("timeout"), outbox.UNKNOWN, id="perhaps delivered"),
    ],
)
def test_what_becomes_of_a_message(
    session: Session, put: Put, result: str | DeliveryError, state: str
) -> None:
    """Each outcome has its state."""
    put()
    [sending] = claim(session)

    outbox.settle(session, sending, "me", result, NOON)

    assert row(session).state == state


def test_definite_failures_wait_longer_each_time_then_end(session: Session, put: Put) -> None:
    """Retries wait twice as long each time, and end after the last."""
    put()
    now, waits = NOON, []
    while row(session).state == outbox.QUEUED:
        now = max(now, row(session).not_before)
        [sending] = claim(session, now)
        outbox.settle(session, sending, "me", RetryError("500"), now)
        waits.append((row(session).not_before - now).total_seconds())

    assert waits[:3] == [2, 4, 8]
    assert len(waits) == outbox.TRIES
    assert row(session).state == outbox.FAILED


def test_unknown_is_never_sent_again_by_itself(session: Session, put: Put) -> None:
    """What may have been delivered stays as it is, for an organiser to decide."""
    put()
    [sending] = claim(session)
    outbox.settle(session, sending, "me", UncertainError("timeout"), NOON)

    assert claim(session, NOON + timedelta(days=2)) == []


def test_what_a_dead_process_was_sending_is_unknown(session: Session, put: Put) -> None:
    """A message in sending whose lease is over may have been delivered."""
    put()
    claim(session)

    assert outbox.recover(session, NOON) == 0
    assert outbox.recover(session, NOON + outbox.LEASE) == 1
    assert row(session).state == outbox.UNKNOWN


def test_a_late_result_changes_nothing(session: Session, put: Put) -> None:
    """A process that lost its message may not settle it any more."""
    put()
    [sending] = claim(session)
    outbox.recover(session, NOON + outbox.LEASE)

    outbox.settle(session, sending, "me", "42", NOON)

    assert row(session).state == outbox.UNKNOWN


def test_a_moved_group_is_followed(session: Session, put: Put) -> None:
    """What a group's old id refused is queued for its new id."""
    put("-1")
    [sending] = claim(session)

    outbox.settle(session, sending, "me", MovedError("migrated", moved_to="-1001"), NOON)

    assert claim(session)[0].chat == "-1001"


def test_where_people_fetch_the_row_is_the_message(session: Session) -> None:
    """On the web nothing is sent: what is queued is there at once."""
    outbox.put(session, "web", "v", [Reply("chào")], PULL, NOON)

    assert row(session).state == outbox.SENT
    assert len(outbox.history(session, "web:v")) == 1


def test_a_farewell_is_not_kept(session: Session, put: Put) -> None:
    """A message that is only passing is deleted once it was delivered."""
    put(passing=True)
    [sending] = claim(session)

    outbox.settle(session, sending, "me", "42", NOON)

    assert outbox.counts(session) == {}


def test_what_was_not_begun_can_be_given_back(session: Session, put: Put) -> None:
    """A process that stops gives back what it had not begun to send."""
    put()
    claimed = claim(session)

    outbox.release(session, claimed, "me")

    assert (row(session).state, row(session).attempts) == (outbox.QUEUED, 0)


def test_lateness_is_made_up_for(session: Session, put: Put) -> None:
    """A loop that wakes ten milliseconds late each time still sends 28 a second, never 30."""
    rates = {
        "fake": Rates(chat=lambda _chat: Rate(SECOND), bulk=Rate(SECOND / 28, slack=SECOND * 0.015))
    }
    for number in range(100):
        put(f"chat{number}", BULK)

    now, sent = NOON, list[datetime]()
    while now < NOON + 3 * SECOND:
        sent += [now] * len(outbox.claim(session, rates, "me", now))
        wait = outbox.pause(session, rates, now)
        now += max(wait or SECOND / 1000, SECOND / 1000) + SECOND * 0.01

    in_a_second = [sum(1 for at in sent if start <= at < start + SECOND) for start in sent]
    assert 83 <= len(sent) <= 86
    assert max(in_a_second) <= 29


def test_a_pace_from_before_the_clock_was_set_back_holds_nobody(session: Session, put: Put) -> None:
    """After the clock went back two hours, bulk and answers leave all the same."""
    for _message in range(3):
        put("lan", ANSWER)
        put("minh", BULK)
    later = NOON + timedelta(hours=2)
    for sending in claim(session, later):
        outbox.settle(session, sending, "me", "1", later)

    assert {item.chat for item in claim(session, NOON)} == {"lan", "minh"}


def test_a_wait_from_before_the_clock_was_set_back_holds_nobody(session: Session, put: Put) -> None:
    """The platform asked for seven seconds, the clock went back two hours: nobody waits so long."""
    later = NOON + timedelta(hours=2)
    put("lan", at=later)
    [sending] = claim(session, later)
    outbox.settle(session, sending, "me", SlowDownError("429", wait=7.0), later)

    outbox.catch_up(session, NOON)
    put("minh")

    assert {item.chat for item in claim(session, NOON)} == {"lan", "minh"}


def test_a_platform_s_long_wait_is_kept_to_for_an_hour(session: Session, put: Put) -> None:
    """Asked to wait half a day, we ask again after an hour: such a wait may be a clock's jump."""
    put("lan")
    [sending] = claim(session)
    outbox.settle(session, sending, "me", SlowDownError("429", wait=43_200.0), NOON)
    put("minh")

    assert claim(session, NOON + timedelta(minutes=59)) == []
    assert [item.chat for item in claim(session, NOON + FARTHEST)] == ["minh"]


def test_two_processes_share_one_rate(db: Database) -> None:
    """Two processes on one database, at the same moments: together they keep the account's rate."""

    def fill(session: Session) -> None:
        for number in range(60):
            outbox.put(session, "fake", f"c{number}", [Reply("x")], CAN, NOON, rank=BULK)

    other = Database(db.url)
    db.run(fill).result(5)
    sent = 0
    for tick in range(0, 1000, 10):
        now = NOON + timedelta(milliseconds=tick)
        claims = [
            one.run(partial(outbox.claim, rates=RATES, owner=owner, now=now))
            for one, owner in ((db, "one"), (other, "two"))
        ]
        sent += sum(len(future.result(5)) for future in claims)
    other.close()

    assert 27 <= sent <= 30
