"""Results carried from one machine to another: written whole, read back as often as one likes."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, SQLModel, col

from quiz import contest, nicknames, players, rounds
from quiz.jury import Juror, Mark
from quiz.log import Answer, Paper
from quiz.players import Player
from quiz.rounds import Round, UnknownRoundError, id_of
from quiz.steps import Step
from quiz.store import dialect_of, insert, table_of

FORMAT = 1


class UnreadableResultsError(Exception):
    """The file holds no results of ours, or of a version we do not know."""


@dataclass(frozen=True)
class Merged:
    """What reading results brought that was not there."""

    title: str
    players: int
    papers: int
    answers: int


def dump(session: Session, round_: Round) -> str:
    """Everything of a round as JSON: rules, questions, players, papers, answers, steps, marks."""
    round_id = id_of(round_)
    papers = _all(session, Paper, round_id)
    jurors = _all(session, Juror, round_id)
    keys = {paper["person_key"] for paper in papers}
    players = session.scalars(
        select(Player).where(col(Player.person_key).in_(keys) | (col(Player.round_id) == round_id))
    )
    marks = session.scalars(
        select(Mark).where(col(Mark.juror_id).in_([juror["id"] for juror in jurors]))
    )
    whole = {
        "format": FORMAT,
        "round": round_.model_dump(mode="json"),
        "players": [player.model_dump(mode="json", exclude={"birth_year"}) for player in players],
        "papers": papers,
        "answers": _all(session, Answer, round_id),
        "steps": _all(session, Step, round_id),
        "jurors": jurors,
        "marks": [mark.model_dump(mode="json") for mark in marks],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1)


def _all(session: Session, table: Any, round_id: int) -> list[dict[str, Any]]:
    statement = select(table).where(col(table.round_id) == round_id).order_by(col(table.id))
    return [row.model_dump(mode="json") for row in session.scalars(statement)]


def load(session: Session, written: str) -> Merged:
    """Merge results into this database; reading the same file again changes nothing.

    Raises UnreadableResultsError.
    """
    whole = _read(written)
    round_ = _round(session, whole["round"])
    try:
        players = _players(session, round_, whole["players"])
        papers, new_papers = _papers(session, round_, whole["papers"])
        answers = _answers(session, round_, papers, whole["answers"])
        _steps(session, round_, whole["steps"])
        _marks(session, round_, whole["jurors"], whole["marks"])
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableResultsError from error
    session.flush()
    session.expire_all()
    contest.count_again(session, round_)
    return Merged(round_.title, players, new_papers, answers)


def _read(written: str) -> Mapping[str, Any]:
    try:
        whole = json.loads(written)
    except ValueError as error:
        raise UnreadableResultsError from error
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise UnreadableResultsError
    return whole


def _round(session: Session, data: dict[str, Any]) -> Round:
    try:
        known = rounds.by_code(session, str(data["uid"]))
    except UnknownRoundError:
        code = str(data["code"])
        taken = session.scalar(select(Round.id).where(col(Round.code) == code))  # type: ignore[call-overload]
        fresh = {**data, "id": None, "code": rounds.free_code(session) if taken else code}
        known = Round(**_timed(Round, fresh))
        session.add(known)
        session.flush()
        return known
    except KeyError as error:
        raise UnreadableResultsError from error
    given = _timed(Round, data)
    known.closed_at = known.closed_at or given["closed_at"]
    known.actual = given["actual"] if known.actual is None else known.actual
    return known


def _timed(table: type[SQLModel], data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a row, with its moments as moments."""
    columns = table_of(table).c
    return {
        name: datetime.fromisoformat(value)
        if isinstance(value, str) and name.endswith(("_at", "at"))
        else value
        for name, value in data.items()
        if name in columns
    }


def _new(session: Session, table: type[SQLModel], rows: Iterable[dict[str, Any]]) -> int:
    """Insert the rows that are not there yet; how many there were."""
    target = table_of(table)
    statement = insert(table, dialect_of(session)).on_conflict_do_nothing()
    returning = statement.returning(*target.primary_key)
    connection = session.connection()
    return sum(connection.execute(returning, [row]).first() is not None for row in rows)


def _players(session: Session, round_: Round, given: list[dict[str, Any]]) -> int:
    """Players of the other machine; a person there is a guest here."""
    rows = []
    for data in given:
        row = _timed(Player, {"birth_year": None, **data})
        own = row["round_id"] is not None
        row["round_id"] = id_of(round_) if own else None
        row["kind"] = "guest" if row["kind"] == "person" else row["kind"]
        # A file may have been edited: what could not be chosen as a name is not shown as one.
        name = nicknames.tidy(str(row["nickname"]))
        row["nickname"] = name if nicknames.problem(name) is None else players.NOBODY
        rows.append(row)
    return _new(session, Player, rows)


def _papers(
    session: Session, round_: Round, given: list[dict[str, Any]]
) -> tuple[dict[int, int], int]:
    """Papers, and their row numbers here by those there."""
    new, here = 0, {}
    for data in given:
        row = _timed(Paper, {**data, "round_id": id_of(round_)})
        del row["id"]
        new += _new(session, Paper, [row])
        found = session.scalars(
            select(Paper).where(
                col(Paper.round_id) == id_of(round_),
                col(Paper.person_key) == row["person_key"],
                col(Paper.attempt) == row["attempt"],
            )
        ).one()
        found.number = max(found.number, row["number"])
        found.finished_at = found.finished_at or row["finished_at"]
        found.guess = row["guess"] if found.guess is None else found.guess
        here[int(data["id"])] = found.id or 0
    return here, new


def _answers(
    session: Session, round_: Round, papers: Mapping[int, int], given: list[dict[str, Any]]
) -> int:
    rows = []
    for data in given:
        row = _timed(Answer, {**data, "round_id": id_of(round_)})
        del row["id"]
        row["paper_id"] = papers[int(data["paper_id"])]
        rows.append(row)
    return _new(session, Answer, rows)


def _steps(session: Session, round_: Round, given: list[dict[str, Any]]) -> None:
    for data in given:
        row = _timed(Step, {**data, "round_id": id_of(round_)})
        del row["id"]
        _new(session, Step, [row])
        if row["undone_at"] is not None:
            step = session.scalars(
                select(Step).where(
                    col(Step.round_id) == id_of(round_), col(Step.number) == row["number"]
                )
            ).one()
            step.undone_at = step.undone_at or row["undone_at"]


def _marks(
    session: Session,
    round_: Round,
    jurors: list[dict[str, Any]],
    marks: list[dict[str, Any]],
) -> None:
    """The jury's marks; of two for the same part the later one."""
    here: dict[int, int] = {}
    for data in jurors:
        row = _timed(Juror, {**data, "round_id": id_of(round_)})
        del row["id"]
        _new(session, Juror, [row])
        found = select(Juror.id).where(  # type: ignore[call-overload]
            col(Juror.round_id) == id_of(round_), col(Juror.name) == row["name"]
        )
        here[int(data["id"])] = int(session.scalar(found) or 0)
    for data in marks:
        row = _timed(Mark, {**data, "juror_id": here[int(data["juror_id"])]})
        if _new(session, Mark, [row]):
            continue
        mark = session.get(Mark, (row["juror_id"], row["team"], row["part"]))
        if mark is not None and mark.at < row["at"]:
            mark.points, mark.at = row["points"], row["at"]
