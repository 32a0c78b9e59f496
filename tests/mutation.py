"""Mutation scores: `make mutate`, or of some modules: `python -m tests.mutation bot.inbox`.

mutmut changes the code in small ways; what no test notices stays alive. It works on a copy of the
tree, one module at a time, with that module's tests alone. Prints what is alive and a table; ends
with 1 when a module is below FLOOR.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
FLOOR = 0.85
COPIED = ("bot", "data", "docs", "faq", "quiz", "tests", "pyproject.toml")
TEXT = ("english", "fold", "keys", "lexicon", "parts", "reader")
MODULES = {
    "quiz.scoring": ["tests/quiz/test_scoring.py"],
    "quiz.board": ["tests/quiz/test_board.py", "tests/quiz/test_rungs.py"],
    "bot.inbox": ["tests/test_inbox.py"],
    "bot.outbox": ["tests/test_outbox.py", "tests/test_outbox_kept.py"],
    "faq.matcher": ["tests/faq/test_matcher_small.py"],
    "faq.text": [f"tests/faq/test_text_{name}.py" for name in TEXT],
}
"""The tests of each module, on SQLite alone. Those of the matcher have a small book, for the
shipped one takes seconds to learn."""
CONFIG = """
[tool.mutmut]
source_paths = ["bot", "faq", "quiz"]
only_mutate = {mutated}
also_copy = ["data", "docs"]
pytest_add_cli_args = ["-k", "not postgresql", "-x", "-p", "no:cacheprovider", "-W", "ignore"]
pytest_add_cli_args_test_selection = {tests}
timeout_constant = 10.0
track_dependencies = false
"""
NOTICED = {1, 3, 24, -24, 36, 152, 255, -9, -11}
"""How the tests end when they notice a mutant: a failure, an error, a crash, out of time."""
MUTMUT = (sys.executable, "-m", "mutmut")


@dataclass(frozen=True)
class Score:
    """What became of the mutants of a module."""

    noticed: int
    alive: list[str]

    @property
    def rate(self) -> float:
        """The part of all mutants that the tests noticed."""
        return self.noticed / max(1, self.noticed + len(self.alive))


def main() -> int:
    """Run what was asked for, or every module; 1 when one is below the floor."""
    scores = {name: score(name) for name in sys.argv[1:] or MODULES}
    print(f"{'module':<14}{'noticed':>9}{'alive':>7}{'score':>8}")
    for name, one in scores.items():
        print(f"{name:<14}{one.noticed:>9}{len(one.alive):>7}{one.rate:>8.1%}")
    return int(any(one.rate < FLOOR for one in scores.values()))


def score(module: str) -> Score:
    """Mutate one module in a copy of the tree, run its tests, and print what stays alive."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy(folder, module)
        run(folder)
        result = read(folder)
        for mutant in result.alive:
            print(f"alive: {mutant}", *changes(folder, mutant), sep="\n    ", flush=True)
        return result


def copy(folder: Path, module: str) -> None:
    """Copy the tree and say in it what is to be mutated and which tests are to notice."""
    for part in COPIED:
        one = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        one(ROOT / part, folder / part)
    path = module.replace(".", "/")
    mutated = [f"{path}/*.py" if (ROOT / path).is_dir() else f"{path}.py"]
    config = CONFIG.format(mutated=json.dumps(mutated), tests=json.dumps(MODULES[module]))
    with (folder / "pyproject.toml").open("a") as file:
        file.write(config)


def run(folder: Path) -> None:
    """Let mutmut work; when it cannot (the tests fail as they are), show why and end."""
    command = [*MUTMUT, "run", "--max-children", str(os.cpu_count() or 1)]
    with (folder / "log").open("w") as log:
        done = subprocess.run(command, cwd=folder, stdout=log, stderr=log, check=False)
    if done.returncode:
        print((folder / "log").read_text()[-3000:])
        raise SystemExit(2)


def read(folder: Path) -> Score:
    """What became of each mutant, from what mutmut wrote down."""
    files = sorted((folder / "mutants").rglob("*.meta"))
    ends = [json.loads(file.read_text())["exit_code_by_key"].items() for file in files]
    all_ = [(mutant, code in NOTICED) for pairs in ends for mutant, code in pairs]
    alive = [mutant for mutant, noticed in all_ if not noticed]
    return Score(len(all_) - len(alive), alive)


def changes(folder: Path, mutant: str) -> list[str]:
    """The lines a mutant takes away and puts in."""
    command = [*MUTMUT, "show", mutant]
    shown = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    lines = shown.stdout.splitlines()
    return [line for line in lines if line[:1] in "+-" and line[:3] not in {"+++", "---"}]


if __name__ == "__main__":
    sys.exit(main())
