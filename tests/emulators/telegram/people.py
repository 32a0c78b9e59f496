"""People and groups as tests see them: what they do becomes updates for the bot."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.emulators.telegram import updates
from tests.emulators.telegram.api import Sent
from tests.emulators.telegram.mailbox import Mailbox
from tests.emulators.telegram.spec import Raw
from tests.emulators.telegram.world import Place, World

if TYPE_CHECKING:
    from collections.abc import Mapping


class Group:
    """A group the bot is in."""

    def __init__(self, world: World, mailbox: Mailbox, place: Place) -> None:
        self._world = world
        self._mailbox = mailbox
        self.place = place

    @property
    def id(self) -> int:
        """Its id; another one after it has become a supergroup."""
        return int(self.place.chat["id"])

    @property
    def chat(self) -> Raw:
        """The chat as messages show it."""
        return self.place.chat

    def adds(self, user: "User", status: str = "member") -> None:
        """Somebody is in it, perhaps as `administrator` or `creator`."""
        self.place.standings[user.id] = (status, user.raw)

    async def migrate(self) -> int:
        """The group becomes a supergroup: its new id, which the bot is told too."""
        old, chat = self.place, updates.supergroup(-1002000000000 + self.id, self.chat["title"])
        self.place = Place(chat, "open", None, old.standings)
        self._world.places[chat["id"]] = self.place
        old.moved_to = chat["id"]
        user = next((user for _status, user in old.standings.values()), updates.LAN)
        moves = ((old.chat, "migrate_to_chat_id"), (chat, "migrate_from_chat_id"))
        for where, what in moves:
            other = chat["id"] if where is old.chat else old.chat["id"]
            message = self._world.compose(user, where, **{what: other})
            self._mailbox.put({"message": message})
        return int(chat["id"])

    async def removes_bot(self, by: "User") -> int:
        """The bot is thrown out."""
        self.place.state = "kicked"
        return self._mailbox.put(_standing("kicked", by.raw, self.chat, "member"))

    async def adds_bot(self, by: "User") -> int:
        """The bot is let in."""
        self.place.state = "open"
        return self._mailbox.put(_standing("member", by.raw, self.chat, "left"))


class User:
    """A person with Telegram. Each act returns the number of the update it became."""

    def __init__(self, world: World, mailbox: Mailbox, raw: Raw, place: Place) -> None:
        self._world = world
        self._mailbox = mailbox
        self.raw = raw
        self.place = place
        self._said: dict[int, Raw] = {}

    @property
    def id(self) -> int:
        """Also the id of the private chat."""
        return int(self.raw["id"])

    async def says(
        self,
        text: str,
        *,
        in_group: Group | None = None,
        mention: bool = False,
        reply_to: Sent | int | None = None,
    ) -> int:
        """Write to the bot, or in a group, perhaps naming the bot, perhaps in reply.

        `reply_to` is something sent by the bot, or the update another message became.
        """
        words = f"@{self._world.bot['username']} {text}" if mention else text
        return self._post(in_group, reply_to, **_words("text", words))

    async def forwards(self, text: str, *, in_group: Group | None = None) -> int:
        """Pass on what somebody else wrote."""
        author = updates.person(5999, "Tư")
        date = int(time.time()) - 3600
        origin = {"type": "user", "sender_user": author, "date": date}
        return self._post(in_group, forward_origin=origin, **_words("text", text))

    async def sends_sticker(self, *, in_group: Group | None = None) -> int:
        """A sticker."""
        content = updates.sticker()["message"]["sticker"]
        return self._post(in_group, sticker=content)

    async def sends_photo(
        self, caption: str | None = None, *, in_group: Group | None = None
    ) -> int:
        """A photo, with or without words."""
        sizes = updates.photo()["message"]["photo"]
        return self._post(in_group, photo=sizes, **_words("caption", caption or ""))

    async def edits(self, said: int, text: str) -> int:
        """Change what was said; `said` is what `says` returned."""
        old = self._said[said]
        kept = {key: value for key, value in old.items() if key not in ("text", "entities")}
        message = self._world.keep(kept | _words("text", text) | {"edit_date": int(time.time())})
        return self._mailbox.put({"edited_message": message})

    async def taps(self, sent: Sent, button: str) -> int:
        """Tap a button under a message, by its label (or a part only it has) or its data."""
        message = self._world.messages[sent.chat_id, sent.message_id]
        query_id = str(7_000_000_000_000_000 + self._world.number())
        self._world.taps.add(query_id)
        data = _data(message, button)
        query = updates.callback_query(data, user=self.raw, under=message, query_id=query_id)
        return self._mailbox.put({"callback_query": query["callback_query"]})

    async def asks_inline(self, query: str) -> int:
        """Type `@bot query` in some chat."""
        query_id = str(6_000_000_000_000_000 + self._world.number())
        self._world.queries.add(query_id)
        asked = updates.inline_query(query, user=self.raw, query_id=query_id)
        return self._mailbox.put({"inline_query": asked["inline_query"]})

    async def votes(self, sent: Sent, options: Sequence[int]) -> int:
        """Vote in a poll of the bot; 0 if it is anonymous, for then the bot hears nothing."""
        poll = self._world.messages[sent.chat_id, sent.message_id]["poll"]
        if poll["is_closed"]:
            raise AssertionError("the poll is closed")
        for option in options:
            poll["options"][option]["voter_count"] += 1
        poll["total_voter_count"] += bool(options)
        if poll["is_anonymous"]:
            return 0
        answer = updates.poll_answer(poll["id"], list(options), user=self.raw)
        return self._mailbox.put({"poll_answer": answer["poll_answer"]})

    async def blocks_bot(self) -> int:
        """From now on the bot cannot write to this person."""
        self.place.state = "blocked"
        return self._mailbox.put(_standing("kicked", self.raw, self.place.chat, "member"))

    async def unblocks_bot(self) -> int:
        """The bot may write again."""
        self.place.state = "open"
        return self._mailbox.put(_standing("member", self.raw, self.place.chat, "kicked"))

    def _post(
        self, group: Group | None, reply_to: Sent | int | None = None, **content: object
    ) -> int:
        if group is None and self.place.state == "unstarted":
            self.place.state = "open"
        if group is not None and self.id not in group.place.standings:
            group.adds(self)
        chat = group.chat if group else self.place.chat
        message = self._world.compose(self.raw, chat, **content, **self._reply(reply_to))
        number = self._mailbox.put({"message": message})
        self._said[number] = message
        return number

    def _reply(self, to: Sent | int | None) -> Raw:
        match to:
            case None:
                return {}
            case Sent():
                message = self._world.messages[to.chat_id, to.message_id]
            case _:
                message = self._said[to]
        return {"reply_to_message": {k: v for k, v in message.items() if k != "reply_to_message"}}


def _words(name: str, text: str) -> Raw:
    if not text:
        return {}
    found = updates.entities(text)
    marks = "entities" if name == "text" else "caption_entities"
    return {name: text} | ({marks: found} if found else {})


def _standing(status: str, by: Raw, chat: Raw, old: str) -> Raw:
    changed = updates.my_chat_member(status, 1, by, chat, old, int(time.time()))
    return {"my_chat_member": changed["my_chat_member"]}


def _data(message: "Mapping[str, Raw]", button: str) -> str:
    """The data of a button."""
    keyboard = message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = [item for row in keyboard for item in row if "callback_data" in item]
    exact = [b for b in buttons if button in (b["text"], b["callback_data"])]
    found = exact or [b for b in buttons if button in b["text"]]
    if len(found) != 1:
        labels = [item["text"] for item in buttons]
        raise AssertionError(f"{button!r} is not one button of {labels}")
    return str(found[0]["callback_data"])
