"""One message in, replies out: synchronous, inside the transaction that also queues the replies."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from bot import people, sensitive, state
from bot.desk import handoff
from bot.flows import (
    ask,
    care,
    games,
    group,
    helpdesk,
    helping,
    linking,
    news,
    notices,
    profile,
    small_talk,
    taking_part,
    weekly,
)
from bot.flows.turn import House, Turn, lane_of
from bot.i18n import _, language, speaking
from bot.messages import Capability, Incoming, Reply
from bot.notices import groups, later
from bot.notices.audience import Reach, Ways
from faq.matcher import Found, Sure
from faq.text import clean, fold
from faq.text.english import is_english

COMMAND = re.compile(r"/([a-z_0-9]{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL | re.IGNORECASE)
QUESTION_CODE = re.compile(r"h[\s-]?(\d{1,9})")
LINK_CODE = re.compile(r"(?:lien ket|ma noi|noi) (\d{3} ?\d{3})")
PICK = re.compile(r"(?:(?:so|cau|chon|y)\s)?([1-9]|1\d|[a-d])")
Answer = Callable[[Turn, str], list[Reply]]

COMMANDS: dict[str, Answer] = {
    "start": profile.start,
    "batdau": profile.start,
    "trogiup": lambda turn, _rest: profile.help_(turn),
    "help": lambda turn, _rest: profile.help_(turn),
    "camnang": lambda turn, _rest: ask.handbook(turn),
    "quyenriengtu": lambda turn, _rest: profile.privacy_notice(turn),
    "ngonngu": lambda turn, rest: profile.choose_language(turn, fold(rest)),
    "language": lambda turn, rest: profile.choose_language(turn, fold(rest)),
    "thon": lambda turn, _rest: profile.choose_place(turn, "hamlet"),
    "donvi": lambda turn, _rest: profile.choose_place(turn, "unit"),
    "dulieu": lambda turn, _rest: profile.my_data(turn),
    "xoadulieu": lambda turn, _rest: profile.ask_to_forget(turn),
    "ban": lambda turn, _rest: helpdesk.desk(turn),
    "cauhoi": lambda turn, _rest: helpdesk.questions(turn),
    "thongbao": notices.command,
    "lienket": linking.command,
    "bolienket": lambda turn, _rest: linking.ask_to_part(turn),
    "sukien": news.events,
    "lichphat": news.radio,
    "xacminh": news.check,
    "tintuc": weekly.command,
    "dangkynhom": group.subscribe,
    "huynhom": group.unsubscribe,
    helping.COMMAND: helping.command,
    **games.COMMANDS,
    **taking_part.COMMANDS,
}
PICKED: dict[str, Callable[[Turn, dict[str, str]], list[Reply]]] = {
    "notice": notices.picked,
    "event": news.picked,
    group.KIND: group.picked,
    helping.CONSENT: helping.picked,
}
"""What a pick means that answers a question of these kinds."""
LEANING = frozenset({"start", "hoitruoc", "binhchon"})
"""Commands that may mean what the chat has just shown."""
WORDS = {
    "tro giup": "trogiup",
    "giup minh": "trogiup",
    "menu": "trogiup",
    "help": "trogiup",
    "cam nang": "camnang",
    "quyen rieng tu": "quyenriengtu",
    "ngon ngu": "ngonngu",
    "english": "ngonngu",
    "bat dau": "start",
    "start": "start",
    "xoa du lieu": "xoadulieu",
    "lien ket": "lienket",
    "bo lien ket": "bolienket",
    "du lieu cua toi": "dulieu",
    "su kien": "sukien",
    "lich su kien": "sukien",
    "lich phat thanh": "lichphat",
    "xac minh": "xacminh",
    "tin tuc": "tintuc",
    "tin moi": "tintuc",
    "tin moi nhat": "tintuc",
    **helping.BEGIN,
}
"""Commands by their words, for those who do not type a slash."""

RIGHT = frozenset(["dung y", "dung roi", "dung", "chinh xac", "dung y roi"])
WRONG = frozenset(
    [
        "chua dung y",
        "khong dung y",
        "khong dung y toi",
        "khong phai",
        "sai roi",
        "chua dung",
        "khong dung",
        "sai",
        "khong phai cau nay",
    ]
)


def is_question(message: Incoming) -> bool:
    """Whether there are words to be matched: no command, and not nothing."""
    words = message.kind in {"text", "tap", "inline"} and message.text.strip()
    return bool(words) and COMMAND.fullmatch(clean(message.text)) is None


def needs_admin(message: Incoming) -> bool:
    """Whether the platform should be asked if the writer runs the group: it may decide for it."""
    if message.private or not message.addressed or message.kind not in {"text", "tap"}:
        return False
    text = clean(message.text)
    command = COMMAND.fullmatch(text)
    if command is not None:
        return command[1].lower() in group.COMMANDS
    return PICK.fullmatch(fold(text)) is not None


def converse(
    session: Session,
    house: House,
    message: Incoming,
    found: tuple[Found, ...],
    can: Mapping[str, Capability],
    now: datetime,
    clock: datetime | None = None,
    changed: list[str] | None = None,
    reach: Mapping[str, Reach] | None = None,
) -> tuple[list[Reply], int | None, str]:
    """The replies to a message, the row of the person who wrote, and the text that may be kept.

    `clock` is the moment of answering; signals to be told after the commit go into `changed`.
    """
    if message.kind in {"blocked", "unblocked"}:
        blocked = message.kind == "blocked"
        people.mark_blocked(session, message.channel, message.chat, now, blocked=blocked)
        if blocked:
            groups.leave(session, message.channel, message.chat, now, actor=message.channel)
        return [], None, ""
    if message.kind == "edited" or not message.addressed:
        return [], None, ""
    person, new = people.welcome(session, message.channel, message.user, message.chat, now)
    person_id = people.id_of(person)
    chat = state.of(session, lane_of(message))
    if chat.person_id is None and message.private:
        chat.person_id = person_id
    raw, message = message.text, replace(message, text=clean(message.text))
    safe = sensitive.blank(message.text)
    turn = Turn(
        session,
        house,
        message,
        person,
        chat,
        found,
        now,
        Ways(can, reach or {}),
        raw,
        clock,
        [] if changed is None else changed,
    )
    english = is_english(message.text, house.content.lexicon)
    with speaking("en" if english else person.language):
        missed = (
            []
            if new or not message.private
            else later.missed(session, person_id, turn.lane, now, house.zone)
        )
        helped = chat.visit is not None
        replies = _reply(turn, dict(can)) if safe == message.text else _masked(turn, safe)
        if helped:
            replies = helping.veiled(turn, replies)
        replies = [*missed, *replies]
        if new and message.private and not _starts(message):
            replies = [*replies, profile.notice(turn)]
    if session.get(people.Person, person_id) is None:  # they were just forgotten
        return replies, None, ""
    if message.private and chat.person_id is not None:
        person_id = chat.person_id  # they may just have been linked to others, or parted from them
    state.save(session, chat)
    if helped and not (chat.visit is not None and helping.on_page(turn)):
        safe = ""  # said for somebody else: not in the history of who wrote it
    return replies, person_id, safe


def _starts(message: Incoming) -> bool:
    return message.text.startswith(("/start", "/batdau"))


def _masked(turn: Turn, safe: str) -> list[Reply]:
    """Warn of what was sent; what else was asked is answered when it is understood."""
    warning = Reply(
        _(
            "Bạn đừng gửi số căn cước, số thẻ hay mã OTP ở đây, cũng đừng gửi cho ai. Mình đã ẩn "
            "số đó, không lưu. Bạn hỏi lại mà không kèm số nhé."
        )
    )
    turn = replace(turn, message=replace(turn.message, text=safe))
    if turn.chat.visit is not None:
        return [warning, *_in_need(turn, fold(safe))]
    verdict = news.checked(turn, safe)  # a forwarded fraud often names a bank account
    if verdict is not None:
        return [warning, *verdict]
    helped = _in_need(turn, fold(safe))
    if not helped and not _is_held(turn) and any(isinstance(found, Sure) for found in turn.found):
        helped = ask.ask(turn)
    return [warning, *helped]


def _in_need(turn: Turn, words: str) -> list[Reply]:
    """Help that cannot wait: whom to call, or how to save what is left after giving a code away."""
    helped = care.danger(words)
    if helped is None and care.gave_a_code_away(words):
        entry = turn.house.content.book.by_id.get(care.SWINDLED)
        helped = ask.answer(turn, entry.id, turn.message.text) if entry else None
    return helped or []


def _reply(turn: Turn, can: dict[str, Capability]) -> list[Reply]:
    text = turn.message.text
    if turn.message.kind == "poll":
        return games.heard(turn, "") or []
    if turn.message.kind == "media" or not text:
        return _media(turn)
    command = COMMAND.fullmatch(text)
    if command is not None:
        visited = _in_visit(turn, command[1].lower())
        return visited or _command(turn, command[1].lower(), (command[2] or "").strip(), can)
    words = fold(text)
    helped = _in_need(turn, words) or _in_visit(turn)
    if helped:
        return helped
    if _is_held(turn):
        return []
    answered = (
        games.heard(turn, words) or taking_part.heard(turn, words) or _to_open_question(turn, words)
    )
    if answered is not None:
        return answered
    verdict = news.checked(turn, text)
    if verdict is not None:
        return verdict
    state.close(turn.chat)
    return (
        _by_words(turn, words)
        or _by_code(turn, text)
        or games.by_words(turn, words)
        or ask.ask(turn)
    )


def _in_visit(turn: Turn, command: str = "") -> list[Reply] | None:
    """What is said while a member of a team helps somebody here; None when nobody is helped."""
    if turn.chat.visit is None or not turn.message.private:
        return None
    return helping.heard(turn, command)


def _is_held(turn: Turn) -> bool:
    """Whether an organiser talks here: the bot keeps quiet, but for what it was asked to ask."""
    held = handoff.holds(turn.session, turn.lane, turn.now)
    return held and state.question(turn.chat, turn.person_id, turn.now) is None


def _media(turn: Turn) -> list[Reply]:
    if not turn.message.private:
        return []
    return [Reply(_("Mình chỉ đọc được chữ. Bạn gõ câu hỏi giúp mình nhé; đừng gửi ảnh giấy tờ."))]


def _command(turn: Turn, name: str, rest: str, can: dict[str, Capability]) -> list[Reply]:
    """Run a command; forwarded messages run none."""
    if not turn.message.trusted:
        return [Reply(_("Mình không chạy lệnh trong tin chuyển tiếp. Bạn tự gõ giúp mình nhé."))]
    if name not in LEANING:
        state.close(turn.chat)
    if name == "traloi":
        return helpdesk.reply_to(turn, rest, can)
    led = _led(turn, rest) if name == "start" else None
    if led is not None:
        return led
    known = COMMANDS.get(name)
    if known is None:
        if not turn.message.private:
            return []
        return [
            Reply(_("Mình không có lệnh này. Gõ /trogiup để xem các lệnh, hoặc hỏi bình thường."))
        ]
    return known(turn, rest)


def _led(turn: Turn, payload: str) -> list[Reply] | None:
    """What a link was made for, or None when it only greets."""
    kind, _dash, name = payload.partition("-")
    if kind == "choi":
        return games.join(turn, name)
    if kind == "hoi" and name in turn.house.content.book.by_id:
        return ask.answer(turn, name, turn.house.content.book.by_id[name].question)
    if kind == helping.COMMAND:
        return helping.command(turn, name)
    if kind == "sk":
        return news.show(turn, name)
    return taking_part.started(turn, payload)


def _to_open_question(turn: Turn, words: str) -> list[Reply] | None:
    """The answer to a pick, or None when the message is not one."""
    pick = PICK.fullmatch(words)
    if pick is None:
        return None
    if turn.message.kind == "tap" and turn.message.ref != str(turn.chat.serial):
        return games.pressed_twice(turn) or [
            Reply(_("Lựa chọn này đã cũ. Bạn hỏi lại giúp mình nhé."))
        ]
    question = state.question(turn.chat, turn.person_id, turn.now)
    if question is None:
        return [Reply(_("Mình chưa hỏi bạn chọn gì. Bạn muốn hỏi điều gì?"))]
    options = question.data["options"]
    if not options:
        return None
    number = int(pick[1]) if pick[1].isdecimal() else "abcd".index(pick[1]) + 1
    if number > len(options):
        return [Reply(_("Bạn chọn từ 1 đến {count} nhé.").format(count=len(options)))]
    state.close(turn.chat)
    with speaking(question.data.get("language", language())):
        return _pick(turn, question, options[number - 1])


def _pick(turn: Turn, question: state.Question, meaning: dict[str, str]) -> list[Reply]:
    match question.kind:
        case "language":
            return [profile.set_language(turn, meaning["language"])]
        case "place":
            return [profile.set_place(turn, meaning)]
        case "forget":
            return profile.forget(turn, meaning)
        case "link" | "channel" | "part":
            return linking.picked(turn, question.kind, meaning)
        case kind if kind in PICKED:
            return PICKED[kind](turn, meaning)
        case kind if kind in games.PICKED:
            return games.picked(turn, question, meaning)
        case kind if kind in taking_part.PICKED:
            return taking_part.picked(turn, question, meaning)
        case _:
            return ask.picked(turn, question.kind, meaning, question.data.get("asked", ""))


def _by_words(turn: Turn, words: str) -> list[Reply] | None:
    """Commands without a slash, opinions of the last answer, and small talk."""
    if words in WORDS:
        return _command(turn, WORDS[words], "", {})
    if words in WRONG:
        return ask.wrong(turn)
    if words in RIGHT:
        return ask.right(turn)
    return small_talk.answer(words)


def _by_code(turn: Turn, text: str) -> list[Reply] | None:
    paired = LINK_CODE.fullmatch(fold(text))
    if paired is not None:
        return linking.command(turn, paired[1])
    code = QUESTION_CODE.fullmatch(text.strip().lower())
    return None if code is None else ask.status(turn, f"H-{int(code[1]):04d}")
