"""What Telegram refuses, the emulator refuses, in the same words."""

import aiohttp
import pytest
from telegram import Bot
from telegram.error import ChatMigrated, Forbidden, InvalidToken

from tests.emulators.telegram import TelegramEmulator, User
from tests.emulators.telegram.client import client, refusal


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", "message text is empty", id="empty"),
        pytest.param("  \n", "message text is empty", id="only space"),
        pytest.param("<b> </b>", "message text is empty", id="only tags"),
        pytest.param("a" * 4097, "message is too long", id="too long"),
        pytest.param("😀" * 2049, "message is too long", id="too long in UTF-16"),
        pytest.param("<b>x", 'Can\'t find end tag corresponding to start tag "b"', id="open"),
        pytest.param("x</b>", "Unexpected end tag at byte offset 1", id="end alone"),
        pytest.param("ế<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 3', id="unknown"),
        pytest.param(
            "<b><i>x</b></i>",
            'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
            id="crossed",
        ),
        pytest.param("1 < 2", 'Unsupported start tag "" at byte offset 2', id="bare less-than"),
        pytest.param('<a href="x', "Unclosed start tag at byte offset 0", id="cut in a value"),
        pytest.param("<a href=", 'Unclosed start tag "a" at byte offset 0', id="cut before it"),
        pytest.param("<a href=x/y>z</a>", "end of name token at byte offset 8", id="bare"),
        pytest.param("<a =x>z</a>", 'Empty attribute name in the tag "a"', id="no name"),
        pytest.param("x<br/>y", 'Unsupported start tag "br/" at byte offset 1', id="br"),
        pytest.param("<b>x</b", "Unclosed end tag at byte offset 4", id="end cut off"),
        pytest.param("&#xD800;", "invalid Unicode characters", id="surrogate"),
        pytest.param("<span>x</span>", 'Tag "span" must have class "tg-spoiler"', id="span"),
    ],
)
async def test_a_text_that_cannot_be_sent(
    telegram: TelegramEmulator, lan: User, text: str, words: str
) -> None:
    """Bad HTML and sizes are refused in Telegram's words, and nothing is sent."""
    said = await refusal(
        telegram, "sendMessage", {"chat_id": lan.id, "text": text, "parse_mode": "HTML"}
    )

    assert words in said


async def test_tags_do_not_count(bot: Bot, lan: User) -> None:
    """The limit of 4,096 is for what people see."""
    assert await bot.send_message(lan.id, f"<b>{'a' * 4096}</b>", "HTML")


@pytest.mark.parametrize(
    ("method", "params", "words"),
    [
        pytest.param("sendMessage", {"text": "x"}, "chat_id is empty", id="no chat"),
        pytest.param("sendMessage", {"chat_id": 5001}, "message text is empty", id="no text"),
        pytest.param("sendMessage", {"chat_id": 1, "text": "x"}, "chat not found", id="stranger"),
        pytest.param(
            "sendMessage",
            {"chat_id": 5001, "text": "x", "reply_makrup": {}},
            "unknown parameter reply_makrup",
            id="typo",
        ),
        pytest.param(
            "sendMessage",
            {"chat_id": 5001, "text": "x", "link_preview_options": {"disabled": True}},
            "link_preview_options: unknown parameter disabled",
            id="typo inside",
        ),
        pytest.param(
            "sendMessage",
            {"chat_id": 5001, "text": "x", "disable_notification": "yes"},
            "disable_notification must be of type Boolean",
            id="wrong type",
        ),
        pytest.param(
            "sendMessage",
            {"chat_id": 5001, "text": "x", "reply_markup": "{oops"},
            "can't parse reply markup JSON object",
            id="broken JSON",
        ),
        pytest.param(
            "sendMessage",
            {"chat_id": 5001, "text": "x", "parse_mode": "html5"},
            "unsupported parse_mode",
            id="parse mode",
        ),
        pytest.param(
            "sendChatAction",
            {"chat_id": 5001, "action": "dancing"},
            "wrong parameter action",
            id="action",
        ),
        pytest.param(
            "answerCallbackQuery",
            {"callback_query_id": "1", "text": "x" * 201},
            "MESSAGE_TOO_LONG",
            id="callback answer",
        ),
        pytest.param(
            "answerCallbackQuery", {"callback_query_id": "1"}, "query is too old", id="old tap"
        ),
        pytest.param(
            "setMyCommands",
            {"commands": [{"command": "Trợ", "description": "x"}]},
            "BOT_COMMAND_INVALID",
            id="command",
        ),
        pytest.param(
            "setMyCommands",
            {"commands": [{"command": "a", "description": ""}]},
            "commands[0].description must be 1-256 characters",
            id="command without description",
        ),
        pytest.param(
            "setWebhook",
            {"url": "https://example.org", "secret_token": "a b"},
            "secret token contains unallowed characters",
            id="secret",
        ),
        pytest.param(
            "setWebhook", {"url": "http://example.org"}, "An HTTPS URL must be", id="plain http"
        ),
        pytest.param(
            "sendPoll",
            {"chat_id": 5001, "question": "x" * 301, "options": [{"text": "a"}]},
            "poll question length must not exceed 300",
            id="poll question",
        ),
        pytest.param(
            "sendPoll",
            {"chat_id": 5001, "question": "x", "options": [{"text": "a"}] * 13},
            "options must be 1-12 items",
            id="poll options",
        ),
        pytest.param(
            "sendPoll",
            {"chat_id": 5001, "question": "x", "options": [{"text": "a"}], "type": "quiz"},
            "quiz polls must have correct options",
            id="quiz without answer",
        ),
        pytest.param(
            "answerInlineQuery",
            {
                "inline_query_id": "1",
                "results": [
                    {
                        "type": "article",
                        "id": "x" * 65,
                        "title": "a",
                        "input_message_content": {"message_text": "x"},
                    }
                ],
            },
            "RESULT_ID_INVALID",
            id="inline id",
        ),
        pytest.param("getUpdates", {"limit": 101}, "limit must be 1-100", id="limit of getUpdates"),
        pytest.param(
            "getUpdates", {"allowed_updates": ["messages"]}, "unknown type of update", id="kinds"
        ),
    ],
)
async def test_a_call_that_breaks_a_rule_is_refused(
    telegram: TelegramEmulator, lan: User, method: str, params: dict[str, object], words: str
) -> None:
    """Each rule of the Bot API is held, with the words people search for."""
    assert words in await refusal(telegram, method, params)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        pytest.param([[{"text": "a"}]], "Text buttons are unallowed", id="no purpose"),
        pytest.param([[{"text": "a", "callback_data": ""}]], "BUTTON_DATA_INVALID", id="no data"),
        pytest.param(
            [[{"text": "a", "callback_data": "ế" * 22}]], "BUTTON_DATA_INVALID", id="66 bytes"
        ),
        pytest.param([[{"text": "a", "callback_data": "a"}] * 9], "8 buttons in a row", id="row"),
        pytest.param(
            [[{"text": "a", "callback_data": "a"}]] * 101, "reply markup is too long", id="101"
        ),
        pytest.param([[{"text": "a", "url": "javascript:x"}]], "is invalid", id="url"),
        pytest.param([[{"callback_data": "a"}]], "text is required", id="no label"),
        pytest.param(
            [[{"text": "a", "callback_data": "a", "url": "https://x.vn"}]],
            "more than one purpose",
            id="two purposes",
        ),
    ],
)
async def test_a_keyboard_that_breaks_a_rule_is_refused(
    telegram: TelegramEmulator, lan: User, rows: list[list[dict[str, str]]], words: str
) -> None:
    """Buttons have one purpose, a label, and data of 1-64 bytes; keyboards have a size."""
    markup = {"inline_keyboard": rows}

    said = await refusal(
        telegram, "sendMessage", {"chat_id": lan.id, "text": "x", "reply_markup": markup}
    )

    assert words in said


