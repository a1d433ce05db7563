"""The archive's tables: one schema for SQLite and PostgreSQL. Times are UTC, offsets code points of the text.

documents ─┬─ appearances ── reposts              what was received, and where
           └─ readings ─┬─ actors                 what a reader made of it
                        ├─ sources
                        ├─ attributions
                        ├─ events
                        └─ attitudes
fingerprints ── bands    watches    shifts    outbox    subscriptions ── dead_letters
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

from .columns import Id, Packed, Time

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[Any]:
    return Column("id", Id, primary_key=True, autoincrement=True)


def _of(name: str, target: str, **more: Any) -> Column[Any]:
    """A reference that goes with what it refers to."""
    return Column(name, ForeignKey(target, ondelete="CASCADE"), **{"nullable": False, **more})


_NUMBERED: dict[str, Any] = {"sqlite_autoincrement": True}
"""A number is never given twice, so that what was removed can't be taken for what came after."""

documents = Table(
    "documents", metadata,
    Column("id", Text, primary_key=True, comment="sha256:… of the UTF-8 text"),
    Column("text", Text, nullable=False),
    Column("language", Text, nullable=False, comment="ISO 639-1"),
    Column("characters", Integer, nullable=False),
    Column("first_received", Time, nullable=False, index=True),
)  # fmt: skip

appearances = Table(
    "appearances", metadata,
    _id(),
    _of("document", "documents.id", index=True),
    Column("url", Text, index=True, comment="canonical"),
    Column("outlet", Text),
    Column("source", Text, nullable=False, comment="upload, feed, page, telegram or event"),
    Column("title", Text),
    Column("published", Time),
    Column("received", Time, nullable=False, index=True),
    Column("version", Integer, nullable=False, server_default="1", comment="1, 2, … of the texts seen at its URL"),
    Column("forwarded_from", Text, comment="the channel that a post was forwarded from"),
    Column("key", Text, nullable=False, unique=True, comment="the same place and text is the same appearance"),
    Column("traced_at", Time, comment="null: not looked at for reposts"),
    Column("watched_at", Time, comment="null: not looked at for the series"),
    **_NUMBERED,
)  # fmt: skip
Index("ix_appearances_untraced", appearances.c.id, sqlite_where=appearances.c.traced_at.is_(None),
      postgresql_where=appearances.c.traced_at.is_(None))  # fmt: skip
Index("ix_appearances_unwatched", appearances.c.id, sqlite_where=appearances.c.watched_at.is_(None),
      postgresql_where=appearances.c.watched_at.is_(None))  # fmt: skip

readings = Table(
    "readings", metadata,
    _id(),
    _of("document", "documents.id"),
    _of("appearance", "appearances.id", index=True, comment="the one that was read; its first"),
    Column("reader", Text, nullable=False, comment="version, gazetteer and models of the reader"),
    Column("body", Packed, nullable=False, comment="the reading without its document's text; see keeping.load"),
    Column("read_at", Time, nullable=False, index=True),
    Column("own_voice", Float, nullable=False, comment="share of the body's characters"),
    Column("sole_source", Text, comment="key of the source"),
    Column("flags", JSON, nullable=False),
    Column("latest", Boolean, nullable=False, server_default=true(), comment="of its document's readings"),
    Column("watched_at", Time, comment="null: not looked at for the series"),
    Column("counted", Date, comment="the day of an independent report; null: a copy, or superseded"),
    UniqueConstraint("document", "reader"),
    **_NUMBERED,
)  # fmt: skip
Index("ix_readings_counted", readings.c.counted, sqlite_where=readings.c.counted.is_not(None),
      postgresql_where=readings.c.counted.is_not(None))  # fmt: skip
Index("ix_readings_unwatched", readings.c.id, sqlite_where=readings.c.watched_at.is_(None),
      postgresql_where=readings.c.watched_at.is_(None))  # fmt: skip

actors = Table(
    "actors", metadata,
    _of("reading", "readings.id", primary_key=True),
    Column("actor", Text, primary_key=True, comment="KAZ, NATO, person:…"),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("mentions", Integer, nullable=False),
    Index("ix_actors_actor_reading", "actor", "reading"),
    sqlite_with_rowid=False,
)  # fmt: skip

