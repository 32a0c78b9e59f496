"""The long runs: `make soak`. Kills by the hundred, on SQLite and on PostgreSQL; prints a table."""

import sys
import tempfile
from pathlib import Path

from tests import postgres
from tests.processes import Verdict, run_with_kills
from tests.soak import broadcast

ROUNDS, PEOPLE, KILLS = 25, 60, 10
"""Each round is a fresh bot: 25 rounds of 10 kills on each database are 500 kills."""


def main() -> int:
    """Run every round; 1 when anything was lost or doubled."""
    with postgres.server() as server:
        verdicts = [
            one_round(number, url)
            for number in range(ROUNDS)
            for url in ("", postgres.create(server, f"soak{number}"))
        ]
    print(line("all", verdicts))
    bad = any(verdict.lost or verdict.doubled for verdict in verdicts)
    return broadcast.main() or int(bad)


def one_round(number: int, url: str) -> Verdict:
    """A fresh bot, killed ten times while sixty people ask."""
    with tempfile.TemporaryDirectory() as folder:
        verdict = run_with_kills(Path(folder), PEOPLE, KILLS, seed=number, database_url=url)
    print(line(f"{number} {'PostgreSQL' if url else 'SQLite'}", [verdict]), flush=True)
    return verdict


def line(name: str, verdicts: list[Verdict]) -> str:
    """The sums of some rounds, in a line."""
    names = ("kills", "asked", "delivered", "uncertain", "lost", "doubled")
    sums = (f"{key} {sum(getattr(item, key) for item in verdicts)}" for key in names)
    return f"{name:>16}: " + "  ".join(sums)


if __name__ == "__main__":
    sys.exit(main())
