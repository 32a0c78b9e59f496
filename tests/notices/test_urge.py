"""Units reminded of what they owe: at each step once, by day, and telephoned when not reached."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from sqlmodel import Session, col, select

from bot import organisers, people
from bot.db import Database
from bot.flows.turn import House
from bot.i18n import speaking
from bot.messages import load
from bot.notices import contacts, dispatch, duties, ledger, reports, urge
from bot.notices.announce import Notice
from bot.notices.audience import Ways
from bot.notices.duties import LATE, Duty, Errand, step_of
from bot.notices.plan import Activity, Plan, State, Unit
from bot.notices.urge import Told
from bot.outbox import SENT, Outbox
from tests import fakes
from tests.conftest import NOON, ZONE
from tests.notices.board import Board

DAY = timedelta(days=1)
TODAY = NOON.date()
STEPS = (14, 7, 3, 1)
WAYS = Ways({"chat": fakes.CAN})


def activity(
    name: str, due: date | None, lead: str = "phong-a", status: State = "doing"
) -> Activity:
    """An activity that a unit leads alone."""
    return Activity(
        name, f"Việc {name}", "", lead, (), due, "", "Số buổi", "", None, status, (), ""
    )


def planned(*activities: Activity, year: int = 2027) -> Plan:
    """A plan of two units; of another year, so that reports are owed only when asked for."""
    units = {"phong-a": Unit("phong-a", "Phòng A"), "doan": Unit("doan", "Đoàn")}
    return Plan(year, units, activities)


def organiser(session: Session, name: str, unit: str = "", *, joined: bool = True) -> int:
    """An organiser, in a chat or not yet; their row."""
    code = organisers.add(session, name, "viewer", "test", NOON)
    if joined:
        person, _new = people.welcome(session, "chat", name, name, NOON)
        person.unit = unit
        organisers.join(session, person, code, NOON)
    session.flush()
    return organisers.listed(session)[-1].id or 0


@pytest.fixture
def hoa(session: Session) -> int:
    """Chị Hoa, whom the desk named for Phòng A."""
    number = organiser(session, "Hoa")
    contacts.name(session, "phong-a", number, "test", NOON)
    return number


def sent(session: Session, now: datetime = NOON) -> list[tuple[str, str]]:
    """What stands in the outbox after the notices were taken on: to whom, which text."""
    for notice in dispatch.due(session, now):
        dispatch.advance(session, notice, WAYS, ZONE, now)
    rows = session.scalars(select(Outbox).order_by(col(Outbox.id)))
    return [(row.chat, load(row.body).text) for row in rows]


def told(session: Session, plan: Plan, today: date = TODAY) -> Sequence[Told]:
    """How the reminders stand."""
    return urge.listed(session, plan, today, ZONE)


@pytest.mark.parametrize(
    ("left", "step"),
    [(15, None), (14, 14), (10, 14), (7, 7), (4, 7), (3, 3), (1, 1), (0, 1), (-1, LATE), (-90, 0)],
)
def test_the_nearest_step_counts(left: int, step: int | None) -> None:
    """A step that was missed is passed over; on the last day it is not late."""
    assert step_of(TODAY + left * DAY, TODAY, STEPS) == step


def test_a_unit_is_reminded_once_at_each_step(session: Session, hoa: int) -> None:
    """Sixteen days before until two days after, each noon twice: five reminders, at their days."""
    assert hoa
    due = TODAY + 16 * DAY
    plan = planned(activity("a", due))
    days = []
    for after in range(19):
        now = NOON + after * DAY
        if urge.send(session, plan, now, ZONE) + urge.send(session, plan, now, ZONE):
            days.append((due - now.date()).days)

    assert days == [14, 7, 3, 1, -1]
    assert len(session.scalars(select(Notice)).all()) == 5


def test_what_is_due_on_one_day_goes_together(session: Session, hoa: int) -> None:
    """One message names everything the unit owes by that day; another unit has its own."""
    assert hoa
    other = organiser(session, "Ba", "doan")
    plan = planned(
        *(activity(name, TODAY + 7 * DAY) for name in ("a", "b")),
        activity("c", TODAY + 7 * DAY, "doan"),
        activity("d", TODAY + 7 * DAY, status="done"),
        activity("e", None),
    )

    assert (urge.send(session, plan, NOON, ZONE), other > 0) == (2, True)
    found = dict(sent(session))
    assert found["Hoa"].splitlines()[:3] == [
        "Phòng A có việc còn 7 ngày là đến hạn (hết ngày 2/12/2026):",
        *("- Việc a", "- Việc b"),
    ]
    assert "Việc c" in found["Ba"]
    assert "Việc d" not in str(found)


def test_a_report_is_owed_when_it_was_asked_for(session: Session, hoa: int) -> None:
    """Before 25/11 the report counts down to the 24th; handed in, nobody is reminded."""
    assert hoa
    plan, early = planned(activity("a", None)), NOON - 8 * DAY
    assert urge.send(session, plan, early, ZONE) == 0
    report = reports.by_token(session, reports.invite(session, 2026, "phong-a", early))

    assert urge.send(session, plan, early, ZONE) == 1
    [(_who, text)] = sent(session, early)
    assert "hết ngày 24/11/2026" in text
    assert "Báo cáo kết quả năm 2026" in text
    assert report
    reports.hand_in(session, report, [], "", early)
    assert urge.send(session, plan, early + 5 * DAY, ZONE) == 0
    assert told(session, plan, early.date()) == []


def test_of_this_years_plan_reports_are_owed_unasked(session: Session) -> None:
    """Every unit with an activity owes the report of its plan's year."""
    plan = planned(activity("a", None), activity("b", None, "doan"), year=2026)
    owed = urge.owed(session, plan, TODAY, ZONE)

    assert [(one.unit, one.last, one.report) for one in owed] == [
        (unit, date(2026, 11, 24), 2026) for unit in ("phong-a", "doan")
    ]


