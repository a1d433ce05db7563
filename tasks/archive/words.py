"""The words that a text is found by: Snowball's stems, which both databases search by.

PostgreSQL makes them by its `russian` configuration (Snowball for Russian, and for English where a word is in Latin
letters); for SQLite the same is done here and written into an FTS5 table.
"""

from __future__ import annotations

import re
import threading

import sqlalchemy as sa
import Stemmer
from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, Text

LIMIT = 200_000
"""Characters of one text that are searched: PostgreSQL holds at most 1 MB of words for a text."""

metadata = MetaData()
body_words = Table("body_words", metadata, Column("rowid", BigInteger, primary_key=True), Column("words", Text))
"""By ``readings.id``: the words of the body of each document's latest reading."""
statement_words = Table(
    "statement_words", metadata, Column("rowid", BigInteger, primary_key=True), Column("words", Text)
)
"""By ``attributions.id``: the words of each statement of those readings."""

_WORD = re.compile(r"[^\W_]+")
_local = threading.local()


def folded(text: str) -> str:
    """The text as it is compared: in lower case, ё as е, cut at LIMIT."""
    return text[:LIMIT].lower().replace("ё", "е")


def stems(text: str) -> list[str]:
    """The stems of a text's words, in order."""
    if not hasattr(_local, "russian"):
        # A stemmer holds its state, so that each thread has its own.
        _local.russian, _local.english = Stemmer.Stemmer("russian", 100_000), Stemmer.Stemmer("english", 10_000)
    russian, english = _local.russian, _local.english
    return [
        english.stemWord(word) if word.isascii() else russian.stemWord(word) for word in _WORD.findall(folded(text))
    ]


def write(connection: Connection, table: Table, texts: dict[int, str]) -> None:
    """Make texts findable by the number of their rows."""
    if not texts:
        return
    words: sa.ColumnElement[str] = sa.bindparam("text")
    if connection.dialect.name == "postgresql":
        words = sa.func.to_tsvector(sa.literal_column("'russian'"), words)
        rows = [{"number": number, "text": folded(text)} for number, text in texts.items()]
    else:
        rows = [{"number": number, "text": " ".join(stems(text))} for number, text in texts.items()]
    connection.execute(sa.insert(table).values(rowid=sa.bindparam("number"), words=words), rows)


def forget(connection: Connection, table: Table, numbers: sa.Select[tuple[int]]) -> None:
    """Make texts unfindable."""
    connection.execute(sa.delete(table).where(table.c.rowid.in_(numbers)))
