"""`chancery timeline` and `chancery shifts`: what was told of a pair by day, and when it changed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.table import Table
from rich.text import Text

from tasks.commands.days import parsed
from worker import console

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tasks.shifts.timelines import Timeline
    from worker.settings import Settings

WIDE = 18
"""Characters of the longest bar of the table, where there is room."""

SHOWN = 5
"""Statements that a shift is listed with."""

AsJson = Annotated[bool, typer.Option("--json", help="JSON on stdout.")]
Since = Annotated[str | None, typer.Option(metavar="DAY", help="From this day on, as 2026-03-01.", show_default=False)]

TIMELINE_EXAMPLES = (
    "Examples:\n\n"
    "chancery timeline KAZ GBR --by source\n\n"
    "chancery timeline Казахстан НАТО --since 2026-01-01 --svg kaz-nato.svg\n\n"
    "chancery timeline KAZ   [dim]its orientation between Russia and the West[/]"
)
SHIFTS_EXAMPLES = "Examples:\n\nchancery shifts --since 2026-03-01\n\nchancery shifts --pair 'KAZ GBR' --json"


def timeline(
    first: Annotated[str, typer.Argument(help="A state or bloc: code or name.")],
    second: Annotated[
        str | None, typer.Argument(help="Another; without it, the first's orientation between two poles.")
    ] = None,
    by: Annotated[Literal["status", "source", "type"], typer.Option(help="What the weight is split by.")] = "status",
    since: Since = None,
    until: Annotated[str | None, typer.Option(metavar="DAY", help="To this day.", show_default=False)] = None,
    step: Annotated[
        Literal["day", "week", "month"] | None, typer.Option(help="Otherwise what fits.", show_default=False)
    ] = None,
    directed: Annotated[
        bool, typer.Option("--directed", help="Only what the first does to the second, and what is mutual.")
    ] = False,
    between: Annotated[
        str, typer.Option(metavar="POLES", help="Of an orientation: RUSSIA:WEST or CHINA:WEST.")
    ] = "RUSSIA:WEST",
    as_json: AsJson = False,
    svg: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write a self-contained picture.", dir_okay=False)
    ] = None,
) -> None:
    """Show what was told of two states or blocs, day by day: cooperation, conflict, and on whose word.

    Each statement counts once by independent origin, weighed on Goldstein's scale.
    """
    from tasks.shifts import orientation, timelines
    from tasks.shifts.parties import UnknownParty, party

    try:
        one, other = party(first), party(second) if second is not None else None
    except UnknownParty as error:
        console.fail(str(error), 2)
    if one == other:
        console.fail(f"{one} is one party: give two", 2)
    days = {"since": parsed(since), "until": parsed(until)}
    if days["since"] and days["until"] and days["since"] > days["until"]:
        console.fail(f"{since} is after {until}", 2)
    if other is None and between not in orientation.balances():
        console.fail(f"{between[:40]!r} is no balance: give one of {', '.join(orientation.balances())}", 2)
    if other is None and not orientation.stands_between(one, between):
        console.fail(f"{one} does not stand between {between}: give a state that heads neither, or two parties", 2)
    with _caught_up() as (settings, connection, now):
        more: dict[str, Any] = {"by": by, "step": step, "years": settings.shift_years, "now": now, **days}
        if other is None:
            shown = timelines.of_state(connection, one, between, **more)
        else:
            shown = timelines.of_pair(connection, one, other, directed=directed, **more)
    if svg is not None:
        try:
            svg.write_text(shown.svg(), encoding="utf-8")
        except OSError as error:
            console.fail(f"{svg} can't be written: {error.strerror}")
    if as_json:
        sys.stdout.write(json.dumps(shown.to_dict(), ensure_ascii=False, indent=2) + "\n")
    else:
        _print(shown)


def shifts(
    since: Since = None,
    pair: Annotated[
        str | None, typer.Option(metavar="'A B'", help="Two states or blocs, or one and its orientation.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the shifts that were seen, the latest first, with the statements that made them.

    One that later articles or readings undid stays in the list and says so.
    """
    from tasks.shifts import asking, orientation
    from tasks.shifts.parties import UnknownParty, party
    from tasks.shifts.telling import announcement

    pairs = None
    if pair is not None:
        try:
            codes = [party(name) for name in pair.replace(",", " ").split()]
        except UnknownParty as error:
            console.fail(str(error), 2)
        if len(codes) not in {1, 2}:
            console.fail("--pair takes one or two codes: 'KAZ GBR'", 2)
        pairs = [(codes[0], codes[1])] if len(codes) == 2 else [(codes[0], b) for b in orientation.balances()]
    first = parsed(since)
    with _caught_up() as (_, connection, _now):
        found = [announcement({**row._mapping}) for row in asking.told(connection, pairs=pairs, since=first)]
    if as_json:
        for shift in found:
            sys.stdout.write(json.dumps(shift, ensure_ascii=False) + "\n")
        return
    if not found:
        console.err.print("No shift was seen.", style="dim")
    for shift in found:
        _print_shift(shift)


