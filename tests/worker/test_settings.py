"""Settings come from CHANCERY_ variables and files of secrets, and say what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from worker.settings import Settings, SettingsError, load


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("CHANCERY_") and name != "CHANCERY_SHARED":
            monkeypatch.delenv(name)


def test_without_any_setting_the_broker_is_embedded_and_the_data_is_the_users() -> None:
    chosen = load()
    assert chosen.broker_url is None
    assert chosen.data_dir.is_absolute()
    with pytest.raises(SettingsError, match="CHANCERY_BROKER_URL"):
        _ = chosen.url


def test_a_secret_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("p@ss/word\n")
    monkeypatch.setenv("CHANCERY_BROKER_URL", "redis://broker:6380/2")
    monkeypatch.setenv("CHANCERY_BROKER_USER", "workers")
    monkeypatch.setenv("CHANCERY_BROKER_PASSWORD_FILE", str(secret))
    chosen = load()
    assert chosen.url == "redis://workers:p%40ss%2Fword@broker:6380/2"
    assert chosen.public_url == "redis://broker:6380/2"
    assert "p@ss" not in repr(chosen)


def test_a_password_in_the_url_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHANCERY_BROKER_URL", "redis://:hush@broker/0")
    chosen = load()
    assert chosen.url == "redis://:hush@broker/0"
    assert "hush" not in repr(chosen) + str(chosen) + chosen.public_url


def test_the_archive_lies_in_the_data_directory_or_where_it_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from tasks.archive.database import location

    assert location(load(data_dir=tmp_path)).database == str(tmp_path / "archive.db")
    secret = tmp_path / "postgres"
    secret.write_text("p@ss/word\n")
    monkeypatch.setenv("CHANCERY_ARCHIVE_URL", "postgresql://chancery@postgres/chancery")
    monkeypatch.setenv("CHANCERY_ARCHIVE_PASSWORD_FILE", str(secret))
    found = location(load())
    assert found.password == "p@ss/word"
    assert "p@ss" not in repr(load()) + str(found)
    monkeypatch.setenv("CHANCERY_ARCHIVE_URL", "mysql://desk:hush@host/x")
    with pytest.raises(SettingsError, match=r"CHANCERY_ARCHIVE_URL: mysql .* give postgresql") as refused:
        location(load())
    assert "hush" not in str(refused.value)


def test_a_file_of_a_secret_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHANCERY_BROKER_PASSWORD_FILE", "/nowhere/at/all")
    with pytest.raises(SettingsError, match=r"CHANCERY_BROKER_PASSWORD_FILE.*/nowhere/at/all"):
        load()


def test_an_unknown_variable_is_warned_of_with_what_was_probably_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHANCERY_BROKER_URLS", "redis://broker")
    with pytest.warns(UserWarning, match="CHANCERY_BROKER_URLS .* did you mean CHANCERY_BROKER_URL"):
        load()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("READ_PROCESSES", "0", "CHANCERY_READ_PROCESSES: Input should be greater than 0"),
        ("READ_PROCESSES", "two", "CHANCERY_READ_PROCESSES"),
        ("READ_LIMITS", '{"soft": 90, "hard": 60}', "soft .* must be less than hard"),
        ("VISIBILITY_SECONDS", "100", "visibility_seconds must be at least"),
        ("GRACE_SECONDS", "100", "grace_seconds must be at least"),
        ("PULSE_SECONDS", "10", "lease_seconds must be at least three pulses"),
        ("KEY_PREFIX", "no colon", "CHANCERY_KEY_PREFIX"),
        ("RATE_LIMITS", '{"a": -1}', "CHANCERY_RATE_LIMITS"),
    ],
)
def test_what_cannot_be_used_is_named_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(f"CHANCERY_{name}", value)
    with pytest.raises(SettingsError, match=says):
        load()


def test_a_broker_of_another_kind_is_refused() -> None:
    with pytest.raises(SettingsError, match="redis:// or rediss://"):
        _ = Settings(broker_url="amqp://broker").url


def test_celery_is_set_up_to_keep_every_message(server: str) -> None:
    import os
    import subprocess
    import sys

    from tests.worker.conftest import ROOT

    program = "import json; from worker.app import app; print(json.dumps({k: app.conf[k] for k in %r}))"
    wanted = {
        "task_acks_late": True, "task_reject_on_worker_lost": True, "worker_prefetch_multiplier": 1,
        "worker_deduplicate_successful_tasks": False, "worker_enable_soft_shutdown_on_idle": True,
        "task_create_missing_queues": False, "accept_content": ["json"], "result_accept_content": ["json"],
        "task_acks_on_failure_or_timeout": True, "broker_connection_max_retries": None,
    }  # fmt: skip
    found = subprocess.run(
        [sys.executable, "-c", program % list(wanted)], cwd=ROOT, check=True, capture_output=True, text=True,
        env=os.environ | {"CHANCERY_BROKER_URL": server},
    )  # fmt: skip
    import json

    assert json.loads(found.stdout) == wanted
