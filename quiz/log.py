"""The log everything is counted from: papers, answers, and what each paper has by them alone."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import DateTime, Index, UniqueConstraint, select
from sqlmodel import Field, Session, SQLModel, col

from quiz import scoring
from quiz.board import PLAYERS, TEAMS, WRITING, Entry
from quiz.rounds import Round, id_of
from quiz.scoring import Tally
from quiz.steps import openings
from quiz.store import PERSON

NOTHING = "[]"


class Paper(SQLModel, table=True):
    """One attempt of one player: which questions, where they are, when they were asked."""

    __table_args__ = (UniqueConstraint("round_id", "person_key", "attempt"),)
    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id")
    person_key: str = Field(index=True, sa_column_kwargs={"info": PERSON})
    attempt: int = 1
    asked: str = NOTHING
    """The drawn questions; empty on stage, where all have the same."""
    number: int = 0
    """How many questions are behind the player."""
    asked_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    """When the question before them was put."""
    started_at: datetime = Field(sa_type=DateTime(timezone=True))
    finished_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    guess: int | None = None
    unit: str = ""
    channel: str = ""


class Answer(SQLModel, table=True):
    """The log everything is counted from: what was answered, when we received it."""

    __table_args__ = (
        # A tap can come back under a new update id, so the key is the question, not the update.
        UniqueConstraint("round_id", "question", "person_key", "attempt", "opening"),
        Index("ix_answer_paper_id", "paper_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id")
    paper_id: int = Field(foreign_key="paper.id")
    person_key: str = Field(index=True, sa_column_kwargs={"info": PERSON})
    attempt: int = 1
    question: str
    opening: int = 0
    """On stage: the step that opened the question; undoing that step voids its answers."""
    choice: int
    """The option of the bank, from 0; -1: none in time."""
    right: bool
    late: bool = False
    points: int = 0
    took: int = 0
    """Milliseconds."""
    asked_at: datetime = Field(sa_type=DateTime(timezone=True))
    received_at: datetime = Field(sa_type=DateTime(timezone=True))
    channel: str = ""


def entry_of(paper: Paper) -> Entry:
    """A paper as the board takes it."""
    side = TEAMS if paper.person_key.startswith("team-") else PLAYERS
    if paper.asked != NOTHING and paper.finished_at is None:
        side = WRITING
    return Entry(paper.id or 0, paper.round_id, paper.person_key, paper.attempt, paper.unit, side)


def tallies(
    session: Session, round_: Round, papers: Sequence[Paper] | None = None
) -> list[tuple[Entry, Tally]]:
    """Every paper with what it has, folded from the log of answers alone."""
    round_id = id_of(round_)
    if papers is None:
        papers = list(session.scalars(select(Paper).where(col(Paper.round_id) == round_id)))
    counted = _counted(session, round_, papers)
    found = []
    for paper in papers:
        tally = Tally()
        for right, points, took, received in counted.get(paper.id or 0, ()):
            tally = scoring.add(tally, right=right, gained=points, took_ms=took, at=received)
        off = scoring.guess_off(paper.guess, round_.actual)
        found.append((entry_of(paper), tally._replace(guess_off=off)))
    return found


def _counted(
    session: Session, round_: Round, papers: Sequence[Paper]
) -> dict[int, list[tuple[bool, int, int, datetime]]]:
    """The answers that count, by paper: those of openings that were not undone."""
    statement = select(
        Answer.paper_id,
        Answer.right,
        Answer.points,
        Answer.took,
        Answer.received_at,  # type: ignore[call-overload]
    ).where(col(Answer.round_id) == id_of(round_), ~col(Answer.late))
    if len(papers) <= 100:
        statement = statement.where(col(Answer.paper_id).in_([paper.id for paper in papers]))
    if round_.mode == "stage":
        statement = statement.where(col(Answer.opening).in_(openings(session, id_of(round_))))
    counted: dict[int, list[tuple[bool, int, int, datetime]]] = {}
    for paper_id, *rest in session.execute(statement.order_by(col(Answer.received_at))):
        counted.setdefault(paper_id, []).append(tuple(rest))
    return counted
