"""The long runs: `make soak`, or some by name: `python -m tests.soak evening`. Prints tables."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import postgres
from tests.evening import Tally, run_evening
from tests.processes import Verdict, run_with_kills
from tests.soak import backlog, broadcast, disk, forgetting, points, rolling

ROUNDS, PEOPLE, KILLS = 13, 60, 10
"""Each round is a fresh bot: 13 rounds of 10 kills, by polling and by webhook, on each database,
are 520 kills."""
MODES = ("polling", "webhook")

MACHINES = (
    "tests/test_inbox_machine.py",
    "tests/test_outbox_machine.py",
    "tests/notices/test_reminders_machine.py",
    "tests/quiz/test_machine.py",
)
LONGER = 20
"""How many times as many examples of the state machines as in `make test`."""

PLAYERS, QUESTIONS = 500, 20
"""A whole evening on each database, with one SIGKILL in the middle."""


def main() -> int:
    """Run what was asked for, or everything; 1 when anything was lost or doubled."""
    return max(RUNS[name]() for name in sys.argv[1:] or RUNS)


def evening() -> int:
    """Two contest evenings: 30% pressed twice, 10% late, 10% forged."""
    with postgres.server() as server:
        bad = [one_evening(url) for url in ("", postgres.create(server, "evening"))]
    return 1 if any(bad) else 0


def one_evening(url: str) -> bool:
    """One evening on a database; whether anything was wrong."""
    with tempfile.TemporaryDirectory() as folder:
        tally = run_evening(Path(folder), PLAYERS, QUESTIONS, seed=1, url=url)
    print(f"{'PostgreSQL' if url else 'SQLite':>16}: {sums(tally)}", flush=True)
    return any((tally.lost, tally.double, tally.late, tally.forged, tally.differences))


def sums(tally: Tally) -> str:
    """An evening in a line."""
    return "  ".join(f"{name} {number}" for name, number in vars(tally).items())


def kills() -> int:
    """520 kills while people ask; 1 when anything was lost or doubled."""
    with postgres.server() as server:
        verdicts = [
            one_round(number, mode, url)
            for number in range(ROUNDS)
            for mode in MODES
            for url in ("", postgres.create(server, f"soak_{mode}_{number}"))
        ]
    print(line("all", verdicts))
    bad = any(verdict.lost or verdict.doubled for verdict in verdicts)
    return broadcast.main() or int(bad)


def one_round(number: int, mode: str, url: str) -> Verdict:
    """A fresh bot, killed ten times while sixty people ask."""
    with tempfile.TemporaryDirectory() as folder:
        verdict = run_with_kills(
            Path(folder), PEOPLE, KILLS, seed=number, database_url=url, mode=mode
        )
    print(line(f"{number} {mode} {'PostgreSQL' if url else 'SQLite'}", [verdict]), flush=True)
    return verdict


def line(name: str, verdicts: list[Verdict]) -> str:
    """The sums of some rounds, in a line."""
    names = ("kills", "asked", "delivered", "uncertain", "lost", "doubled")
    sums = (f"{key} {sum(getattr(item, key) for item in verdicts)}" for key in names)
    return f"{name:>22}: " + "  ".join(sums)


def machines() -> int:
    """The state machines of inbox, outbox, reminders and a contest, with many more examples."""
    longer = {**os.environ, "LONGER": str(LONGER)}
    return subprocess.run(
        [sys.executable, "-m", "pytest", *MACHINES], env=longer, check=False
    ).returncode


RUNS = {
    "points": points.main,
    "kills": kills,
    "backlog": backlog.main,
    "disk": disk.main,
    "forgetting": forgetting.main,
    "evening": evening,
    "rolling": rolling.main,
    "machines": machines,
}

if __name__ == "__main__":
    sys.exit(main())
