"""`chancery search`, `export` and `reread`: what the archive holds, found, taken elsewhere, read again."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from tasks.commands.days import parsed
from worker import console

if TYPE_CHECKING:
    from tasks.archive.comparing import Changes
    from tasks.archive.searching import Hit

Day = Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout.")]
Pair = Annotated[tuple[str, str] | None, typer.Option(metavar="KAZ GBR", help="About these two, in either direction.")]

EXAMPLES = {
    "search": "Examples:\n\n"
    "chancery search военное соглашение\n\n"
    "chancery search '«военное соглашение» -учения' --since 2026-11-01 --actor KAZ\n\n"
    "chancery search союзник --statements --source 'Вечерний вестовой' --json",
    "export": "Examples:\n\n"
    "chancery export readings --format jsonl --since 2026-11-01 > readings.jsonl\n\n"
    "chancery export events --format parquet --pair KAZ GBR > events.parquet\n\n"
    "chancery export attributions --format ftm > attributions.ftm.json",
    "reread": "Examples:\n\nchancery reread --since 2026-11-01\n\nchancery reread --all --processes 4 --json",
}


def add_to(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    for function in (search, export, reread):
        app.command(epilog=EXAMPLES[function.__name__])(function)


def search(
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="WORDS...", help='Words, in any form. "Beside each other" in quotes; -without; OR between.'
        ),
    ],
    statements: Annotated[bool, typer.Option("--statements", help="Search what is said, not whole articles.")] = False,
    source: Annotated[str | None, typer.Option(help="Said by one of this name, or a name with this in it.")] = None,
    actor: Annotated[str | None, typer.Option(help="That speaks of this state or bloc: KAZ, NATO.")] = None,
    since: Day = None,
    until: Day = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Search the archive, what was read last first.

    Exits with 1 if nothing is found.
    """
    from tasks.archive import database, searching

    within = searching.Within(source, actor, parsed(since), parsed(until))
    try:
        with database.reading(database.engine(console.configured())) as connection:
            hits = list(searching.search(connection, " ".join(query), statements=statements, within=within,
                                         limit=limit))  # fmt: skip
    except searching.QueryError as error:
        console.fail(str(error), 2)
    for hit in hits:
        if as_json:
            sys.stdout.write(json.dumps(hit.to_dict(), ensure_ascii=False) + "\n")
        else:
            console.out.print(_shown(hit))
    if not hits:
        console.fail("nothing is found")


def export(
    what: Annotated[
        str,
        typer.Argument(metavar="WHAT", help="readings, attributions, events, attitudes, sources or reposts."),
    ],
    form: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="jsonl, csv, parquet or ftm (FollowTheMoney).")
    ] = "jsonl",
    since: Day = None,
    until: Day = None,
    pair: Pair = None,
) -> None:
    """Write what the archive holds to stdout: the latest reading of every text, and what belongs to it."""
    from tasks.archive import database, exporting, formats

    kind = next((kind for kind in exporting.KINDS if kind == what), None)
    chosen_form = next((known for known in formats.FORMATS if known == form), None)
    if kind is None:
        console.fail(f"no export is called {what}: there are {', '.join(exporting.KINDS)}", 2)
    if chosen_form is None:
        console.fail(f"no format is called {form}: there are {', '.join(formats.FORMATS)}", 2)
    if chosen_form == "parquet" and sys.stdout.isatty():
        console.fail("Parquet is not for a terminal: add > file.parquet", 2)
    chosen = exporting.Chosen(parsed(since), parsed(until), pair)
    with database.reading(database.engine(console.configured())) as connection:
        total = exporting.count(connection, kind, chosen) if console.err.is_terminal else None
        with _progress("exporting", total) as tick:
            rows = _counted(exporting.rows(connection, kind, chosen), tick)
            formats.write(rows, kind, chosen_form, sys.stdout.buffer)
    sys.stdout.buffer.flush()


