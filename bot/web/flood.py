"""How often one may write: so many a minute, counted in memory and bounded."""

from collections import OrderedDict, deque

MINUTE = 60.0
REMEMBERED = 10_000
"""Senders we count at once; the one silent longest is let go."""


class Flood:
    """Counts what each sender did in the last minute."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, sender: str, now: float) -> float:
        """Seconds until a sender may write again; 0 when they may now."""
        times = self._times.get(sender)
        if times is None or len(times) < self.limit:
            return 0.0
        return max(0.0, times[0] + MINUTE - now)

    def count(self, sender: str, now: float) -> None:
        """Remember that a sender wrote."""
        times = self._times.setdefault(sender, deque(maxlen=self.limit))
        times.append(now)
        self._times.move_to_end(sender)
        if len(self._times) > REMEMBERED:
            self._times.popitem(last=False)
