"""The whole application: its pages for machines, its webhook, and one answer on every channel."""

import asyncio
import io
import json
import re
import resource
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot import inbox
from bot.app import App, build
from bot.content import Content
from bot.serving import open_wide
from bot.settings import Settings
from bot.terminal import talk
from bot.web.desk.room import token_of
from tests.conftest import ONE_DATABASE
from tests.emulators.telegram import TelegramEmulator, updates
from tests.processes import wait_until
from tests.web.desk.bench import OURS, Bench

SECRET = "s3cret-of-the-webhook"
QUESTION = "cam nang chuyen doi so o dau"
VALUE = "dien-thoai-tram-y-te"


@pytest.fixture
def state(tmp_path: Path, matcher_cache: Path, content: Content) -> Path:
    """A state folder with what the matcher learned."""
    shutil.copytree(matcher_cache, tmp_path / "state" / "cache")
    return tmp_path / "state"


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    """A Telegram of our own."""
    async with TelegramEmulator() as emulator:
        yield emulator


@pytest.fixture
async def app(state: Path, telegram: TelegramEmulator, database_url: str) -> AsyncIterator[App]:
    """The application in webhook mode, on SQLite and again on PostgreSQL."""
    settings = Settings(
        state_dir=str(state),
        database_url=database_url,
        public_url="https://test",
        telegram_token=telegram.token,
        telegram_api_url=telegram.api_url,
        telegram_mode="webhook",
        telegram_webhook_secret=SECRET,
    )
    application = build(settings)
    yield application
    application.db.close()


@pytest.fixture
async def client(app: App) -> AsyncIterator[httpx.AsyncClient]:
    """A browser, or Telegram, in front of it."""
    asgi = app.asgi()
    transport = httpx.ASGITransport(app=asgi)
    async with (
        asgi.router.lifespan_context(asgi),
        httpx.AsyncClient(transport=transport, base_url="https://test") as http,
    ):
        yield http


def signed(secret: str = SECRET) -> dict[str, str]:
    """The header Telegram sends."""
    return {"X-Telegram-Bot-Api-Secret-Token": secret}


async def test_health_is_well_and_says_how(client: httpx.AsyncClient) -> None:
    """/health commits, counts, and tells of content and Telegram."""
    answer = await client.get("/health")

    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer.json()["content_mistakes"] == 0


@ONE_DATABASE
async def test_the_public_pages_are_there(client: httpx.AsyncClient) -> None:
    """Events with their source, the calendar, and the list of what is official."""
    event = await client.get("/su-kien/ngay-chuyen-doi-so")
    feed = await client.get("/su-kien.ics")
    ours = await client.get("/xac-minh", params={"q": "https://test/su-kien"})

    assert "Nguồn: Quyết định 505/QĐ-TTg" in event.text
    assert "UID:ngay-chuyen-doi-so@test" in feed.text
    assert "dichvucong.gov.vn" in ours.text


