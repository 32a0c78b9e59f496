"""Helper mode: nothing of a visit stays with the member, on both databases."""

import re
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlmodel import Session, SQLModel, col

from bot import outbox, people, privacy, state
from bot.channels.webchat import CAN as WEB
from bot.db import Database
from bot.desk import teams, visits
from bot.desk.teams import UnknownTeamError
from bot.desk.visits import VISIT_FOR, HelpVisit
from bot.flows.helpdesk import Back, give_back
from bot.flows.turn import House
from bot.inbox import Inbox
from bot.messages import Reply, plain
from bot.notices import on_behalf, taking_part
from bot.notices.on_behalf import HelpedRsvp, UnknownRegistrationError
from bot.organisers import Audit
from bot.outbox import Outbox
from bot.people import Person
from bot.state import Chat
from bot.upkeep import Upkeep
from faq import unanswered
from faq.unanswered import Candidate, Unanswered
from tests.conftest import NOON, ZONE
from tests.fakes import CAN
from tests.notices.sample import furnish, lay
from tests.stage import Stage

KOI = "xin hỏi cách nuôi cá koi trong chậu xi măng nước bị đục"


@pytest.fixture
async def stage(db: Database, house: House) -> Stage:
    """Lan is a member of the team of thôn Đông, and sits with somebody who agreed."""
    stage = Stage(db, furnish(house), NOON)
    lay(db, stage.house, NOON)

    def invited(session: Session) -> str:
        team = teams.add(session, "Tổ thôn Đông", "dong", "Hoa", NOON)
        return teams.invite(session, team, "Chị Hai", "Hoa", NOON)

    for said in (f"/giup {await db.write(invited)}", "/giup", "1"):
        await stage.says(said)
    return stage


def lan(session: Session) -> Person:
    """The member."""
    found = people.find(session, "fake", "lan")
    assert found is not None
    return found


def everything(session: Session) -> str:
    """Every row of every table, as one text."""
    tables = SQLModel.metadata.sorted_tables
    return "\n".join(f"{table.name} {session.execute(select(table)).all()}" for table in tables)


async def test_nothing_that_was_asked_stays(stage: Stage) -> None:
    """Words asked, picked and answered are in no table when they were said; consent is, with its
    wording and its moment, and so are the counts."""
    for said in (
        "mất căn cước thì làm lại ở đâu",
        "bao giờ có tọa đàm",
        "2",
        "nuôi cá lóc",
        "xong",
    ):
        await stage.says(said)

    def left(session: Session) -> tuple[str, HelpVisit, Chat]:
        visit = session.scalars(select(HelpVisit)).one()
        chat = state.of(session, "fake:lan")
        session.expunge(visit)
        return everything(session), visit, chat

    rows, visit, chat = stage.db.read(left)
    for word in ("mất căn cước", "cấp lại thẻ", "bao giờ"):
        assert [line[:60] for line in rows.splitlines() if word in line] == []
    assert (visit.consent, visit.started_at, visit.hamlet) == (True, NOON, "dong")
    assert "Cô bác đồng ý không?" in visit.wording
    assert (visit.asked, visit.registered, visit.lane) == (3, 0, "")
    assert (chat.visit, chat.kind, chat.topic, chat.asked) == (None, "", "", "")


async def test_a_question_left_for_a_person_is_in_nobodys_history(stage: Stage) -> None:
    """The member's own file does not hold it, though its answer comes to them."""
    await stage.says(KOI)

    def held(session: Session) -> list[str]:
        rows = [
            table.name for table, row in privacy.held(session, lan(session)) if KOI in repr(row)
        ]
        asker = session.scalars(select(Unanswered)).one().person_key
        teller = visits.teller(session, asker)
        assert teller is not None
        assert teller.id == lan(session).id
        assert session.scalars(select(Candidate)).first() is None
        return rows

    assert stage.db.read(held) == []


