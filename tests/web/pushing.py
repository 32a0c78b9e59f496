"""A push service on the loopback, and a browser that subscribed at it: opens what it was sent."""

import base64
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import jwt
from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@dataclass
class Browser:
    """A browser's keys; it opens what was sealed for it (RFC 8291)."""

    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def keys(self) -> dict[str, str]:
        """What it tells a page."""
        return {"p256dh": text(point(self.key.public_key())), "auth": text(self.secret)}

    def open(self, sealed: bytes) -> dict[str, str]:
        """The notification in a sealed body."""
        salt, size, length = sealed[:16], sealed[16:20], sealed[20]
        sender, body = sealed[21 : 21 + length], sealed[21 + length :]
        assert int.from_bytes(size) >= len(body)
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self.key.exchange(ec.ECDH(), public)
        about = b"WebPush: info\x00" + point(self.key.public_key()) + sender
        base = derive(self.secret, shared, about, 32)
        key = derive(salt, base, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = derive(salt, base, b"Content-Encoding: nonce\x00", 12)
        plain = AESGCM(key).decrypt(nonce, body, None).rstrip(b"\x00")
        assert plain.endswith(b"\x02")
        news: dict[str, str] = json.loads(plain[:-1])
        return news


def derive(salt: bytes, secret: bytes, about: bytes, length: int) -> bytes:
    """HKDF with SHA-256."""
    return HKDF(hashes.SHA256(), length, salt, about).derive(secret)


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as a point."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def text(raw: bytes) -> str:
    """Bytes as browsers write them."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class PushService:
    """Takes pushes as a browser's maker does: signed, sealed, with a lifetime."""

    browser: Browser = field(default_factory=Browser)
    url: str = ""
    status: int = 201
    came: list[dict[str, str]] = field(default_factory=list)
    claims: list[dict[str, object]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        """One push."""
        if self.status != 201:
            return web.Response(status=self.status, headers={"Retry-After": "3"})
        assert request.headers["Content-Encoding"] == "aes128gcm"
        assert int(request.headers["TTL"]) > 0
        self.claims.append(claims(request.headers["Authorization"]))
        self.came.append(self.browser.open(await request.read()))
        return web.Response(status=201)

    @property
    def host(self) -> str:
        """Where it is."""
        return urlsplit(self.url).netloc


def claims(header: str) -> dict[str, object]:
    """What a VAPID header claims (RFC 8292), if its signature is right."""
    parts = dict(part.strip().split("=", 1) for part in header.removeprefix("vapid ").split(","))
    raw = base64.urlsafe_b64decode(parts["k"] + "=" * (-len(parts["k"]) % 4))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    found: dict[str, object] = jwt.decode(
        parts["t"], public, algorithms=["ES256"], options={"verify_aud": False}
    )
    return found


@asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    """A push service on a free port."""
    made = PushService()
    app = web.Application()
    app.router.add_post("/push/{name}", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/push/1"
    yield made
    await runner.cleanup()
