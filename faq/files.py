"""YAML files that people edit: read with line numbers, mistakes shown all together. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""What things of these files are called by."""
Told = tuple[str, str, str]
"""Something wrong with a mapping: the key, what, and what to do."""


@dataclass(frozen=True, order=True)
class Mistake:
    """Something wrong in a file, where, and what to do."""

    file: str
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}. {self.remedy}"


class Mapping(dict[str, Any]):
    """A mapping read from a file that knows its line and the lines of its keys."""

    line: int = 0
    lines: dict[str, int]

    def at(self, key: str) -> int:
        """The line a key stands on."""
        return self.lines.get(key, self.line)


class _Loader(yaml.CSafeLoader):
    """Keeps line numbers, and dates as they are written."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Iterator[Mapping]:
    data = Mapping()
    data.line = node.start_mark.line + 1
    data.lines = {str(key.value): key.start_mark.line + 1 for key, _ in node.value}
    yield data
    built = loader.construct_mapping(node, deep=True)
    data.update({str(key): value for key, value in built.items()})


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read(path: Path, top: str) -> tuple[list[Mapping], Mapping, list[Mistake]]:
    """The mappings under the key `top` of a file, the whole file, and what is wrong with it."""
    try:
        written = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        wrong = Mistake(path.name, 0, f"không đọc được ({error})", "Lưu lại bằng UTF-8")
        return [], Mapping(), [wrong]
    return read_text(path.name, written, top)


def read_text(name: str, written: str, top: str) -> tuple[list[Mapping], Mapping, list[Mistake]]:
    """The same of a file's text."""
    try:
        data = parse(written)
    except yaml.reader.ReaderError as error:
        what = f"có ký tự không dùng được (vị trí {error.position})"
        return [], Mapping(), [Mistake(name, 0, what, "Bỏ ký tự ấy đi")]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        what = f"không đúng YAML ({error.problem})"
        return [], Mapping(), [Mistake(name, line, what, "Xem lại thụt dòng và dấu nháy")]
    items = data.get(top) if isinstance(data, Mapping) else None
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        remedy = f"Tệp phải có khóa {top} là một danh sách"
        return [], Mapping(), [Mistake(name, 1, f"thiếu danh sách {top}", remedy)]
    return items, data, []


def parse(written: str) -> Any:
    """What a YAML text says, with its line numbers. Raises yaml.YAMLError."""
    return yaml.load(written, _Loader)  # noqa: S506 - a SafeLoader


def texts(item: Mapping, key: str) -> tuple[str, ...]:
    """A list of words under a key; numbers are taken as they look."""
    value = item.get(key) or []
    return tuple(str(part) for part in value) if isinstance(value, list) else (str(value),)


def text(item: Mapping, key: str) -> str:
    """The words under a key, or nothing."""
    value = item.get(key)
    return "" if value is None else str(value).strip()


def misnamed(item: Mapping) -> list[Told]:
    """What is wrong with the id of a mapping."""
    name = text(item, "id")
    well = ID.fullmatch(name)
    return [] if well else [("id", f"id {name!r} sai dạng", "Dùng a-z, 0-9 và dấu gạch nối")]


def lacking(item: Mapping, keys: Iterable[str]) -> list[Told]:
    """Which keys a mapping should have words under and has none."""
    return [(key, f"thiếu {key}", f"Thêm {key}") for key in keys if not text(item, key)]
