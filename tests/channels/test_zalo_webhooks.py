"""The webhooks of both Zalo channels: forged calls are refused, real ones kept once."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlmodel import Session

from bot import inbox, reach
from bot.channels.zalo_oa import login
from bot.db import Database
from bot.flows.turn import House
from bot.tokens import held
from tests.conftest import NOON
from tests.emulators.zalo import ZaloEmulator
from tests.emulators.zalo.oa import OA_SECRET, sign
from tests.zalo_stage import BOT_SECRET, ZaloStage, signed, stage_of


@pytest.fixture
async def stage(sqlite_url: str, house: House) -> AsyncIterator[ZaloStage]:
    """Both channels behind their webhooks."""
    db = Database(sqlite_url)
    async with ZaloEmulator() as zalo:
        made = stage_of("zalo_oa", zalo, db, house, NOON)
        yield made
        await made.close()
    db.close()


def waiting(stage: ZaloStage) -> int:
    """How many messages were kept."""
    return stage.db.read(inbox.waiting)


@pytest.mark.parametrize("body", [b"", b"{}", b" {} \n"], ids=["empty", "{}", "spaced"])
async def test_the_console_tries_the_address(stage: ZaloStage, body: bytes) -> None:
    """The console's unsigned try gets 200, and nothing is done for it."""
    answer = await stage.http.post("/webhooks/zalo-oa", content=body)

    assert answer.status_code == 200
    assert waiting(stage) == 0


async def test_a_signed_event_is_kept_once(stage: ZaloStage) -> None:
    """Zalo delivers the same message until it hears 200; it is kept once."""
    event = stage.zalo.oa.says(stage.zalo.oa.resident("lan"), "vneid là gì")
    answers = [await stage.post_oa(event) for _again in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert waiting(stage) == 1


@pytest.mark.parametrize(
    ("header", "change"),
    [
        pytest.param("", "", id="no signature"),
        pytest.param(f"mac={'0' * 64}", "", id="a made-up signature"),
        pytest.param("the real one", "msg_id", id="a changed byte"),
        pytest.param("of another secret", "", id="the wrong secret"),
        pytest.param("the real one", "app_id", id="another app"),
    ],
)
async def test_a_forged_event_is_refused(stage: ZaloStage, header: str, change: str) -> None:
    """Without Zalo's signature over these very bytes nothing is kept: 401."""
    event = stage.zalo.oa.says(stage.zalo.oa.resident("lan"), "vneid là gì")
    if change == "app_id":
        event["app_id"] = "999"
    raw, headers = signed(event)
    if change == "msg_id":
        raw = raw.replace(b"96d3", b"96d4")
    made = {
        "the real one": headers["X-ZEvent-Signature"],
        "of another secret": sign(raw, event["timestamp"], "AppSecretForTests"),
    }
    headers = {"X-ZEvent-Signature": made.get(header, header)}
    answer = await stage.http.post("/webhooks/zalo-oa", content=raw, headers=headers)

    assert answer.status_code == 401
    assert waiting(stage) == 0


async def test_the_moment_may_stand_in_a_header(stage: ZaloStage) -> None:
    """A signature over the moment of the header passes: it needs the secret all the same."""
    event = stage.zalo.oa.says(stage.zalo.oa.resident("lan"), "vneid là gì")
    raw = json.dumps(event).encode()
    headers = {"X-ZEvent-Signature": sign(raw, "42", OA_SECRET), "X-ZEvent-Timestamp": "42"}
    answer = await stage.http.post("/webhooks/zalo-oa", content=raw, headers=headers)

    assert answer.status_code == 200
    assert waiting(stage) == 1


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"\xff\xfe", b"[" * 100_000], ids=["broken", "a list", "no text", "deep"]
)
async def test_nonsense_is_refused(stage: ZaloStage, body: bytes) -> None:
    """What is no event gets 400, never a 5xx that would come again for hours."""
    answer = await stage.http.post("/webhooks/zalo-oa", content=body)

    assert answer.status_code == 400


