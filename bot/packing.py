"""Rows of content as YAML and CSV: written so that no cell is a formula, and read back. Pure."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import yaml

from bot.desk import overlay, places, quizzes
from bot.links import Page
from bot.notices import events
from faq.files import Mapping as Item
from faq.files import Mistake, read_text
from quiz.bank import FLAGS

Kind = Literal["entries", "questions", "links", "places", "values", "events"]
KINDS: tuple[Kind, ...] = ("entries", "questions", "links", "places", "values", "events")
FORMATS = ("yaml", "csv")
LARGEST = 900_000
"""Bytes of a file."""
COLUMNS: dict[Kind, tuple[str, ...]] = {
    "entries": overlay.KEYS,
    "questions": quizzes.KEYS,
    "links": tuple(Page.__dataclass_fields__),
    "places": places.KEYS,
    "values": places.VALUE_KEYS,
    "events": events.KEYS,
}
LISTS = overlay.LISTS | quizzes.LISTS | {"hamlets", "support", "agenda", "agenda_en", "without"}
MAPPINGS = frozenset({"replays", "materials"})
"""Lists of mappings: JSON in a cell."""
WHOLE = frozenset({"difficulty", "answer"})
"""Of a quiz question: whole numbers, and so written in YAML."""
AROUND = frozenset({"category", "title"})
"""What a file of one category says of itself."""
FORMULA = "=+-@\uff1d\uff0b\uff0d\uff20"
"""The signs a spreadsheet may take for the beginning of a formula, wide forms too."""
BEGINS = (*FORMULA, "\t", "\r", "\n", "'")
"""A cell that begins so is marked as no formula; the last of them is the mark itself."""
Data = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """The rows of one kind in a file."""

    kind: Kind
    items: list[Item]


def dump(kind: Kind, rows: Sequence[Data], form: str) -> str:
    """The rows of a kind as a file."""
    if form == "yaml":
        told = (
            _sections(rows) if kind == "places" else {kind: [_natural(kind, row) for row in rows]}
        )
        return yaml.dump(
            told, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=110
        )
    made = io.StringIO(newline="")
    writer = csv.DictWriter(made, COLUMNS[kind], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({key: guarded(cell(value)) for key, value in row.items()} for row in rows)
    return "\ufeff" + made.getvalue()


def _natural(kind: Kind, row: Data) -> Data:
    """A row with the numbers and flags its file has."""
    whole = WHOLE if kind == "questions" else frozenset()
    numbers = {key: int(row[key]) for key in whole if str(row.get(key, "")).isdecimal()}
    return {**row, **numbers, **{key: True for key in FLAGS if row.get(key)}}


def _sections(rows: Sequence[Data]) -> dict[str, list[Data]]:
    """Places under the two keys `data/places.yaml` has for them."""
    return {
        name: [{key: value for key, value in _natural("places", row).items() if key != "list"}
               for row in rows if row.get("list") == name]
        for name in places.LISTS
    }  # fmt: skip


def cell(value: object) -> str:
    """A value in one cell: lists a line each."""
    if isinstance(value, list):
        if any(isinstance(one, Mapping) for one in value):
            return json.dumps(value, ensure_ascii=False)
        return "\n".join(str(one) for one in value)
    return "" if value is None else str(value)


def guarded(text: str) -> str:
    """A cell that no spreadsheet takes for a formula; `bare` undoes it."""
    taken_for_one = text.startswith(BEGINS) and (text[0] != "'" or text[1:].startswith(BEGINS))
    return f"'{text}" if taken_for_one else text


def bare(text: str) -> str:
    """A cell without the mark that keeps it from being a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(BEGINS) else text


# Reading


def read(name: str, body: bytes) -> tuple[list[Part], list[Mistake]]:
    """The rows a file holds, by kind, and what is wrong with the file itself."""
    try:
        text = body.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return [], [Mistake(name, 0, "không phải UTF-8", "Lưu lại dạng UTF-8")]
    if len(body) > LARGEST:
        return [], [Mistake(name, 0, "tệp quá lớn", f"Tối đa {LARGEST} byte")]
    ending = name.rpartition(".")[2].lower()
    if ending not in {*FORMATS, "yml"}:
        return [], [Mistake(name, 0, "không phải tệp YAML hay CSV", "Đổi sang .yaml, .csv")]
    bad = [number for number, line in enumerate(text.split("\n"), 1)
           if any((sign < " " and sign != "\t") or sign == "\x7f" for sign in line)]  # fmt: skip
    if bad:
        return [], [Mistake(name, at, "có ký tự điều khiển", "Bỏ ký tự ấy") for at in bad]
    try:
        return _csv(name, text) if ending == "csv" else _yaml(name, text)
    except (RecursionError, csv.Error):
        return [], [Mistake(name, 0, "không đọc được", "Xuất lại rồi sửa trên tệp ấy")]


def _yaml(name: str, text: str) -> tuple[list[Part], list[Mistake]]:
    known = (*KINDS, *places.LISTS)
    found = [one for one in known if f"\n{one}:" in f"\n{text}"]
    if not found:
        return [], [Mistake(name, 1, "không có khóa nào quen", f"Một trong {', '.join(known)}")]
    parts: list[Part] = []
    mistakes: list[Mistake] = []
    whole = Item()
    for key in found:
        items, whole, wrong = read_text(name, text, key)
        mistakes += wrong
        for item in items:
            if key in places.LISTS:
                item["list"] = key
            if key in {"entries", "questions"} and whole.get("category"):
                item.setdefault("category", whole["category"])
        parts.append(Part(_kind(key), items))
    if not mistakes and any(isinstance(one, yaml.AliasToken) for one in yaml.scan(text)):
        return [], [Mistake(name, 0, "có tham chiếu kiểu *tên", "Viết đầy đủ từng mục")]
    mistakes += [
        Mistake(name, whole.at(key), f"{key} không nhập được ở đây", "Bỏ khóa ấy khỏi tệp")
        for key in whole.keys() - {*known, *AROUND}
    ]
    return parts, sorted(set(mistakes))


def _kind(key: str) -> Kind:
    return next((one for one in KINDS if one == key), "places")


def _csv(name: str, text: str) -> tuple[list[Part], list[Mistake]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    head = set(reader.fieldnames or ())
    kind = next((one for one in KINDS if {"id"} < head <= set(COLUMNS[one])), None)
    if kind is None:
        remedy = "Giữ dòng đầu của tệp đã xuất"
        return [], [Mistake(name, 1, "dòng tên cột không đúng", remedy)]
    items, mistakes = [], []
    for row in reader:
        item = Item()
        item.line, item.lines = reader.line_num, {}
        if None in row or None in row.values():
            mistakes.append(Mistake(name, item.line, "số ô không bằng số cột", "Thêm hoặc bỏ ô"))
            continue
        for key, value in row.items():
            try:
                item[key] = _value(key, bare(value))
            except ValueError:
                mistakes.append(Mistake(name, item.line, f"{key} không đúng JSON", "Sửa ô ấy"))
        items.append(Item({key: value for key, value in item.items() if value}))
        items[-1].line, items[-1].lines = item.line, {}
    return [Part(kind, items)], mistakes


def _value(key: str, text: str) -> object:
    if key in MAPPINGS:
        return json.loads(text) if text else []
    return text.split("\n") if key in LISTS and text else text


def plain(data: Mapping[str, Any]) -> Data:
    """A mapping of a file as plain words and lists."""
    made: Data = {}
    for key, value in data.items():
        if isinstance(value, list):
            made[key] = [plain(one) if isinstance(one, Mapping) else str(one) for one in value]
        else:
            made[key] = str(value)
    return made
