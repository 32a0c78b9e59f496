"""Those who run the evening: the presenter's steps, teams, jury, helpers, and the wall."""

import httpx
import pytest
from sqlmodel import Session, select

from bot.organisers import Audit
from bot.settings import Settings
from bot.web.stage import reach
from quiz import contest, jury, pressing
from quiz.jury import Mark
from quiz.log import Answer
from quiz.rounds import Round
from quiz.steps import Step
from tests.web.theatre import CONTENT, JSON, Theatre, opens


def press(client: httpx.Client, theatre: Theatre, act: str, seen: int) -> int:
    """The presenter presses a button; the status."""
    data = {"act": act, "seen": str(seen)}
    return client.post(theatre.path("/buoc"), data=data).status_code


def phase(theatre: Theatre) -> str:
    """Where the contest stands."""
    return theatre.work(lambda session, round_: contest.standing_of(session, round_).phase)


def posted(client: httpx.Client, theatre: Theatre, act: str, name: str = "") -> httpx.Response:
    """The presenter's form about people."""
    return client.post(theatre.path("/nguoi"), data={"act": act, "name": name})


def token_in(page: httpx.Response) -> str:
    """The one-time token a page shows."""
    return page.text.split("/vao/")[1].split("<")[0].strip()


def test_a_whole_contest_by_buttons(theatre: Theatre) -> None:
    """Every step in its order, to the end, without script; each leaves an audit line."""
    with theatre.browser(theatre.organiser()) as client:
        for act in ("open", "close", "reveal", "standings") * 3:
            seen = theatre.work(lambda session, round_: contest.standing_of(session, round_).step)
            assert press(client, theatre, act, seen) == 303
        assert press(client, theatre, "end", 12) == 303
        page = client.get(theatre.path("/dieu-khien"))

    assert phase(theatre) == "ended"
    assert "Đã kết thúc" in page.text
    acts = theatre.work(lambda session, _r: [line.act for line in session.scalars(select(Audit))])
    assert [act for act in acts if act.startswith("contest.")].count("contest.open") == 3


def test_of_two_presenters_one_is_told(theatre: Theatre) -> None:
    """Both press the next step they see; it is taken once, and the other sees the new state."""
    with theatre.browser(theatre.organiser()) as one, theatre.browser(theatre.organiser()) as two:
        first = press(one, theatre, "open", 0)
        late = two.post(theatre.path("/buoc"), data={"act": "open", "seen": "0"})

    assert (first, late.status_code) == (303, 409)
    assert "Có người vừa bấm trước" in late.text
    assert "Câu hỏi đang mở" in late.text
    assert theatre.work(lambda session, _r: len(list(session.scalars(select(Step))))) == 1


@pytest.mark.parametrize(
    ("act", "seen"),
    [("reveal", "0"), ("undo", "0"), ("open", "-1"), ("open", "9" * 30), ("open", "²"), ("", "0")],
)
def test_a_step_that_cannot_be_taken_is_told(small: Theatre, act: str, seen: str) -> None:
    """Nothing happens, and the page shows how things stand."""
    with small.browser(small.organiser()) as client:
        answer = client.post(small.path("/buoc"), data={"act": act, "seen": seen})

    assert answer.status_code == 409
    assert phase(small) == "lobby"


def test_a_mistaken_step_is_undone(theatre: Theatre) -> None:
    """The question goes back, and what was pressed for it is void."""
    with theatre.browser(theatre.organiser()) as client, theatre.player() as player:
        press(client, theatre, "open", 0)
        theatre.press(player, theatre.shown().answer)
        press(client, theatre, "undo", 1)
        back = phase(theatre)
        press(client, theatre, "open", 1)
        again = theatre.press(player, 0)

    assert (back, again) == ("lobby", "counted")


def test_a_new_contest_from_the_rules(theatre: Theatre) -> None:
    """A title and a set of rules; wrong ones are told, not broken."""
    with theatre.browser(theatre.organiser()) as client:
        data = {"title": "Đêm hội", "rules": "san-khau", "rehearsal": "1"}
        made = client.post("/san-khau/quan-ly", data=data)
        listed = client.get("/san-khau/quan-ly")
        unknown = client.post("/san-khau/quan-ly", data={"rules": "la"})
        few = client.post("/san-khau/quan-ly", data={"rules": "nhieu"})

    assert made.status_code == 303
    assert "Đêm hội" in listed.text
    assert (unknown.status_code, few.status_code) == (422, 422)
    assert "không đủ câu" in few.text
    assert set(CONTENT.contests) == {"san-khau", "nhieu"}


