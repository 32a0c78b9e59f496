"""Papers: what a player writes alone, question by question."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from quiz import board, scoring
from quiz.bank import Question
from quiz.draw import Asked, draw
from quiz.log import NOTHING, Answer, Paper, tallies
from quiz.rounds import Round, RoundClosedError, drawn, id_of, is_open, rules_of, sheet_of, written
from quiz.rules import Rules
from quiz.store import dialect_of, insert

NO_CHOICE = -1
HOLD = timedelta(hours=2)
"""An unfinished paper without any time limit left is over; nothing waits longer than this."""


class NotAllowedError(Exception):
    """The player may not enter; `reason` is "organiser", "unit", "age" or "birth year"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoAttemptLeftError(Exception):
    """The player has written as many papers as the rules allow for now."""


@dataclass(frozen=True)
class Entrant:
    """Who wants to enter, as far as the rules ask."""

    person_key: str
    unit: str = ""
    birth_year: int | None = None
    organiser: bool = False


@dataclass(frozen=True)
class Put:
    """A question put to a player: as it was frozen, with its options in their order."""

    number: int
    """From 1."""
    of: int
    question: Question
    order: tuple[int, ...]
    limit: timedelta
    asked_at: datetime

    @property
    def options(self) -> tuple[str, ...]:
        """The options as the player sees them."""
        return tuple(self.question.options[original] for original in self.order)


@dataclass(frozen=True)
class Outcome:
    """What became of an answer to a paper."""

    question: Question
    choice: int
    """The option of the bank, or NO_CHOICE."""
    right: bool
    late: bool
    points: int = 0


def close(session: Session, round_: Round, now: datetime, actual: int | None = None) -> None:
    """End a round; with the number that was to be predicted, rank again."""
    if round_.closed_at is None:
        round_.closed_at = now
    if actual is not None:
        round_.actual = actual
    session.flush()
    for paper in _unfinished(session, round_):
        paper.finished_at = round_.closed_at
    session.flush()
    board.enter(session, board.best_rows(rules_of(round_), tallies(session, round_)))


def hand_in_overdue(session: Session, now: datetime) -> int:
    """Hand in the papers whose time is over, so that what was answered counts; how many."""
    handed = 0
    statement = (
        select(Round)
        .join(Paper, col(Paper.round_id) == col(Round.id))
        .where(col(Paper.finished_at).is_(None), col(Paper.asked) != NOTHING)
        .distinct()
    )
    for round_ in session.scalars(statement).all():
        over = set()
        for paper in _unfinished(session, round_):
            last = min(_last_moment(round_, paper), paper.started_at + HOLD)
            if now >= last:
                paper.finished_at = last
                over.add(paper.person_key)
                handed += 1
        session.flush()
        _stand(session, round_, *sorted(over))
    return handed


def _unfinished(session: Session, round_: Round) -> list[Paper]:
    statement = select(Paper).where(
        col(Paper.round_id) == id_of(round_),
        col(Paper.finished_at).is_(None),
        col(Paper.asked) != NOTHING,
    )
    return list(session.scalars(statement))


def may_enter(round_: Round, who: Entrant, now: datetime) -> None:
    """Whether somebody may play. Raises RoundClosedError and NotAllowedError."""
    rules = rules_of(round_)
    if not is_open(round_, now):
        raise RoundClosedError
    if who.organiser:
        raise NotAllowedError("organiser")
    if rules.units and who.unit not in rules.units:
        raise NotAllowedError("unit")
    if rules.least_age or rules.most_age:
        if who.birth_year is None:
            raise NotAllowedError("birth year")
        age = now.year - who.birth_year
        if not rules.least_age <= age <= (rules.most_age or 200):
            raise NotAllowedError("age")


def begin(
    session: Session, round_: Round, who: Entrant, channel: str, now: datetime, zone: ZoneInfo
) -> Paper:
    """A new paper, or the one that is not finished yet.

    Raises RoundClosedError, NotAllowedError and NoAttemptLeftError.
    """
    papers = of_player(session, id_of(round_), who.person_key)
    for paper in papers:
        if paper.finished_at is None:
            return paper
    may_enter(round_, who, now)
    if attempts_left(rules_of(round_), papers, now, zone) <= 0:
        raise NoAttemptLeftError
    attempt = len(papers) + 1
    seed = f"{round_.seed}/{who.person_key}/{attempt}"
    asked = draw(list(sheet_of(round_).values()), rules_of(round_), seed)
    paper = Paper(
        round_id=id_of(round_),
        person_key=who.person_key,
        attempt=attempt,
        asked=written(asked),
        started_at=now,
        unit=who.unit,
        channel=channel,
    )
    session.add(paper)
    session.flush()
    _stand(session, round_, who.person_key)
    return paper


def of_player(session: Session, round_id: int, person_key: str) -> list[Paper]:
    """The papers a player wrote in a round, the first one first."""
    statement = select(Paper).where(
        col(Paper.round_id) == round_id, col(Paper.person_key) == person_key
    )
    return list(session.scalars(statement.order_by(col(Paper.attempt))))