async def test_a_member_who_is_forgotten_leaves_visits_and_registrations(stage: Stage) -> None:
    """Counted, leading to nobody; an answer that comes later goes nowhere."""
    for said in ("đăng ký", "1", "Bà Tư", KOI, "xong"):
        await stage.says(said)

    def forget(session: Session) -> tuple[int | None, int | None, int, Person | None]:
        privacy.forget(session, lan(session))
        visit = session.scalars(select(HelpVisit)).one()
        row = session.scalars(select(HelpedRsvp)).one()
        left = len(teams.members(session, 1))
        return visit.person_id, row.person_id, left, visits.teller(session, visit.key)

    assert stage.db.run(forget).result() == (None, None, 0, None)


async def test_the_member_hears_of_changes_and_the_helped_are_counted(stage: Stage) -> None:
    """Two people are put down: two more come, and one member is told when the hour changes."""
    for said in ("đăng ký", "1", "Bà Tư", "đăng ký", "1", "không", "xong"):
        await stage.says(said)

    def known(session: Session) -> tuple[int, list[int], list[str]]:
        (name,) = set(session.scalars(select(HelpedRsvp.occurrence)))  # type: ignore[call-overload]
        told = taking_part.going(session, name)
        names = [row.name for row in on_behalf.listed(session, NOON)]
        assert taking_part.replied_to(session, name.partition("@")[0]) == [name]
        return taking_part.said(session, name)["yes"], told, names

    count, told, names = stage.db.read(known)
    assert (count, len(told), names) == (2, 1, ["Bà Tư", ""])


async def test_a_visit_left_open_is_ended_and_blanked(stage: Stage) -> None:
    """Also where a page shows what was said until then."""

    def fill(session: Session) -> None:
        person, _new = people.welcome(session, "web", "an", "an", NOON)
        chat = state.of(session, "web:an")
        member = teams.Membership(1, "Tổ thôn Đông", "dong")
        number = people.id_of(person)
        visits.begin(session, chat, member, number, consent=True, wording="?", now=NOON)
        session.add(
            Inbox(channel="web", key="1", lane="web:an", text="hỏi", state="done", received_at=NOON)
        )
        outbox.put(session, "web", "an", [Reply("đáp")], WEB, NOON, person_id=number)

    stage.db.run(fill).result()
    keep = Upkeep(stage.db, timedelta(days=90), now=lambda: NOON + VISIT_FOR)
    await keep.once()

    def left(session: Session) -> tuple[list[str], list[str], set[str]]:
        said = session.scalars(select(Inbox.text).where(col(Inbox.lane) == "web:an"))  # type: ignore[call-overload]
        told = session.scalars(select(Outbox.body).where(col(Outbox.lane) == "web:an"))  # type: ignore[call-overload]
        lanes = session.scalars(select(HelpVisit.lane))  # type: ignore[call-overload]
        return list(said), list(told), set(lanes)

    assert stage.db.read(left) == ([""], [], {""})


async def test_who_left_the_team_helps_no_more(stage: Stage) -> None:
    """Dropped, or the team ended: the next message is their own, and /giup is not for them."""
    await stage.db.write(partial(teams.remove, number=1, by="Hoa", now=NOON))
    answer = (await stage.says("VNeID là gì"))[0]

    assert "Đúng ý" in answer or "Nguồn" in answer
    assert "thành viên Tổ công nghệ số" in (await stage.says("/giup"))[0]
    assert stage.db.read(lambda session: state.of(session, "fake:lan").visit) is None


async def test_a_masked_number_is_not_answered_as_ones_own(stage: Stage) -> None:
    """Warned of, kept nowhere, and the visit goes on."""
    answers = await stage.says("căn cước của bà là 051234567890")
    more = await stage.says("/giup")

    assert len(answers) == 1
    assert "đừng gửi số căn cước" in answers[0]
    assert "Đang giúp một người" in more[0]
    assert "căn cước của bà" not in stage.db.read(everything)


