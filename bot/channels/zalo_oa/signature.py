"""Whether Zalo sent it: plain SHA-256 over the raw bytes, with the OA Secret Key. Pure."""

import hashlib
import hmac
from collections.abc import Iterable


def genuine(raw: bytes, header: str, app_id: str, secret: str, stamps: Iterable[str]) -> bool:
    """Whether a body carries Zalo's signature, `mac=<hex>` or the bare hex.

    Zalo signs the timestamp of the body; some integrations read it from a header. A match with
    either proves the secret.
    """
    given = header.rsplit("=", 1)[-1].strip().lower()
    if not secret or len(given) != 64 or not given.isascii():
        return False
    return any(
        hmac.compare_digest(given, digest(raw, app_id, secret, stamp)) for stamp in stamps if stamp
    )


def digest(raw: bytes, app_id: str, secret: str, stamp: str) -> str:
    """The signature of a body."""
    signed = app_id.encode() + raw + stamp.encode("utf-8", "replace") + secret.encode()
    return hashlib.sha256(signed).hexdigest()
