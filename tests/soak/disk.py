"""A small disk that fills up (root only): `python -m tests.soak disk`."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from tests.emulators.telegram import updates
from tests.processes import SECRET, Bot, free_port, learned, running, telegram, webhook

SIZE = "24m"
WITHIN = 10.0


def main() -> int:
    """Fill the disk under a running bot, make room again; 1 when anything is not as promised."""
    if os.geteuid() != 0:
        print("disk: only root can mount a small disk; make test limits pages and file sizes")
        return 0
    with tempfile.TemporaryDirectory() as name:
        disk, journal = Path(name) / "disk", Path(name) / "journal.jsonl"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", str(disk)]
        subprocess.run(mount, check=True)
        try:
            learned(disk)
            with telegram(journal) as address:
                port = free_port()
                with running(Bot(disk, address, "", webhook(port), port)) as bot:
                    return fill_up(bot, disk)
        finally:
            subprocess.run(["umount", "-l", str(disk)], check=True)  # noqa: S607


def fill_up(bot: Bot, disk: Path) -> int:
    """The run itself."""
    acknowledged, number = set(), 0
    ballast = disk / "ballast"
    with httpx.Client(base_url=f"http://127.0.0.1:{bot.port}", timeout=30) as client:
        room = shutil.disk_usage(disk).free
        ballast.write_bytes(b"x" * max(0, room - 300_000))
        status = 200
        while status == 200:
            number += 1
            status = deliver(client, number)
            if status == 200:
                acknowledged.add(number)
        ill = client.get("/health").status_code
        ballast.unlink()
        start = time.monotonic()
        while client.get("/health").status_code != 200:
            time.sleep(0.1)
        well = time.monotonic() - start
        again = deliver(client, number)
        acknowledged.add(number)
    bot.end()
    with sqlite3.connect(disk / "bot.db") as plain:
        kept = {int(key) for (key,) in plain.execute("SELECT key FROM inbox")}
        sound = plain.execute("PRAGMA integrity_check").fetchone()[0]
    print(
        f"disk of {SIZE} full after {number} updates: answered {status}, /health {ill}; "
        f"well {well:.1f} s after there was room, then {again}; "
        f"acknowledged but not kept: {len(acknowledged - kept)}; integrity: {sound}"
    )
    good = (status, ill, again, sound) == (503, 503, 200, "ok") and well <= WITHIN
    return int(not good or bool(acknowledged - kept))


def deliver(client: httpx.Client, number: int) -> int:
    """Telegram delivers an update; the status it is answered with."""
    body = updates.edited_message("chữ " * 700, number)
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    return client.post("/webhooks/telegram", json=body, headers=headers).status_code


if __name__ == "__main__":
    sys.exit(main())
