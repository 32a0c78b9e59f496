"""What is kept of messages to send: queued whole, held, let go, given up, moved, swept, counted."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from bot import outbox, people
from bot.messages import (
    BrokenError,
    DeliveryError,
    GoneError,
    MovedError,
    RefusedError,
    Reply,
    RetryError,
    SlowDownError,
    UncertainError,
    load,
)
from bot.outbox import (
    ANSWER,
    BULK,
    FAILED,
    HELD,
    LEASE,
    QUEUED,
    SENDING,
    SENT,
    SKEW,
    STALE,
    UNKNOWN,
    Outbox,
    Rates,
    Sending,
)
from bot.pace import Pace, Rate
from tests.conftest import NOON
from tests.fakes import CAN, FREE

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
RATES = {"fake": FREE}


def put(session: Session, chat: str = "lan", at: datetime = NOON, **about: object) -> int:
    """Queue a message; its row."""
    passing = bool(about.pop("passing", False))
    outbox.put(session, "fake", chat, [Reply("chào", passing=passing)], CAN, at, **about)  # type: ignore[arg-type]
    return rows(session)[-1].id or 0


def rows(session: Session) -> list[Outbox]:
    """The outbox, in order."""
    session.expire_all()
    return list(session.exec(select(Outbox).order_by(Outbox.id)).all())  # type: ignore[arg-type]


def states(session: Session) -> list[str]:
    """The state of each message, in order."""
    return [row.state for row in rows(session)]


def claim(session: Session, now: datetime = NOON, owner: str = "me") -> list[Sending]:
    """What may be sent now, as fast as one likes."""
    return outbox.claim(session, RATES, owner, now)


def test_a_message_is_queued_whole(session: Session) -> None:
    """Everything that is known of a message is in its row, and nobody has it yet."""
    person, _new = people.welcome(session, "fake", "lan", "lan", NOON)
    number = people.id_of(person)
    outbox.put(
        session, "fake", "lan", [Reply("chào")], CAN, NOON, person_id=number, rank=BULK, late=True
    )

    [row] = rows(session)
    assert (row.channel, row.chat, row.lane, row.rank) == ("fake", "lan", "fake:lan", BULK)
    assert (row.state, row.not_before, row.created_at, row.settled_at) == (QUEUED, NOON, NOON, None)
    assert (row.attempts, row.owner, row.external, row.error) == (0, "", "", "")
    assert (row.person_id, row.passing, row.edits, row.late) == (number, False, None, True)
    assert row.notice_id is None
    assert load(row.body) == Reply("chào")


def test_an_answer_is_an_answer_unless_said_otherwise(session: Session) -> None:
    """Without more words a message is an answer somebody waits for, of nobody in particular."""
    put(session)
    put(session, passing=True)

    first, second = rows(session)
    assert (first.rank, first.late, first.person_id, first.passing) == (ANSWER, False, None, False)
    assert second.passing


def test_where_people_fetch_it_is_there_at_once(session: Session) -> None:
    """Nothing is sent on the web: the row was settled when it was written."""
    row = outbox.row_of("web", "v", "{}", NOON, SENT)
    queued = outbox.row_of("web", "v", "{}", NOON)

    assert (row["state"], row["settled_at"], row["lane"]) == (SENT, NOON, "web:v")
    assert (queued["state"], queued["settled_at"]) == (QUEUED, None)


def test_a_long_reply_is_cut_into_messages(session: Session) -> None:
    """What is too long for the channel goes out in parts, in order; no reply, no message."""
    outbox.put(session, "fake", "lan", [], CAN, NOON)
    outbox.put(session, "fake", "lan", [Reply("Một câu. " * 600), Reply("hết")], CAN, NOON)

    bodies = [load(row.body).text for row in rows(session)]
    assert len(bodies) == 3
    assert max(map(len, bodies)) <= CAN.max_length
    assert bodies[-1] == "hết"


def test_who_takes_a_message_knows_all_of_it(session: Session) -> None:
    """A message in hand has its owner, a lease, and one more try."""
    first = put(session)
    [sending] = claim(session)
    outbox.settle(session, sending, "me", "77", NOON)
    changed = Outbox(
        channel="fake",
        chat="lan",
        lane="fake:lan",
        body="{}",
        not_before=NOON,
        created_at=NOON,
        edits=first,
        passing=True,
    )
    session.add(changed)
    session.flush()

    [sending] = claim(session)

    assert sending == Sending(changed.id or 0, "fake", "lan", "{}", 0, ANSWER, True, first, "77")
    row = rows(session)[-1]
    assert (row.state, row.owner, row.attempts) == (SENDING, "me", 1)
    assert row.lease_until == NOON + LEASE


def test_what_is_not_due_or_stale_is_not_taken(session: Session) -> None:
    """Not before its moment, and not a day after it was queued; only of our channels."""
    put(session, at=NOON)

    assert claim(session, NOON - SECOND) == []
    assert claim(session, NOON + STALE) == []
    assert outbox.claim(session, {"other": FREE}, "me", NOON) == []
    assert outbox.claim(session, {}, "me", NOON) == []
    assert len(claim(session, NOON + STALE - SECOND)) == 1


def test_only_so_many_are_taken_answers_first(session: Session) -> None:
    """At most 32, or as asked; bulk gets the places answers leave."""
    for number in range(40):
        put(session, f"a{number}")
    for number in range(5):
        put(session, f"b{number}", rank=BULK)

    assert len(outbox.claim(session, RATES, "me", NOON, 3)) == 3
    assert len(claim(session)) == 32
    assert [item.rank for item in claim(session)] == [ANSWER] * 5 + [BULK] * 5


def test_bulk_waits_for_earlier_messages_of_its_chat(session: Session) -> None:
    """A notice does not overtake an answer of its chat; an answer overtakes a notice."""
    put(session, rank=BULK)
    put(session, rank=ANSWER)
    put(session, rank=BULK)

    taken = claim(session)

    assert [item.id for item in taken] == [row.id for row in (rows(session)[1], rows(session)[0])]
    assert claim(session) == []


def test_what_is_sent_is_counted_against_chat_and_account(session: Session) -> None:
    """Each message uses up the pace of its chat, and of the account, once."""
    rates = {"fake": Rates(chat=lambda _chat: Rate(3 * SECOND), bulk=Rate(SECOND, burst=9))}
    for chat in ("lan", "minh"):
        put(session, chat)

    outbox.claim(session, rates, "me", NOON)

    due = {row.key: row.due - NOON for row in session.exec(select(Pace))}
    assert due == {"fake:lan": 3 * SECOND, "fake:minh": 3 * SECOND, "fake": 2 * SECOND}


def test_a_channel_that_must_wait_waits_alone(session: Session) -> None:
    """The platform's wait holds its own account; another channel goes on."""
    rates = {"fake": FREE, "other": FREE}
    put(session)
    [sending] = claim(session)
    outbox.settle(session, sending, "me", SlowDownError("429", wait=7.0), NOON)
    outbox.put(session, "other", "minh", [Reply("x")], CAN, NOON)
    put(session, "hoa", rank=BULK)

    assert [item.channel for item in outbox.claim(session, rates, "me", NOON)] == ["other"]
    assert outbox.pause(session, rates, NOON) == 7 * SECOND


