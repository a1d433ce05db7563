"""Alembic's entry: runs the revisions on the connection that `tasks.archive.database` hands over."""

from alembic import context

from tasks.archive.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite's definitions are transactional where the driver does not commit before them, as here.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
