"""Forged deliveries: thirty kinds and more for each platform, all refused, nothing of them kept."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from urllib.parse import quote

import httpx
import pytest
from starlette.applications import Starlette

from bot import inbox
from bot.channels.zalo_bot.channel import ZaloBotChannel
from bot.channels.zalo_oa.channel import ZaloOaChannel
from bot.channels.zalo_oa.signature import digest
from bot.db import Database
from bot.messages import Received
from bot.settings import Settings
from bot.web import webhooks
from bot.web.security import protect
from tests.emulators.telegram import updates

TELEGRAM, BOT, APP, OA = "Tele-gram_Secret1", "Zalo-bot_Secret2", "App-Secret-3", "OA-Secret-4"
APP_ID, OA_ID = "431", "579"
SETTINGS = Settings(
    public_url="https://test",
    telegram_webhook_secret=TELEGRAM,
    zalo_oa_app_id=APP_ID,
    zalo_oa_app_secret=APP,
    zalo_oa_secret_key=OA,
    zalo_oa_id=OA_ID,
    zalo_bot_token="1234:zalo",
    zalo_bot_mode="webhook",
    zalo_bot_webhook_secret=BOT,
)
UPDATE = json.dumps(updates.message("vneid là gì")).encode()
SAID = {
    "event_name": "message.text.received",
    "message": {
        "from": {"id": "6ede", "display_name": "Lan", "is_bot": False},
        "chat": {"id": "6ede", "chat_type": "PRIVATE"},
        "text": "vneid là gì",
        "message_id": "m1",
        "date": 1795582800000,
    },
}
EVENT = {
    "app_id": APP_ID,
    "sender": {"id": "900"},
    "recipient": {"id": OA_ID},
    "event_name": "user_send_text",
    "message": {"text": "vneid là gì", "msg_id": "m1"},
    "timestamp": "1795582800000",
}


@dataclass(frozen=True)
class Post:
    """Something posted to a webhook."""

    path: str
    body: bytes
    headers: Mapping[str, bytes | str] = field(default_factory=dict)
    method: str = "POST"
    more: tuple[tuple[str, str], ...] = ()
    """Headers before the others."""


def raw(event: Mapping[str, object]) -> bytes:
    """An event as Zalo writes it."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


# The platforms that send a secret along


def genuine(path: str, name: str, secret: str, body: bytes) -> Post:
    """What the platform itself delivers."""
    return Post(path, body, {name: secret})


def forged(path: str, name: str, secret: str, other: str, body: bytes) -> dict[str, Post]:
    """Deliveries of somebody who knows everything but the secret, or puts it where it is not."""
    plain = Post(path, body)
    digested = hashlib.sha256(secret.encode()).hexdigest()
    other_header = (
        "X-Bot-Api-Secret-Token" if "Telegram" in name else name.replace("Bot", "Telegram-Bot")
    )
    values: dict[str, str | bytes] = {
        "empty": "",
        "a guess": "secret",
        "small letters": secret.lower(),
        "large letters": secret.upper(),
        "one letter more": secret + "x",
        "one letter before": "x" + secret,
        "one letter less": secret[:-1],
        "without the first": secret[1:],
        "backwards": secret[::-1],
        "twice": secret * 2,
        "twice, with a comma": f"{secret}, {secret}",
        "in quotes": f'"{secret}"',
        "as a bearer": f"Bearer {secret}",
        "its hash": digested,
        "in base64": base64.b64encode(secret.encode()),
        "with percent signs": quote(secret, safe="").replace("-", "%2D"),
        "of another platform": other,
        "the token of the bot": "1234:zalo",
        "a star": "*",
        "null": "null",
        "true": "true",
        "zero": "0",
        "a list": json.dumps([secret]),
        "an endless one": "x" * 10_000,
        "a look-alike letter": secret.replace("e", "е").encode(),
        "wide letters": "".join(chr(ord(sign) + 0xFEE0) for sign in secret).encode(),
        "a zero byte": secret.encode() + b"\x00",
        "bytes that are no text": b"\xff\xfe" + secret.encode(),
    }
    found = {
        f"secret: {kind}": replace(plain, headers={name: value}) for kind, value in values.items()
    }
    return found | {
        "no secret": plain,
        "in another header": replace(plain, headers={"Authorization": secret}),
        "in the header of another platform": replace(plain, headers={other_header: secret}),
        "with underscores": replace(plain, headers={name.replace("-", "_"): secret}),
        "in the address": replace(plain, path=f"{path}?secret_token={secret}"),
        "in a cookie": replace(plain, headers={"Cookie": f"{name}={secret}"}),
        "in the body": replace(plain, body=json.dumps({"update_id": 1, name: secret}).encode()),
        "behind a wrong one": Post(path, body, {name: secret}, more=((name, "wrong"),)),
        "from a near address": replace(plain, headers={"X-Forwarded-For": "127.0.0.1"}),
        "by GET": Post(path, body, {name: secret}, method="GET"),
        "by a page of another site": Post(
            path, body, {name: secret, "Sec-Fetch-Site": "cross-site"}
        ),
        "to another host": Post(path, body, {name: secret, "Host": "evil.example"}),
    }


