"""The message that the ledger writes into a queue is the one that Celery itself would publish."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from tests.worker.conftest import ROOT, variables
from worker.jobs import Article
from worker.ledger import Ledger
from worker.producer import submit

PUBLISH = "import sys; from worker.app import app; app.send_task('tasks.read', [sys.argv[1]], task_id=sys.argv[1])"


def test_it_is_celerys_message_less_the_parts_that_say_nothing(ledger: Ledger) -> None:
    job_id = submit(Article(text="ok"))
    environment = os.environ | variables(ledger.settings)
    subprocess.run([sys.executable, "-c", PUBLISH, job_id], cwd=ROOT, check=True, env=environment)
    entries: Any = ledger.client.xrange(ledger.key("read:0"))
    ours, celerys = ({name: json.loads(value) for name, value in fields.items()} for _, fields in entries)
    assert ours[b"b"][0] == celerys[b"b"][0] == [job_id]
    assert not any((celerys[b"b"][2] or {}).values())
    own, stock = ours[b"h"], celerys[b"h"]
    same(own, stock, "content-type", "content-encoding")
    same(own["headers"], stock["headers"], "lang", "task", "id", "root_id")
    same(own["properties"], stock["properties"], "correlation_id", "delivery_mode", "priority")
    for name in (
        stock["headers"].keys() - own["headers"].keys() - {"origin", "kwargsrepr", "timelimit", "ignore_result"}
    ):
        assert not stock["headers"][name]


def same(own: dict[str, Any], stock: dict[str, Any], *names: str) -> None:
    assert {name: own[name] for name in names} == {name: stock[name] for name in names}