def test_codes_are_short_and_used_once(session: Session) -> None:
    """Typed in small letters too; a new code puts out who joined by the old one."""
    team = teams.add(session, "Tổ", "", "Hoa", NOON)
    code = teams.invite(session, team, "Chị Hai", "Hoa", NOON)
    an, _new = people.welcome(session, "fake", "an", "an", NOON)
    late = teams.join(session, an, code, NOON + teams.CODE_FOR)
    joined = teams.join(session, an, code.lower(), NOON)
    twice = teams.join(session, an, code, NOON)
    number = teams.members(session, team)[0].id or 0
    teams.again(session, number, "Hoa", NOON)

    assert re.fullmatch(r"[2-9A-Z]{8}", code)
    assert (late, twice) == (None, None)
    assert joined is not None
    assert joined.team == "Tổ"
    assert teams.of(session, people.id_of(an)) is None
    with pytest.raises(UnknownTeamError):
        teams.invite(session, 99, "x", "Hoa", NOON)
    with pytest.raises(UnknownTeamError):
        teams.drop(session, 99, "Hoa", NOON)
    acts = [row.act for row in session.scalars(select(Audit).order_by(col(Audit.id)))]
    assert acts == [
        "teams.add", "teams.invite", "teams.join", "teams.join", "teams.join", "teams.invite",
    ]  # fmt: skip


def test_joining_another_team_leaves_the_first(session: Session) -> None:
    """Somebody is in one team."""
    an, _new = people.welcome(session, "fake", "an", "an", NOON)
    for name in ("Tổ một", "Tổ hai"):
        team = teams.add(session, name, "", "Hoa", NOON)
        teams.join(session, an, teams.invite(session, team, "An", "Hoa", NOON), NOON)
    found = teams.of(session, people.id_of(an))

    assert found is not None
    assert found.team == "Tổ hai"
    assert [len(teams.members(session, one.id or 0)) for one in teams.listed(session)] == [1, 0]


def test_a_registration_is_taken_back_by_its_team_alone(session: Session) -> None:
    """Organisers name no team, and may take back any."""
    an, _new = people.welcome(session, "fake", "an", "an", NOON)
    rows = [on_behalf.register(session, "x", people.id_of(an), 1, "T" * 99, NOON) for _one in "ab"]
    with pytest.raises(UnknownRegistrationError):
        on_behalf.take_back(session, rows[0].code, 2)
    on_behalf.take_back(session, rows[0].code, 1)
    on_behalf.take_back(session, rows[1].code)

    assert len(rows[0].name) == on_behalf.LONGEST
    assert on_behalf.count(session, "x") == 0
    for odd in ("", "G-", "G-99999999999", "x", "²"):
        with pytest.raises(UnknownRegistrationError):
            on_behalf.take_back(session, odd)


async def test_the_thon_of_who_was_helped_counts(db: Database, house: House) -> None:
    """The team's when nothing is said, another when the member says so, none when it is unknown."""
    stage = Stage(db, furnish(house), NOON)

    def invited(session: Session) -> str:
        team = teams.add(session, "Tổ thôn Đông", "dong", "Hoa", NOON)
        return teams.invite(session, team, "Chị Hai", "Hoa", NOON)

    await stage.says(f"/giup {await db.write(invited)}")
    for answers in ((), ("1",), ("2", "1"), ("thôn khác", "2")):
        for said in ("/giup", "1", *answers, "VNeID là gì", "xong"):
            await stage.says(said)

    def thon(session: Session) -> list[str]:
        rows = session.scalars(select(HelpVisit).order_by(col(HelpVisit.id)))
        return [row.hamlet for row in rows]

    assert db.read(thon) == ["dong", "dong", "tay", ""]


async def test_choices_and_later_answers_are_words_to_read(stage: Stage) -> None:
    """No figure, short form or address is left to be read letter by letter."""
    near = (await stage.says("mức 2 khác gì"))[0]
    await stage.says(KOI)

    def answered(session: Session) -> None:
        question = session.scalars(select(Unanswered)).one()
        unanswered.answer(question, "Gọi 0255 3867 123 trước 17:00, UBND đặc khu.", "Hoa", NOON)
        back = Back({"fake": CAN}, ZONE, stage.house.programme.said)
        give_back(session, question, back, NOON)

    stage.db.run(answered).result()
    before = len(stage.channel.sent)
    await stage.settle()
    later = "\n".join(plain(reply) for _to, reply in stage.channel.sent[before:])

    assert ("mức hai" in near, "mức 2" in near) == (True, False)
    assert "Câu hỏi H-0001 bạn hỏi giúp bà con" in later
    assert "Ủy ban nhân dân đặc khu" in later
    assert "0255" not in later
