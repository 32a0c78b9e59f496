"""Reminders: each once, at the right minute, late ones marked, over a year of days and jumps."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from bot import jobs
from bot.notices import remind, reminders
from bot.notices.announce import Notice
from bot.notices.audience import EVERYONE, Ways
from bot.notices.reminders import Reminder
from tests.conftest import NOON, ZONE
from tests.notices.board import Board
from tests.notices.sample import sample

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
TALK_AT = NOON + 10 * DAY
TEXTS = ("Nhắc bạn: tọa đàm lúc 19:00.", "")


def plan(session: Session, event: str = "toa-dam", at: datetime = TALK_AT) -> int:
    """Reminders of an event."""
    return reminders.plan(session, event, at, TEXTS, EVERYONE, NOON, ZONE)


def told(session: Session, event: str = "toa-dam") -> list[tuple[str, bool]]:
    """Each reminder's state, and whether it was late."""
    session.expire_all()
    return [(item.state, item.late) for item in reminders.listed(session, event)]


def test_three_are_planned_once(session: Session) -> None:
    """A week, a day and two hours before; planned again they are the same three."""
    assert (plan(session), plan(session)) == (3, 0)

    due = [item.due_at for item in reminders.listed(session, "toa-dam")]
    assert due == [TALK_AT - 7 * DAY, TALK_AT - DAY, TALK_AT - 2 * HOUR]


def test_those_whose_moment_is_past_are_not_planned(session: Session) -> None:
    """An event announced three days ahead has no reminder a week before."""
    assert plan(session, at=NOON + 3 * DAY) == 2


def test_a_moved_event_has_new_reminders(session: Session) -> None:
    """The old ones are dropped."""
    plan(session)

    assert plan(session, at=TALK_AT + DAY) == 3
    assert Counter(state for state, _late in told(session)) == {"dropped": 3, "waiting": 3}


def test_one_in_the_night_comes_in_the_evening_before(session: Session) -> None:
    """Two hours before an early talk people sleep: they hear at 06:30, or the evening before."""
    at_seven = datetime(2026, 12, 5, 7, 30, tzinfo=ZONE)
    at_six = datetime(2026, 12, 5, 6, 0, tzinfo=ZONE)

    early = reminders.by_day(at_seven - 2 * HOUR, at_seven, ZONE)
    earlier = reminders.by_day(at_six - 2 * HOUR, at_six, ZONE)

    assert early == datetime(2026, 12, 5, 6, 30, tzinfo=ZONE)
    assert earlier == datetime(2026, 12, 4, 20, 30, tzinfo=ZONE)


async def test_it_reaches_people_once(board: Board) -> None:
    """At its moment everyone is reminded; an hour later nobody is again."""
    await board.meet("lan")
    await board.db.write(plan)

    board.later(3 * DAY)
    await board.settle()
    board.later(HOUR)
    await board.settle()

    assert len(board.channel.sent) == 1


def test_a_late_one_is_marked(session: Session) -> None:
    """After an outage of an hour it is sent, and marked late."""
    plan(session)

    reminders.fire(session, TALK_AT - 7 * DAY + HOUR, ZONE)

    assert told(session)[0] == ("sent", True)


def test_after_the_start_nobody_is_reminded(session: Session) -> None:
    """What is over is not announced out of the blue; it is marked as missed."""
    plan(session)

    reminders.fire(session, TALK_AT + MINUTE, ZONE)

    assert {state for state, _late in told(session)} == {"missed"}
    assert session.exec(select(Notice)).all() == []


@pytest.mark.parametrize("jump", [timedelta(), 2 * HOUR, -2 * HOUR], ids=["none", "on", "back"])
def test_a_year_of_talks(session: Session, jump: timedelta) -> None:
    """Over 400 days, a talk each fortnight: every reminder once, at its minute or late and marked.

    The clock jumps in the middle of a reminder's hour; the host's zone plays no part, since every
    moment is in UTC.
    """
    for number in range(28):
        plan(session, f"e{number}", NOON + (10 + 14 * number) * DAY)
    due = [item.due_at for item in session.exec(select(Reminder))]
    moments = sorted({at + step for at in due for step in (-MINUTE, timedelta(), MINUTE)})
    jump_at = due[30] + 30 * MINUTE - max(jump, timedelta()) / 2
    read = [at for at in moments if at < jump_at]
    read += [jump_at + jump, *(at for at in moments if at > jump_at + jump)]

    for moment in read:
        jobs.step(session, "one", Ways({}), ZONE, moment)

    session.expire_all()
    rows = session.exec(select(Reminder)).all()
    notices = session.exec(select(Notice)).all()
    assert {row.state for row in rows} == {"sent"}
    assert len(notices) == len(rows) == len({row.notice_id for row in rows}) == 84
    assert all(row.fired_at and row.fired_at >= row.due_at for row in rows)
    late = [row.fired_at - row.due_at > reminders.PROMPT for row in rows if row.fired_at]
    assert [row.late for row in rows] == late


def test_dropped_with_its_event(session: Session) -> None:
    """An event that will not be is not announced."""
    plan(session)

    reminders.drop(session, "toa-dam")
    reminders.fire(session, TALK_AT - DAY, ZONE)

    assert {state for state, _late in told(session)} == {"dropped"}


def test_settable(session: Session) -> None:
    """How long before is the organiser's choice."""
    reminders.plan(session, "x", TALK_AT, TEXTS, EVERYONE, NOON, ZONE, before=[timedelta(days=3)])

    assert [item.due_at for item in reminders.listed(session, "x")] == [TALK_AT - 3 * DAY]


def test_one_that_is_not_wanted_any_more_is_dropped(session: Session) -> None:
    """An organiser who changes how long before takes the old moments back."""
    plan(session)

    new = reminders.plan(
        session, "toa-dam", TALK_AT, TEXTS, EVERYONE, NOON, ZONE, before=[3 * DAY, DAY]
    )

    assert new == 1
    states = {item.minutes // 60: item.state for item in reminders.listed(session, "toa-dam")}
    assert states == {168: "dropped", 72: "waiting", 24: "waiting", 2: "dropped"}


def test_an_event_says_how_long_before(session: Session) -> None:
    """What an event says goes before the setting; a programme on air has the shortest alone."""
    talk, _other, *_rest, radio = sample()
    setting = (3 * DAY, HOUR)

    assert remind.of(talk, setting) == setting
    assert remind.of(radio, setting) == ((HOUR,) if radio.kind == "radio" else setting)
    assert remind.of(replace(talk, reminders=()), setting) == ()
    assert remind.of(replace(talk, reminders=(DAY,)), setting) == (DAY,)
