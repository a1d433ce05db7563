"""`chancery`: articles in, readings out, and the commands that run and watch a deployment."""

from __future__ import annotations

import contextlib
import importlib.metadata
import io
import json
import platform
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tasks.archive.errors import ArchiveError
from tasks.commands import archive, demo, digest, reposts, schedule, source, subscribe, timeline
from tasks.commands.submit import submit
from worker import console, embedded, operations, producer
from worker.jobs import Job, Outcome
from worker.ledger import BrokerUnavailable, Ledger, QueueFull
from worker.settings import Settings

AHEAD = 256
"""Articles submitted before the first of them is printed: enough to keep every reader busy."""

app = typer.Typer(
    name="chancery",
    help="Reads the news for signs of shifting alliances, and says who said so.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
operations.add_to(app)
archive.add_to(app)
app.add_typer(source.app, name="source")
app.add_typer(schedule.app, name="schedule")
app.add_typer(subscribe.app, name="subscribe")
app.command(epilog=reposts.EXAMPLES)(reposts.reposts)
app.command(epilog=timeline.TIMELINE_EXAMPLES)(timeline.timeline)
app.command(epilog=timeline.SHIFTS_EXAMPLES)(timeline.shifts)
app.command(epilog=digest.EXAMPLES)(digest.digest)
app.command(epilog=demo.EXAMPLES)(demo.demo)

Inputs = Annotated[
    list[str] | None,
    typer.Argument(
        help="Files (text or HTML, either gzipped), folders, URLs, or - for standard input.", show_default=False
    ),
]


def _version(wanted: bool) -> None:
    if wanted:
        console.out.print(f"chancery {importlib.metadata.version('chancery')}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """Reads the news for signs of shifting alliances, and says who said so."""


@app.command(
    epilog="Examples:\n\n"
    "chancery read   [dim]the sample article that ships with it[/]\n\n"
    "chancery read article.txt page.html.gz folder/\n\n"
    "curl -s https://example.org/story | chancery read -\n\n"
    "chancery read --json folder/ > readings.jsonl"
)
def read(
    inputs: Inputs = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One reading a line on stdout, in the order of the inputs.")
    ] = False,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write one self-contained annotated page.", dir_okay=False)
    ] = None,
    svg: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write the summary as a picture.", dir_okay=False)
    ] = None,
) -> None:
    """Read articles: through the queue, by the workers of this data directory, started if none run.

    Exits with 0 only if every input has a reading; one that has none says why on stderr.
    """
    from tasks.inputs import gather

    settings = console.configured()
    shown = [console.out]
    if svg is not None:
        shown.append(Console(highlight=False, record=True, width=110, force_terminal=True, file=io.StringIO()))
    readings: list[dict[str, Any]] = []
    failed = 0
    try:
        with (
            console.interruptible(),
            _broker(settings) as here,
            producer.connected(here) as ledger,
            _progress() as tick,
        ):
            for name, outcome in _outcomes(gather(inputs or ()), ledger, tick):
                if isinstance(outcome, str) or outcome.reading is None:
                    failed += 1
                    console.complain(outcome if isinstance(outcome, str) else _why(outcome), name)
                    continue
                if html is not None:
                    readings.append(outcome.reading)
                _print(outcome.reading, name, as_json, shown)
    except console.Interrupted as stop:
        console.complain("interrupted: what was queued is cancelled")
        raise typer.Exit(128 + stop.number) from None
    if svg is not None:
        _write(svg, shown[-1].export_svg(title="chancery read", code_format=SVG))
    if html is not None:
        from tasks.page import render as page
        from tasks.reading.record import Reading

        _write(html, page([Reading.model_validate(reading) for reading in readings]))
    if failed:
        raise typer.Exit(1)


@contextlib.contextmanager
def _broker(settings: Settings) -> Iterator[Settings]:
    """The settings of a broker with workers behind it: the one that is set, or this data directory's own."""
    if settings.broker_url is None:
        with embedded.session(settings) as session:
            yield session.settings
        return
    ledger = Ledger(settings)
    if not ledger.workers():
        console.complain("no worker is up yet: start one with `chancery worker --queue read`", "warning")
    ledger.client.close()
    yield settings


@contextlib.contextmanager
def _progress() -> Iterator[Any]:
    """Called with what is done and what is known to be coming; draws on a terminal only."""
    if not console.err.is_terminal:
        yield lambda _done, _total: None
        return
    columns = (TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console.err, transient=True) as bar:
        task = bar.add_task("reading", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _outcomes(inputs: Iterator[Any], ledger: Ledger, tick: Any) -> Iterator[tuple[str, Outcome | str]]:
    """Each input's name with its outcome, or with why it never became a job; in order, `AHEAD` of them on their way."""
    ahead: deque[tuple[str, str | None, str | None]] = deque()
    submitted = done = 0
    exhausted = False
    try:
        while True:
            while not exhausted and len(ahead) < AHEAD:
                item = next(inputs, None)
                if item is None:
                    exhausted = True
                    break
                if item.note:
                    console.complain(item.note, item.name)
                    continue
                submitted += 1
                if item.article is None:
                    ahead.append((item.name, None, item.error))
                else:
                    job = Job(article=item.article, source="command line", priority="interactive")
                    # In the list before it is accepted: an interruption between the two must find it there to cancel.
                    ahead.append((item.name, job.id, None))
                    ledger.accept([job])
                tick(done, submitted)
            if not ahead:
                return
            name, job_id, error = ahead[0]
            outcome = error or producer.result(job_id or "")
            ahead.popleft()
            done += 1
            tick(done, submitted)
            yield name, outcome
    finally:
        open_jobs = [job_id for _, job_id, _ in ahead if job_id]
        if open_jobs:
            with contextlib.suppress(BrokerUnavailable, QueueFull):
                ledger.cancel(open_jobs)


def _why(outcome: Outcome) -> str:
    return outcome.message or outcome.code or outcome.state


def _print(reading: dict[str, Any], name: str, as_json: bool, shown: list[Console]) -> None:
    if as_json:
        sys.stdout.write(json.dumps(reading, ensure_ascii=False, separators=(",", ":")) + "\n")
        sys.stdout.flush()
        return
    from tasks.reading.record import Reading
    from tasks.summary import render

    summary = render(Reading.model_validate(reading), name)
    for each in shown:
        each.print(summary)
        each.print()


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        console.fail(f"{path} can't be written: {error.strerror}")


app.command(
    epilog="Examples:\n\n"
    "chancery submit folder/ --source wire\n\n"
    "chancery submit archive.jsonl.gz pages.tar table.csv\n\n"
    "chancery submit https://example.org/story | chancery wait -"
)(submit)


@app.command(epilog="Example: chancery schema reading > reading.schema.json")
def schema(
    what: Annotated[
        str,
        typer.Argument(help="reading, or one of what upstream services need: job, outcome, events, told, asyncapi."),
    ] = "reading",
) -> None:
    """Print a JSON Schema, or the AsyncAPI description, generated from the models."""
    from tasks.deliveries.told import EVENT
    from tasks.reading.record import Reading
    from worker import contract

    documents = contract.documents(Reading.model_json_schema(), EVENT.json_schema())
    if what not in documents:
        console.fail(f"no schema is called {what}: there are {', '.join(documents)}", 2)
    sys.stdout.write(json.dumps(documents[what], ensure_ascii=False, indent=2) + "\n")


@app.command(
    epilog="Examples:\n\nchancery verify readings.jsonl\n\nchancery read --json article.txt | chancery verify -"
)
def verify(
    readings: Annotated[
        list[str], typer.Argument(metavar="READING.json...", help="Readings, one a line or one a file; - for stdin.")
    ],
) -> None:
    """Check every span, text and hash of readings against their own documents.

    Exits with 0 only if all of it holds; what does not is named on stdout.
    """
    from tasks.inputs import stored_readings
    from tasks.reading.verify import problems

    failed = checked = 0
    for name, reading in stored_readings(readings):
        wrong = [reading] if isinstance(reading, str) else problems(reading)
        checked += 1
        failed += bool(wrong)
        for problem in wrong:
            sys.stdout.write(f"{name}: {problem}\n")
    if failed or not checked:
        console.complain(f"{failed} of {checked} readings do not hold" if checked else "there is no reading in it")
        raise typer.Exit(1)
    console.out.print(f"{checked} {'reading holds' if checked == 1 else 'readings hold'}")


@app.command(epilog="Example: chancery doctor   (0: all is sound; 1: a line that begins with MEND says what is not)")
def doctor() -> None:
    """Check the broker, the workers, the archive, the models and the versions, and say what to mend."""
    settings = console.configured()
    sound = True
    for name, check in (
        ("versions", _check_versions),
        ("data", _check_data),
        ("broker", _check_broker),
        ("archive", _check_archive),
        ("models", _check_models),
    ):
        try:
            verdict, good = check(settings), True
        except Exception as error:
            # Whatever is wrong with this machine is what the doctor is asked for.
            verdict, good = str(error) or type(error).__name__, False
        sound &= good
        console.out.print(
            f"[{'green' if good else 'bold red'}]{'ok  ' if good else 'MEND'}[/] {name:<9}{verdict}", soft_wrap=True
        )
    if not sound:
        raise typer.Exit(1)


def _check_versions(_: Settings) -> str:
    names = ("chancery", "celery", "kombu", "redis", "pydantic")
    return f"Python {platform.python_version()}, " + ", ".join(f"{n} {importlib.metadata.version(n)}" for n in names)


def _check_data(settings: Settings) -> str:
    embedded.Places(settings.data_dir).prepare()
    return f"{settings.data_dir} can be written to"


def _check_broker(settings: Settings) -> str:
    here = settings if settings.broker_url else embedded.running(settings)
    if here is None:
        with embedded.session(settings):
            return "the embedded one starts; no deployment is running in this data directory"
    return operations.check_broker(here)


def _check_archive(settings: Settings) -> str:
    from tasks.archive.checking import check

    return check(settings)


def _check_models(_: Settings) -> str:
    from tasks.reading import reader

    reader.warm()
    return (
        ", ".join(f"{role} {name}" for role, name in reader.READER.models.items())
        + f", gazetteer {reader.READER.gazetteer}"
    )


SVG = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<title>The summary that chancery read prints</title>
<style>
.{unique_id}-matrix {{ font-family: Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: {char_height}px;
line-height: {line_height}px; font-variant-east-asian: full-width; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}<g class="{unique_id}-matrix">{matrix}</g></g>
</svg>
"""
"""rich's picture of a terminal, less the fonts that it would fetch from the network."""


def main() -> None:
    """The entry point: what is expected to go wrong ends in one line, never in a traceback."""
    try:
        app()
    except (*console.EXPECTED, embedded.EmbeddedError, ArchiveError) as error:
        console.complain(str(error))
        sys.exit(1)
    except BrokenPipeError:
        # The reader of our output has gone, as `head` does: there is nobody to tell.
        sys.stderr.close()
        sys.exit(141)


if __name__ == "__main__":
    main()
