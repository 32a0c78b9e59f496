"""Changed quiz questions laid over the shipped bank, checked like its files."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.content import Content
from bot.desk import edits
from bot.desk.edits import ContentEdit, Wrong
from bot.desk.overlay import DESK
from faq.files import Mapping as Item
from quiz import bank as banks
from quiz.bank import Bank, Fault, Question

KIND: edits.Kind = "quiz"
KEYS = (
    *("id", "category", "difficulty", "topic", "source", "question", "options", "answer"),
    *("explanation", "fixed_order", "valid_until", "not_with", "withdrawn"),
)
"""What a question may have, in the order of its file."""
LISTS = frozenset({"options", "not_with"})


def lay(bank: Bank, rows: Sequence[ContentEdit]) -> Bank:
    """The bank with the desk's questions in the place of the shipped ones, and new ones after.

    A change that no longer fits is not used.
    """
    found = (parse(row.data)[0] for row in rows if row.kind == KIND)
    return with_(bank, [one for one in found if one and one.category in bank.categories])


def with_(bank: Bank, changed: Sequence[Question]) -> Bank:
    """The bank with some questions changed or new."""
    questions = {one.id: one for one in (*bank.questions, *changed)}
    return replace(bank, questions=tuple(questions.values()))


def parse(data: Mapping[str, Any]) -> tuple[Question | None, list[Fault]]:
    """The question of a form or row, and what must be mended before it is one."""
    return banks.parse(_item(data), "", DESK)


def _item(data: Mapping[str, Any]) -> Item:
    item = Item(data)
    item.lines = {}
    return item


def check(content: Content, data: Mapping[str, Any]) -> tuple[Question | None, list[Wrong]]:
    """The question, and everything that is wrong with it: alone, and together with all others."""
    question, found = parse(data)
    if question is not None:
        return question, [wrong for _name, wrong in together(content, [question])]
    found += banks.draft_faults(_item(data), content.topics)
    if (category := str(data.get("category", ""))) not in content.bank.categories:
        found.append(Fault("category", f"không có nhóm {category}", "Chọn một nhóm"))
    return None, [Wrong(one.key, one.what, one.remedy) for one in found]


def together(content: Content, changed: Sequence[Question]) -> list[tuple[str, Wrong]]:
    """What would be wrong in the bank with these questions: of which of them, and what.

    What is wrong already with questions that stay as they are is not told again.
    """
    fresh, own = with_(content.bank, changed), {one.id for one in changed}
    known = {(one.id, fault) for one, fault in banks.faults(content.bank, content.topics)}
    told = []
    for one, fault in banks.faults(fresh, content.topics):
        if one.id in own:
            told.append((one.id, Wrong(fault.key, fault.what, fault.remedy)))
        elif (one.id, fault) not in known:
            told.append(("", Wrong(fault.key, f"câu {one.id}: {fault.what}", fault.remedy)))
    uneven = {mistake.remedy for mistake in banks.balance(content.bank)}
    return [
        *told,
        *(("", Wrong("", one.what, one.remedy)) for one in banks.balance(fresh)
          if one.remedy not in uneven),
    ]  # fmt: skip


def as_data(question: Question) -> dict[str, Any]:
    """A question as a form or a file has it: what is empty is left out."""
    data: dict[str, Any] = {}
    for key in KEYS:
        value = getattr(question, key)
        if key in LISTS:
            data |= {key: list(value)} if value else {}
        elif isinstance(value, bool):
            data |= {key: "true"} if value else {}
        elif value is not None:
            data[key] = str(value)
    return data


def stamp(bank: Bank | None, name: str) -> str:
    """The stamp of a question as a bank has it; empty when it does not."""
    found = next((one for one in bank.questions if one.id == name), None) if bank else None
    return edits.stamp(as_data(found)) if found else ""
