"""Messages received: each accepted once, in order per chat, none in the way of others."""

from datetime import timedelta

from sqlmodel import Session, select

from bot import inbox
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