def reread(
    since: Day = None,
    everything: Annotated[bool, typer.Option("--all", help="Every text that is kept.")] = False,
    processes: Annotated[
        int | None, typer.Option(min=1, help="That read at a time.", show_default="CHANCERY_READ_PROCESSES")
    ] = None,
    tell: Annotated[bool, typer.Option("--tell", help="Announce the new readings to subscribers.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read kept texts again with the present reader, and report what changed and which alerts no longer hold.

    The new readings are kept beside the old. Texts that this reader has read are left out, so what was broken off goes
    on where it was.
    """
    if (since is None) != everything:
        console.fail("say which texts: --since YYYY-MM-DD, or --all", 2)
    from tasks.archive import database, rereading
    from tasks.shifts import telling

    settings = console.configured()
    archive = database.engine(settings)
    try:
        with console.interruptible(), _progress("reading again", rereading.due(archive, parsed(since))) as tick:
            changes = rereading.reread(
                archive, since=parsed(since), processes=processes or settings.read_processes, tell=tell, tick=tick
            )
            undone = _alerts_undone(archive, settings.shift_years)
    except console.Interrupted as stop:
        console.complain("interrupted: what was read is kept; the same command goes on with the rest")
        raise typer.Exit(128 + stop.number) from None
    sentences = [telling.sentence(row) for row in undone]
    if as_json:
        alerts = [{"key": row["key"], "summary": sentence} for row, sentence in zip(undone, sentences, strict=True)]
        sys.stdout.write(json.dumps(changes.to_dict() | {"alerts_undone": alerts}, ensure_ascii=False) + "\n")
        return
    _report(changes, console.out)
    for sentence in sentences:
        console.out.print(Text(sentence, style="bold yellow"))
    if not sentences:
        console.out.print("Every alert that was told still holds.")


def _alerts_undone(archive: Any, years: float) -> list[dict[str, Any]]:
    """The alerts that held before, and do not after the series are counted anew."""
    from tasks.archive import database
    from tasks.shifts import asking, watching

    with database.reading(archive) as connection:
        held = {row.key for row in asking.told(connection, undone=False)}
    while not watching.catch_up(archive, years=years).complete:
        pass
    with database.reading(archive) as connection:
        return [dict(row._mapping) for row in asking.told(connection) if row.undone is not None and row.key in held]


def _shown(hit: Hit) -> Text:
    when = hit.published or hit.received
    head = Text.assemble((when.astimezone(UTC).date().isoformat(), "cyan"), "  ")
    for part, style in ((hit.outlet, "bold"), (hit.title, "bold")):
        if part:
            head.append(part + "  ", style=style)
    head.append(hit.url or hit.document, style="dim")
    snippet = Text(hit.snippet)
    for start, end in hit.marks:
        snippet.stylize("bold green", start, end)
    if hit.attribution:
        who = hit.source or "nobody named"
        snippet = Text.assemble((who, "magenta"), " (anonymous)" if hit.anonymous else "", ": ", snippet)
    return Text.assemble(head, "\n", snippet, "\n")


def _report(changes: Changes, out: Console) -> None:
    out.print(f"{changes.texts:,} {'text' if changes.texts == 1 else 'texts'} read again, "
              f"{changes.changed:,} of them otherwise.")  # fmt: skip
    if not changes.changed:
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("", "added", "removed", "changed"):
        table.add_column(name, justify="left" if not name else "right")
    from tasks.archive.comparing import PARTS

    for part in PARTS:
        table.add_row(part, *(f"{count[part]:,}" for count in (changes.added, changes.removed, changes.altered)))
    out.print(table)
    for part, examples in changes.examples.items():
        for example in examples:
            out.print(
                Text.assemble(
                    (f"{part}  ", "bold"), (f"{example.outlet}  " if example.outlet else "", "dim"),
                    f"«{example.words}»\n    ", (example.before or "was not there", "red"), " → ",
                    (example.after or "is gone", "green"),
                )
            )  # fmt: skip


def _counted(rows: Iterator[Any], tick: Callable[[int], None]) -> Iterator[Any]:
    for number, row in enumerate(rows, 1):
        yield row
        if number % 100 == 0:
            tick(100)


@contextmanager
def _progress(name: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Called with how many more are done; draws on a terminal only."""
    if not console.err.is_terminal:
        yield lambda _: None
        return
    columns = (TextColumn(name), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console.err, transient=True) as bar:
        task = bar.add_task(name, total=total)
        yield lambda more: bar.advance(task, more)
