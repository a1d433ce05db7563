"""A day at the desk, from an empty folder to the alert: every part with every other, as README's command runs it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.test_cli import environment, processes_of, run, until

__all__ = ["environment"]


@pytest.mark.timeout(600)
def test_a_press_goes_through_the_queue_and_ends_in_an_alert_a_timeline_and_a_digest(
    environment: dict[str, str], tmp_path: Path
) -> None:
    out = tmp_path / "desk"
    done = run(environment, "demo", "--out", out)
    shown = " ".join(done.stdout.decode().split())
    assert done.returncode == 0, done.stderr.decode()
    told = [json.loads(line) for line in (out / "told.jsonl").read_text("utf-8").splitlines()]
    assert {event["type"] for event in told} == {"chancery.shift.v1", "chancery.digest.v1"}
    assert len({event["id"] for event in told}) == len(told)
    turns = {tuple(event["data"]["pair"]): event["data"]["direction"] for event in told if "shift" in event["type"]}
    assert set(turns) <= {("AZE", "POL"), ("AZE",)}, "the one shift of the press is told of, and no other"
    assert "source gone" in shown, "the copy whose source was dropped is told"
    digest = (out / "digest.html").read_text("utf-8")
    assert "Каспийский циркуляр" in digest
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//(?!\w+\.example|t\.me)""", digest)
    assert (out / "timeline.svg").read_text("utf-8").startswith("<svg")
    assert until(lambda: not processes_of(out / "data"))

    again = run(environment, "demo", "--out", out)
    assert again.returncode == 2
    assert "is there already" in again.stderr.decode()