@pytest.mark.parametrize("hour", [21, 23, 0, 6])
def test_nobody_is_reminded_at_night(session: Session, hoa: int, hour: int) -> None:
    """At night nothing is written down; in the morning it goes out."""
    assert hoa
    night = datetime(2026, 11, 25, hour, 29, tzinfo=ZONE)
    plan = planned(activity("a", TODAY + 3 * DAY))

    assert urge.send(session, plan, night, ZONE) == 0
    assert urge.send(session, plan, datetime(2026, 11, 26, 6, 30, tzinfo=ZONE), ZONE) == 1


@pytest.mark.parametrize(
    ("case", "why"),
    [
        pytest.param("nobody", "lúc nhắc chưa có đầu mối của đơn vị", id="nobody named"),
        pytest.param("unjoined", "lúc nhắc đầu mối chưa vào chat với bot", id="not in a chat"),
        pytest.param("blocked", "đã chặn bot hoặc bỏ quan tâm", id="blocked us"),
        pytest.param("muted", "đã tắt thông báo", id="muted"),
        pytest.param("off", "kênh đang tắt", id="channel off"),
    ],
)
def test_who_is_not_reached_is_to_be_called(session: Session, case: str, why: str) -> None:
    """With the reason, until somebody telephones or the work is done."""
    plan = planned(activity("a", TODAY + DAY))
    if case != "nobody":
        number = organiser(session, "Hoa", joined=case != "unjoined")
        contacts.name(session, "phong-a", number, "test", NOON)
    person = people.find(session, "chat", "Hoa")
    if person is not None:
        person.muted = case == "muted"
        [seat] = people.addresses(session, person.id or 0)
        seat.blocked_at = NOON if case == "blocked" else None
        seat.channel = "zalo_oa" if case == "off" else "chat"
    session.flush()
    urge.send(session, plan, NOON, ZONE)
    sent(session)

    [one] = told(session, plan)
    assert (one.call, one.why, one.urge.step) == (True, why, 1)
    assert urge.called(session, one.urge.id or 0, "Lan", NOON)
    assert not urge.called(session, one.urge.id or 0, "Minh", NOON)
    [one] = told(session, plan)
    assert (one.call, one.urge.called_by) == (False, "Lan")
    done = planned(activity("a", TODAY + DAY, status="done"))
    assert told(session, done) == []


