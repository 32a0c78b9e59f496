"""The documents: what they name is there, and what is there is named."""

import re
import subprocess
from pathlib import Path

import pytest

from bot.cli import parser

ROOT = Path(__file__).parent.parent


def tree() -> set[str]:
    """The files the tree in CONTRIBUTING.md names, with their folders."""
    block = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("```")[1]
    folders: list[str] = []
    named = set()
    for line in block.splitlines():
        found = re.match(r"(\s*)(\S+)", line)
        if found is None:
            continue
        depth = len(found[1]) // 2
        folders[depth:] = [found[2].rstrip("/")]
        if not found[2].endswith("/"):
            named.add("/".join(folders))
    return named


def code() -> set[str]:
    """The Python files of the three packages."""
    files = (path for name in ("bot", "faq", "quiz") for path in (ROOT / name).rglob("*.py"))
    kept = (path for path in files if path.name != "__init__.py" and "versions" not in path.parts)
    return {path.relative_to(ROOT).as_posix() for path in kept}


def test_the_tree_names_just_the_files_there_are() -> None:
    """CONTRIBUTING.md and the disk name the same files."""
    assert tree() == code()


@pytest.mark.parametrize("name", ["README.md", "README.vi.md", "CONTRIBUTING.md"])
def test_links_between_documents_lead_somewhere(name: str) -> None:
    """Every relative link of a document exists."""
    text = (ROOT / name).read_text("utf-8")
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)

    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_readme_names_every_command() -> None:
    """Each command of the program stands in the table, and each of the table is one."""
    text = (ROOT / "README.md").read_text("utf-8")
    named = set(re.findall(r"`python -m bot ([a-z-]+)", text))
    actions = (action.choices for action in parser()._actions if action.choices)  # noqa: SLF001
    known = {str(choice) for choices in actions for choice in choices}

    assert named == known


def test_what_is_promised_names_what_measures_it() -> None:
    """Each test file and each long run that the page on reliability names is there."""
    from tests.soak.__main__ import RUNS

    text = (ROOT / "docs" / "reliability.md").read_text("utf-8")
    files = set(re.findall(r"tests/[a-z_/]+\.py", text))
    runs = set(re.findall(r"python -m tests\.soak ([a-z]+)", text))

    assert [name for name in sorted(files) if not (ROOT / name).exists()] == []
    assert runs
    assert runs <= set(RUNS)


def test_make_lists_its_targets() -> None:
    """`make` alone says what can be made, a sentence each."""
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S607

    for target in ("run", "test", "bench", "soak", "format", "lock"):
        assert re.search(rf"^  make {target} +\w", listed, re.MULTILINE)


def test_nothing_names_a_registry_or_this_machine() -> None:
    """No file of the project names a package registry's host or a path of one machine."""
    hosts = "|".join(["py" + r"pi\.org", "python" + "hosted", r"npm" + r"js\.org"])
    paths = "|".join(["/wo" + "rk/", "/ro" + "ot/"])
    command = ["git", "grep", "-nIE", f"({hosts}|{paths})", "--", ":!*.lock"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert found.stdout == ""


def test_the_threat_model_names_tests_there_are() -> None:
    """Each threat is shown to be met by a test that exists."""
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if re.match(r"\| [STRIDE] \|", line)]
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page)
    missing = [
        (file, test)
        for file, test in named
        if not (ROOT / file).is_file() or f"def {test}" not in (ROOT / file).read_text("utf-8")
    ]

    assert missing == []
    assert {row[2] for row in rows} == set("STRIDE")
    assert all("`" in row.rsplit("|", 2)[1] for row in rows)


def test_every_sentence_is_composed() -> None:
    """Documents and content are in NFC, so that searching finds them."""
    import unicodedata

    for path in [*ROOT.glob("*.md"), *(ROOT / "data").rglob("*.yaml")]:
        assert unicodedata.is_normalized("NFC", path.read_text("utf-8")), path
