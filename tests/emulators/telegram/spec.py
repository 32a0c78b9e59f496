"""The Bot API's description, loaded: methods, types, their fields and limits."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

Raw = dict[str, Any]
"""A JSON object as it comes over the wire; what may stand in it is checked, not typed."""
FILE = Path(__file__).with_name("bot_api.json")
Size = tuple[int, int]
"""The least and the most."""


@dataclass(frozen=True)
class Upload:
    """A file that came in a part of a multipart body."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Field:
    """One field of a method or type, with what may stand in it."""

    name: str
    types: tuple[str, ...]
    required: bool = False
    values: tuple[str, ...] = ()
    characters: Size | None = None
    bytes: Size | None = None
    items: Size | None = None
    range: Size | None = None


@dataclass(frozen=True)
class Kind:
    """A method with its parameters, or a type: its fields, or the types it may be."""

    name: str
    fields: Mapping[str, Field]
    one_of: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Description:
    """Every method and type of one version of the Bot API."""

    version: str
    methods: Mapping[str, Kind]
    types: Mapping[str, Kind]


@cache
def description() -> Description:
    """The description that stands beside this file."""
    raw = json.loads(FILE.read_text("utf-8"))
    return Description(raw["version"], _kinds(raw["methods"]), _kinds(raw["types"]))


def _kinds(items: dict[str, Raw]) -> dict[str, Kind]:
    return {
        name: Kind(
            name,
            {key: _field(key, field) for key, field in item.get("fields", {}).items()},
            tuple(item.get("one_of", ())),
            tuple(item.get("returns", ())),
        )
        for name, item in items.items()
    }


def _field(name: str, field: Raw) -> Field:
    frozen: Raw = {key: tuple(v) if isinstance(v, list) else v for key, v in field.items()}
    return Field(name, **frozen)
