"""The Zalo Bot Platform: a token in the address, one update a poll, 408 when there is none."""

import asyncio
import itertools
import unicodedata
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any

Raw = dict[str, Any]
TOKEN = "12345689:abc-xyz"
PARAMS = {
    "getMe": set[str](),
    "getUpdates": {"timeout"},
    "getWebhookInfo": set[str](),
    "setWebhook": {"url", "secret_token"},
    "deleteWebhook": set[str](),
    "sendMessage": {"chat_id", "text"},
}
"""All of them are needed: nothing optional is used."""


class BotError(Exception):
    """A call is refused with an error code and a description."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code


class ZaloBot:
    """What Zalo knows of a bot, its chats and what waits for it."""

    def __init__(self, now: Callable[[], datetime], hold: float = 0.2) -> None:
        self.now = now
        self.hold = hold
        """Seconds an idle poll is held open, whatever the bot asks for."""
        self.chats: dict[str, list[str]] = {}
        self.waiting: deque[Raw] = deque()
        self.consumed: list[Raw] = []
        self.webhook: Raw | None = None
        self.polls: list[float] = []
        self._numbers = itertools.count(1)
        self._news = asyncio.Event()

    # People

    def says(
        self, user: str, text: str, *, group: str = "", kind: str = "text", is_bot: bool = False
    ) -> Raw:
        """Somebody writes: the update, which polls will get too."""
        chat = {"id": group or user, "chat_type": "GROUP" if group else "PRIVATE"}
        self.chats.setdefault(chat["id"], [])
        message = {
            "message_id": f"2d758cb5e222{next(self._numbers):08x}",
            "date": int(self.now().timestamp() * 1000),
            "from": {"id": user, "display_name": "Lan", "is_bot": is_bot},
            "chat": chat,
        }
        message |= {"text": text} if kind == "text" else {"photo_url": "https://zdn.vn/x.jpg"}
        update = {"event_name": f"message.{kind}.received", "message": message}
        self.waiting.append(update)
        self._news.set()
        return update

    def heard(self, chat: str) -> list[str]:
        """What a chat was sent."""
        return self.chats.get(chat, [])

    # The API

    async def answer(self, method: str, params: Raw) -> object:
        """The result of a method. Raises BotError."""
        if method not in PARAMS:
            raise BotError(400, "Bad Request: unknown method")
        if set(params) != PARAMS[method]:
            raise BotError(400, f"Bad Request: parameters {sorted(params)}")
        match method:
            case "getMe":
                return {
                    "id": "1459232241454765289",
                    "account_name": "bot.VDKyGxQvn",
                    "account_type": "BASIC",
                    "can_join_groups": False,
                    "display_name": "Bot Lý Sơn",
                }
            case "getUpdates":
                return await self._poll()
            case "getWebhookInfo":
                if self.webhook is None:
                    raise BotError(404, "Not Found")
                return {"url": self.webhook["url"], "updated_at": 1749538250568}
            case "setWebhook":
                return self._set(params)
            case "deleteWebhook":
                self.webhook = None
                return {"url": "", "updated_at": 1749538250568}
            case _:
                return self._send(params)

    async def _poll(self) -> object:
        self.polls.append(asyncio.get_running_loop().time())
        if self.webhook is not None:
            raise BotError(
                400,
                "You cannot use this API while a webhook is set. Please remove the webhook first",
            )
        self._news.clear()
        if not self.waiting:
            try:
                await asyncio.wait_for(self._news.wait(), self.hold)
            except TimeoutError:
                raise BotError(408, "Request timeout") from None
        update = self.waiting.popleft()
        self.consumed.append(update)
        return update

    def _set(self, params: Raw) -> object:
        if not str(params["url"]).startswith("https://"):
            raise BotError(400, "Bad Request: url must be https")
        if not 8 <= len(str(params["secret_token"])) <= 256:
            raise BotError(400, "Bad Request: secret_token")
        self.webhook = params
        return {"url": params["url"], "updated_at": 1749538250568}

    def _send(self, params: Raw) -> object:
        chat, text = params["chat_id"], params["text"]
        if chat not in self.chats:
            raise BotError(404, "Not Found: chat")
        if not isinstance(text, str) or not 1 <= len(text.encode("utf-16-le")) // 2 <= 2000:
            raise BotError(400, "Bad Request: text must have 1 to 2000 characters")
        assert unicodedata.is_normalized("NFC", text)
        self.chats[chat].append(text)
        number = f"82599fa32f56{next(self._numbers):08x}"
        return {"message_id": number, "date": int(self.now().timestamp() * 1000)}
