"""Playing on a phone: one answer counts, in time, by whoever joined; nothing is told too early."""

import asyncio

import httpx
import pytest
from sqlmodel import Session, select

from bot import people, privacy
from bot.web.chat import COOKIE
from quiz import board, players, recount
from quiz.board import Standing
from quiz.log import Answer
from quiz.players import Player
from quiz.rounds import Round
from tests.hostile import HOSTILE
from tests.web.theatre import JSON, Theatre, visitor


def answers(theatre: Theatre) -> list[Answer]:
    """The log."""
    return theatre.work(lambda session, _round: list(session.scalars(select(Answer))))


def agrees(theatre: Theatre) -> bool:
    """Whether the board is what the log gives."""
    return theatre.work(lambda session, round_: recount.compare(session, round_) == [])


def test_a_code_leads_to_the_contest(small: Theatre) -> None:
    """Typed in small letters or with spaces; a wrong one is told."""
    with small.browser() as client:
        good = client.post("/san-khau", data={"code": f" {small.code.lower()} "})
        bad = client.post("/san-khau", data={"code": "NOPE2"})

    assert good.headers["location"] == small.path()
    assert bad.status_code == 404
    assert "Không có cuộc thi nào mang mã này" in bad.text


def test_joining_and_answering_without_script(theatre: Theatre) -> None:
    """A nickname and a unit, then a plain form; the page says that the answer is in."""
    with theatre.player("Cô Lan", unit="doan-a") as client:
        lobby = client.get(theatre.path())
        theatre.step("open")
        asked = client.get(theatre.path())
        data = {"choice": "1", "question": theatre.shown().id}
        pressed = client.post(theatre.path("/tra-loi"), data=data, follow_redirects=True)

    assert "Cô Lan" in lobby.text
    assert theatre.shown().text in asked.text
    assert "Đã nhận" in pressed.text
    assert len(answers(theatre)) == 1
    units = theatre.work(lambda session, _r: [it.unit for it in session.scalars(select(Standing))])
    assert units == ["doan-a"]


def test_the_first_press_counts_however_many_come(theatre: Theatre) -> None:
    """Twenty presses of one phone at once are one answer, and each is answered."""
    with theatre.player() as client:
        theatre.step("open")
        cookies = dict(client.cookies)

        async def burst() -> list[str]:
            async with httpx.AsyncClient(base_url=theatre.url, cookies=cookies) as phone:
                data = [{"choice": str(number % 4), "question": ""} for number in range(20)]
                posts = [phone.post(theatre.path("/tra-loi"), data=d, headers=JSON) for d in data]
                return [item.json()["result"] for item in await asyncio.gather(*posts)]

        results = asyncio.run(burst())

    assert sorted(results) == ["already"] * 19 + ["counted"]
    assert len(answers(theatre)) == 1
    assert agrees(theatre)


def test_a_late_press_is_told_so(theatre: Theatre) -> None:
    """By the server's clock, after the deadline and its grace, nothing counts."""
    with theatre.player() as client:
        theatre.step("open", ago=302)
        result = theatre.press(client, 0)

    assert result == "late"
    assert answers(theatre) == []


@pytest.mark.parametrize(
    ("choice", "question"),
    [
        pytest.param("4", "", id="no such option"),
        pytest.param("-1", "", id="below the first"),
        pytest.param("²", "", id="a digit that is none"),
        pytest.param("", "", id="nothing"),
        pytest.param("0", "q-forged", id="another question"),
        pytest.param("0", "x" * 5000, id="a long one"),
    ],
)
def test_a_forged_press_is_refused_and_answered(small: Theatre, choice: str, question: str) -> None:
    """Made-up payloads change nothing, whatever they hold."""
    with small.player() as client:
        small.step("open")
        result = small.press(client, choice, question)

    assert result == "unknown"
    assert answers(small) == []


def test_who_has_not_joined_is_a_stranger(theatre: Theatre) -> None:
    """No cookie, a made-up one, or somebody known who did not join: nothing counts."""
    theatre.step("open")
    results = []
    for cookies in ({}, {COOKIE: visitor()}, {COOKIE: "' OR 1=1"}):
        with httpx.Client(base_url=theatre.url, cookies=cookies) as client:
            results.append(theatre.press(client, 0))

    assert results == ["stranger"] * 3
    assert answers(theatre) == []


def test_no_question_is_open_in_the_lobby(small: Theatre) -> None:
    """A press before the first question is told to wait."""
    with small.player() as client:
        assert small.press(client, 0) == "closed"


def test_a_reload_or_a_lost_phone_goes_on(theatre: Theatre) -> None:
    """The cookie is enough: what was pressed stands there again."""
    with theatre.player() as client:
        theatre.step("open")
        theatre.press(client, 2)
        again = client.get(theatre.path("/toi")).json()

    assert again["chosen"] == 2


