"""Methods that are not about one message: who the bot is, its commands, chats, answers, files."""

import json
from collections.abc import Callable

from tests.emulators.telegram import sends, updates
from tests.emulators.telegram.errors import bad
from tests.emulators.telegram.spec import Raw
from tests.emulators.telegram.world import World

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
SENDS_OTHERWISE = frozenset({"sendChatAction", "sendMessageDraft", "sendMediaGroup", "sendGift"})
"""Their names begin with send, but what they send is not a message that stays, or is several."""
# What a bot's own settings are called in the answer of the method that reads them.
READ = {
    "getMyName": ("setMyName", "name"),
    "getMyDescription": ("setMyDescription", "description"),
    "getMyShortDescription": ("setMyShortDescription", "short_description"),
}


def is_send(method: str) -> bool:
    """Does it put a message into a chat?"""
    if method in ("copyMessage", "forwardMessage"):
        return True
    return method.startswith("send") and method not in SENDS_OTHERWISE


def is_seen(method: str) -> bool:
    """Does it put a message into a chat, or change one?"""
    return is_send(method) or method.startswith("editMessage")


def perform(world: World, method: str, params: Raw) -> object:
    """Do what a checked call asks, and give what it answers. Raises ApiError."""
    if method in ("copyMessage", "forwardMessage"):
        return sends.copy(world, method, params)
    if is_send(method):
        return sends.send(world, method, params)
    if method.startswith("editMessage"):
        return sends.edit(world, method, params)
    if method in READ:
        return _read(world, method, params)
    if act := ACTS.get(method):
        return act(world, params)
    if method.startswith("setMy"):
        world.settings[method, _language(params)] = params
    elif "chat_id" in params:
        world.enter(params["chat_id"])
    return True


def _me(world: World, params: Raw) -> object:
    return world.bot | {
        "can_join_groups": True,
        "can_read_all_group_messages": True,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def _language(params: Raw) -> str:
    return str(params.get("language_code", ""))


def _read(world: World, method: str, params: Raw) -> object:
    """A setting in a language; where there is none, the one for all languages."""
    setter, name = READ[method]
    for language in (_language(params), ""):
        given = world.settings.get((setter, language))
        if isinstance(given, dict):
            return {name: given.get(name, "")}
    return {name: world.bot["first_name"] if name == "name" else ""}


def _scope(params: Raw) -> tuple[str, str, str]:
    scope = json.dumps(params.get("scope", {"type": "default"}), sort_keys=True)
    return ("commands", scope, _language(params))


def _set_commands(world: World, params: Raw) -> object:
    world.settings[_scope(params)] = params["commands"]
    return True


def _commands(world: World, params: Raw) -> object:
    return world.settings.get(_scope(params), [])


def _delete_commands(world: World, params: Raw) -> object:
    world.settings.pop(_scope(params), None)
    return True


def _set_menu(world: World, params: Raw) -> object:
    world.settings["menu", str(params.get("chat_id", ""))] = params.get(
        "menu_button", {"type": "default"}
    )
    return True


def _menu(world: World, params: Raw) -> object:
    return world.settings.get(("menu", str(params.get("chat_id", ""))), {"type": "default"})


def _answer_tap(world: World, params: Raw) -> object:
    if params["callback_query_id"] not in world.taps:
        raise bad(TOO_OLD)
    return True


def _answer_inline(world: World, params: Raw) -> object:
    if params["inline_query_id"] not in world.queries:
        raise bad(TOO_OLD)
    return True


def _leave(world: World, params: Raw) -> object:
    place = world.enter(params["chat_id"])
    if place.chat["type"] == "private":
        raise bad("chat member status can't be changed in private chats")
    place.state = "left"
    return True


def _chat(world: World, params: Raw) -> object:
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription")
    return world.enter(params["chat_id"]).chat | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys((*gifts, "gifts_from_channels"), False),
    }


def _member(world: World, params: Raw) -> object:
    place = world.enter(params["chat_id"])
    if params["user_id"] == world.bot["id"]:
        return updates.member("member", world.bot)
    if params["user_id"] not in place.standings:
        raise bad("user not found")
    return updates.member(*place.standings[params["user_id"]])


def _administrators(world: World, params: Raw) -> object:
    standings = world.enter(params["chat_id"]).standings.values()
    ranks = ("creator", "administrator")
    return [updates.member(rank, user) for rank, user in standings if rank in ranks]


def _count(world: World, params: Raw) -> object:
    return len(world.enter(params["chat_id"]).standings) + 1


def _file(world: World, params: Raw) -> object:
    file_id = params["file_id"]
    if file_id not in world.files:
        raise bad("wrong file_id or the file is temporarily unavailable")
    about = {"file_id": file_id, "file_unique_id": file_id[:20], "file_path": f"files/{file_id}"}
    return about | {"file_size": len(world.files[file_id])}


ACTS: dict[str, Callable[[World, Raw], object]] = {
    "getMe": _me,
    "setMyCommands": _set_commands,
    "getMyCommands": _commands,
    "deleteMyCommands": _delete_commands,
    "setChatMenuButton": _set_menu,
    "getChatMenuButton": _menu,
    "answerCallbackQuery": _answer_tap,
    "answerInlineQuery": _answer_inline,
    "deleteMessage": sends.delete,
    "stopPoll": sends.stop_poll,
    "leaveChat": _leave,
    "getChat": _chat,
    "getChatMember": _member,
    "getChatAdministrators": _administrators,
    "getChatMemberCount": _count,
    "getFile": _file,
}
