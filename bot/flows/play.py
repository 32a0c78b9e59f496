"""Practice: five questions at a time, wrong ones come back over days, and the day's question."""

import random
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from bot import state
from bot.flows.turn import Turn, letters
from bot.i18n import _
from bot.messages import Poll, Reply
from bot.state import Question as Open
from faq.text import fold
from quiz import draw, practice
from quiz.bank import Question
from quiz.practice import Wish

SITTING = 5
KIND = "practice"
LEVELS = {
    "de": 1,
    "vua": 2,
    "trung binh": 2,
    "kho": 3,
}
_START = re.compile(
    r"(?:cho |minh |toi |em |tui |con |muon |xin )*(?:choi |lam |thi )?"
    r"(?:do vui|quiz|do em|choi do)"
    r"(?P<rest>(?: .*)?)"
)
_FILLER = re.compile(r"\b(?:di|nao|ad|thoi|nhe|nha|cai|ban|em|ti|luon|chut|ve|chu de|muc|cau)\b")
STOP = frozenset(["thoi", "dung choi", "nghi", "thoat", "stop", "ket thuc", "nghi choi"])
MORE = frozenset(["xem them", "doc them", "giai thich", "giai thich them"])


def asks_to_play(turn: Turn, words: str) -> list[Reply] | None:
    """A sitting when the words ask for one ("đố vui đi ad", "đố vui vneid khó"), else None."""
    match = _START.fullmatch(words)
    if match is None:
        return None
    rest = " ".join(_FILLER.sub(" ", match["rest"]).split())
    if rest == "moi ngay":
        return daily(turn)
    wish = wished(turn, rest) if rest else Wish()
    return None if wish is None else sit_down(turn, wish)


def command(turn: Turn, rest: str) -> list[Reply]:
    """/dovui, alone or with a category, a level, "chủ đề" or "mỗi ngày"."""
    words = fold(rest)
    if words in {"chu de", "menu"}:
        return [choose_category(turn)]
    if words in {"moi ngay", "hang ngay"}:
        return daily(turn)
    wish = wished(turn, " ".join(_FILLER.sub(" ", words).split()))
    if wish is None:
        return [choose_category(turn)]
    return sit_down(turn, wish)


def wished(turn: Turn, words: str) -> Wish | None:
    """The category and level that words name; None when they name something else."""
    difficulty = 0
    for name, level in LEVELS.items():
        if re.search(rf"\b{name}$", words):
            difficulty, words = level, words.removesuffix(name).strip()
            break
    if not words:
        return Wish(difficulty=difficulty)
    for category, title in turn.house.content.bank.categories.items():
        names = {fold(title), category.replace("-", " ")}
        if any(words == name or f" {words} " in f" {name} " for name in names):
            return Wish(category, difficulty)
    return None


def choose_category(turn: Turn) -> Reply:
    """The categories to pick one from."""
    options = [
        (title, {"category": category})
        for category, title in turn.house.content.bank.categories.items()
    ]
    return turn.ask("category", _("Bạn muốn chơi chủ đề nào?"), options)


def sit_down(turn: Turn, wish: Wish) -> list[Reply]:
    """Begin a sitting of five questions."""
    due = practice.due_count(turn.session, turn.person.key, turn.now)
    lead = _("{count} câu, {topic}.").format(count=SITTING, topic=_named(turn, wish))
    if due and wish == Wish():
        lead += " " + _("Trước hết ôn lại {count} câu lần trước bạn sai.").format(
            count=min(due, SITTING)
        )
    sitting = {"wish": [wish.category, wish.difficulty], "seen": [], "right": 0, "number": 0}
    return _next(turn, sitting, lead)


def _named(turn: Turn, wish: Wish) -> str:
    title = turn.house.content.bank.categories.get(wish.category)
    topic = _("chủ đề {title}").format(title=title) if title else _("đủ mọi chủ đề")
    levels = {1: _("mức dễ"), 2: _("mức vừa"), 3: _("mức khó")}
    return f"{topic}, {levels[wish.difficulty]}" if wish.difficulty else topic


def _next(turn: Turn, sitting: dict[str, Any], lead: str) -> list[Reply]:
    """The next question of a sitting, or how it went."""
    chance = random.Random(f"{turn.person.key}/{turn.now.isoformat()}")  # noqa: S311 - a game
    question = None
    if sitting["number"] < SITTING:
        category, difficulty = sitting["wish"]
        question = practice.pick(
            turn.session,
            turn.house.content.bank.current(_today(turn)),
            turn.person.key,
            Wish(category, difficulty),
            turn.now,
            chance,
            sitting["seen"],
        )
    if question is None:
        return [_finished(turn, sitting, lead)]
    asked = dict(sitting, number=sitting["number"] + 1, seen=[*sitting["seen"], question.id])
    return put(turn, question, draw.shuffled(question, chance), asked, lead)


def put(
    turn: Turn, question: Question, order: tuple[int, ...], sitting: dict[str, Any], lead: str
) -> list[Reply]:
    """Ask a practice question; on Telegram as a quiz poll, which can be typed to as well."""
    heading = (
        _("Câu {number}/{count}:").format(number=sitting["number"], count=SITTING)
        if sitting.get("number")
        else _("Câu hỏi hôm nay:")
    )
    text = f"{heading} {question.question}"
    more = {**sitting, "question": question.id, "order": list(order), "mark": question.mark}
    options = [
        (question.options[original], {"shown": str(place)}) for place, original in enumerate(order)
    ]
    reply = turn.ask(KIND, text, options, footer=letters(), lettered=True, more=more)
    if turn.can is None or not turn.can.polls:
        return [Reply(**{**vars(reply), "text": f"{lead}\n\n{text}" if lead else text})]
    poll = Poll(
        text,
        tuple(label for label, _meaning in options),
        order.index(question.answer),
        question.explanation,
    )
    asked = Reply(**{**vars(reply), "poll": poll})
    return [Reply(lead), asked] if lead else [asked]


