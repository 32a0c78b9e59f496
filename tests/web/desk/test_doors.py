"""Every address of the desk, asked by everybody: only those who may get in, and nobody else."""

from datetime import UTC, datetime
from functools import partial
from typing import get_args

import httpx
import pytest

from bot import passes
from bot.organisers import POWERS, Role
from bot.web.desk.room import Door, token_of
from bot.web.desk.routes import DOORS
from tests.web.desk.bench import OURS, Bench, words

ROLES: tuple[Role, ...] = get_args(Role)
FILLED = {
    "{code}": "H-0001",
    "{row}": "1",
    "{name}": "vneid-la-gi",
    "{part}": "thon",
    "{kind}": "link",
    "{number}": "1",
    "{act}": "huy",
    "{figure}": "ngay",
}
OTHERS = ("PUT", "DELETE", "PATCH")


def address(door: Door) -> str:
    """An address with its varying parts filled in."""
    path = door.path
    for part, value in FILLED.items():
        path = path.replace(part, value)
    return path


def ask(http: httpx.Client, door: Door, secret: str = "") -> httpx.Response:
    """Knock, as a page of ours would."""
    data = {"csrf": token_of(secret)} if door.method == "POST" else None
    return http.request(door.method, address(door), data=data, headers=OURS)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door.method} {door.path}")
def test_only_roles_with_the_power_get_in(bench: Bench, door: Door) -> None:
    """A role without the power gets 403 and an audit line; one with it is never refused."""
    bench.ask("phân lô đất ở đâu")
    answers = {}
    for role in ROLES:
        browser = bench.signed(role)
        answers[role] = ask(browser.http, door, browser.secret).status_code != 403

    assert answers == {role: door.act in POWERS[role] for role in ROLES}
    refused = {actor for actor, act, _subject, allowed in bench.audit() if not allowed}
    assert refused == {role for role in ROLES if door.act not in POWERS[role]}


@pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door.method} {door.path}")
def test_nobody_gets_in_without_a_session(bench: Bench, door: Door) -> None:
    """No session, a forged, a revoked one, one of a removed organiser, of a juror: 403 and no word
    of what stands there."""
    now = datetime.now(UTC)
    revoked, removed = bench.signed("admin", "An"), bench.signed("admin", "Ba")
    bench.db.run(partial(passes.leave, pass_id=revoked.pass_id, now=now)).result()
    bench.remove("Ba")
    token = bench.db.run(partial(passes.issue, kind="juror", subject="1", now=now)).result()
    juror = bench.db.run(partial(passes.open_session, token=token, now=now)).result()
    assert juror is not None
    secrets = ["", "forged", revoked.secret, removed.secret, juror[0]]

    for secret in secrets:
        with httpx.Client(base_url=bench.url, cookies={"pass": secret}) as http:
            answer = ask(http, door, secret)
            assert (answer.status_code, "csrf" in answer.text) == (403, False)
    for method in OTHERS:
        assert httpx.request(method, bench.url + address(door)).status_code in {403, 405}


@pytest.mark.parametrize("door", [door for door in DOORS if door.method == "POST"],
                         ids=lambda door: door.path)  # fmt: skip
def test_forms_of_other_sites_are_refused(bench: Bench, door: Door) -> None:
    """From another site by its headers, or without headers and without our token: 403, nothing
    is done."""
    bench.ask("phân lô đất ở đâu")
    browser = bench.signed("admin")
    before = [line for line in bench.audit() if line[3]]
    own = token_of(browser.secret)
    tries: list[tuple[dict[str, str], dict[str, str]]] = [
        ({"sec-fetch-site": "cross-site"}, {"csrf": own}),
        ({"sec-fetch-site": "same-site"}, {"csrf": own}),
        ({"origin": "https://evil.example"}, {"csrf": own}),
        ({}, {}),
        ({}, {"csrf": "x" * 40}),
        (OURS, {"csrf": token_of("another")}),
    ]

    for headers, data in tries:
        answer = browser.http.post(address(door), data=data, headers=headers)
        assert answer.status_code == 403
    assert [line for line in bench.audit() if line[3]] == before


def test_a_link_opens_one_session_and_robots_use_nothing_up(bench: Bench) -> None:
    """GET and HEAD leave the link good; POST opens the desk, a second time nothing."""
    link = f"{bench.url}/vao/{bench.link(bench.organiser('viewer'))}"
    looks = [httpx.get(link).status_code, httpx.get(link).status_code]
    with httpx.Client() as http:
        opened = http.post(link, headers=OURS)
        desk = http.get(f"{bench.url}{opened.headers['location']}")
    again = httpx.post(link, headers=OURS)

    assert looks == [200, 200]
    assert (opened.headers["location"], desk.status_code) == ("/ban", 200)
    assert (again.status_code, "set-cookie" in again.headers) == (410, False)
    assert httpx.post(f"{bench.url}/vao/{'x' * 43}", headers=OURS).status_code == 410


def test_sessions_are_ended_at_once_and_only_ones_own(bench: Bench) -> None:
    """One sees and ends the sessions of one's own name; somebody else's number does nothing."""
    mine = bench.organiser("editor", "Lan")
    here, there, other = bench.again(mine), bench.again(mine), bench.signed("editor", "Minh")
    shown = words(here.get("/ban/phien").text)
    here.post("/ban/phien", phien=other.pass_id)
    here.post("/ban/phien", phien=there.pass_id)

    assert (shown.count("Vào lúc"), shown.count("máy này")) == (2, 1)
    assert (other.get("/ban").status_code, there.get("/ban").status_code) == (200, 403)
    assert ("Lan", "session.end", f"pass {there.pass_id}", True) in bench.audit()


def test_pages_are_not_kept_by_browsers(bench: Bench) -> None:
    """Nothing of the desk is stored, framed or run inline."""
    answer = bench.signed("admin").get("/ban")

    assert answer.headers["cache-control"] == "no-store"
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
