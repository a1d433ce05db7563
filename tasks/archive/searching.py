"""Full-text search in the archive: over the bodies of articles, or over their statements.

A query is words, all of which must occur in any of their forms; "several words" in quotation marks stand beside each
other; -word must not occur; OR (or ИЛИ) parts alternatives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from tasks.reading.record import READ_BLOCKS

from . import keeping, words
from .tables import actors, appearances, attributions, documents, readings, sources

SNIPPET = 240
"""Characters that are shown of a body or of a long statement."""
_TERM = re.compile(r'(-?)(?:"([^"]*)"|«([^»]*)»|“([^”]*)”|(\S+))')
_ALTERNATIVE = frozenset({"OR", "ИЛИ", "|"})


class QueryError(ValueError):
    """The query finds nothing by its form; the message says why."""


@dataclass(frozen=True)
class Term:
    """Words that stand beside each other, as they were written; or that must not (``without``)."""

    text: str
    without: bool = False


@dataclass(frozen=True)
class Hit:
    """An article, or a statement in it, with the words that it was found by: ``marks`` are offsets in ``snippet``."""

    reading: int
    document: str
    appearance: int
    url: str | None
    outlet: str | None
    title: str | None
    published: datetime | None
    received: datetime
    snippet: str
    marks: list[tuple[int, int]]
    attribution: str | None = None
    kind: str | None = None
    source: str | None = None
    source_kind: str | None = None
    anonymous: bool | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready data, times in ISO 8601; what only statements have is left out of articles."""
        row = asdict(self) | {name: getattr(self, name) and getattr(self, name).isoformat()
                              for name in ("published", "received")}  # fmt: skip
        return row if self.attribution else {name: row[name] for name in list(row)[:10]}


@dataclass(frozen=True)
class Within:
    """What a search keeps to: a source's name (or a part of it), an actor's id, days (inclusive, UTC)."""

    source: str | None = None
    actor: str | None = None
    since: date | None = None
    until: date | None = None


def parsed(query: str) -> list[list[Term]]:
    """The alternatives of a query, each with its terms. Raises QueryError where one has nothing to look for."""
    alternatives: list[list[Term]] = [[]]
    for match in _TERM.finditer(query):
        minus, *quoted, bare = match.groups()
        if bare in _ALTERNATIVE and not minus:
            alternatives.append([])
            continue
        text = next((part for part in (*quoted, bare) if part is not None), "")
        # A word that occurs everywhere tells nothing, and PostgreSQL does not even know where it does.
        if set(words.WORD.findall(words.folded(text))) - words.STOPWORDS:
            alternatives[-1].append(Term(text, minus == "-"))
    if not all(any(not term.without for term in terms) for terms in alternatives):
        raise QueryError(f"nothing to look for in {query!r}: give a word that is to occur")
    return alternatives


def search(
    connection: Connection,
    query: str,
    *,
    statements: bool = False,
    within: Within | None = None,
    limit: int = 20,
) -> Iterator[Hit]:
    """What is found, what was read last first, at most ``limit``. Raises QueryError."""
    alternatives, within = parsed(query), within or Within()
    wanted = {stem for terms in alternatives for term in terms if not term.without for stem in words.stems(term.text)}
    table = words.statement_words if statements else words.body_words
    chosen = _statement(table, statements, within).where(matches(connection, table, alternatives))
    chosen = chosen.order_by(table.c.rowid.desc())
    if not (statements and within.actor):
        chosen = chosen.limit(limit)
    found = 0
    with connection.execution_options(yield_per=100).execute(chosen) as rows:
        for row in rows:
            if statements and within.actor and not _speaks_of(row.body, row.key, within.actor):
                continue
            yield _hit(row, statements, wanted)
            found += 1
            if found == limit:
                return


