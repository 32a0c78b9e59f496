"""One person, several channels: linked by a code, told once, parted and forgotten as one."""

import re
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlmodel import Session

from bot import dossier, inbox, organisers, pairing, people, privacy
from bot.db import Database
from bot.flows.turn import House
from bot.messages import Received, plain
from bot.outbox import Outbox
from bot.pairing import TooManyTriesError
from bot.people import Address, Person
from quiz import board as board_
from quiz import rounds
from quiz.board import Entry
from quiz.scoring import Tally
from tests.conftest import NOON, ZONE
from tests.fakes import delivery
from tests.notices.board import Board
from tests.quiz.conftest import SELF, opened
from tests.test_people import fill_every_table


@pytest.fixture
async def board(db: Database, house: House) -> Board:
    """A person may write from `fake` and from `other`."""
    return Board(db, house, NOON)


async def says(board: Board, text: str, user: str = "lan", channel: str = "fake") -> list[str]:
    """Somebody writes on a channel; what they hear there."""
    if channel == "fake":
        return await board.says(text, user=user)
    item = delivery(f"o{len(board.other.sent)}{text}", text, board.now, user=user)
    payload = item.payload.replace('"channel": "fake"', f'"channel": "{channel}"')
    there = Received(channel, item.key, f"{channel}:{user}", payload, board.now)
    before = len(board.other.sent)
    await board.db.write(partial(inbox.accept, deliveries=[there]))
    await board.settle()
    return [plain(reply) for _chat, reply in board.other.sent[before:]]


def code_in(answers: Sequence[str]) -> str:
    """The code shown."""
    found = re.search(r"\b\d{6}\b", "\n".join(answers))
    assert found is not None
    return found[0]


async def link(board: Board) -> list[str]:
    """Lan on `fake` and Lan on `other` become one; what she hears on `other`."""
    await says(board, "chào")
    code = code_in(await says(board, "/lienket"))
    await says(board, "chào", channel="other")
    await says(board, f"/lienket {code}", channel="other")
    return await says(board, "1", channel="other")


def people_of(db: Database) -> list[Person]:
    """Everybody there is."""
    return db.read(lambda session: list(session.scalars(select(Person)).all()))


async def test_two_chats_become_one_person(board: Board) -> None:
    """The code shown on one channel and typed on the other links them, after a yes."""
    answers = await link(board)

    assert "Đã nối" in answers[0]
    assert len(people_of(board.db)) == 1
    addresses = board.db.read(
        lambda session: [row.channel for row in session.scalars(select(Address))]
    )
    assert sorted(addresses) == ["fake", "other"]


async def test_the_other_chat_is_told(board: Board) -> None:
    """Nobody is linked unawares."""
    await link(board)

    assert "Không phải bạn làm? Gõ /bolienket" in board.channel.texts()[-1]


async def test_a_notice_reaches_the_linked_person_once(board: Board) -> None:
    """After linking, one message, where she chose."""
    await link(board)
    await says(board, "2", channel="other")  # on `other`
    await board.meet("lan")  # she registers

    await board.announce("Mời họp")
    await board.settle()

    everywhere = [*board.channel.sent, *board.other.sent]
    assert sum("Mời họp" in reply.text for _chat, reply in everywhere) == 1
    assert "Mời họp" in board.other.sent[-1][1].text


async def test_linked_in_the_middle_of_a_broadcast_she_still_gets_one(board: Board) -> None:
    """Queued to both chats, then linked: the second copy is not sent."""
    await says(board, "chào")
    code = code_in(await says(board, "/lienket"))
    await says(board, "chào", channel="other")
    await says(board, f"/lienket {code}", channel="other")
    await board.meet("lan")  # she registers on both
    await board.meet("lan", channel="other")
    number = await board.announce("Mời họp")
    await board.worker.work_some()

    item = delivery("x", "1", board.now)
    payload = item.payload.replace('"channel": "fake"', '"channel": "other"')
    there = Received("other", "x", "other:lan", payload, board.now)
    await board.db.write(partial(inbox.accept, deliveries=[there]))
    await board.worker.handle_some()
    await board.settle()

    everywhere = [*board.channel.sent, *board.other.sent]
    assert sum("Mời họp" in reply.text for _chat, reply in everywhere) == 1
    told = board.tally(number)
    assert (told.total, told.sent) == (1, 1)


async def test_a_no_links_nothing(board: Board) -> None:
    """Who is asked and says no stays alone."""
    code = code_in(await says(board, "/lienket"))
    await says(board, f"/lienket {code}", channel="other")

    assert (await says(board, "2", channel="other"))[0] == "Mình không nối gì cả."
    assert len(people_of(board.db)) == 2


