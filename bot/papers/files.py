"""The files a round can be carried away in, by their ending: to carry on, to count, to print."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.papers import minutes, results
from quiz import merge
from quiz.rounds import Round

Writes = Callable[[Session, Round], bytes]
KINDS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
"""What each file is: the minute, the results, the same as text, and what another machine reads."""


@dataclass(frozen=True)
class Around:
    """What the files name besides the round itself."""

    zone: ZoneInfo
    operator: str
    units: Mapping[str, str]
    categories: Mapping[str, str]


def writers(around: Around, now: datetime) -> dict[str, Writes]:
    """What writes each file."""
    zone, units, categories = around.zone, around.units, around.categories
    return {
        "json": lambda session, round_: merge.dump(session, round_).encode(),
        "xlsx": partial(results.xlsx, zone=zone, now=now, units=units, categories=categories),
        "csv": partial(results.csv, zone=zone, now=now, units=units),
        "docx": partial(
            minutes.docx,
            zone=zone,
            operator=around.operator,
            now=now,
            units=units,
            categories=categories,
        ),
    }
