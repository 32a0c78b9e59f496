"""The Official Account's OpenAPI: strict in its parameters, exact in its codes and windows."""

import hashlib
import hmac
import itertools
import json
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.emulators.zalo.oauth import OAuth

Raw = dict[str, Any]
FREE, BILLED = timedelta(hours=48), timedelta(days=7)
APP_ID = "1234567890123456789"
OA_ID = "388613280878808645"
APP_SECRET = "AppSecretForTests"
OA_SECRET = "OaSecretKeyForTests"


class OaError(Exception):
    """A call is refused with a code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Resident:
    """Somebody who may write to the account."""

    id: str
    touched_at: datetime | None = None
    heard: list[str] = field(default_factory=list)
    shown: list[Raw] = field(default_factory=list)
    """The messages as they were sent, with their attachments."""
    refusal: int = 0
    """A code with which sending to them is refused."""


class OfficialAccount:
    """What Zalo knows of an Official Account and its people."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.oauth = OAuth(APP_ID, APP_SECRET, now)
        self.people: dict[str, Resident] = {}
        self.billed: list[str] = []
        self.calls: list[tuple[str, int]] = []
        """Every call and the code it got."""
        self.rows: list[Raw] = []
        """What listrecentchat shows, newest first."""
        self.buttons: str | None = None
        """The template_type with which buttons are taken; "" for none; None: not taken."""
        self._numbers = itertools.count(1)

    # People

    def resident(self, name: str) -> Resident:
        """A person by a name of the tests; ids are beyond what a float can hold."""
        known = next((one for one in self.people.values() if one.id.endswith(_digits(name))), None)
        if known is None:
            known = Resident(f"24684{_digits(name)}")
            self.people[known.id] = known
        return known

    def says(self, one: Resident, text: str) -> Raw:
        """Somebody writes: the event for the webhook."""
        return self.does(one, "user_send_text", {"text": text})

    def sends_image(self, one: Resident, text: str = "") -> Raw:
        """Somebody sends a picture."""
        image = {"type": "image", "payload": {"url": "https://photo-stal.zdn.vn/x.jpg"}}
        return self.does(one, "user_send_image", {"text": text, "attachments": [image]})

    def does(self, one: Resident, name: str, message: Raw | None = None) -> Raw:
        """Somebody does something which Zalo tells us and counts."""
        one.touched_at = self.now()
        event = self.event(name)
        event["sender"], event["recipient"] = {"id": one.id}, {"id": OA_ID}
        event["user_id_by_app"] = f"55{one.id[2:]}"
        if message is not None:
            number = f"96d3cdf3{next(self._numbers):012d}"
            event["message"] = {**message, "msg_id": number}
            self._list(one.id, OA_ID, number, message)
        return event

    def follows(self, one: Resident, *, leaves: bool = False) -> Raw:
        """Somebody follows, or leaves."""
        event = self.event("unfollow" if leaves else "follow")
        return {**event, "oa_id": OA_ID, "follower": {"id": one.id}, "source": "oa_profile"}

    def event(self, name: str) -> Raw:
        """An event with what every one has."""
        stamp = str(int(self.now().timestamp() * 1000))
        return {"app_id": APP_ID, "event_name": name, "timestamp": stamp}

    # The API

    def answer(
        self, method: str, path: str, headers: Mapping[str, str], query: Raw, body: Any
    ) -> object:
        """The data of a call. Raises OaError."""
        self._admit(headers)
        match method, path:
            case "POST", "/v3.0/oa/message/cs":
                return self._send(body)
            case "GET", "/v2.0/oa/getoa":
                return {"oa_id": OA_ID, "name": "Đặc khu Lý Sơn", "is_verified": True}
            case "GET", "/v2.0/oa/listrecentchat":
                return self._recent(query)
            case "POST", "/v3.0/oa/quota/message":
                if body != {"quota_owner": "OA", "product_type": "cs"}:
                    raise OaError(-201, "quota")
                return [{"quota_type": "sub_quota", "total": 500, "remain": 499}]
            case _:
                raise OaError(-404, "no such path")

    def _admit(self, headers: Mapping[str, str]) -> None:
        token = headers.get("access_token", "")
        if "Authorization" in headers or token not in self.oauth.good:
            raise OaError(-216, "Access token is invalid")
        if self.oauth.good[token] <= self.now():
            raise OaError(-216, "Access token has expired")
        proof = hmac.new(APP_SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()
        if headers.get("appsecret_proof") != proof:
            raise OaError(-242, "appsecret_proof is invalid")

    def _send(self, body: Any) -> object:
        if not isinstance(body, dict) or set(body) != {"recipient", "message"}:
            raise OaError(-201, "params")
        recipient, message = body["recipient"], body["message"]
        if set(recipient) != {"user_id"} or not isinstance(recipient["user_id"], str):
            raise OaError(-201, "recipient")
        if not {"text"} <= set(message) <= {"text", "attachment"}:
            raise OaError(-201, f"message has {sorted(message)}")
        self._check_text(message["text"])
        if "attachment" in message:
            self._check_buttons(message["attachment"])
        one = self.people.get(recipient["user_id"])
        if one is None:
            raise OaError(-201, "user_id is not valid")
        self._check_window(one)
        number = f"63ec{next(self._numbers):08d}"
        one.heard.append(message["text"])
        one.shown.append(message)
        self._list(OA_ID, one.id, number, message)
        stamp = str(int(self.now().timestamp() * 1000))
        return {"message_id": number, "user_id": one.id, "sent_time": stamp}

    def _check_text(self, text: object) -> None:
        if not isinstance(text, str) or not text:
            raise OaError(-201, "text")
        if len(text.encode("utf-16-le")) // 2 > 2000:
            raise OaError(-210, "text is longer than 2000")
        assert unicodedata.is_normalized("NFC", text)

    def _check_buttons(self, attachment: Raw) -> None:
        payload = attachment["payload"]
        if self.buttons is None or payload.get("template_type", "") != self.buttons:
            raise OaError(-201, "template_type")
        if not 1 <= len(payload["buttons"]) <= 5:
            raise OaError(-201, "buttons")
        for button in payload["buttons"]:
            if set(button) != {"title", "type", "payload"} or len(button["title"]) > 100:
                raise OaError(-201, "button")

    def _check_window(self, one: Resident) -> None:
        if one.refusal:
            raise OaError(one.refusal, "refused for this person")
        gone = self.now() - one.touched_at if one.touched_at else BILLED
        if gone >= BILLED:
            raise OaError(-230, "user has not interacted with the OA in the past 7 days")
        if gone >= FREE:
            self.billed.append(one.id)

    def _list(self, from_id: str, to_id: str, number: str, message: Raw) -> None:
        row = {
            "src": 0 if from_id == OA_ID else 1,
            "time": int(self.now().timestamp() * 1000),
            "type": "photo" if "attachments" in message else "text",
            "message": message.get("text", ""),
            "message_id": number,
            "from_id": from_id,
            "to_id": to_id,
        }
        self.rows.insert(0, row)

    def _recent(self, query: Raw) -> object:
        if set(query) != {"data"}:
            raise OaError(-201, "parameters travel in data")
        asked = json.loads(query["data"])
        if set(asked) != {"offset", "count"} or asked["count"] > 10:
            raise OaError(-210, "count is over 10")
        return self.rows[asked["offset"] : asked["offset"] + asked["count"]]


def _digits(name: str) -> str:
    """A number for a name, the same each time."""
    return str(int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big")).zfill(15)[:15]


def sign(raw: bytes, stamp: str, secret: str = OA_SECRET) -> str:
    """The signature Zalo puts into its header."""
    return hashlib.sha256(APP_ID.encode() + raw + stamp.encode() + secret.encode()).hexdigest()
