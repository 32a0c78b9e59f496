"""Who can be reached: blocked, closed, or long not heard; and open again once they write."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from bot import people, reach
from bot.people import Address
from bot.reach import Reach
from tests.conftest import NOON

HOUR = timedelta(hours=1)


@pytest.fixture
def lan(session: Session) -> Address:
    """Lan's address on a channel."""
    person, _new = people.welcome(session, "z", "lan", "lan", NOON)
    return people.addresses(session, people.id_of(person))[0]


def heard_at(session: Session) -> object:
    """When Lan was last heard."""
    return reach.standing(session, "z", "lan", NOON).heard_at


def test_everybody_is_reached_who_did_not_block(session: Session, lan: Address) -> None:
    """A channel that says nothing of it reaches all but those who blocked it."""
    assert reach.of(session, lan, NOON, {}).ok
    lan.blocked_at = NOON

    assert reach.of(session, lan, NOON, {}) == Reach("blocked")


def test_the_channel_is_asked(session: Session, lan: Address) -> None:
    """A channel that counts decides for its own addresses alone."""
    asks = {"z": lambda _session, _address, _now: Reach("window")}

    assert reach.of(session, lan, NOON, asks).why == "window"
    assert reach.of(session, lan, NOON, {"y": asks["z"]}).ok


def test_who_wrote_once_was_heard_when_met(session: Session, lan: Address) -> None:
    """The first message makes the person; until the second, they were heard when they were met."""
    assert heard_at(session) == NOON
    reach.heard(session, "z", "lan", NOON + HOUR)

    assert heard_at(session) == NOON + HOUR


def test_an_old_event_delivered_late_shortens_nothing(session: Session, lan: Address) -> None:
    """A redelivered event carries its old moment; the newest counts."""
    reach.heard(session, "z", "lan", NOON + HOUR)
    reach.heard(session, "z", "lan", NOON - HOUR)

    assert heard_at(session) == NOON + HOUR


def test_nothing_is_known_of_strangers(session: Session) -> None:
    """Who never wrote leaves no row, closed or heard."""
    reach.heard(session, "z", "minh", NOON)
    reach.close(session, "z", "minh", "declined")

    assert reach.standing(session, "z", "minh", NOON) == reach.Standing(None, "")


def test_closed_until_they_write(session: Session, lan: Address) -> None:
    """Writing opens what was closed, and takes back a block."""
    people.mark_blocked(session, "z", "lan", NOON)
    reach.close(session, "z", "lan", "declined")
    assert reach.standing(session, "z", "lan", NOON + 99 * HOUR).closed == "declined"

    reach.heard(session, "z", "lan", NOON + HOUR)
    session.expire_all()
    assert reach.standing(session, "z", "lan", NOON).closed == ""
    assert lan.blocked_at is None


def test_closed_for_a_while(session: Session, lan: Address) -> None:
    """What is closed until a moment is open from it on."""
    reach.close(session, "z", "lan", "resting", NOON + HOUR)

    assert reach.standing(session, "z", "lan", NOON).closed == "resting"
    assert reach.standing(session, "z", "lan", NOON + HOUR).closed == ""


def test_the_account_has_a_row_of_its_own(session: Session) -> None:
    """What was fetched is remembered beside a spent quota, and neither undoes the other."""
    reach.close(session, "z", "", "quota", NOON + HOUR)
    reach.mark(session, "z", NOON)
    reach.mark(session, "z", NOON + HOUR / 2)

    assert reach.standing(session, "z", "", NOON) == reach.Standing(NOON + HOUR / 2, "quota")


def test_every_reason_has_words() -> None:
    """Organisers are told each reason in words."""
    for why in ("blocked", "window", "declined", "resting", "quota"):
        assert len(reach.reason(why).split()) > 2
