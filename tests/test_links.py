"""Addresses: only public hosts on the list are asked, and two failures make one dead."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from sqlmodel import Session

from bot import linkcheck, links, outside
from bot.content import Content
from bot.flows.ask import render
from bot.links import Page
from tests.conftest import NOON
from tests.processes import free_port


@pytest.mark.parametrize(
    ("url", "ok"),
    [
        pytest.param("https://vneid.gov.vn/a", True, id="on the list"),
        pytest.param("https://www.vneid.gov.vn", True, id="with www"),
        pytest.param("http://vneid.gov.vn", False, id="not encrypted"),
        pytest.param("https://vneid.gov.vn.evil.vn", False, id="a look-alike"),
        pytest.param("https://user@vneid.gov.vn", False, id="with a name in it"),
        pytest.param("https://vneid.gov.vn:8443", False, id="another port"),
        pytest.param("https://127.0.0.1", False, id="this machine"),
        pytest.param("file:///etc/passwd", False, id="a file"),
        pytest.param("ftp://vneid.gov.vn", False, id="another protocol"),
        pytest.param("javascript:alert(1)", False, id="a script"),
        pytest.param("//vneid.gov.vn", False, id="no protocol"),
        pytest.param("https:/vneid.gov.vn", False, id="no host"),
        pytest.param("https://", False, id="nothing"),
        pytest.param("https://:443", False, id="a port alone"),
        pytest.param("https://VNEID.gov.vn:443/a", True, id="loudly, with the usual port"),
        pytest.param("https://dich-vu.vneid.gov.vn", True, id="a part of it"),
        pytest.param("https://xvneid.gov.vn", False, id="a longer name"),
        pytest.param("https://evil.vn/vneid.gov.vn", False, id="its name in the path"),
        pytest.param("https://evil.vn?.vneid.gov.vn", False, id="its name in the query"),
        pytest.param("https://evil.vn#@vneid.gov.vn", False, id="its name behind a hash"),
        pytest.param("https://vneid.gov.vn@evil.vn", False, id="its name as a user"),
        pytest.param("https://evil.vn\\@vneid.gov.vn", False, id="a backslash"),
        pytest.param("https:\\\\evil.vn", False, id="backslashes alone"),
        pytest.param("https://vneid.gov.vn%00.evil.vn", False, id="a zero byte"),
        pytest.param("https://vneid.gov.vn\n.evil.vn", False, id="a line end"),
        pytest.param("https://vneid.gov.vn\t@evil.vn", False, id="a tab"),
        pytest.param("https://vneid。gov.vn", False, id="a dot that is none"),
        pytest.param("https://vneid.gov.vn:99999", False, id="a port that is none"),
        pytest.param("https://2130706433", False, id="this machine in one number"),
        pytest.param("https://0x7f000001", False, id="this machine in sixteens"),
        pytest.param("https://0177.0.0.1", False, id="this machine in eights"),
        pytest.param("https://[::1]", False, id="this machine, version 6"),
        pytest.param("https://[::ffff:127.0.0.1]", False, id="this machine, mapped"),
        pytest.param("https://169.254.169.254/latest", False, id="the cloud's own address"),
    ],
)
def test_only_listed_hosts_are_asked(url: str, ok: bool) -> None:
    """https, the usual port, a host of the list: nothing else is fetched."""
    assert outside.allowed(url, ["vneid.gov.vn"]) == ok


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.1.1",
        "169.254.169.254",
        "::1",
        "fe80::1%eth0",
        "::ffff:10.0.0.1",
        "0.0.0.0",  # noqa: S104 - an address to refuse
        "224.0.0.1",
        "100.64.0.1",
        "192.0.0.1",
        "198.18.0.1",
        "192.0.2.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::7f00:1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "2001:db8::1",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "0177.0.0.1",
        "2130706433",
        "127.1",
        "no address",
    ],
)
def test_inner_addresses_are_not_public(address: str) -> None:
    """Addresses inside networks are never connected to."""
    assert not outside.is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "::ffff:1.1.1.1", "2606:4700::1111"])
def test_open_addresses_are_public(address: str) -> None:
    """An address of the open Internet may be asked."""
    assert outside.is_public(address)


class Mixed(AbstractResolver):
    """A name server that answers with an open address and an inner one."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Both."""
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in ("1.1.1.1", "169.254.169.254")
        ]

    async def close(self) -> None:
        """Nothing is held."""


async def test_one_inner_address_among_open_ones_is_enough() -> None:
    """A name that leads to an inner address as well is not connected to at all."""
    resolver = outside.PublicResolver(Mixed())

    with pytest.raises(outside.NotPublicError):
        await resolver.resolve("vneid.gov.vn", 443)
    await resolver.close()


async def test_a_name_that_leads_inside_is_refused() -> None:
    """A listed name that resolves to this machine is not connected to."""
    resolver = outside.PublicResolver()

    with pytest.raises(outside.NotPublicError):
        await resolver.resolve("localhost", 443, socket.AF_INET)
    await resolver.close()


def test_two_failures_make_a_page_dead_and_one_success_alive(session: Session) -> None:
    """One bad day is no death; being alive once forgets it."""
    links.record(session, "dx-mic", "HTTP 500", NOON)
    session.flush()
    once = links.dead(session)
    links.record(session, "dx-mic", "TimeoutError", NOON)
    session.flush()
    twice = links.dead(session)
    links.record(session, "dx-mic", "", NOON)
    session.flush()

    assert [set(once), set(twice), set(links.dead(session))] == [set(), {"dx-mic"}, set()]


def test_a_dead_page_is_replaced_by_our_own_dated_summary(content: Content) -> None:
    """When the handbook's site is gone, the answer has our summary with its date."""
    entry = content.book.by_id["cam-nang-chuyen-doi-so-o-dau"]

    reply = render(content, entry, frozenset({"dx-mic"}))

    assert "hiện không mở được. Tóm tắt của mình (25/11/2026)" in reply.text
    assert "https://binhdanhocvuso.gov.vn" in reply.text


class Local(AbstractResolver):
    """Leads every name to this machine, for the server of a test."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """This machine."""
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
async def site(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """A site with a good page, a broken one, one that leads away and one that leads round."""

    async def answer(request: web.Request) -> web.Response:
        match request.path:
            case "/good":
                return web.Response(text="x" * 100_000)
            case "/away":
                raise web.HTTPFound("http://127.0.0.1:1/inside")
            case "/round":
                raise web.HTTPFound("/round")
            case "/shy":
                return web.Response(status=403)
            case _:
                return web.Response(status=404)

    app = web.Application()
    app.router.add_get("/{rest:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()

    def near(url: str, hosts: object) -> bool:
        return url.startswith(f"http://site.vn:{port}/")

    monkeypatch.setattr(linkcheck, "allowed", near)
    yield f"http://site.vn:{port}"
    await runner.cleanup()


async def test_what_a_check_finds(site: str) -> None:
    """Alive, shy of robots, missing, leading off the list, leading in circles."""
    names = ["good", "shy", "gone", "away", "round"]
    pages = [Page(name, name, f"{site}/{name}") for name in names]

    found = await asyncio.wait_for(linkcheck.check(pages, Local(), between=0), 20)

    assert found == {
        "good": "",
        "shy": "",
        "gone": "HTTP 404",
        "away": "redirected off the list",
        "round": "too many redirects",
    }
