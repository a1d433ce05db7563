"""`chancery source`: where articles come from, looked at on a schedule."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from rich.text import Text

from worker import console

if TYPE_CHECKING:
    from tasks.sources.registry import Sources, State
    from tasks.sources.source import Source

Name = Annotated[str, typer.Argument(metavar="SOURCE", help="Its id, the beginning of that, its address or outlet.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout.")]
Kind = Annotated[str, typer.Option(help="auto, feed, page, telegram, telegram-export or folder.")]
Outlet = Annotated[str | None, typer.Option(help="Name of the outlet; without it, what the source calls itself.")]
OutletKind = Annotated[str | None, typer.Option(help="In your words: agency, ministry, blog …")]
Limit = Annotated[int | None, typer.Option(min=1, help="Items that one poll takes at most; the next one goes on.")]

app = typer.Typer(
    no_args_is_help=True, help="Where articles come from: feeds, pages, channels, exports, folders on a schedule."
)

EXAMPLES = (
    "Examples:\n\n"
    "chancery source add https://news.example/rss.xml --outlet Вестник --interval 10m\n\n"
    "chancery source add https://news.example/politics --kind page\n\n"
    "chancery source add @channel --priority interactive\n\n"
    "chancery source add ~/Downloads/Telegram/result.json\n\n"
    "chancery source add /srv/articles --kind folder --interval 1m"
)


@contextmanager
def _sources() -> Iterator[Sources]:
    from tasks.sources.registry import Sources
    from tasks.sources.source import NoSource
    from worker import operations, producer

    with operations.broker(console.configured()) as here, producer.connected(here) as ledger:
        try:
            yield Sources(ledger)
        except NoSource as error:
            console.fail(str(error))


def seconds(text: str) -> int:
    """Of an interval: 90, 90s, 15m, 2h, 1d. Raises typer.BadParameter."""
    units = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
    number, unit = (text[:-1], text[-1]) if text[-1:] in units else (text, "s")
    from tasks.sources.source import LONGEST, SHORTEST

    if not number.isdecimal() or not SHORTEST <= int(number) * units[unit] <= LONGEST:
        raise typer.BadParameter(f"{text!r}: give seconds, or 15m, 2h, 1d; from 1m to 7d")
    return int(number) * units[unit]


Interval = Annotated[
    str | None, typer.Option(help="Between polls: 90s, 15m, 2h, 1d. 15m where nothing is said.", show_default=False)
]


@app.command(epilog=EXAMPLES)
def add(
    address: Annotated[str, typer.Argument(metavar="URL|PATH", help="A URL, a Telegram channel (@name), or a path.")],
    kind: Kind = "auto",
    outlet: Outlet = None,
    outlet_kind: OutletKind = None,
    interval: Interval = None,
    priority: Annotated[str, typer.Option(help="bulk, or interactive: its articles go before others.")] = "bulk",
    limit: Limit = None,
) -> None:
    """Add a source, or change the one of this address; print its id. It is polled at once, and then on schedule."""
    options = {
        "outlet": outlet, "outlet_kind": outlet_kind, "priority": priority, "limit": limit,
        "interval": seconds(interval) if interval else None,
    }  # fmt: skip
    with _sources() as sources:
        source = _made(address, kind, options)
        known = sources.get(source.id)
        if known is not None:
            source = source.model_copy(update={"added": known.added, "paused": known.paused})
        sources.put(source, at_once=True)
        _warn(sources)
        sys.stdout.write(source.id + "\n")


def _made(address: str, kind: str, options: dict[str, Any]) -> Source:
    from pydantic import ValidationError

    from tasks.sources.source import KINDS, make

    if kind not in KINDS:
        console.fail(f"no kind of source is called {kind}: there are {', '.join(KINDS)}", 2)
    try:
        return make(address, cast(Any, kind), datetime.now(UTC), **options)
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        console.fail(f"{'.'.join(map(str, wrong['loc']))} {str(wrong.get('input'))[:80]!r}: {wrong['msg']}", 2)


def _warn(sources: Sources) -> None:
    if not sources.plan.fires():
        console.complain("no scheduler is up: sources are polled once `chancery up` or `chancery beat` runs", "warning")


@app.command("list", epilog="Examples:\n\nchancery source list\n\nchancery source list --json | jq -r .address")
def list_(as_json: AsJson = False) -> None:
    """List the sources: how each stands, what it brought, when it is polled next, and what is wrong."""
    with _sources() as sources:
        every = sources.all()
        states = sources.states([source.id for source in every])
        alarms, planned = sources.alarms(), _planned(sources)
        now = sources.now()
        rows = [
            _row(source, state, alarms.get(source.id, {}), planned, now)
            for source, state in zip(every, states, strict=True)
        ]
    if as_json:
        for row in rows:
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        return
    console.out.print(f"{'source':<12}{'state':<9}{'kind':<10}{'items':>7}  {'last item':<10}{'next':<8}", style="dim")
    for row in rows:
        _print_row(row, now)
    with _sources() as sources:
        _warn(sources)


def _print_row(row: dict[str, Any], now: datetime) -> None:
    last, following = console.age(_time(row["newest"])), _until(_time(row["next"]), now)
    line = Text(f"{row['id']:<12}").append(f"{row['state']:<9}", style=STYLES.get(row["state"], "default"))
    line.append(f"{row['kind'].removeprefix('telegram-'):<10}{row['submitted']:>7}  {last:<10}{following:<8}")
    line.append(f"{row['outlet'] or ''}\n{'':12}").append(row["address"], style="dim")
    wrong = [f"{kind}: {each['why']}" for kind, each in row["alarms"].items()]
    for why in wrong or filter(None, [row["error"]]):
        line.append(f"\n{'':12}").append(why, style="yellow")
    console.out.print(line, soft_wrap=True)


STYLES = {"ok": "green", "failing": "bold red", "silent": "yellow", "layout": "yellow", "paused": "dim"}


def _planned(sources: Sources) -> dict[str, datetime]:
    return {entry.args[0]: entry.next for entry in sources.plan.entries() if entry.task == "tasks.poll"}


def _row(
    source: Source, state: State, alarms: dict[str, str], planned: dict[str, datetime], now: datetime
) -> dict[str, Any]:
    due = planned.get(source.id)
    if due is not None and state.resting is not None:
        due = max(due, state.resting)
    if source.paused:
        word = "paused"
    elif state.failures:
        word = "failing"
    elif alarms:
        word = next(iter(sorted(alarms, reverse=True)))
    else:
        word = "ok" if state.polled else "new"
    return {
        "id": source.id, "state": word, "kind": state.read_as or source.kind, "address": source.address,
        "outlet": source.outlet or state.title, "outlet_kind": source.outlet_kind, "interval": source.interval,
        "priority": source.priority, "limit": source.limit, "submitted": state.submitted,
        "polled": _iso(state.polled), "newest": _iso(state.newest),
        "next": _iso(max(due, now) if due and not source.paused else None),
        "failures": state.failures, "error": state.error,
        "alarms": {kind: json.loads(why) for kind, why in alarms.items()},
    }  # fmt: skip


@app.command(epilog="Example: chancery source show 3f2a")
def show(source: Name) -> None:
    """Show all that is known of a source, as JSON: what was asked for, how it stands, its rhythm, its alarms."""
    with _sources() as sources:
        found = sources.named(source)
        state = sources.state(found.id)
        row = _row(found, state, sources.alarms().get(found.id, {}), _planned(sources), sources.now())
    whole = row | {
        "read_as": state.read_as, "title": state.title, "polls": state.polls, "found": state.found,
        "skipped": state.skipped, "more": state.more, "code": state.code, "resting_until": _iso(state.resting),
        "added": _iso(found.added), "etag": state.etag, "last_modified": state.modified,
        "longest_pause_by_day": state.pauses, "last_posts": {k: v for k, v in state.places.items() if k},
    }  # fmt: skip
    sys.stdout.write(json.dumps(whole, ensure_ascii=False, indent=2) + "\n")


@app.command(epilog="Example: chancery source pause 3f2a")
def pause(source: Name) -> None:
    """Stop polling a source; what is known of it is kept."""
    with _sources() as sources:
        found = sources.named(source)
        sources.put(found.model_copy(update={"paused": True}), at_once=False)


@app.command(epilog="Example: chancery source resume 3f2a")
def resume(source: Name) -> None:
    """Poll a source again, at once, and forget that it failed."""
    with _sources() as sources:
        found = sources.named(source)
        state = sources.state(found.id)
        state.resting, state.failures, state.code, state.error = None, 0, "", ""
        sources.save(found.id, state)
        sources.put(found.model_copy(update={"paused": False}), at_once=True)
        _warn(sources)


@app.command(epilog="Example: chancery source remove 3f2a")
def remove(source: Name) -> None:
    """Remove a source and all that is known of it; articles that it brought stay."""
    with _sources() as sources:
        sources.remove(sources.named(source))


@app.command(
    epilog="Examples:\n\nchancery source check https://news.example/rss.xml\n\nchancery source check 3f2a --json"
)
def check(
    address: Annotated[str, typer.Argument(metavar="SOURCE|URL|PATH", help="A source, or what may become one.")],
    kind: Kind = "auto",
    limit: Annotated[int, typer.Option(min=1, help="Items to show at most.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Look at a source once and show what would come. Nothing is submitted or noted."""
    from itertools import islice

    from tasks.reading.documents import Rejected
    from tasks.sources.gathering import gather
    from tasks.sources.polling import FAULTS
    from tasks.sources.registry import State
    from tasks.sources.source import NoSource
    from tasks.web.faults import NotYet

    with _sources() as sources:
        try:
            source = sources.named(address)
        except NoSource:
            source = _made(address, kind, {})
        shown = 0
        try:
            gathered = gather(source, State(), sources.ledger, sources.now())
            console.err.print(Text(f"{source.address}: read as {gathered.kind}", style="dim"), soft_wrap=True)
            for notice in filter(None, (gathered.title, gathered.hint)):
                console.err.print(Text(notice, style="dim"), soft_wrap=True)
            for candidate in islice(gathered.candidates, limit):
                try:
                    item = candidate.open()
                except Rejected as error:
                    console.complain(f"an item can't be read: {error}", "warning")
                    continue
                if item is not None:
                    shown += 1
                    _print(item.key, item.article.model_dump(mode="json", exclude_none=True), as_json)
        except (*FAULTS, NotYet) as error:
            console.fail(f"{source.address}: {error}")
    if gathered.skipped:
        console.complain(f"{gathered.skipped} items hold nothing to read or to fetch", "warning")
    if not shown:
        console.complain("nothing would come: there are no items", "warning")


