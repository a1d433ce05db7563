"""The commands that run a deployment and look after its jobs. They know nothing of news."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Annotated, Any, cast, get_args

import typer
from rich.table import Table
from rich.text import Text

from worker import console, embedded, producer, quarantine
from worker.jobs import QUEUES, TERMINAL, Outcome, Record, State, is_job_id
from worker.ledger import Ledger
from worker.settings import Settings

Ids = Annotated[list[str], typer.Argument(metavar="JOB...", help="Job ids, or - for one a line on standard input.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout.")]
ROLES = (*QUEUES, "intake", "beat")
STATES: tuple[str, ...] = get_args(State)
STYLES = {"succeeded": "green", "rejected": "yellow", "quarantined": "bold red", "cancelled": "dim", "running": "cyan"}


def add_to(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    for function in (up, worker, beat, intake, health, jobs, wait, cancel):
        app.command(epilog=EXAMPLES[function.__name__])(function)
    cases = typer.Typer(no_args_is_help=True, help="Jobs that failed for good: list, show, replay, drop.")
    for function in (quarantine_list, quarantine_show, quarantine_replay, quarantine_drop):
        cases.command(function.__name__.removeprefix("quarantine_"), epilog=EXAMPLES[function.__name__])(function)
    app.add_typer(cases, name="quarantine")


EXAMPLES = {
    "up": "Example: chancery up   (then, elsewhere: chancery submit folder/)",
    "worker": "Examples: chancery worker --queue read\n\n"
    "CHANCERY_BROKER_URL=redis://broker/0 chancery worker --queue fetch",
    "beat": "Example: CHANCERY_BROKER_URL=redis://broker/0 chancery beat",
    "intake": "Example: CHANCERY_BROKER_URL=redis://broker/0 chancery intake",
    "health": "Examples: chancery health   (0: consuming works; 1: it does not, and why)\n\n"
    "chancery health --role read",
    "jobs": "Examples: chancery jobs\n\nchancery jobs 7c9e6679-7425-40de-944b-e07fc1f90ae7 --json",
    "wait": "Example: chancery submit folder/ | chancery wait - --json > outcomes.jsonl",
    "cancel": "Example: chancery cancel 7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "quarantine_list": "Example: chancery quarantine list --json",
    "quarantine_show": "Example: chancery quarantine show 7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "quarantine_replay": "Example: chancery quarantine replay 7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "quarantine_drop": "Example: chancery quarantine drop 7c9e6679-7425-40de-944b-e07fc1f90ae7",
}


@contextlib.contextmanager
def broker(settings: Settings) -> Iterator[Settings]:
    """The settings of the broker that is set, or of the one that `chancery up` or `chancery read` runs here.

    With neither, the data directory's broker is started for as long as the block lasts: what is queued there is kept.
    """
    here = settings if settings.broker_url else embedded.running(settings)
    if here is not None:
        yield here
        return
    with embedded.session(settings) as session:
        yield session.settings


# Services


def up() -> None:
    """Run a whole deployment on this machine, in the foreground: broker, a worker a queue, intake, beat."""
    from worker.supervisor import everything, keep

    settings = console.configured()
    if settings.broker_url is not None:
        console.fail(
            "CHANCERY_BROKER_URL is set, and `up` runs a broker of its own: unset it, or run the services one by one"
        )
    places = embedded.Places(settings.data_dir)
    places.prepare()
    console.err.print(f"chancery is up in {settings.data_dir}: Ctrl-C stops it", soft_wrap=True)
    keep(settings.data_dir, everything(settings), sys.stderr.buffer, grace=float(settings.grace_seconds), lasting=True)


def worker(
    queue: Annotated[list[str], typer.Option(help=f"A queue to work on: {', '.join(QUEUES)}. May be given again.")],
) -> None:
    """Run one worker in the foreground, against the broker of CHANCERY_BROKER_URL."""
    from worker.supervisor import POOLS, command

    settings = _set(console.configured())
    strange = [name for name in queue if name not in QUEUES]
    if strange:
        console.fail(f"no queue is called {strange[0]}: there are {', '.join(QUEUES)}", 2)
    pools = {POOLS[name] for name in queue}
    if len(pools) > 1:
        console.fail(f"{', '.join(queue)} need different pools ({', '.join(sorted(pools))}): run a worker for each", 2)
    slots = {"fetch": settings.fetch_threads, "read": settings.read_processes, "record": settings.record_processes}
    _become(command(",".join(queue), pools.pop(), max(slots[name] for name in queue)))


def beat() -> None:
    """Run the scheduler. Several may run: a lock lets one of them fire."""
    from worker.supervisor import beat as command

    _set(console.configured())
    _become(command())


def intake() -> None:
    """Turn the events on the intake stream into jobs."""
    from worker.supervisor import intake as command

    _set(console.configured())
    _become(command())


def _set(settings: Settings) -> Settings:
    """The settings, if they name a broker: a service of a real deployment never starts one by itself."""
    if settings.broker_url is None:
        console.fail(
            "CHANCERY_BROKER_URL is not set: say where the broker is, or run everything here with `chancery up`", 2
        )
    _ = settings.url
    return settings


def _become(command: list[str]) -> None:
    """Replaces this process, so that signals and the exit status are the service's own."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


