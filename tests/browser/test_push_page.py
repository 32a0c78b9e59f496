"""Notifications in a real browser: the button, the service worker, and what a push shows.

No push service can be reached from a test, so the browser's own `subscribe` is stood in for.
"""

from collections.abc import AsyncIterator
from functools import partial

import pytest_asyncio
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, expect

from bot import pushes
from tests.browser.conftest import Opener, executable, launched
from tests.browser.test_chat_page import QUESTION, say
from tests.web.pushing import Browser
from tests.web.stand import Site

ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"
STAND_IN = """
(keys) => {
  let made = null;
  Notification.requestPermission = async () => "granted";
  PushManager.prototype.subscribe = async () => made = {
    endpoint: "%s",
    toJSON: () => ({ endpoint: "%s", keys }),
    unsubscribe: async () => { made = null; return true; },
  };
  PushManager.prototype.getSubscription = async () => made;
}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running() -> AsyncIterator[Chromium]:
    """The whole Chromium: without its window there are no notifications."""
    async with launched(executable(whole=True)) as running:
        yield running


async def open_hints(page: Page) -> None:
    """Show the questions one may ask, and what stands beside them."""
    await page.click(".hints summary")


async def test_a_visitor_turns_it_on_and_off(visit: Opener, site: Site) -> None:
    """One tap subscribes, another ends it; the page itself asks for nothing."""
    page = await visit()
    await page.context.grant_permissions(["notifications"], origin=site.url)
    await page.reload()
    await page.evaluate(STAND_IN % (ENDPOINT, ENDPOINT), Browser().keys)
    await say(page, QUESTION)
    await expect(page.locator(".bubble:not(.own)").first).to_be_visible()
    cookies = await page.context.cookies()
    visitor = str(next(item["value"] for item in cookies if item["name"] == "visitor"))

    await open_hints(page)
    await page.click("#push")
    await expect(page.locator("#push")).to_have_text("Tắt báo tin")
    on = len(site.db.read(partial(pushes.of, visitor=visitor)))
    await page.click("#push")
    await expect(page.locator("#push")).to_have_text("Bật báo tin")

    assert (on, len(site.db.read(partial(pushes.of, visitor=visitor)))) == (1, 0)


ACTIVATED = """async () => {
  const { active } = await navigator.serviceWorker.ready;
  while (active.state !== "activated") await new Promise((done) => setTimeout(done, 20));
}"""
"""A worker is ready while it is being activated; pushes are for one that has been."""


async def test_a_push_is_shown(visit: Opener, site: Site) -> None:
    """The service worker shows what was pushed; nothing on the page complains."""
    page = await visit()
    await page.context.grant_permissions(["notifications"], origin=site.url)
    await page.evaluate("navigator.serviceWorker.register('/sw.js')")
    await page.evaluate(ACTIVATED)
    tools = await page.context.new_cdp_session(page)
    found: list[str] = []
    tools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(
            item["registrationId"]
            for item in event["registrations"]
            if item["scopeURL"].startswith(site.url)
        ),
    )
    await tools.send("ServiceWorker.enable")
    while not found:
        await page.wait_for_timeout(50)

    data = '{"title": "Lý Sơn", "body": "Mời họp"}'
    push = {"origin": site.url, "registrationId": found[0], "data": data}
    shown = """async () => {
      const registration = await navigator.serviceWorker.ready;
      const all = await registration.getNotifications();
      return all.map((one) => `${one.title}: ${one.body}`);
    }"""
    seen: list[str] = []
    for turn in range(200):
        if turn % 40 == 0:  # on a busy machine the browser's tools lose a push now and then
            await tools.send("ServiceWorker.deliverPushMessage", push)
        await page.wait_for_timeout(50)
        if seen := await page.evaluate(shown):
            break
    assert seen == ["Lý Sơn: Mời họp"]
