"""The Telegram channel: getUpdates or webhook in, sendMessage out; recovers by itself."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

import structlog
from telegram import (
    Bot,
    BotCommand,
    ChatMember,
    InlineQueryResultArticle,
    InputFile,
    InputTextMessageContent,
    LinkPreviewOptions,
)
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.channels.telegram.read import CHANNEL, lane, read
from bot.channels.telegram.request import AiohttpRequest
from bot.channels.telegram.send import NOT_CHANGED, NOT_HTML, as_html, keyboard, meaning
from bot.i18n import _, speaking
from bot.messages import AwayError, Capability, Incoming, Poll, Received, Reply, plain
from bot.outbox import Rates
from bot.pace import Rate
from bot.settings import Settings
from bot.sole import Alone, at_once

log = structlog.get_logger()
Accept = Callable[[list[Received]], Awaitable[int]]
ALLOWED = [
    *("message", "edited_message", "callback_query", "inline_query"),
    *("my_chat_member", "poll_answer"),
]
POLL = 25
"""Seconds a getUpdates call is held open."""
AGAIN = 3.0
"""Seconds before Telegram is tried again after a failure, growing to LONGEST."""
LONGEST = 60.0
STANDBY = "standby"
"""Another process polls: Telegram gives updates to one."""
ASKING = 5.0
"""Seconds Telegram has to say who runs a group; somebody waits for the answer."""

CAPTION = 1024
"""https://core.telegram.org/bots/api#senddocument: characters under a file."""
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

# https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this: one message a
# second to a chat (short bursts are let through), 20 a minute to a group, some 30 a second in all.
CHAT = Rate(timedelta(seconds=1), burst=4)
GROUP = Rate(timedelta(seconds=3), burst=5)
BULK = Rate(timedelta(seconds=1 / 28), slack=timedelta(milliseconds=15))


def rate_of(chat: str) -> Rate:
    """How fast a chat may be sent to; groups have negative ids."""
    return GROUP if chat.startswith("-") else CHAT


