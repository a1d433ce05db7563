"""`chancery schedule`: what runs when."""

from __future__ import annotations

import json
import sys
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.table import Table
from rich.text import Text

from worker import console

app = typer.Typer(no_args_is_help=True, help="What runs when, in the desk's time zone (CHANCERY_ZONE).")


@app.command("list", epilog="Examples:\n\nchancery schedule list\n\nCHANCERY_ZONE=Europe/Berlin chancery schedule list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout.")] = False,
) -> None:
    """List the entries of the schedule by when they run next: the name, how often, the last run and the next."""
    from tasks.sources.registry import Sources
    from worker import operations, producer

    chosen = console.configured()
    zone = ZoneInfo(chosen.zone)
    with operations.broker(chosen) as here, producer.connected(here) as ledger:
        sources = Sources(ledger)
        entries, now = ledger.ask(lambda: sources.plan.entries(zone)), sources.now()
        outlets = {f"source:{source.id}": source.outlet or source.address for source in sources.all()}
        fires = sources.plan.fires()
    if as_json:
        for entry in entries:
            row = {
                "name": entry.name, "task": entry.task, "args": entry.args, "when": entry.when, "zone": chosen.zone,
                "last": entry.last.astimezone(zone).isoformat(timespec="seconds") if entry.last else None,
                "next": max(entry.next, now).astimezone(zone).isoformat(timespec="seconds"),
            }  # fmt: skip
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    else:
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
        for column in ("entry", "when", "last run", f"next run ({chosen.zone})", "what"):
            table.add_column(column, no_wrap=column != "what")
        for entry in entries:
            table.add_row(
                entry.name, entry.when, f"{entry.last.astimezone(zone):%Y-%m-%d %H:%M:%S}" if entry.last else "",
                f"{max(entry.next, now).astimezone(zone):%Y-%m-%d %H:%M:%S}",
                Text(outlets.get(entry.name, entry.task)),
            )  # fmt: skip
        console.out.print(table)
    if not fires:
        console.complain("no scheduler is up: nothing runs until `chancery up` or `chancery beat` does", "warning")
