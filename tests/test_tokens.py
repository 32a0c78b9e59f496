"""Tokens that rotate: one process at a time, stored before use, and nothing good overwritten."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from bot import tokens
from bot.tokens import LEASE, Held, Pair
from tests.conftest import NOON

NAME = "a platform"
FIRST = Pair("access-1", "refresh-1", NOON + timedelta(hours=25), NOON + timedelta(days=90))
SECOND = Pair("access-2", "refresh-2", NOON + timedelta(hours=49), NOON + timedelta(days=91))


@pytest.fixture
def stored(session: Session) -> Session:
    """A session in which the first pair is stored."""
    tokens.store(session, NAME, FIRST)
    return session


def held(session: Session) -> Held:
    """What is stored."""
    found = tokens.held(session, NAME)
    assert found is not None
    return found


def test_nobody_consented_yet(session: Session) -> None:
    """Without a consent nothing is held, and nothing can be leased."""
    assert tokens.held(session, NAME) is None
    assert tokens.lease(session, NAME, "", "a", NOON) is None


def test_one_process_at_a_time(stored: Session) -> None:
    """While one refreshes, another gets no lease; after its end it may."""
    assert tokens.lease(stored, NAME, "access-1", "a", NOON) is not None

    assert tokens.lease(stored, NAME, "access-1", "b", NOON + LEASE / 2) is None
    assert tokens.lease(stored, NAME, "access-1", "b", NOON + LEASE) is not None


def test_who_comes_late_finds_it_done(stored: Session) -> None:
    """Whoever wanted to replace a token that was replaced meanwhile gets no lease."""
    tokens.keep(stored, NAME, "refresh-1", SECOND)

    assert tokens.lease(stored, NAME, "access-1", "b", NOON) is None
    assert held(stored).pair == SECOND


def test_the_answer_of_a_slow_process_counts(stored: Session) -> None:
    """A pair is stored though its lease ran out and another process ran into the spent token."""
    tokens.lease(stored, NAME, "access-1", "a", NOON)
    tokens.stop(stored, NAME, "refresh-1", "-14014")
    tokens.keep(stored, NAME, "refresh-1", SECOND)

    assert (held(stored).pair, held(stored).trouble) == (SECOND, "")


def test_a_late_failure_harms_no_new_pair(stored: Session) -> None:
    """Trouble with a token that was replaced meanwhile is no trouble."""
    tokens.keep(stored, NAME, "refresh-1", SECOND)
    tokens.stop(stored, NAME, "refresh-1", "-14014")
    tokens.put_off(stored, NAME, "refresh-1", NOON, lost=1)

    assert held(stored) == Held(SECOND, "", 0, None)


def test_not_before_its_time(stored: Session) -> None:
    """A refresh that was put off is leased again when its time has come."""
    tokens.lease(stored, NAME, "access-1", "a", NOON)
    tokens.put_off(stored, NAME, "refresh-1", NOON + LEASE, lost=1)

    assert tokens.lease(stored, NAME, "access-1", "a", NOON) is None
    again = tokens.lease(stored, NAME, "access-1", "a", NOON + LEASE)
    assert again is not None
    assert again.lost == 1


def test_trouble_stops_until_a_person_consents(stored: Session) -> None:
    """After a refusal nobody refreshes; a new consent mends it."""
    tokens.stop(stored, NAME, "refresh-1", "-14014")
    refused = tokens.lease(stored, NAME, "access-1", "a", NOON)
    tokens.store(stored, NAME, SECOND)

    assert refused is None
    assert held(stored) == Held(SECOND, "", 0, None)


def test_a_consent_is_asked_for_once_and_for_a_while(session: Session) -> None:
    """The newest question counts until it expires, and is gone once it is answered."""
    tokens.ask(session, NAME, "v1", "s1", NOON + timedelta(hours=1))
    tokens.ask(session, NAME, "v2", "s2", NOON + timedelta(hours=1))

    assert tokens.asked(session, NAME, NOON) == ("v2", "s2")
    assert tokens.asked(session, NAME, NOON + timedelta(hours=1)) is None
    tokens.store(session, NAME, FIRST)
    assert tokens.asked(session, NAME, NOON) is None
