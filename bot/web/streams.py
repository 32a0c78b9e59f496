"""The streams that are open: so many in the process, so many a visitor; the oldest makes room."""

from dataclasses import dataclass

from bot.signals import Signals

MOST = 500
MOST_OF_ONE = 5
"""A browser opens six connections to a server; one must stay free for posting."""


@dataclass(eq=False)
class Stream:
    """One page that listens."""

    lane: str
    closed: bool = False


class Streams:
    """The streams of this process, oldest first."""

    def __init__(self, signals: Signals, most: int = MOST, most_of_one: int = MOST_OF_ONE) -> None:
        self.signals = signals
        self.most = most
        self.most_of_one = most_of_one
        self._open: dict[Stream, None] = {}

    def __len__(self) -> int:
        return len(self._open)

    def open(self, lane: str) -> Stream:
        """Begin to listen; the oldest stream ends where there are too many."""
        mine = [stream for stream in self._open if stream.lane == lane]
        if len(mine) >= self.most_of_one:
            self._end(mine[0])
        if len(self._open) >= self.most:
            self._end(next(iter(self._open)))
        stream = Stream(lane)
        self._open[stream] = None
        return stream

    def close(self, stream: Stream) -> None:
        """A stream has ended."""
        self._open.pop(stream, None)
        if not any(other.lane == stream.lane for other in self._open):
            self.signals.wake(stream.lane)  # so that no ticket of a visitor who left stays behind

    def _end(self, stream: Stream) -> None:
        stream.closed = True
        self._open.pop(stream, None)
        self.signals.wake(stream.lane)
