"""The outbox under everything that may happen to it: told at most once, in order, none lost."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from sqlmodel import Session, select

from bot import outbox
from bot.messages import (
    BrokenError,
    DeliveryError,
    GoneError,
    MovedError,
    RefusedError,
    Reply,
    RetryError,
    SlowDownError,
    UncertainError,
    load,
)
from bot.outbox import (
    ANSWER,
    BULK,
    FAILED,
    LONGEST_WAIT,
    QUEUED,
    SENDING,
    SENT,
    TRIES,
    UNKNOWN,
    Outbox,
    Sending,
)
from tests.conftest import NOON
from tests.fakes import CAN, FREE
from tests.machine import KilledError, Machine, often

CHATS = ["lan", "minh", "-hoi"]
PROCESSES = st.sampled_from(["one", "two"])
ENDED = {SENT, FAILED, UNKNOWN}
OUTCOMES: dict[str, Callable[[], DeliveryError | None]] = {
    "taken": lambda: None,
    "taken, but no answer": lambda: UncertainError("timeout"),
    "perhaps not taken": lambda: UncertainError("reset"),
    "server error": lambda: RetryError("500"),
    "wait": lambda: SlowDownError("429", wait=7.0),
    "channel broken": lambda: BrokenError("401"),
    "refused": lambda: RefusedError("400"),
    "blocked": lambda: GoneError("403"),
}
REACHES = {"taken", "taken, but no answer"}
DEATHS = ["never"] * 6 + ["before the call", "after the call", "at the commit", "after it"]


@dataclass
class Hand:
    """What a process has taken to send, in the life it has now."""

    life: int = 1
    rows: tuple[Sending, ...] = ()


class Mail(Machine):
    """Messages are queued and sent by two processes, to a platform which takes, refuses, delays,
    moves chats and is silent; the processes die between any two steps."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.hands = {"one": Hand(), "two": Hand()}
        self.queued = 0
        self.reached: Counter[int] = Counter()  # what the platform showed to somebody, by message
        self.tries: Counter[int] = Counter()  # definite failures
        self.ended: dict[int, str] = {}  # for ever
        self.moves: dict[str, str] = {}

    def owner(self, process: str) -> str:
        """A process's name, another one in each life."""
        return f"{process}{self.hands[process].life}"

    def dies(self, process: str) -> None:
        """A process is gone with all it knew."""
        self.hands[process] = Hand(self.hands[process].life + 1)

    @rule(
        chat=st.sampled_from(CHATS),
        rank=st.sampled_from([ANSWER, ANSWER, BULK]),
        many=st.integers(1, 3),
        killed=st.booleans(),
    )
    def is_queued(self, chat: str, rank: int, many: int, killed: bool) -> None:
        """Replies are queued, or died before the commit and never were."""
        replies = [Reply(str(self.queued + number)) for number in range(many)]
        to = self.moves.get(chat, chat)
        try:
            self.work(
                lambda s: outbox.put(s, "fake", to, replies, CAN, self.now, rank=rank), dies=killed
            )
        except KilledError:
            return
        self.queued += many

    @rule(process=PROCESSES, limit=st.integers(1, 4), dies=st.sampled_from(DEATHS))
    def takes(self, process: str, limit: int, dies: str) -> None:
        """A process takes what is due; of a chat nothing while something earlier is not settled."""
        before = self.rows()
        owner, rates = self.owner(process), {"fake": FREE}
        try:
            taken = self.work(
                lambda s: outbox.claim(s, rates, owner, self.now, limit),
                dies=dies == "at the commit",
            )
        except KilledError:
            self.dies(process)
            return
        rank_of = {row.id: row.rank for row in before}
        for one in taken:
            waits = [row.id for row in before if row.state in {QUEUED, SENDING}]
            same = [row.id for row in before if row.chat == one.chat and row.id in waits]
            ahead = [row for row in same if (row or 0) < one.id and rank_of[row] <= one.rank]
            assert ahead == []
        assert len(taken) <= limit
        self.hands[process].rows += tuple(taken)
        if dies == "after it":
            self.dies(process)

    @precondition(lambda self: any(hand.rows for hand in self.hands.values()))
    @rule(
        process=PROCESSES,
        draw=st.integers(0, 9),
        outcome=st.sampled_from([*OUTCOMES, "taken", "taken"]),
        dies=st.sampled_from(DEATHS),
    )
    def sends(self, process: str, draw: int, outcome: str, dies: str) -> None:
        """A process sends one of those it took, and writes down what became of it."""
        rows = self.hands[process].rows
        if not rows:
            return
        row, owner = rows[draw % len(rows)], self.owner(process)
        self.hands[process].rows = tuple(one for one in rows if one is not row)
        if dies == "before the call":
            self.dies(process)
            return
        result = self.platform(row, outcome)
        if dies == "after the call":
            self.dies(process)
            return

        def settle(session: Session) -> str:
            if isinstance(result, MovedError):
                outbox.move(session, row.channel, row.chat, result.moved_to)
            return outbox.settle(session, row, owner, result, self.now)

        try:
            self.work(settle, dies=dies == "at the commit")
        except KilledError:
            self.dies(process)
            return
        self.look()
        if dies == "after it":
            self.dies(process)

    def platform(self, row: Sending, outcome: str) -> str | DeliveryError:
        """What the platform does with a message, and what we hear of it."""
        if row.chat in self.moves:
            return MovedError("migrated", moved_to=self.moves[row.chat])
        message = int(load(row.body).text)
        if outcome in REACHES:
            self.reached[message] += 1
        error = OUTCOMES[outcome]()
        self.tries[row.id] += type(error) is RetryError
        return f"{message}" if error is None else error

    @rule(process=PROCESSES)
    def gives_back(self, process: str) -> None:
        """A process that stops gives back what it had not begun to send."""
        hand = self.hands[process]
        rows, hand.rows = hand.rows, ()
        self.work(lambda s: outbox.release(s, rows, self.owner(process)))

    @rule()
    def the_group_moves(self) -> None:
        """A group has a new id, told with the next message to the old one."""
        self.moves["-hoi"] = "-1001"

    @rule(minutes=st.sampled_from([0.1, 0.6, 5, 120, -0.1, -120, 25 * 60]))
    def time_passes(self, minutes: float) -> None:
        """The clock goes on, or is set back or forth."""
        self.now += timedelta(minutes=minutes)

    @rule()
    def mends(self) -> None:
        """What dead processes were sending is unknown; what is stale is given up."""
        self.work(self.recover)
        self.look()

    def recover(self, session: Session, *, alone: bool = False) -> None:
        """What the worker does each few seconds."""
        outbox.recover(session, self.now, alone=alone)
        outbox.catch_up(session, self.now)
        outbox.give_up_stale(session, self.now)

    @rule()
    def everything_dies_and_comes_back(self) -> None:
        """The machine restarts with one process that knows it is alone."""
        self.dies("one")
        self.dies("two")
        self.reopen()
        self.work(lambda s: self.recover(s, alone=True))
        self.look()

        assert SENDING not in self.db.read(outbox.counts)

    def rows(self) -> list[Outbox]:
        """What is in the outbox, in order."""
        return self.db.read(lambda s: list(s.exec(select(Outbox).order_by(Outbox.id))))  # type: ignore[arg-type]

    def look(self) -> None:
        """What has come to its end stays as it is; that nothing leaves it again is an invariant."""
        for row in self.rows():
            if row.state in ENDED:
                self.ended.setdefault(row.id or 0, row.state)

    @invariant()
    def nothing_is_lost_and_the_totals_add_up(self) -> None:
        """Every message that was queued is there once, in one of the states."""
        rows = self.rows()
        counts = self.db.read(outbox.counts)

        assert [int(load(row.body).text) for row in rows] == list(range(self.queued))
        assert counts == Counter(row.state for row in rows)
        assert set(counts) <= {QUEUED, SENDING, *ENDED}
        oldest = min((row.created_at for row in rows if row.state == QUEUED), default=None)
        assert self.db.read(outbox.oldest_queued) == oldest

    @invariant()
    def nobody_is_told_twice(self) -> None:
        """Sent is told once; queued or failed not at all; unknown perhaps, and never again."""
        told = {SENT: {1}, QUEUED: {0}, FAILED: {0}, UNKNOWN: {0, 1}, SENDING: {0, 1}}
        for row in self.rows():
            assert self.reached[int(load(row.body).text)] in told[row.state], row.state
            assert row.attempts >= 0
            assert self.tries[row.id or 0] <= TRIES
            assert self.ended.get(row.id or 0, row.state) == row.state

    def teardown(self) -> None:
        """Some minutes later everything has come to its end: nothing waits for ever."""
        try:
            self.now += outbox.LEASE + outbox.SKEW
            for _look in range(3):
                self.work(self.recover)
                self.dies("one")
                while self.drain():
                    pass
                self.now += LONGEST_WAIT
            assert set(self.db.read(outbox.counts)) <= ENDED
            self.nobody_is_told_twice()
            self.nothing_is_lost_and_the_totals_add_up()
        finally:
            super().teardown()

    def drain(self) -> bool:
        """Send what is due on a platform that works; whether there was anything."""
        self.takes("one", 32, "never")
        found = bool(self.hands["one"].rows)
        while self.hands["one"].rows:
            self.sends("one", 0, "taken", "never")
        return found


class OnSqlite(Mail):
    """On SQLite."""


class OnPostgres(Mail):
    """On PostgreSQL."""


@pytest.fixture(autouse=True)
def _templates(sqlite_template: Path, postgres_url: str) -> None:
    OnSqlite.template = sqlite_template
    OnPostgres.template = postgres_url


OnSqlite.TestCase.settings = often(examples=14, steps=40)
OnPostgres.TestCase.settings = often(examples=3, steps=40)
TestOnSqlite = OnSqlite.TestCase
TestOnPostgres = OnPostgres.TestCase
