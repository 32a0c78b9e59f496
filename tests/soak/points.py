"""The sweep: `python -m tests.soak points`. A death at every commit and every send of a bot."""

import itertools
import sys
import tempfile
from pathlib import Path

from bot import content as contents
from bot.flows.turn import House
from bot.notices import programme as programmes
from tests import sweep
from tests.conftest import ZONE


def main() -> int:
    """Every point there is; 1 when anything was lost or doubled."""
    with tempfile.TemporaryDirectory() as cache:
        content = contents.load(cache=Path(cache))
    programme = programmes.load(contents.DATA, content.places)
    house = House(content, "x", ZONE, "https://chat.example.vn", programme)
    bad = False
    for point in sweep.POINTS:
        verdicts = []
        for number in itertools.count(1):
            with tempfile.TemporaryDirectory() as folder:
                verdict = sweep.kill_at(Path(folder), house, point, number)
            if not verdict.died:
                break
            verdicts.append(verdict)
        names = ("acknowledged", "lost", "doubled", "unknown")
        sums = {name: sum(getattr(one, name) for one in verdicts) for name in names}
        told = "  ".join(f"{name} {value}" for name, value in sums.items())
        print(f"{point:>16}: deaths {len(verdicts)}  {told}", flush=True)
        bad = bad or bool(sums["lost"] or sums["doubled"])
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
