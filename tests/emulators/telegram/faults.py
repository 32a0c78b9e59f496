"""A script of faults: which call fails, when, and how. Pure, but for its count of calls."""

import random
from dataclasses import dataclass, field
from typing import Literal

from tests.emulators.telegram.errors import ApiError, bad, flood

Kind = Literal[
    "flood",  # 429 with retry_after
    "error",  # 5xx with Telegram's JSON
    "proxy",  # 5xx with a page of HTML, as a proxy gives it
    "blocked",  # 403
    "not_found",  # 400 chat not found
    "migrated",  # 400 with migrate_to_chat_id
    "bad_request",  # 400 with `reason`
    "unauthorized",  # 401
    "conflict",  # 409
    "refuse",  # the connection is closed before anything is read: not accepted
    "hang",  # accepted, never answered
    "cut",  # accepted, then the connection is closed
    "garbled",  # accepted, answered with 200 and broken JSON
    "slow",  # accepted, answered after `seconds`
    "kill",  # accepted, and the bot's process killed before it is answered
]
ACCEPTED = frozenset({"hang", "cut", "garbled", "slow", "kill"})
"""Faults after the call has had its effect."""


@dataclass(frozen=True)
class Fault:
    """Calls of `method` (`*`: all but getUpdates), to `chat`, from the `nth` on, `times` times."""

    kind: Kind
    method: str = "sendMessage"
    chat: int | None = None
    nth: int = 1
    times: int | None = 1
    """None is for ever."""
    probability: float = 1.0
    retry_after: int = 1
    status: int = 502
    migrate_to: int = -1002000004001
    seconds: float = 1.0
    reason: str = "something is wrong"

    def fits(self, method: str, chat: int | None) -> bool:
        """Does it speak of such a call?"""
        same = self.method == method or (self.method == "*" and method != "getUpdates")
        return same and self.chat in (None, chat)


@dataclass
class _Counted:
    fault: Fault
    calls: int = 0
    used: int = 0


@dataclass
class Script:
    """Faults in the order in which they were added; the first that fits a call is used."""

    seed: int = 0
    _faults: list[_Counted] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    def add(self, *faults: Fault) -> None:
        """Let these happen too."""
        self._faults.extend(_Counted(fault) for fault in faults)

    def clear(self) -> None:
        """From now on nothing fails."""
        self._faults.clear()

    def take(self, method: str, chat: int | None, *, unread: bool = False) -> Fault | None:
        """The fault of this call; `unread` asks for those of a call not read yet."""
        found = None
        for counted in self._faults:
            fault = counted.fault
            if (fault.kind == "refuse") != unread or not fault.fits(method, chat):
                continue
            counted.calls += 1
            spent = fault.times is not None and counted.used >= fault.times
            if found or spent or counted.calls < fault.nth:
                continue
            if self._chance.random() < fault.probability:
                counted.used += 1
                found = fault
        return found


def refusal(fault: Fault) -> ApiError | None:
    """The error a fault answers instead of accepting the call, if it does."""
    match fault.kind:
        case "flood":
            return flood(fault.retry_after)
        case "error" | "proxy":
            return ApiError(fault.status)
        case "blocked":
            return ApiError(403, "bot was blocked by the user")
        case "not_found":
            return bad("chat not found")
        case "bad_request":
            return bad(fault.reason)
        case "migrated":
            words = "group chat was upgraded to a supergroup chat"
            return ApiError(400, words, {"migrate_to_chat_id": fault.migrate_to})
        case "unauthorized":
            return ApiError(401)
        case "conflict":
            return ApiError(409, fault.reason)
        case _:
            return None
