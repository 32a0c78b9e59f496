"""What people do reaches the bot, and what the bot does reaches people."""

import asyncio

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    Message,
    ReplyParameters,
)
from telegram.error import BadRequest, Conflict, Forbidden

from tests.emulators.telegram import TelegramEmulator, User
from tests.emulators.telegram.check import check_object
from tests.emulators.telegram.client import client

BUTTON = InlineKeyboardMarkup([[InlineKeyboardButton("1. Cẩm nang", callback_data="q7:1")]])

# Receiving


async def test_what_people_do_reaches_the_bot_in_order(
    telegram: TelegramEmulator, bot: Bot, lan: User
) -> None:
    """Everything people can do becomes an update that is as described and can be parsed."""
    group = telegram.group()
    said = await lan.says("/start td_dong")
    await lan.edits(said, "/start td_tay")
    await lan.says("mấy giờ họp?", in_group=group, mention=True)
    await lan.forwards("tin đồn")
    await lan.sends_sticker()
    await lan.sends_photo("ảnh")
    await lan.asks_inline("cẩm nang")
    await lan.blocks_bot()
    await lan.unblocks_bot()
    await group.migrate()
    check_object(telegram.mailbox.pending, "Array of Update")

    received = await bot.get_updates()

    numbers = [update.update_id for update in received]
    assert numbers == list(range(said, said + 11))


async def test_a_command_is_marked_at_its_utf16_offset(bot: Bot, lan: User) -> None:
    """Offsets count UTF-16 units, as Telegram's do."""
    await lan.says("😀 /trogiup")

    (update,) = await bot.get_updates()

    assert update.message is not None
    assert [(e.type, e.offset, e.length) for e in update.message.entities] == [
        ("bot_command", 3, 8)
    ]


async def test_an_update_stays_until_the_next_offset(bot: Bot, lan: User) -> None:
    """An update the bot has not confirmed is given again."""
    first = await lan.says("một")
    second = await lan.says("hai")

    again = [len(await bot.get_updates()), len(await bot.get_updates(offset=first))]
    rest = await bot.get_updates(offset=first + 1)

    assert again == [2, 2]
    assert [update.update_id for update in rest] == [second]


async def test_a_long_poll_ends_with_the_first_update(
    telegram: TelegramEmulator, bot: Bot, lan: User
) -> None:
    """getUpdates waits, and answers as soon as somebody speaks."""
    waiting = asyncio.create_task(bot.get_updates(timeout=5))
    await telegram.wait_for(lambda: telegram.mailbox.waited_for)

    await lan.says("chào")

    assert len(await waiting) == 1


async def test_a_second_poller_ends_the_first(telegram: TelegramEmulator, bot: Bot) -> None:
    """Two getUpdates at once are a conflict, which the older one hears of."""
    older = asyncio.create_task(bot.get_updates(timeout=5))
    await telegram.wait_for(lambda: telegram.mailbox.waited_for)
    async with client(telegram) as second:
        await second.get_updates(timeout=0)

    with pytest.raises(Conflict):
        await older


async def test_a_poller_that_dies_loses_nothing(
    telegram: TelegramEmulator, bot: Bot, lan: User
) -> None:
    """After a killed poller the next one gets what came, without a conflict."""
    async with client(telegram) as killed:
        poll = asyncio.create_task(killed.get_updates(timeout=5))
        await telegram.wait_for(lambda: telegram.mailbox.waited_for)
        poll.cancel()
        await telegram.wait_for(lambda: not telegram.mailbox.waited_for)
    await lan.says("chào")

    assert len(await bot.get_updates()) == 1
    assert not telegram.mistakes


async def test_kinds_not_allowed_do_not_come(bot: Bot, lan: User) -> None:
    """allowed_updates holds for what happens after it was given."""
    await bot.get_updates(allowed_updates=["callback_query"])
    await lan.says("chào")

    assert await bot.get_updates() == ()


async def test_an_update_of_an_unknown_kind_is_passed_on_as_it_is(
    telegram: TelegramEmulator, bot: Bot
) -> None:
    """Tests may push anything, to see the bot survive it."""
    number = telegram.push({"tomorrow": {"id": "?"}})

    (update,) = await bot.get_updates()

    assert update.update_id == number
    assert update.api_kwargs == {"tomorrow": {"id": "?"}}


# Sending


async def test_a_message_is_stored_and_answered(
    telegram: TelegramEmulator, bot: Bot, lan: User
) -> None:
    """A sent message comes back as it is seen, and is what the person got."""
    message = await bot.send_message(lan.id, "<b>Chào</b> &lt;Lan&gt;", "HTML", reply_markup=BUTTON)

    assert (message.text, message.entities[0].type) == ("Chào <Lan>", "bold")
    assert telegram.sent_to(lan) == ["Chào <Lan>"]
    assert telegram.sent[0].message_id == message.message_id
    check_object(telegram.world.messages[lan.id, message.message_id], "Message")


@pytest.mark.parametrize("button", ["1. Cẩm nang", "Cẩm nang", "q7:1"])
async def test_a_tap_brings_the_data_of_the_button(
    telegram: TelegramEmulator, bot: Bot, lan: User, button: str
) -> None:
    """A button is tapped by its label, a part of it, or its data; the tap can be answered."""
    await bot.send_message(lan.id, "Bạn hỏi gì?", reply_markup=BUTTON)
    await lan.taps(telegram.sent[-1], button)

    (update,) = await bot.get_updates()

    assert update.callback_query is not None
    assert update.callback_query.data == "q7:1"
    assert await update.callback_query.answer("Đã nhận")


