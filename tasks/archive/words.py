"""The words that a text is found by: Snowball's stems, which both databases search by.

PostgreSQL makes them by its `russian` configuration (Snowball for Russian, and for English where a word is in Latin
letters); for SQLite the same is done here and written into an FTS5 table.
"""

from __future__ import annotations

import re
import threading
from pathlib import Path

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

STOPWORDS = frozenset(
    word
    for line in Path(__file__).with_name("stopwords.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
    for word in line.replace("ё", "е").split()
)
"""What PostgreSQL leaves out of its index, and a query goes without."""

WORD = re.compile(r"[^\W_]+")
_local = threading.local()


def folded(text: str) -> str:
    """The text as it is compared: in lower case, ё as е, cut at LIMIT."""
    # «İ» is the one letter whose lower case is two characters, which would move every offset after it.
    return text[:LIMIT].replace("İ", "i").lower().replace("ё", "е")


def stems(text: str) -> list[str]:
    """The stems of a text's words, in order."""
    return [_stem(word) for word in WORD.findall(folded(text))]


def places(text: str, wanted: set[str]) -> list[tuple[int, int]]:
    """Where the words with these stems are in a text: offsets, in order."""
    return [match.span() for match in WORD.finditer(folded(text)) if _stem(match.group()) in wanted]


def _stem(word: str) -> str:
    if not hasattr(_local, "russian"):
        # A stemmer holds its state, so that each thread has its own.
        _local.russian, _local.english = Stemmer.Stemmer("russian", 100_000), Stemmer.Stemmer("english", 10_000)
    stem: str = (_local.english if word.isascii() else _local.russian).stemWord(word)
    return stem


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
