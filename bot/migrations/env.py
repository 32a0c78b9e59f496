"""Alembic's entry: our tables, on the connection the command brings."""

from alembic import context

from bot.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=True,
    user_module_prefix="sa.",
    compare_type=True,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
