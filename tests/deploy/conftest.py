"""The deployment of docker-compose.yml, as fixtures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.archive.databases import new_database
from tests.deploy.deployment import IMAGE, ROOT, Deployment, resolve


@pytest.fixture(scope="session")
def compose() -> dict[str, Any]:
    """docker-compose.yml, anchors merged and defaults filled in."""
    return resolve(YAML(typ="safe", pure=True).load(ROOT / "docker-compose.yml"))


@pytest.fixture(scope="session")
def entry_points() -> dict[str, list[str]]:
    """ENTRYPOINT by stage of the Dockerfile."""
    found: dict[str, list[str]] = {}
    stage = ""
    for line in (IMAGE / "Dockerfile").read_text(encoding="utf-8").splitlines():
        if match := re.match(r"FROM \S+ AS (\S+)", line):
            stage = match[1]
            found[stage] = []
        elif match := re.match(r"ENTRYPOINT \[(.*)\]", line):
            found[stage] = [word.strip(' "') for word in match[1].split(",")]
    return found


@pytest.fixture(scope="package")
def deployment(
    compose: dict[str, Any],
    entry_points: dict[str, list[str]],
    tmp_path_factory: pytest.TempPathFactory,
    postgres_server: str,
) -> Iterator[Deployment]:
    """The deployment, every service of it up and healthy but for Flower; the tests' PostgreSQL is its own."""
    archive = new_database(postgres_server)
    with Deployment(compose, entry_points, tmp_path_factory.mktemp("deploy"), archive) as made:
        made.start("valkey")
        made.start("fetch", "read", "record", "intake", "beat")
        made.services["beat"].wait_log("Sending due task")
        yield made
