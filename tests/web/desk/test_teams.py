"""The page of digital teams: members with codes, whom they signed up, and how many they helped."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlmodel import Session

from bot import figures, helped, people, state
from bot.content import Content, Place
from bot.db import Database
from bot.desk import teams, visits
from bot.figures import Labels
from bot.flows.turn import House
from bot.notices import on_behalf
from bot.rows import Span
from tests.conftest import ZONE
from tests.web.desk.bench import Bench, serve, words

PAGE = "/ban/giup"
EVIL = "<script>alert(1)</script>"
HAMLETS = {"dong": "Thôn Đông", "tay": "Thôn Tây"}


@pytest.fixture
def at(db: Database, content: Content, house: House) -> Iterator[Bench]:
    """The desk of an island of two thôn."""
    places = tuple(Place(key, name) for key, name in HAMLETS.items())
    known = replace(content, places=replace(content.places, hamlets=places))
    with serve(db, known, house.programme) as opened:
        yield opened


def helping(session: Session, team: int, hamlet: str, times: int, *, at: datetime) -> None:
    """A member of a team helps so many people, each with a question."""
    member = teams.Membership(team, "", hamlet)
    person, _new = people.welcome(session, "fake", f"m{team}", f"m{team}", at)
    number = people.id_of(person)
    for _time in range(times):
        chat = state.of(session, f"fake:m{team}")
        given = {"consent": True, "wording": "?", "now": at}
        visit = visits.begin(session, chat, member, number, **given)  # type: ignore[arg-type]
        visit.asked = 1
        visits.end(session, chat, visit, at)


def test_a_team_gets_a_member_who_joins_by_the_code(at: Bench) -> None:
    """The code is shown once; a new one puts the old phone out; both are audited."""
    admin = at.signed("editor", "Chị Hoa")
    admin.post(PAGE, viec="to", ten="Tổ thôn Đông", thon="dong")
    made = admin.post(PAGE, viec="moi", so=1, ten="Chị Hai").text
    code = re.search(r"/giup ([2-9A-Z]{8})", made)
    assert code

    def join(session: Session) -> bool:
        now = datetime.now(UTC)
        person, _new = people.welcome(session, "fake", "hai", "hai", now)
        return teams.join(session, person, code[1], now) is not None

    assert at.db.run(join).result()
    shown = admin.get(PAGE).text
    admin.post(PAGE, viec="ma", so=1)
    again = words(admin.get(PAGE).text)
    admin.post(PAGE, viec="bo", so=1)
    admin.post(PAGE, viec="bo-to", so=1)
    kept = words(admin.get(PAGE).text)
    admin.post(PAGE, viec="bo-to", so=1, chac=1)

    assert code[1] not in shown
    assert "Tổ thôn Đông Thôn Đông 1 thành viên Chị Hai : đã vào tổ" in words(shown)
    assert "Chị Hai : chưa nhắn mã" in again
    assert "Tổ thôn Đông Thôn Đông 0 thành viên" in kept
    assert "Chưa có tổ nào" in admin.get(PAGE).text
    assert [act for actor, act, _subject, _allowed in at.audit() if actor == "Chị Hoa"] == [
        "teams.add", "teams.invite", "teams.invite", "teams.drop", "teams.remove",
    ]  # fmt: skip


def test_names_are_for_those_who_keep_them(at: Bench) -> None:
    """Who may only read sees teams and numbers; hostile names open nothing."""
    editor, viewer = at.signed("editor"), at.signed("viewer")
    editor.post(PAGE, viec="to", ten=f"Tổ {EVIL}")
    editor.post(PAGE, viec="moi", so=1, ten=f"Hai {EVIL}")
    now = datetime.now(UTC)
    at.db.run(
        lambda session: on_behalf.register(session, "toa-dam", None, 1, "Bà Tư", now)  # type: ignore[arg-type]
    ).result()
    seen, kept = viewer.get(PAGE).text, editor.get(PAGE).text
    editor.post(PAGE, viec="bo-dang-ky", so=1)

    assert "Hai " not in words(seen)
    assert "Bà Tư" not in seen
    assert "1 thành viên" in words(seen)
    assert "Bà Tư" in kept
    assert EVIL not in seen + kept
    assert "Bà Tư" not in editor.get(PAGE).text
    wrong = [editor.post(PAGE, **form).status_code for form in (
        {}, {"viec": "to"}, {"viec": "moi", "so": 99, "ten": "x"}, {"viec": "ma", "so": 99},
        {"viec": "bo-dang-ky", "so": 1}, {"viec": "bo-to", "so": "x", "chac": 1})]  # fmt: skip
    assert wrong == [422] * 6


def test_visits_are_counted_and_small_groups_hidden(at: Bench) -> None:
    """By week, team, thôn and kind; the same figures stand among the others and in the report."""
    now = datetime.now(UTC) - timedelta(days=7)  # a week that is over
    for name, hamlet, times in (("Tổ một", "dong", 7), ("Tổ hai", "dong", 6), ("Tổ ba", "tay", 2)):
        work = partial(teams.add, name=name, hamlet=hamlet, by="x", now=now)
        team = at.db.run(work).result()
        help_ = partial(helping, team=team, hamlet=hamlet, times=times, at=now)
        at.db.run(help_).result()
    page = at.signed("viewer").get(PAGE)
    today = now.astimezone(ZONE).date()
    span = Span(today - timedelta(days=21), today + timedelta(days=7), ZONE)

    def read(session: Session) -> tuple[dict[str, str], dict[str, str], list[str]]:
        visits = {figure.id: figure for figure in helped.all_of(session, span, HAMLETS)}
        every = [one.id for one in figures.all_of(session, span, Labels(hamlets=HAMLETS))]
        return (
            {row.label: row.shown for row in visits["giup-to"].rows},
            {row.label: row.shown for row in visits["giup-viec"].rows},
            every,
        )

    by_team, by_kind, every = at.db.read(read)
    assert by_team == {"Tổ một": "7", "Tổ hai": "ẩn", "Tổ ba": "<5"}
    assert by_kind["Hỏi đáp"] == "15"
    assert {"giup", "giup-to", "giup-thon", "giup-viec"} <= set(every)
    assert page.text.count("<svg") == 4
    assert "<5" not in re.findall(r"Thôn Đông[^/]*</td>", page.text)


def test_nothing_is_shown_where_nobody_was_helped(at: Bench) -> None:
    """No empty plots, here or among the figures."""
    span = Span(datetime.now(UTC).date(), datetime.now(UTC).date(), ZONE)

    assert at.db.read(partial(helped.all_of, span=span, hamlets=HAMLETS)) == []
    assert "<svg" not in at.signed("viewer").get(PAGE).text