def test_who_was_reached_need_not_be_called(session: Session, hoa: int) -> None:
    """Under way there is nothing to say; sent, it is said so."""
    assert hoa
    plan = planned(activity("a", TODAY + DAY))
    urge.send(session, plan, NOON, ZONE)
    sent(session)
    [waiting] = told(session, plan)
    for row in session.scalars(select(Outbox)):
        row.state = SENT
    session.flush()
    [there] = told(session, plan)

    assert (waiting.reached, waiting.why, waiting.call) == (False, "", False)
    assert (there.reached, there.call, there.who) == (True, False, ("Hoa",))


def test_who_is_named_comes_before_who_belongs(session: Session) -> None:
    """Organisers of the unit are told unless somebody was named; nobody again, they are told."""
    ba, hoa = organiser(session, "Ba", "phong-a"), organiser(session, "Hoa")

    def who() -> list[int | None]:
        return [one.id for one in contacts.of(session).get("phong-a", ())]

    assert who() == [ba]
    contacts.name(session, "phong-a", hoa, "test", NOON)
    assert who() == [hoa]
    organisers.remove(session, hoa, "test", NOON)
    assert who() == [ba]
    contacts.name(session, "phong-a", ba, "test", NOON)
    contacts.name(session, "phong-a", 0, "test", NOON)
    assert contacts.named(session) == {}
    with pytest.raises(organisers.UnknownOrganiserError):
        contacts.name(session, "phong-a", hoa, "test", NOON)


@pytest.fixture
def other(db: Database) -> Iterator[Database]:
    """The database as another process has it."""
    opened = Database(db.url)
    yield opened
    opened.close()


def test_two_processes_remind_once(db: Database, other: Database) -> None:
    """At the same moment, one of them does it; there is one notice."""

    def prepare(session: Session) -> None:
        contacts.name(session, "phong-a", organiser(session, "Hoa"), "test", NOON)

    db.run(prepare).result()
    plan = planned(activity("a", TODAY + 3 * DAY))
    work = partial(urge.send, planned=plan, now=NOON, zone=ZONE)
    done = [future.result() for future in [one.run(work) for one in (db, other) * 4]]

    assert sorted(done) == [0] * 7 + [1]
    assert len(db.read(lambda session: session.scalars(select(Notice.id)).all())) == 1


def test_a_day_that_was_moved_is_a_new_one(session: Session, hoa: int) -> None:
    """The same step of another day is told again."""
    assert hoa
    plan = planned(activity("a", TODAY + 7 * DAY))
    urge.send(session, plan, NOON, ZONE)
    ledger.report(session, plan, "a", "Lan", NOON, due=TODAY + 6 * DAY)

    assert urge.send(session, plan, NOON, ZONE) == 1


def test_a_long_list_fits_one_message() -> None:
    """Six are named and cut short, the rest counted, in English too."""
    many = tuple(Duty("a", f"Việc {at} " + "dài " * 100, TODAY, 2026) for at in range(20))
    errand = Errand("a", TODAY, 1, many)
    text = duties.said(errand, "Phòng A", TODAY)
    with speaking("en"):
        english = duties.said(errand, "Phòng A", TODAY)

    assert "và 14 việc nữa" in text
    assert max(len(text), len(english)) < 1500
    assert "14 more" in english


async def test_the_worker_sends_it_for_real(board: Board, house: House) -> None:
    """Mending again and again, the contact hears it once, on their channel."""
    plan, due = house.programme.plan, board.now.date() + 3 * DAY

    def prepare(session: Session) -> None:
        code = organisers.add(session, "Hoa", "viewer", "test", board.now)
        person, _new = people.welcome(session, "fake", "hoa", "hoa", board.now)
        organiser = organisers.join(session, person, code, board.now)
        assert organiser
        contacts.name(session, "doan-dac-khu", organiser.id or 0, "test", board.now)
        ledger.report(session, plan, "cuoc-thi-san-khau", "Lan", board.now, due=due)

    await board.db.write(prepare)
    for _each in range(2):
        await board.worker.urge_units()
        await board.settle()

    [(chat, reply)] = board.channel.sent
    assert chat == "hoa"
    assert "Cuộc thi tìm hiểu chuyển đổi số bằng hình thức sân khấu" in reply.text
    stand = board.db.read(partial(urge.listed, planned=plan, today=board.now.date(), zone=ZONE))
    assert [(one.urge.unit, one.reached, one.call) for one in stand] == [
        ("doan-dac-khu", True, False),
        ("phong-van-hoa-xa-hoi", False, True),
    ]
