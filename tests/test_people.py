"""People and powers: who may do what, and what happens to their data."""

from datetime import timedelta
from typing import get_args

import pytest
from sqlalchemy import select
from sqlmodel import Session, SQLModel

from bot import (
    dossier,
    organisers,
    outbox,
    pairing,
    people,
    privacy,
    pushes,
    reach,
    sensitive,
    state,
)
from bot.desk import handoff, teams, visits
from bot.inbox import Inbox
from bot.messages import Reply
from bot.notices import announce, asking, following, groups, on_behalf, stories, taking_part
from bot.notices.announce import Draft
from bot.notices.asking import TalkVote
from bot.notices.audience import Audience
from bot.notices.learning import TalkAnswer
from bot.organisers import POWERS, Act, Audit, Role
from bot.people import Address, Person
from bot.tables import METADATA
from faq import unanswered
from quiz import papers, players, practice
from quiz.papers import Entrant
from tests.conftest import NOON, ZONE
from tests.fakes import CAN
from tests.quiz.conftest import SELF, opened


@pytest.fixture
def lan(session: Session) -> Person:
    """Somebody who wrote once."""
    person, _new = people.welcome(session, "fake", "lan", "lan", NOON)
    return person


def test_somebody_is_met_once(session: Session, lan: Person) -> None:
    """The same address is the same person."""
    again, new = people.welcome(session, "fake", "lan", "lan", NOON)

    assert (again.id, new) == (lan.id, False)


def test_the_same_id_on_another_channel_is_somebody_else(session: Session, lan: Person) -> None:
    """Ids of different platforms have nothing to do with each other."""
    other, new = people.welcome(session, "zalo", "lan", "lan", NOON)

    assert new
    assert other.id != lan.id


def test_a_blocked_address_is_marked_and_comes_back(session: Session, lan: Person) -> None:
    """Who blocked us is marked, until they come back."""
    people.mark_blocked(session, "fake", "lan", NOON)
    session.expire_all()
    blocked = [address.blocked_at for address in people.addresses(session, people.id_of(lan))]
    people.mark_blocked(session, "fake", "lan", NOON, blocked=False)
    session.expire_all()

    assert blocked == [NOON]
    assert people.addresses(session, people.id_of(lan))[0].blocked_at is None


def test_a_joining_code_works_once(session: Session, lan: Person) -> None:
    """The code makes its person an organiser; a second person gets nothing from it."""
    code = organisers.add(session, "Chị Hoa", "editor", "test", NOON)
    minh, _new = people.welcome(session, "fake", "minh", "minh", NOON)

    joined = organisers.join(session, lan, code, NOON)
    again = organisers.join(session, minh, code, NOON)

    assert joined is not None
    assert again is None
    assert organisers.may(session, lan, "questions.answer")
    assert not organisers.may(session, minh, "questions.answer")


def test_a_joining_code_expires(session: Session, lan: Person) -> None:
    """After ten minutes the code is worth nothing."""
    code = organisers.add(session, "Chị Hoa", "editor", "test", NOON)

    assert organisers.join(session, lan, code, NOON + organisers.CODE_FOR) is None


def test_removing_works_at_once(session: Session, lan: Person) -> None:
    """A removed organiser may do nothing any more."""
    organisers.join(session, lan, organisers.add(session, "A", "admin", "test", NOON), NOON)
    [organiser] = organisers.listed(session)

    organisers.remove(session, organiser.id or 0, "test", NOON)

    assert not organisers.may(session, lan, "organisers.manage")
    with pytest.raises(organisers.UnknownOrganiserError):
        organisers.remove(session, organiser.id or 0, "test", NOON)


@pytest.mark.parametrize("role", get_args(Role))
@pytest.mark.parametrize("act", get_args(Act))
def test_each_role_may_do_just_its_acts(
    session: Session, lan: Person, role: Role, act: Act
) -> None:
    """`may` says yes exactly where the table of powers does."""
    organisers.join(session, lan, organisers.add(session, "A", role, "test", NOON), NOON)

    assert organisers.may(session, lan, act) == (act in POWERS[role])


@pytest.mark.parametrize("act", get_args(Act))
def test_residents_have_no_powers(session: Session, lan: Person, act: Act) -> None:
    """Whoever is no organiser may do none of the acts; nor may nobody."""
    assert not organisers.may(session, lan, act)
    assert not organisers.may(session, None, act)


def test_every_act_leaves_an_audit_line(session: Session, lan: Person) -> None:
    """Adding, joining, failing to join and removing are written down."""
    code = organisers.add(session, "A", "admin", "test", NOON)
    organisers.join(session, lan, code, NOON)
    organisers.join(session, lan, code, NOON)
    [organiser] = organisers.listed(session)
    organisers.remove(session, organiser.id or 0, "test", NOON)
    session.flush()

    lines = session.scalars(select(Audit).order_by("id")).all()
    assert [(line.act, line.allowed) for line in lines] == [
        ("organisers.add", True),
        ("organisers.join", True),
        ("organisers.join", False),
        ("organisers.remove", True),
    ]