@pytest.fixture
def _seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks for edits by themselves."""
    monkeypatch.setattr("bot.app.FRESH", 600)


@pytest.mark.usefixtures("_seldom")
async def test_an_edit_at_the_desk_is_taken_over_at_once(
    client: httpx.AsyncClient, app: App, telegram: TelegramEmulator
) -> None:
    """Whoever saves at the desk need not wait for the next look."""
    bench = Bench("https://test", app.db, [app.content])
    with bench.opened:
        editor = await asyncio.to_thread(bench.signed, "editor", "Chị Hoa")
    fields = {"value": "0255 3 867 xxx", "csrf": token_of(editor.secret)}
    client.cookies.set("pass", editor.secret)

    saved = await client.post(f"/ban/dia-danh/gia-tri/{VALUE}", data=fields, headers=OURS)

    await telegram.wait_for(lambda: app.content.places.values[VALUE].value == "0255 3 867 xxx")
    assert saved.status_code == 303


async def test_health_is_ill_when_nothing_can_be_committed(
    client: httpx.AsyncClient, app: App
) -> None:
    """Without a database /health is 503, not a crash."""
    app.db.close()

    answer = await client.get("/health")

    assert answer.status_code == 503


@ONE_DATABASE
async def test_metrics_are_for_prometheus(client: httpx.AsyncClient) -> None:
    """/metrics has our counters in its text format."""
    answer = await client.get("/metrics")

    assert "bot_inbox_waiting" in answer.text


async def test_a_webhook_is_kept_and_answered(
    client: httpx.AsyncClient, telegram: TelegramEmulator
) -> None:
    """What Telegram delivers is committed, acknowledged, and answered."""
    lan = telegram.user("Lan", id_=5001)

    answer = await client.post(
        "/webhooks/telegram", json=updates.message(QUESTION), headers=signed()
    )
    await telegram.wait_for(lambda: telegram.sent_to(lan))

    assert answer.status_code == 200
    assert "https://dx.mic.gov.vn" in telegram.sent_to(lan)[0]


@ONE_DATABASE
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no secret"),
        pytest.param(signed("wrong"), id="a wrong secret"),
        pytest.param(signed(SECRET.upper()), id="the wrong case"),
        pytest.param(signed(SECRET + "x"), id="one letter more"),
        pytest.param(signed(""), id="an empty secret"),
    ],
)
async def test_a_forged_webhook_is_refused(
    client: httpx.AsyncClient, app: App, headers: dict[str, str]
) -> None:
    """Without the secret nothing is kept."""
    answer = await client.post("/webhooks/telegram", json=updates.message("x"), headers=headers)

    assert answer.status_code == 403
    assert app.db.read(inbox.waiting) == 0


@ONE_DATABASE
@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"{", 400, id="broken JSON"),
        pytest.param(b"[]", 400, id="no object"),
        pytest.param(b'{"message": {}}', 400, id="no number"),
        pytest.param(b"\xff\xfe", 400, id="no text"),
        pytest.param(b"[" * 200_000, 400, id="deep nesting"),
        pytest.param(b'{"update_id": ' + b"9" * 5000 + b"}", 400, id="an endless number"),
        pytest.param(b'{"update_id":1,"x":"' + b"x" * 1_100_000 + b'"}', 413, id="over 1 MB"),
        pytest.param(b'{"update_id": 1, "brand_new": {}}', 200, id="an unknown kind"),
        pytest.param(b'{"update_id": 1, "message": {"a": "\\u0000\\ud800"}}', 200, id="NUL"),
    ],
)
async def test_bad_webhook_bodies(client: httpx.AsyncClient, body: bytes, status: int) -> None:
    """Nonsense gets a 4xx, never a 5xx that would be delivered again all day."""
    answer = await client.post("/webhooks/telegram", content=body, headers=signed())

    assert answer.status_code == status


async def test_what_cannot_be_committed_is_not_acknowledged(
    client: httpx.AsyncClient, app: App
) -> None:
    """When the database is away the webhook answers 503, so that Telegram delivers again."""
    app.db.close()

    answer = await client.post("/webhooks/telegram", json=updates.message("x"), headers=signed())

    assert answer.status_code == 503


async def test_one_answer_on_three_channels(
    client: httpx.AsyncClient, app: App, telegram: TelegramEmulator, state: Path
) -> None:
    """The same question gives the same answer on the web, on Telegram and in the terminal."""
    lan = telegram.user("Lan", id_=5001)
    page = await client.get("/")
    key = re.search(r'name="key" value="([^"]+)"', page.text)
    assert key is not None
    await client.post("/chat", data={"text": QUESTION, "key": key[1]})
    web = (await client.get("/")).text
    await client.post("/webhooks/telegram", json=updates.message(QUESTION), headers=signed())
    await telegram.wait_for(lambda: telegram.sent_to(lan))
    out = io.StringIO()
    settings = Settings(state_dir=str(state), database_url=app.db.url)
    await asyncio.to_thread(talk, settings, io.StringIO(f"{QUESTION}\n/thoat\n"), out)

    answer = app.content.book.by_id["cam-nang-chuyen-doi-so-o-dau"].answer.splitlines()[0]
    source = "rà soát 11/2026"
    for heard in (web, telegram.sent_to(lan)[0], out.getvalue()):
        assert answer in heard
        assert "dx.mic.gov.vn" in heard
        assert source in heard


@ONE_DATABASE
async def test_the_webhook_is_set_with_its_secret(
    client: httpx.AsyncClient, telegram: TelegramEmulator
) -> None:
    """In webhook mode Telegram is told our address, the secret, and what we want to hear."""
    await telegram.wait_for(lambda: telegram.accepted("setWebhook"))

    [call] = telegram.accepted("setWebhook")
    assert call.params["url"] == "https://test/webhooks/telegram"
    assert call.params["secret_token"] == SECRET
    assert "callback_query" in json.dumps(call.params["allowed_updates"])


def test_waiting_says_what_it_waited_for() -> None:
    """The helper of these tests tells what did not happen."""
    with pytest.raises(TimeoutError, match="never"):
        wait_until(lambda: False, 0.1, "never")


def test_a_full_hall_may_come_in() -> None:
    """The usual limit of open files is raised to what the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
    try:
        allowed = open_wide()
        found = resource.getrlimit(resource.RLIMIT_NOFILE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert allowed == found[0]
    assert allowed > 1024 or hard == 1024
    assert found[1] == hard
