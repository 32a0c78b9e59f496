"""The jury of a stage performance: who marks, what they gave, and what it comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from sqlalchemy import DateTime, UniqueConstraint, select
from sqlmodel import Field, Session, SQLModel, col

from quiz import board
from quiz.board import TEAMS
from quiz.players import HIDDEN, enrolled
from quiz.rounds import Round, id_of, rules_of
from quiz.rules import JURORS


class Juror(SQLModel, table=True):
    """A member of the jury, known by the name that will stand in the minute."""

    __table_args__ = (UniqueConstraint("round_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id")
    name: str
    added_at: datetime = Field(sa_type=DateTime(timezone=True))


class Mark(SQLModel, table=True):
    """What a juror gave a team for a part; given again, the last one counts."""

    juror_id: int = Field(foreign_key="juror.id", primary_key=True)
    team: str = Field(primary_key=True)
    part: str = Field(primary_key=True)
    points: float
    at: datetime = Field(sa_type=DateTime(timezone=True))


class MarkError(Exception):
    """This mark cannot be given: no such team or part, or out of its range."""


class JuryFullError(Exception):
    """The jury has as many members as it may have."""


@dataclass(frozen=True)
class TeamScore:
    """What a team has: its quiz points, the jury's average, and both together."""

    rank: int
    key: str
    name: str
    quiz: int
    jury: float
    """The sum over the parts of the jurors' average, weighed."""
    parts: tuple[tuple[str, float], ...]
    """Each part's id with its weighed average."""
    marks: int
    """How many marks were given, of jurors x parts."""

    @property
    def total(self) -> float:
        """Quiz points and jury points together."""
        return round(self.quiz + self.jury, 2)


def appoint(session: Session, round_: Round, name: str, now: datetime) -> Juror:
    """Add a member of the jury. Raises JuryFullError."""
    if len(jurors(session, round_)) >= JURORS[1]:
        raise JuryFullError
    juror = Juror(round_id=id_of(round_), name=" ".join(name.split()), added_at=now)
    session.add(juror)
    session.flush()
    return juror


def jurors(session: Session, round_: Round) -> list[Juror]:
    """The members of the jury, in the order they were appointed."""
    statement = select(Juror).where(col(Juror.round_id) == id_of(round_))
    return list(session.scalars(statement.order_by(col(Juror.id))))


def give(
    session: Session,
    round_: Round,
    juror: Juror,
    team: str,
    part: str,
    points: float,
    now: datetime,
) -> Mark:
    """Keep a juror's mark; it replaces the one given before. Raises MarkError."""
    limits = {item.id: item.most for item in rules_of(round_).parts}
    teams = {item.person_key for item in enrolled(session, id_of(round_), "team")}
    if team not in teams or part not in limits or not 0 <= points <= limits[part]:
        raise MarkError
    mark = session.get(Mark, (juror.id, team, part))
    if mark is None:
        mark = Mark(juror_id=juror.id or 0, team=team, part=part, points=points, at=now)
        session.add(mark)
    mark.points, mark.at = round(points, 2), now
    session.flush()
    return mark


def marks(session: Session, round_: Round) -> list[tuple[Juror, Mark]]:
    """Every mark with the juror who gave it, in order of jurors."""
    statement = (
        select(Juror, Mark)
        .join(Mark, col(Mark.juror_id) == col(Juror.id))
        .where(col(Juror.round_id) == id_of(round_))
        .order_by(col(Juror.id), col(Mark.team), col(Mark.part))
    )
    return [(juror, mark) for juror, mark in session.execute(statement)]


def scores(session: Session, round_: Round) -> list[TeamScore]:
    """The teams by quiz and jury together; a part without marks counts nothing yet."""
    parts = rules_of(round_).parts
    given = marks(session, round_)
    quiz = {row.person_key: row.points for row in board.top(session, id_of(round_), 100, TEAMS)}
    found = []
    for team in enrolled(session, id_of(round_), "team"):
        own = [mark for _juror, mark in given if mark.team == team.person_key]
        averages = tuple(
            (part.id, round(part.weight * _average(own, part.id), 2)) for part in parts
        )
        jury = round(sum(points for _part, points in averages), 2)
        score = quiz.get(team.person_key, 0)
        name = HIDDEN if team.hidden else team.nickname
        found.append(TeamScore(0, team.person_key, name, score, jury, averages, len(own)))
    return _ranked(sorted(found, key=lambda item: (-item.total, -item.quiz, item.name)))


def _average(given: Sequence[Mark], part: str) -> float:
    points = [mark.points for mark in given if mark.part == part]
    return fmean(points) if points else 0.0


def _ranked(found: Sequence[TeamScore]) -> list[TeamScore]:
    """Equal totals and quiz points share a rank."""
    ranked: list[TeamScore] = []
    for place, score in enumerate(found, start=1):
        same = ranked and (ranked[-1].total, ranked[-1].quiz) == (score.total, score.quiz)
        rank = ranked[-1].rank if same else place
        ranked.append(TeamScore(rank, *list(vars(score).values())[1:]))
    return ranked


def complete(session: Session, round_: Round) -> bool:
    """Whether a jury of the right size has marked every part of every team."""
    many = len(jurors(session, round_))
    parts, teams = len(rules_of(round_).parts), len(enrolled(session, id_of(round_), "team"))
    if not parts or not teams:
        return True
    return JURORS[0] <= many <= JURORS[1] and len(marks(session, round_)) == many * parts * teams
