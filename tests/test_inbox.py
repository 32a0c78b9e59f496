"""Messages received: each accepted once, in order per chat, none in the way of others."""

from datetime import timedelta

from sqlmodel import Session, select

from bot import inbox, people
from bot.inbox import Inbox
from tests.conftest import NOON
from tests.fakes import delivery

FAKE = ["fake"]


def rows(session: Session) -> list[Inbox]:
    """The inbox, in order."""
    return list(session.exec(select(Inbox).order_by(Inbox.id)).all())  # type: ignore[arg-type]


def test_the_same_delivery_is_kept_once(session: Session) -> None:
    """A delivery that comes again, even in the same batch, is the same delivery."""
    first = delivery("1", "xin chào", NOON)

    assert inbox.accept(session, [first, first]) == 1
    assert inbox.accept(session, [first]) == 0
    assert len(rows(session)) == 1


def test_messages_of_a_chat_are_handed_out_in_order(session: Session) -> None:
    """The second message of a chat waits until the first one is handled."""
    inbox.accept(session, [delivery(key, key, NOON) for key in ("1", "2")])

    first = inbox.claim(session, FAKE, "me", NOON)
    meanwhile = inbox.claim(session, FAKE, "you", NOON)
    inbox.finish(session, first[0], "me")
    second = inbox.claim(session, FAKE, "you", NOON)

    assert [task.id for task in first] < [task.id for task in second]
    assert meanwhile == []


def test_chats_do_not_wait_for_each_other(session: Session) -> None:
    """Messages of different chats are handed out together."""
    inbox.accept(session, [delivery("1", "a", NOON), delivery("2", "b", NOON, user="minh")])

    assert len(inbox.claim(session, FAKE, "me", NOON)) == 2


def test_what_cannot_be_read_is_parked_and_blocks_nobody(session: Session) -> None:
    """A parked message lets those behind it pass, and stays for a person to look at."""
    inbox.accept(session, [delivery("1", "a", NOON), delivery("2", "b", NOON)])
    [broken] = inbox.claim(session, FAKE, "me", NOON)

    inbox.park(session, broken, "me", "unreadable")

    assert len(inbox.claim(session, FAKE, "me", NOON)) == 1
    assert inbox.parked(session) == 1


def test_what_is_done_is_never_parked(session: Session) -> None:
    """A late word that a message cannot be read does not put aside what was answered."""
    inbox.accept(session, [delivery("1", "a", NOON)])
    [task] = inbox.claim(session, FAKE, "me", NOON)
    inbox.finish(session, task, "me")

    inbox.park(session, task, "me", "unreadable")

    assert rows(session)[0].state == inbox.DONE


def test_what_fails_three_times_is_parked(session: Session) -> None:
    """A message we fail on is tried three times, then put aside."""
    inbox.accept(session, [delivery("1", "a", NOON)])

    states = []
    for _try in range(inbox.TRIES):
        [task] = inbox.claim(session, FAKE, "me", NOON)
        states.append(inbox.give_back(session, task, "me", "ValueError"))

    assert states == [inbox.WAITING, inbox.WAITING, inbox.PARKED]


def test_a_dead_process_loses_its_messages_after_the_lease(session: Session) -> None:
    """What a process held when it died is handed out again, once its lease is over."""
    inbox.accept(session, [delivery("1", "a", NOON)])
    inbox.claim(session, FAKE, "dead", NOON)

    early = inbox.recover(session, NOON + inbox.LEASE - timedelta(seconds=1))
    late = inbox.recover(session, NOON + inbox.LEASE)

    assert (early, late) == (0, 1)
    assert len(inbox.claim(session, FAKE, "me", NOON)) == 1


def test_a_process_that_lost_its_lease_may_not_finish(session: Session) -> None:
    """Only the present owner may finish a message, so its effects happen once."""
    inbox.accept(session, [delivery("1", "a", NOON)])
    [task] = inbox.claim(session, FAKE, "slow", NOON)
    inbox.recover(session, NOON + inbox.LEASE)
    inbox.claim(session, FAKE, "quick", NOON + inbox.LEASE)

    assert not inbox.finish(session, task, "slow")
    assert inbox.finish(session, task, "quick")


