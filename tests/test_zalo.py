"""`python -m bot zalo-oa`, `doctor`, and the application with both Zalo channels."""

import argparse
import asyncio
import io
import re
import shutil
import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlmodel import Session
from starlette.applications import Starlette

from bot import doctor, people, reach, tokens, zalo
from bot.app import build
from bot.channels.zalo_oa.channel import utc_now
from bot.cli import parser
from bot.content import Content
from bot.db import Database
from bot.settings import Settings
from bot.web import webhooks
from tests.emulators.zalo import Fault, ZaloEmulator
from tests.zalo_stage import BOT_SECRET, consented, settings, signed


@pytest.fixture
def away() -> Iterator[ZaloEmulator]:
    """A Zalo in a thread of its own, for commands which run a loop themselves."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    emulator = ZaloEmulator()
    asyncio.run_coroutine_threadsafe(emulator.__aenter__(), loop).result()
    yield emulator
    asyncio.run_coroutine_threadsafe(emulator.__aexit__(None, None, None), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def run(given: Settings, *words: str) -> tuple[int, str]:
    """A command: its exit status and what it printed."""
    out = io.StringIO()
    status = zalo.run(given, parser().parse_args(["zalo-oa", *words]), out)
    return status, out.getvalue()


def of(away: ZaloEmulator, url: str, path: Path, **more: str) -> Settings:
    """Settings for a command."""
    return settings(away, database_url=url, state_dir=str(path), **more)


def test_login_code_and_status(away: ZaloEmulator, sqlite_url: str, tmp_path: Path) -> None:
    """An operator prints the page of consent, brings its code back, and sees how things stand."""
    given = of(away, sqlite_url, tmp_path)
    status, said = run(given, "login")
    [page] = re.findall(r"http\S+", said)
    query = parse_qs(urlsplit(page).query)
    code = away.oa.oauth.consent(query["code_challenge"][0])

    assert status == 0
    assert urlsplit(page).path == "/v4/oa/permission"
    assert query["redirect_uri"] == ["https://test/webhooks/zalo-oa/code"]
    back = f"https://test/webhooks/zalo-oa/code?code={code}&oa_id=1&state=x"
    assert run(given, "code", back)[0] == 0
    status, said = run(given, "status")
    assert status == 0
    assert "Đặc khu Lý Sơn" in said
    assert "còn 499/500" in said
    assert "Gửi tới được lúc này: 0 người" in said


def test_a_code_works_once(away: ZaloEmulator, sqlite_url: str, tmp_path: Path) -> None:
    """A code of nobody's asking, a wrong one and a used one are refused in words."""
    given = of(away, sqlite_url, tmp_path)
    nobody = run(given, "code", "abc")
    run(given, "login")
    wrong = run(given, "code", "abc")

    assert nobody[0] == wrong[0] == 1
    assert "hết hạn" in nobody[1]
    assert "-14019" in wrong[1]


def test_status_tells_what_to_do(away: ZaloEmulator, sqlite_url: str, tmp_path: Path) -> None:
    """Without a consent, or with a dead token, the status is 1 and names the remedy."""
    given = of(away, sqlite_url, tmp_path)
    before = run(given, "status")
    db = Database(sqlite_url)
    consented(away, db)
    db.run(partial(tokens.revoke, name="zalo-oa", why="permission revoked")).result()
    db.close()
    after = run(given, "status")

    assert before[0] == after[0] == 1
    assert "zalo-oa login" in before[1]
    assert "permission revoked" in after[1]


def test_status_survives_a_zalo_that_fails(
    away: ZaloEmulator, sqlite_url: str, tmp_path: Path
) -> None:
    """When Zalo does not answer, what we know ourselves is still told."""
    db = Database(sqlite_url)
    consented(away, db)
    db.close()
    away.fails(Fault("status", "getoa", 502))
    status, said = run(of(away, sqlite_url, tmp_path), "status")

    assert status == 0
    assert "chưa trả lời" in said


def test_status_counts_whom_it_reaches(away: ZaloEmulator, sqlite_url: str, tmp_path: Path) -> None:
    """Organisers see how many a notice would reach, and why not the others."""
    db = Database(sqlite_url)
    now = utc_now()

    def work(session: Session) -> None:
        for name, gone in (("a", 1), ("b", 2), ("c", 50), ("d", 60)):
            people.welcome(session, "zalo_oa", name, name, now - timedelta(hours=gone))
        people.mark_blocked(session, "zalo_oa", "a", now)
        reach.heard(session, "zalo_oa", "d", now)

    db.run(work).result()
    db.close()
    _status, said = run(of(away, sqlite_url, tmp_path), "status")

    assert "Gửi tới được lúc này: 2 người" in said
    assert "Không tới 1 người: đã chặn" in said
    assert "Không tới 1 người: đã lâu chưa nhắn" in said


