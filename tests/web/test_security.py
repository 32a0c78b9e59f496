"""What every request and every answer keeps to."""

import contextlib
import re
from collections.abc import Iterator

import pytest

from bot.db import Database
from bot.settings import Settings
from bot.web import assets
from bot.web.flood import REMEMBERED, Flood
from tests.web.stand import Site, serve


@contextlib.contextmanager
def opened(url: str, public_url: str = "") -> Iterator[Site]:
    """The page over a database of its own."""
    db = Database(url)
    with serve(db, Settings(public_url=public_url)) as site:
        yield site
    db.close()


@pytest.fixture
def public(sqlite_url: str) -> Iterator[Site]:
    """The page as it runs behind a proxy at a public address."""
    with opened(sqlite_url, "https://chat.example.vn") as site:
        yield site


def test_a_strict_policy_and_no_inline_anything(site: Site) -> None:
    """Only our own files run, and the page holds no script or style of its own."""
    with site.visitor() as client:
        page = client.get("/")

    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in page.headers["permissions-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*src=)", page.text)


def test_errors_carry_the_headers_too(site: Site) -> None:
    """A 404 is as protected as the page."""
    with site.visitor() as client:
        answer = client.get("/nothing-here")

    assert answer.status_code == 404
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="another site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, id="a neighbour"),
        pytest.param({"Origin": "https://evil.example"}, id="an old browser"),
        pytest.param({"Origin": "null"}, id="a sandbox"),
    ],
)
def test_another_site_cannot_post(site: Site, headers: dict[str, str]) -> None:
    """A page elsewhere cannot make a visitor say something."""
    with site.visitor() as client:
        answer = client.post("/chat", data={"text": "alo"}, headers=headers)

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Sec-Fetch-Site": "same-origin"}, id="our page"),
        pytest.param({"Sec-Fetch-Site": "none"}, id="the person"),
        pytest.param({"Origin": "https://chat.example.vn"}, id="an old browser on our page"),
        pytest.param({}, id="a machine"),
    ],
)
def test_our_own_page_can_post(public: Site, headers: dict[str, str]) -> None:
    """Posts of our own page pass, whatever the browser tells about them."""
    asking = {"Accept": "application/json", **headers}
    with public.visitor() as client:
        answer = client.post("/chat", data={"text": "alo"}, headers=asking)

    assert answer.status_code == 202
    assert "secure" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    ("host", "code"),
    [
        pytest.param("chat.example.vn", 200, id="our name"),
        pytest.param("CHAT.example.vn:443", 200, id="our name, loudly"),
        pytest.param("localhost:8000", 200, id="this machine"),
        pytest.param("evil.example", 400, id="another name"),
        pytest.param("chat.example.vn.evil.example", 400, id="a longer name"),
        pytest.param("[", 400, id="no name"),
    ],
)
def test_only_our_names_are_answered(public: Site, host: str, code: int) -> None:
    """With a public address set, a request for another host is refused."""
    with public.visitor() as client:
        answer = client.get("/", headers={"Host": host})

    assert answer.status_code == code


def test_a_body_over_one_megabyte_is_refused(site: Site) -> None:
    """A body that says it is too large is refused unread; one that hides it, while read."""

    def pieces() -> Iterator[bytes]:
        yield b"text="
        for _ in range(20):
            yield b"a" * 100_000

    with site.visitor() as client:
        told = client.post("/chat", content=b"text=" + b"a" * 1_000_001)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        hidden = client.post("/chat", content=pieces(), headers=form)

    assert (told.status_code, hidden.status_code) == (413, 413)


def test_one_address_may_send_so_many_a_minute(
    monkeypatch: pytest.MonkeyPatch, sqlite_url: str
) -> None:
    """Whoever throws away the cookie is counted by address; behind a proxy, by what it tells."""
    allowed = 25
    monkeypatch.setattr("bot.web.chat.OF_ADDRESS", allowed)
    asking = {"Accept": "application/json", "X-Forwarded-For": "203.0.113.9"}
    codes = []
    with opened(sqlite_url) as site, site.visitor() as client:
        for number in range(allowed + 1):
            client.cookies.clear()
            answer = client.post("/chat", data={"text": f"câu {number}"}, headers=asking)
            codes.append(answer.status_code)
        asking["X-Forwarded-For"] = "203.0.113.9, 198.51.100.7"
        other = client.post("/chat", data={"text": "alo"}, headers=asking)

    assert codes == [202] * allowed + [429]
    assert other.status_code == 202


def test_a_sender_waits_until_a_minute_is_over() -> None:
    """The wait is what is left of the minute of the oldest message that counts."""
    flood = Flood(limit=2)
    for moment in (0.0, 30.0):
        flood.count("lan", moment)

    assert flood.wait("lan", 40.0) == 20.0
    assert flood.wait("lan", 60.0) == 0.0
    assert flood.wait("minh", 40.0) == 0.0


def test_the_count_is_bounded() -> None:
    """However many senders there are, only so many are remembered."""
    flood = Flood(limit=1)
    for number in range(REMEMBERED + 1):
        flood.count(str(number), 0.0)

    assert flood.wait("0", 1.0) == 0.0
    assert flood.wait(str(REMEMBERED), 1.0) == 59.0


def test_files_are_kept_by_the_browser(site: Site) -> None:
    """A file asked for by its content's name is kept for a year; otherwise it is asked again."""
    with site.visitor() as client:
        page = client.get("/").text
        named = [client.get(url) for url in re.findall(r'(?:href|src)="(/static/[^"]+)"', page)]
        plain = client.get("/static/chat.css")
        same = client.get("/static/chat.css", headers={"If-None-Match": plain.headers["etag"]})

    assert {answer.status_code for answer in named} == {200}
    assert all("immutable" in answer.headers["cache-control"] for answer in named)
    assert "immutable" not in plain.headers["cache-control"]
    assert same.status_code == 304


def test_no_file_outside_the_folder(site: Site) -> None:
    """A path that climbs out finds nothing."""
    with site.visitor() as client:
        answers = [
            client.get(f"/static/{path}")
            for path in ("../chat.py", "%2e%2e/chat.py", "fonts/../../chat.py", "no.css")
        ]

    assert {answer.status_code for answer in answers} == {404}


def test_the_first_load_is_light(site: Site) -> None:
    """Page, style, script and emblem together stay under 60 KB; each font under 35 KB."""
    with site.visitor() as client:
        page = client.get("/").content
    files = {name: len(asset.body) for name, asset in assets.assets().items()}

    shown = sum(files[name] for name in ("chat.css", "chat.js", "emblem.svg"))
    fonts = [size for name, size in files.items() if name.endswith(".woff2")]
    assert len(page) + shown < 60_000
    assert max(fonts) < 35_000
