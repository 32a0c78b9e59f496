"""The Chromium of this machine: found, or installed when we may.

`python -m tests.browser.chromium` installs it, which needs nothing that the tests need.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

WHOLE = ("chromium", "chromium-browser", "google-chrome")
SHELL = ("chromium-headless-shell",)
"""Chromium without what its window needs, where the distribution has it: the same pages for half
of the processor time. It has no notifications."""


@cache
def chromium(*, whole: bool = False) -> str | None:
    """The path of a Chromium, or None; Debian's are installed when we are root."""
    with (Path(tempfile.gettempdir()) / f"chromium-{os.geteuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.geteuid() == 0 and shutil.which("apt-get"):
            missing = [names[0] for names in (WHOLE, SHELL) if _found(names) is None]
            if missing:
                _apt("update", "-qq")
            for name in missing:  # apart: not every distribution has the second
                _apt("install", "-y", "-qq", name)
    return _found(WHOLE if whole else (*SHELL, *WHOLE))


def _found(names: Sequence[str]) -> str | None:
    """The path of the first of these on this machine."""
    return next((path for name in names if (path := shutil.which(name))), None)


def _apt(*words: str) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "-o", "DPkg::Lock::Timeout=300", *words]
    subprocess.run(command, env=quiet, check=False, capture_output=True)


if __name__ == "__main__":
    chromium()
