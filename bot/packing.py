"""Rows of content as YAML and CSV: written so that no cell is a formula, and read back. Pure."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import yaml

from bot.desk import overlay
from bot.links import Page
from bot.notices import events
from faq.files import Mapping as Item
from faq.files import Mistake, read_text

Kind = Literal["entries", "links", "values", "events"]
KINDS: tuple[Kind, ...] = ("entries", "links", "values", "events")
FORMATS = ("yaml", "csv")
LARGEST = 900_000
"""Bytes of a file."""
COLUMNS: dict[Kind, tuple[str, ...]] = {
    "entries": overlay.KEYS,
    "links": tuple(Page.__dataclass_fields__),
    "values": ("id", "label", "value"),
    "events": events.KEYS,
}
LISTS = overlay.LISTS | {"hamlets", "support", "agenda", "without"}
MAPPINGS = frozenset({"replays", "materials"})
"""Lists of mappings: JSON in a cell."""
BEGINS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n", "'")
"""What a spreadsheet may read as a formula, wide forms too, and the mark that says it is none."""
Data = dict[str, Any]


def dump(kind: Kind, rows: Sequence[Data], form: str) -> str:
    """The rows of a kind as a file."""
    if form == "yaml":
        return yaml.safe_dump({kind: list(rows)}, allow_unicode=True, sort_keys=False, width=110)
    made = io.StringIO(newline="")
    writer = csv.DictWriter(made, COLUMNS[kind], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({key: guarded(cell(value)) for key, value in row.items()} for row in rows)
    return "\ufeff" + made.getvalue()


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


def read(name: str, body: bytes) -> tuple[Kind | None, list[Item], list[Mistake]]:
    """What kind of rows a file holds, the rows, and what is wrong with the file itself."""
    try:
        text = body.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None, [], [Mistake(name, 0, "không phải UTF-8", "Lưu lại dạng UTF-8")]
    if len(body) > LARGEST:
        return None, [], [Mistake(name, 0, "tệp quá lớn", f"Tối đa {LARGEST} byte")]
    ending = name.rpartition(".")[2].lower()
    if ending not in {*FORMATS, "yml"}:
        return None, [], [Mistake(name, 0, "không phải tệp YAML hay CSV", "Đổi sang .yaml, .csv")]
    bad = [number for number, line in enumerate(text.split("\n"), 1)
           if any((sign < " " and sign != "\t") or sign == "\x7f" for sign in line)]  # fmt: skip
    if bad:
        return None, [], [Mistake(name, at, "có ký tự điều khiển", "Bỏ ký tự ấy") for at in bad]
    try:
        return _csv(name, text) if ending == "csv" else _yaml(name, text)
    except (RecursionError, csv.Error):
        return None, [], [Mistake(name, 0, "không đọc được", "Xuất lại rồi sửa trên tệp ấy")]


def _yaml(name: str, text: str) -> tuple[Kind | None, list[Item], list[Mistake]]:
    kind = next((one for one in KINDS if f"\n{one}:" in f"\n{text}"), None)
    if kind is None:
        return (
            None,
            [],
            [Mistake(name, 1, "không có khóa nào quen", f"Một trong {', '.join(KINDS)}")],
        )
    items, whole, mistakes = read_text(name, text, kind)
    if not mistakes and any(isinstance(one, yaml.AliasToken) for one in yaml.scan(text)):
        return None, [], [Mistake(name, 0, "có tham chiếu kiểu *tên", "Viết đầy đủ từng mục")]
    category = whole.get("category")
    for item in items:
        if kind == "entries" and category and not item.get("category"):
            item["category"] = category
    return kind, items, mistakes


def _csv(name: str, text: str) -> tuple[Kind | None, list[Item], list[Mistake]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    head = set(reader.fieldnames or ())
    kind = next((one for one in KINDS if {"id"} < head <= set(COLUMNS[one])), None)
    if kind is None:
        remedy = "Giữ dòng đầu của tệp đã xuất"
        return None, [], [Mistake(name, 1, "dòng tên cột không đúng", remedy)]
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
    return kind, items, mistakes


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
