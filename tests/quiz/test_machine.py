"""A live contest under everything that may happen to it: the board is always what the log gives."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from sqlmodel import Session, select

from quiz import board, contest, pressing, recount, scoring, stage
from quiz.contest import StaleStepError
from quiz.log import Answer
from quiz.papers import Entrant
from quiz.pressing import Press
from quiz.rounds import Round, RoundClosedError, id_of
from quiz.stage import Act, StepError
from tests.conftest import NOON
from tests.machine import Machine, often
from tests.quiz.conftest import STAGE, opened

T = TypeVar("T")
NAMES = ["lan", "minh", "hoa", "nam"]
CHANNELS = ["stage", "telegram", "zalo-oa", "console"]


class Evening(Machine):
    """People join, press, press twice, press late and forge; the presenter steps and takes back;
    the process dies and comes back."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.joined: set[str] = set()
        self.done: list[tuple[Act, int]] = []  # steps that stand, with the opening they belong to
        self.steps = 0
        self.answers: dict[tuple[int, str], bool] = {}  # (opening, player) -> right

    def act(self, work: Callable[[Session, Round], T]) -> T:
        """Something done with the contest in a transaction."""
        return self.work(lambda session: work(session, session.get_one(Round, 1)))

    def round(self) -> Round:
        """The contest as it is kept."""
        return self.db.read(lambda session: session.get_one(Round, 1))

    @initialize()
    def opens(self) -> None:
        """An organiser makes the contest."""
        self.work(lambda session: id_of(opened(session, STAGE)))

    @rule(name=st.sampled_from(NAMES))
    def joins(self, name: str) -> None:
        """Somebody takes part, perhaps again; not after the end."""
        ended = bool(self.done) and self.done[-1][0] == "end"
        try:
            self.act(lambda s, r: contest.join(s, r, Entrant(name), "stage", self.now).id)
        except RoundClosedError:
            assert ended
            assert name not in self.joined
        else:
            self.joined.add(name)

    @rule(
        name=st.sampled_from([*NAMES, "stranger"]),
        shown=st.integers(-1, 5),
        channel=st.sampled_from(CHANNELS),
        forged=st.sampled_from(["", "", "", "q999"]),
        times=st.integers(1, 3),
    )
    def presses(self, name: str, shown: int, channel: str, forged: str, times: int) -> None:
        """Somebody presses, perhaps several times at once; the first one that counts is kept."""
        item = Press(name, shown, channel, self.now, forged)
        results = self.act(lambda s, r: pressing.press(s, r, [item] * times))

        now = self.act(contest.standing_of)
        open_ = now.phase in {"open", "closed"} and now.deadline is not None
        counts = (
            open_
            and name in self.joined
            and 0 <= shown <= 3
            and not forged
            and now.deadline is not None
            and not scoring.is_late(channel, now.deadline, self.now)
            and (now.opening, name) not in self.answers
        )
        assert (results[0] == "counted") == counts
        assert "counted" not in results[1:]
        if counts:
            right = contest.shown(self.round(), now.question).answer == shown
            self.answers[now.opening, name] = right

    @rule(seconds=st.sampled_from([0.5, 3, 8, 19, 25]))
    def time_passes(self, seconds: float) -> None:
        """The clock goes on."""
        self.now += timedelta(seconds=seconds)

    @rule(act=st.sampled_from(["open", "close", "reveal", "standings", "end"]), stale=st.booleans())
    def steps_on(self, act: Act, stale: bool) -> None:
        """The presenter presses a button, perhaps after somebody else did."""
        before = self.act(contest.standing_of)
        may = act in stage.possible(before, self.now)
        seen = self.steps - 1 if stale else self.steps
        try:
            after = self.act(lambda s, r: contest.take(s, r, act, seen, "Hoa", self.now))
        except StaleStepError:
            assert stale
        except StepError:
            assert not may
        else:
            assert may
            self.steps += 1
            self.done.append((act, after.opening))

    @precondition(lambda self: self.done)
    @rule()
    def takes_back(self) -> None:
        """The last step is undone; the answers to a question it opened are void."""
        self.act(lambda s, r: contest.undo(s, r, self.steps, self.now))
        act, opening = self.done.pop()
        if act == "open":
            self.answers = {key: right for key, right in self.answers.items() if key[0] != opening}

    @rule()
    def dies_and_comes_back(self) -> None:
        """The process ends without a word and another one opens the same file."""
        self.reopen()

    @invariant()
    def the_board_is_what_the_log_gives(self) -> None:
        """No answer lost, none counted twice, and no row that the log does not give."""
        if not self.db.read(lambda s: s.get(Round, 1)):
            return

        def look(session: Session) -> tuple[int, dict[str, int], int]:
            round_ = session.get_one(Round, 1)
            live = {opening for act, opening in self.done if act == "open"}
            kept = [item for item in session.scalars(select(Answer)) if item.opening in live]
            rows = {row.person_key: row.right for row in board.top(session, 1, 99)}
            return len(recount.compare(session, round_)), rows, len(kept)

        differences, rows, kept = self.db.read(look)
        expected = {
            name: sum(right for (_o, who), right in self.answers.items() if who == name)
            for name in self.joined
        }
        assert differences == 0
        assert rows == expected
        assert kept == len(self.answers)


@pytest.fixture(autouse=True)
def _template(sqlite_template: Path) -> None:
    Evening.template = sqlite_template


Evening.TestCase.settings = often(examples=12, steps=30)
TestEvening = Evening.TestCase
