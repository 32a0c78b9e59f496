"""The windows of interaction: free for 48 hours, billed to the seventh day, then closed. Pure."""

from datetime import datetime, timedelta
from typing import Literal

FREE = timedelta(hours=48)
BILLED = timedelta(days=7)


def window(heard: datetime | None, now: datetime) -> Literal["free", "billed", "closed"]:
    """In which window somebody is, by when they were last heard.

    Of whom nothing is known any more nothing is held back: they have just been forgotten, and what
    is sent is the farewell.
    """
    if heard is None or now - heard < FREE:
        return "free"
    return "billed" if now - heard < BILLED else "closed"