async def test_an_edit_changes_the_message_once(bot: Bot, lan: User) -> None:
    """The same text again is refused, and so is a message that is not there."""
    message = await bot.send_message(lan.id, "một")
    await bot.edit_message_text("hai", lan.id, message.message_id)

    with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
        await bot.edit_message_text("hai", lan.id, message.message_id)
    with pytest.raises(BadRequest, match=r"(?i)message to edit not found"):
        await bot.edit_message_text("hai", lan.id, 999)


async def test_a_poll_can_be_voted_in_and_closed(
    telegram: TelegramEmulator, bot: Bot, lan: User
) -> None:
    """A poll that is not anonymous tells the bot who chose what."""
    options = ["2022", "2023"]
    message = await bot.send_poll(
        lan.id, "Ngày Chuyển đổi số từ năm nào?", options, False, "quiz", correct_option_ids=[0]
    )
    await lan.votes(telegram.sent[-1], [0])
    (update,) = await bot.get_updates()
    poll = await bot.stop_poll(lan.id, message.message_id)

    assert update.poll_answer is not None
    assert update.poll_answer.option_ids == (0,)
    assert (poll.is_closed, poll.options[0].voter_count) == (True, 1)


async def test_files_come_as_parts(telegram: TelegramEmulator, bot: Bot, lan: User) -> None:
    """Photos and documents are uploaded, kept, and can be fetched again."""
    photo = await bot.send_photo(
        lan.id, b"\x89PNG...", caption="<i>Áp phích</i>", parse_mode="HTML"
    )
    paper = await bot.send_document(lan.id, b"%PDF-", filename="bien-ban.pdf")

    assert telegram.sent_to(lan) == ["Áp phích", ""]
    assert photo.photo[0].file_size == 7
    assert paper.document is not None
    assert paper.document.file_name == "bien-ban.pdf"
    assert (await bot.get_file(paper.document.file_id)).file_size == 5


async def test_a_reply_needs_its_message(bot: Bot, lan: User) -> None:
    """Replying to what is not there is refused, unless that is allowed."""
    with pytest.raises(BadRequest, match=r"(?i)message to be replied not found"):
        await bot.send_message(lan.id, "ừ", reply_parameters=ReplyParameters(99))

    free = ReplyParameters(99, allow_sending_without_reply=True)
    assert isinstance(await bot.send_message(lan.id, "ừ", reply_parameters=free), Message)


async def test_a_message_can_be_copied_and_deleted(
    telegram: TelegramEmulator, bot: Bot, lan: User
) -> None:
    """A copy is a new message; a deleted one is gone."""
    group = telegram.group()
    message = await bot.send_message(lan.id, "tin")
    await bot.copy_message(group.id, lan.id, message.message_id)
    await bot.delete_message(lan.id, message.message_id)

    assert telegram.sent_to(group) == ["tin"]
    with pytest.raises(BadRequest, match=r"(?i)message to delete not found"):
        await bot.delete_message(lan.id, message.message_id)


async def test_what_the_bot_says_of_itself_is_kept(bot: Bot) -> None:
    """Commands by scope and language, names and descriptions are set and read."""
    menu = [BotCommand("trogiup", "Trợ giúp")]
    everywhere = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands(menu, everywhere, "vi")
    await bot.set_my_short_description("Hỏi đáp", "vi")
    await bot.set_my_name("Bot")

    assert await bot.get_my_commands(everywhere, "vi") == tuple(menu)
    assert await bot.get_my_commands() == ()
    assert (await bot.get_my_short_description("vi")).short_description == "Hỏi đáp"
    assert (await bot.get_my_name("vi")).name == "Bot"
    assert await bot.delete_my_commands(everywhere, "vi")
    assert await bot.set_chat_menu_button()


async def test_chats_and_members_can_be_looked_up(
    telegram: TelegramEmulator, bot: Bot, lan: User
) -> None:
    """getChat, getChatMember and getChatAdministrators know the group."""
    group = telegram.group("Tổ công nghệ số")
    group.adds(lan, "administrator")

    assert (await bot.get_chat(group.id)).title == "Tổ công nghệ số"
    assert (await bot.get_chat_member(group.id, lan.id)).status == "administrator"
    assert len(await bot.get_chat_administrators(group.id)) == 1
    assert await bot.leave_chat(group.id)
    with pytest.raises(Forbidden):
        await bot.send_message(group.id, "còn đó không?")


async def test_an_inline_query_is_answered(telegram: TelegramEmulator, bot: Bot, lan: User) -> None:
    """Results reach who asked; an unknown query is too old."""
    await lan.asks_inline("cẩm nang")
    (update,) = await bot.get_updates()
    result = InlineQueryResultArticle("1", "Cẩm nang", InputTextMessageContent("<b>x</b>", "HTML"))

    assert update.inline_query is not None
    assert await update.inline_query.answer([result])
    assert telegram.accepted("answerInlineQuery")[0].params["results"][0]["id"] == "1"
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_inline_query("nope", [result])
