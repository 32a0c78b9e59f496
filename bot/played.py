"""Figures of contests: who took part by unit, and how much they had right; each round by itself"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy import func, select
from sqlmodel import Session

from bot.db import table_of
from bot.i18n import _
from bot.reached import NO_KEY
from bot.rows import FEWEST, Figure, Row, Span, best, parted, shut, together
from quiz.board import PLAYERS, Standing
from quiz.rounds import Round

_ROUND, _STANDING = table_of(Round).c, table_of(Standing).c


@dataclass(frozen=True)
class Played:
    """A round and, by unit, how many took part, what they answered, and what of it was right."""

    number: int
    at: datetime
    people: dict[str, int] = field(default_factory=dict)
    answered: dict[str, int] = field(default_factory=dict)
    right: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Contests:
    """The rounds of some days that had players, in their order."""

    rounds: tuple[Played, ...]

    @cached_property
    def cells(self) -> Mapping[str, Sequence[Row]]:
        """Of each unit how many took part in each round, hidden there where few did."""
        return parted([one.people for one in self.rounds])


def all_of(session: Session, span: Span, units: Mapping[str, str]) -> list[Figure]:
    """Who took part and what they had right; none when nobody took part in these days."""
    found = contests(session, span)
    figures = (by_unit(found, units), scores(found, units))
    return [figure for figure in figures if figure is not None]


def contests(session: Session, span: Span) -> Contests:
    """The rounds opened in these days; rehearsals are left out."""
    opened = (
        select(_ROUND.id, _ROUND.opens_at)
        .where(
            _ROUND.rehearsal.is_(False), _ROUND.opens_at >= span.begin, _ROUND.opens_at < span.end
        )
        .order_by(_ROUND.opens_at, _ROUND.id)
    )
    found = {number: Played(number, at) for number, at in session.execute(opened)}
    counted = (
        select(
            *(_STANDING.round_id, _STANDING.unit),
            *(func.count(), func.sum(_STANDING.answered), func.sum(_STANDING.right)),
        )
        .where(_STANDING.round_id.in_(found), _STANDING.side == PLAYERS)
        .group_by(_STANDING.round_id, _STANDING.unit)
    )
    for number, unit, people, answered, right in session.execute(counted):
        one, key = found[number], unit or NO_KEY
        one.people[key], one.answered[key], one.right[key] = people, int(answered), int(right)
    return Contests(tuple(one for one in found.values() if one.people))


def by_unit(found: Contests, units: Mapping[str, str]) -> Figure | None:
    """How often people of each unit took part.

    A person counts once in each round: different people of several rounds would be told apart by
    the difference of two spans.
    """
    rows = [together(cells, key, _named(key, units)) for key, cells in found.cells.items()]
    if not rows:
        return None
    title, head = _("Lượt người dự thi theo đơn vị"), _("Đơn vị")
    note = _("Mỗi người tính một lượt ở mỗi vòng; chỉ cộng các vòng có từ 5 người của đơn vị.")
    return Figure("nguoi-thi", title, head, _("Lượt người"), best(rows), note=note, down=True)


def _named(key: str, units: Mapping[str, str]) -> str:
    return _("Chưa chọn đơn vị") if key == NO_KEY else units.get(key, key)


def scores(found: Contests, units: Mapping[str, str]) -> Figure | None:
    """How much of what they answered each unit had right, over the rounds many of it took part in.

    A share says nothing of a total, so no other unit is hidden along.
    """
    keys = sorted({key for one in found.rounds for key, many in one.answered.items() if many})
    rows = [_score(key, found, _named(key, units)) for key in keys]
    if not rows:
        return None
    title, head = _("Tỷ lệ trả lời đúng theo đơn vị"), _("Đơn vị")
    note = _("Chỉ tính các vòng có từ 5 người của đơn vị.")
    return Figure("diem-thi", title, head, _("Trả lời đúng (%)"), best(rows), note=note)


def _score(key: str, found: Contests, name: str) -> Row:
    many = [one for one in found.rounds if one.people.get(key, 0) >= FEWEST]
    answered = sum(one.answered[key] for one in many)
    if not answered:
        return shut(Row(key, name, None))
    right = sum(one.right[key] for one in many)
    return Row(key, name, round(100 * right / answered, 1))


def behind_unit(found: Contests, key: str, title: str, span: Span) -> Figure:
    """How many of a unit took part in each round it took part in."""
    rows = tuple(
        Row(f"{one.number}", _round(one, span), cell.value, cell.mark)
        for one, cell in zip(found.rounds, found.cells[key], strict=True)
        if key in one.people
    )
    return Figure(f"nguoi-thi-{key}", title, _("Vòng thi"), _("Số người"), rows)


def _round(one: Played, span: Span) -> str:
    return _("Vòng {day}").format(day=f"{one.at.astimezone(span.zone):%d/%m/%Y}")
