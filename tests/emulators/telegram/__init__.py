"""A strict Telegram Bot API on the loopback: what it accepts, Telegram accepts.

`async with TelegramEmulator() as telegram:` starts it in a test; `python -m
tests.emulators.telegram` in a process of its own. `updates` builds raw updates without a server.
"""

from tests.emulators.telegram.api import Call, Sent
from tests.emulators.telegram.emulator import TelegramEmulator
from tests.emulators.telegram.faults import Fault
from tests.emulators.telegram.limits import Limits, Violation
from tests.emulators.telegram.people import Group, User

__all__ = ["Call", "Fault", "Group", "Limits", "Sent", "TelegramEmulator", "User", "Violation"]
