"""Strict fakes of both Zalo APIs on the loopback: what they accept, Zalo accepts, as far as known.

`async with ZaloEmulator() as zalo:` starts them in a test; `zalo.oa` is the Official Account with
its OAuth, `zalo.bot` the Bot Platform. Bodies and codes are those of the documents, dated in the
guide for organisers; where sources differ, the stricter reading is taken.
"""

from tests.emulators.zalo.emulator import ZaloEmulator
from tests.emulators.zalo.faults import Fault

__all__ = ["Fault", "ZaloEmulator"]