async def test_a_method_that_is_not_there(telegram: TelegramEmulator) -> None:
    """A misspelt method is a 404."""
    assert "method not found" in await refusal(telegram, "sendMesage", {})
    assert telegram.refused[0].code == 404


async def test_another_token_is_refused(telegram: TelegramEmulator) -> None:
    """Only the bot with the right token is let in."""
    stranger = client(telegram, "1234:WRONG")

    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.request.shutdown()


async def test_who_never_started_the_bot_cannot_be_written_to(
    telegram: TelegramEmulator, bot: Bot
) -> None:
    """A bot cannot begin a conversation; after /start it may write."""
    stranger = telegram.user(started=False)
    with pytest.raises(Forbidden, match=r"(?i)can't initiate conversation"):
        await bot.send_message(stranger.id, "chào")
    await stranger.says("/start")

    assert await bot.send_message(stranger.id, "chào")


async def test_who_blocked_the_bot_gets_nothing(bot: Bot, lan: User) -> None:
    """A blocked bot is told 403."""
    await lan.blocks_bot()

    with pytest.raises(Forbidden, match=r"(?i)bot was blocked by the user"):
        await bot.send_message(lan.id, "chào")


async def test_a_migrated_group_says_where_it_went(telegram: TelegramEmulator, bot: Bot) -> None:
    """The old id is refused with the new one, which works."""
    group = telegram.group()
    old = group.id
    new = await group.migrate()

    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(old, "chào")
    assert caught.value.new_chat_id == new
    assert (await bot.send_message(new, "chào")).chat.type == "supergroup"


FORM, JSON, PARTS = "application/x-www-form-urlencoded", "application/json", "multipart/form-data"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        pytest.param(JSON, b"{oops", id="broken JSON"),
        pytest.param(JSON, b"[1]", id="no object"),
        pytest.param(JSON, b"[" * 200_000, id="deep"),
        pytest.param(JSON, b"\xff", id="not UTF-8"),
        pytest.param(JSON, b'{"chat_id":5001,"text":"\\ud800"}', id="lone surrogate"),
        pytest.param(JSON, b'{"chat_id":5001,"text":null}', id="null"),
        pytest.param(JSON, b'{"chat_id":5001,"text":{"a":1}}', id="object for text"),
        pytest.param(FORM, b"chat_id=5001&chat_id=5001&text=x", id="given twice"),
        pytest.param(f"{PARTS}; boundary=x", b"junk", id="broken parts"),
        pytest.param("text/plain", b"x", id="unknown form"),
    ],
)
async def test_a_body_that_cannot_be_read(
    telegram: TelegramEmulator, lan: User, kind: str, body: bytes
) -> None:
    """A broken body is a 400 in Telegram's form, and nothing is sent."""
    url = f"{telegram.api_url}/bot{telegram.token}/sendMessage"
    headers = {"Content-Type": kind}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body, headers=headers) as answer,
    ):
        told = await answer.json()

    assert (told["ok"], told["error_code"], telegram.sent) == (False, 400, [])


async def test_json_and_get_are_understood(telegram: TelegramEmulator, lan: User) -> None:
    """Parameters may come as a JSON body or in the address."""
    url = f"{telegram.api_url}/bot{telegram.token}/sendMessage"
    call: dict[str, str | int] = {"chat_id": lan.id, "text": "một"}
    async with aiohttp.ClientSession() as session:
        await session.post(url, json=call)
        await session.get(url, params=call | {"text": "hai"})

    assert telegram.sent_to(lan) == ["một", "hai"]
