"""`chancery subscribe`: who is told of what is found, by webhook or on the stream."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from worker import console

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from tasks.deliveries.subscriptions import Subscription
    from worker.settings import Settings

Name = Annotated[str, typer.Argument(help="The subscription's name.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout.")]
Some = list[str] | None

app = typer.Typer(no_args_is_help=True, help="Who is told of readings, shifts, reposts, digests and quarantines.")

EXAMPLE = (
    "Examples:\n\n"
    "chancery subscribe add https://desk.example/hook --name desk --pair 'KAZ GBR' --type shift --type reading\n\n"
    "chancery subscribe add https://desk.example/rumours --flag anonymous-source --word 'военное соглашение'"
)


@contextmanager
def _archive() -> Iterator[tuple[Settings, Engine]]:
    """The settings and the archive; what can't be done ends the command in one line."""
    from tasks.archive.database import engine
    from tasks.archive.errors import ArchiveError
    from tasks.deliveries.subscriptions import SubscriptionError, ensure_stream

    chosen = console.configured()
    try:
        archive = engine(chosen)
        from tasks.archive.database import writing

        with writing(archive) as connection:
            ensure_stream(connection, datetime.now(UTC))
        yield chosen, archive
    except (ArchiveError, SubscriptionError) as error:
        console.fail(str(error))


@contextmanager
def _writing() -> Iterator[Connection]:
    from tasks.archive.database import writing

    with _archive() as (_, archive), writing(archive) as connection:
        yield connection


@app.command(epilog=EXAMPLE)
def add(
    url: Annotated[str, typer.Argument(help="Where events are POSTed to, as Standard Webhooks.")],
    name: Annotated[str | None, typer.Option(help="What to call it; without it, the URL's host.")] = None,
    type_: Annotated[
        Some, typer.Option("--type", help="reading, quarantined, shift, digest or repost. Each may be given again.")
    ] = None,
    pair: Annotated[Some, typer.Option(help="Two codes, in either order: 'KAZ GBR'.")] = None,
    actor: Annotated[Some, typer.Option(help="Code of a state or bloc: KAZ, NATO.")] = None,
    source: Annotated[Some, typer.Option(help="Name of one who is quoted.")] = None,
    word: Annotated[Some, typer.Option(help="In any of its forms; of several words all.")] = None,
    flag: Annotated[
        Some, typer.Option(help="single-source, no-source, anonymous-source, attribution-stripped.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--everything", help="Also what is in the outbox already, from its start.")
    ] = False,
    secret_file: Annotated[
        Path | None, typer.Option(help="A file with a whsec_… secret to sign with, instead of a fresh one.")
    ] = None,
) -> None:
    """Subscribe a webhook. Different options must all match, of one option's values any.

    Prints the secret that its events are signed with: once, it is never shown again.
    """
    from urllib.parse import urlsplit

    from pydantic import ValidationError

    from tasks.deliveries import subscriptions
    from tasks.deliveries.filters import Filter
    from tasks.shifts.parties import UnknownParty, party

    try:
        given = {
            "types": type_, "pairs": [_codes(each) for each in pair or ()],
            "actors": [party(each) for each in actor or ()], "sources": source, "words": word, "flags": flag,
        }  # fmt: skip
        wanted = Filter.model_validate({option: values for option, values in given.items() if values})
    except ValidationError as error:
        console.fail("; ".join(each["msg"].removeprefix("Value error, ") for each in error.errors()), 2)
    except UnknownParty as error:
        console.fail(str(error), 2)
    secret = _secret(secret_file)
    with _writing() as connection:
        subscriptions.check_url(url)
        called = name or (urlsplit(url).hostname or "").lower()
        key = subscriptions.add(
            connection, called, url, wanted, now=datetime.now(UTC), secret=secret, everything=everything
        )
    if urlsplit(url).scheme == "http":
        console.complain("events go over http, where others on the way can read them", "warning")
    console.err.print(f"{called} is told {wanted.told() or 'everything'}", markup=False, soft_wrap=True)
    if secret is None:
        console.err.print("keep the secret, it is not shown again:", style="dim")
        sys.stdout.write(f"{key}\n")


def _codes(pair: str) -> str:
    """The codes of a pair, each of which the gazetteer must know; what is no pair is left to the filter to refuse."""
    from tasks.shifts.parties import party

    return " ".join(party(each) for each in pair.replace("-", " ").split())


