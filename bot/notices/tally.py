"""What became of a notice: every recipient in just one number, and how far it is."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, null, select
from sqlmodel import Session

from bot import outbox
from bot.db import table_of
from bot.notices import copies
from bot.notices.announce import OUT, Notice, NoticeError, Recipient
from bot.outbox import Outbox

_OUTBOX, _RECIPIENT = table_of(Outbox), table_of(Recipient)


@dataclass(frozen=True)
class Tally:
    """How a notice stands: every recipient in just one number."""

    total: int = 0
    left: int = 0
    """Queued, held, being sent, or not queued yet."""
    sent: int = 0
    later: int = 0
    """Could not be pushed to, and saw it when they next wrote."""
    unreached: Counter[str] = field(default_factory=Counter)
    """Cannot be pushed to, by reason."""
    failed: Counter[str] = field(default_factory=Counter)
    """Refused for good, by reason."""
    unknown: int = 0
    """Perhaps delivered; not sent again unasked."""
    cancelled: int = 0
    by_channel: Counter[str] = field(default_factory=Counter)
    """Those it was sent to, by channel."""

    @property
    def adds_up(self) -> bool:
        """Whether every recipient is counted."""
        ended = self.sent + self.later + self.unknown + self.cancelled
        return self.total == self.left + ended + self.unreached.total() + self.failed.total()


def tally(session: Session, number: int) -> Tally:
    """How a notice stands now."""
    return tallies(session, [number])[number]


def tallies(session: Session, numbers: Sequence[int]) -> dict[int, Tally]:
    """How each of some notices stands now, read in one go."""
    found = {number: _Counting() for number in numbers}
    for number, own, reason, channel, sending, error, many in _counts(session, numbers):
        found[number].add(_kind(own, sending), many, channel, reason, error)
    return {number: counting.tally() for number, counting in found.items()}


def _counts(session: Session, numbers: Sequence[int]) -> Iterator[Sequence[Any]]:
    """By notice, own state, reason, channel, state and error of the message: how many."""
    mine = _RECIPIENT.c.notice_id.in_(numbers)
    own = (_RECIPIENT.c.notice_id, _RECIPIENT.c.state, _RECIPIENT.c.reason, _RECIPIENT.c.channel)
    # Nobody is out of a notice that is done: it is counted in the index alone.
    ended = select(*own, null(), null(), func.count()).where(mine, _RECIPIENT.c.state != OUT)
    keys = (*own, _OUTBOX.c.state, _OUTBOX.c.error)
    out = (
        select(*keys, func.count())
        .outerjoin(_OUTBOX, _OUTBOX.c.id == _RECIPIENT.c.outbox_id)
        .where(mine, _RECIPIENT.c.state == OUT)
    )
    for statement in (ended.group_by(*own), out.group_by(*keys)):
        yield from session.connection().execute(statement)


class _Counting:
    """A tally while its rows are read."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.by_channel: Counter[str] = Counter()
        self.unreached: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()

    def add(self, kind: str, many: int, channel: str, reason: str, error: str | None) -> None:
        """Count so many recipients of a kind."""
        self.counts[kind] += many
        match kind:
            case "sent":
                self.by_channel[channel] += many
            case "unreached":
                self.unreached[reason] += many
            case "failed":
                self.failed[error or reason] += many

    def tally(self) -> Tally:
        """What was counted."""
        return Tally(
            total=self.counts.total(),
            left=self.counts["left"],
            sent=self.counts["sent"],
            later=self.counts["later"],
            unreached=self.unreached,
            failed=self.failed,
            unknown=self.counts["unknown"],
            cancelled=self.counts["cancelled"],
            by_channel=self.by_channel,
        )


def _kind(own: str, sending: str | None) -> str:
    """The number of a tally that counts a recipient: their own state, then their message's."""
    match sending if own == OUT else own:
        case "waiting":
            return "unreached"
        case "later" | "sent" | "failed" | "unknown" | "cancelled" as same:
            return same
        case _:
            return "left"


@dataclass(frozen=True)
class Progress:
    """How far a notice is: shown live in the terminal and at the desk."""

    state: str
    resting: bool
    filled: bool
    tally: Tally
    rate: float
    """Messages settled a second, over the last ten."""
    groups: Counter[str] = field(default_factory=Counter)
    """How the copies for groups stand: counted apart from people."""

    @property
    def done(self) -> int:
        """How many there is nothing more to do for."""
        return self.tally.total - self.tally.left

    @property
    def remaining(self) -> timedelta | None:
        """How long it will go on at this rate; None when nothing moves."""
        return timedelta(seconds=self.tally.left / self.rate) if self.rate else None


def progress(session: Session, number: int, now: datetime) -> Progress:
    """How far a notice is. Raises NoticeError."""
    notice = session.get(Notice, number)
    if notice is None:
        raise NoticeError("unknown")
    recent = select(func.count()).where(
        _OUTBOX.c.notice_id == number,
        _OUTBOX.c.state.in_((outbox.SENT, outbox.FAILED, outbox.UNKNOWN)),
        _OUTBOX.c.channel != "web",
        _OUTBOX.c.settled_at > now - timedelta(seconds=10),
    )
    settled = session.connection().scalar(recent) or 0
    told, in_groups = tally(session, number), copies.told(session, number)
    return Progress(notice.state, notice.resting, notice.filled, told, settled / 10, in_groups)