def test_without_bulk_nothing_waits_for_a_pace(session: Session) -> None:
    """How long bulk waits is asked only while there is some; the soonest channel counts."""
    slow = Rates(chat=lambda _chat: Rate(SECOND), bulk=Rate(5 * SECOND))
    quick = Rates(chat=lambda _chat: Rate(SECOND), bulk=Rate(2 * SECOND))
    rates = {"fake": slow, "other": quick}
    put(session)
    answer_alone = outbox.pause(session, rates, NOON)
    for name in rates:
        for chat in ("a", "b"):
            outbox.put(session, name, chat, [Reply("x")], CAN, NOON, rank=BULK)
    outbox.claim(session, rates, "me", NOON)

    assert answer_alone is None
    assert outbox.pause(session, rates, NOON) == 2 * SECOND


@pytest.mark.parametrize(
    ("result", "state", "wait", "tries"),
    [
        pytest.param(SlowDownError("why", wait=7.0), QUEUED, 7, 0, id="slow down"),
        pytest.param(SlowDownError("why"), QUEUED, 5, 0, id="slow down, not said how long"),
        pytest.param(BrokenError("why", wait=60.0), QUEUED, 60, 0, id="broken"),
        pytest.param(BrokenError("why"), QUEUED, 5, 0, id="broken, not said how long"),
        pytest.param(RetryError("why"), QUEUED, 2, 1, id="retry"),
        pytest.param(RetryError("why", wait=90.0), QUEUED, 90, 1, id="retry later"),
        pytest.param(RetryError("why", wait=1.0), QUEUED, 2, 1, id="retry sooner than we do"),
        pytest.param(RetryError("why", most=2), QUEUED, 2, 1, id="retry once more"),
        pytest.param(RetryError("why", most=1), FAILED, 0, 1, id="no more tries"),
        pytest.param(RefusedError("why"), FAILED, 0, 1, id="refused"),
        pytest.param(GoneError("why"), FAILED, 0, 1, id="gone"),
        pytest.param(UncertainError("why"), UNKNOWN, 0, 1, id="uncertain"),
    ],
)
def test_what_is_written_down_of_a_failure(
    session: Session, result: DeliveryError, state: str, wait: float, tries: int
) -> None:
    """Each has its state, when the next try is, how many tries were used, and why."""
    put(session)
    [sending] = claim(session)
    now = NOON + 3 * SECOND

    told = outbox.settle(session, sending, "me", result, now)

    [row] = rows(session)
    assert (told, row.state, row.error) == (state, state, "why")
    assert (row.attempts, row.lease_until) == (tries, None)
    assert row.settled_at == (None if state == QUEUED else now)
    assert row.not_before == (now + wait * SECOND if wait else NOON)


