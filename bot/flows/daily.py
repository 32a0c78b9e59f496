"""The day's question, sent to those who asked for it: each person once a day, in daylight."""

from collections.abc import Mapping
from datetime import datetime, time

from sqlmodel import Session

from bot import outbox, people, state
from bot.flows import compete, play
from bot.flows.turn import House, Turn
from bot.i18n import _, speaking
from bot.messages import Capability, Incoming
from bot.notices.audience import Ways
from bot.people import Address, Person
from quiz import practice

FROM, UNTIL = time(6, 30), time(21, 0)
"""When it goes out, by the island's clock; who subscribed late in the evening waits for morning."""
LOT = 50
"""People a transaction serves, so that nobody's message waits behind it."""


def send(session: Session, house: House, can: Mapping[str, Capability], now: datetime) -> int:
    """Queue today's question for some of those to whom it was not put yet; how many."""
    local = now.astimezone(house.zone)
    if not FROM <= local.time() < UNTIL:
        return 0
    waiting = practice.waiting_for_daily(session, local.date(), LOT)
    for learner in waiting:
        learner.asked_on = local.date()
        person = people.by_key(session, learner.person_key)
        where = address(session, person, can) if person else None
        if person is not None and where is not None:
            _put(session, house, person, where, can[where.channel], now)
    session.flush()
    return len(waiting)


def address(session: Session, person: Person, can: Mapping[str, Capability]) -> Address | None:
    """Where a person is written to: where they wrote from last of what still hears us."""
    known = people.addresses(session, people.id_of(person))
    usable = [item for item in known if item.channel in can and item.blocked_at is None]
    return usable[-1] if usable else None


def _put(
    session: Session,
    house: House,
    person: Person,
    where: Address,
    able: Capability,
    now: datetime,
) -> None:
    message = Incoming(where.channel, where.chat, where.user, "text")
    chat = state.of(session, f"{where.channel}:{where.chat}")
    busy = state.question(chat, person.id, now)
    if busy is not None and busy.kind == compete.KIND:
        return  # in the middle of a contest paper nothing else is asked
    ways = Ways({where.channel: able})
    turn = Turn(session, house, message, person, chat, (), now, ways)
    with speaking(person.language):
        replies = play.ask_of_the_day(turn, _("Chào buổi sáng!"))
    state.save(session, chat)
    outbox.put(
        session,
        where.channel,
        where.chat,
        replies,
        able,
        now,
        person_id=person.id,
        rank=outbox.BULK,
    )
