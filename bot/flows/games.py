"""Which of what people write belongs to the quiz: commands, picks, letters, words and polls."""

from collections.abc import Callable

from bot import outbox, state
from bot.flows import ask, compete, hall, live, play, profile
from bot.flows.turn import Turn
from bot.i18n import _
from bot.messages import Reply, load
from bot.state import Question as Open
from faq.text import fold
from quiz.practice import Wish


def join(turn: Turn, code: str) -> list[Reply]:
    """/choi MÃ, and links that carry a code: into a contest."""
    round_ = live.by_code(turn, fold(code))
    if round_ is None:
        return [Reply(_("Mình không thấy cuộc thi có mã này. Bạn xem lại mã trên màn hình nhé."))]
    return compete.enter(turn, round_)


COMMANDS: dict[str, Callable[[Turn, str], list[Reply]]] = {
    "dovui": play.command,
    "thi": lambda turn, _rest: compete.rounds_now(turn),
    "bangxephang": hall.boards,
    "hoso": hall.profile,
    "choi": join,
}
WORDS = {
    "bang xep hang": "bangxephang",
    "xep hang": "bangxephang",
    "xem hang": "bangxephang",
    "ho so": "hoso",
    "thi": "thi",
    "vao thi": "thi",
    "du thi": "thi",
    "bat dau thi": "thi",
}
PICKED = frozenset({play.KIND, compete.KIND, "category", "round", "begin", "board", "profile"})
"""Kinds of open questions whose picks are handled here."""
_SPOKEN = {
    compete.NICKNAME: hall.named,
    compete.BIRTH: hall.born,
    compete.GUESS: compete.guessed,
}
"""Kinds of open questions that are answered in words."""
_LETTERS = {"a": 0, "b": 1, "c": 2, "d": 3}
_CANCEL = frozenset(["thoi", "huy", "de sau", "khong", "bo qua"])


def heard(turn: Turn, words: str) -> list[Reply] | None:
    """The reply to what belongs to the quiz before anything else is looked at, else None."""
    if turn.message.kind == "poll":
        return _polled(turn)
    opened = state.question(turn.chat, turn.person_id, turn.now)
    if opened is not None and opened.kind in _SPOKEN and turn.message.kind == "text":
        if words in _CANCEL:
            state.close(turn.chat)
            return [Reply(_("Mình bỏ qua nhé. Khi nào cần, bạn gõ /thi."))]
        return _SPOKEN[opened.kind](turn, opened, turn.message.text)
    if words in _LETTERS and turn.message.kind == "text":
        return live.pressed(turn, _LETTERS[words])
    if opened is not None and opened.kind == play.KIND:
        return _while_playing(turn, opened, words)
    return None


def _while_playing(turn: Turn, opened: Open, words: str) -> list[Reply] | None:
    if words in play.STOP:
        return [play.stop(turn, opened)]
    topic = play.read_more(turn, opened)
    if words in play.MORE and topic:
        entry = turn.house.content.book.by_id[topic]
        return [ask.render(turn.house.content, entry, frozenset())]
    return None


def by_words(turn: Turn, words: str) -> list[Reply] | None:
    """A command of the quiz in words, or the code of a live contest."""
    if words in WORDS:
        return COMMANDS[WORDS[words]](turn, "")
    asked = play.asks_to_play(turn, words)
    if asked is not None:
        return asked
    round_ = live.by_code(turn, words)
    return None if round_ is None else compete.enter(turn, round_)


def picked(turn: Turn, opened: Open, meaning: dict[str, str]) -> list[Reply]:
    """The reply to a pick of one of the kinds above."""
    match opened.kind:
        case play.KIND:
            return play.answered(turn, opened, int(meaning["shown"]))
        case compete.KIND:
            return compete.answered(turn, opened, int(meaning["shown"]))
        case "category":
            return play.sit_down(turn, Wish(meaning["category"]))
        case "board":
            return hall.picked(turn, meaning)
        case "profile" if meaning["profile"] == "unit":
            return profile.choose_place(turn, "unit")
        case "profile" if meaning["profile"] == "nickname":
            return [compete.ask_nickname(turn)]
        case "profile":
            return [hall.show_name(turn, shown=meaning["profile"] == "show")]
        case _:
            return compete.chosen(turn, meaning)


def pressed_twice(turn: Turn) -> list[Reply] | None:
    """A button of the question before: the app sent the tap again, or an impatient thumb."""
    opened = state.question(turn.chat, turn.person_id, turn.now)
    if opened is None or opened.kind not in {play.KIND, compete.KIND}:
        return None
    return [Reply(_("Câu đó đã trả lời rồi; câu đầu tiên được tính."))]


def _polled(turn: Turn) -> list[Reply]:
    """A vote in a quiz poll of ours: it must be the one that is open, of this very chat."""
    body = outbox.body_of_poll(turn.session, turn.lane, turn.message.ref)
    opened = state.question(turn.chat, turn.person_id, turn.now)
    if body is None or opened is None or opened.kind != play.KIND:
        return []
    if load(body).ask != opened.ref or turn.message.text not in {"0", "1", "2", "3"}:
        return []
    state.close(turn.chat)
    return play.answered(turn, opened, int(turn.message.text), polled=True)
