"""The progress of a notice as a stream: told when it changes, ended when nothing moves any more."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

from bot.notices import announce
from bot.notices.tally import Progress
from bot.signals import Signals

EVERY = 1.0
"""Seconds between two looks."""
LONGEST = 600
"""Looks of one stream; the browser then comes again, and is asked again who it is."""
PING = 15
MOVING = frozenset({announce.SCHEDULED, announce.SENDING, announce.PAUSED})


def now() -> datetime:
    """The moment it is."""
    return datetime.now(UTC)


def percent(far: Progress) -> int:
    """How much of it is done."""
    if not far.tally.total:
        return 100 if far.state in {announce.DONE, announce.CANCELLED} else 0
    return far.done * 100 // far.tally.total


async def events(
    signals: Signals,
    look: Callable[[], Awaitable[Progress]],
    told: Callable[[Progress], list[str]],
) -> AsyncIterator[bytes]:
    """The events of one stream."""
    last = ""
    for number in range(LONGEST):
        ticket = signals.ticket("notices")
        far = await look()
        body = json.dumps(
            {"state": far.state, "percent": percent(far), "lines": told(far)}, ensure_ascii=False
        )
        if body != last:
            last = body
            yield f"event: state\ndata: {body}\n\n".encode()
        elif number % PING == 0:
            yield b": .\n\n"
        if far.state not in MOVING or signals.closed:
            break
        await signals.wait(ticket, EVERY)
    if not signals.closed and far.state not in MOVING:
        yield b"event: done\ndata: 1\n\n"