async def test_a_code_works_once(board: Board) -> None:
    """A second person gets nothing from it."""
    code = code_in(await says(board, "/lienket"))
    for user in ("lan", "minh"):
        await says(board, f"/lienket {code}", user=user, channel="other")
    await says(board, "1", channel="other")

    assert "Mã không đúng" in (await says(board, "1", user="minh", channel="other"))[0]
    assert len(people_of(board.db)) == 2


async def test_a_code_is_over_after_ten_minutes(board: Board) -> None:
    """An old code links nothing."""
    code = code_in(await says(board, "/lienket"))
    board.later(pairing.CODE_FOR)

    assert "hết hạn" in (await says(board, f"/lienket {code}", channel="other"))[0]


async def test_parted_they_share_nothing(board: Board) -> None:
    """After /bolienket the chat is a new person's, and what was said in it went along."""
    await link(board)
    await says(board, "/bolienket", channel="other")
    await says(board, "1", channel="other")

    def owners(session: Session) -> list[set[int | None]]:
        rows = session.scalars(select(Outbox)).all()
        return [
            {row.person_id for row in rows if row.lane == lane}
            for lane in ("fake:lan", "other:lan")
        ]

    here, there = board.db.read(owners)
    assert len(people_of(board.db)) == 2
    assert len(here) == len(there) == 1
    assert not here & there


async def test_forgetting_forgets_every_channel(board: Board) -> None:
    """/xoadulieu on one channel leaves nothing of the other either."""
    await link(board)
    await says(board, "/xoadulieu")
    await says(board, "1")

    assert people_of(board.db) == []
    assert board.db.read(lambda session: session.scalars(select(Address)).all()) == []


async def test_powers_do_not_travel_with_a_code(board: Board) -> None:
    """Neither an organiser's code nor a code typed by an organiser links anything."""
    code = code_in(await says(board, "/lienket"))
    power = await board.db.write(
        partial(organisers.add, name="Hoa", role="admin", actor="x", now=NOON)
    )
    await says(board, f"/start org-{power}", user="hoa")
    [typed] = await says(board, f"/lienket {code}", user="hoa")
    await says(board, f"/lienket {code}", user="minh", channel="other")
    again = await board.db.write(
        partial(organisers.add, name="Lan", role="admin", actor="x", now=NOON)
    )
    await says(board, f"/start org-{again}")
    [late] = await says(board, "1", user="minh", channel="other")

    assert typed.startswith("Người tổ chức không nối kênh")
    assert late.startswith("Người tổ chức không nối kênh")


def test_every_table_is_merged(session: Session) -> None:
    """Rows of every table go over; where there may be but one, the first person's stays."""
    lan, _new = people.welcome(session, "fake", "lan", "lan", NOON)
    minh, _new = people.welcome(session, "other", "minh", "minh", NOON)
    people.follow(session, people.id_of(lan), "toa-dam", NOON)
    fill_every_table(session, minh)
    key, row = minh.key, minh.id

    privacy.merge(session, lan, minh)

    for table, column in privacy.columns():
        old, new = (key, lan.key) if column.name == "person_key" else (row, lan.id)
        assert session.execute(select(table).where(column == old)).first() is None, table.name
        assert session.execute(select(table).where(column == new)).first(), table.name
    assert people.interests(session, people.id_of(lan)) == ["talk", "toa-dam"]
    assert "interest" in dossier.gather(session, lan, ZONE, NOON).tables


def test_guessing_is_stopped_for_everybody(session: Session) -> None:
    """Many strangers with a few tries each do not find a code either."""
    for number in range(pairing.TRIES_OF_ALL):
        person, _new = people.welcome(session, "fake", f"u{number}", "c", NOON)
        pairing.check(session, people.id_of(person), "000000", NOON)
    other, _new = people.welcome(session, "fake", "x", "c", NOON)

    with pytest.raises(TooManyTriesError):
        pairing.check(session, people.id_of(other), "000001", NOON)
    assert pairing.check(session, people.id_of(other), "1", NOON + timedelta(minutes=10)) is None


def test_two_papers_of_one_person_stand_once(session: Session) -> None:
    """Both had played the round: one line is left, and the ranks of the others count one."""
    week = opened(session, SELF)
    played = [people.welcome(session, "fake", name, name, NOON)[0] for name in ("lan", "minh")]
    for at, person in enumerate([*(one.key for one in played), "hoa"]):
        entry = Entry(at, rounds.id_of(week), person, 1, "")
        board_.enter(session, [board_.row_of(SELF, entry, Tally(right=3 - at))])

    privacy.merge(session, *played)

    last = board_.standing(session, rounds.id_of(week), "hoa")
    assert last is not None
    assert (board_.rank(session, last), board_.count(session, last.round_id)) == (2, 2)
