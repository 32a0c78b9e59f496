"""How often one person is answered in a minute, whichever process answers: whoever floods waits."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlmodel import Session

from bot import people, state
from bot.db import table_of
from bot.flows import care, compete, live, play, quizzing
from bot.flows.turn import House, lane_of
from bot.i18n import _, speaking
from bot.messages import Incoming, Reply, load
from bot.outbox import ANSWER, Outbox
from faq.text import fold

MINUTE = timedelta(minutes=1)
ANSWERS = 10
"""In a minute, the request to wait among them."""
IN_GAME = 30
"""In a minute, while we ask and they answer; and for whoever tells of danger."""
LETTERS = frozenset("abcd")
GAMES = frozenset([play.KIND, compete.KIND, quizzing.KIND])

_ROW = table_of(Outbox)
_NEWEST = (
    select(_ROW.c.created_at, _ROW.c.person_id, _ROW.c.id)
    .where(_ROW.c.lane == bindparam("name"), _ROW.c.rank == ANSWER)
    .order_by(_ROW.c.id.desc())
    .limit(4 * IN_GAME)
)
"""An answer may be several messages of one moment; older ones than these are not looked at."""


def restrain(
    session: Session, house: House, message: Incoming, now: datetime
) -> list[Reply] | None:
    """What is said instead of an answer to one who floods: once a request to wait, then nothing.

    None when the message may be answered.
    """
    if not message.addressed or message.kind in {"blocked", "unblocked", "edited", "moved"}:
        return None
    answered = _answered(session, message, now)
    # An answer may be several messages, which have one moment.
    count = len({row.created_at for row in answered})
    if count < ANSWERS - 1 or count < _most(session, message, now) - 1:
        return None
    if _is_press(session, message, now):
        return None
    wait = _wait(session, house, message)
    body = select(_ROW.c.body).where(_ROW.c.id == answered[0].id)
    return [] if load(session.connection().scalars(body).one()) == wait else [wait]


def _answered(session: Session, message: Incoming, now: datetime) -> list[Row[Any, Any, Any]]:
    """What somebody was answered in a chat in the last minute, newest first."""
    rows = session.connection().execute(_NEWEST, {"name": lane_of(message)})
    fresh = [row for row in rows if row.created_at > now - MINUTE]
    if len(fresh) >= ANSWERS - 1 and not message.private:
        person = people.find(session, message.channel, message.user)
        fresh = [row for row in fresh if person is not None and row.person_id == person.id]
    return fresh


def _is_press(session: Session, message: Incoming, now: datetime) -> bool:
    """Whether it is the first letter for the question on stage: one a question, never lost."""
    if message.kind != "text" or fold(message.text) not in LETTERS:
        return False
    person = people.find(session, message.channel, message.user)
    return person is not None and live.is_awaited(session, person.key, now)


def _most(session: Session, message: Incoming, now: datetime) -> int:
    """How many answers a minute they may have."""
    chat = state.of(session, lane_of(message))
    playing = chat.kind in GAMES and chat.open_until is not None and chat.open_until > now
    return IN_GAME if playing or care.danger(fold(message.text)) is not None else ANSWERS


def _wait(session: Session, house: House, message: Incoming) -> Reply:
    person = people.find(session, message.channel, message.user)
    with speaking(person.language if person else "vi"):
        text = _("Bạn nhắn nhanh quá, mình trả lời không kịp. Bạn chờ một phút rồi nhắn lại nhé.")
        numbers = house.content.places.emergency
        return Reply(text, footer=" · ".join(f"{item.say} {item.label}" for item in numbers))