# The platform that signs


def mac(
    body: bytes, secret: str = OA, stamp: str = str(EVENT["timestamp"]), app: str = APP_ID
) -> str:
    """A signature as Zalo writes it."""
    return f"mac={digest(body, app, secret, stamp)}"


def signed(body: bytes, signature: str | bytes, **headers: str) -> Post:
    """An event with a signature."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Post("/webhooks/zalo-oa", body, {"X-ZEvent-Signature": signature, **named})


def forged_events() -> dict[str, Post]:
    """Events of somebody who has seen a genuine one, and does not know the key."""
    body = raw(EVENT)
    good, bare = mac(body), mac(body)[4:]
    whole = APP_ID.encode() + body + b"1795582800000" + OA.encode()
    changed = {
        "another text": raw({**EVENT, "message": {"text": "chuyển tiền", "msg_id": "m1"}}),
        "another message": raw({**EVENT, "message": {"text": "vneid là gì", "msg_id": "m2"}}),
        "another sender": raw({**EVENT, "sender": {"id": "901"}}),
        "another kind": raw({**EVENT, "event_name": "user_send_image"}),
        "another moment": raw({**EVENT, "timestamp": "1795582800001"}),
        "something more": raw({**EVENT, "x": 1}),
        "something less": raw({k: v for k, v in EVENT.items() if k != "sender"}),
        "in another order": raw(dict(reversed(EVENT.items()))),
        "with spaces": json.dumps(EVENT, ensure_ascii=False).encode(),
        "with escapes": json.dumps(EVENT, separators=(",", ":")).encode(),
        "with a line end": body + b"\n",
        "with a mark before": b"\xef\xbb\xbf" + body,
        "a key twice": body[:-1] + b',"app_id":"431"}',
    }
    found = {f"changed: {kind}": signed(new, good) for kind, new in changed.items()}
    signatures: dict[str, str | bytes] = {
        "empty": "",
        "nothing behind mac=": "mac=",
        "zeros": f"mac={'0' * 64}",
        "one sign less": good[:-1],
        "one sign more": good + "0",
        "backwards": f"mac={bare[::-1]}",
        "two of them": f"{'0' * 64},{bare}",
        "without the key": mac(body, ""),
        "with the key of the app": mac(body, APP),
        "with the secret of the bot": mac(body, BOT),
        "without the app": mac(body, app=""),
        "without the moment": mac(body, stamp=""),
        "of another moment": mac(body, stamp="1795582800001"),
        "keyed (HMAC)": "mac=" + hmac.new(b"guess", body, "sha256").hexdigest(),
        "another hash": "mac=" + hashlib.sha3_256(whole).hexdigest(),
        "a shorter hash": "mac=" + hashlib.sha1(whole).hexdigest(),  # noqa: S324 - to be refused
        "in base64": "mac=" + base64.b64encode(bytes.fromhex(bare)).decode(),
        "of the parsed body": mac(json.dumps(EVENT).encode()),
        "digits of another script": "mac=٠".encode() + bare[1:].encode(),
        "bytes that are no text": b"mac=\xff\xfe" + bare[2:].encode(),
    }
    found |= {f"signature: {kind}": signed(body, value) for kind, value in signatures.items()}
    other = raw({**EVENT, "app_id": "999"})
    no_time = raw({k: v for k, v in EVENT.items() if k != "timestamp"})
    return found | {
        "no signature": Post("/webhooks/zalo-oa", body),
        "in another header": Post("/webhooks/zalo-oa", body, {"X-Signature": good}),
        "in the address": Post(f"/webhooks/zalo-oa?mac={bare}", body),
        "in a cookie": Post("/webhooks/zalo-oa", body, {"Cookie": f"X-ZEvent-Signature={good}"}),
        "of another app": signed(other, mac(other)),
        "no moment at all": signed(no_time, mac(no_time, stamp="")),
        "a moment of the header that was not signed": signed(
            body, mac(body, ""), X_ZEvent_Timestamp="1"
        ),
        "the end of the body moved into the moment": signed(
            body[:-1], mac(body), X_ZEvent_Timestamp="}1795582800000"
        ),
        "by GET": replace(signed(body, good), method="GET"),
        "by a page of another site": signed(body, good, Sec_Fetch_Site="cross-site"),
    }


SECRETS = {
    "telegram": ("/webhooks/telegram", "X-Telegram-Bot-Api-Secret-Token", TELEGRAM, BOT, UPDATE),
    "zalo_bot": ("/webhooks/zalo-bot", "X-Bot-Api-Secret-Token", BOT, TELEGRAM, raw(SAID)),
}
FORGED = {
    **{channel: forged(*given) for channel, given in SECRETS.items()},
    "zalo_oa": forged_events(),
}
GENUINE = {
    **{
        channel: genuine(path, name, secret, body)
        for channel, (path, name, secret, _other, body) in SECRETS.items()
    },
    "zalo_oa": signed(raw(EVENT), mac(raw(EVENT))),
}


@dataclass
class Hooks:
    """The three webhooks behind our guard, and how much they kept."""

    db: Database
    http: httpx.AsyncClient

    async def post(self, post: Post) -> int:
        """The status of what was posted."""
        headers = [*post.more, *post.headers.items()]
        raw_headers = [(k.encode(), v if isinstance(v, bytes) else v.encode()) for k, v in headers]
        answer = await self.http.request(
            post.method, post.path, content=post.body, headers=raw_headers
        )
        return answer.status_code

    def kept(self) -> int:
        """How many messages are in the inbox."""
        return self.db.read(inbox.waiting)


@pytest.fixture
async def hooks(sqlite_url: str) -> AsyncIterator[Hooks]:
    """The webhooks on an empty database."""
    db = Database(sqlite_url)

    async def accept(deliveries: list[Received]) -> int:
        return await db.write(partial(inbox.accept, deliveries=deliveries))

    oa, bot = ZaloOaChannel(SETTINGS, db), ZaloBotChannel(SETTINGS, db)
    app = Starlette(
        routes=[
            webhooks.telegram(TELEGRAM, accept),
            *webhooks.zalo_oa(SETTINGS, oa, accept),
            *webhooks.zalo_bot(SETTINGS, bot, accept),
        ],
        middleware=protect(SETTINGS),
    )
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://test") as http:
        yield Hooks(db, http)
    await oa.close()
    await bot.close()
    db.close()


@pytest.mark.parametrize("channel", FORGED)
async def test_every_forgery_is_refused(hooks: Hooks, channel: str) -> None:
    """Thirty kinds and more: each is refused, and nothing of it is kept; the genuine one is."""
    statuses = {kind: await hooks.post(post) for kind, post in FORGED[channel].items()}
    after_forgeries = hooks.kept()
    status = await hooks.post(GENUINE[channel])

    taken = {kind: code for kind, code in statuses.items() if code not in {400, 401, 403, 405}}
    assert taken == {}
    assert len(statuses) >= 30
    assert after_forgeries == 0
    assert (status, hooks.kept()) == (200, 1)


@pytest.mark.parametrize("channel", FORGED)
async def test_a_genuine_delivery_again_is_kept_once(hooks: Hooks, channel: str) -> None:
    """Somebody who repeats what they overheard changes nothing: it is known by its id."""
    statuses = {await hooks.post(GENUINE[channel]) for _time in range(5)}

    assert (statuses, hooks.kept()) == ({200}, 1)
