"""A script of faults: which call fails, when, and how."""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "code",  # refused with an error code: HTTP 200 for the OA, the same HTTP status for the bot
    "inside",  # for the bot: HTTP 200 with the error inside
    "status",  # an HTTP status with a page of HTML, as a proxy gives it
    "answer",  # HTTP 200 with `text` as the whole body
    "refuse",  # the connection is closed before anything is done
    "cut",  # done, then the connection is closed
    "garbled",  # done, answered with half of the JSON
    "replay",  # getUpdates gives again what was consumed
]
AFTER = frozenset({"cut", "garbled", "replay"})
"""Faults after the call has had its effect."""


@dataclass(frozen=True)
class Fault:
    """Calls of `method` from the `nth` on, `times` times (None: for ever)."""

    kind: Kind
    method: str
    code: int = -200
    nth: int = 1
    times: int | None = 1
    text: str = "scripted"


@dataclass
class Script:
    """Faults in the order in which they were added; the first that fits a call is used."""

    faults: list[Fault] = field(default_factory=list)
    _calls: dict[int, int] = field(default_factory=dict)

    def take(self, method: str) -> Fault | None:
        """The fault of this call, if any."""
        found = None
        for number, fault in enumerate(self.faults):
            if fault.method != method:
                continue
            calls = self._calls[number] = self._calls.get(number, 0) + 1
            over = fault.times is not None and calls >= fault.nth + fault.times
            if found is None and calls >= fault.nth and not over:
                found = fault
        return found
