"""Who may open which page of the stage: one-time links, sessions, roles."""

from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session, select

from bot import passes
from bot.passes import Pass
from bot.web import auth
from tests.web.theatre import Theatre, now, opens

ELSEWHERE = {"Sec-Fetch-Site": "cross-site"}
PRIVATE = {
    "presenter": ["/dieu-khien", "POST /buoc", "POST /nguoi"],
    "juror": ["/cham", "POST /cham"],
    "helper": ["/nhap-ho", "POST /nhap-ho"],
}
HOLDERS = ("nobody", "organiser", "viewer", "juror", "helper", "team")


def secret_of(theatre: Theatre, holder: str) -> str:
    """The session of somebody."""
    match holder:
        case "nobody":
            return ""
        case "organiser":
            return theatre.organiser()
        case "viewer":
            return theatre.organiser("viewer")
        case "juror":
            return theatre.session("juror", theatre.juror())
        case "helper":
            return theatre.session("helper", str(theatre.round_id))
        case _:
            return theatre.session("team", theatre.enrolled("team", "Đội Biển"))


def test_a_look_at_a_link_uses_nothing_up(theatre: Theatre) -> None:
    """Preview robots open links; only the button opens the session."""
    token = theatre.link("helper", str(theatre.round_id))
    with theatre.browser() as robot, theatre.browser() as helper:
        looks = [robot.get(f"/vao/{token}") for _time in range(3)]
        entered = helper.post(f"/vao/{token}")
        page = helper.get(entered.headers["location"])

    assert {look.status_code for look in looks} == {200}
    assert "<title>Mời bạn vào · Chuyển đổi số Lý Sơn</title>" in looks[0].text
    assert "<h1>Mời bạn vào</h1>" in looks[0].text
    assert all("set-cookie" not in look.headers for look in looks)
    assert (entered.status_code, page.status_code) == (303, 200)
    cookie = entered.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=lax", "pass="))


def test_a_link_opens_one_browser(theatre: Theatre) -> None:
    """The second browser is told plainly, and gets no session."""
    token = theatre.link("helper", str(theatre.round_id))
    with theatre.browser() as first, theatre.browser() as second:
        first.post(f"/vao/{token}")
        late = second.post(f"/vao/{token}")
        look = second.get(f"/vao/{token}")

    assert (late.status_code, look.status_code) == (410, 410)
    assert "set-cookie" not in late.headers
    assert "<title>Liên kết không dùng được nữa · " in late.text
    assert "<h1>Liên kết không dùng được nữa</h1>" in late.text


@pytest.mark.parametrize("token", ["x", "a" * 43, "' OR 1=1", "đ"])
def test_a_link_nobody_made_opens_nothing(small: Theatre, token: str) -> None:
    """A guessed link is a plain page."""
    with small.browser() as client:
        answers = [client.get(f"/vao/{token}"), client.post(f"/vao/{token}")]

    assert {answer.status_code for answer in answers} <= {404, 410}
    assert all("set-cookie" not in answer.headers for answer in answers)


def test_a_link_that_is_over_opens_nothing(theatre: Theatre) -> None:
    """Links have an end."""
    token = theatre.link("helper", str(theatre.round_id))

    def age(session: Session) -> None:
        for item in session.scalars(select(Pass)):
            item.link_until = now() - timedelta(seconds=1)

    theatre.db.run(age).result()
    with theatre.browser() as client:
        answer = client.post(f"/vao/{token}")

    assert answer.status_code == 410


def test_another_site_cannot_open_a_link(small: Theatre) -> None:
    """A form elsewhere is refused, and the link stays good."""
    token = small.link("helper", str(small.round_id))
    with small.browser() as client:
        forged = client.post(f"/vao/{token}", headers=ELSEWHERE)
        honest = client.post(f"/vao/{token}")

    assert (forged.status_code, honest.status_code) == (403, 303)


def test_everybody_lands_where_they_belong(small: Theatre) -> None:
    """A link knows whose it is."""
    team = small.enrolled("team", "Đội Biển")
    links = {
        small.link("juror", small.juror()): small.path("/cham"),
        small.link("team", team): small.path(),
        small.link("helper", str(small.round_id)): small.path("/nhap-ho"),
    }
    landed = {}
    for token in links:
        with small.browser() as client:
            landed[token] = client.post(f"/vao/{token}").headers["location"]

    assert landed == links


