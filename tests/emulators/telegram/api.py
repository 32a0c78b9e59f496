"""One call: checked, perhaps failed on purpose, performed, written down, answered."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.emulators.telegram.check import check_call, seen
from tests.emulators.telegram.errors import ApiError, flood
from tests.emulators.telegram.faults import Fault, Script, refusal
from tests.emulators.telegram.limits import Limits
from tests.emulators.telegram.mailbox import Mailbox
from tests.emulators.telegram.methods import is_seen, is_send, perform
from tests.emulators.telegram.rules import check_rules
from tests.emulators.telegram.spec import Raw, Upload
from tests.emulators.telegram.webhook import Courier, Hook
from tests.emulators.telegram.world import World

POLLING_IS_OFF = (
    "can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


@dataclass(frozen=True)
class Sent:
    """A message the bot put into a chat, or changed there."""

    method: str
    chat_id: int
    text: str
    """What people see: the text, the caption, or a poll's question."""
    params: Mapping[str, Any]
    message_id: int
    at: float
    """When, by time.monotonic()."""


@dataclass(frozen=True)
class Call:
    """A call, accepted or refused."""

    method: str
    params: Mapping[str, Any]
    at: float
    code: int = 200
    reason: str = ""
    scripted: bool = False
    """Was it refused because a test wanted it so?"""

    @property
    def ok(self) -> bool:
        """Was it accepted?"""
        return self.code == 200


@dataclass
class Api:
    """The Bot API of one bot."""

    world: World
    mailbox: Mailbox
    faults: Script
    limits: Limits | None
    journal: Path | None
    sent: list[Sent] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.courier = Courier(self.mailbox, self._from_webhook)
        self.mailbox.arrived = self.courier.take

    async def call(
        self, method: str, params: Mapping[str, Any], files: Mapping[str, Upload]
    ) -> tuple[object, Fault | None]:
        """The result of a call, and how its answer fails if it does. Raises ApiError."""
        at = time.monotonic()
        given: Mapping[str, Any] = {**params, **files}
        try:
            given = check_call(method, params, files)
            check_rules(method, given)
            fault = self._fault(method, given)
            result = await self._perform(method, given, at)
        except ApiError as error:
            self.calls.append(Call(method, given, at, error.code, str(error), error.scripted))
            raise
        self.calls.append(Call(method, given, at))
        return result, fault

    def _fault(self, method: str, params: Raw) -> Fault | None:
        """The scripted fault of a call. Raises ApiError when it is that the call is refused."""
        fault = self.faults.take(method, number(params.get("chat_id")))
        if fault and (error := refusal(fault)):
            error.page, error.scripted = fault.kind == "proxy", True
            raise error
        return fault

    async def _perform(self, method: str, params: Raw, at: float) -> object:
        match method:
            case "getUpdates":
                return await self._updates(params)
            case "setWebhook" | "deleteWebhook":
                return await self._set_webhook(params)
            case "getWebhookInfo":
                return self._webhook_info()
            case _:
                self._admit(method, params, at)
                result = perform(self.world, method, params)
                self._note(method, params, result, at)
                return result

    async def _updates(self, params: Raw) -> list[Raw]:
        if self.courier.hook is not None:
            raise ApiError(409, POLLING_IS_OFF)
        self.mailbox.allow(params.get("allowed_updates"))
        asked = (params.get("offset", 0), params.get("limit", 100), params.get("timeout", 0))
        return await self.mailbox.get(*asked)

    async def _set_webhook(self, params: Raw) -> bool:
        if params.get("drop_pending_updates"):
            self.mailbox.pending.clear()
        self.mailbox.allow(params.get("allowed_updates"))
        secret, most = params.get("secret_token", ""), params.get("max_connections", 40)
        url = params.get("url", "")
        await self.courier.set(Hook(url, secret, most) if url else None)
        return True

    def _webhook_info(self) -> Raw:
        hook = self.courier.hook or Hook("", "", 40)
        optional = {
            "max_connections": hook.connections if hook.url else 0,
            "allowed_updates": sorted(self.mailbox.allowed),
            "last_error_message": hook.last_error,
            "last_error_date": hook.last_error_date,
        }
        return {
            "url": hook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.mailbox.pending),
        } | {key: value for key, value in optional.items() if value}

    def _admit(self, method: str, params: Raw, at: float) -> None:
        """Telegram's own limits. Raises ApiError when the message comes too early."""
        chat = number(params.get("chat_id"))
        if self.limits is None or chat is None or not is_send(method):
            return
        if wait := self.limits.admit(chat, at):
            raise flood(wait)

    def _note(self, method: str, params: Raw, result: object, at: float) -> None:
        """Write down what people now see, before anybody is told that it was accepted."""
        if not is_seen(method) or "chat_id" not in params:
            return
        chat_id = self.world.find(params["chat_id"]).chat["id"]
        made = result["message_id"] if isinstance(result, dict) else params["message_id"]
        shown = _shown(params, self.world.messages.get((chat_id, made), {}))
        sent = Sent(method, chat_id, shown, params, made, at)
        self.sent.append(sent)
        if self.journal is not None:
            with self.journal.open("a", encoding="utf-8") as file:
                file.write(json.dumps(plain(sent), ensure_ascii=False) + "\n")

    async def _from_webhook(self, method: str, params: Raw) -> object:
        try:
            return await self.call(method, params, {})
        except ApiError:
            return None  # nobody is told; it stands among the calls


def number(chat: object) -> int | None:
    """A chat's id, unless it was named otherwise."""
    return chat if isinstance(chat, int) else None


def _shown(params: Raw, message: Raw) -> str:
    """What people see of a message."""
    poll = message.get("poll", {})
    shown = message.get("text") or message.get("caption") or poll.get("question")
    rich = params.get("rich_message", {}).get("html", "")
    return str(shown or rich or seen(params.get("text", ""), params.get("parse_mode")))


def plain(sent: Sent) -> Raw:
    """A sent message as JSON; of files, only their names."""
    params = {
        key: value.filename if isinstance(value, Upload) else value
        for key, value in sent.params.items()
    }
    return {
        "method": sent.method,
        "chat_id": sent.chat_id,
        "text": sent.text,
        "message_id": sent.message_id,
        "params": params,
        "at": sent.at,
    }
