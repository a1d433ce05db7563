"""Each service of docker-compose.yml starts by its command, is found healthy by its check and stops in its time."""

from __future__ import annotations

import importlib.util
import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.deploy.deployment import Deployment
from tests.worker.conftest import until

ROLES = ("fetch", "read", "record", "intake", "beat")


@pytest.fixture(scope="module")
def starting(
    compose: dict[str, Any], entry_points: dict[str, list[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    """The deployment with its broker alone."""
    with Deployment(compose, entry_points, tmp_path_factory.mktemp("start")) as made:
        made.start("valkey")
        yield made


@pytest.mark.parametrize("role", ROLES)
def test_a_service_is_unhealthy_until_it_runs_then_healthy_and_stops_at_its_signal(
    starting: Deployment, role: str
) -> None:
    service = starting.service(role)
    assert not service.healthy(), service.answer

    service.start()
    service.wait_healthy()

    assert service.stop() == 0, service.log
    assert not service.healthy(), service.answer


def test_a_service_with_a_wrong_password_is_never_healthy_and_says_why(starting: Deployment, tmp_path: Path) -> None:
    wrong = tmp_path / "password"
    wrong.write_text("not the password", encoding="utf-8")
    service = starting.service("intake", CHANCERY_BROKER_PASSWORD_FILE=str(wrong))
    service.start()
    service.wait_log("invalid username-password pair")
    assert not service.healthy()
    assert "invalid username-password pair" in service.answer
    assert "Traceback" not in service.answer
    service.stop()


def test_a_service_whose_password_is_not_there_says_so_and_ends(starting: Deployment, tmp_path: Path) -> None:
    service = starting.service("intake", CHANCERY_BROKER_PASSWORD_FILE=str(tmp_path / "nothing"))
    service.start()
    assert service.process is not None
    assert service.process.wait(60) != 0
    assert "CHANCERY_BROKER_PASSWORD_FILE: can't read the secret" in service.log
    assert "Traceback" not in service.log


def test_the_broker_does_not_start_without_its_passwords(
    compose: dict[str, Any], entry_points: dict[str, list[str]], tmp_path: Path
) -> None:
    with Deployment(compose, entry_points, tmp_path) as made:
        (made.secrets / "valkey_beat").unlink()
        broker = made.service("valkey")
        broker.start()
        assert broker.process is not None
        assert broker.process.wait(60) == 78
        assert "valkey_beat holds no password: make the secrets with worker/image/secrets.sh" in broker.log


def test_flower_shows_workers_and_queues_behind_its_password_and_stops_no_worker(starting: Deployment) -> None:
    if importlib.util.find_spec("flower") is None:
        pytest.skip("flower is not installed: uv sync --group monitoring")
    broker = starting.client("admin")
    broker.acl_log_reset()
    starting.start("fetch", "flower")
    page = f"http://127.0.0.1:{starting.flower_port}"
    with pytest.raises(HTTPError) as refused:
        urlopen(f"{page}/workers", timeout=20)
    with refused.value:
        assert refused.value.code == 401
    password = (starting.secrets / "flower").read_text(encoding="utf-8")
    login = {"Authorization": "Basic " + b64encode(f"chancery:{password}".encode()).decode()}

    def shown(path: str) -> Any:
        with urlopen(Request(f"{page}/{path}", headers=login), timeout=20) as answer:
            return json.load(answer)

    # What workers answer when asked, and what they tell unasked.
    until(lambda: any("active_queues" in worker for worker in shown("api/workers?refresh=1").values()), 60)
    until(lambda: any(worker["status"] for worker in shown("workers?json=1")["data"]), 60)
    until(lambda: "fetch" in {queue["name"] for queue in shown("api/queues/length")["active_queues"]}, 60)
    with pytest.raises(HTTPError) as forbidden:
        urlopen(Request(f"{page}/api/worker/shutdown/read", headers=login, data=b""), timeout=20)
    with forbidden.value:
        assert forbidden.value.code == 403
    assert starting.services["flower"].stop() == 0
    starting.services["fetch"].stop()
    assert [entry["object"] for entry in broker.acl_log() if entry["username"] == "monitor"] == []