def test_joining_again_changes_nothing(theatre: Theatre) -> None:
    """Neither the name on the wall nor the answers."""
    with theatre.player("Lan") as client:
        client.post(theatre.path("/vao"), data={"name": "Minh"})
        mine = client.get(theatre.path("/toi")).json()

    assert mine["name"] == "Lan"
    assert theatre.work(lambda session, _r: board.count(session, theatre.round_id)) == 1


def test_late_joiners_score_from_then_on(theatre: Theatre) -> None:
    """Who comes during the second question answers it."""
    theatre.step("open")
    theatre.step("close")
    theatre.step("reveal")
    theatre.step("open")
    with theatre.player("Muộn") as client:
        assert theatre.press(client, theatre.shown().answer) == "counted"
    assert agrees(theatre)


def test_organisers_do_not_play(theatre: Theatre) -> None:
    """Neither as the person they are nor in the browser that holds their session."""
    own = visitor()
    theatre.is_organiser(own)
    with httpx.Client(base_url=theatre.url, cookies={COOKIE: own}) as client:
        person = client.post(theatre.path("/vao"), data={"name": "Ba"})
    with theatre.browser(theatre.organiser()) as client:
        browser = client.post(theatre.path("/vao"), data={"name": "Ba"})

    assert (person.status_code, browser.status_code) == (422, 422)
    assert "Người tổ chức không dự thi" in person.text
    assert "Người tổ chức không dự thi" in browser.text
    assert theatre.work(lambda session, _r: board.count(session, theatre.round_id)) == 0


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("<script>alert(1)</script>", id="a script"),
        pytest.param("\u202egnort", id="right to left"),
        pytest.param("Ban tổ chức", id="an office"),
        pytest.param("a" + "\u0300\u0301\u0302" * 9, id="zalgo"),
        pytest.param("0912345678", id="a phone number"),
        pytest.param("x" * 200, id="a long one"),
        pytest.param("  ", id="nothing"),
    ],
)
def test_names_that_may_not_stand_on_the_wall(small: Theatre, name: str) -> None:
    """They are refused with a sentence; direction marks are taken out of those that pass."""
    with small.browser() as client:
        answer = client.post(small.path("/vao"), data={"name": name})
        kept = small.work(lambda session, _r: [p.nickname for p in session.scalars(select(Player))])

    assert answer.status_code == 422 or kept == ["gnort"]
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("kind", ["zalgo", "direction marks", "emoji", "fancy letters"])
def test_hostile_names_are_shown_as_text(small: Theatre, kind: str) -> None:
    """Even if one got past the check (by an import), every page shows it escaped."""
    nickname = f"<img src=x onerror=alert(1)>{HOSTILE[kind]}"[:60]
    with small.player() as client:

        def rename(session: Session, _round: Round) -> None:
            for player in session.scalars(select(Player)):
                player.nickname = nickname

        small.work(rename)
        small.step("open")
        small.press(client, 0)
        for act in ("close", "reveal", "standings"):
            small.step(act)
        pages = [client.get(small.path()), client.get(small.path("/man-hinh"))]
    with small.browser(small.organiser()) as presenter:
        pages.append(presenter.get(small.path("/dieu-khien")))

    assert {page.status_code for page in pages} == {200}
    for page in pages:
        assert "<img src=x" not in page.text
        assert "<b>thi</b>" not in page.text
        assert "&lt;img src=x" in page.text


def test_nothing_is_told_before_the_reveal(theatre: Theatre) -> None:
    """Neither the right option, nor who chose what, nor a score that would give it away."""
    team = theatre.enrolled("team", "Đội Biển")
    with theatre.browser(theatre.session("team", team)) as stage, theatre.player() as hall:
        theatre.step("open")
        for client in (stage, hall):
            assert theatre.press(client, theatre.shown().answer) == "counted"
        with theatre.stream() as events:
            picture = next(data for event, data in events if event == "state")
        mine = [client.get(theatre.path("/toi")).json() for client in (stage, hall)]
        page = hall.get(theatre.path()).text + hall.get(theatre.path("/man-hinh")).text

    assert picture["answered"] == 2
    assert [picture[name] for name in ("right", "why", "counts", "top", "teams")] == [None] * 5
    assert {own[name] for own in mine for name in ("score", "points", "rank", "right")} == {None}
    assert theatre.shown().explanation not in page


