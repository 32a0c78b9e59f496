"""A short contest evening with a SIGKILL; `make soak` plays the long one."""

from pathlib import Path

from tests.evening import run_evening


def test_an_evening_with_a_kill_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Doubles, late ones and forged ones change nothing; what was pressed in time is counted."""
    tally = run_evening(tmp_path, many=24, questions=2, seed=1)

    assert (tally.lost, tally.double, tally.late, tally.forged, tally.differences) == (
        0,
        0,
        0,
        0,
        0,
    )
    assert tally.counted == tally.honest > 24
