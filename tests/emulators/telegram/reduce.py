"""Reduces a full Bot API description to what the emulator checks: types, required, limits.

`python -m tests.emulators.telegram.reduce api.json > tests/emulators/telegram/bot_api.json`,
with `api.json` of github.com/PaulSonOfLars/telegram-bot-api-spec (MIT, see bot_api.LICENSE).
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

# How the prose states a limit, and what is measured. The first that fits counts.
LIMITS = (
    ("characters", r"\b(\d+)-(\d+) characters"),
    ("characters", r"()up to (\d+) characters"),
    ("bytes", r"\b(\d+)-(\d+) bytes"),
    ("bytes", r"()length can't exceed (\d+) bytes"),
    ("items", r"list of (\d+)-(\d+)\b"),
    ("items", r"()list of up to (\d+)\b"),
    ("items", r"must include (\d+)-(\d+) items"),
    ("items", r"()up to (\d+) items"),
    ("items", r"()At most (\d+) commands"),
    ("range", r"Values between (\d+)-(\d+) are accepted"),
    ("range", r"[;,.] (\d+)-(\d+)\b"),
    ("range", r"^(?:Optional\. )?()?(\d+)-(\d+)$"),
)
CONSTANT = re.compile(r"(?:must be|always) [\"“]?([a-z_0-9]+)[\"”]?\.?$")
CHOICES = re.compile(r"(?:must be|[Cc]an be|Must be) (?:one of|either) (\".*?)(?:\.(?:\s|$)|$)")


def limit(description: str, types: list[str]) -> dict[str, list[int]]:
    """The one limit a description states, measured in characters, bytes, items or value."""
    for measure, pattern in LIMITS:
        if measure == "range" and not {"Integer", "Float"} & set(types):
            continue
        if (measure == "items") != types[0].startswith("Array of"):
            continue
        if found := re.search(pattern, description, re.IGNORECASE):
            low, high = found.groups()[-2:]
            return {measure: [int(low or 0), int(high)]}
    return {}


def allowed(field: dict[str, Any]) -> dict[str, list[str]]:
    """The only values of a discriminator such as `type`, or of a style."""
    description = field["description"]
    if field["types"] != ["String"]:
        return {}
    if field["name"] in ("type", "source", "status") and (found := CONSTANT.search(description)):
        return {"values": [found[1]]}
    if found := CHOICES.search(description):
        return {"values": re.findall(r"\"([^\"]+)\"", found[1])}
    return {}


def fields(item: dict[str, Any]) -> dict[str, Any]:
    """The fields of a method or type by name."""
    return {
        field["name"]: {"types": field["types"]}
        | ({"required": True} if field["required"] else {})
        | limit(field["description"], field["types"])
        | allowed(field)
        for field in item.get("fields", [])
    }


def reduce(full: dict[str, Any]) -> dict[str, Any]:
    """The description without its prose."""
    return {
        "version": full["version"],
        "source": "github.com/PaulSonOfLars/telegram-bot-api-spec, reduced; MIT (bot_api.LICENSE)",
        "methods": {
            name: {"returns": method["returns"], "fields": fields(method)}
            for name, method in full["methods"].items()
        },
        "types": {
            name: {"one_of": item["subtypes"]} if "subtypes" in item else {"fields": fields(item)}
            for name, item in full["types"].items()
        },
    }


def lines(reduced: dict[str, Any]) -> str:
    """JSON with one method or type a line, so that a change shows."""
    parts = []
    for key, value in reduced.items():
        if isinstance(value, dict):
            rows = (f"  {_dense(name)}: {_dense(item)}" for name, item in value.items())
            parts.append(f"{_dense(key)}: {{\n" + ",\n".join(rows) + "\n}")
        else:
            parts.append(f"{_dense(key)}: {_dense(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _dense(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    sys.stdout.write(lines(reduce(json.loads(Path(sys.argv[1]).read_text("utf-8")))))