sources = Table(
    "sources", metadata,
    _id(),
    _of("reading", "readings.id", index=True),
    Column("key", Text, nullable=False, comment="s1, s2, … in the reading"),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, index=True, comment="casefolded, ё as е, without quotes"),
    Column("kind", Text, nullable=False),
    Column("platform", Text),
    Column("anonymous", Boolean, nullable=False),
    Column("actor", Text),
    **_NUMBERED,
)  # fmt: skip

attributions = Table(
    "attributions", metadata,
    _id(),
    _of("reading", "readings.id", index=True),
    Column("key", Text, nullable=False, comment="a1, a2, … in the reading"),
    Column("kind", Text, nullable=False),
    Column("content", Text, nullable=False, comment="its spans' words, joined by ' … '"),
    Column("cue", Text),
    _of("source", "sources.id", index=True, nullable=True),
    Column("within", Text, comment="key of the attribution that holds it"),
    Column("confidence", Float, nullable=False),
    Column("start", Integer, nullable=False, comment="offset of its content"),
    **_NUMBERED,
)  # fmt: skip


def _said() -> list[Column[Any]]:
    """What events and attitudes share: when, who says so, in which words."""
    return [
        Column("day", Date, nullable=False, comment="its own date, else the article's publication, else its receipt"),
        Column("attribution", Text, comment="key of the attribution that says so; null: the article itself"),
        Column("source_kind", Text, nullable=False, comment="of the outermost source; author: the article's own voice"),
        Column("source_name", Text),
        Column("anonymous", Boolean, nullable=False, server_default=false()),
        Column("evidence", Text, nullable=False, comment="its spans' words, joined by ' … '"),
        Column("confidence", Float, nullable=False),
        Column("counted", Date, comment="the day that it counts on in its series; null: it is told elsewhere already"),
    ]


