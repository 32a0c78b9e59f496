"""State machines over a real database: every example has its own file, and the process may die."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine
from sqlmodel import Session

from bot.db import Database
from tests import postgres

T = TypeVar("T")
LONGER = int(os.environ.get("LONGER", "1"))
"""How many times as many examples as in `make test`: `make soak` sets it."""


class KilledError(Exception):
    """The process died before its commit."""


class Machine(RuleBasedStateMachine):
    """A machine with a database. `template` is a migrated SQLite file, or a PostgreSQL URL."""

    template: ClassVar[Path | str]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        if isinstance(self.template, Path):
            shutil.copy(self.template, self.folder / "bot.db")
        self.open_database()

    def open_database(self) -> None:
        """The process starts."""
        on_file = f"sqlite:///{self.folder}/bot.db"
        self.db = Database(self.template if isinstance(self.template, str) else on_file)

    def reopen(self) -> None:
        """The process ends without a word and another one opens the same database."""
        self.db.close()
        self.open_database()

    def work(self, work: Callable[[Session], T], *, dies: bool = False) -> T:
        """Something done in a transaction. Raises KilledError when the process dies before its
        commit."""

        def killed(session: Session) -> T:
            work(session)
            session.flush()
            raise KilledError

        return self.db.run(killed if dies else work).result()

    def teardown(self) -> None:
        """The example is over."""
        self.db.close()
        shutil.rmtree(self.folder)
        if isinstance(self.template, str):
            postgres.empty(self.template)


def often(examples: int, steps: int) -> settings:
    """So many examples of so many steps, more of them in the long runs."""
    return settings(
        max_examples=examples * LONGER,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