def test_after_the_reveal_everybody_sees_how_it_went(theatre: Theatre) -> None:
    """The right option, how many chose each, the board and the teams."""
    theatre.enrolled("team", "Đội Biển")
    with theatre.player("Lan", unit="doan-a") as lan, theatre.player("Minh") as minh:
        theatre.step("open")
        right = theatre.shown().answer
        theatre.press(lan, right)
        theatre.press(minh, (right + 1) % 4)
        for act in ("close", "reveal", "standings"):
            theatre.step(act)
        with theatre.stream() as events:
            picture = next(data for event, data in events if event == "state")
        mine = lan.get(theatre.path("/toi")).json()

    assert picture["right"] == right
    assert sum(picture["counts"]) == 2
    assert [row["name"] for row in picture["top"]] == ["Lan", "Minh"]
    assert picture["units"][0]["unit"] == "Chi đoàn A"
    assert picture["teams"] == [{"name": "Đội Biển", "total": 0.0}]
    assert (mine["rank"], mine["score"], mine["right"]) == (1, 1, True)


def test_a_stream_shows_each_step_and_the_count(theatre: Theatre) -> None:
    """First the server's time, then the newest picture; whoever comes late gets one too."""
    secret = theatre.organiser()
    with theatre.stream() as events, theatre.player() as client:
        first, second = next(events), next(events)
        with theatre.browser(secret) as presenter:
            presenter.post(theatre.path("/buoc"), data={"act": "open", "seen": "0"})
        opened = next(data for _event, data in events if data.get("phase") == "open")
        theatre.press(client, 1)
        counted = next(data for _event, data in events if data.get("answered") == 1)
        with theatre.stream() as others:
            late = next(data for event, data in others if event == "state")

    assert (first[0], second[0]) == ("clock", "state")
    assert second[1]["phase"] == "lobby"
    assert opened["deadline"] - opened["opened"] == 300_000
    assert counted["step"] == 1
    assert late["answered"] == 1


def test_what_another_process_did_is_seen(theatre: Theatre) -> None:
    """Without any signal a watcher sees a step within a second or so."""
    with theatre.stream() as events:
        next(events)
        theatre.step("open")
        assert any(data.get("phase") == "open" for event, data in events if event == "state")


def test_who_was_forgotten_plays_under_a_new_name(theatre: Theatre) -> None:
    """After "forget me" the phone is a stranger; joining again, it is somebody new."""
    with theatre.player("Lan") as client:
        theatre.step("open")
        theatre.press(client, 0)
        own = client.cookies[COOKIE]

        def forget(session: Session, _round: Round) -> None:
            person = people.find(session, "web", own)
            assert person is not None
            privacy.forget(session, person)

        theatre.work(forget)
        gone = theatre.press(client, 0)
        client.post(theatre.path("/vao"), data={"name": "Người mới"})
        again = theatre.press(client, 1)

    assert (gone, again) == ("stranger", "counted")


def test_a_phone_that_presses_without_end_is_slowed(small: Theatre) -> None:
    """So many presses a minute; what was counted stays."""
    with small.player() as client:
        small.step("open")
        results = {small.press(client, 0) for _time in range(130)}

    assert results == {"counted", "already", "often"}


def test_hidden_names_stay_hidden_for_all(theatre: Theatre) -> None:
    """The presenter takes a name off the wall; the answers count on; it can come back."""
    with theatre.player("Khó chịu") as client, theatre.browser(theatre.organiser()) as presenter:
        key = theatre.work(lambda session, _r: session.scalars(select(Player.person_key)).one())
        theatre.step("open")
        theatre.press(client, theatre.shown().answer)
        for act in ("close", "reveal", "standings"):
            theatre.step(act)
        with theatre.stream() as events:
            pictures = (data["top"] for event, data in events if event == "state")
            before = next(pictures)
            presenter.post(theatre.path("/nguoi"), data={"act": "hide", "name": key})
            hidden = next(pictures)
            presenter.post(theatre.path("/nguoi"), data={"act": "show", "name": key})
            after = next(pictures)

    names = [row["name"] for rows in (before, hidden, after) for row in rows]
    assert names == ["Khó chịu", players.HIDDEN, "Khó chịu"]
    assert hidden[0]["right"] == 1


def test_who_wants_no_name_has_none_at_the_desk_either(theatre: Theatre) -> None:
    """Somebody hid their own name: the presenter neither sees it nor brings it back."""
    with theatre.player("Kín đáo"), theatre.browser(theatre.organiser()) as presenter:
        key = theatre.work(lambda session, _r: session.scalars(select(Player.person_key)).one())
        theatre.work(lambda session, _r: players.hide(session, key, by="self"))
        desk = presenter.get(theatre.path("/dieu-khien"))
        presenter.post(theatre.path("/nguoi"), data={"act": "show", "name": key})
        names = theatre.work(lambda session, _r: players.names(session, [key]))

    assert "Kín đáo" not in desk.text
    assert names[key] == players.HIDDEN
