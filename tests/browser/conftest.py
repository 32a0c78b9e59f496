"""A real Chromium: found, or installed when we may; never skipped."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.db import Database
from tests.browser.chromium import chromium
from tests.web.stand import Site, serve

HERE = Path(__file__).parent
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
REMEDY = "no Chromium found; type: sudo apt-get update && sudo apt-get install -y chromium"
Opener = Callable[..., Awaitable[Page]]
PATIENCE = 60_000
"""Milliseconds that a busy machine may take to show something."""
expect.set_options(timeout=PATIENCE)


def executable(*, whole: bool = False) -> str:
    """The path of a Chromium; a test fails without one."""
    path = chromium(whole=whole)
    if path is None:
        pytest.fail(REMEDY, pytrace=False)
    return path


@contextlib.asynccontextmanager
async def launched(path: str) -> AsyncIterator[Browser]:
    """A browser that runs meanwhile."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        await running.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests share one event loop, since they share one Chromium."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running() -> AsyncIterator[Browser]:
    """Chromium, started once in each test process: that takes longer than most tests."""
    async with launched(executable()) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def browser(running: Browser) -> AsyncIterator[Browser]:
    """Chromium with nothing open: each context is a new visitor's browser."""
    yield running
    for context in running.contexts:
        await context.close()


@pytest.fixture
def site(sqlite_url: str) -> Iterator[Site]:
    """The chat page and its clerk."""
    db = Database(sqlite_url)
    with serve(db) as site:
        yield site
    db.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, site: Site) -> AsyncIterator[Opener]:
    """Opens the chat page as a new visitor; the page must not complain of anything."""
    complaints: list[str] = []

    async def visit(width: int = 360, height: int = 740, **more: object) -> Page:
        size = {"width": width, "height": height}
        context = await browser.new_context(viewport=size, **more)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: complaints.append(said.text) if _is_ours(said.type, said.text) else None,
        )
        await page.goto(site.url)
        return page

    yield visit
    for context in browser.contexts:
        await context.close()
    assert complaints == []


def _is_ours(kind: str, text: str) -> bool:
    """Whether a line in the console is a fault of the page, not what a test did on purpose."""
    return kind in {"error", "warning"} and "Failed to load resource" not in text
