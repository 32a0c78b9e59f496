"""Watching: each trouble reaches the admins once, and once more when it is over."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import Session, col, select

from bot import alerts, inbox, links, organisers, outbox, people, rights, tokens, watch
from bot.alerts import Alert
from bot.channels.zalo_oa.oauth import TOKEN
from bot.messages import Reply, load
from bot.outbox import Outbox
from bot.settings import Settings
from bot.tokens import Pair
from bot.watch import Room
from tests.conftest import NOON
from tests.fakes import CAN, delivery

WIDE = Room(total=10**12, free=10**11)
SETTINGS = Settings(zalo_oa_app_id="1")
CHANNELS = {"fake": CAN}


@pytest.fixture
def admin(session: Session) -> str:
    """Hoa, an admin, who talks to the bot from one chat; and an editor in another."""
    for name, role in (("hoa", "admin"), ("minh", "editor")):
        person, _new = people.welcome(session, "fake", name, name, NOON)
        code = organisers.add(session, name, role, "test", NOON)  # type: ignore[arg-type]
        organisers.join(session, person, code, NOON)
    return "hoa"


def told(session: Session) -> list[tuple[str, str]]:
    """What was queued, to whom."""
    rows = session.exec(select(Outbox.chat, Outbox.body).order_by(col(Outbox.id))).all()
    return [(chat, load(body).text) for chat, body in rows]


def test_a_trouble_is_told_once_and_its_end_once(session: Session, admin: str) -> None:
    """However often one looks, an admin hears of a trouble when it begins and when it ends."""
    for minute in range(4):
        alerts.tell(session, {"disk": "Đĩa đầy."}, CHANNELS, NOON + timedelta(minutes=minute))
    for minute in range(4, 7):
        alerts.tell(session, {}, CHANNELS, NOON + timedelta(minutes=minute))

    assert told(session) == [(admin, "⚠ Đĩa đầy."), (admin, "Đã hết: Đĩa đầy.")]


def test_a_trouble_that_comes_back_is_told_again(session: Session, admin: str) -> None:
    """After its end a trouble is a new one."""
    for troubles in ({"disk": "Đầy."}, {}, {"disk": "Lại đầy."}):
        alerts.tell(session, troubles, CHANNELS, NOON)

    assert [text for _chat, text in told(session)][-1] == "⚠ Lại đầy."


def test_what_comes_together_is_one_message(session: Session, admin: str) -> None:
    """Several troubles at once ring a phone once."""
    alerts.tell(session, {"a": "Một.", "b": "Hai."}, CHANNELS, NOON)

    assert told(session) == [(admin, "⚠ Một.\n⚠ Hai.")]


def test_a_trouble_waits_for_somebody_to_hear_it(session: Session) -> None:
    """Without an admin nothing is lost: the first one who joins is told."""
    alerts.tell(session, {"disk": "Đầy."}, CHANNELS, NOON)
    hoa, _new = people.welcome(session, "fake", "hoa", "hoa", NOON)
    organisers.join(session, hoa, organisers.add(session, "Hoa", "admin", "x", NOON), NOON)

    alerts.tell(session, {"disk": "Đầy."}, CHANNELS, NOON)

    assert told(session) == [("hoa", "⚠ Đầy.")]


def test_a_trouble_that_nobody_heard_ends_in_silence(session: Session) -> None:
    """Nobody is told of the end of what they never heard of."""
    alerts.tell(session, {"disk": "Đầy."}, CHANNELS, NOON)
    alerts.tell(session, {}, CHANNELS, NOON)

    assert session.exec(select(Alert)).all() == []
    assert told(session) == []


def found(session: Session, room: Room = WIDE, content: str = "") -> set[str]:
    """The names of the troubles a quarter of an hour after noon."""
    now = NOON + timedelta(minutes=15)
    return set(watch.troubles(session, SETTINGS, room, content, now))


@pytest.fixture
def well(session: Session) -> Session:
    """Nothing is wrong: Zalo gave a token for a day."""
    day = timedelta(days=1)
    tokens.store(session, TOKEN, Pair("a", "r", NOON + day, NOON + 90 * day))
    return session


def test_when_all_is_well_there_is_nothing_to_tell(well: Session) -> None:
    """No trouble is found where there is none."""
    assert found(well) == set()


def test_a_token_about_to_end_is_a_trouble(well: Session) -> None:
    """A token with three hours left should have been renewed long ago."""
    soon = NOON + timedelta(hours=3)
    tokens.store(well, TOKEN, Pair("b", "r2", soon, NOON + timedelta(days=90)))

    assert found(well) == {"token"}


def test_an_answer_that_waits_too_long_is_a_trouble(well: Session) -> None:
    """An answer queued a quarter of an hour ago should be there by now; a fresh one is no news."""
    outbox.put(well, "fake", "lan", [Reply("chào")], CAN, NOON + timedelta(minutes=12))
    before = found(well)
    outbox.put(well, "fake", "minh", [Reply("chào")], CAN, NOON)

    assert (before, found(well)) == (set(), {"queue:fake"})


def test_a_message_nobody_takes_up_is_a_trouble(well: Session) -> None:
    """A message of a quarter of an hour ago should be answered by now; a fresh one is no news."""
    inbox.accept(well, [delivery("1", "chào", NOON + timedelta(minutes=12))])
    before = found(well)
    inbox.accept(well, [delivery("2", "chào", NOON, user="minh")])

    assert (before, found(well)) == (set(), {"inbox"})


def test_one_bad_day_of_a_link_is_no_trouble(well: Session) -> None:
    """A link is dead after two failures, and alive again after one success."""
    heard = []
    for note in ("HTTP 500", "TimeoutError", ""):
        links.record(well, "cam-nang", note, NOON)
        well.flush()
        heard.append(found(well))

    assert heard == [set(), {"link:cam-nang"}, set()]


def test_a_send_of_unknown_fate_is_a_trouble_for_a_day(well: Session) -> None:
    """It is told while somebody can still ask; after a day it is history."""
    outbox.put(well, "fake", "lan", [Reply("chào")], CAN, NOON)
    well.execute(update(Outbox).values(state=outbox.UNKNOWN, settled_at=NOON))
    now = found(well)
    well.execute(update(Outbox).values(settled_at=NOON - timedelta(days=1)))

    assert (now, found(well)) == ({"unknown"}, set())


def test_a_full_disk_is_a_trouble(well: Session) -> None:
    """Four percent free is too little on a large disk, and 150 MB on a small one."""
    assert found(well, Room(10**12, 4 * 10**10)) == {"disk"}
    assert found(well, Room(10**9, 150_000_000)) == {"disk"}
    assert found(well, Room(10**9, 250_000_000)) == set()


def test_dead_links_late_requests_and_bad_content_are_troubles(well: Session) -> None:
    """Each has its name, so that each is told by itself."""
    for _check in range(links.FAILURES_TO_DIE):
        links.record(well, "cam-nang", "404", NOON)
        well.flush()
    rights.receive(well, "see", NOON - timedelta(days=9), way="office")
    well.flush()

    assert found(well, content="3 lỗi") == {"link:cam-nang", "requests", "content"}
