"""Are the addresses alive? Asked politely, and only of public hosts on the list."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TextIO
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver
from sqlmodel import Session

from bot import content as contents
from bot import links
from bot.db import Database
from bot.links import Page
from bot.outside import PublicResolver, allowed
from bot.settings import Settings
from bot.tables import migrate

TIMEOUT = 8.0
"""Seconds for one address."""
LARGEST = 65_536
"""Bytes read of a page, at most."""
REDIRECTS = 4
BETWEEN = 1.0
"""Seconds between two requests: we are a guest."""
AGENT = "lyson-bot-linkcheck/1.0 (+chatbot chuyen doi so Ly Son)"


async def look(client: aiohttp.ClientSession, url: str, hosts: Sequence[str]) -> str:
    """What is wrong with an address; nothing when it is alive."""
    for _hop in range(REDIRECTS + 1):
        if not allowed(url, hosts):
            return "redirected off the list"
        try:
            async with client.get(url, allow_redirects=False) as answer:
                await answer.content.read(LARGEST)
                location = answer.headers.get("Location")
                if answer.status in {301, 302, 303, 307, 308} and location:
                    url = urljoin(url, location)
                    continue
                # A page that refuses robots or is asked too often still stands.
                ok = answer.status < 400 or answer.status in {401, 403, 405, 429}
                return "" if ok else f"HTTP {answer.status}"
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return type(error).__name__
    return "too many redirects"


async def check(
    pages: Sequence[Page], resolver: AbstractResolver, between: float = BETWEEN
) -> dict[str, str]:
    """What is wrong with each page, by its id; nothing for those alive."""
    hosts = [urlsplit(page.url).hostname or "" for page in pages]
    found = {}
    connector = aiohttp.TCPConnector(resolver=resolver, limit=2)
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, headers={"User-Agent": AGENT}
    ) as client:
        for page in pages:
            found[page.id] = await look(client, page.url, hosts)
            await asyncio.sleep(between)
    return found


def run(settings: Settings, only: str | None, out: TextIO) -> int:
    """Check the addresses, write down what was found, say it; 1 when one is dead."""
    pages, _mistakes = links.load(contents.DATA / "links.yaml")
    wanted = [page for page in pages.values() if only in {None, page.id}]
    if not wanted:
        print(f"Không có liên kết {only}.", file=out)
        return 2
    settings.state.mkdir(parents=True, exist_ok=True)
    db = Database(settings.url)
    migrate(db.engine)

    async def work() -> dict[str, str]:
        return await check(wanted, PublicResolver())

    try:
        found = asyncio.run(work())
        now = datetime.now(UTC)
        for name, note in found.items():
            failures = db.run(partial(_record, link=name, note=note, now=now)).result()
            state = "sống" if not note else f"{note} (lần {failures})"
            print(f"{name}: {pages[name].url}: {state}", file=out)
        dead = db.read(links.dead)
    finally:
        db.close()
    for name in sorted(dead & pages.keys()):
        print(f"{name}: coi là chết; câu trả lời dùng bản tóm tắt của mình", file=out)
    return 1 if dead & set(found) else 0


def _record(session: Session, link: str, note: str, now: datetime) -> int:
    return links.record(session, link, note, now).failures
