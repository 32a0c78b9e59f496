"""Reminders under everything that may happen: each once, late ones marked, none lost silently."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from sqlmodel import Session, select

from bot import jobs, leases
from bot.leases import LEASE, Lease
from bot.notices import reminders
from bot.notices.announce import Notice
from bot.notices.audience import EVERYONE, Ways
from bot.notices.reminders import ASLEEP, BEFORE, DROPPED, MISSED, PROMPT, SENT, Reminder
from tests.conftest import NOON, ZONE
from tests.machine import KilledError, Machine, often

EVENTS = ["toa-dam", "phat-thanh"]
PROCESSES = st.sampled_from(["one", "two"])
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
STARTS = [NOON + 9 * DAY, NOON + 2 * DAY, NOON + 2 * DAY + HOUR, NOON + 4 * HOUR]
TEXTS = ("Nhắc bạn: tọa đàm.", "")


class Calendar(Machine):
    """Events are planned, moved and called off; two processes remind of them and die; the clock
    goes on by minutes and days, and jumps."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.lives = {"one": 1, "two": 1}
        self.starts: dict[str, datetime] = {}  # of what will be
        self.ended: dict[int, tuple[str, bool, datetime | None]] = {}  # for ever

    def owner(self, process: str) -> str:
        """A process's name, another one in each life."""
        return f"{process}{self.lives[process]}"

    @rule(event=st.sampled_from(EVENTS), start=st.sampled_from(STARTS), killed=st.booleans())
    def is_planned(self, event: str, start: datetime, killed: bool) -> None:
        """An event is planned, planned again, or moved; then everything still to come is."""
        try:
            self.work(
                lambda s: reminders.plan(s, event, start, TEXTS, EVERYONE, self.now, ZONE),
                dies=killed,
            )
        except KilledError:
            return
        self.starts[event] = start
        planned = {row.minutes * MINUTE: row for row in self.rows(event) if row.starts_at == start}
        for early in BEFORE:
            due = reminders.by_day(start - early, start, ZONE)
            if due > self.now:
                assert planned[early].state != DROPPED
                assert planned[early].due_at == due

    @rule(event=st.sampled_from(EVENTS))
    def is_called_off(self, event: str) -> None:
        """An event will not be: nobody is reminded of it any more."""
        self.work(lambda s: reminders.drop(s, event))
        self.starts.pop(event, None)

    @rule(process=PROCESSES, dies=st.sampled_from(["never", "never", "before", "after"]))
    def works(self, process: str, dies: str) -> None:
        """A process does what is due, if it is its turn; then nothing due is left waiting."""
        owner = self.owner(process)
        before = {row.id: row.state for row in self.rows()}
        try:
            self.work(
                lambda s: jobs.step(s, owner, Ways({}), ZONE, self.now), dies=dies == "before"
            )
        except KilledError:
            self.lives[process] += 1
            return
        rows = self.rows()
        if self.db.read(lambda s: s.get_one(Lease, jobs.NOTICES)).owner == owner:
            assert not [row for row in rows if row.state == ASLEEP and row.due_at <= self.now]
        for row in rows:
            if row.state != before[row.id]:
                assert before[row.id] == ASLEEP
                assert self.starts[row.event] == row.starts_at
                assert row.fired_at == self.now
                self.ended[row.id or 0] = (row.state, row.late, row.fired_at)
        if dies == "after":
            self.lives[process] += 1

    @precondition(lambda self: self.db.read(lambda s: s.get(Lease, jobs.NOTICES)))
    @rule(process=PROCESSES)
    def gives_up(self, process: str) -> None:
        """A process that ends in order lets the other go on at once."""
        self.work(lambda s: leases.give_up(s, jobs.NOTICES, self.owner(process)))

    @rule(hours=st.sampled_from([1 / 900, 1 / 60, 1 / 4, 1, 2, 24, 100, -1 / 900, -2]))
    def time_passes(self, hours: float) -> None:
        """The clock goes on, or is set back or forth."""
        self.now += timedelta(hours=hours)

    @rule()
    def everything_dies_and_comes_back(self) -> None:
        """The machine restarts."""
        self.lives = {process: life + 1 for process, life in self.lives.items()}
        self.reopen()

    def rows(self, event: str = "") -> list[Reminder]:
        """The reminders, of one event or all."""

        def look(session: Session) -> list[Reminder]:
            return [row for row in session.exec(select(Reminder)) if event in {"", row.event}]

        return self.db.read(look)

    @invariant()
    def each_is_told_once(self) -> None:
        """One notice for each that was sent, none for others; what has ended stays as it was."""
        rows = self.rows()
        sent = [row for row in rows if row.state == SENT]
        notices = self.db.read(lambda s: list(s.exec(select(Notice.id))))

        assert sorted(row.notice_id or 0 for row in sent) == sorted(
            number or 0 for number in notices
        )
        ended = {row.id: row for row in rows if row.state in {SENT, MISSED}}
        assert {n: (row.state, row.late, row.fired_at) for n, row in ended.items()} == self.ended

    @invariant()
    def late_ones_are_marked(self) -> None:
        """Sent in its time, or marked late; missed only what had begun; dropped only what will not
        be then."""
        for row in self.rows():
            if row.fired_at is not None:
                assert row.fired_at >= row.due_at
                assert row.late == (row.fired_at - row.due_at > PROMPT)
                assert (row.state == MISSED) == (row.fired_at >= row.starts_at)
            if row.state == ASLEEP:
                assert self.starts.get(row.event) == row.starts_at

    def teardown(self) -> None:
        """A month later a new process has nothing left to do: all were told or marked."""
        try:
            self.now += 30 * DAY + LEASE
            self.lives["one"] += 1
            self.works("one", "never")
            assert ASLEEP not in {row.state for row in self.rows()}
        finally:
            super().teardown()


class OnSqlite(Calendar):
    """On SQLite."""


@pytest.fixture(autouse=True)
def _template(sqlite_template: Path) -> None:
    OnSqlite.template = sqlite_template


OnSqlite.TestCase.settings = often(examples=8, steps=30)
TestOnSqlite = OnSqlite.TestCase
