"""An entry as a form: its fields in their order, what was written in them, what is wrong."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot import links
from bot.content import Content
from bot.desk import overlay
from bot.desk.edits import Wrong
from bot.desk.overlay import KEYS, LISTS
from bot.flows.ask import render
from bot.i18n import _
from bot.messages import plain
from bot.web.desk.room import Desk, Visit
from faq.book import CONFIDENCES, REVIEWS, Book, Entry
from faq.text import fold

MAIN = ("question", "answer", "phrasings", "category", "cite", "reviewed_on", "review_by")
"""Fields everybody fills in; the others are folded away."""
LONG = frozenset({"answer", "answer_en", "known", "known_en", *LISTS})
HIDDEN = frozenset({"id"})
LONGEST = 20_000
REVIEWED_FOR = timedelta(days=90)


@dataclass(frozen=True)
class Field:
    """A field of the form."""

    key: str
    label: str
    value: Any
    """What stands in it; of a field of many ticks, those that are set."""
    note: str = ""
    kind: str = "line"
    choices: tuple[tuple[str, str], ...] = ()
    wrong: tuple[Wrong | str, ...] = ()
    rows: int = 5
    """Lines of a long one."""


def _labels() -> dict[str, tuple[str, str]]:
    a_line = _("Mỗi dòng một mã")
    return {
        "question": (_("Câu hỏi"), ""),
        "answer": (_("Câu trả lời"), _("Nhiều nhất 900 chữ cái, nói câu chính trước")),
        "phrasings": (_("Các cách hỏi"), _("Mỗi dòng một cách, như người dân gõ")),
        "category": (_("Nhóm"), ""),
        "cite": (_("Nguồn ghi bằng lời"), _("Ví dụ: Công văn số, ngày, của cơ quan nào")),
        "reviewed_on": (_("Ngày rà soát"), ""),
        "review_by": (_("Rà soát lại trước ngày"), ""),
        "sources": (_("Mã nguồn"), a_line),
        "confidence": (_("Độ chắc chắn"), ""),
        "review": (_("Loại rà soát"), ""),
        "links": (_("Mã liên kết"), a_line),
        "local": (_("Mã giá trị địa phương"), a_line),
        "next": (_("Mã mục gợi ý tiếp"), a_line),
        "neighbours": (_("Mã mục gần nghĩa"), a_line),
        "question_en": (_("Câu hỏi tiếng Anh"), ""),
        "answer_en": (_("Câu trả lời tiếng Anh"), ""),
        "phrasings_en": (_("Các cách hỏi tiếng Anh"), _("Mỗi dòng một cách")),
        "known": (
            _("Câu trả lời khi đã có giá trị địa phương"),
            _("Bot nói các giá trị trước rồi tới câu này; chưa có giá trị nào thì nói câu ở trên"),
        ),
        "known_en": (_("Câu đó bằng tiếng Anh"), ""),
        "needs": (_("Chức năng cần có"), ""),
    }


def fields(
    desk: Desk, data: Mapping[str, Any], wrong: Sequence[Wrong]
) -> tuple[list[Field], list[Field], list[Wrong]]:
    """The fields everybody fills in, the others, and the mistakes that belong to no field."""
    labels = _labels()
    made = {key: _field(desk, key, data, *labels[key], wrong) for key in KEYS if key in labels}
    others = [made[key] for key in made if key not in MAIN]
    return [made[key] for key in MAIN], others, [item for item in wrong if item.field not in made]


def _field(
    desk: Desk, key: str, data: Mapping[str, Any], label: str, note: str, wrong: Sequence[Wrong]
) -> Field:
    value = data.get(key, "")
    written = "\n".join(value) if isinstance(value, list) else str(value)
    choices = {
        "category": tuple(desk.web.content().book.categories.items()),
        "confidence": tuple((name, name) for name in CONFIDENCES),
        "review": tuple((name, name) for name in REVIEWS),
    }.get(key, ())
    kind = "long" if key in LONG else "day" if key in {"reviewed_on", "review_by"} else "line"
    told = tuple(item for item in wrong if item.field == key)
    return Field(key, label, written, note, "choice" if choices else kind, choices, told)


def plainly(item: Wrong) -> Wrong:
    """A mistake without the name its field has in files."""
    if item.what == f"thiếu {item.field}":
        return Wrong(item.field, _("Ô này còn trống"), _("Bạn điền vào nhé"))
    return item


def written(visit: Visit, name: str) -> dict[str, Any]:
    """What was written in the form; empty fields are left out."""
    data: dict[str, Any] = {"id": name}
    for key in KEYS:
        if key in HIDDEN:
            continue
        text = visit.text(key, LONGEST)
        if key in LISTS:
            found: Any = [" ".join(line.split()) for line in text.split("\n") if line.strip()]
        else:
            found = text if key in LONG else " ".join(text.split())
        if found:
            data[key] = found
    return data


def blank(desk: Desk, visit: Visit, question: str, phrasings: Sequence[str]) -> dict[str, Any]:
    """A new entry before anybody filled it in."""
    today = desk.today(visit.now)
    return {
        "question": question,
        "phrasings": list(phrasings),
        "category": next(iter(desk.web.content().book.categories), ""),
        "confidence": "practice",
        "review": "local",
        "reviewed_on": today.isoformat(),
        "review_by": (today + REVIEWED_FOR).isoformat(),
    }


def name_for(content: Content, question: str, taken: frozenset[str] = frozenset()) -> str:
    """An id for a new entry, from its question."""
    return slug(question, content.book.by_id.keys() | taken, "muc-moi", 60)


def slug(text: str, taken: Container[str], otherwise: str, most: int) -> str:
    """An id from words, of so many characters before the number that sets it apart."""
    words = [word for word in fold(text).split() if word.isascii() and word.isalnum()]
    first = "-".join(words)[:most].strip("-") or otherwise
    tries = (first, *(f"{first}-{number}" for number in range(2, 1000)))
    return next(name for name in tries if name not in taken)


def preview(content: Content, data: Mapping[str, Any], entry: Entry, gone: frozenset[str]) -> str:
    """The entry as the bot would say it."""
    entries = {**content.book.by_id, entry.id: entry}
    sources = content.book.sources | overlay.source_of(data)
    book = Book(tuple(entries.values()), sources, content.book.categories)
    return plain(render(replace(content, book=book), entry, gone))


async def dead_links(desk: Desk) -> frozenset[str]:
    """The links that failed their last checks."""
    return await desk.look(links.dead)
