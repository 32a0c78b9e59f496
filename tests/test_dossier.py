"""My data as a file: everything is in it or named as left out, and nothing of anybody else."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import update
from sqlmodel import Session, select

from bot import dossier, labels, people, privacy
from bot.db import Database
from bot.dossier import Dossier
from bot.flows.turn import House
from bot.i18n import moment
from bot.inbox import Inbox
from bot.people import Person
from bot.rights import PrivacyRequest
from bot.tables import METADATA
from quiz.rounds import Round
from tests.conftest import NOON, ZONE
from tests.fakes import CAN, FakeChannel
from tests.stage import Stage
from tests.test_people import fill_every_table

OPERATOR = "UBND đặc khu Lý Sơn"


@pytest.fixture
def lan(session: Session) -> Person:
    """Somebody of whom every table knows something."""
    person, _new = people.welcome(session, "fake", "lan", "lan", NOON)
    fill_every_table(session, person)
    return person


def made(session: Session, person: Person) -> tuple[Dossier, str]:
    """The dossier of a person, and its file."""
    found = dossier.gather(session, person, ZONE, NOON)
    return found, dossier.as_html(found, OPERATOR)


def written(value: object) -> str:
    """A value as the file writes it."""
    match value:
        case bool():
            return "có" if value else "không"
        case datetime():
            return moment(value, ZONE)
        case date():
            return value.isoformat()
        case _:
            return str(value)


def test_every_value_is_in_the_file_or_named_as_left_out(session: Session, lan: Person) -> None:
    """Of each row about a person every value that is filled is given, or left out for a reason."""
    found, file = made(session, lan)

    for table, row in privacy.held(session, lan):
        for name, value in row.items():
            if value in (None, "", "{}", "[]") or name == "body":
                continue
            if f"{table.name}.{name}" in found.withheld:
                continue
            assert dossier._safe(written(value)) in file, f"{table.name}.{name}"  # noqa: SLF001
    assert "chào" in file


def test_every_table_about_people_is_in_the_file(session: Session, lan: Person) -> None:
    """What is given to a person names each table that holds something about them."""
    found, file = made(session, lan)

    for table, _column in privacy.columns():
        assert table.name in found.tables
        assert labels.TABLES[table.name] in file


def test_what_is_left_out_is_said_with_its_reason(session: Session, lan: Person) -> None:
    """Hashes of secrets are not given, and the file says so; nothing else is left out unsaid."""
    found, file = made(session, lan)

    assert found.withheld["organiser.code_hash"] == labels.WITHHELD["code_hash"]
    for name, reason in found.withheld.items():
        assert name in file
        assert reason in file


def test_everything_about_people_has_a_name_they_understand() -> None:
    """A table or column added later needs its words; words of nothing must go."""
    personal = {table for table, _column in privacy.columns()} | {
        METADATA.tables["person"],
        METADATA.tables["pace"],
    }
    naming = {(table.name, column.name) for table, column in privacy.columns()}
    shown = {
        column.name
        for table in personal
        for column in table.columns
        if (table.name, column.name) not in naming and column.name not in labels.WITHHELD
    }

    assert {table.name for table in personal} == set(labels.TABLES)
    assert shown == set(labels.COLUMNS)


def test_nothing_of_anybody_else_is_in_the_file(session: Session, lan: Person) -> None:
    """Another person's keys, addresses and words are not there."""
    minh, _new = people.welcome(session, "fake", "minh-8817", "minh-8817", NOON)
    session.add(
        Inbox(
            channel="fake", key="z", lane="fake:minh-8817", received_at=NOON,
            person_id=minh.id, text="chuyện riêng nhà Minh",
        )
    )  # fmt: skip
    _found, file = made(session, lan)

    for secret in ("minh-8817", minh.key, "chuyện riêng"):
        assert secret not in file


def test_an_unreadable_message_of_my_chat_is_mine(session: Session, lan: Person) -> None:
    """What a private chat holds without saying whose it is, is given too."""
    session.add(
        Inbox(
            channel="fake", key="y", lane="fake:lan", received_at=NOON, payload="{hỏng", error="x"
        )
    )
    _found, file = made(session, lan)

    assert "{hỏng" in file


