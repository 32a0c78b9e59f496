"""Everything a round left behind, gathered for its papers: board, units, teams, marks, logs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from quiz import board, jury, players, recount, steps
from quiz.board import BARRED, Row, Standing, UnitRow
from quiz.jury import Juror, Mark, TeamScore
from quiz.log import Answer, Paper
from quiz.nicknames import tidy
from quiz.recount import Difference
from quiz.rounds import Round, id_of, rules_of, sheet_of
from quiz.rules import Rules
from quiz.steps import Step

COUNTED, LATE, VOID = "tính", "trễ giờ", "hủy cùng bước mở câu"
OTHER, BY_ORGANISER = "bài không được chọn", "bài của người tổ chức"
"""What became of an answer of the log. Of several papers of a player only the best is counted."""
NO_NAMES: Mapping[str, str] = {}


@dataclass(frozen=True)
class Line:
    """A line of the board with the row number of the paper it was counted from."""

    row: Row
    paper: int


@dataclass(frozen=True)
class Logged:
    """An answer of the log, the name it was given under, and what became of it."""

    answer: Answer
    name: str
    unit: str
    fate: str


@dataclass(frozen=True)
class Record:
    """A round as it is written down."""

    round_: Round
    rules: Rules
    board: tuple[Line, ...]
    units: tuple[UnitRow, ...]
    teams: tuple[TeamScore, ...]
    jurors: tuple[Juror, ...]
    marks: tuple[tuple[Juror, Mark], ...]
    steps: tuple[Step, ...]
    log: tuple[Logged, ...]
    papers: int
    unfinished: int
    hidden: int
    """Names an organiser took off the boards, or that their owners had removed."""
    barred: int
    """Organisers' own rows, which stand on no board."""
    differences: tuple[Difference, ...]
    """Where the kept board is not what the log gives."""

    def many(self, fate: str) -> int:
        """How many answers of the log had a fate."""
        return sum(1 for item in self.log if item.fate == fate)

    @property
    def ties(self) -> list[list[Line]]:
        """The lines that share a rank, together."""
        groups: dict[int, list[Line]] = {}
        for line in self.board:
            groups.setdefault(line.row.rank, []).append(line)
        return [group for group in groups.values() if len(group) > 1]


def gather(session: Session, round_: Round) -> Record:
    """Read everything a round left; nothing is changed."""
    round_id = id_of(round_)
    standings = _standings(session, round_id)
    rows = board.top(session, round_id, board.count(session, round_id))
    lines = tuple(Line(row, standings[row.person_key].paper_id) for row in rows)
    papers = list(session.scalars(select(Paper).where(col(Paper.round_id) == round_id)))
    return Record(
        round_=round_,
        rules=rules_of(round_),
        board=lines,
        units=tuple(board.units(session, round_id, rules_of(round_))),
        teams=tuple(jury.scores(session, round_)),
        jurors=tuple(jury.jurors(session, round_)),
        marks=tuple(jury.marks(session, round_)),
        steps=tuple(_steps(session, round_id)),
        log=tuple(_log(session, round_, standings)),
        papers=len(papers),
        unfinished=sum(1 for paper in papers if paper.finished_at is None),
        hidden=sum(1 for line in lines if line.row.name in {players.HIDDEN, players.NOBODY}),
        barred=sum(1 for line in standings.values() if line.side == BARRED),
        differences=tuple(recount.compare(session, round_)),
    )


def _standings(session: Session, round_id: int) -> dict[str, Standing]:
    statement = select(Standing).where(col(Standing.round_id) == round_id)
    return {row.person_key: row for row in session.scalars(statement)}


def _steps(session: Session, round_id: int) -> list[Step]:
    statement = select(Step).where(col(Step.round_id) == round_id)
    return list(session.scalars(statement.order_by(col(Step.number))))


def _log(session: Session, round_: Round, board_: Mapping[str, Standing]) -> list[Logged]:
    """Every answer in the order of its row."""
    statement = (
        select(Answer, col(Paper.unit))
        .join(Paper, col(Paper.id) == col(Answer.paper_id))
        .where(col(Answer.round_id) == id_of(round_))
        .order_by(col(Answer.id))
    )
    found = [(answer, unit) for answer, unit in session.execute(statement)]
    names = players.names(session, {answer.person_key for answer, _unit in found})
    standing = set(steps.openings(session, id_of(round_)))
    staged = round_.mode == "stage"
    return [
        Logged(
            answer,
            names[answer.person_key],
            unit,
            VOID
            if staged and answer.opening not in standing
            else _fate(answer, board_.get(answer.person_key)),
        )
        for answer, unit in found
    ]


def _fate(answer: Answer, mine: Standing | None) -> str:
    if answer.late:
        return LATE
    if mine is not None and mine.side == BARRED:
        return BY_ORGANISER
    return COUNTED if mine is not None and answer.paper_id == mine.paper_id else OTHER


def letter(choice: int) -> str:
    """An option of the bank as a letter; a dash for none in time."""
    return "ABCD"[choice] if 0 <= choice < 4 else "–"


def right_letter(round_: Round, question: str) -> str:
    """The letter of a question's right option, as the bank has it."""
    known = sheet_of(round_).get(question)
    return letter(known.answer) if known else "?"


def safe(text: str) -> str:
    """Text in NFC without control and direction marks, on one line."""
    return tidy(text)


def seconds(milliseconds: int) -> str:
    """A time to the millisecond, as Vietnamese write it: "65,204"."""
    return f"{milliseconds / 1000:.3f}".replace(".", ",")


def ended(round_: Round) -> datetime:
    """When the round took no more answers."""
    return min(round_.closed_at or round_.closes_at, round_.closes_at)


def is_over(round_: Round, now: datetime) -> bool:
    """Whether the round takes no more answers."""
    return round_.closed_at is not None or round_.closes_at <= now


def seed(round_: Round, now: datetime) -> str:
    """What the papers were drawn from; not while somebody could still profit from it."""
    return round_.seed if is_over(round_, now) else "ghi khi vòng thi đã đóng"


def decimal(value: float) -> str:
    """A number with at most two decimals, as Vietnamese write it."""
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")
