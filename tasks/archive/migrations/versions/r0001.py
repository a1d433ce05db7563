"""The archive's tables."""

from alembic import op

from tasks.archive.tables import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes the tables, and the indexes of words, which each database has in its own way."""
    metadata.create_all(op.get_bind())
    for name in ("body_words", "statement_words"):
        if op.get_context().dialect.name == "sqlite":
            op.execute(f'CREATE VIRTUAL TABLE {name} USING fts5(words, tokenize = "unicode61 remove_diacritics 0")')
        else:
            op.execute(f"CREATE TABLE {name} (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)")
            op.execute(f"CREATE INDEX ix_{name}_words ON {name} USING gin (words)")
