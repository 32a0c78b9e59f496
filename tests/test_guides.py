"""The guides: what they name is there; the data map and the database name the same columns."""

import argparse
import re
from pathlib import Path

import pytest

from bot import privacy, settings
from bot.cli import parser
from bot.tables import METADATA

DOCS = Path(__file__).parent.parent / "docs"
GUIDE = (DOCS / "huong-dan-van-hanh.md").read_text("utf-8")


def data_map() -> dict[str, tuple[str, set[str]]]:
    """Each table of the map: whom it is about, and its columns."""
    lines = (DOCS / "ban-do-du-lieu.md").read_text("utf-8").splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| `")]
    return {row[0].strip("`"): (row[2], set(re.findall(r"`(\w+)`", row[4]))) for row in rows}


def test_the_data_map_names_every_table_and_column() -> None:
    """No column is kept that the map does not name, and none is named that is not kept."""
    kept = {table.name: {item.name for item in table.columns} for table in METADATA.sorted_tables}

    assert {name: columns for name, (_who, columns) in data_map().items()} == kept


def test_the_data_map_says_which_tables_are_about_people() -> None:
    """The tables said to be about people are those which /dulieu and /xoadulieu go through."""
    personal = {table.name for table, _column in privacy.columns()} | {"person"}

    assert {name for name, (who, _columns) in data_map().items() if who != "không"} == personal


def commands() -> list[str]:
    """Every command the operator's guide names, without what stands for something."""
    found = re.findall(r"python -m bot ([^`\n]+)", GUIDE)
    return sorted({line.strip() for line in found})


@pytest.mark.parametrize("line", commands())
def test_the_guide_names_commands_that_exist(line: str) -> None:
    """Each command of the guide is one the program takes, with its options."""
    words = [word.strip('"') for word in line.replace("SO", "1").split()]

    options = parser().parse_args(words)

    assert isinstance(options, argparse.Namespace)


def test_the_guide_names_settings_that_exist() -> None:
    """Each setting of the guide is one."""
    named = set(re.findall(r"BOT_[A-Z_]+", GUIDE))

    assert named
    assert named <= set(settings.variables())


@pytest.mark.parametrize("name", ["huong-dan-van-hanh.md", "ban-do-du-lieu.md"])
def test_links_of_the_guides_lead_somewhere(name: str) -> None:
    """Every relative link exists."""
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", (DOCS / name).read_text("utf-8"))

    assert [target for target in targets if not (DOCS / target).exists()] == []
