"""Days chosen at will: the difference of two spans is never of a group under five."""

import itertools
import random
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from sqlmodel import Session

from bot import people, played, reached, traced
from bot.figures import Labels
from bot.i18n import speaking
from bot.notices import taking_part
from bot.notices.announce import Notice, Recipient
from bot.notices.taking_part import Choice
from bot.rows import FEWEST, Figure, Span
from quiz import board
from quiz.rounds import id_of
from tests.conftest import NOON, ZONE
from tests.quiz.conftest import SELF, opened

DAYS = 6
FIRST = NOON.astimezone(ZONE).date()
CHANNELS = ("web", "telegram", "zalo_oa")
HAMLETS, UNITS, WHYS = ("dong", "tay", "bac"), ("truong", "doan", ""), ("blocked", "window", "gone")
CHOICES: tuple[Choice, ...] = ("yes", "maybe", "no")
Shown = Mapping[tuple[str, str], float]


def group(chance: random.Random) -> int:
    """How many are in a group: few as often as many."""
    return chance.choice((0, 1, 2, 3, 4, 5, 6, 9))


def spread(session: Session, seed: int) -> None:
    """Some days of notices, promises, talks and rounds, each with groups of all sizes."""
    chance = random.Random(seed)
    crowd = [people.welcome(session, "web", f"p{at}", f"p{at}", NOON)[0] for at in range(60)]
    keys = [(person.id or 0, person.key) for person in crowd]
    for day in range(DAYS):
        at = NOON + timedelta(days=day)
        notice(session, chance, [number for number, _key in keys], at)
        occasion(session, chance, keys, f"talk{day}", at)
        contest(session, chance, [key for _number, key in keys], at)
    session.flush()


def notice(session: Session, chance: random.Random, numbers: list[int], at: datetime) -> None:
    """A notice that reached some on each channel, and did not reach others."""
    row = Notice(text="Mời bà con", author="Lan", created_at=at, started_at=at)
    session.add(row)
    session.flush()
    kinds = [(channel, "sent", "") for channel in CHANNELS]
    kinds += [("", "waiting", why) for why in WHYS]
    told = [kind for kind in kinds for _each in range(group(chance))]
    own = partial(Recipient, notice_id=row.id or 0, at=at)
    for number, (channel, state, why) in zip(numbers, told, strict=False):
        session.add(own(person_id=number, channel=channel, state=state, reason=why))


def occasion(
    session: Session,
    chance: random.Random,
    keys: list[tuple[int, str]],
    name: str,
    at: datetime,
) -> None:
    """What people promise over some days, and come to on two."""
    said = [choice for choice in CHOICES for _each in range(group(chance))]
    for (number, _key), choice in zip(keys, said, strict=False):
        when = at + timedelta(days=chance.randrange(DAYS))
        taking_part.reply(session, name, number, choice, when)
    came = [hamlet for hamlet in HAMLETS for _each in range(group(chance))]
    for (_number, key), hamlet in zip(keys, came, strict=False):
        when = at + timedelta(days=chance.randrange(2))
        taking_part.check_in(session, name, key, hamlet, "qr", when)


def contest(session: Session, chance: random.Random, keys: list[str], at: datetime) -> None:
    """A round in which some of each unit take part."""
    round_ = opened(session, SELF, opens_at=at)
    units = [unit for unit in UNITS for _each in range(group(chance))]
    for number, (key, unit) in enumerate(zip(keys, units, strict=False)):
        row = partial(board.Standing, round_id=id_of(round_), right=1, answered=2, key=key)
        session.add(row(person_key=key, paper_id=number, unit=unit))


def every_span() -> list[tuple[int, int]]:
    """All spans of these days, by their first and last."""
    return list(itertools.combinations_with_replacement(range(DAYS), 2))


def span(first: int, last: int) -> Span:
    """A span by the numbers of its days."""
    return Span(FIRST + timedelta(first), FIRST + timedelta(last), ZONE)


def shown(session: Session, days: Span) -> Shown:
    """Every number of every figure of some days; what is hidden counts as nothing."""
    figures = [*reached.all_of(session, days, {}, {}), *played.all_of(session, days, {})]
    return {
        (figure.id, row.key): row.value or 0
        for figure in figures
        if figure.id != "diem-thi"
        for row in figure.rows
    }


@pytest.mark.parametrize("seed", range(3))
def test_no_difference_of_two_spans_is_of_few(session: Session, seed: int) -> None:
    """Of any span within another, no figure grows by one to four."""
    spread(session, seed)
    said = {days: shown(session, span(*days)) for days in every_span()}

    assert any(said[days] for days in said)
    for small, large in itertools.product(said, repeat=2):
        if large[0] <= small[0] and small[1] <= large[1]:
            for key, value in said[large].items():
                assert not 0 < value - said[small].get(key, 0) < FEWEST, (key, small, large)
                assert value >= said[small].get(key, 0)


def test_the_rows_behind_add_up_and_stay_as_they_are(session: Session) -> None:
    """Notices of a channel and rounds of a unit make up its sum, and look alike in every span."""
    spread(session, 7)
    cells: dict[tuple[str, str, str], set[str]] = {}
    for days in every_span():
        for (name, key), value in shown(session, span(*days)).items():
            found = down(session, span(*days), name, key)
            if value and found:
                assert sum(row.value or 0 for row in found.rows) == value
            for row in found.rows if found else ():
                cells.setdefault((name, key, row.key), set()).add(row.shown)

    assert {name for name, _key, _row in cells} == {"bao-toi", "nguoi-thi", "buoi"}
    assert all(len(marks) == 1 for marks in cells.values())


def down(session: Session, days: Span, name: str, key: str) -> Figure | None:
    """What a row leads to."""
    return traced.behind(session, days, Labels(), name, key) if name in traced.DOWN else None


def test_the_language_hides_nothing_else(session: Session) -> None:
    """Which reason goes along with a small one is the same in English."""
    spread(session, 4)
    days = span(0, DAYS - 1)

    def values() -> list[tuple[str, float | None]]:
        figure = reached.unreached(reached.told(session, days))
        return sorted((row.key, row.value) for row in figure.rows) if figure else []

    vietnamese = values()
    with speaking("en"):
        assert values() == vietnamese


def test_an_occasion_of_several_days_stands_whole_on_its_first(session: Session) -> None:
    """Six come on one day and two on the next: eight on the first day, and none on the second."""
    for at in range(8):
        day = timedelta(days=int(at >= 6))
        taking_part.check_in(session, "ngay-hoi", f"p{at}", "dong", "qr", NOON + day)

    def came(first: int, last: int) -> list[str]:
        found = reached.talks(reached.came_to(session, span(first, last)), {})
        return [row.shown for row in found.rows] if found else []

    assert [came(0, 0), came(0, 1), came(1, 1)] == [["8"], ["8"], []]


def test_days_before_the_first_have_nothing(session: Session) -> None:
    """What begins later is in no earlier span."""
    spread(session, 1)
    before = Span(date(2020, 1, 1), FIRST - timedelta(1), ZONE)

    assert shown(session, before) == {}
