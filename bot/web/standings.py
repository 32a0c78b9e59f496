"""What the pages of boards show, each read in one go."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot import cards, people, pictures
from bot.cards import Place
from bot.channels import webchat
from quiz import board, jury, players, rounds, season
from quiz.board import NOWHERE, PLAYERS, Row, UnitRow
from quiz.jury import TeamScore
from quiz.rounds import Round, UnknownRoundError
from quiz.rules import Rules

SHOWN, LISTED, AROUND = 100, 60, 2
"""Lines of a board, rounds of the list, neighbours on each side of one's own line."""


@dataclass(frozen=True)
class Listed:
    """A round in the list."""

    uid: str
    title: str
    season: str
    opens_at: datetime
    closes_at: datetime
    open: bool
    over: bool
    players: int


@dataclass(frozen=True)
class Team:
    """A line of the board of teams; `number` is the one of its card."""

    number: int
    unit: str
    score: TeamScore


@dataclass(frozen=True)
class View:
    """A round as everybody sees it."""

    round: Listed
    code: str
    mode: str
    rules: Rules
    shown: bool
    """False while standings would give an answer away: there are no lines then."""
    rows: tuple[Row, ...] = ()
    units: tuple[UnitRow, ...] = ()
    teams: tuple[Team, ...] = ()

    @property
    def has_points(self) -> bool:
        """Whether points decide anything."""
        return "points" in self.rules.ranking

    @property
    def has_units(self) -> bool:
        """Whether anybody of the lines belongs to a unit."""
        return any(row.unit for row in self.rows)


@dataclass(frozen=True)
class Own:
    """What a visitor has in a round: rank, card, and the lines around."""

    key: str
    rank: int
    of: int
    card: str
    version: str
    rows: tuple[Row, ...]


def listed(session: Session, now: datetime) -> list[Listed]:
    """Every round, those that are open first."""
    found = [_of(session, item, now) for item in rounds.listed(session)[:LISTED]]
    return sorted(found, key=lambda item: not item.open)


def _of(session: Session, round_: Round, now: datetime) -> Listed:
    return Listed(
        round_.uid,
        round_.title,
        round_.season,
        round_.opens_at,
        round_.closed_at or round_.closes_at,
        open=rounds.is_open(round_, now),
        over=round_.closed_at is not None or round_.closes_at <= now,
        players=board.count(session, rounds.id_of(round_)),
    )


def table(session: Session, name: str) -> tuple[int, list[Row]]:
    """How many rounds a season has, and its table."""
    of = [rounds.id_of(item) for item in rounds.listed(session) if item.season == name]
    return len(of), season.table(session, of, SHOWN)


def public(session: Session, uid: str) -> Round | None:
    """The public round of a uid: a joining code is no address, a rehearsal has no board."""
    try:
        found = rounds.by_code(session, uid)
    except UnknownRoundError:
        return None
    return found if found.uid == uid and not found.rehearsal else None


def seen(session: Session, uid: str, now: datetime) -> View | None:
    """A round as everybody sees it; None when it has no public board."""
    round_ = public(session, uid)
    if round_ is None:
        return None
    round_id, rules = rounds.id_of(round_), rounds.rules_of(round_)
    item = _of(session, round_, now)
    if not cards.is_shown(session, round_):
        return View(item, round_.code, round_.mode, rules, shown=False)
    return View(
        *(item, round_.code, round_.mode, rules, True),
        rows=tuple(board.top(session, round_id, SHOWN)),
        units=tuple(board.units(session, round_id, rules)),
        teams=tuple(_teams(session, round_)),
    )


def _teams(session: Session, round_: Round) -> list[Team]:
    enrolled = players.enrolled(session, rounds.id_of(round_), "team")
    if not enrolled:
        return []
    numbers = {team.person_key: at for at, team in enumerate(enrolled, start=1)}
    units = {team.person_key: team.unit for team in enrolled}
    return [
        Team(numbers[score.key], units[score.key], score) for score in jury.scores(session, round_)
    ]


def person_key(session: Session, visitor: str) -> str:
    """The key of a visitor's person; empty for one who never wrote."""
    person = people.find(session, webchat.CHANNEL, visitor)
    return person.key if person else ""


def mine(session: Session, uid: str, key: str, place: Place, now: datetime) -> Own | None:
    """A visitor's own place; None when they have none, or it is not shown now."""
    round_ = public(session, uid)
    row = board.standing(session, rounds.id_of(round_), key) if round_ else None
    if round_ is None or row is None or row.side in NOWHERE or not cards.is_shown(session, round_):
        return None
    rank = cards.ranked(session, row)
    picture = cards.of_player(session, round_, row, rank, place, now)
    return Own(
        key,
        *rank,
        cards.name_of(round_, row),
        pictures.version(picture),
        tuple(board.around(session, row, AROUND)) if row.side == PLAYERS else (),
    )
