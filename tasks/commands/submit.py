"""`chancery submit`: articles onto the queue, one or millions."""

from __future__ import annotations

import importlib.metadata
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from worker import console, operations, producer
from worker.jobs import Article, Job, Record, id_of_event
from worker.ledger import Ledger, QueueFull

BATCH = 100
"""Articles accepted in one step."""
PATIENCE = 2.0
"""Seconds between looks at a queue that was full."""


def submit(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            help="Files, folders, URLs, or - for standard input. A file may be an article (text or HTML), JSON lines, "
            "CSV, ninjs, NewsML-G2, WARC, tar or zip, each also gzipped.",
            show_default=False,
        ),
    ] = None,
    source: Annotated[str, typer.Option(help="Who sends them; bulk jobs take turns by source.")] = "command line",
    interactive: Annotated[bool, typer.Option("--interactive", help="Go before bulk jobs.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Also what was submitted before.")] = False,
) -> None:
    """Put articles on the queue and print their job ids, one a line, in the order of the inputs.

    The same article from the same source is the same job, so a submission that was broken off is resumed by the same
    command: what was taken before is told as known. A full queue is waited for. Exits with 0 only if every input was
    accepted, now or before.
    """
    from tasks.inputs import gather
    from tasks.inputs.files import size

    names = inputs or []
    counts: Counter[str] = Counter()
    wanted = "interactive" if interactive else "bulk"
    try:
        with (
            console.interruptible(),
            operations.broker(console.configured()) as here,
            producer.connected(here) as ledger,
            _progress(size(names) if names else None, counts) as read,
        ):
            batch: list[Job] = []
            for item in gather(names, read):
                if item.article is not None:
                    job_id = _job_id(item.article, source, again)
                    batch.append(Job.model_validate(
                        {"id": job_id, "article": item.article, "source": source, "priority": wanted}
                    ))  # fmt: skip
                elif item.note:
                    console.complain(item.note, item.name)
                else:
                    counts["rejected"] += 1
                    console.complain(item.error or "it holds no article", item.name)
                # What came slowly goes at once; what stands in files goes together.
                if len(batch) >= BATCH or (item.article is not None and item.name.startswith("standard input")):
                    _accept(ledger, batch, counts)
                    batch = []
            _accept(ledger, batch, counts)
    except console.Interrupted as stop:
        console.complain(f"interrupted: {_told(counts)}; the same command goes on from there")
        raise typer.Exit(128 + stop.number) from None
    if counts.total() > 1 or console.err.is_terminal:
        console.err.print(_told(counts))
    if counts["rejected"] or counts["failed before"]:
        raise typer.Exit(1)


def _told(counts: Counter[str]) -> str:
    words = ("taken", "known already", "failed before", "rejected")
    return ", ".join(f"{counts[word]:,} {word}" for word in words if counts[word] or word == "taken")


def _job_id(article: Article, source: str, again: bool) -> str:
    """By what is read, by whom it is sent and by which reader; a page that has yet to be fetched, by day."""
    if again:
        return Job(article=article).id
    salt = importlib.metadata.version("chancery")
    if article.text is None and article.html is None:
        salt = f"{datetime.now(UTC):%Y-%m-%d}"
    return id_of_event(source, sha256(f"{salt}\0{article.model_dump_json(exclude_none=True)}".encode()).hexdigest())


def _accept(ledger: Ledger, jobs: list[Job], counts: Counter[str]) -> None:
    """Take in what the ledger does not know, and print every job's id."""
    fresh: list[Job] = []
    ids: list[str] = []
    for job, known in zip(jobs, ledger.records([job.id for job in jobs]), strict=True):
        if known is not None and known.state == "cancelled":
            job, known = _after(ledger, job)
        ids.append(job.id)
        if known is None:
            fresh.append(job)
        elif known.state in ("rejected", "quarantined"):
            counts["failed before"] += 1
            mend = "chancery quarantine replay runs it again" if known.state == "quarantined" else "mend it"
            console.complain(f"{known.state} before ({known.message or known.code}): {mend}", job.id)
        else:
            counts["known already"] += 1
    while True:
        try:
            with console.undisturbed():
                ledger.accept(fresh)
                counts["taken"] += len(fresh)
                sys.stdout.writelines(f"{job_id}\n" for job_id in ids)
            sys.stdout.flush()
            return
        except QueueFull:
            time.sleep(PATIENCE)


def _after(ledger: Ledger, job: Job) -> tuple[Job, Record | None]:
    """The job in place of one that was cancelled: the first of its line that was not."""
    known = ledger.record(job.id)
    while known is not None and known.state == "cancelled":
        job = job.model_copy(update={"id": id_of_event(job.source, job.id)})
        known = ledger.record(job.id)
    return job, known


@contextmanager
def _progress(total: int | None, counts: Counter[str]) -> Iterator[Callable[[int], None]]:
    """Called with the bytes that were read; draws on a terminal only."""
    if not console.err.is_terminal:
        yield lambda _: None
        return
    columns: Iterable[TextColumn | BarColumn | TaskProgressColumn | TimeRemainingColumn] = (
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console.err, transient=True) as bar:
        task = bar.add_task("submitting", total=total)
        yield lambda more: bar.update(task, advance=more, description=_told(counts))
