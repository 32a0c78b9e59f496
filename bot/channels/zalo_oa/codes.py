"""What Zalo's error codes mean for a message, for a person, and for the channel. Pure.

The numbers are of the OA message API alone: elsewhere in Zalo the same number means other things.
"""

from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.messages import (
    BrokenError,
    DeliveryError,
    GoneError,
    RefusedError,
    RetryError,
    SlowDownError,
    UncertainError,
)
from bot.reach import Why

Act = Literal[
    "token",  # the access token is spent: a new one, once
    "slow",  # too many calls: everybody waits
    "again",  # try twice more
    "soon",  # an article that is still being made
    "plain",  # a parameter it does not like: without ornaments, once, then never
    "ours",  # our own mistake: an operator should know
    "window",  # nothing until they write
    "declined",  # they do not take this kind of message
    "resting",  # they had enough for today
    "gone",  # banned, or away for long
    "quota",  # what costs is over, for all
    "channel",  # nothing works until a person mends it
    "night",  # not between 22:00 and 06:00
    "review",  # against the platform's rules
    "drop",  # of groups, templates, attachments: not for us
]
CODES: dict[Act, tuple[int, ...]] = {
    "token": (-216, -220, -401),
    "slow": (-32,),
    "again": (-200,),
    "soon": (-214,),
    "plain": (-201, -233),
    "ours": (-210, -240, -242),
    "window": (-230, -231, -232, -305),
    "declined": (-213, -217, -244),
    "resting": (-218,),
    "gone": (-227,),
    "quota": (-211, -311, -320, -321, -224, -221),
    "channel": (-204, -205, -209, -212, -219, -223, -235),
    "night": (-234,),
    "review": (-248,),
    "drop": (-100, -237, -238, -241, -249, -403),
}
ACTS: dict[int, Act] = {code: act for act, codes in CODES.items() for code in codes}
ALARMING = frozenset[Act](["ours", "quota", "channel", "review"])
"""What an operator or an organiser should hear of."""
CLOSES: dict[Act, Why] = {"window": "window", "declined": "declined", "resting": "resting"}
REST = timedelta(hours=24)
MEND = 300.0
"""Seconds before a channel that does not work is tried again."""
MORNING = time(6, 0)


def act_of(code: int) -> Act | None:
    """What a code asks for; a few were seen with either sign. None: not on our list."""
    return ACTS.get(code) or ({216: "token", 220: "token", 401: "token"}.get(code))  # type: ignore[return-value]


def meaning(code: int, now: datetime, zone: ZoneInfo) -> DeliveryError:
    """What an error code means for the message that was to be sent."""
    reason = str(code)
    match act_of(code):
        case "token" | "channel":
            return BrokenError(reason, wait=MEND)
        case "slow":
            return SlowDownError(reason, wait=5.0)
        case "again":
            return RetryError(reason, most=3)
        case "soon":
            return RetryError(reason, wait=180.0)
        case "night":
            return RetryError(reason, wait=until_morning(now, zone))
        case "gone":
            return GoneError(reason)
        case _:
            return RefusedError(reason)


def of_status(status: int) -> DeliveryError | None:
    """What an HTTP status means by itself; None when the body says more."""
    if status == 504:
        return UncertainError("504")  # a gateway gave up waiting: Zalo may have had it
    if status == 429:
        return SlowDownError("429", wait=5.0)
    if status >= 500:
        return RetryError(str(status))
    return None


def until_morning(now: datetime, zone: ZoneInfo) -> float:
    """Seconds until six in the morning."""
    here = now.astimezone(zone)
    morning = datetime.combine(here.date(), MORNING, zone)
    if morning <= here:
        morning += timedelta(days=1)
    return (morning - here).total_seconds()
