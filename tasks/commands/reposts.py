"""`chancery reposts`: who copied what from whom, and what they changed."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, time
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from tasks.commands.days import parsed
from worker import console

EXAMPLES = (
    "Examples:\n\n"
    "chancery reposts --since 2026-03-01\n\n"
    "chancery reposts https://example.org/story   [dim]where it comes from, and who has it from there[/]\n\n"
    "chancery reposts --json | jq 'select(.stripped)'"
)


def reposts(
    document: Annotated[
        str | None,
        typer.Argument(
            metavar="DOCUMENT|URL", help="Of this article alone: all that goes back to its origin.", show_default=False
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM-DD", help="Copies since this day.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout.")] = False,
) -> None:
    """Show reposts, whole and in part, each with its earliest known origin and what it changed."""
    from tasks.archive.database import engine, reading
    from tasks.archive.errors import ArchiveError
    from tasks.reposts import asking, tracing
    from tasks.web.urls import NoURL, canonical

    try:
        wanted = document and (document if document.startswith("sha256:") else canonical(document))
    except NoURL:
        console.fail(f"{document} is no article of the archive: give a URL or an id (sha256:…)", 2)
    day = parsed(since)
    first = datetime.combine(day, time(), UTC) if day else None
    try:
        archive = engine(console.configured())
        tracing.catch_up(archive)
        with reading(archive) as connection:
            found = asking.spread(connection, wanted, first) if wanted else asking.recent(connection, first)
    except ArchiveError as error:
        console.fail(str(error))
    if found is None:
        console.fail(f"the archive has no article {document}: give its URL or its id (sha256:…)")
    if as_json:
        for repost in found:
            sys.stdout.write(json.dumps(repost, ensure_ascii=False) + "\n")
    elif found:
        console.out.print(_table(found))
    else:
        console.err.print("No repost was found.", style="dim")


def _table(found: list[dict[str, Any]]) -> Table:
    table = Table("copied", "by", "from", "kind", "shared", "what it changed", box=None, pad_edge=False)
    table.columns[4].justify = "right"
    for repost in found:
        copy, origin = repost["copy"], repost["origin"]
        at = datetime.fromisoformat(copy["at"]).strftime("%Y-%m-%d %H:%M")
        table.add_row(
            at, _place(copy), _place(origin), repost["kind"], f"{repost['shared']:.0%}", _changed(repost["changes"])
        )
    return table


def _place(appearance: dict[str, Any]) -> Text:
    # As Text, for what comes from articles may hold brackets that rich would take for markup.
    return Text(appearance["outlet"] or appearance["url"] or appearance["document"][:19] + "…")


def _changed(changes: dict[str, Any]) -> Text:
    """A line for each source that is gone, for the headline, for names and numbers; the rest is counted."""
    lines = [
        Text.assemble(
            ("source gone: ", "bold red"), each["source"], " → ", each["said_by"] or "its own voice"
        )
        for each in changes.get("stripped", [])
    ]  # fmt: skip
    if changes.get("headline"):
        lines.append(Text.assemble(("headline: ", "dim"), changes["headline"]["was"], " → ", changes["headline"]["is"]))
    replaced = changes.get("replaced", [])
    told = [each for each in replaced if each["what"] != "words"][:3]
    lines += [Text.assemble((f"{each['what']}: ", "dim"), each["was"], " → ", each["is"]) for each in told]
    counts = {
        "replaced": len(replaced) - len(told), "added": len(changes.get("added", [])),
        "dropped": len(changes.get("dropped", [])), "more": changes.get("more", 0),
    }  # fmt: skip
    if any(counts.values()):
        lines.append(Text(", ".join(f"{count} {what}" for what, count in counts.items() if count), "dim"))
    return Text("\n").join(lines)