def test_what_is_written_down_of_a_success(session: Session) -> None:
    """The platform's id and the moment; an error of an earlier try is over."""
    put(session)
    [sending] = claim(session)
    outbox.settle(session, sending, "me", RetryError("500"), NOON)
    [sending] = claim(session, NOON + MINUTE)

    assert outbox.settle(session, sending, "me", "42", NOON + MINUTE) == SENT

    [row] = rows(session)
    assert (row.state, row.external, row.error) == (SENT, "42", "")
    assert (row.settled_at, row.lease_until, row.attempts) == (NOON + MINUTE, None, 2)


@pytest.mark.parametrize("passing", [False, True], ids=["kept", "passing"])
@pytest.mark.parametrize("result", ["42", RefusedError("400")], ids=["sent", "refused"])
def test_only_who_has_a_message_settles_it(
    session: Session, result: str | DeliveryError, passing: bool
) -> None:
    """Another process changes nothing of it, and nobody settles another message with it."""
    put(session, passing=passing)
    put(session, "minh", passing=passing)
    [sending, _other] = claim(session)

    outbox.settle(session, sending, "you", result, NOON)
    held = states(session)
    outbox.settle(session, sending, "me", result, NOON)

    assert held == [SENDING, SENDING]
    assert states(session)[-1] == SENDING
    assert sending.id not in {row.id for row in rows(session) if row.state == SENDING}


def test_a_moved_chat_is_written_down(session: Session) -> None:
    """A message that was refused for its chat's old id is queued for the new one."""
    put(session, "-1")
    [sending] = claim(session)

    outbox.settle(session, sending, "me", MovedError("moved", moved_to="-1001"), NOON)

    [row] = rows(session)
    assert (row.state, row.chat, row.lane, row.error) == (QUEUED, "-1001", "fake:-1001", "moved")


def test_waits_grow_to_five_minutes(session: Session) -> None:
    """Each wait is twice the last, and none longer than five minutes."""
    put(session)
    now, waits = NOON, []
    for _try in range(10):
        [sending] = claim(session, now)
        outbox.settle(session, sending, "me", RetryError("500"), now)
        waits.append((rows(session)[0].not_before - now).total_seconds())
        now = rows(session)[0].not_before

    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_what_was_being_sent_is_unknown_after_a_death(session: Session) -> None:
    """Only what was being sent, and whose lease is over; at once when nobody else can be alive."""
    put(session)
    put(session, "minh")
    put(session, "hoa")
    [sending, *_rest] = outbox.claim(session, RATES, "me", NOON, 2)
    outbox.settle(session, sending, "me", "1", NOON)

    early = outbox.recover(session, NOON + LEASE - SECOND)
    after = outbox.recover(session, NOON + SECOND, alone=True)

    assert (early, after) == (0, 1)
    assert states(session) == [SENT, UNKNOWN, QUEUED]
    row = rows(session)[1]
    assert (row.error, row.settled_at) == ("process ended while sending", NOON + SECOND)
    assert row.lease_until is None