def fill_every_table(session: Session, person: Person) -> None:
    """A row about the person in every table that can hold one."""
    organisers.join(session, person, organisers.add(session, "A", "viewer", "x", NOON), NOON)
    people.agree(session, person, "hamlet", "Bạn thuộc nơi nào?", NOON)
    chat = state.of(session, "fake:lan")
    chat.person_id, chat.asked = person.id, "khai sinh"
    state.save(session, chat)
    outbox.put(session, "fake", "lan", [Reply("chào")], CAN, NOON, person_id=person.id)
    session.add(
        Inbox(channel="fake", key="1", lane="fake:lan", received_at=NOON, person_id=person.id)
    )
    where = people.addresses(session, people.id_of(person))[0]
    reach.heard(session, where.channel, where.user, NOON)
    number = people.id_of(person)
    people.follow(session, number, "toa-dam", NOON)
    pushes.subscribe(session, number, "lan", "https://push.example/1", ("key", "auth"), NOON)
    pairing.show(session, number, "fake:lan", NOON)
    pairing.check(session, number, "wrong", NOON)
    draft = Draft("Mời họp", audience=Audience(named=True))
    announce.write(session, draft, "x", NOON, named=[number])
    handoff.take(session, "fake:lan", number, "Hoa", NOON)
    kept = {"person_key": person.key, "text": "khai sinh", "folded": "khai sinh", "now": NOON}
    unanswered.confirm(session, entry="dang-ky-khai-sinh-lien-thong", **kept)  # type: ignore[arg-type]
    unanswered.keep(session, channel="fake", lane="fake:lan", near=[], why="nothing", **kept)  # type: ignore[arg-type]
    session.flush()
    dossier.issue(session, person, NOON)
    groups.subscribe(session, "fake", f"-{person.id}", "", people.id_of(person), NOON)
    stories.reader(session, people.id_of(person)).weekly = True
    come(session, person)
    play(session, person)
    help_out(session, person)


def help_out(session: Session, person: Person) -> None:
    """The person is in a team, helps somebody and puts them down for an event."""
    team = teams.add(session, "Tổ thôn Đông", "dong", "Hoa", NOON)
    code = teams.invite(session, team, "Chị Hai", "Hoa", NOON)
    member = teams.join(session, person, code, NOON)
    assert member is not None
    chat, number = state.of(session, "fake:lan"), people.id_of(person)
    visits.begin(session, chat, member, number, consent=True, wording="lời hỏi", now=NOON)
    on_behalf.register(session, "x", number, team, "Bà Tư", NOON)
    state.save(session, chat)


def come(session: Session, person: Person) -> None:
    """The person wants to hear of talks, says they come, asks, votes, comes and answers."""
    number, other = people.id_of(person), 10**6 + people.id_of(person)
    following.take_up(session, person, ["talk"], "lời hỏi", NOON)
    taking_part.reply(session, "x", number, "yes", NOON)
    taking_part.check_in(session, "x", person.key, "", "qr", NOON)
    asking.ask(session, "x", number, "Làm VNeID ở đâu?", NOON)
    session.add(TalkVote(question=other, person_id=number))
    session.add(
        TalkAnswer(
            occurrence="x",
            person_key=person.key,
            phase="before",
            question="q1",
            choice=1,
            is_right=True,
            at=NOON,
        )
    )
    session.flush()


def play(session: Session, person: Person) -> None:
    """The person has a nickname, a paper with an answer, a place on the board, and practice."""
    players.name(session, person.key, "Lan", NOON)
    round_ = opened(session, SELF)
    paper = papers.begin(session, round_, Entrant(person.key), "web", NOON, ZONE)
    papers.put(round_, paper, NOON)
    papers.answer(session, round_, paper, 0, "web", NOON)
    practice.learn(session, person.key, "q1", NOON.date(), NOON, right=True)


def test_a_code_is_never_masked_when_it_is_typed() -> None:
    """One in some codes would look like a card or identity number, and be hidden from the bot."""
    for _time in range(500):
        typed = f"/start org-{organisers.new_code()}"

        assert sensitive.blank(typed) == typed


def test_every_table_says_whom_it_is_about_or_that_it_is_about_nobody() -> None:
    """A table added later must be found by privacy.py, or be declared impersonal."""
    named = {table.name for table, _column in privacy.columns()}

    assert {table.name for table in METADATA.sorted_tables} == named | {
        "person"
    } | privacy.IMPERSONAL & set(METADATA.tables)


def test_forgetting_leaves_nothing_in_any_table(session: Session, lan: Person) -> None:
    """After forgetting, no row of any table is about the person."""
    key, row = lan.key, lan.id
    fill_every_table(session, lan)

    privacy.forget(session, lan)

    for table, column in privacy.columns():
        mine = key if column.name == "person_key" else row
        assert session.execute(select(table).where(column == mine)).first() is None, table.name
    assert session.get(Person, row) is None
    assert session.execute(select(Address)).first() is None


def test_forgetting_one_leaves_the_others(session: Session, lan: Person) -> None:
    """Nobody else's rows are touched."""
    minh, _new = people.welcome(session, "fake", "minh", "minh", NOON)
    fill_every_table(session, minh)

    privacy.forget(session, lan)

    for table, column in privacy.columns():
        mine = minh.key if column.name == "person_key" else minh.id
        assert session.execute(select(table).where(column == mine)).first(), table.name


def test_the_open_question_expires_and_the_newest_wins(session: Session, lan: Person) -> None:
    """One open question a chat: a newer one replaces it, and time closes it."""
    chat = state.of(session, "fake:lan")
    state.ask(chat, "near", {"options": []}, lan.id, NOON)
    newest = state.ask(chat, "forget", {"options": []}, lan.id, NOON)

    found = state.question(chat, lan.id, NOON + timedelta(minutes=29))

    assert found is not None
    assert (found.kind, found.ref) == ("forget", newest)
    assert state.question(chat, lan.id, NOON + state.OPEN_FOR) is None


def test_in_a_group_only_the_one_asked_may_pick(session: Session, lan: Person) -> None:
    """A question put to one person of a group is not open to another."""
    chat = state.of(session, "fake:-1")
    state.ask(chat, "near", {"options": []}, lan.id, NOON)

    assert state.question(chat, (lan.id or 0) + 1, NOON) is None


def test_all_models_are_known_to_the_migrations() -> None:
    """Every table the code defines is in the metadata that migrations compare with."""
    assert SQLModel.metadata is METADATA