def _print(key: str, article: dict[str, Any], as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps({"key": key, **article}, ensure_ascii=False) + "\n")
        return
    text = article.get("text", "")
    heading = article.get("title") or " ".join(text.split())[:80] or article.get("url", key)
    line = Text.assemble((f"{(article.get('published') or '')[:16]:<17}", "cyan"), heading)
    if text:
        line.append(f"  {len(text):,} characters", style="dim")
    if article.get("forwarded_from"):
        line.append(f"  from {article['forwarded_from']}", style="yellow")
    if article.get("url") and heading != article["url"]:
        line.append(f"  {article['url']}", style="dim")
    console.out.print(line, soft_wrap=True)


@app.command("import", epilog="Examples:\n\nchancery source import feeds.opml\n\nchancery source import - < feeds.opml")
def import_(
    file: Annotated[str, typer.Argument(metavar="OPML", help="A list of feeds (OPML), or - for standard input.")],
    interval: Interval = None,
) -> None:
    """Add every source of a list, spread over their intervals. What can't be added is told, line by line."""
    from tasks.sources.opml import LIMIT, NotOPML, read
    from tasks.sources.source import NoSource

    try:
        if file == "-":
            data = sys.stdin.buffer.read(LIMIT + 1)
        else:
            with Path(file).open("rb") as opened:
                data = opened.read(LIMIT + 1)
        outlines, without = read(data)
    except OSError as error:
        console.fail(f"{file} can't be read: {error.strerror}")
    except NotOPML as error:
        console.fail(f"{file}: {error}")
    added = known = 0
    failed = 0
    with _sources() as sources:
        here = {source.id for source in sources.all()}
        for outline in outlines:
            options = {"outlet": outline.outlet, **outline.options}
            if interval:
                options["interval"] = seconds(interval)
            try:
                source = _made(outline.address, str(options.pop("kind", "auto")), options)
            except (NoSource, typer.Exit) as error:
                failed += 1
                if isinstance(error, NoSource):
                    console.complain(str(error), outline.outlet or "chancery")
                continue
            if source.id in here:
                known += 1
                continue
            here.add(source.id)
            sources.put(source, at_once=False)
            added += 1
        _warn(sources)
    for name in without:
        console.complain("it has no address of a feed", name)
    console.out.print(f"{added} added, {known} known already, {failed + len(without)} left out")
    if failed:
        raise typer.Exit(1)


@app.command(epilog="Examples:\n\nchancery source export > feeds.opml\n\nchancery source export feeds.opml")
def export(
    file: Annotated[Path | None, typer.Argument(metavar="[OPML]", help="Where to; without it, stdout.")] = None,
) -> None:
    """Write the sources as a list that other readers take (OPML). Folders and exports are left out."""
    from tasks.sources.opml import write

    with _sources() as sources:
        data = write(sources.all(), datetime.now(UTC))
    if file is None:
        sys.stdout.buffer.write(data)
        return
    try:
        file.write_bytes(data)
    except OSError as error:
        console.fail(f"{file} can't be written: {error.strerror}")


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else None


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _until(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return ""
    left = (moment - now).total_seconds()
    if left < 1:
        return "due"
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if left >= size:
            return f"{left / size:.0f} {unit}"
    return f"{left:.0f} s"