async def test_another_account_of_the_app_is_not_ours(stage: ZaloStage) -> None:
    """One app may serve several accounts; what is meant for another is not answered by us."""
    event = stage.zalo.oa.says(stage.zalo.oa.resident("lan"), "vneid là gì")
    event["recipient"] = {"id": "42"}

    assert (await stage.post_oa(event)).status_code == 200
    assert waiting(stage) == 0


async def test_what_cannot_be_kept_is_not_acknowledged(stage: ZaloStage) -> None:
    """When the database is away Zalo hears 503 and delivers again."""
    stage.db.close()
    event = stage.zalo.oa.says(stage.zalo.oa.resident("lan"), "x")

    assert (await stage.post_oa(event)).status_code == 503
    assert (await stage.post_bot(stage.zalo.bot.says("6ede", "x"))).status_code == 503


async def test_a_reaction_opens_the_window_without_a_message(stage: ZaloStage) -> None:
    """What is no message but counts for Zalo is remembered, and nothing else of it."""
    await stage.says("vneid là gì")
    stage.later(timedelta(hours=10))
    lan = stage.zalo.oa.resident("lan")
    event = stage.zalo.oa.does(lan, "user_reacted_message")
    await stage.post_oa(event)

    def heard(session: Session) -> object:
        return reach.standing(session, "zalo_oa", lan.id, stage.now).heard_at

    assert stage.db.read(heard) == stage.now
    assert waiting(stage) == 0


async def test_a_revoked_permission_stops_the_channel(stage: ZaloStage) -> None:
    """When the account withdraws its permission, a person has to give it again."""
    event = {**stage.zalo.oa.event("permission_revoked"), "oa_id": stage.settings.zalo_oa_id}
    await stage.post_oa(event)

    def trouble(session: Session) -> str:
        found = held(session, "zalo-oa")
        return found.trouble if found else ""

    assert stage.db.read(trouble) == "permission revoked"
    assert "zalo-oa login" in stage.oa.state


async def test_the_way_back_of_a_consent(stage: ZaloStage) -> None:
    """The callback takes a code with the state we gave, once, and no other."""
    page = login.begin(stage.db, stage.settings, NOON)
    query = dict(part.split("=", 1) for part in page.split("?", 1)[1].split("&"))
    code = stage.zalo.oa.oauth.consent(query["code_challenge"])
    oa_id = stage.settings.zalo_oa_id

    async def comes(state: str, account: str) -> int:
        given = {"code": code, "state": state, "oa_id": account}
        answer = await stage.http.get("/webhooks/zalo-oa/code", params=given)
        return answer.status_code

    assert await comes("forged", oa_id) == 400
    assert await comes(query["state"], "42") == 400
    assert await comes(query["state"], oa_id) == 200
    assert await comes(query["state"], oa_id) == 400
    assert stage.zalo.oa.oauth.asked == [code]
    assert await stage.says("vneid là gì")


@pytest.mark.parametrize("secret", ["", "wrong-secret", BOT_SECRET.upper(), BOT_SECRET + "x"])
async def test_a_forged_update_of_the_bot_is_refused(stage: ZaloStage, secret: str) -> None:
    """Without the secret nothing is kept: 403."""
    update = stage.zalo.bot.says("6ede", "vneid là gì")
    headers = {"X-Bot-Api-Secret-Token": secret}
    answer = await stage.http.post("/webhooks/zalo-bot", json=update, headers=headers)

    assert answer.status_code == 403
    assert waiting(stage) == 0


@pytest.mark.parametrize("envelope", [True, False])
async def test_the_bot_is_delivered_to_with_and_without_envelope(
    stage: ZaloStage, envelope: bool
) -> None:
    """The documents show an envelope, a live bot none: both are read, and kept once."""
    update = stage.zalo.bot.says("6ede", "vneid là gì")
    body = {"ok": True, "result": update} if envelope else update

    assert [(await stage.post_bot(body)).status_code for _again in range(2)] == [200, 200]
    assert waiting(stage) == 1


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"], ids=["broken", "a list", "no text"])
async def test_nonsense_for_the_bot_is_refused(stage: ZaloStage, body: bytes) -> None:
    """What is no update gets 400."""
    headers = {"X-Bot-Api-Secret-Token": BOT_SECRET}
    answer = await stage.http.post("/webhooks/zalo-bot", content=body, headers=headers)

    assert answer.status_code == 400
