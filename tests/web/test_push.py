"""Notifications of the page: subscribing, refusing what is no browser, the worker's file."""

import json
from collections.abc import AsyncIterator
from functools import partial

import httpx
import pytest
from starlette.applications import Starlette

from bot import people, pushes
from bot.channels import webchat
from bot.db import Database
from bot.settings import Settings
from bot.signals import Signals
from bot.web import chat, push
from bot.web.context import Push, Web
from bot.web.security import protect
from tests.conftest import NOON
from tests.web.pushing import Browser
from tests.web.stand import content_of

VISITOR = "a" * 32
ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"


@pytest.fixture
async def page(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    """The page, asked by a visitor who has written once."""
    offers = partial(content_of, None)
    web = Web(
        *(Settings(), db, Signals(), lambda: None, lambda _language: [], list, offers),
        push=Push("KEY", SERVICES),
    )
    app = Starlette(routes=[*chat.routes(web), *push.routes(web)], middleware=protect(Settings()))
    met = partial(people.welcome, channel=webchat.CHANNEL, user=VISITOR, chat=VISITOR, now=NOON)
    await db.write(lambda session: met(session)[1])
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test", cookies={"visitor": VISITOR}
    ) as client:
        yield client


SERVICES = ("fcm.googleapis.com",)


def asked(**more: object) -> str:
    """What a browser posts."""
    return json.dumps({"endpoint": ENDPOINT, "keys": Browser().keys} | more)


def browsers(db: Database) -> int:
    """How many browsers of the visitor can be pushed to."""
    return len(db.read(partial(pushes.of, visitor=VISITOR)))


async def test_a_browser_subscribes_once(page: httpx.AsyncClient, db: Database) -> None:
    """The same browser twice is one."""
    first = await page.post("/push", content=asked())
    second = await page.post("/push", content=asked())

    assert (first.status_code, second.status_code, browsers(db)) == (204, 204, 1)


async def test_it_unsubscribes(page: httpx.AsyncClient, db: Database) -> None:
    """Turned off, it is not pushed to any more."""
    await page.post("/push", content=asked())

    await page.post("/push/off", content=json.dumps({"endpoint": ENDPOINT}))

    assert browsers(db) == 0


async def test_nobody_turns_off_another_s(page: httpx.AsyncClient, db: Database) -> None:
    """Knowing an endpoint is not enough."""
    await page.post("/push", content=asked())
    page.cookies.set("visitor", "b" * 32)

    await page.post("/push/off", content=json.dumps({"endpoint": ENDPOINT}))

    assert browsers(db) == 1


async def test_who_has_not_written_yet_is_told(page: httpx.AsyncClient) -> None:
    """There is nobody to push to before the first message."""
    page.cookies.set("visitor", "b" * 32)

    assert (await page.post("/push", content=asked())).status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("{", id="torn"),
        pytest.param("[]", id="a list"),
        pytest.param("[" * 90_000, id="deep"),
        pytest.param(json.dumps({"endpoint": ENDPOINT}), id="no keys"),
        pytest.param(asked(endpoint="https://127.0.0.1/"), id="our own machine"),
        pytest.param(asked(endpoint=ENDPOINT + "a" * 1000), id="too long"),
        pytest.param(asked(keys={"p256dh": "YQ", "auth": "YQ"}), id="short keys"),
        pytest.param(asked(keys={"p256dh": 1, "auth": None}), id="no text"),
        pytest.param(asked(keys={"p256dh": "ế", "auth": "%%%"}), id="no base64"),
    ],
)
async def test_what_is_no_browser_is_refused(
    page: httpx.AsyncClient, db: Database, body: str
) -> None:
    """Whatever else is posted leaves nothing."""
    assert (await page.post("/push", content=body)).status_code == 400
    assert browsers(db) == 0


async def test_it_cannot_be_flooded(page: httpx.AsyncClient) -> None:
    """After twenty in a minute it is enough."""
    codes = [(await page.post("/push", content=asked())).status_code for _ in range(21)]

    assert codes[-1] == 429


async def test_the_oldest_browser_makes_room(page: httpx.AsyncClient, db: Database) -> None:
    """Of one visitor we keep five."""
    for number in range(7):
        await page.post("/push", content=asked(endpoint=f"{ENDPOINT}{number}"))

    assert browsers(db) == pushes.MOST


async def test_the_worker_is_served_from_the_root(page: httpx.AsyncClient) -> None:
    """So that it may look after the page; asked for anew each time."""
    answer = await page.get("/sw.js")

    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert "showNotification" in answer.text


async def test_the_page_offers_it_quietly(page: httpx.AsyncClient) -> None:
    """A button among the hints, hidden until the browser says that it can; no inline script."""
    html = (await page.get("/")).text

    assert '<button type="button" id="push" hidden data-key="KEY"' in html
    assert "worker-src 'self'" in (await page.get("/")).headers["content-security-policy"]


def test_the_keys_are_made_once(db: Database) -> None:
    """A second start finds the keys of the first."""
    make = partial(pushes.keys, now=NOON)

    assert db.run(make).result() == db.run(make).result()
