"""Questions about other matters, from which the matcher learns what it cannot answer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from faq.shelf import Document


def load_foreign(path: Path) -> list[Document]:
    """Read the groups of foreign questions; a missing or broken file is simply no group."""
    try:
        whole = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return []
    groups = whole.get("groups") if isinstance(whole, Mapping) else None
    if not isinstance(groups, Mapping):
        return []
    return [
        Document(f"foreign:{name}", texts[0], tuple(texts[1:]))
        for name, listed in groups.items()
        if (texts := [str(text) for text in listed or () if str(text).strip()])
    ]
