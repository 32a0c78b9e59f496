"""Coverage of lines and branches by slipcover: `pytest -p tests.covered -n 4`.

A plugin of our own, because slipcover's does not know this pytest's cache of rewritten tests, which
are not measured anyway. Each test process measures; the one that started them adds up, and fails
the run when less than `LEAST` was covered. Other processes, such as bots that tests kill, are not
measured.
"""

import io
import json
import os
from collections.abc import Generator
from typing import Any

import pytest
import slipcover

SOURCE, OMIT = ["bot", "faq", "quiz"], ["bot/migrations/*"]
LEAST = 95.0
"""Percent of lines and branches, of all files together."""
PASS_BY = 5_000
"""How often a line that was seen may be passed by before its probe is taken out of the code.

Slipcover's own 50 looks through all the code twice as often: 108 s of processor time and not 97
for a third of the tests (86 unmeasured, 148 with coverage.py, which left half of them out).
"""


def _measuring() -> slipcover.Slipcover | None:
    """What measures in a test process. It begins here: before conftest.py imports anything."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return None
    measuring = slipcover.Slipcover(branch=True, source=SOURCE, omit=OMIT, d_miss_threshold=PASS_BY)
    files = slipcover.FileMatcher(sources=SOURCE, omit=OMIT)
    slipcover.ImportManager(measuring, files).__enter__()
    return measuring


MEASURING = _measuring()
WHOLE: dict[str, Any] = {}
"""What the test processes that ended covered together."""


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A test process hands over what it covered."""
    if MEASURING is not None:
        output: dict[str, Any] = session.config.workeroutput  # type: ignore[attr-defined]
        output["covered"] = json.dumps(MEASURING.get_coverage())


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A test process ended; one that crashed hands over nothing."""
    covered = json.loads(getattr(node, "workeroutput", {}).get("covered", "{}"))
    if WHOLE and covered:
        slipcover.merge_coverage(WHOLE, covered)
    else:
        WHOLE.update(covered)


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Fail when too little was covered, once all processes have ended."""
    result = yield
    if MEASURING is None and not session.config.option.collectonly and _percent() < LEAST:
        session.testsfailed += 1
    return result


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The files that are not covered whole, and the sum."""
    if WHOLE:
        table = io.StringIO()
        slipcover.print_coverage(WHOLE, outfile=table, skip_covered=True, missing_width=60)
        terminalreporter.write(table.getvalue())
    terminalreporter.write_line(f"Covered: {_percent():.2f}%, at least {LEAST:.0f}% wanted.")


def _percent() -> float:
    """How much of all was covered; nothing without processes to measure in (`-n`)."""
    return float(WHOLE["summary"]["percent_covered"]) if WHOLE else 0.0