def test_the_payload_is_forgotten_once_handled(session: Session) -> None:
    """After handling, only the text that may be kept is kept."""
    inbox.accept(session, [delivery("1", "số của tôi 012345678901", NOON)])
    [task] = inbox.claim(session, FAKE, "me", NOON)

    inbox.finish(session, task, "me")
    inbox.keep_text(session, task.id, None, "số của tôi [đã ẩn]")

    session.expire_all()
    assert rows(session)[0].payload == ""


def test_a_message_is_kept_as_it_was_delivered(session: Session) -> None:
    """Everything of a delivery is there, nothing else; it waits and nobody has it."""
    item = delivery("7", "xin chào", NOON)
    inbox.accept(session, [item])

    [row] = rows(session)
    assert (row.channel, row.key, row.lane) == ("fake", "7", "fake:lan")
    assert (row.payload, row.received_at) == (item.payload, NOON)
    assert (row.state, row.attempts, row.owner, row.error, row.text) == ("waiting", 0, "", "", "")


def test_a_task_says_what_is_to_be_done(session: Session) -> None:
    """Whoever takes a message knows all of it, and holds it for the length of a lease."""
    item = delivery("7", "xin chào", NOON)
    inbox.accept(session, [item])

    [task] = inbox.claim(session, FAKE, "me", NOON)

    [row] = rows(session)
    assert task == inbox.Task(row.id or 0, "fake", "fake:lan", item.payload, NOON, 0)
    assert (row.state, row.owner, row.attempts) == (inbox.HANDLING, "me", 1)
    assert row.lease_until == NOON + inbox.LEASE


def test_only_messages_of_our_channels_are_taken_and_only_so_many(session: Session) -> None:
    """A process takes 64 at most, or as many as it asks for, of the channels it serves."""
    inbox.accept(session, [delivery(str(n), "x", NOON, user=f"u{n}") for n in range(70)])

    assert inbox.claim(session, ["other"], "me", NOON) == []
    assert len(inbox.claim(session, FAKE, "me", NOON, 2)) == 2
    assert len(inbox.claim(session, FAKE, "me", NOON)) == 64


def test_only_its_owner_gives_a_message_back(session: Session) -> None:
    """A process that has lost a message changes nothing of it by failing."""
    inbox.accept(session, [delivery("1", "a", NOON), delivery("2", "b", NOON, user="minh")])
    task, other = inbox.claim(session, FAKE, "me", NOON)
    inbox.give_back(session, task, "you", "ValueError")
    inbox.park(session, task, "you", "unreadable")
    held = [row.state for row in rows(session)]

    inbox.give_back(session, task, "me", "x" * 300)
    inbox.park(session, other, "me", "y" * 300)

    session.expire_all()
    assert held == [inbox.HANDLING, inbox.HANDLING]
    assert [(row.state, row.owner, row.lease_until) for row in rows(session)] == [
        ("waiting", "", None),
        ("parked", "", None),
    ]
    assert [row.error for row in rows(session)] == ["x" * 200, "y" * 200]
    assert [row.attempts for row in rows(session)] == [1, 1]


def test_what_is_done_is_not_given_back(session: Session) -> None:
    """A failure after the answer was committed changes nothing."""
    inbox.accept(session, [delivery("1", "a", NOON)])
    [task] = inbox.claim(session, FAKE, "me", NOON)
    inbox.finish(session, task, "me")

    inbox.give_back(session, task, "me", "ValueError")
    again = inbox.finish(session, task, "me")

    [row] = rows(session)
    assert (row.state, row.error, row.lease_until, again) == (inbox.DONE, "", None, False)