@pytest.mark.parametrize("holder", HOLDERS)
def test_each_page_opens_to_its_role_alone(small: Theatre, holder: str) -> None:
    """Every private address, with every kind of session: only its own opens."""
    secret = secret_of(small, holder)
    own = {"organiser": "presenter", "juror": "juror", "helper": "helper"}.get(holder, "")
    with small.browser(secret) as client:
        for role, addresses in PRIVATE.items():
            for address in addresses:
                method, path = address.split() if " " in address else ("GET", address)
                answer = client.request(method, small.path(path), data={"act": "?"})
                refused = answer.status_code == 403
                assert refused == (role != own), (holder, address, answer.status_code)
        assert client.get("/san-khau/quan-ly").status_code == (200 if own == "presenter" else 403)
        made = client.post("/san-khau/quan-ly", data={"rules": "san-khau"})
        assert made.status_code == (303 if own == "presenter" else 403)


@pytest.mark.parametrize("path", ["", "/man-hinh", "/ma.svg", "/dieu-khien", "/cham", "/nhap-ho"])
def test_there_is_no_such_contest(small: Theatre, path: str) -> None:
    """A wrong code is a clear page, to whoever asks."""
    with small.browser(small.organiser()) as client:
        answer = client.get(f"/san-khau/XXXXX{path}")

    assert answer.status_code == 404


def test_a_session_taken_back_ends_at_the_next_request(theatre: Theatre) -> None:
    """Revoking needs no patience: juror, helper, team and organiser alike."""
    juror, team = theatre.juror(), theatre.enrolled("team", "Đội Biển")
    subjects: list[tuple[passes.Kind, str, str]] = [
        ("juror", juror, "/cham"),
        ("helper", str(theatre.round_id), "/nhap-ho"),
    ]
    for kind, subject, path in subjects:
        with theatre.browser(theatre.session(kind, subject)) as client:
            before = client.get(theatre.path(path)).status_code
            theatre.db.run(partial(passes.revoke, kind=kind, subject=subject, now=now())).result()
            after = client.get(theatre.path(path)).status_code
        assert (before, after) == (200, 403)
    theatre.step("open")
    with theatre.browser(theatre.session("team", team)) as client:
        theatre.db.run(lambda session: passes.revoke(session, "team", team, now())).result()
        assert theatre.press(client, 0) == "stranger"


def test_a_removed_organiser_is_out_at_once(theatre: Theatre) -> None:
    """The role is read anew for each request; the session alone opens nothing."""
    with theatre.browser(theatre.organiser()) as client:
        before = client.get(theatre.path("/dieu-khien")).status_code
        theatre.removed()
        after = client.post(theatre.path("/buoc"), data={"act": "open", "seen": "0"}).status_code

    assert (before, after) == (200, 403)


def test_signing_out_ends_the_session_here_too(theatre: Theatre) -> None:
    """The old cookie is worth nothing afterwards."""
    secret = theatre.organiser()
    with theatre.browser(secret) as client:
        client.post("/ra")
    with theatre.browser(secret) as client:
        assert client.get("/san-khau/quan-ly").status_code == 403


def test_a_juror_or_helper_of_another_contest_stays_outside(theatre: Theatre) -> None:
    """A link is for one contest."""
    juror = theatre.session("juror", theatre.juror())
    helper = theatre.session("helper", str(theatre.round_id))
    opens(theatre)
    with theatre.browser(juror) as client:
        marking = client.get(theatre.path("/cham"))
        marks = client.post(theatre.path("/cham"), data={"x/y": "1"})
    with theatre.browser(helper) as client:
        helping = client.post(theatre.path("/nhap-ho"), data={"name": "Bà Tư"})

    assert [answer.status_code for answer in (marking, marks, helping)] == [403, 403, 403]


def test_a_session_over_https_is_kept_from_plain_http(small: Theatre) -> None:
    """Behind a public https address the cookie says Secure; on a hotspot it cannot."""
    with small.browser() as client:
        plain = client.post(f"/vao/{small.link('helper', str(small.round_id))}")

    assert "secure" not in plain.headers["set-cookie"].lower()
    assert auth.COOKIE in plain.cookies
