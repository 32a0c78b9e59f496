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


@cache
def _nursery() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload(["bot.app", "bot.cli"])
    return context


class Child:
    """`python -m bot` with some words; of `subprocess.Popen` what the tests ask of it."""

    def __init__(self, words: Sequence[str], cwd: Path, env: Mapping[str, str], log: Path) -> None:
        given = (words, cwd, env, log)
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


def _live(words: Sequence[str], cwd: Path, env: Mapping[str, str], log: Path) -> None:
    """Be the bot, with what it says in a log."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    with log.open("ab") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    sys.argv = ["bot", *words]
    runpy.run_module("bot", run_name="__main__", alter_sys=True)