def test_a_lease_longer_than_any_is_over(session: Session) -> None:
    """It was given before the clock was set back; a minute apart two clocks may be."""
    put(session)
    claim(session)

    assert outbox.recover(session, NOON - SKEW) == 0
    assert outbox.recover(session, NOON - SKEW - SECOND) == 1


def test_what_is_stale_is_given_up(session: Session) -> None:
    """After a day an answer is shown when its person next writes; a notice is not."""
    put(session)
    put(session, "minh")
    rows(session)[1].notice_id = 5
    session.flush()
    put(session, "hoa", NOON + SECOND)

    assert outbox.give_up_stale(session, NOON + STALE) == 2

    assert [(row.state, row.late) for row in rows(session)] == [
        (FAILED, True),
        (FAILED, False),
        (QUEUED, False),
    ]
    assert rows(session)[0].error == "waited too long"
    assert rows(session)[0].settled_at == NOON + STALE


def test_what_is_late_stays_late(session: Session) -> None:
    """A copy of a notice that is to be shown later is, when it was given up too."""
    put(session, late=True)
    rows(session)[0].notice_id = 5
    session.flush()

    outbox.give_up_stale(session, NOON + STALE)

    assert rows(session)[0].late


def test_after_the_clock_went_back_nothing_waits_for_the_future(session: Session) -> None:
    """What was queued in the future counts as queued now; a minute apart two clocks may be."""
    put(session, at=NOON + HOUR)
    put(session, "minh", at=NOON + SKEW)

    assert outbox.catch_up(session, NOON) == 1
    assert [(row.created_at, row.not_before) for row in rows(session)] == [
        (NOON, NOON),
        (NOON + SKEW, NOON + SKEW),
    ]


def test_only_what_was_taken_is_given_back(session: Session) -> None:
    """A process gives back its own, those it names, and only what is not settled."""
    for chat in ("a", "b", "c"):
        put(session, chat)
    [done, mine, other] = claim(session)
    outbox.settle(session, done, "me", "1", NOON)

    outbox.release(session, [mine], "you")
    held = states(session)
    outbox.release(session, [done, mine], "me")

    assert held == [SENT, SENDING, SENDING]
    assert states(session) == [SENT, QUEUED, SENDING]
    row = rows(session)[1]
    assert (row.owner, row.lease_until, row.attempts) == ("", None, 0)
    assert rows(session)[2].owner == "me"
    assert other.id == rows(session)[2].id


def held(session: Session) -> None:
    """Four messages, two of which were not settled when the backup was made."""
    for chat in ("a", "b", "c"):
        put(session, chat)
    [sent, _sending] = outbox.claim(session, RATES, "me", NOON, 2)
    outbox.settle(session, sent, "me", "1", NOON)


def test_after_a_restore_a_person_lets_go(session: Session) -> None:
    """What was queued or being sent waits; let go, it is queued as of now."""
    held(session)

    assert outbox.hold_all(session) == 2
    assert states(session) == [SENT, HELD, HELD]
    assert (rows(session)[1].owner, rows(session)[1].lease_until) == ("", None)
    assert claim(session) == []
    later = NOON + 3 * STALE
    assert outbox.let_go(session, later) == 2
    assert [(row.state, row.not_before, row.created_at) for row in rows(session)[1:]] == [
        (QUEUED, later, later)
    ] * 2


def test_after_a_restore_a_person_gives_up(session: Session) -> None:
    """Given up, it is failed, with the reason."""
    held(session)
    outbox.hold_all(session)

    assert outbox.let_go(session, NOON + HOUR, drop=True) == 2
    assert [(row.state, row.error, row.settled_at) for row in rows(session)[1:]] == [
        (FAILED, "given up after a restore", NOON + HOUR)
    ] * 2