def health(
    role: Annotated[
        str | None,
        typer.Option(help=f"Of one service on this host: {', '.join(ROLES)}. Without it, of the whole deployment."),
    ] = None,
) -> None:
    """Say whether jobs are really being worked off; for container health checks."""
    from worker import health as services
    from worker import telemetry

    settings = console.configured()
    here = settings if settings.broker_url else embedded.running(settings)
    if here is None:
        console.fail(f"nothing runs in {settings.data_dir}: start it with `chancery up`, or set CHANCERY_BROKER_URL")
    if role is not None and role not in ROLES:
        console.fail(f"no service is called {role}: there are {', '.join(ROLES)}", 2)
    trouble = services.trouble(here, cast(Any, role)) if role else telemetry.health(here)
    if trouble:
        console.fail(trouble)
    console.out.print("healthy")


def check_broker(settings: Settings) -> str:
    """What there is to say of a broker that answers and is set up right; raises with what to mend."""
    with producer.connected(settings) as ledger:
        info: Any = ledger.ask(ledger.client.info)
        workers = ledger.workers()
        aside = {queue: ledger.ask(partial(ledger.client.xlen, ledger.key(f"{queue}:malformed"))) for queue in QUEUES}
    server = f"{info.get('server_name', 'redis')} {info.get('valkey_version', info.get('redis_version'))}"
    if info.get("maxmemory_policy", "noeviction") != "noeviction":
        policy = info["maxmemory_policy"]
        raise RuntimeError(f"{server} evicts keys ({policy}), which loses jobs: set maxmemory-policy noeviction")
    if not info.get("aof_enabled"):
        raise RuntimeError(f"{server} keeps nothing on disk, so a restart loses jobs: set appendonly yes")
    if not workers:
        raise RuntimeError(f"{server} answers, but no worker is up: start one with `chancery worker --queue read`")
    strange = "".join(
        f"; {n} messages that are not ours were set aside in {settings.key_prefix}{queue}:malformed"
        for queue, n in aside.items()
        if n
    )
    return f"{server} at {settings.public_url}, {len(workers)} workers: {', '.join(sorted(workers))}{strange}"


# Jobs


