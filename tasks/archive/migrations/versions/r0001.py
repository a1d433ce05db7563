"""The archive as it began: documents, readings and their parts, reposts, shifts, outbox, subscriptions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Makes the tables, and the indexes of words, which each database has in its own way."""
    op.create_table(
        "digests",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("made", TIME, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_digests_last", "digests", ["last"])
    op.create_table(
        "documents",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("first_received", TIME, nullable=False),
    )
    op.create_index("ix_documents_first_received", "documents", ["first_received"])
    op.create_table(
        "outbox",
        sa.Column("seq", ID, primary_key=True, autoincrement=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("time", TIME, nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("position", ID),
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("position"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_subject", "outbox", ["subject"])
    op.create_index("ix_outbox_time", "outbox", ["time"])
    op.create_index(
        "ix_outbox_unplaced",
        "outbox",
        ["seq"],
        sqlite_where=sa.text("position IS NULL"),
        postgresql_where=sa.text("position IS NULL"),
    )
    op.create_table(
        "shifts",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("onset", sa.Date(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("detected", TIME, nullable=False),
        sa.Column("statistic", sa.Float(), nullable=False),
        sa.Column("before", sa.Float(), nullable=False),
        sa.Column("after", sa.Float(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("series", sa.JSON(), nullable=False),
        sa.Column("undone", TIME),
        sa.Column("revision", sa.Integer(), nullable=False, server_default="1"),
        sa.UniqueConstraint("key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_shifts_actor_recipient_measure", "shifts", ["actor", "recipient", "measure"])
    op.create_index("ix_shifts_day", "shifts", ["day"])
    op.create_table(
        "subscriptions",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("url", sa.Text()),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.Column("secret", sa.Text()),
        sa.Column("former_secret", sa.Text()),
        sa.Column("former_until", TIME),
        sa.Column("cursor", ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("created", TIME, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", TIME),
        sa.Column("due", TIME),
        sa.Column("lease", sa.Text()),
        sa.Column("leased_until", TIME),
    )
    op.create_table(
        "watches",
        sa.Column("actor", sa.Text(), primary_key=True),
        sa.Column("recipient", sa.Text(), primary_key=True),
        sa.Column("through", sa.Date()),
    )
    op.create_index("ix_watches_through", "watches", ["through"])
    op.create_table(
        "appearances",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("document", sa.Text(), sa.ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column("outlet", sa.Text()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("published", TIME),
        sa.Column("received", TIME, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("forwarded_from", sa.Text()),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("traced_at", TIME),
        sa.Column("watched_at", TIME),
        sa.UniqueConstraint("key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_appearances_document", "appearances", ["document"])
    op.create_index("ix_appearances_received", "appearances", ["received"])
    op.create_index(
        "ix_appearances_untraced",
        "appearances",
        ["id"],
        sqlite_where=sa.text("traced_at IS NULL"),
        postgresql_where=sa.text("traced_at IS NULL"),
    )
    op.create_index(
        "ix_appearances_unwatched",
        "appearances",
        ["id"],
        sqlite_where=sa.text("watched_at IS NULL"),
        postgresql_where=sa.text("watched_at IS NULL"),
    )
    op.create_index("ix_appearances_url", "appearances", ["url"])
    op.create_table(
        "dead_letters",
        sa.Column("subscription", sa.Text(), sa.ForeignKey("subscriptions.name", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", ID, primary_key=True, autoincrement=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
    )
    op.create_table(
        "readings",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("document", sa.Text(), sa.ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
        sa.Column("appearance", ID, sa.ForeignKey("appearances.id", ondelete="CASCADE"), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("read_at", TIME, nullable=False),
        sa.Column("own_voice", sa.Float(), nullable=False),
        sa.Column("sole_source", sa.Text()),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("latest", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("watched_at", TIME),
        sa.Column("counted", sa.Date()),
        sa.UniqueConstraint("document", "reader"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_readings_appearance", "readings", ["appearance"])
    op.create_index(
        "ix_readings_counted",
        "readings",
        ["counted"],
        sqlite_where=sa.text("counted IS NOT NULL"),
        postgresql_where=sa.text("counted IS NOT NULL"),
    )
    op.create_index("ix_readings_read_at", "readings", ["read_at"])
    op.create_index(
        "ix_readings_unwatched",
        "readings",
        ["id"],
        sqlite_where=sa.text("watched_at IS NULL"),
        postgresql_where=sa.text("watched_at IS NULL"),
    )
    op.create_table(
        "reposts",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("copy", ID, sa.ForeignKey("appearances.id", ondelete="CASCADE"), nullable=False),
        sa.Column("origin", ID, sa.ForeignKey("appearances.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("shared", sa.Float(), nullable=False),
        sa.Column("stripped", sa.Boolean(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("found_at", TIME, nullable=False),
        sa.Column("watched_at", TIME),
        sa.UniqueConstraint("copy", "origin", "kind"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reposts_found_at", "reposts", ["found_at"])
    op.create_index("ix_reposts_origin", "reposts", ["origin"])
    op.create_index(
        "ix_reposts_unwatched",
        "reposts",
        ["id"],
        sqlite_where=sa.text("watched_at IS NULL"),
        postgresql_where=sa.text("watched_at IS NULL"),
    )
    op.create_table(
        "actors",
        sa.Column("reading", ID, sa.ForeignKey("readings.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("actor", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mentions", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_actors_actor_reading", "actors", ["actor", "reading"])
    op.create_table(
        "attitudes",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("reading", ID, sa.ForeignKey("readings.id", ondelete="CASCADE"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("polarity", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("attribution", sa.Text()),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_name", sa.Text()),
        sa.Column("anonymous", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("counted", sa.Date()),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_attitudes_day", "attitudes", ["day"])
    op.create_index("ix_attitudes_holder_target_counted", "attitudes", ["holder", "target", "counted"])
    op.create_index("ix_attitudes_holder_target_day", "attitudes", ["holder", "target", "day"])
    op.create_index("ix_attitudes_reading", "attitudes", ["reading"])
    op.create_index("ix_attitudes_target_day", "attitudes", ["target", "day"])
    op.create_table(
        "events",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("reading", ID, sa.ForeignKey("readings.id", ondelete="CASCADE"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("quad", sa.Text()),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("mutual", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("attribution", sa.Text()),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_name", sa.Text()),
        sa.Column("anonymous", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("counted", sa.Date()),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_actor_recipient_counted", "events", ["actor", "recipient", "counted"])
    op.create_index("ix_events_actor_recipient_day", "events", ["actor", "recipient", "day"])
    op.create_index("ix_events_day", "events", ["day"])
    op.create_index("ix_events_reading", "events", ["reading"])
    op.create_index("ix_events_recipient_counted", "events", ["recipient", "counted"])
    op.create_index("ix_events_recipient_day", "events", ["recipient", "day"])
    op.create_table(
        "fingerprints",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("document", sa.Text(), sa.ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
        sa.Column("appearance", ID, sa.ForeignKey("appearances.id", ondelete="CASCADE"), nullable=False),
        sa.Column("reading", ID, sa.ForeignKey("readings.id", ondelete="CASCADE"), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("document"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_fingerprints_appearance", "fingerprints", ["appearance"])
    op.create_index("ix_fingerprints_reading", "fingerprints", ["reading"])
    op.create_table(
        "sources",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("reading", ID, sa.ForeignKey("readings.id", ondelete="CASCADE"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text()),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.Text()),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sources_name_key", "sources", ["name_key"])
    op.create_index("ix_sources_reading", "sources", ["reading"])
    op.create_table(
        "attributions",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("reading", ID, sa.ForeignKey("readings.id", ondelete="CASCADE"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("cue", sa.Text()),
        sa.Column("source", ID, sa.ForeignKey("sources.id", ondelete="CASCADE")),
        sa.Column("within", sa.Text()),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_attributions_reading", "attributions", ["reading"])
    op.create_index("ix_attributions_source", "attributions", ["source"])
    op.create_table(
        "bands",
        sa.Column("value", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("fingerprint", ID, sa.ForeignKey("fingerprints.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("outlet", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_bands_fingerprint", "bands", ["fingerprint"])
    for name in ("body_words", "statement_words"):
        if op.get_context().dialect.name == "sqlite":
            op.execute(f'CREATE VIRTUAL TABLE {name} USING fts5(words, tokenize = "unicode61 remove_diacritics 0")')
        else:
            op.execute(f"CREATE TABLE {name} (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)")
            op.execute(f"CREATE INDEX ix_{name}_words ON {name} USING gin (words)")
