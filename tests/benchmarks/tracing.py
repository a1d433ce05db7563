"""What tracing an article costs, by how many the archive holds.

    python -m tests.benchmarks.tracing                          # SQLite, 1,000 and 10,000 and 100,000 archived
    python -m tests.benchmarks.tracing --url postgresql://…     # an empty database at a PostgreSQL

The archive is filled with made-up articles of 300 words (Zipf's law over 50,000 forms), whose fingerprints are written
as tracing writes them. Then, at each size, articles are kept and traced: fresh ones, whole copies, paragraphs lifted
into longer ones, and copies of one text that has been copied a thousand times. Told is the time of `catch_up` for one
article in batches of 100, wall and processor, entering the index and linking together, commits among it.
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from tasks.archive import database, keeping
from tasks.archive.tables import appearances, bands, documents, fingerprints, readings
from tasks.reading.record import Reading, document_id
from tasks.reposts import index, shingles, words
from tasks.reposts.tracing import catch_up
from worker.settings import Settings

SIZES = (1_000, 10_000, 100_000)
START = datetime(2026, 1, 1, tzinfo=UTC)
BATCH = 100
OUTLETS = 200

_CHANCE = np.random.default_rng(3)
_SYLLABLES = ("ба", "во", "гри", "де", "жу", "зо", "ка", "ле", "мно", "ни", "по", "ра", "сто", "ту", "фи", "хо", "ща")
_FORMS = ["".join(random.Random(n).choices(_SYLLABLES, k=2 + n % 3)) for n in range(50_000)]
_UP_TO = np.cumsum(1 / np.arange(2, len(_FORMS) + 2))


def article(size: int = 300) -> str:
    return " ".join(_FORMS[n] for n in np.searchsorted(_UP_TO, _CHANCE.random(size) * _UP_TO[-1])) + "."


def reading(text: str, number: int) -> Reading:
    at = START + timedelta(seconds=number)
    return Reading.model_validate(
        {
            "document": {
                "id": document_id(text), "text": text, "outlet": f"Газета {number % OUTLETS}", "received": at,
                "published": at, "url": f"https://gazeta.example/{number}",
            },
            "reader": {"version": "1"}, "language": {"code": "ru", "confidence": 1.0},
            "blocks": [{"span": (0, len(text)), "kind": "body"}],
            "sources": [{"id": "s1", "name": "Иван Петров", "kind": "person"}],
            "attributions": [
                {"id": "a1", "kind": "indirect", "content": [(0, 60)], "source": "s1", "confidence": 0.9}
            ],
            "provenance": {"own_voice": 1.0, "flags": []}, "stages": {},
        }
    )  # fmt: skip


def fill(archive: Engine, count: int) -> None:
    """So many articles with their fingerprints, a thousand at a time."""
    for left in range(count, 0, -1000):
        texts = [article() for _ in range(min(1000, left))]
        with database.writing(archive) as connection:
            numbers = [sa.select(sa.func.max(t.c.id)).scalar_subquery() for t in (appearances, readings, fingerprints)]
            _filled(connection, max(n or 0 for n in connection.execute(sa.select(*numbers)).one()), texts)
    if archive.dialect.name == "postgresql":  # which does not count on from numbers that it was given
        with database.writing(archive) as connection:
            for table in (appearances, readings, fingerprints):
                last = sa.select(sa.func.max(table.c.id)).scalar_subquery()
                connection.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(table.name, "id"), last)))
            connection.execute(sa.text("ANALYZE"))


def _filled(connection: Connection, start: int, texts: list[str]) -> None:
    rows: dict[str, list[dict[str, Any]]] = {"documents": [], "appearances": [], "readings": [], "fingerprints": []}
    entries = []
    for number, text in enumerate(texts, start + 1):
        at = START + timedelta(seconds=number)
        of = {"document": document_id(text)}
        body = reading(text, number).to_dict()
        del body["document"]["text"]
        found = words.split(text, [(0, len(text))])
        rows["documents"].append(
            {"id": of["document"], "text": text, "language": "ru", "characters": len(text), "first_received": at}
        )
        rows["appearances"].append(of | {
            "id": number, "outlet": f"Газета {number % OUTLETS}", "source": "upload", "published": at, "received": at,
            "key": of["document"], "traced_at": at,
        })  # fmt: skip
        rows["readings"].append(of | {
            "id": number, "appearance": number, "reader": "1", "body": body, "read_at": at, "own_voice": 1, "flags": [],
        })  # fmt: skip
        rows["fingerprints"].append(of | {
            "id": number, "appearance": number, "reading": number, "at": at, "words": found.hashes.tobytes(),
        })  # fmt: skip
        outlet = index.outlet_hash(f"Газета {number % OUTLETS}")
        keys = [*shingles.keys(found.hashes).tolist(), index.published_by(f"газета {number % OUTLETS}")]
        entries += [
            {"value": key, "at": index.milliseconds(at), "fingerprint": number, "outlet": outlet} for key in keys
        ]
    for table in (documents, appearances, readings, fingerprints):
        connection.execute(sa.insert(table), rows[table.name])
    connection.execute(sa.insert(bands), entries)


def measure(archive: Engine, name: str, texts: Callable[[], Iterator[str]], first: int, rounds: int = 3) -> int:
    """Tells the time of tracing a batch, the middle one of some rounds; the next article's number."""
    number, told = first, []
    for _ in range(rounds):
        with database.writing(archive) as connection:
            for text in texts():
                number += 1
                keeping.keep(connection, reading(text, number))
        started = time.perf_counter(), time.process_time()
        done = catch_up(archive)
        told.append(((time.perf_counter() - started[0]) / done * 1e3, (time.process_time() - started[1]) / done * 1e3))
    wall, cpu = sorted(told)[len(told) // 2]
    print(f"  {name:<28}{wall:>8.2f} ms{cpu:>8.2f} ms of processor", flush=True)
    return number


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="of an empty PostgreSQL database")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), archive_url=chosen.url)
        archive = database.engine(settings)
        run(archive, chosen.sizes, Path(folder) / "archive.db")
        database.close()


def run(archive: Engine, sizes: list[int], file: Path) -> None:
    held, taken = 0, 10_000_000
    viral = article()
    for size in sizes:
        fill(archive, size - held)
        held = size
        with database.reading(archive) as connection:
            some = list(connection.scalars(sa.select(documents.c.text).order_by(documents.c.id).limit(BATCH)))
        print(f"{size:,} archived", flush=True)
        taken = measure(archive, "fresh articles", lambda: (article() for _ in range(BATCH)), taken)
        taken = measure(archive, "whole copies", lambda: (f"{article(5)} {text}" for text in some), taken)  # noqa: B023
        taken = measure(
            archive, "60 words lifted into 300",
            lambda: (f"{article(120)} {' '.join(text.split()[90:150])} {article(120)}" for text in some),  # noqa: B023
            taken,
        )  # fmt: skip
        taken = measure(archive, "a text copied 1,000 times", lambda: (
            f"{viral} {article(5)}" for _ in range(BATCH)), taken, rounds=3 if held > sizes[0] else 12)  # fmt: skip
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        with database.reading(archive) as connection:
            rows = connection.scalar(sa.select(sa.func.count()).select_from(bands))
        on_disk = f", file {file.stat().st_size / 1e6:,.0f} MB" if file.exists() else ""
        print(f"  index {rows:,} rows{on_disk}, peak memory {peak:,.0f} MB", flush=True)


if __name__ == "__main__":
    main()
