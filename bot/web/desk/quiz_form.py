"""A quiz question as a form: its fields, what was written in them, and how players see it."""

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.content import Content
from bot.desk.edits import Wrong
from bot.desk.quizzes import KEYS, LISTS
from bot.flows.play import verdict
from bot.flows.turn import letters
from bot.i18n import _
from bot.messages import Choice, Reply, plain
from bot.web.desk.entry_form import Field, plainly
from bot.web.desk.room import Visit
from quiz import draw
from quiz.bank import FLAGS, OPTIONS, Question

LETTERS = "ABCD"
MAIN = ("question", "options", "explanation", "topic", "source", "category", "difficulty")
"""Fields everybody fills in; the others are folded away."""
OTHERS = ("valid_until", "fixed_order", "not_with")
LONGEST = 2000
BY_DESK = "ban-"
"""How the ids of questions made at the desk begin; no shipped one does."""


def levels() -> dict[str, str]:
    """How hard a question is, in words."""
    return {"1": _("dễ"), "2": _("vừa"), "3": _("khó")}


def _labels() -> dict[str, tuple[str, str, str]]:
    """What each field is called, what one should know of it, and of which kind it is."""
    return {
        "question": (_("Câu hỏi"), _("Nhiều nhất 255 chữ cái"), "long"),
        "options": (
            _("Bốn lựa chọn"),
            _("Chấm tròn ở lựa chọn đúng. Viết bốn lựa chọn dài gần nhau, mỗi cái tới 90 chữ cái"),
            "options",
        ),
        "explanation": (_("Giải thích"), _("Nói vì sao, nhiều nhất 190 chữ cái"), "long"),
        "topic": (_("Mục hỏi đáp mà câu này dựa vào"), "", "choice"),
        "source": (_("Nguồn, một trong các nguồn của mục đó"), "", "choice"),
        "category": (_("Nhóm"), "", "choice"),
        "difficulty": (_("Mức"), "", "choice"),
        "valid_until": (_("Dùng đến hết ngày"), _("Để trống nếu không có hạn"), "day"),
        "fixed_order": (
            _("Giữ nguyên thứ tự lựa chọn"), _("Cho dãy số tăng dần"), "tick"
        ),
        "not_with": (_("Không ra cùng các câu"), _("Mỗi dòng một mã"), "long"),
    }  # fmt: skip


def fields(
    content: Content, data: Mapping[str, Any], wrong: Sequence[Wrong]
) -> tuple[list[Field], list[Field], list[Wrong]]:
    """The fields everybody fills in, the others, and the mistakes that belong to no field."""
    made = {key: _field(content, key, data, wrong) for key in (*MAIN, *OTHERS)}
    rest = [item for item in wrong if item.field not in {*made, "answer"}]
    return [made[key] for key in MAIN], [made[key] for key in OTHERS], rest


def _field(
    content: Content, key: str, data: Mapping[str, Any], wrong: Sequence[Wrong]
) -> Field:  # fmt: skip
    label, note, kind = _labels()[key]
    value = data.get(key, "")
    beside = {key, "answer"} if key == "options" else {key}
    told = tuple(plainly(item) for item in wrong if item.field in beside)
    if kind == "options":
        written = [str(one) for one in value] if isinstance(value, list) else []
        places = enumerate((written + [""] * OPTIONS)[:OPTIONS])
        choices = tuple((str(place), text) for place, text in places)
        return Field(key, label, str(data.get("answer", "")), note, kind, choices, told)
    text = "\n".join(value) if isinstance(value, list) else str(value)
    choices = tuple(_choices(content, key, data)) if kind == "choice" else ()
    if kind == "choice" and text not in dict(choices):
        choices = ((text, text or _("chọn")), *choices)
    return Field(key, label, text, note, kind, choices, told)


def _choices(content: Content, key: str, data: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """What may be chosen in a field: the value, and what it is called."""
    if key == "category":
        return content.bank.categories.items()
    if key == "difficulty":
        return levels().items()
    if key == "topic":
        return sorted(
            ((one.id, one.question) for one in content.book.entries), key=lambda it: it[1]
        )
    sources = content.book.sources
    named = content.topics.get(str(data.get("topic", "")), ())
    first = (("", _("nguồn đầu tiên của mục")),) if not data.get("source") else ()
    titles = (
        (name, f"{name}: {sources[name].cite}"[:90] if name in sources else name) for name in named
    )
    return (*first, *titles)


def written(content: Content, visit: Visit, name: str) -> dict[str, Any]:
    """What was written in the form; empty fields are left out."""
    data: dict[str, Any] = {"id": name}
    for key in KEYS[1:]:
        text = visit.text(key, LONGEST)
        if key == "options":
            found: Any = [visit.line(f"option-{place}", LONGEST) for place in range(OPTIONS)]
        elif key in LISTS:
            found = [" ".join(line.split()) for line in text.split("\n") if line.strip()]
        elif key in FLAGS:
            found = "true" if text else ""
        else:
            found = " ".join(text.split())
        if found:
            data[key] = found
    if not data.get("source") and (own := content.topics.get(data.get("topic", ""))):
        data["source"] = own[0]
    return data


def blank(content: Content) -> dict[str, Any]:
    """A new question before anybody filled it in."""
    return {"category": next(iter(content.bank.categories), ""), "difficulty": "1", "options": []}


def name_for(taken: Iterable[str]) -> str:
    """An id for a new question: the next number after those made at the desk."""
    numbers = [int(rest) for rest in (one.removeprefix(BY_DESK) for one in taken if
               one.startswith(BY_DESK)) if rest.isascii() and rest.isdigit()]  # fmt: skip
    return f"{BY_DESK}{max(numbers, default=0) + 1:03}"


def preview(question: Question) -> tuple[str, str, str]:
    """How a player sees it, and what they hear who answer rightly and wrongly."""
    order = draw.shuffled(question, random.Random(question.id))  # noqa: S311 - the same each time
    choices = tuple(
        Choice(question.options[original], LETTERS[place]) for place, original in enumerate(order)
    )
    text = f"{_('Câu hỏi hôm nay:')} {question.question}"
    asked = plain(Reply(text, choices=choices, footer=letters()))
    return asked, verdict(question, order, right=True), verdict(question, order, right=False)


def in_full(question: Question) -> str:
    """The whole question on a few lines, to be held beside another form of it."""
    options = [
        f"{LETTERS[place]}. {option}{' ✓' if place == question.answer else ''}"
        for place, option in enumerate(question.options)
    ]
    until = question.valid_until.isoformat() if question.valid_until else ""
    facts = (question.topic, question.source, levels()[str(question.difficulty)], until)
    return "\n".join(
        (question.question, *options, question.explanation, " · ".join(filter(None, facts)))
    )