class TelegramChannel:
    """Telegram. Nothing here waits for it: the bot starts and answers elsewhere without it."""

    name = CHANNEL
    can = Capability(
        buttons=True,
        edit=True,
        max_length=3500,
        markup="html",
        push=True,
        polls=True,
        admins=True,
        files=True,
    )
    rates = Rates(chat=rate_of, bulk=BULK)

    def __init__(self, settings: Settings) -> None:
        root = settings.telegram_api_url.rstrip("/")
        self.settings = settings
        self.bot = Bot(
            settings.telegram_token,
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=AiohttpRequest(),
        )
        self._polls = AiohttpRequest(connections=1, read=POLL + 10)
        self.username = ""
        self.bot_id = int(settings.telegram_token.split(":")[0])
        self.state = "starting"
        """starting, standby, polling, webhook, or what is wrong; shown by /health."""
        self.last_heard: datetime | None = None

    def read(self, payload: str) -> Incoming | None:
        """The message in an update."""
        return read(payload, self.username, self.bot_id)

    async def send(self, chat: str, reply: Reply) -> str:
        """Send a reply as HTML; as plain text when Telegram cannot parse it."""
        try:
            return await self._send(chat, reply, as_html(reply), "HTML")
        except BadRequest as error:
            if NOT_HTML not in error.message.lower():
                raise meaning(error) from error
        except TelegramError as error:
            raise meaning(error) from error
        try:
            return await self._send(chat, reply, plain(reply), None)
        except TelegramError as error:
            raise meaning(error) from error

    async def _send(self, chat: str, reply: Reply, text: str, mode: str | None) -> str:
        if not self.username:
            reason = "not started"
            raise AwayError(reason, wait=AGAIN)
        if reply.poll is not None:
            return await self._send_poll(chat, reply.poll)
        sent = await self.bot.send_message(
            int(chat),
            text,
            parse_mode=mode,
            link_preview_options=NO_PREVIEW,
            api_kwargs=keyboard(reply),
        )
        return str(sent.message_id)

    async def _send_poll(self, chat: str, poll: Poll) -> str:
        """Votes come back with the poll's id alone, so both ids are kept."""
        sent = await self.bot.send_poll(
            int(chat),
            poll.question,
            list(poll.options),
            is_anonymous=False,
            type="quiz",
            correct_option_ids=[poll.right],  # type: ignore[list-item]
            explanation=poll.explanation,
        )
        return f"{sent.message_id}/{sent.poll.id}" if sent.poll else str(sent.message_id)

    async def carry(self, chat: str, reply: Reply, name: str, body: bytes) -> str:
        """Send a file, the reply's words under it."""
        if not self.username:
            reason = "not started"
            raise AwayError(reason, wait=AGAIN)
        try:
            sent = await self.bot.send_document(
                int(chat), InputFile(body, filename=name), caption=plain(reply)[:CAPTION]
            )
        except TelegramError as error:
            raise meaning(error) from error
        return str(sent.message_id)

    async def edit(self, chat: str, name: str, reply: Reply) -> None:
        """Change a message of ours; one that says so already is right as it is."""
        try:
            await self.bot.edit_message_text(
                as_html(reply),
                int(chat),
                int(name),
                parse_mode="HTML",
                link_preview_options=NO_PREVIEW,
                api_kwargs=keyboard(reply),
            )
        except TelegramError as error:
            if NOT_CHANGED not in error.message.lower():
                raise meaning(error) from error

    async def acknowledge(self, message: Incoming) -> None:
        """Stop the spinner of a button."""
        with contextlib.suppress(TelegramError):
            await self.bot.answer_callback_query(message.callback)

    async def answer_inline(self, message: Incoming, replies: list[tuple[str, Reply]]) -> None:
        """Answers that can be put into any chat."""
        results = [
            InlineQueryResultArticle(
                str(number), title, InputTextMessageContent(as_html(reply)[:4000], "HTML")
            )
            for number, (title, reply) in enumerate(replies)
        ]
        with contextlib.suppress(TelegramError):
            await self.bot.answer_inline_query(message.callback, results, cache_time=300)

    async def is_admin(self, chat: str, user: str) -> bool | None:
        """Whether somebody owns or administers a group, as Telegram says now."""
        try:
            async with asyncio.timeout(ASKING):
                member = await self.bot.get_chat_member(int(chat), int(user))
        except (TelegramError, TimeoutError, ValueError, TypeError, KeyError):
            return None
        return member.status in {ChatMember.OWNER, ChatMember.ADMINISTRATOR}

    # Receiving

    async def run(self, accept: Accept, alone: Alone = at_once) -> None:
        """Introduce ourselves, then receive, for ever; every failure is waited out."""
        wait = AGAIN
        while True:
            try:
                await self._introduce()
                wait = AGAIN
                if self.settings.telegram_mode == "webhook":
                    await self._listen()
                else:
                    self.state = STANDBY
                    await alone(partial(self._poll, accept))
            except InvalidToken:
                self.state = "token refused"
                log.error("telegram refuses the token")
                wait = LONGEST
            except TelegramError as error:
                self.state = f"unreachable ({type(error).__name__})"
                log.warning("telegram is not reached", error=type(error).__name__)
            except Exception as error:  # noqa: BLE001 - the database may be away; it will be back
                self.state = f"not kept ({type(error).__name__})"
                log.error("updates are not kept", error=type(error).__name__)
                wait = AGAIN
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST)

    async def _introduce(self) -> None:
        """Learn our name, and tell Telegram our commands in Vietnamese and English."""
        await self.bot.initialize()
        self.username = self.bot.username
        for code in ("", "vi", "en"):
            with speaking(code or "vi"):
                await self.bot.set_my_commands(commands(), language_code=code or None)

    async def _poll(self, accept: Accept) -> None:
        """getUpdates, raw; what was received is committed before the offset moves on."""
        await self.bot.delete_webhook()
        offset = 0
        self.state = "polling"
        try:
            while True:
                updates = await self._updates(offset)
                self.last_heard = datetime.now(UTC)
                if updates:
                    await accept([received(update) for update in updates])
                    offset = max(int(update["update_id"]) for update in updates) + 1
        finally:
            self.state = STANDBY

    async def _updates(self, offset: int) -> list[dict[str, Any]]:
        """Updates from an offset on, as they are: one that cannot be parsed stops nobody here."""
        query = {"offset": offset, "timeout": POLL, "allowed_updates": json.dumps(ALLOWED)}
        body = await self._polls.retrieve(f"{self.bot.base_url}/getUpdates?{urlencode(query)}")
        try:
            result = json.loads(body)["result"]
            return [update for update in result if isinstance(update.get("update_id"), int)]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise TelegramError("unreadable answer") from error

    async def _listen(self) -> None:
        """Have updates delivered to our address; look after it from time to time."""
        url = f"{self.settings.public_url.rstrip('/')}/webhooks/telegram"
        await self.bot.set_webhook(
            url,
            secret_token=self.settings.telegram_webhook_secret,
            allowed_updates=ALLOWED,
            max_connections=40,
        )
        self.state = "webhook"
        while True:
            await asyncio.sleep(600)
            info = await self.bot.get_webhook_info()
            if info.url != url:
                return

    async def close(self) -> None:
        """Let the connections go."""
        with contextlib.suppress(TelegramError, RuntimeError):
            await self.bot.shutdown()
        await self.bot.request.shutdown()  # the library leaves it open when it never started
        await self._polls.shutdown()


def received(update: dict[str, Any]) -> Received:
    """An update as the inbox keeps it."""
    payload = json.dumps(update, separators=(",", ":"))  # ASCII: any database takes it
    return Received(CHANNEL, str(update["update_id"]), lane(update), payload, datetime.now(UTC))


def commands() -> list[BotCommand]:
    """The menu, in the language being spoken."""
    return [
        BotCommand("trogiup", _("Mình làm được gì")),
        BotCommand("camnang", _("Cẩm nang chuyển đổi số")),
        BotCommand("sukien", _("Sự kiện sắp tới")),
        BotCommand("lichphat", _("Lịch loa truyền thanh")),
        BotCommand("tintuc", _("Tin mới nhất")),
        BotCommand("xacminh", _("Xem thông báo thật hay giả")),
        BotCommand("quyenriengtu", _("Quyền riêng tư")),
        BotCommand("ngonngu", _("Đổi ngôn ngữ")),
        BotCommand("dulieu", _("Xem dữ liệu của tôi")),
        BotCommand("xoadulieu", _("Xóa dữ liệu của tôi")),
    ]
