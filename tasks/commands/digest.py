"""`chancery digest`: what a day's articles told, as text, Markdown, JSON or a page."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from tasks.commands.days import parsed
from worker import console

EXAMPLES = (
    "Examples:\n\n"
    "chancery digest   [dim]of the last day that the archive has an article of[/]\n\n"
    "chancery digest --day 2026-03-12 --html digest.html\n\n"
    "chancery digest --days 7 --pairs 'KAZ GBR' --markdown"
)


def digest(
    day: Annotated[
        str | None, typer.Option(metavar="DAY", help="The last of its days, as 2026-03-12.", show_default=False)
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days up to it.")] = 1,
    pairs: Annotated[
        list[str] | None, typer.Option(metavar="'A B'", help="Only articles that tell of them. May be given again.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write one self-contained page.", dir_okay=False)
    ] = None,
    text: Annotated[bool, typer.Option("--text", help="Plain text on stdout; so it is without another form.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Markdown on stdout.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on stdout.")] = False,
    tell: Annotated[
        bool, typer.Option("--tell", help="Also keep it and tell subscribers, as the schedule does.")
    ] = False,
) -> None:
    """Tell what the articles of some days told: shifts, pairs, reposts, whose word it was, corrections."""
    from tasks.archive.database import engine, reading
    from tasks.archive.errors import ArchiveError
    from tasks.digests import keeping, page, plain
    from tasks.shifts.parties import UnknownParty, party

    if text + markdown + as_json > 1:
        console.fail("give one of --text, --markdown and --json", 2)
    settings, now = console.configured(), datetime.now(UTC)
    try:
        only = [_pair([party(name) for name in each.replace(",", " ").split()], each) for each in pairs or ()]
    except UnknownParty as error:
        console.fail(str(error), 2)
    last = parsed(day)
    try:
        archive = engine(settings)
        if not keeping.caught_up(archive, settings.shift_years, now, 60.0):
            console.complain("the archive is still being brought up to date: this tells what is counted", "warning")
        if last is None:
            with reading(archive) as connection:
                last = keeping.last_day(connection, settings.zone)
        if last is None:
            console.fail("the archive holds no article yet: `chancery submit`, or add a source")
        found = keeping.make(archive, last - timedelta(days=days - 1), last, settings.zone, only=only)
        if tell:
            keeping.tell(archive, found, now)
    except ArchiveError as error:
        console.fail(str(error))
    if html is not None:
        try:
            html.write_text(page.render(found), encoding="utf-8")
        except OSError as error:
            console.fail(f"{html} can't be written: {error.strerror}")
    if as_json:
        sys.stdout.write(found.model_dump_json(indent=2) + "\n")
    elif markdown:
        sys.stdout.write(plain.markdown(found))
    elif text or html is None:
        sys.stdout.write(plain.text(found))


def _pair(parties: list[str], given: str) -> tuple[str, str]:
    if len(parties) != 2 or parties[0] == parties[1]:
        console.fail(f"{given[:80]!r} is no pair: give two states or blocs, as in 'KAZ GBR'", 2)
    return parties[0], parties[1]
