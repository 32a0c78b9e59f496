"""Every table in one place, and bringing a database to the newest schema."""

from pathlib import Path
from types import ModuleType

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine
from sqlmodel import SQLModel

from bot import (
    alerts,
    asked,
    dossier,
    inbox,
    leases,
    links,
    organisers,
    outbox,
    pace,
    pairing,
    passes,
    people,
    pushes,
    reach,
    rights,
    state,
    tokens,
)
from bot.desk import edits as content_edits
from bot.desk import handed, handoff, teams, visits
from bot.notices import (
    announce,
    asking,
    commended,
    contacts,
    copies,
    edits,
    filed,
    groups,
    learning,
    ledger,
    on_behalf,
    reminders,
    reports,
    stories,
    taking_part,
    urge,
    verify,
)
from faq import unanswered
from quiz import board, jury, papers, players, practice, rounds, steps

METADATA = SQLModel.metadata
OWNERS: tuple[ModuleType, ...] = (
    *(alerts, asked, dossier, inbox, leases, links, organisers, outbox, pace, pairing, passes),
    *(people, pushes, reach, rights, state, tokens, unanswered),
    *(board, jury, papers, players, practice, rounds, steps),
    *(announce, asking, commended, contacts, copies, edits, filed, groups),
    *(learning, ledger),
    *(on_behalf, teams, visits, reminders, reports, stories, taking_part, urge, verify),
    *(content_edits, handed, handoff),
)
"""The files whose tables these are; importing them is what makes METADATA whole."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the database to a revision (the newest); several processes may try at once."""
    config = _config()
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7162023)")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def revisions(engine: Engine) -> tuple[str | None, str | None]:
    """The database's revision and the newest one."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision(), newest


def draft(engine: Engine, message: str) -> None:
    """Write a migration from the difference between tables and database (for developers)."""
    config = _config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message, autogenerate=True)
