"""Questions that wait, put together by likeness, counted by thôn and by week."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from bot.desk import handed
from bot.desk.handed import Handed
from bot.people import Person
from faq import unanswered
from faq.unanswered import Unanswered

MOST = 150
"""Questions looked at together, oldest first: nobody reads more at once."""
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Asked:
    """One question of a group; of who asked, the thôn alone."""

    id: int
    code: str
    text: str
    at: datetime
    hamlet: str
    why: str


@dataclass(frozen=True)
class Group:
    """Questions alike, oldest first."""

    asked: tuple[Asked, ...]
    near: tuple[str, ...]
    """Entries that came nearest, best first."""
    hamlets: tuple[tuple[str, int], ...]
    weeks: tuple[tuple[date, int], ...]
    """How many a week, by its Monday."""
    handed: Handed | None

    @property
    def code(self) -> str:
        """The group is known by its oldest question."""
        return self.asked[0].code

    @property
    def text(self) -> str:
        """The question in the words of who asked it first."""
        return self.asked[0].text

    @property
    def texts(self) -> list[str]:
        """The different wordings."""
        return list(dict.fromkeys(item.text for item in self.asked))


def groups(
    session: Session, zone: ZoneInfo, hamlet: str = "", monday: date | None = None
) -> list[Group]:
    """The oldest questions that wait, of one thôn or one week if asked, largest group first."""
    statement = select(Unanswered, Person.hamlet).outerjoin(  # type: ignore[call-overload]
        Person, col(Person.key) == col(Unanswered.person_key)
    )
    statement = statement.where(col(Unanswered.state) == unanswered.OPEN)
    if hamlet:
        statement = statement.where(col(Person.hamlet) == hamlet)
    if monday is not None:
        start = datetime.combine(monday, time(), zone)
        asked_at = col(Unanswered.asked_at)
        statement = statement.where(asked_at >= start, asked_at < start + WEEK)
    rows = session.execute(statement.order_by(col(Unanswered.id)).limit(MOST)).all()
    hamlets = {question.id or 0: found or "" for question, found in rows}
    given = handed.of(session, list(hamlets))
    alike = unanswered.grouped([question for question, _hamlet in rows])
    return [_group(items, hamlets, given, zone) for items in alike]


def of(session: Session, code: str, zone: ZoneInfo) -> Group | None:
    """The group a waiting question belongs to; a question beyond the oldest stands alone."""
    for group in groups(session, zone):
        if any(item.code == code for item in group.asked):
            return group
    try:
        found = unanswered.by_code(session, code)
    except unanswered.UnknownQuestionError:
        return None
    if found.state != unanswered.OPEN:
        return None
    row = found.id or 0
    return _group([found], {row: ""}, handed.of(session, [row]), zone)


def _group(
    items: Sequence[Unanswered],
    hamlets: dict[int, str],
    given: dict[int, Handed],
    zone: ZoneInfo,
) -> Group:
    asked = tuple(
        Asked(
            *(item.id or 0, item.code, item.text, item.asked_at),
            hamlets.get(item.id or 0, ""),
            item.why,
        )
        for item in items
    )
    near = Counter(name for item in items for name in json.loads(item.near)[:3])
    weeks = Counter(monday_of(item.at.astimezone(zone).date()) for item in asked)
    return Group(
        asked,
        tuple(name for name, _many in near.most_common(3)),
        tuple(Counter(item.hamlet for item in asked).most_common()),
        tuple(sorted(weeks.items(), reverse=True)),
        next((given[item.id] for item in asked if item.id in given), None),
    )


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())
