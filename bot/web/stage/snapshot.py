"""What everybody sees of a live contest at a moment: one picture for all."""

import json
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from quiz import board, contest, jury, rounds
from quiz.board import TEAMS, Row
from quiz.rounds import Round
from quiz.stage import Stage
from quiz.store import milliseconds

TOP = 5
TEAMS_SHOWN = 8
NOTHING: dict[str, Any] = dict.fromkeys(
    [
        *("question", "text", "options", "opened", "deadline"),
        *("counts", "right", "why", "top", "units", "teams"),
    ]
)
"""What a picture has no part of before its time: the right option, above all."""
AFTER_REVEAL = frozenset({"reveal", "standings", "ended"})


def take(
    session: Session, round_id: int, places: Mapping[str, int], units: Mapping[str, str]
) -> dict[str, Any]:
    """The picture of a contest; `places` are ranks at the board before, `units` names by id."""
    round_ = session.get_one(Round, round_id, populate_existing=True)
    stage = contest.standing_of(session, round_)
    counts = contest.distribution(session, round_, stage)
    shown: dict[str, Any] = {
        **NOTHING,
        "phase": stage.phase,
        "step": stage.step,
        "number": stage.question,
        "of": stage.of,
        "title": round_.title,
        "code": round_.code,
        "joined": board.count(session, round_id) + board.count(session, round_id, TEAMS),
        "answered": sum(counts),
        **_question(round_, stage),
        **(_revealed(round_, stage, counts) if stage.phase in AFTER_REVEAL else {}),
    }
    if stage.phase in {"standings", "ended"}:
        shown["top"] = [line(row, places, units) for row in board.top(session, round_id, TOP)]
        shown["units"] = _units(session, round_, units)
    if stage.phase in AFTER_REVEAL:  # earlier, a team's points would give the answer away
        teams = jury.scores(session, round_)[:TEAMS_SHOWN]
        shown["teams"] = [{"name": team.name, "total": team.total} for team in teams]
    return shown


def _question(round_: Round, stage: Stage) -> dict[str, Any]:
    if not stage.question or stage.phase == "ended":
        return {}
    shown = contest.shown(round_, stage.question)
    return {
        "question": shown.id,
        "text": shown.text,
        "options": shown.options,
        "opened": _ms(stage.opened_at),
        "deadline": _ms(stage.deadline),
    }


def _revealed(round_: Round, stage: Stage, counts: tuple[int, ...]) -> dict[str, Any]:
    if not stage.question or stage.phase == "ended":
        return {}
    shown = contest.shown(round_, stage.question)
    return {"counts": counts, "right": shown.answer, "why": shown.explanation}


def line(row: Row, places: Mapping[str, int], units: Mapping[str, str]) -> dict[str, Any]:
    """A line of the board, with how many ranks it rose since the board shown before."""
    before = places.get(row.person_key)
    return {
        "rank": row.rank,
        "name": row.name,
        "unit": units.get(row.unit, row.unit),
        "right": row.right,
        "points": row.points,
        "took": row.took,
        "moved": 0 if before is None else before - row.rank,
    }


def ranks(session: Session, round_id: int) -> dict[str, int]:
    """Who stands where now, among those who may soon be shown."""
    return {row.person_key: row.rank for row in board.top(session, round_id, 200)}


def _units(session: Session, round_: Round, units: Mapping[str, str]) -> list[dict[str, Any]]:
    ranked = board.units(session, rounds.id_of(round_), rounds.rules_of(round_))[:TOP]
    return [
        {"rank": row.rank, "unit": units.get(row.unit, row.unit), "score": round(row.score, 2)}
        for row in ranked
    ]


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else milliseconds(moment)


def encode(shown: dict[str, Any]) -> bytes:
    """The picture as an event of a stream, with the moment it was taken."""
    whole = {**shown, "at": time.time_ns() // 1_000_000}
    data = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    return f"event: state\ndata: {data}\n\n".encode()