def test_a_team_plays_from_its_link(theatre: Theatre) -> None:
    """The link is shown once, with its code; the team's phone plays as the team."""
    with theatre.browser(theatre.organiser()) as client:
        page = posted(client, theatre, "team", "Đội Biển")
    with theatre.browser() as phone:
        entered = phone.post(f"/vao/{token_in(page)}")
        theatre.step("open")
        counted = theatre.press(phone, theatre.shown().answer)
        mine = phone.get(theatre.path("/toi")).json()

    assert "<svg" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert entered.headers["location"] == theatre.path()
    assert (counted, mine["name"]) == ("counted", "Đội Biển")


def test_a_new_link_for_a_team_ends_the_old_one(theatre: Theatre) -> None:
    """A lost phone is replaced: the same team, its old session over."""
    with theatre.browser(theatre.organiser()) as client:
        old = token_in(posted(client, theatre, "team", "Đội Biển"))
        with theatre.browser() as lost, theatre.browser() as fresh:
            lost.post(f"/vao/{old}")
            fresh.post(f"/vao/{token_in(posted(client, theatre, 'team', 'Đội Biển'))}")
            theatre.step("open")
            results = [theatre.press(lost, 0), theatre.press(fresh, 0)]

    assert results == ["stranger", "counted"]
    assert theatre.work(lambda session, round_: len(jury.scores(session, round_))) == 1


@pytest.mark.parametrize(
    ("act", "name", "told"),
    [
        ("team", "<script>", "ký tự lạ"),
        ("team", "x", "ít nhất 2 ký tự"),
        ("juror", " ", "ít nhất 2 ký tự"),
        ("hide", "nobody", "Không có người hay đội này"),
        ("dance", "x", "Không có người hay đội này"),
    ],
)
def test_what_cannot_be_done_about_people_is_told(
    small: Theatre, act: str, name: str, told: str
) -> None:
    """Bad names, unknown people and made-up acts leave nothing behind, not even in the audit."""
    with small.browser(small.organiser()) as client:
        answer = posted(client, small, act, name)

    assert answer.status_code == 422
    assert told in answer.text
    acts = small.work(lambda session, _r: [line.act for line in session.scalars(select(Audit))])
    assert not [line for line in acts if line.startswith("contest.")]


def test_the_jury_has_seven_at_most(small: Theatre) -> None:
    """The eighth is refused; a known name gets a new link instead."""
    with small.browser(small.organiser()) as client:
        for number in range(7):
            assert posted(client, small, "juror", f"Giám khảo {number}").status_code == 200
        eighth = posted(client, small, "juror", "Giám khảo 8")
        again = posted(client, small, "juror", "Giám khảo 3")

    assert (eighth.status_code, again.status_code) == (422, 200)
    assert "đã đủ 7 người" in eighth.text


def test_marks_are_kept_and_corrected(theatre: Theatre) -> None:
    """A juror's marks, by form and by script; the last one counts; commas are understood."""
    team = theatre.enrolled("team", "Đội Biển")
    field = f"{team}/tieu-pham"
    with theatre.browser(theatre.session("juror", theatre.juror())) as client:
        first = client.post(theatre.path("/cham"), data={field: "30"})
        second = client.post(theatre.path("/cham"), data={field: "35,5"}, headers=JSON)
        page = client.get(theatre.path("/cham"))

    assert (first.status_code, second.status_code) == (303, 200)
    assert 'value="35.5"' in page.text
    assert theatre.work(lambda session, _r: [m.points for m in session.scalars(select(Mark))]) == [
        35.5
    ]


@pytest.mark.parametrize("points", ["41", "-1", "nan", "inf", "mười", "1e9"])
def test_marks_out_of_range_are_refused(small: Theatre, points: str) -> None:
    """With a sentence, by form and by script; nothing is kept."""
    team = small.enrolled("team", "Đội Biển")
    with small.browser(small.session("juror", small.juror())) as client:
        data = {f"{team}/tieu-pham": points}
        statuses = [
            client.post(small.path("/cham"), data=data).status_code,
            client.post(small.path("/cham"), data=data, headers=JSON).status_code,
        ]

    assert statuses == [422, 422]
    assert small.work(lambda session, _r: list(session.scalars(select(Mark)))) == []


