"""The update factory builds what Telegram delivers."""

import pytest
from telegram import Update

from tests.emulators.telegram import updates
from tests.emulators.telegram.check import check_object


@pytest.mark.parametrize(
    "raw",
    [
        updates.message("/start a @lyson_test_bot"),
        updates.mention("mấy giờ?"),
        updates.edited_message("x"),
        updates.forwarded("x"),
        updates.via_bot("x"),
        updates.anonymous_admin("x"),
        updates.channel_post("x"),
        updates.sticker(),
        updates.photo(),
        updates.photo("có chữ"),
        updates.migration(),
        updates.callback_query("q7:1"),
        updates.inline_query("x"),
        updates.poll_answer("1", [0]),
        updates.my_chat_member(),
        updates.my_chat_member("administrator"),
    ],
    ids="-".join,
)
def test_a_built_update_is_a_real_one(raw: dict[str, object]) -> None:
    """What the factory builds is as the description says, and the library knows all of it."""
    check_object(raw, "Update")

    update = Update.de_json(raw, None)

    assert not update.api_kwargs
    assert update.effective_message is None or not update.effective_message.api_kwargs