def _statement(table: sa.Table, statements: bool, within: Within) -> sa.Select[Any]:
    columns: list[Any] = [
        readings.c.id, readings.c.document, appearances.c.id.label("appearance"), appearances.c.url,
        appearances.c.outlet, appearances.c.title, appearances.c.published, appearances.c.received, readings.c.body,
    ]  # fmt: skip
    if statements:
        columns += [
            attributions.c.key, attributions.c.kind, attributions.c.content, sources.c.name.label("source"),
            sources.c.kind.label("source_kind"), sources.c.anonymous,
        ]  # fmt: skip
        origin = (
            table.join(attributions, attributions.c.id == table.c.rowid)
            .join(readings, readings.c.id == attributions.c.reading)
            .outerjoin(sources, sources.c.id == attributions.c.source)
        )
    else:
        columns.append(documents.c.text)
        origin = table.join(readings, readings.c.id == table.c.rowid).join(documents)
    # Named: a reading refers to the appearance that was read, and a document has many.
    origin = origin.join(appearances, appearances.c.id == readings.c.appearance)
    chosen = sa.select(*columns).select_from(origin)
    moment = sa.func.coalesce(appearances.c.published, appearances.c.received)
    if within.since:
        chosen = chosen.where(moment >= midnight(within.since))
    if within.until:
        chosen = chosen.where(moment < midnight(within.until + timedelta(days=1)))
    if within.source:
        named = sources.c.name_key.contains(keeping.name_key(within.source), autoescape=True)
        if not statements:
            named = sa.exists().where(sources.c.reading == readings.c.id, named)
        chosen = chosen.where(named)
    if within.actor:
        spoken_of = sa.exists().where(actors.c.reading == readings.c.id, actors.c.actor == within.actor)
        chosen = chosen.where(spoken_of)
    return chosen


def midnight(day: date) -> datetime:
    """The beginning of a day, UTC."""
    return datetime.combine(day, time(), UTC)


def matches(connection: Connection, table: sa.Table, alternatives: list[list[Term]]) -> sa.ColumnElement[bool]:
    """That a row of `body_words` or `statement_words` is one of those that a query finds."""
    if connection.dialect.name == "sqlite":
        return sa.literal_column(table.name).op("MATCH", is_comparison=True)(
            " OR ".join(f"({_fts5(terms)})" for terms in alternatives)
        )
    parts: list[Any] = []
    for terms in alternatives:
        one: Any = None
        for term in terms:
            phrase: Any = sa.func.phraseto_tsquery(sa.literal_column("'russian'"), words.folded(term.text))
            phrase = sa.func.tsquery_not(phrase) if term.without else phrase
            one = phrase if one is None else sa.func.tsquery_and(one, phrase)
        parts.append(one)
    whole = parts[0]
    for other in parts[1:]:
        whole = sa.func.tsquery_or(whole, other)
    return table.c.words.op("@@", is_comparison=True)(whole)


def _fts5(terms: list[Term]) -> str:
    """Terms in FTS5's language, each as a phrase of stems, what must not occur last: its NOT has two sides."""
    held = " AND ".join(_phrase(term) for term in terms if not term.without)
    return f"({held})" + "".join(f" NOT {_phrase(term)}" for term in terms if term.without)


def _phrase(term: Term) -> str:
    return '"' + " ".join(words.stems(term.text)) + '"'


def _speaks_of(body: dict[str, Any], attribution: str, actor: str) -> bool:
    """Whether an actor is spoken of within a statement's content."""
    mentions = [m["span"] for a in body["actors"] if a["id"] == actor for m in a["mentions"]]
    contents = [span for a in body["attributions"] if a["id"] == attribution for span in a["content"]]
    return any(start <= a and b <= end for a, b in mentions for start, end in contents)


def _hit(row: Any, statements: bool, wanted: set[str]) -> Hit:
    if statements:
        text = row.content
        of_statement = (row.key, row.kind, row.source, row.source_kind, row.anonymous)
    else:
        blocks = [b["span"] for b in row.body["blocks"] if b["kind"] in READ_BLOCKS]
        text = "\n".join(row.text[start:end] for start, end in blocks)
        of_statement = (None, None, None, None, None)
    snippet, marks = excerpt(text, wanted)
    return Hit(
        row.id, row.document, row.appearance, row.url, row.outlet, row.title, row.published, row.received, snippet,
        marks, *of_statement,
    )  # fmt: skip


def excerpt(text: str, wanted: set[str]) -> tuple[str, list[tuple[int, int]]]:
    """About SNIPPET characters of a text around the first word with one of these stems, and where such words are."""
    found = words.places(text, wanted)
    start = stop = 0
    if found:
        start = max(0, min(found[0][0] - SNIPPET // 3, len(text) - SNIPPET))
    stop = min(len(text), start + SNIPPET)
    if start and (space := text.find(" ", start, found[0][0])) >= 0:
        start = space + 1
    if stop < len(text) and (space := text.rfind(" ", max(start, found[0][1] if found else 0), stop)) >= 0:
        stop = space
    before, after = "… " if start else "", " …" if stop < len(text) else ""
    shown = before + re.sub(r"\s", " ", text[start:stop]) + after
    shift = len(before) - start
    return shown, [(a + shift, b + shift) for a, b in found if start <= a and b <= stop]