def answered(turn: Turn, opened: Open, shown: int, *, polled: bool = False) -> list[Reply]:
    """The verdict on an answer with why, and the next question."""
    data = opened.data
    question = _question(turn, data["question"])
    if question is None or data.get("mark", question.mark) != question.mark:
        lead = _("Câu đó vừa được sửa lại nên mình không tính.")
        return _next(turn, _sitting(data), lead)
    right = data["order"][shown] == question.answer
    learner = practice.learn(
        turn.session, turn.person.key, question.id, _today(turn), turn.now, right=right
    )
    sitting = _sitting(data)
    sitting["right"] += int(right)
    sitting["topic"] = question.topic
    # A poll has shown its own verdict and why.
    lead = "" if polled else verdict(question, data["order"], right=right)
    if not data.get("number"):
        return [_after_daily(turn, lead, learner, question)]
    return _next(turn, sitting, lead)


def _sitting(data: dict[str, Any]) -> dict[str, Any]:
    return {key: data.get(key) for key in ("wish", "seen", "right", "number")} | {
        "topic": data.get("topic", "")
    }


def verdict(question: Question, order: Sequence[int], *, right: bool) -> str:
    """What somebody hears who answered a question rightly or not, whose options stand in order."""
    if right:
        return _("Đúng rồi! {why}").format(why=question.explanation)
    place = order.index(question.answer)
    text = _("Chưa đúng. Đáp án {letter}: {option}. {why}")
    option = question.options[question.answer].rstrip(".")
    return text.format(letter="ABCD"[place], option=option, why=question.explanation)


def _finished(turn: Turn, sitting: dict[str, Any], lead: str) -> Reply:
    """How a sitting went, the streak, and what to do next."""
    learner = practice.of(turn.session, turn.person.key)
    days = practice.streak(learner, _today(turn))
    state.close(turn.chat)
    if sitting.get("topic"):
        state.remember(turn.chat, sitting["topic"], "", turn.now)
    if not sitting["seen"]:
        return Reply(_("Chủ đề này chưa có câu hỏi ở mức đó. Gõ /dovui để chơi chủ đề khác."))
    lines = [
        lead,
        _("Xong! Bạn đúng {right}/{count} câu.").format(
            right=sitting["right"], count=len(sitting["seen"])
        ),
    ]
    if days > 1:
        lines.append(_("Bạn đã chơi {days} ngày liền.").format(days=days))
    lines.append(
        _(
            "Câu sai sẽ quay lại sau vài hôm. Chơi tiếp: /dovui · chọn chủ đề: /dovui chủ đề · "
            "nhận mỗi ngày một câu: /dovui mỗi ngày"
        )
    )
    return Reply("\n".join(line for line in lines if line))


def _after_daily(turn: Turn, lead: str, learner: practice.Learner, question: Question) -> Reply:
    days = practice.streak(learner, _today(turn))
    state.close(turn.chat)
    state.remember(turn.chat, question.topic, "", turn.now)
    lines = [lead, _("Bạn đã chơi {days} ngày liền.").format(days=days) if days > 1 else ""]
    lines.append(_("Chơi thêm: /dovui. Thôi nhận mỗi ngày: /dovui mỗi ngày."))
    return Reply("\n".join(line for line in lines if line))


def read_more(turn: Turn, opened: Open) -> str:
    """The entry about the question answered before this one; empty when there is none."""
    topic = str(opened.data.get("topic") or "")
    return topic if topic in turn.house.content.book.by_id else ""


def stop(turn: Turn, opened: Open) -> Reply:
    """End a sitting before its last question."""
    sitting = _sitting(opened.data)
    answered_ = max(0, (sitting["number"] or 1) - 1)
    state.close(turn.chat)
    text = _("Nghỉ nhé. Bạn đúng {right}/{count} câu. Chơi lại lúc nào cũng được: /dovui")
    return Reply(text.format(right=sitting["right"] or 0, count=answered_))


def daily(turn: Turn) -> list[Reply]:
    """Switch the day's question on or off; switched on, it is put at once."""
    learner = practice.of(turn.session, turn.person.key)
    learner.daily = not learner.daily
    if not learner.daily:
        turn.session.flush()
        return [Reply(_("Mình thôi gửi câu hỏi mỗi ngày. Bật lại: /dovui mỗi ngày"))]
    learner.asked_on = _today(turn)
    turn.session.flush()
    text = _("Từ mai, 6:30 sáng mình gửi bạn một câu. Đây là câu hôm nay.")
    return ask_of_the_day(turn, text)


def ask_of_the_day(turn: Turn, lead: str) -> list[Reply]:
    """Put the day's question to the chat of a turn."""
    today = _today(turn)
    question = practice.of_the_day(turn.house.content.bank.current(today), today)
    chance = random.Random(f"{turn.person.key}/{today}")  # noqa: S311 - a game
    sitting: dict[str, Any] = {"wish": ["", 0], "seen": [], "right": 0, "number": 0}
    return put(turn, question, draw.shuffled(question, chance), sitting, lead)


def _question(turn: Turn, name: str) -> Question | None:
    found = (item for item in turn.house.content.bank.questions if item.id == name)
    return next(found, None)


def _today(turn: Turn) -> date:
    return turn.now.astimezone(turn.house.zone).date()
