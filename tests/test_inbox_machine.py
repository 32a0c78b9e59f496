"""The inbox under everything that may happen to it: nothing lost, one effect each, in order."""

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from sqlmodel import Session, select

from bot import inbox, outbox
from bot.inbox import DONE, HANDLING, LEASE, PARKED, SKEW, TRIES, WAITING, Inbox, Task
from bot.messages import Received, Reply, load
from bot.outbox import Outbox
from tests.conftest import NOON
from tests.fakes import CAN, delivery
from tests.machine import KilledError, Machine, often

CHATS = ["lan", "minh", "hoa"]
PROCESSES = st.sampled_from(["one", "two"])
MOMENTS = st.sampled_from(["never", "before", "after"])
"""When a process dies: never, before its commit, or just after it, knowing nothing of it."""


class Post(Machine):
    """Platforms deliver and deliver again; two processes take, answer, fail, and die."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.numbers = count(1)
        self.delivered: list[Received] = []
        self.kept: set[str] = set()  # acknowledged, so never to be lost
        self.lives = {"one": 1, "two": 1}
        self.hands: dict[str, list[Task]] = {"one": [], "two": []}
        self.unreadable: set[int] = set()
        self.failures: Counter[int] = Counter()
        self.ended: dict[int, str] = {}  # row -> done or parked, for ever

    def owner(self, process: str) -> str:
        """A process's name, another one in each life."""
        return f"{process}{self.lives[process]}"

    def dies(self, process: str) -> None:
        """A process is gone with all it knew; its successor knows nothing."""
        self.lives[process] += 1
        self.hands[process] = []

    def hand(self, process: str, draw: int) -> Task:
        """One of the messages a process has taken; it has it no more."""
        tasks = self.hands[process]
        return tasks.pop(draw % len(tasks))

    @rule(chats=st.lists(st.sampled_from(CHATS), min_size=1, max_size=3), killed=st.booleans())
    def delivers(self, chats: list[str], killed: bool) -> None:
        """A batch comes in; unless we died before the commit, it is acknowledged."""
        batch = [delivery(str(next(self.numbers)), "x", self.now, user=chat) for chat in chats]
        self.delivered += batch
        try:
            self.work(lambda s: inbox.accept(s, batch), dies=killed)
        except KilledError:
            return
        self.kept |= {item.key for item in batch}

    @precondition(lambda self: self.delivered)
    @rule(draw=st.integers(0, 99), times=st.integers(1, 3))
    def delivers_again(self, draw: int, times: int) -> None:
        """A platform that heard no answer sends the same again; it is new at most once."""
        item = self.delivered[draw % len(self.delivered)]

        new = self.work(lambda s: inbox.accept(s, [item] * times))

        assert new == (item.key not in self.kept)
        self.kept.add(item.key)

    @rule(process=PROCESSES, limit=st.integers(1, 3), dies=MOMENTS)
    def takes(self, process: str, limit: int, dies: str) -> None:
        """A process takes the first of each chat, and nobody's second before its first."""
        owner, killed = self.owner(process), dies == "before"
        try:
            tasks = self.work(
                lambda s: inbox.claim(s, ["fake"], owner, self.now, limit), dies=killed
            )
        except KilledError:
            self.dies(process)
            return
        lanes = [task.lane for task in tasks]
        assert len(lanes) == len(set(lanes)) <= limit
        self.hands[process] += tasks
        if dies == "after":
            self.dies(process)

    @precondition(lambda self: any(self.hands.values()))
    @rule(process=PROCESSES, draw=st.integers(0, 9), dies=MOMENTS)
    def answers(self, process: str, draw: int, dies: str) -> None:
        """A process answers, perhaps long after it lost the message to another."""
        if not self.hands[process]:
            return
        task, owner = self.hand(process, draw), self.owner(process)

        def answer(session: Session) -> bool:
            if not inbox.finish(session, task, owner):
                return False
            outbox.put(session, "fake", task.lane, [Reply(str(task.id))], CAN, self.now)
            return True

        try:
            if self.work(answer, dies=dies == "before"):
                self.end(task.id, DONE)
        except KilledError:
            dies = "after"
        if dies == "after":
            self.dies(process)

    def end(self, row: int, state: str) -> None:
        """A message has come to its end, once."""
        assert row not in self.ended
        self.ended[row] = state

    @precondition(lambda self: any(self.hands.values()))
    @rule(process=PROCESSES, draw=st.integers(0, 9), twice=st.booleans())
    def cannot_read(self, process: str, draw: int, twice: bool) -> None:
        """A process cannot read a message, perhaps one it lost, and says so once or twice."""
        if not self.hands[process]:
            return
        task, owner = self.hand(process, draw), self.owner(process)
        before = self.state(task.id)
        for _time in range(1 + twice):
            self.work(lambda s: inbox.park(s, task, owner, "unreadable"))
        if before != PARKED and self.state(task.id) == PARKED:
            self.unreadable.add(task.id)
            self.end(task.id, PARKED)

    @precondition(lambda self: any(self.hands.values()))
    @rule(process=PROCESSES, draw=st.integers(0, 9))
    def fails(self, process: str, draw: int) -> None:
        """A process fails on a message: another try, or aside after the last."""
        if not self.hands[process]:
            return
        task, owner = self.hand(process, draw), self.owner(process)
        before = self.state(task.id)
        self.work(lambda s: inbox.give_back(s, task, owner, "ValueError"))
        self.failures[task.id] += 1
        if before != PARKED and self.state(task.id) == PARKED:
            assert task.attempts + 1 >= TRIES
            self.end(task.id, PARKED)

    @rule(process=PROCESSES)
    def database_failed(self, process: str) -> None:
        """A process gives back what it could not handle for no fault of the messages."""
        self.work(lambda s: inbox.take_back(s, self.owner(process)))
        self.hands[process] = []

    @rule(minutes=st.sampled_from([0.05, 0.1, 0.2, 5, 120, -0.1, -120]))
    def time_passes(self, minutes: float) -> None:
        """The clock goes on, or is set back or forth."""
        self.now += timedelta(minutes=minutes)

    @rule()
    def mends(self) -> None:
        """What dead or slow processes held is handed out again."""
        self.work(lambda s: inbox.recover(s, self.now))

    @rule()
    def everything_dies_and_comes_back(self) -> None:
        """The machine restarts with one process that knows it is alone."""
        self.dies("one")
        self.dies("two")
        self.reopen()
        self.work(lambda s: inbox.recover(s, self.now, alone=True))

        assert not any(row.state == HANDLING for row in self.rows())

    def rows(self) -> list[Inbox]:
        """What is in the inbox, in order."""
        return self.db.read(lambda s: list(s.exec(select(Inbox).order_by(Inbox.id))))  # type: ignore[arg-type]

    def state(self, row: int) -> str:
        """How a message stands."""
        return self.db.read(lambda s: s.get_one(Inbox, row)).state

    @invariant()
    def nothing_is_lost_or_done_twice(self) -> None:
        """All that was acknowledged is there; what is done has its one answer, nothing else any."""
        rows = self.rows()
        bodies = self.db.read(lambda s: list(s.exec(select(Outbox.body))))
        effects = Counter(int(load(body).text) for body in bodies)

        assert {row.key for row in rows} == self.kept
        assert effects == Counter(row.id for row in rows if row.state == DONE)
        assert {row.id: row.state for row in rows if row.state in {DONE, PARKED}} == self.ended
        assert all(row.attempts >= 0 for row in rows)
        assert all(row.payload for row in rows if row.state != DONE)

    @invariant()
    def every_chat_is_in_order(self) -> None:
        """Nothing of a chat is done or in hand while an earlier message of it waits."""
        chats: dict[str, list[str]] = defaultdict(list)
        for row in self.rows():
            if row.state != PARKED:
                chats[row.lane].append(row.state)
        for states in chats.values():
            left = states[states.count(DONE) :]
            assert DONE not in left
            assert HANDLING not in left[1:]

    @invariant()
    def counted_as_they_are(self) -> None:
        """What watches the inbox sees what is there."""
        rows = self.rows()
        left = [row for row in rows if row.state in {WAITING, HANDLING}]
        oldest = min((row.received_at for row in left), default=None)

        assert self.db.read(inbox.waiting) == len(left)
        assert self.db.read(inbox.oldest_waiting) == oldest
        assert self.db.read(inbox.parked) == sum(row.state == PARKED for row in rows)

    def teardown(self) -> None:
        """When every lease is over one process alone handles all that is left."""
        try:
            self.now += LEASE + SKEW
            self.work(lambda s: inbox.recover(s, self.now))
            self.dies("one")
            while tasks := self.work(
                lambda s: inbox.claim(s, ["fake"], self.owner("one"), self.now)
            ):
                self.hands["one"] = tasks
                while self.hands["one"]:
                    self.answers("one", 0, "never")
            assert self.db.read(inbox.waiting) == 0
            self.nothing_is_lost_or_done_twice()
        finally:
            super().teardown()


class OnSqlite(Post):
    """On SQLite."""


class OnPostgres(Post):
    """On PostgreSQL."""


@pytest.fixture(autouse=True)
def _templates(sqlite_template: Path, postgres_url: str) -> None:
    OnSqlite.template = sqlite_template
    OnPostgres.template = postgres_url


OnSqlite.TestCase.settings = often(examples=14, steps=40)
OnPostgres.TestCase.settings = often(examples=3, steps=40)
TestOnSqlite = OnSqlite.TestCase
TestOnPostgres = OnPostgres.TestCase
