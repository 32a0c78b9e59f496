"""Who has powers at the desk, on both databases."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from bot import organisers, passes
from bot.desk import staff
from bot.desk.staff import LastAdminError, NameTakenError, OwnRoleError
from bot.organisers import Organiser, Role, UnknownOrganiserError
from tests.conftest import NOON


def inside(session: Session, name: str, role: Role = "admin") -> tuple[Organiser, str]:
    """An organiser who has signed in, and their session."""
    number, _code = staff.add(session, name, role, "test", NOON)
    opened = passes.open_session(session, staff.link(session, number, "test", NOON), NOON)
    assert opened is not None
    return staff.of(session, number), opened[0]


def test_the_last_admin_who_got_in_stays(session: Session) -> None:
    """One who was only invited does not count; once they are in, the first may go."""
    hoa, _secret = inside(session, "Chị Hoa")
    staff.add(session, "Anh Nam", "admin", "test", NOON)
    with pytest.raises(LastAdminError):
        staff.remove(session, hoa.id or 0, "test", NOON)
    minh, _secret = inside(session, "Anh Minh")
    staff.remove(session, hoa.id or 0, minh.name, NOON)

    assert [one.name for one in staff.listed(session, NOON)] == ["Anh Nam", "Anh Minh"]
    with pytest.raises(LastAdminError):
        staff.change(
            session,
            minh.id or 0,
            "viewer",
            Organiser(id=0, name="x", role="admin", added_at=NOON),
            NOON,
        )


def test_an_invitation_never_used_can_be_taken_back(session: Session) -> None:
    """A name typed wrongly is removed even when nobody else is there; twice it is unknown."""
    number, _code = staff.add(session, "Chị Hao", "admin", "test", NOON)
    staff.remove(session, number, "test", NOON)

    with pytest.raises(UnknownOrganiserError):
        staff.remove(session, number, "test", NOON)


def test_nobody_changes_their_own_role(session: Session) -> None:
    """Another admin does, and it holds from the next request on."""
    hoa, _secret = inside(session, "Chị Hoa")
    minh, _secret = inside(session, "Anh Minh", "viewer")
    with pytest.raises(OwnRoleError):
        staff.change(session, minh.id or 0, "admin", minh, NOON)

    assert staff.change(session, minh.id or 0, "editor", hoa, NOON)
    assert not staff.change(session, minh.id or 0, "editor", hoa, NOON)
    assert minh.role == "editor"


def test_removing_and_signing_out_end_every_session(session: Session) -> None:
    """Sessions and unused links alike."""
    _hoa, _secret = inside(session, "Chị Hoa")
    minh, secret = inside(session, "Anh Minh")
    unused = staff.link(session, minh.id or 0, "test", NOON)
    ended = staff.sign_out(session, minh.id or 0, "test", NOON)
    again = staff.link(session, minh.id or 0, "test", NOON)
    staff.remove(session, minh.id or 0, "test", NOON)

    assert ended == 2
    assert passes.holder(session, secret, NOON) is None
    assert not any(passes.is_good(session, token, NOON) for token in (unused, again))


def test_a_name_is_given_once(session: Session) -> None:
    """The audit knows people by their names; a name that is free again may be given again."""
    staff.add(session, "Chị Hoa", "editor", "test", NOON)

    with pytest.raises(NameTakenError):
        staff.add(session, "chị hoa", "viewer", "test", NOON)


def test_the_list_says_when_somebody_was_here(session: Session) -> None:
    """The last page opened, else the moment of signing in, else nothing."""
    _hoa, _secret = inside(session, "Chị Hoa")
    _minh, secret = inside(session, "Anh Minh")
    staff.add(session, "Anh Nam", "viewer", "test", NOON)
    holder = passes.holder(session, secret, NOON)
    assert holder is not None
    later = NOON + timedelta(hours=3)
    passes.see(session, holder.pass_id, later)

    found = staff.listed(session, later)

    assert [(one.seen_at, one.sessions) for one in found] == [(NOON, 1), (later, 1), (None, 0)]
    assert not any(one.in_chat for one in found)
    assert organisers.of(session, None) is None