def test_a_process_takes_back_only_its_own(session: Session) -> None:
    """After a fault of the database, what a process held waits again, with no try used up."""
    inbox.accept(session, [delivery(str(n), "x", NOON, user=f"u{n}") for n in range(3)])
    [done, _mine] = inbox.claim(session, FAKE, "me", NOON, 2)
    inbox.claim(session, FAKE, "you", NOON)
    inbox.finish(session, done, "me")

    assert inbox.take_back(session, "me") == 1

    session.expire_all()
    assert [(row.state, row.owner, row.attempts) for row in rows(session)] == [
        ("done", "me", 1),
        ("waiting", "", 0),
        ("handling", "you", 1),
    ]
    assert rows(session)[1].lease_until is None


def test_a_process_that_is_alone_waits_for_no_lease(session: Session) -> None:
    """After a restart of the one process, what it held is handed out at once; what is done is
    not."""
    inbox.accept(session, [delivery(str(n), "x", NOON, user=f"u{n}") for n in range(2)])
    done, _held = inbox.claim(session, FAKE, "me", NOON)
    inbox.finish(session, done, "me")

    assert inbox.recover(session, NOON, alone=True) == 1

    session.expire_all()
    assert [(row.state, row.lease_until) for row in rows(session)] == [
        ("done", None),
        ("waiting", None),
    ]
    assert rows(session)[1].owner == ""


def test_a_lease_from_before_the_clock_was_set_back_is_over(session: Session) -> None:
    """A lease longer than any that is given holds nothing; clocks a minute apart are no reason."""
    inbox.accept(session, [delivery("1", "a", NOON)])
    inbox.claim(session, FAKE, "dead", NOON)

    assert inbox.recover(session, NOON - inbox.SKEW) == 0
    assert inbox.recover(session, NOON - inbox.SKEW - timedelta(seconds=1)) == 1


def test_what_waits_is_counted(session: Session) -> None:
    """Waiting is what nobody has answered yet, in hand or not; the oldest tells how long."""
    empty = inbox.waiting(session), inbox.oldest_waiting(session), inbox.parked(session)
    for minute in range(4):
        at = NOON + timedelta(minutes=minute)
        inbox.accept(session, [delivery(str(minute), "x", at, user=f"u{minute}")])
    done, parked, _held = inbox.claim(session, FAKE, "me", NOON, 3)
    inbox.finish(session, done, "me")
    inbox.park(session, parked, "me", "unreadable")

    assert empty == (0, None, 0)
    assert (inbox.waiting(session), inbox.parked(session)) == (2, 1)
    assert inbox.oldest_waiting(session) == NOON + timedelta(minutes=2)


def test_what_people_said_in_a_chat(session: Session) -> None:
    """The newest texts of one chat, oldest first; of a person who was forgotten nothing stays."""
    person, _new = people.welcome(session, "fake", "lan", "lan", NOON)
    inbox.accept(session, [delivery(str(n), "x", NOON) for n in range(53)])
    inbox.accept(session, [delivery("99", "x", NOON, user="minh")])
    numbers = [row.id or 0 for row in rows(session)]
    for number in numbers:
        inbox.keep_text(session, number, people.id_of(person), f"câu {number}")
    inbox.keep_text(session, numbers[52], None, "")
    session.expire_all()

    found = inbox.said(session, "fake:lan")

    assert found == [(n, NOON, f"câu {n}", str(at)) for at, n in list(enumerate(numbers))[2:52]]
    assert [key for *_rest, key in inbox.said(session, "fake:lan", 2)] == ["50", "51"]
    gone = session.get_one(Inbox, numbers[52])
    assert (gone.lane, gone.person_id, gone.text) == ("", None, "")
    assert session.get_one(Inbox, numbers[0]).person_id == person.id


def test_a_message_without_words_was_not_said(session: Session) -> None:
    """A sticker, or what was blanked since, is no line of a chat."""
    inbox.accept(session, [delivery(str(n), "x", NOON) for n in range(2)])

    inbox.keep_text(session, rows(session)[1].id or 0, None, "")

    assert inbox.said(session, "fake:lan") == []
