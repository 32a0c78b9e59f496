"""Groups that subscribed: for which thôn, how many a day, and what becomes of them."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import Session

from bot import people, privacy
from bot.notices import groups
from bot.organisers import Audit
from tests.conftest import NOON

TODAY = date(2026, 11, 25)


@pytest.fixture
def admin(session: Session) -> int:
    """Somebody who runs a group."""
    person, _new = people.welcome(session, "telegram", "7", "7", NOON)
    return people.id_of(person)


def chats(session: Session, hamlet: str) -> list[str]:
    """The groups that hear a notice for a thôn today."""
    heard = groups.hearing(session, [hamlet] if hamlet else [])
    return [group.chat for group in heard if groups.has_room(group, TODAY)]


def test_a_notice_reaches_its_thon_and_those_for_all(session: Session, admin: int) -> None:
    """A thôn's notice goes to its groups and those of the whole island; one for all to all."""
    for chat, hamlet in (("-1", "dong"), ("-2", "tay"), ("-3", "")):
        groups.subscribe(session, "telegram", chat, hamlet, admin, NOON)

    assert chats(session, "dong") == ["-1", "-3"]
    assert chats(session, "") == ["-1", "-2", "-3"]


def test_a_group_has_its_own_limit_a_day(session: Session, admin: int) -> None:
    """After three notices a group hears no more until tomorrow."""
    group = groups.subscribe(session, "telegram", "-1", "dong", admin, NOON)

    taken = [groups.take(session, group, TODAY) for _time in range(4)]

    assert taken == [True, True, True, False]
    assert chats(session, "dong") == []
    assert groups.take(session, group, TODAY + timedelta(days=1))


def test_choosing_again_changes_the_thon(session: Session, admin: int) -> None:
    """A group subscribes once; another choice replaces the first."""
    groups.subscribe(session, "telegram", "-1", "dong", admin, NOON)
    groups.subscribe(session, "telegram", "-1", "tay", admin, NOON)

    assert (chats(session, "dong"), chats(session, "tay")) == ([], ["-1"])


def test_a_group_that_moved_is_followed(session: Session, admin: int) -> None:
    """The subscription goes along to the new id; when that has its own, one is enough."""
    groups.subscribe(session, "telegram", "-1", "dong", admin, NOON)
    groups.subscribe(session, "telegram", "-2", "dong", admin, NOON)
    groups.move(session, "telegram", "-1", "-1001")
    groups.move(session, "telegram", "-2", "-1001")

    assert chats(session, "dong") == ["-1001"]


def test_the_audit_tells_without_a_name(session: Session, admin: int) -> None:
    """What a group's admin did is written down; who and where is not."""
    groups.subscribe(session, "telegram", "-987654", "dong", admin, NOON)
    groups.leave(session, "telegram", "-987654", NOON)
    lines = session.scalars(select(Audit).order_by(Audit.id)).all()  # type: ignore[arg-type]

    assert [line.act for line in lines] == ["groups.subscribe", "groups.leave"]
    assert not any("987654" in line.subject + line.actor for line in lines)


def test_forgetting_the_admin_keeps_the_group(session: Session, admin: int) -> None:
    """The group still hears notices; who said yes for it is forgotten."""
    groups.subscribe(session, "telegram", "-1", "dong", admin, NOON)
    privacy.forget(session, session.get_one(people.Person, admin))

    [group] = groups.hearing(session, ["dong"])
    assert group.confirmed_by is None
