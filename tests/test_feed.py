"""The portal's feed: fetched from hosts we know alone, never from inside a network, never huge."""

import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial

import pytest
from aiohttp import web

from bot import feed
from bot.cli import parser
from bot.db import Database
from bot.feed import FetchError
from bot.notices import stories
from bot.outside import NotPublicError, PublicResolver, allowed
from bot.settings import Settings
from tests.notices.test_stories import MAY, RSS
from tests.processes import free_port
from tests.test_links import Local


@pytest.fixture
async def portal() -> AsyncIterator[str]:
    """A portal on this machine: its feed, one that moved, one that leads away, one without end."""

    async def answer(request: web.Request) -> web.Response:
        match request.path:
            case "/feed":
                return web.Response(body=RSS.encode(), content_type="application/rss+xml")
            case "/old":
                raise web.HTTPMovedPermanently("/feed")
            case "/away":
                raise web.HTTPFound("https://evil.example/feed")
            case "/round":
                raise web.HTTPFound("/round")
            case "/large":
                return web.Response(body=b"x" * (feed.LARGEST + 1))
            case _:
                raise web.HTTPNotFound

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner, port = web.AppRunner(app), free_port()
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://lyson.example.vn:{port}"
    await runner.cleanup()


def near(url: str) -> bool:
    """The rule of a test: this portal without TLS, as nothing else can be served here."""
    return url.startswith("http://lyson.example.vn:")


@pytest.mark.parametrize("path", ["/feed", "/old"])
async def test_a_feed_is_fetched(portal: str, path: str) -> None:
    """The feed comes whole, also from where it moved to."""
    body = await feed.fetch(portal + path, near, Local())

    assert len(stories.parse(body, MAY, datetime.now(UTC))) == 2


@pytest.mark.parametrize(
    ("path", "why"),
    [
        pytest.param("/away", "not on the list", id="leads off the list"),
        pytest.param("/round", "too many redirects", id="leads in circles"),
        pytest.param("/large", "too large", id="too large"),
        pytest.param("/gone", "HTTP 404", id="gone"),
    ],
)
async def test_what_is_wrong_is_told(portal: str, path: str, why: str) -> None:
    """Whatever is wrong with a feed, nothing of it is taken."""
    with pytest.raises(FetchError, match=why):
        await feed.fetch(portal + path, near, Local())


async def test_a_name_that_leads_inside_is_not_gone_to(portal: str) -> None:
    """Even a host on the list is not asked when its name leads to this machine."""
    port = portal.rsplit(":", 1)[1]

    with pytest.raises((FetchError, NotPublicError)):
        await feed.fetch(f"http://localhost:{port}/feed", lambda _url: True, PublicResolver())


@pytest.mark.parametrize(
    "url",
    [
        "http://lyson.example.vn/feed",
        "https://lyson.example.vn:8443/feed",
        "https://evil.example/feed",
        "https://127.0.0.1/feed",
        "https://[::1]/feed",
        "https://[broken/feed",
    ],
)
def test_only_listed_hosts_over_tls(url: str) -> None:
    """No other scheme, port or host; no address in figures even when it is listed."""
    assert not allowed(url, ["lyson.example.vn", "127.0.0.1", "::1"])


def test_the_feeds_own_host_is_known(sqlite_url: str) -> None:
    """Stories may lead to the host of the setting and to those of data/links.yaml."""
    hosts = feed.hosts_of(Settings(news_feed="https://lyson.example.vn/rss"))

    assert {"lyson.example.vn", "dichvucong.gov.vn"} <= set(hosts)


async def test_what_is_new_is_kept(sqlite_url: str) -> None:
    """A feed taken twice leaves each story once."""
    db = Database(sqlite_url)
    may = partial(allowed, hosts=["lyson.example.vn"])

    counts = [await feed.keep(db, RSS.encode(), may) for _time in range(2)]

    assert counts == [2, 0]
    db.close()


def test_a_story_is_added_and_listed_by_hand(sqlite_url: str) -> None:
    """`news add` keeps a link to a known host, `news list` shows it; others are refused."""
    settings, out = Settings(database_url=sqlite_url), io.StringIO()

    def run(*words: str) -> int:
        return feed.run(settings, parser().parse_args(["news", *words]), out)

    codes = [
        run("add", "https://dichvucong.gov.vn/tin/1", "Cổng đổi giao diện"),
        run("add", "https://evil.example/1", "Trúng thưởng"),
        run("list"),
    ]

    assert codes == [0, 1, 0]
    assert "Cổng đổi giao diện" in out.getvalue()
    assert "Trúng thưởng" not in out.getvalue()


def test_importing_without_a_feed_says_what_to_do(
    sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the setting and without an address there is nothing to import."""
    options = parser().parse_args(["news", "import"])

    assert feed.run(Settings(database_url=sqlite_url), options, io.StringIO()) == 2
    assert "BOT_NEWS_FEED" in capsys.readouterr().err
