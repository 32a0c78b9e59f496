"""Requests by law: written down with their deadlines, counted in working days, done once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from bot import rights
from bot.rights import Kind, UnknownRequestError
from tests.conftest import NOON

FRIDAY = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "days", "until"),
    [
        pytest.param(NOON, 2, datetime(2026, 11, 27, 5, 0, tzinfo=UTC), id="within a week"),
        pytest.param(FRIDAY, 2, datetime(2026, 12, 1, 9, 0, tzinfo=UTC), id="over a weekend"),
        pytest.param(
            datetime(2026, 11, 28, 3, 0, tzinfo=UTC),
            1,
            datetime(2026, 11, 30, 3, 0, tzinfo=UTC),
            id="on a Saturday",
        ),
        pytest.param(
            datetime(2026, 11, 26, 18, 0, tzinfo=UTC),
            1,
            datetime(2026, 11, 29, 18, 0, tzinfo=UTC),
            id="Thursday in UTC, Friday on the island",
        ),
        pytest.param(NOON, 0, NOON, id="none"),
    ],
)
def test_working_days_are_those_of_the_island(at: datetime, days: int, until: datetime) -> None:
    """Saturday and Sunday do not count, by the island's calendar."""
    assert rights.working_days_after(at, days) == until


@pytest.mark.parametrize(
    ("kind", "days"), [("see", 10), ("correct", 10), ("forget", 10), ("withdraw", 15)]
)
def test_each_kind_has_its_deadline(session: Session, kind: Kind, days: int) -> None:
    """To answer in two working days; to be done in 10 or 15 days, by kind."""
    request = rights.receive(session, kind, NOON)

    assert request.answer_by == NOON + timedelta(days=2)
    assert request.due_at == NOON + timedelta(days=days)
    assert (request.kind, request.way, request.done_at) == (kind, "self", None)


def test_what_waits_and_what_is_overdue(session: Session) -> None:
    """Oldest first; what was met at once waits for nobody; overdue from its moment on."""
    first = rights.receive(session, "see", NOON, way="office")
    second = rights.receive(session, "forget", NOON + timedelta(hours=1))
    rights.receive(session, "see", NOON, done=True)
    session.flush()

    assert rights.waiting(session) == [first, second]
    assert rights.to_scrub(session) == [second]
    assert rights.overdue(session, first.answer_by - timedelta(seconds=1)) == []
    assert rights.overdue(session, first.answer_by) == [first]


def test_only_those_who_forgot_themselves_leave_traces_to_scrub(session: Session) -> None:
    """A request told at the office is met by a person; other kinds delete nothing."""
    rights.receive(session, "forget", NOON, way="office")
    rights.receive(session, "withdraw", NOON)
    session.flush()

    assert rights.to_scrub(session) == []


def test_a_request_is_done_once(session: Session) -> None:
    """Done, it waits no more; done again, or of no such number, it is refused."""
    request = rights.receive(session, "correct", NOON)
    session.flush()
    number = request.id or 0

    done = rights.finish(session, number, NOON + timedelta(days=1))

    assert done.done_at == NOON + timedelta(days=1)
    assert rights.waiting(session) == []
    for wrong in (number, number + 1):
        with pytest.raises(UnknownRequestError):
            rights.finish(session, wrong, NOON)