events = Table(
    "events", metadata,
    _id(),
    _of("reading", "readings.id", index=True),
    Column("key", Text, nullable=False, comment="e1, e2, … in the reading"),
    Column("type", Text, nullable=False, comment="PLOVER's"),
    Column("quad", Text, comment="PLOVER's quad class"),
    Column("actor", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("mutual", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("topic", Text, nullable=False),
    *_said(),
    Index("ix_events_actor_recipient_day", "actor", "recipient", "day"),
    Index("ix_events_recipient_day", "recipient", "day"),
    Index("ix_events_day", "day"),
    Index("ix_events_actor_recipient_counted", "actor", "recipient", "counted"),
    Index("ix_events_recipient_counted", "recipient", "counted"),
    **_NUMBERED,
)  # fmt: skip

attitudes = Table(
    "attitudes", metadata,
    _id(),
    _of("reading", "readings.id", index=True),
    Column("key", Text, nullable=False, comment="t1, t2, … in the reading"),
    Column("holder", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("polarity", Text, nullable=False),
    *_said(),
    Index("ix_attitudes_holder_target_day", "holder", "target", "day"),
    Index("ix_attitudes_target_day", "target", "day"),
    Index("ix_attitudes_day", "day"),
    Index("ix_attitudes_holder_target_counted", "holder", "target", "counted"),
    **_NUMBERED,
)  # fmt: skip

reposts = Table(
    "reposts", metadata,
    _id(),
    _of("copy", "appearances.id"),
    _of("origin", "appearances.id", index=True),
    Column("kind", Text, nullable=False, comment="whole, partial or named"),
    Column("shared", Float, nullable=False, comment="share of the copy that is the origin's"),
    Column("stripped", Boolean, nullable=False, comment="the origin's source is gone from the copy"),
    Column("changes", JSON, nullable=False),
    Column("found_at", Time, nullable=False, index=True),
    Column("watched_at", Time, comment="null: not looked at for the series"),
    UniqueConstraint("copy", "origin", "kind"),
    **_NUMBERED,
)  # fmt: skip
Index("ix_reposts_unwatched", reposts.c.id, sqlite_where=reposts.c.watched_at.is_(None),
      postgresql_where=reposts.c.watched_at.is_(None))  # fmt: skip

fingerprints = Table(
    "fingerprints", metadata,
    _id(),
    _of("document", "documents.id", unique=True),
    _of("appearance", "appearances.id", index=True, comment="the earliest one"),
    _of("reading", "readings.id", index=True, comment="the one whose body it was made of"),
    Column("at", Time, nullable=False, comment="when it appeared there: published, but never after it was received"),
    Column("words", LargeBinary, nullable=False, comment="uint32 of each word of the body; see tasks.reposts.words"),
    **_NUMBERED,
)  # fmt: skip

bands = Table(
    "bands", metadata,
    Column("value", BigInteger, primary_key=True, autoincrement=False, comment="what texts that share it are found by"),
    Column("at", BigInteger, primary_key=True, autoincrement=False, comment="the fingerprint's, in ms since 1970"),
    _of("fingerprint", "fingerprints.id", primary_key=True, index=True),
    Column("outlet", BigInteger, nullable=False, comment="hash of the outlet's name; 0: none"),
    sqlite_with_rowid=False,
)  # fmt: skip

watches = Table(
    "watches", metadata,
    Column("actor", Text, primary_key=True),
    Column("recipient", Text, primary_key=True, comment="a state or bloc; or, of a balance, its poles: RUSSIA:WEST"),
    Column("through", Date, index=True, comment="the last day judged; null: to be judged anew"),
)  # fmt: skip

shifts = Table(
    "shifts", metadata,
    _id(),
    Column("key", Text, nullable=False, unique=True),
    Column("actor", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("measure", Text, nullable=False, comment="cooperation, conflict, attitude or orientation"),
    Column("direction", Text, nullable=False, comment="up or down"),
    Column("since", Date, nullable=False, comment="the first day of the series that it was told by"),
    Column("onset", Date, nullable=False),
    Column("day", Date, nullable=False, index=True, comment="on which it was told"),
    Column("detected", Time, nullable=False),
    Column("statistic", Float, nullable=False, comment="years in which a series that never shifts looks so once"),
    Column("before", Float, nullable=False),
    Column("after", Float, nullable=False),
    Column("flags", JSON, nullable=False),
    Column("evidence", JSON, nullable=False, comment="the statements that made it"),
    Column("series", JSON, nullable=False, comment="the values that made it, by day"),
    Column("undone", Time, comment="since when the series no longer shows it"),
    Column("revision", Integer, nullable=False, server_default="1", comment="how often it was told: 2 is a correction"),
    Index("ix_shifts_actor_recipient_measure", "actor", "recipient", "measure"),
    **_NUMBERED,
)  # fmt: skip

digests = Table(
    "digests", metadata,
    Column("key", Text, primary_key=True, comment="its days, and the pairs that it keeps to"),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False, index=True),
    Column("made", Time, nullable=False),
    Column("revision", Integer, nullable=False, comment="how often it was told"),
    Column("body", Packed, nullable=False, comment="see tasks.digests.record"),
)  # fmt: skip

outbox = Table(
    "outbox", metadata,
    Column("seq", Id, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("time", Time, nullable=False, index=True),
    Column("data", JSON, nullable=False),
    Column("position", Id, unique=True, comment="in the order in which rows became visible; null: not looked at yet"),
    **_NUMBERED,
)  # fmt: skip
Index("ix_outbox_unplaced", outbox.c.seq, sqlite_where=outbox.c.position.is_(None),
      postgresql_where=outbox.c.position.is_(None))  # fmt: skip

subscriptions = Table(
    "subscriptions", metadata,
    Column("name", Text, primary_key=True),
    Column("url", Text, comment="of a webhook; null: the stream at the broker"),
    Column("filter", JSON, nullable=False),
    Column("secret", Text),
    Column("former_secret", Text, comment="signs too, until former_until"),
    Column("former_until", Time),
    Column("cursor", Id, nullable=False, comment="position in the outbox that it is told up to"),
    Column("state", Text, nullable=False, comment="active or paused"),
    Column("why", Text, nullable=False, comment="what failed last, or why it is paused"),
    Column("created", Time, nullable=False),
    Column("failures", Integer, nullable=False, comment="tries of the event that it holds at"),
    Column("failing_since", Time),
    Column("due", Time, comment="when the next try may begin"),
    Column("lease", Text, comment="of the deliverer that has it in hand, until leased_until"),
    Column("leased_until", Time),
)  # fmt: skip

dead_letters = Table(
    "dead_letters", metadata,
    _of("subscription", "subscriptions.name", primary_key=True),
    Column("position", Id, primary_key=True, autoincrement=False),
    Column("event", Text, nullable=False, comment="its id in the outbox, which may have been tidied since"),
    Column("body", JSON, nullable=False, comment="its type, subject, time and data"),
    Column("why", Text, nullable=False),
    Column("at", Time, nullable=False),
)  # fmt: skip
