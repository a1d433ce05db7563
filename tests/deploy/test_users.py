"""Each user of the broker can do its work and nothing beside."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis

from tasks.sources.alarms import settle
from tasks.sources.registry import Sources
from tasks.sources.source import make
from tests.deploy.deployment import Deployment
from tests.worker.conftest import until
from worker.producer import Article, cancel, connected, record, result, submit, submit_many
from worker.settings import Settings

TEXT = """Министр иностранных дел Узбекистана прибыл в Анкару

Глава МИД Узбекистана прибыл во вторник в Анкару с рабочим визитом. «Мы намерены расширить сотрудничество
с Турцией в области энергетики», — заявил он журналистам в аэропорту.
"""


def refusals(deployment: Deployment) -> list[str]:
    """What the broker has refused the roles since it was last asked: who, why, what."""
    admin = deployment.client("admin")
    found = [f"{entry['username']} {entry['reason']} {entry['object']}" for entry in admin.acl_log()]
    admin.acl_log_reset()
    # Every client of redis-py introduces itself, and does without where that is not allowed.
    return [refusal for refusal in found if not refusal.endswith("command client|setinfo")]


def test_no_role_is_refused_what_its_start_and_its_first_round_need(deployment: Deployment) -> None:
    assert refusals(deployment) == []


@pytest.fixture
def producers(deployment: Deployment) -> Iterator[Settings]:
    chosen = Settings.model_validate(
        {
            "broker_url": f"redis://127.0.0.1:{deployment.port}/0",
            "broker_user": "producers",
            "broker_password": deployment.password("producers"),
        }
    )
    with connected(chosen):
        yield chosen


@pytest.mark.usefixtures("producers")
def test_jobs_run_from_submission_to_outcome_under_the_users_rights(deployment: Deployment) -> None:
    refusals(deployment)
    job = submit(Article(text=TEXT), source="tests", priority="interactive")
    others = submit_many([Article(text=f"{TEXT}\nЧасть {n}.") for n in range(5)], source="tests")
    outcomes = [result(job_id, timeout=90) for job_id in (job, *others)]
    assert [outcome.state for outcome in outcomes] == ["succeeded"] * 6
    assert outcomes[0].reading is not None
    assert outcomes[0].reading["document"]["text"] == TEXT
    assert record(job).state == "succeeded"
    assert cancel(job) == ["succeeded"]
    assert refusals(deployment) == []


@pytest.mark.usefixtures("producers")
def test_a_page_that_cannot_be_fetched_ends_in_an_outcome_under_the_users_rights(deployment: Deployment) -> None:
    refusals(deployment)
    outcome = result(submit(Article(url="http://127.0.0.1:9/closed"), source="tests"), timeout=90)
    assert outcome.state == "rejected"
    assert refusals(deployment) == []


def test_a_source_is_added_polled_told_of_and_removed_under_the_users_rights(
    deployment: Deployment, tmp_path: Path
) -> None:
    refusals(deployment)
    (tmp_path / "article.txt").write_text(TEXT, encoding="utf-8")
    os.utime(tmp_path / "article.txt", (time.time() - 60, time.time() - 60))
    chosen = Settings.model_validate(
        {
            "broker_url": f"redis://127.0.0.1:{deployment.port}/0",
            "broker_user": "workers",
            "broker_password": deployment.password("workers"),
        }
    )
    with connected(chosen) as ledger:
        sources = Sources(ledger)
        folder = make(str(tmp_path), "folder", datetime.now(UTC))
        closed = make("http://127.0.0.1:9/rss", "feed", datetime.now(UTC))
        for source in (folder, closed):
            sources.put(source, at_once=True)
        until(lambda: sources.state(folder.id).submitted == 1 and sources.state(closed.id).failures == 1, 60)
        settle(ledger, closed, "failing", "it is closed", sources.now())
        assert set(sources.alarms()[closed.id]) == {"failing"}
        for source in (folder, closed):
            sources.remove(source)
        assert sources.all() == []
    assert refusals(deployment) == []


def test_a_command_that_its_user_may_not_run_says_so_in_one_line(deployment: Deployment) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CHANCERY_")} | {
        "CHANCERY_BROKER_URL": f"redis://127.0.0.1:{deployment.port}/0", "CHANCERY_BROKER_USER": "readers",
        "CHANCERY_BROKER_PASSWORD": deployment.password("readers"),
    }  # fmt: skip
    command = [sys.executable, "-m", "worker.cli", "source", "list"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 1
    assert "permission" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    refusals(deployment)


def test_an_upstream_adds_events_to_the_intake_and_can_do_nothing_else(deployment: Deployment) -> None:
    upstream = deployment.client("upstream")
    assert upstream.xadd("chancery:intake", {"event": "{}"})
    for refused in (
        ("XADD", "chancery:read:0", "*", "a", "b"),
        ("XADD", "chancery:intake:dead", "*", "a", "b"),
        ("XADD", "other", "*", "a", "b"),
        ("XRANGE", "chancery:intake", "-", "+"),
        ("XLEN", "chancery:intake"),
        ("XREAD", "STREAMS", "chancery:intake", "0"),
        ("XDEL", "chancery:intake", "1-1"),
        ("XTRIM", "chancery:intake", "MAXLEN", "0"),
        ("DEL", "chancery:intake"),
        ("LPUSH", "chancery:read", "x"),
        ("EVAL", "return 1", "0"),
        ("PUBLISH", "chancery:x", "x"),
        ("CONFIG", "GET", "*"),
        ("ACL", "WHOAMI"),
        ("KEYS", "*"),
        ("FLUSHALL",),
    ):
        with pytest.raises(redis.exceptions.NoPermissionError):
            upstream.execute_command(*refused)


@pytest.mark.parametrize("user", ["producers", "intake", "workers", "beat", "readers", "monitor"])
@pytest.mark.parametrize(
    "command",
    [
        ("FLUSHALL",), ("FLUSHDB",), ("CONFIG", "SET", "maxmemory", "1"), ("ACL", "LIST"), ("SHUTDOWN",), ("MONITOR",),
        ("KEYS", "*"), ("SCRIPT", "FLUSH"), ("FUNCTION", "FLUSH"), ("CLIENT", "KILL", "TYPE", "normal"), ("SAVE",),
        ("SET", "other", "x"), ("GET", "other"), ("REPLICAOF", "NO", "ONE"),
    ],
    ids=lambda command: " ".join(command),
)  # fmt: skip
def test_no_role_rules_the_broker_or_reaches_keys_that_are_not_the_deployments(
    deployment: Deployment, user: str, command: tuple[str, ...]
) -> None:
    with pytest.raises(redis.exceptions.NoPermissionError):
        deployment.client(user).execute_command(*command)


@pytest.mark.parametrize(
    ("user", "command"),
    [
        ("readers", ("HSET", "chancery:job:x", "state", "succeeded")),
        ("readers", ("DEL", "chancery:job:x")),
        ("readers", ("XADD", "chancery:intake", "*", "a", "b")),
        ("readers", ("EVAL", "return 1", "0")),
        ("producers", ("XADD", "chancery:intake:dead", "*", "a", "b")),
        ("producers", ("PUBLISH", "chancery:/0.celery.pidbox", "shutdown")),
        ("producers", ("SET", "chancery:beat:x", "y")),
        ("producers", ("XREADGROUP", "GROUP", "workers", "me", "STREAMS", "chancery:read:0", ">")),
        ("intake", ("PUBLISH", "chancery:/0.celery.pidbox", "shutdown")),
        ("intake", ("SET", "chancery:beat:x", "y")),
        ("monitor", ("HSET", "chancery:job:x", "state", "succeeded")),
        ("monitor", ("XADD", "chancery:read:0", "*", "a", "b")),
        ("monitor", ("XADD", "chancery:intake", "*", "a", "b")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_a_role_cannot_do_what_belongs_to_another(deployment: Deployment, user: str, command: tuple[str, ...]) -> None:
    with pytest.raises(redis.exceptions.NoPermissionError):
        deployment.client(user).execute_command(*command)


def test_nobody_comes_in_without_a_password_but_to_ask_whether_the_broker_lives(deployment: Deployment) -> None:
    with redis.Redis(port=deployment.port) as nobody, pytest.raises(redis.exceptions.AuthenticationError):
        nobody.ping()
    with pytest.raises(redis.exceptions.AuthenticationError):
        deployment.client("upstream", "guess").ping()
    health = deployment.client("health", "any")
    assert health.ping()
    with pytest.raises(redis.exceptions.NoPermissionError):
        health.get("chancery:counts")
