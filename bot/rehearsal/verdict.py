"""Go or no-go: what a rehearsal came to, each figure beside its limit. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

COUNTED_WITHIN = 2.0
"""Seconds after the last press within which all are counted."""
SHOWN_WITHIN = 0.400
"""Seconds within which 99 of 100 phones show a step of the presenter. `make bench` holds 1,000
phones to 150 ms; here the simulated hall and the server may share a laptop, and what a full hall
of 5,000 is allowed is still too short for people to notice."""


OWN_DELAY = 0.05
"""Seconds the rehearsal itself may be late before it must say so."""


@dataclass(frozen=True)
class Facts:
    """What happened: people, what they pressed, and what the log and the board hold of it."""

    players: int
    joined: int
    pressed: int
    """Answers given in time, each once for a player and a question."""
    lost: int
    double: int
    late: int
    """Answers given after the time, and counted."""
    forged: int
    """Presses nobody could have made, and counted."""
    differences: int
    """Rows of the board that are not what the log gives."""
    refused: int
    """Requests that failed although they were repeated."""
    counted_within: float
    """Seconds from the last press of a question to the last one being counted, at worst."""
    delays: Sequence[float]
    """Seconds from each step to each phone that showed it."""
    dropped: int
    resumed: int
    """How often a line was lost, and how often who came back was shown the contest."""
    deaf: int
    """Phones that did not show the last step."""


@dataclass(frozen=True)
class Check:
    """One figure and its limit, in words."""

    name: str
    found: str
    limit: str
    good: bool


def checks(facts: Facts) -> list[Check]:
    """Every figure beside its limit."""
    slowest = percentile(facts.delays, 0.99)
    return [
        _all("Người vào được", facts.joined, facts.players),
        _none("Câu trả lời bị mất", facts.lost),
        _none("Câu trả lời tính hai lần", facts.double),
        _none("Câu trả lời trễ mà vẫn tính", facts.late),
        _none("Lượt bấm giả mà vẫn tính", facts.forged),
        _none("Dòng xếp hạng lệch nhật ký", facts.differences),
        _none("Lượt gửi hỏng hẳn", facts.refused),
        _all("Lần mất mạng rồi nối lại được", facts.resumed, facts.dropped),
        _none("Máy không thấy bước cuối", facts.deaf),
        _within("Tính xong sau lượt bấm cuối", facts.counted_within, COUNTED_WITHIN),
        _within("Điện thoại hiện bước mới (99 %)", slowest, SHOWN_WITHIN),
    ]


def _all(name: str, found: int, wanted: int) -> Check:
    return Check(name, f"{found}", f"{wanted}", found == wanted)


def _none(name: str, found: int) -> Check:
    return Check(name, f"{found}", "0", found == 0)


def _within(name: str, found: float, limit: float) -> Check:
    told = "không đo được" if math.isinf(found) else f"{found:.2f} giây"
    return Check(name, told, f"{limit:.2f} giây", found <= limit)


def percentile(values: Sequence[float], part: float) -> float:
    """The value which that part of all does not exceed; infinite when there is none."""
    if not values:
        return math.inf
    return sorted(values)[max(0, math.ceil(part * len(values)) - 1)]


def table(found: Sequence[Check]) -> str:
    """The checks as lines, and the verdict in the last one."""
    wide = max(len(check.name) for check in found)
    lines = [
        f"{'đạt' if check.good else 'HỎNG':<5} {check.name:<{wide}}  {check.found} "
        f"(mức {check.limit})"
        for check in found
    ]
    bad = [check.name for check in found if not check.good]
    verdict = f"CHƯA SẴN SÀNG: {'; '.join(bad).lower()}." if bad else "SẴN SÀNG."
    return "\n".join([*lines, "", verdict])
