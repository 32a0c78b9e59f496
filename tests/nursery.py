"""Processes of the bot born with everything imported, for tests that start many of them.

A start of `python -m bot run` spends two of its two and a half seconds on importing, which says
nothing about kills and restarts. Here one process imports, and each start is a fork of it. What
measures a start, and the long runs, use an interpreter of their own.
"""

import os
import runpy
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from subprocess import TimeoutExpired

ROOT = Path(__file__).parent.parent


@cache
def _nursery() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload(["bot.app", "bot.cli"])
    return context


class Child:
    """A started module; what `subprocess.Popen` can do of it, as far as the tests ask."""

    def __init__(self, module: str, arguments: Sequence[str], env: Mapping[str, str], log: Path):
        given = (module, [module, *arguments], dict(env), str(log))
        self._process: ForkServerProcess = _nursery().Process(target=_live, args=given, daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """Its exit status once it has ended; -9 when it was killed."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The same."""
        return self._process.exitcode

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status. Raises TimeoutExpired, in seconds."""
        self._process.join(timeout)
        status = self._process.exitcode
        if status is None:
            raise TimeoutExpired("", timeout or 0)
        return status


def _live(module: str, argv: Sequence[str], env: Mapping[str, str], log: str) -> None:
    """Be `python -m module`, with its words in a log."""
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(env)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    sys.argv = list(argv)
    runpy.run_module(module, run_name="__main__", alter_sys=True)