def test_linked_channels_are_in_one_file(session: Session, lan: Person) -> None:
    """Two addresses that were linked are one person: the file has both."""
    phone, _new = people.welcome(session, "zalo", "lan-zalo", "lan-zalo", NOON)
    privacy.merge(session, lan, phone)
    _found, file = made(session, lan)

    assert "lan-zalo" in file
    assert "<td>fake</td>" in file


def test_machines_read_the_same(session: Session, lan: Person) -> None:
    """Inside the file stands the same as JSON, which no word of a person can end early."""
    session.add(
        Inbox(channel="fake", key="x", lane="fake:lan", received_at=NOON, person_id=lan.id,
              text="</script><script>alert(1)</script>")
    )  # fmt: skip
    found, file = made(session, lan)
    head, tail = '<script type="application/json" id="du-lieu">', "</script>"

    body = json.loads(file.split(head)[1].split(tail)[0])

    assert file.count("<script") == 1
    assert {name: len(rows) for name, rows in body["tables"].items()} == {
        name: len(rows) for name, rows in found.tables.items()
    }


def test_an_open_contest_keeps_its_answers_secret(session: Session, lan: Person) -> None:
    """While a round is open the file does not tell what was right; afterwards it does."""
    before, _file = made(session, lan)
    session.execute(update(Round).values(closed_at=NOON))
    after, _file = made(session, lan)

    assert before.withheld["answer.right"] == labels.OPEN_ROUND
    assert "right" not in before.tables["answer"][0]
    assert "right" in after.tables["answer"][0]


def test_a_link_gives_one_file_and_ends(session: Session, lan: Person) -> None:
    """A link works once, for half an hour, and for nobody who guesses."""
    token, late = (dossier.issue(session, lan, NOON) for _time in range(2))

    assert dossier.is_good(session, token, NOON)
    assert dossier.use(session, token, NOON) == lan.key
    assert dossier.use(session, token, NOON) is None
    assert dossier.use(session, late, NOON + dossier.LINK_FOR) is None
    assert dossier.use(session, "x" * 43, NOON) is None


class Carrier(FakeChannel):
    """A channel that carries files."""

    async def carry(self, chat: str, reply: object, name: str, body: bytes) -> str:
        """Remember the file."""
        self.files = [*getattr(self, "files", []), (chat, reply, name, body.decode())]
        return "file"


async def test_the_file_goes_along_where_it_can(db: Database, house: House) -> None:
    """/dulieu sends a short summary with the file, made when it is sent; the request is noted."""
    channel = Carrier(can=replace(CAN, files=True))
    stage = Stage(db, house, NOON, channel)
    await stage.says("vneid là gì, cccd của tôi 051099001234")
    await stage.says("/dulieu")

    [(chat, reply, name, body)] = channel.files
    assert (chat, name) == ("lan", "du-lieu-cua-toi.html")
    assert "Tin bạn đã nhắn: 2" in str(reply)
    assert "vneid là gì" in body
    assert "[đã ẩn]" in body
    assert "051099001234" not in body
    assert "vneid" not in str(reply)
    noted = db.read(lambda s: s.exec(select(PrivacyRequest)).all())
    assert [(one.kind, one.done_at) for one in noted] == [("see", NOON)]


async def test_elsewhere_a_link_is_given(db: Database, house: House) -> None:
    """Where no file can go along, the chat gives a link that works once; its words stay away."""
    stage = Stage(db, replace(house, public_url="https://bot.example"), NOON)
    await stage.says("vneid là gì")
    [told] = await stage.says("/dulieu")

    token = told.split("/du-lieu/")[1].split()[0].rstrip(".,)")
    key = await db.write(partial(dossier.use, token=token, now=NOON + timedelta(minutes=1)))
    assert "vneid là gì" not in told
    assert key == db.read(lambda s: s.exec(select(Person.key)).one())


async def test_a_file_of_somebody_forgotten_is_not_sent(db: Database, house: House) -> None:
    """Between asking and sending a person may be forgotten: then there is no file."""
    body = db.read(partial(dossier.file_of, key="nobody", operator="", zone=ZONE, now=NOON))

    assert body is None
