"""Whoever floods is answered ten times a minute; others do not notice."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlmodel import Session

from bot import inbox, outbox, people, state
from bot.db import Database
from bot.flows import play, restraint
from bot.flows.restraint import ANSWERS, IN_GAME
from bot.flows.turn import House
from bot.messages import Incoming, Reply, plain
from bot.outbox import Outbox
from quiz import contest
from quiz.log import Answer
from quiz.papers import Entrant
from quiz.rounds import Round
from tests.conftest import NOON
from tests.fakes import CAN, delivery
from tests.stage import Stage
from tests.test_games import opens, step

SLOWER = "Bạn nhắn nhanh quá"
OTHERS = ("minh", "hoa", "ba", "tư", "năm")


@pytest.fixture
async def stage(db: Database, house: House) -> Stage:
    """A conversation in which floods are held back, on SQLite and again on PostgreSQL."""
    stage = Stage(db, house, NOON)
    stage.worker.restrained = True
    return stage


async def floods(stage: Stage, many: int, text: str = "vneid là gì", tag: str = "") -> None:
    """Lan sends so many messages at once, and everybody else one, last of all."""
    items = [delivery(f"{tag}lan{n}", text, stage.now, user="lan") for n in range(many)]
    items += [delivery(f"{tag}{who}", "vneid là gì", stage.now, user=who) for who in OTHERS]
    await stage.db.write(partial(inbox.accept, deliveries=items))
    # As the clock does: an answer takes a moment.
    while await stage.worker.handle_some():
        stage.later(timedelta(milliseconds=20))
    await stage.settle()


async def joins(stage: Stage, round_: Round, user: str) -> None:
    """Somebody takes part in a contest on stage, by whatever way."""

    def work(session: Session) -> None:
        person = people.find(session, "fake", user)
        assert person is not None
        found = session.get_one(Round, round_.id)
        contest.join(session, found, Entrant(person.key), "fake", stage.now)

    await stage.db.write(work)


def heard(stage: Stage, who: str) -> list[str]:
    """What somebody was answered, the first-use notice not counted."""
    texts = (plain(reply) for to, reply in stage.channel.sent if to == who)
    return [text for text in texts if not text.startswith("Đôi lời")]


async def test_a_flooder_gets_ten_answers_and_others_theirs(stage: Stage) -> None:
    """Of a hundred at once ten are answered, the last with a request to wait; others are served."""
    await floods(stage, 100)

    answers = heard(stage, "lan")
    assert len(answers) == ANSWERS == 10
    assert [SLOWER in text for text in answers] == [False] * 9 + [True]
    assert {who: len(heard(stage, who)) for who in OTHERS} == dict.fromkeys(OTHERS, 1)
    assert stage.db.read(inbox.waiting) == 0


async def test_others_do_not_wait_behind_a_flood(stage: Stage) -> None:
    """Those who wrote after the flood are answered before its second answer."""
    await floods(stage, 100)

    order = [to for to, _reply in stage.channel.sent]
    second = [place for place, to in enumerate(order) if to == "lan"][3]
    assert all(order.index(who) < second for who in OTHERS)


async def test_a_minute_later_they_are_answered_again(stage: Stage) -> None:
    """However long a flood lasts: ten in each minute."""
    for minute in range(3):
        await floods(stage, 30, tag=str(minute))
        stage.later(timedelta(minutes=1))

    assert len(heard(stage, "lan")) == 3 * ANSWERS


async def test_danger_is_answered_in_a_flood(stage: Stage) -> None:
    """Whoever has written too much and then tells of a fire is told whom to call."""
    await floods(stage, 20)
    stage.later(timedelta(seconds=1))
    answers = await stage.says("nha toi dang chay")

    assert "114" in answers[0]


def test_a_game_may_go_faster(session: Session, house: House) -> None:
    """Who plays is asked by us: thirty answers a minute; who does not, ten."""
    message = Incoming("fake", "lan", "lan", "text", text="A")
    allowed = {}
    for game in (play.KIND, "near"):
        chat = state.of(session, "fake:lan")
        state.ask(chat, game, {}, None, NOON)
        state.save(session, chat)
        allowed[game] = 0
        while restraint.restrain(session, house, message, NOON) is None:
            allowed[game] += 1
            at = NOON - timedelta(seconds=1) + timedelta(milliseconds=allowed[game])
            outbox.put(session, "fake", "lan", [Reply("Đúng.")], CAN, at)
        session.execute(delete(Outbox))

    assert allowed == {play.KIND: IN_GAME - 1, "near": ANSWERS - 1}


async def test_in_a_group_only_the_flooder_waits(stage: Stage) -> None:
    """One of a group floods: the others of it are answered as before."""
    there: dict[str, Any] = {"chat": "-1", "private": False, "addressed": True}
    for _time in range(20):
        stage.later(timedelta(milliseconds=20))
        await stage.says("vneid là gì", **there)
    flooded = len([to for to, _reply in stage.channel.sent if to == "-1"])
    stage.later(timedelta(milliseconds=20))
    other = await stage.says("vneid là gì", user="minh", **there)

    assert flooded == ANSWERS
    assert other[0].startswith("VNeID")


async def test_a_press_for_the_stage_is_never_held_back(stage: Stage) -> None:
    """However much somebody wrote, the first letter for the question on the wall counts; a second
    one waits with the rest.
    """
    await floods(stage, 20)
    round_ = opens(stage, "san-khau")
    await joins(stage, round_, "lan")
    await step(stage, round_, "open")

    first, again = [await stage.says(letter) for letter in "ab"]

    answers = stage.db.read(lambda session: [row.choice for row in session.scalars(select(Answer))])
    assert len(answers) == 1
    assert "Đã nhận A cho câu 1" in first[0]
    assert SLOWER in again[0]
