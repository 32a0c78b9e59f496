"""Joining from a phone: nickname, unit, and the birth year where the rules have limits of age."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot import organisers, people
from bot.flows.hall import problem
from bot.flows.live import refused
from bot.i18n import _
from bot.people import Person
from quiz import contest, players, rounds
from quiz.papers import Entrant, NotAllowedError
from quiz.players import NicknameError
from quiz.rounds import Round, RoundClosedError

CHANNEL = "stage"
CHILD = 16
"""Of who is younger we keep a nickname only: no unit, no birth year."""
OLDEST = 120


@dataclass(frozen=True)
class Asking:
    """Somebody who asks to take part."""

    visitor: str
    name: str
    unit: str
    born: str = ""


def asks_age(round_: Round) -> bool:
    """Whether the rules of a contest have limits of age."""
    rules = rounds.rules_of(round_)
    return bool(rules.least_age or rules.most_age)


def join(session: Session, round_id: int, asking: Asking, at: datetime) -> str:
    """Join a contest; why not, in words, or nothing. Joining again changes nothing."""
    round_ = session.get_one(Round, round_id)
    known = people.find(session, "web", asking.visitor)
    if known is not None and contest.paper_of(session, round_, known.key) is not None:
        return ""
    before = players.of(session, known.key) if known is not None else None
    year = _year(asking.born, at) or (before.birth_year if before else None)
    if asks_age(round_) and year is None:
        return _("Bạn gõ năm sinh bốn chữ số giúp mình, ví dụ 2008.")
    try:
        players.checked(asking.name)
        person, _new = people.welcome(session, "web", asking.visitor, asking.visitor, at)
        player = players.name(session, person.key, asking.name, at)
        who = _entrant(session, round_, person, asking.unit, year, at)
        if asks_age(round_) and not _is_child(year, at):
            player.birth_year = year
        contest.join(session, round_, who, CHANNEL, at)
    except NicknameError as error:
        return problem(error.problem)
    except NotAllowedError as error:
        return refused(error.reason)
    except RoundClosedError:
        return _("Cuộc thi này đã kết thúc hoặc chưa mở.")
    return ""


def _entrant(
    session: Session, round_: Round, person: Person, unit: str, year: int | None, at: datetime
) -> Entrant:
    """The person as the rules see them; of a child no unit, unless only units may enter."""
    organiser = organisers.of(session, person) is not None
    if _is_child(year, at):
        entered = unit if rounds.rules_of(round_).units else ""
        return Entrant(person.key, entered, year, organiser=organiser)
    person.unit = unit or person.unit
    return Entrant(person.key, person.unit, year, organiser=organiser)


def _is_child(year: int | None, at: datetime) -> bool:
    return year is not None and at.year - year < CHILD


def _year(born: str, at: datetime) -> int | None:
    """The year that was typed, if somebody alive can be born in it."""
    year = int(born) if born.isdecimal() and len(born) == 4 else 0
    return year if at.year - OLDEST <= year <= at.year else None