def test_a_helper_keys_in_for_people_without_a_phone(theatre: Theatre) -> None:
    """Enrol, then a key each, also after the bell; not after the reveal, not for others."""
    with (
        theatre.browser(theatre.session("helper", str(theatre.round_id))) as helper,
        theatre.player(),
    ):
        path = theatre.path("/nhap-ho")
        assert helper.post(path, data={"name": "Bà Tư"}).status_code == 303
        theatre.step("open")
        theatre.step("close")
        page = helper.get(path).text
        key = page.split('name="key" value="')[1].split('"')[0]
        data = {"key": key, "choice": "1", "question": theatre.shown().id}
        keyed = helper.post(path, data=data).status_code
        twice = helper.post(path, data=data)
        other = theatre.work(_player_key)
        forged = helper.post(path, data={"key": other, "choice": "1"})
        theatre.step("reveal")
        late = helper.post(path, data={"key": key, "choice": "1"})

    assert "Bà Tư" in page
    assert (keyed, twice.status_code, forged.status_code, late.status_code) == (303, 422, 422, 422)
    kept = theatre.work(lambda session, _r: [it.channel for it in session.scalars(select(Answer))])
    assert kept == [pressing.HELPER]


def _player_key(session: Session, _round: Round) -> str:
    from quiz.players import Player

    statement = select(Player.person_key).where(Player.kind == "person")
    return str(session.scalars(statement).one())


def test_the_wall_is_for_all_and_driven_by_organisers(small: Theatre) -> None:
    """Anybody may look; only an organiser's browser is given the keys."""
    with small.browser() as anybody, small.browser(small.organiser()) as own:
        looked, driven = anybody.get(small.path("/man-hinh")), own.get(small.path("/man-hinh"))
        code = anybody.get(small.path("/ma.svg"))

    assert "data-drives" not in looked.text
    assert "data-drives" in driven.text
    assert code.headers["content-type"] == "image/svg+xml"
    assert "default-src 'none'" in code.headers["content-security-policy"]
    assert code.text.startswith("<?xml")


@pytest.mark.parametrize("path", ["", "/man-hinh", "/dieu-khien", "/cham", "/nhap-ho"])
def test_pages_hold_no_inline_script_or_style(small: Theatre, path: str) -> None:
    """The policy would refuse them; everything comes from this server, so a hotspot is enough."""
    secrets = {
        "/cham": small.session("juror", small.juror()),
        "/nhap-ho": small.session("helper", str(small.round_id)),
    }
    small.enrolled("team", "Đội Biển")
    small.step("open")
    with small.browser(secrets.get(path, small.organiser())) as client:
        page = client.get(small.path(path))

    assert page.status_code == 200
    assert " style=" not in page.text
    assert "<style" not in page.text
    assert " onclick" not in page.text
    sources = [part.split('"')[0] for part in page.text.split('src="')[1:]]
    assert all(source.startswith("/") for source in sources)


PUBLIC = Settings(public_url="https://thi.example.vn/")
HOTSPOT = Settings(host="0.0.0.0")  # noqa: S104 - phones come in by the hotspot


@pytest.mark.parametrize(
    ("settings", "host", "shown", "heard"),
    [
        pytest.param(PUBLIC, "localhost:8000", "https://thi.example.vn", True, id="public"),
        pytest.param(HOTSPOT, "10.42.0.1:8000", "http://10.42.0.1:8000", True, id="by address"),
        pytest.param(
            Settings(), "10.42.0.1:8000", "http://10.42.0.1:8000", False, id="on loopback alone"
        ),
        pytest.param(HOTSPOT, "[::1", "http://[::1", True, id="a broken name"),
    ],
)
def test_the_address_on_the_wall_is_one_phones_reach(
    settings: Settings, host: str, shown: str, heard: bool
) -> None:
    """The public address, else the one the browser used; the desk warns when none comes in."""
    found = reach.address(settings, "http", host)

    assert found == shown
    if host != "[::1":
        assert reach.hears_phones(settings, found) == heard


def test_a_laptop_that_calls_itself_localhost_shows_its_own_address() -> None:
    """A QR code of localhost would send every phone to itself."""
    found = reach.address(HOTSPOT, "http", "localhost:8000")
    own = reach.lan_address()

    assert found == (f"http://{own}:8000" if own else "http://localhost:8000")


def test_contests_do_not_mix(theatre: Theatre) -> None:
    """A second contest begins with its own lobby; the first goes on."""
    theatre.step("open")
    first = theatre.code
    opens(theatre)

    assert theatre.code != first
    assert phase(theatre) == "lobby"
