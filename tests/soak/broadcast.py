"""The long broadcast: `python -m tests.soak.broadcast`. 2,000 people, every fault, 20 SIGKILLs."""

import os
import sys
import tempfile
from pathlib import Path

from tests import postgres
from tests.notices import broadcast

PEOPLE, KILLS = 2000, 20


def main() -> int:
    """On SQLite, and on PostgreSQL with two processes; 1 when anybody was lost or told twice."""
    kills = [PEOPLE // (KILLS + 1) * number for number in range(1, KILLS + 1)]
    bad = False
    with postgres.server() as server:
        for url, workers in (("", 1), (postgres.create(server, "broadcast"), 2)):
            with tempfile.TemporaryDirectory() as folder:
                outcome = broadcast.run(Path(folder), PEOPLE, kills, "hang", url, workers)
            load = os.getloadavg()[0]
            print(f"{'PostgreSQL' if url else 'SQLite'}, load {load:.1f}: {outcome}", flush=True)
            bad = bad or bool(outcome.silent or outcome.doubled or outcome.crashed)
            bad = bad or not outcome.agrees
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