def test_what_waits_longest(session: Session) -> None:
    """The oldest of those that are queued, whatever became of older ones."""
    assert outbox.oldest_queued(session) is None
    put(session, "a", NOON)
    put(session, "b", NOON + SECOND)
    put(session, "c", NOON + MINUTE)
    outbox.claim(session, RATES, "me", NOON + HOUR, 1)

    assert outbox.oldest_queued(session) == NOON + SECOND
    assert outbox.counts(session) == {SENDING: 1, QUEUED: 2}


def test_the_history_of_a_chat(session: Session) -> None:
    """The newest fifty of one chat, or fewer, after a row; what was blanked is left out."""
    numbers = [put(session) for _message in range(55)]
    put(session, "minh")
    rows(session)[54].body = ""
    session.flush()

    found = outbox.history(session, "fake:lan")

    assert [number for number, _body in found] == numbers[4:54]
    assert load(found[0][1]).text == "chào"
    assert [n for n, _body in outbox.history(session, "fake:lan", limit=2)] == numbers[52:54]
    assert [n for n, _b in outbox.history(session, "fake:lan", numbers[51])] == numbers[52:54]


def test_a_poll_is_found_by_its_name(session: Session) -> None:
    """By the chat and the poll's whole name; never by a sign that stands for any."""
    for name in ("5/12", "6/1_", "7/3"):
        put(session)
        [sending] = claim(session)
        outbox.settle(session, sending, "me", name, NOON)
    rows(session)[2].body = ""
    session.flush()

    assert outbox.body_of_poll(session, "fake:lan", "12") == rows(session)[0].body
    assert outbox.body_of_poll(session, "fake:lan", "1_") == rows(session)[1].body
    for lane, poll in (
        ("fake:minh", "12"),
        ("fake:lan", "2"),
        ("fake:lan", "3"),
        ("fake:lan", "_"),
    ):
        assert outbox.body_of_poll(session, lane, poll) is None


@pytest.mark.parametrize(
    "result", [RefusedError("400"), UncertainError("timeout")], ids=["failed", "unknown"]
)
def test_what_is_passing_is_swept_once_settled(session: Session, result: DeliveryError) -> None:
    """A farewell that could not be delivered is not kept either; everything else is."""
    put(session, "kept")
    put(session, "lan", passing=True)
    put(session, "minh", passing=True)
    for sending in outbox.claim(session, RATES, "me", NOON, 2):
        outbox.settle(session, sending, "me", result, NOON + SECOND)

    assert outbox.passing(session)
    assert outbox.sweep_passing(session, NOON) == 0
    assert outbox.sweep_passing(session, NOON + SECOND) == 1
    assert [row.chat for row in rows(session)] == ["kept", "minh"]


def test_what_is_passing_and_cannot_be_sent_is_dropped(session: Session) -> None:
    """Queued since before a moment; nothing else is."""
    put(session, "kept")
    put(session, "lan", passing=True)
    put(session, "minh", NOON + SECOND, passing=True)

    assert outbox.drop_passing(session, NOON) == 1
    assert [row.chat for row in rows(session)] == ["kept", "minh"]
    assert outbox.drop_passing(session, NOON + SECOND) == 1
    assert not outbox.passing(session)


def test_what_waits_for_a_moved_chat_goes_along(session: Session) -> None:
    """Queued and held messages of that chat on that channel; what was sent stays where it was."""
    put(session, "-1")
    [sending] = claim(session)
    outbox.settle(session, sending, "me", "1", NOON)
    put(session, "-1")
    put(session, "-2")
    outbox.put(session, "other", "-1", [Reply("x")], CAN, NOON)
    put(session, "-1")
    rows(session)[4].state = HELD
    session.flush()

    outbox.move(session, "fake", "-1", "-1001")

    assert [row.lane for row in rows(session)] == [
        *("fake:-1", "fake:-1001", "fake:-2", "other:-1", "fake:-1001")
    ]
    assert [row.chat for row in rows(session)] == ["-1", "-1001", "-2", "-1", "-1001"]