@contextmanager
def _caught_up() -> Iterator[tuple[Settings, Connection, datetime]]:
    """The settings, and the archive with its series brought up to what it holds."""
    from tasks.archive.database import engine, reading
    from tasks.archive.errors import ArchiveError
    from tasks.shifts.watching import catch_up

    settings, now = console.configured(), datetime.now(UTC)
    try:
        archive = engine(settings)
        if not catch_up(archive, years=settings.shift_years, now=now).complete:
            console.complain("the series are still being brought up to date: ask again in a minute", "warning")
        with reading(archive) as connection:
            yield settings, connection, now
    except ArchiveError as error:
        console.fail(str(error))


def _print(shown: Timeline) -> None:
    from tasks.shifts.telling import sentence

    console.out.print(Text(shown.title, style="bold"))
    told = [period for period in shown.periods if period.above or period.below]
    if not told:
        span = f"from {shown.periods[0].first} to {shown.periods[-1].last}"
        console.out.print(Text(f"Nothing was told of them {span}.", style="dim"))
    else:
        console.out.print(_table(shown))
        rest = len(shown.periods) - len(told)
        if rest:
            console.out.print(Text(f"{rest} {shown.step}s without any are left out.", style="dim"))
    for line in _attitudes(shown):
        console.out.print(line)
    for number, shift in enumerate(shown.shifts, 1):
        console.out.print(Text.assemble((f"▲{number} ", "bold magenta"), sentence(shift)), soft_wrap=True)
    for watch in shown.blind():
        whose = f" of {watch.actor} towards {watch.recipient}" if watch.measure == "attitude" else ""
        since = f" since {watch.verdict.since}" if watch.verdict.since else ""
        console.out.print(Text(f"Too few days{since} to see a shift of {watch.measure}{whose}.", style="yellow"))


def _table(shown: Timeline) -> Table:
    sizes = [period.total(side) for period in shown.periods for side in ("above", "below")]
    room = (console.out.width - 42 - 10 * len(shown.parts)) // 2
    scale = min(WIDE, room) / (max(sizes) or 1.0) if room > 3 else 0.0
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(shown.step, no_wrap=True)
    table.add_column("told", justify="right")
    table.add_column(shown.sides[0], justify="right", no_wrap=bool(scale))
    table.add_column(shown.sides[1], no_wrap=bool(scale))
    for part in shown.parts:
        table.add_column(part, justify="right", no_wrap=True)
    table.add_column("")
    for period in shown.periods:
        if not (period.above or period.below):
            continue
        marks = [str(n) for n, row in enumerate(shown.shifts, 1) if period.first <= row["day"] <= period.last]
        up, down = period.total("above"), period.total("below")
        table.add_row(
            str(period.first), str(period.statements),
            Text.assemble(_size(up) if up else "", (f" {'█' * round(up * scale)}".rstrip(), "blue")),
            Text.assemble((f"{'█' * round(down * scale)} ".lstrip(), "dark_orange3"), _size(down) if down else ""),
            *(_sides(period.above.get(part), period.below.get(part)) for part in shown.parts),
            Text(" ".join(f"▲{n}" for n in marks), style="bold magenta"),
        )  # fmt: skip
    return table


def _size(weight: float) -> str:
    return f"{weight:.0f}" if weight >= 10 else f"{weight:.1f}"


def _sides(up: float | None, down: float | None) -> str:
    return " ".join(f"{sign}{_size(size)}" for sign, size in (("+", up), ("−", down)) if size)


def _attitudes(shown: Timeline) -> Iterator[Text]:
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for cell in shown.attitudes:
        found = counts.setdefault((cell.actor, cell.recipient), {"positive": 0, "negative": 0})
        found[cell.type] = found.get(cell.type, 0) + cell.count
    for (holder, target), found in counts.items():
        yield Text(
            f"Attitudes of {holder} towards {target}: {found['positive']} positive, {found['negative']} negative."
        )


def _print_shift(shift: Mapping[str, Any]) -> None:
    style = "dim" if shift["state"] == "undone" else "bold"
    console.out.print(Text.assemble((shift["day"], "magenta"), "  ", (shift["summary"], style)), soft_wrap=True)
    for statement in shift["evidence"][:SHOWN]:
        who = statement["source"] or statement["outlet"] or "the article itself"
        unnamed = ", anonymous" if statement["anonymous"] else ""
        line = Text.assemble(
            f"    {statement['day']}  {statement['type']} {statement['status']}  «{statement['text']}»  ",
            (f"{who} ({statement['source_kind']}{unnamed})", "dim"),
        )
        console.out.print(line, soft_wrap=True)
    rest = len(shift["evidence"]) - SHOWN
    if rest > 0:
        console.out.print(Text(f"    and {rest} more: --json shows all", style="dim"))