def jobs(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[JOB...]", help="Jobs to show whole; none: list them.")
    ] = None,
    state: Annotated[str | None, typer.Option(help=f"Only jobs in this state: {', '.join(STATES)}.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List jobs, open ones first, or show some of them whole."""
    if state is not None and state not in STATES:
        console.fail(f"no state is called {state}: there are {', '.join(STATES)}", 2)
    with broker(console.configured()) as here, producer.connected(here) as ledger:
        if ids:
            _show(ledger, list(_ids(ids)), as_json)
            return
        # A state is known by looking at the record, so many may have to be looked at to show a few.
        reach = 100_000 if state else limit
        known = [*ledger.open_jobs(reach), *ledger.ended_jobs(reach)]
        records: list[Record] = []
        for start in range(0, len(known), 1000):
            records += [r for r in ledger.records(known[start : start + 1000]) if r and state in (None, r.state)]
            if len(records) >= limit:
                break
        _list(records[:limit], as_json, ledger)


def _list(records: list[Record], as_json: bool, ledger: Ledger) -> None:
    if as_json:
        for record in records:
            sys.stdout.write(record.model_dump_json() + "\n")
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("job", "state", "queue", "source", "attempts", "age", "why"):
        table.add_column(column, no_wrap=column == "job")
    for record in records:
        table.add_row(
            record.id,
            Text(record.state, style=STYLES.get(record.state, "default")),
            f"{record.queue} {record.priority}",
            Text(record.source),
            str(record.attempts),
            console.age(record.ended or record.submitted),
            Text(record.message or record.stage),
        )
    console.out.print(table)
    waiting = ", ".join(f"{queue} {n}" for queue, n in ledger.depths().items())
    console.err.print(f"open: {waiting}; workers: {len(ledger.workers())}", style="dim")


def _show(ledger: Ledger, ids: list[str], as_json: bool) -> None:
    for job_id in ids:
        record = ledger.record(job_id)
        if record is None:
            raise producer.NoSuchJob(f"no job {job_id}: it was never accepted here, or its record has expired")
        outcome = ledger.outcomes([job_id])[0] if record.state in TERMINAL else None
        shown: dict[str, Any] = record.model_dump(mode="json", exclude_none=True)
        if outcome is not None:
            shown["outcome"] = outcome.model_dump(mode="json", exclude_none=True)
        text = json.dumps(shown, ensure_ascii=False, indent=None if as_json else 2)
        sys.stdout.write(text + "\n")


def wait(
    ids: Ids,
    timeout: Annotated[
        float | None, typer.Option(help="Seconds to wait at most; without it, as long as it takes.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Wait for jobs and print their outcomes as they come. Exits with 0 only if all of them succeeded."""
    wanted = list(_ids(ids))
    good = 0
    ended = 0
    with broker(console.configured()) as here, producer.connected(here):
        for event in producer.watch(wanted, timeout=timeout, progress=False):
            if not isinstance(event, Outcome):
                continue
            ended += 1
            good += event.state == "succeeded"
            plain = f"{event.job} {event.state} {event.message}".rstrip()
            sys.stdout.write((event.model_dump_json(exclude_none=True) if as_json else plain) + "\n")
            sys.stdout.flush()
    if ended < len(set(wanted)):
        console.fail(f"{len(set(wanted)) - ended} of {len(set(wanted))} jobs have no outcome yet; they go on", 3)
    if good < ended:
        raise typer.Exit(1)


def cancel(ids: Ids) -> None:
    """Cancel jobs: one that waits never starts, one that runs is stopped."""
    wanted = list(_ids(ids))
    with broker(console.configured()) as here, producer.connected(here):
        for job_id, state in zip(wanted, producer.cancel(*wanted), strict=True):
            sys.stdout.write(f"{job_id} {state}\n")


def _ids(given: Iterable[str]) -> Iterator[str]:
    for word in given:
        for job_id in (line.strip() for line in sys.stdin) if word == "-" else (word,):
            if not job_id:
                continue
            if not is_job_id(job_id):
                console.fail(f"{job_id[:80]!r} is no job id: give one as `chancery submit` prints it", 2)
            yield job_id


# Quarantine


def quarantine_list(limit: Annotated[int, typer.Option(min=1)] = 100, as_json: AsJson = False) -> None:
    """List the jobs in quarantine, oldest first, with why they are there."""
    with broker(console.configured()) as here, producer.connected(here) as ledger:
        _list(quarantine.cases(ledger, limit), as_json, ledger)


def quarantine_show(ids: Ids) -> None:
    """Show jobs in quarantine whole: the reason, the attempts, the input, the versions."""
    with broker(console.configured()) as here, producer.connected(here) as ledger:
        for job_id in _ids(ids):
            sys.stdout.write(quarantine.show(ledger, job_id).model_dump_json(indent=2, exclude_none=True) + "\n")


def quarantine_replay(ids: Ids) -> None:
    """Run jobs again, under the ids they had."""
    _each(ids, quarantine.replay, "replayed")


def quarantine_drop(ids: Ids) -> None:
    """Give jobs up for good; their outcomes stay."""
    _each(ids, quarantine.drop, "dropped")


def _each(ids: list[str], act: Callable[[Ledger, str], None], done: str) -> None:
    missing = 0
    with broker(console.configured()) as here, producer.connected(here) as ledger:
        for job_id in _ids(ids):
            try:
                act(ledger, job_id)
            except quarantine.NotQuarantined as error:
                missing += 1
                console.complain(str(error))
            else:
                sys.stdout.write(f"{job_id} {done}\n")
    if missing:
        raise typer.Exit(1)