def attempts_left(rules: Rules, papers: Iterable[Paper], now: datetime, zone: ZoneInfo) -> int:
    """How many more papers a player may begin now."""
    begun = [
        paper
        for paper in papers
        if rules.period == "round" or _week(paper.started_at, zone) == _week(now, zone)
    ]
    return rules.attempts - len(begun)


def _week(moment: datetime, zone: ZoneInfo) -> tuple[int, int]:
    local = moment.astimezone(zone).isocalendar()
    return local.year, local.week


def asked_of(paper: Paper) -> list[Asked]:
    """The questions drawn for a paper."""
    return list(drawn(paper.asked))


def put(round_: Round, paper: Paper, now: datetime) -> Put | None:
    """The question before a player; its clock starts when it is put first. None: no more."""
    asked = asked_of(paper)
    if paper.finished_at is not None or paper.number >= len(asked):
        return None
    if paper.asked_at is None:
        paper.asked_at = now
    item = asked[paper.number]
    question = sheet_of(round_)[item.question]
    limit = rules_of(round_).limit(question.difficulty)
    return Put(paper.number + 1, len(asked), question, item.order, limit, paper.asked_at)


def answer(
    session: Session,
    round_: Round,
    paper: Paper,
    shown: int,
    channel: str,
    received: datetime,
    question: str = "",
) -> Outcome | None:
    """Count the answer to the question before the player, by the moment it was received.

    `question` is the one a tapped button belongs to. None when it is not the one before the
    player (a second tap, an old button): nothing happens then.
    """
    now_put = put(round_, paper, received)
    if now_put is None or question not in {"", now_put.question.id}:
        return None
    deadline = min(now_put.asked_at + now_put.limit, _last_moment(round_, paper))
    late = scoring.is_late(channel, deadline, received)
    choice = NO_CHOICE if late or shown == NO_CHOICE else now_put.order[shown]
    outcome = _judge(round_, now_put, choice, late, received)
    row = _row(paper, now_put, outcome, channel, received)
    statement = insert(Answer, dialect_of(session)).on_conflict_do_nothing()
    session.execute(statement, [row])
    _advance(round_, paper, received)
    session.flush()
    _stand(session, round_, paper.person_key)
    return outcome


def _stand(session: Session, round_: Round, *players: str) -> None:
    """Write the standing rows of players, from the log of their papers."""
    papers = [paper for key in players for paper in of_player(session, id_of(round_), key)]
    if papers:
        rows = board.best_rows(rules_of(round_), tallies(session, round_, papers))
        board.enter(session, rows)


def _judge(round_: Round, now_put: Put, choice: int, late: bool, received: datetime) -> Outcome:
    right = not late and choice == now_put.question.answer
    spent = scoring.took(now_put.asked_at, now_put.limit, received)
    gained = scoring.points(rules_of(round_), now_put.limit, spent, right=right)
    return Outcome(now_put.question, choice, right, late, gained)


def _row(
    paper: Paper, now_put: Put, outcome: Outcome, channel: str, received: datetime
) -> dict[str, object]:
    return {
        "round_id": paper.round_id,
        "paper_id": paper.id,
        "person_key": paper.person_key,
        "attempt": paper.attempt,
        "question": now_put.question.id,
        "opening": 0,
        "choice": outcome.choice,
        "right": outcome.right,
        "late": outcome.late,
        "points": outcome.points,
        "took": scoring.took(now_put.asked_at, now_put.limit, received),
        "asked_at": now_put.asked_at,
        "received_at": received,
        "channel": channel,
    }


def _advance(round_: Round, paper: Paper, received: datetime) -> None:
    paper.number += 1
    paper.asked_at = None
    if paper.number >= len(asked_of(paper)) or received >= _last_moment(round_, paper):
        paper.finished_at = received


def _last_moment(round_: Round, paper: Paper) -> datetime:
    """When a paper ends whatever is left of it."""
    total = rules_of(round_).total
    own = paper.started_at + total if total else round_.closes_at
    return min(own, round_.closes_at, round_.closed_at or round_.closes_at)


def give_guess(session: Session, paper: Paper, guess: int) -> None:
    """Keep the number a player predicts; the last one before the round closes counts."""
    paper.guess = guess
    session.flush()


def pending(session: Session, person_key: str, now: datetime) -> tuple[Round, Paper] | None:
    """The paper a player is in the middle of, if its round still runs."""
    statement = (
        select(Round, Paper)
        .join(Paper, col(Paper.round_id) == col(Round.id))
        .where(
            col(Paper.person_key) == person_key,
            col(Paper.finished_at).is_(None),
            col(Round.mode) == "self",
            col(Paper.started_at) > now - HOLD,
        )
        .order_by(col(Paper.id).desc())
    )
    for round_, paper in session.execute(statement):
        if is_open(round_, now) and now < _last_moment(round_, paper):
            return round_, paper
        paper.finished_at = now
        session.flush()
        _stand(session, round_, person_key)
    return None
