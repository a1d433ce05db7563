"""Services in any language submit by one XADD, with nothing of this package, and look the outcome up by its id."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from jsonschema import Draft7Validator

from tests.deploy.deployment import ROOT, Deployment
from worker.jobs import id_of_event

TEXT = """Премьер-министр Сербии отложил поездку в Брюссель

Белград, 4 марта. Премьер-министр Сербии отложил поездку в Брюссель, сообщила пресс-служба правительства. «Новую дату
визита мы назовём позже», — сказала её представитель Елена Ковач.
"""

BY_SOCKET = """
import json, socket, sys
port, password, event = int(sys.argv[1]), sys.argv[2], sys.argv[3]
def command(*words):
    words = [word.encode() for word in words]
    return b"*%d\\r\\n" % len(words) + b"".join(b"$%d\\r\\n%s\\r\\n" % (len(word), word) for word in words)
with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
    line.sendall(command("AUTH", "upstream", password) + command("XADD", "chancery:intake", "*", "event", event))
    answers = line.makefile("rb")
    assert answers.readline() == b"+OK\\r\\n"
    assert answers.readline().startswith(b"$")
    print(answers.readline().decode().strip())
"""

BY_NODE = """
const net = require("node:net")
const [port, password, event] = process.argv.slice(-3)
const command = (...words) =>
  `*${words.length}\\r\\n` + words.map((word) => `$${Buffer.byteLength(word)}\\r\\n${word}\\r\\n`).join("")
const line = net.connect(Number(port), "127.0.0.1", () => {
  line.write(command("AUTH", "upstream", password) + command("XADD", "chancery:intake", "*", "event", event))
})
let answer = ""
line.on("data", (data) => {
  answer += data
  if (answer.includes("-ERR") || answer.includes("-NOPERM") || answer.includes("-WRONGPASS")) {
    console.error(answer)
    process.exit(1)
  }
  const found = answer.match(/^\\+OK\\r\\n\\$\\d+\\r\\n(\\d+-\\d+)\\r\\n$/)
  if (found) {
    console.log(found[1])
    line.end()
  }
})
"""

BY_REDIS_PY = """
import sys, redis
client = redis.Redis(port=int(sys.argv[1]), username="upstream", password=sys.argv[2])
print(client.xadd("chancery:intake", {"event": sys.argv[3]}).decode())
assert not any(name.split(".")[0] in {"worker", "tasks", "celery", "kombu"} for name in sys.modules)
"""


def needed(*programs: str) -> str:
    for program in programs:
        if found := shutil.which(program):
            return found
    pytest.skip(f"{' or '.join(programs)} is not on this machine")


def by_socket(port: int, password: str, event: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", BY_SOCKET, str(port), password, event]


def by_redis_py(port: int, password: str, event: str) -> list[str]:
    return [sys.executable, "-I", "-c", BY_REDIS_PY, str(port), password, event]


def by_node(port: int, password: str, event: str) -> list[str]:
    return [needed("node"), "-e", BY_NODE, "--", str(port), password, event]


def by_command_line_client(port: int, password: str, event: str) -> list[str]:
    client = needed("valkey-cli", "redis-cli")
    login = ["--user", "upstream", "--pass", password, "--no-auth-warning"]
    return [client, "-p", str(port), *login, "XADD", "chancery:intake", "*", "event", event]


def event(number: str, data: dict[str, Any], kind: str = "chancery.article.submitted.v1") -> dict[str, Any]:
    return {"specversion": "1.0", "type": kind, "source": "https://news.example/wire", "id": number, "data": data}


def promised(part: str) -> Draft7Validator:
    """What the published AsyncAPI document says of a message."""
    document = json.loads((ROOT / "worker" / "schemas" / "asyncapi.json").read_text(encoding="utf-8"))
    return Draft7Validator({"$ref": f"#/components/schemas/{part}", "components": document["components"]})


def outcome(deployment: Deployment, job: str, patience: float = 90) -> dict[str, Any]:
    """The outcome as a reader in any language looks it up: one GET, JSON."""
    reader = deployment.client("readers")
    end = time.monotonic() + patience
    while not (kept := reader.get(f"chancery:celery-task-meta-{job}")):
        assert time.monotonic() < end, f"no outcome of {job} after {patience} s"
        time.sleep(0.1)
    found = json.loads(kept)
    promised("KeptOutcome").validate(found)
    return dict(found["result"])


@pytest.mark.parametrize("sender", [by_socket, by_redis_py, by_node, by_command_line_client])
def test_an_event_sent_without_this_package_comes_back_as_a_reading(
    deployment: Deployment, tmp_path: Path, sender: Callable[[int, str, str], list[str]]
) -> None:
    number = str(uuid.uuid4())
    sent = json.dumps(event(number, {"text": TEXT, "outlet": "Балканский вестник"}), ensure_ascii=False)
    command = sender(deployment.port, deployment.password("upstream"), sent)
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().strip('"').count("-") == 1

    job = str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://news.example/wire#{number}"))
    found = outcome(deployment, job)

    assert job == id_of_event("https://news.example/wire", number)
    assert found["state"] == "succeeded", found
    assert found["reading"]["document"]["text"] == TEXT
    assert found["reading"]["document"]["outlet"] == "Балканский вестник"


def test_an_event_that_is_wrong_is_kept_with_its_reason_and_its_sender_can_look_it_up(deployment: Deployment) -> None:
    wrong = json.dumps(event("wrong-1", {"txt": "Misspelt."}))
    deployment.client("upstream").xadd("chancery:intake", {"event": wrong})

    found = outcome(deployment, id_of_event("https://news.example/wire", "wrong-1"))

    assert found["state"] == "rejected"
    dead = cast(list[Any], deployment.client("readers").xrevrange("chancery:intake:dead", count=1))
    fields = dead[0][1]
    promised("DeadLetter").validate({name.decode(): value.decode() for name, value in fields.items()})
    assert wrong.encode() in fields.values()
    assert any(b"txt" in value for name, value in fields.items() if name != b"event")


def test_an_event_that_cancels_a_waiting_job_ends_it(deployment: Deployment) -> None:
    upstream = deployment.client("upstream")
    with deployment.services["read"].frozen():
        for sent in (
            event("cancelled-1", {"text": TEXT}),
            event(
                "cancel-of-1", {"source": "https://news.example/wire", "id": "cancelled-1"}, "chancery.job.cancelled.v1"
            ),
        ):
            upstream.xadd("chancery:intake", {"event": json.dumps(sent)})
        found = outcome(deployment, id_of_event("https://news.example/wire", "cancelled-1"))
    assert found["state"] == "cancelled"
    ended = cast(list[Any], deployment.client("readers").xrevrange("chancery:outcomes", count=1))
    promised("Ended").validate({name.decode(): value.decode() for name, value in ended[0][1].items()})
