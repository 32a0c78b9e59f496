"""People play a round, for what is written about it."""

from datetime import timedelta

from sqlmodel import Session

from quiz import contest, papers, pressing, rounds
from quiz.log import Paper
from quiz.papers import Entrant
from quiz.players import Player
from quiz.rounds import Round
from tests.conftest import NOON, ZONE

SECOND = timedelta(seconds=1)


def writes(session: Session, round_: Round, key: str, right: int, unit: str = "") -> Paper:
    """Somebody writes a whole paper, a second a question, with so many right answers."""
    who = Entrant(key, unit=unit)
    paper = papers.begin(session, round_, who, "web", NOON, ZONE)
    for number in range(rounds.rules_of(round_).questions):
        at = NOON + number * 2 * SECOND
        put = papers.put(round_, paper, at)
        assert put is not None
        place = put.order.index(put.question.answer)
        shown = place if number < right else (place + 1) % 4
        papers.answer(session, round_, paper, shown, "web", at + SECOND)
    return paper


def named(session: Session, key: str, nickname: str) -> Player:
    """A player with a name as it came, unchecked, as from imported results."""
    player = Player(person_key=key, kind="guest", nickname=nickname, created_at=NOON)
    session.add(player)
    session.flush()
    return player


def press(session: Session, round_: Round, key: str, after: int) -> None:
    """Somebody presses the right option some seconds after noon."""
    place = contest.shown(round_, 1).answer
    item = pressing.Press(key, place, "stage", NOON + after * SECOND)
    assert pressing.press(session, round_, [item]) == ["counted"]
