"""The portal's feed: fetched now and then, only from hosts we know; what is new becomes stories."""

import argparse
import asyncio
import ssl
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TextIO
from urllib.parse import urljoin, urlsplit

import aiohttp
import structlog
from aiohttp.abc import AbstractResolver
from sqlmodel import Session

from bot import links
from bot.content import DATA
from bot.db import Database
from bot.i18n import day
from bot.notices import stories
from bot.notices.stories import Item, NoFeedError
from bot.outside import PublicResolver, allowed
from bot.settings import Settings
from bot.tables import migrate

log = structlog.get_logger()
TIMEOUT = 15.0
"""Seconds for a feed, redirects included."""
LARGEST = 2_000_000
"""Bytes of a feed, at most."""
REDIRECTS = 4
EVERY = 3 * 3600.0
"""Seconds between two looks: news of an island is not hot, and we are a guest."""
AGENT = "lyson-bot-feed/1.0 (+chatbot chuyen doi so Ly Son)"


class FetchError(OSError):
    """The feed was not got; the words say why."""


def hosts_of(settings: Settings) -> list[str]:
    """The hosts stories may come from and lead to: those of data/links.yaml, and the feed's own."""
    pages, _mistakes = links.load(DATA / "links.yaml")
    urls = [*(page.url for page in pages.values()), settings.news_feed]
    return sorted({host for url in urls if (host := urlsplit(url).hostname)})


async def fetch(
    url: str,
    may: Callable[[str], bool],
    resolver: AbstractResolver,
    tls: ssl.SSLContext | None = None,
) -> bytes:
    """The bytes of a feed; every redirect is looked at again. Raises FetchError."""
    connector = aiohttp.TCPConnector(resolver=resolver, limit=1, ssl=tls or True)
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    try:
        async with aiohttp.ClientSession(
            connector=connector, timeout=timeout, headers={"User-Agent": AGENT}
        ) as client:
            return await _follow(client, url, may)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise FetchError(type(error).__name__) from error


async def _follow(client: aiohttp.ClientSession, url: str, may: Callable[[str], bool]) -> bytes:
    for _hop in range(REDIRECTS + 1):
        if not may(url):
            msg = "not on the list"
            raise FetchError(msg)
        async with client.get(url, allow_redirects=False) as answer:
            location = answer.headers.get("Location")
            if answer.status in {301, 302, 303, 307, 308} and location:
                url = urljoin(url, location)
                continue
            if answer.status != 200:
                msg = f"HTTP {answer.status}"
                raise FetchError(msg)
            return await _read(answer)
    msg = "too many redirects"
    raise FetchError(msg)


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    """The body, unless it is larger than any feed (also once it is unpacked)."""
    body = bytearray()
    async for piece in answer.content.iter_chunked(65_536):
        body += piece
        if len(body) > LARGEST:
            msg = "too large"
            raise FetchError(msg)
    return bytes(body)


async def take(
    db: Database, url: str, hosts: Sequence[str], resolver: AbstractResolver | None = None
) -> int:
    """Fetch a feed and keep what is new; how much. Raises FetchError and NoFeedError."""
    may = partial(allowed, hosts=hosts)
    body = await fetch(url, may, resolver or PublicResolver())
    return await keep(db, body, may)


async def keep(db: Database, body: bytes, may: Callable[[str], bool]) -> int:
    """Keep what is new in a feed; how much. Raises NoFeedError."""
    now = datetime.now(UTC)
    items = await asyncio.to_thread(stories.parse, body, may, now)
    return await db.write(partial(stories.keep, items=items, now=now))


async def watch(db: Database, settings: Settings) -> None:
    """Look at the portal's feed from time to time, for ever; a failure is waited out."""
    hosts = hosts_of(settings)
    while True:
        try:
            log.info("feed read", new=await take(db, settings.news_feed, hosts))
        except (FetchError, NoFeedError) as error:
            log.warning("feed not read", error=str(error) or type(error).__name__)
        except Exception as error:  # noqa: BLE001 - the database may be away; we look again
            log.error("feed not kept", error=type(error).__name__)
        await asyncio.sleep(EVERY)


def run(settings: Settings, options: argparse.Namespace, out: TextIO) -> int:
    """import, add or list stories from the command line; the exit status."""
    settings.state.mkdir(parents=True, exist_ok=True)
    db = Database(settings.url)
    migrate(db.engine)
    try:
        match options.act:
            case "import":
                return _import(db, settings, options.url or settings.news_feed, out)
            case "add":
                return _add(db, settings, options, out)
            case _:
                for story in db.read(partial(stories.latest, count=20)):
                    date = day(story.published_at, settings.zone)
                    print(f"{story.id}  {date}  {story.title}  {story.link}", file=out)
                return 0
    finally:
        db.close()


def _import(db: Database, settings: Settings, url: str, out: TextIO) -> int:
    if not url:
        print("Chưa có nguồn tin: đặt BOT_NEWS_FEED hoặc ghi địa chỉ.", file=sys.stderr)
        return 2
    try:
        new = asyncio.run(take(db, url, hosts_of(settings)))
    except FetchError as error:
        print(f"Không lấy được {url}: {error}", file=sys.stderr)
        return 1
    except NoFeedError:
        print(f"{url} không phải RSS hay Atom.", file=sys.stderr)
        return 1
    print(f"{new} tin mới.", file=out)
    return 0


def _add(db: Database, settings: Settings, options: argparse.Namespace, out: TextIO) -> int:
    """Keep one story by hand: its link must lead where a feed's may."""
    if not allowed(options.url, hosts_of(settings)):
        print(f"{options.url} không thuộc trang nào trong data/links.yaml.", file=sys.stderr)
        return 1
    now = datetime.now(UTC)
    item = Item(options.url, options.title, "", urlsplit(options.url).hostname or "", now)

    def work(session: Session) -> int:
        return stories.keep(session, [item], now)

    print(f"{db.run(work).result()} tin mới.", file=out)
    return 0