def test_without_an_app_there_is_nothing_to_do() -> None:
    """The command says which setting is missing, and opens nothing."""
    out = io.StringIO()

    assert zalo.run(Settings(), argparse.Namespace(act="status"), out) == 2
    assert "BOT_ZALO_OA_APP_ID" in out.getvalue()


def findings(given: Settings, name: str) -> list[tuple[bool, str]]:
    """What doctor finds of a channel."""
    look: Any = getattr(doctor, name)
    return [(item.bad, item.what) for item in look(given)]


def test_doctor_looks_at_both(away: ZaloEmulator, sqlite_url: str, tmp_path: Path) -> None:
    """The tokens with their end, and the bot with what its plan still allows."""
    given = of(away, sqlite_url, tmp_path, zalo_oa_billed="on")
    [(bad, what), _billed] = findings(given, "_zalo_oa")
    db = Database(sqlite_url)
    consented(away, db)
    db.close()
    good, billed = findings(given, "_zalo_oa")
    [bot] = findings(given, "_zalo_bot")

    assert bad
    assert "zalo-oa login" in what
    assert not good[0]
    assert "tính tiền" in billed[1]
    assert bot == (False, "Zalo Bot nhận mã; 0/50 người (gói miễn phí), 0/3000 tin tháng này")


def test_doctor_names_a_refused_bot(away: ZaloEmulator, sqlite_url: str, tmp_path: Path) -> None:
    """A wrong token is bad, and is not repeated; without any there is nothing bad."""
    given = of(away, sqlite_url, tmp_path, zalo_bot_token="1:wrong-token")

    [(bad, what)] = findings(given, "_zalo_bot")
    assert bad
    assert "wrong-token" not in what
    assert [bad for bad, _what in findings(Settings(), "_zalo_bot")] == [False]
    assert [bad for bad, _what in findings(Settings(), "_zalo_oa")] == [False]


async def test_zalo_sees_that_the_domain_is_ours() -> None:
    """The page Zalo looks for when it verifies a domain is served, and nothing without a code."""
    app = Starlette(routes=list(webhooks.zalo_site("SeEEB8-ES_1")))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://test") as http:
        page = (await http.get("/zalo_verifierSeEEB8-ES_1.html")).text

    assert '<meta name="zalo-platform-site-verification" content="SeEEB8-ES_1" />' in page
    assert webhooks.zalo_site("") == []


async def test_the_application_answers_on_both(
    tmp_path: Path, matcher_cache: Path, content: Content, database_url: str
) -> None:
    """Built and served, a question gets its answer on both channels; /health tells how they are."""
    shutil.copytree(matcher_cache, tmp_path / "state" / "cache")
    async with ZaloEmulator() as fake:
        state = str(tmp_path / "state")
        app = build(settings(fake, database_url=database_url, state_dir=state))
        consented(fake, app.db)
        asgi = app.asgi()
        transport = httpx.ASGITransport(app=asgi)
        async with (
            asgi.router.lifespan_context(asgi),
            httpx.AsyncClient(transport=transport, base_url="https://test") as http,
        ):
            lan = fake.oa.resident("lan")
            raw, headers = signed(fake.oa.says(lan, "cam nang chuyen doi so o dau"))
            await http.post("/webhooks/zalo-oa", content=raw, headers=headers)
            update = fake.bot.says("6ede", "cam nang chuyen doi so o dau")
            secret = {"X-Bot-Api-Secret-Token": BOT_SECRET}
            await http.post("/webhooks/zalo-bot", json=update, headers=secret)
            await fake.wait_for(lambda: lan.heard and fake.bot.heard("6ede"))
            await fake.wait_for(lambda: fake.codes("getoa") and fake.bot.webhook)
            health = (await http.get("/health")).json()
        app.db.close()

    assert "dx.mic.gov.vn" in lan.heard[0]
    assert "dx.mic.gov.vn" in fake.bot.heard("6ede")[0]
    assert (health["zalo_oa"], health["zalo_bot"]) == ("webhook", "webhook")