def _secret(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        console.fail(f"can't read the secret from {file}: {error}", 2)


@app.command("list", epilog="Example: chancery subscribe list --json")
def list_(as_json: AsJson = False) -> None:
    """List who is told what, and how far behind they are."""
    from tasks.archive.database import reading
    from tasks.deliveries import subscriptions

    with _archive() as (_, archive), reading(archive) as connection:
        shown = [_shown(connection, each) for each in subscriptions.every(connection)]
    if as_json:
        for each in shown:
            sys.stdout.write(json.dumps(each, ensure_ascii=False) + "\n")
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("name", "state", "waiting", "told", "to", "why"):
        table.add_column(column, no_wrap=column in {"name", "state"})
    for each in shown:
        style = "bold red" if each["state"] == "paused" else "yellow" if each["failures"] else "green"
        state = Text("failing" if each["failures"] and each["state"] == "active" else each["state"], style=style)
        told = each["filter_told"] or "everything"
        table.add_row(each["name"], state, str(each["waiting"]), Text(told), Text(each["to"]), Text(each["why"]))
    console.out.print(table)


@app.command(epilog="Example: chancery subscribe show desk")
def show(name: Name) -> None:
    """Show one whole, as JSON: what it wants, how far it is, what fails. Its secret is not shown."""
    from tasks.archive.database import reading
    from tasks.deliveries import subscriptions

    with _archive() as (_, archive), reading(archive) as connection:
        shown = _shown(connection, subscriptions.get(connection, name))
    sys.stdout.write(json.dumps(shown, ensure_ascii=False, indent=2) + "\n")


def _shown(connection: Connection, subscription: Subscription) -> dict[str, Any]:
    from tasks.deliveries import subscriptions

    def moment(when: datetime | None) -> str | None:
        return when.isoformat(timespec="seconds") if when else None

    return {
        "name": subscription.name, "to": subscription.url or "the stream chancery:events", "state": subscription.state,
        "why": subscription.why, "filter": subscription.filter.model_dump(mode="json", exclude_defaults=True),
        "filter_told": subscription.filter.told(), "position": subscription.cursor,
        "waiting": subscriptions.waiting(connection, subscription), "failures": subscription.failures,
        "failing_since": moment(subscription.failing_since), "next_try": moment(subscription.due),
        "set_aside": len(subscriptions.dead(connection, subscription.name)), "created": moment(subscription.created),
        "former_secret_until": moment(subscription.former_until),
    }  # fmt: skip


@app.command(epilog="Example: chancery subscribe pause desk")
def pause(name: Name) -> None:
    """Deliver nothing more; what comes is kept."""
    from tasks.deliveries import subscriptions

    with _writing() as connection:
        subscriptions.pause(connection, name)


@app.command(epilog="Example: chancery subscribe resume desk --skip")
def resume(
    name: Name,
    skip: Annotated[bool, typer.Option("--skip", help="Set aside the event that it stopped at.")] = False,
) -> None:
    """Go on where it stopped, at once. What was set aside is sent by `retry`."""
    from tasks.deliveries import choosing, subscriptions

    with _writing() as connection:
        if skip:
            subscription = subscriptions.get(connection, name)
            event = choosing.first_wanted(connection, subscription.filter, subscription.cursor)
            if event is None:
                raise subscriptions.SubscriptionError(f"{name} has no event to skip")
            subscriptions.set_aside(connection, name, event, datetime.now(UTC))
            console.err.print(f"set aside: {event.type} {event.id}", markup=False, soft_wrap=True)
        subscriptions.resume(connection, name)


@app.command(epilog="Example: chancery subscribe remove desk")
def remove(name: Name) -> None:
    """End a subscription. What it was not told, nobody tells it any more."""
    from tasks.deliveries import subscriptions

    with _writing() as connection:
        subscriptions.remove(connection, name)


@app.command(epilog="Example: chancery subscribe rotate desk --hours 48")
def rotate(
    name: Name,
    hours: Annotated[float, typer.Option(min=0, max=8760, help="That the former secret signs beside it.")] = 24.0,
) -> None:
    """Change the secret: for some hours events are signed by both. Prints the new one, once."""
    from tasks.deliveries import subscriptions

    with _writing() as connection:
        key = subscriptions.rotate(connection, name, datetime.now(UTC), timedelta(hours=hours))
    sys.stdout.write(f"{key}\n")


@app.command(epilog="Example: chancery subscribe test desk")
def test(name: Name) -> None:
    """Send an event of type chancery.test.v1, and say what the receiver answers."""
    from tasks.deliveries.cloudevents import Event
    from tasks.deliveries.subscriptions import SubscriptionError, get
    from tasks.deliveries.webhooks import send

    with _archive() as (chosen, archive):
        from tasks.archive.database import reading

        with reading(archive) as connection:
            subscription = get(connection, name)
        if subscription.url is None:
            raise SubscriptionError("the stream has no receiver to test: read it with XREAD")
        now = datetime.now(UTC)
        event = Event(0, f"test:{now.isoformat()}", "chancery.test.v1", name, now, {"message": "Проверка связи"})
        answer = send(subscription.url, event, subscription.keys(now), now, chosen)
    console.out.print(f"{answer.why}, {answer.seconds:.2f} s", markup=False, soft_wrap=True)
    if answer.state != "taken":
        console.fail(f"{name} did not take the event")


@app.command(epilog="Example: chancery subscribe retry desk")
def retry(name: Name) -> None:
    """Try again now, without waiting: what was set aside, then the event that it holds at."""
    from tasks.archive.database import reading, writing
    from tasks.deliveries import subscriptions
    from tasks.deliveries.webhooks import send

    with _archive() as (chosen, archive):
        with reading(archive) as connection:
            subscription = subscriptions.get(connection, name)
            events = subscriptions.dead(connection, name)
        for event in events:
            now = datetime.now(UTC)
            answer = send(subscription.url or "", event, subscription.keys(now), now, chosen)
            if answer.state != "taken":
                console.fail(f"{event.type} {event.id} is not taken: {answer.why}")
            with writing(archive) as connection:
                subscriptions.forget_dead(connection, name, [event])
        with writing(archive) as connection:
            if subscription.state == "active":
                subscriptions.resume(connection, name)
    console.out.print(f"{len(events)} set aside before are taken; {name} {_next(subscription)}", markup=False)


def _next(subscription: Subscription) -> str:
    return "goes on at once" if subscription.state == "active" else "stays paused: `chancery subscribe resume`"
