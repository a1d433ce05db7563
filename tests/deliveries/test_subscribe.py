"""`chancery subscribe`, as it is typed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from sqlalchemy import Engine
from standardwebhooks import Webhook
from typer.testing import CliRunner, Result

from tasks.archive import database
from tasks.deliveries import relay
from tests.worker.conftest import variables
from worker.cli import app
from worker.settings import Settings

from .conftest import Receiver, tell

pytestmark = pytest.mark.parametrize("archive_settings", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _environment(chosen: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in variables(chosen).items():
        monkeypatch.setenv(name, value)
    yield
    database.close()


def typed(*words: str, status: int = 0) -> Result:
    result = CliRunner().invoke(app, ["subscribe", *words])
    assert result.exit_code == status, result.output
    return result


def shown(name: str = "desk") -> dict[str, object]:
    return dict(json.loads(typed("show", name).stdout))


def test_a_secret_is_printed_once_and_signs_what_is_sent_and_is_shown_nowhere(
    archive: Engine, broker: redis.Redis, chosen: Settings, receiver: Receiver, capfd: pytest.CaptureFixture[str]
) -> None:
    secret = typed("add", receiver.url, "--name", "desk", "--pair", "KAZ GBR").stdout.strip()
    typed("test", "desk")
    Webhook(secret).verify(receiver.log[0].body, receiver.log[0].headers)
    receiver.answer = lambda _n, _body: (500, {})
    tell(archive, "a", pairs=[["GBR", "KAZ"]])
    relay.catch_up(archive, broker, chosen)
    told = typed("list").output + typed("list", "--json").output + typed("show", "desk").output
    told += "".join(capfd.readouterr())
    assert "HTTP 500" in told
    assert secret not in told
    assert secret.removeprefix("whsec_") not in told


def test_what_it_stopped_at_can_be_set_aside_and_sent_again_later(
    archive: Engine, broker: redis.Redis, chosen: Settings, receiver: Receiver
) -> None:
    typed("add", receiver.url, "--name", "desk", "--type", "reading")
    tell(archive, "poison", "good")
    receiver.answer = lambda n, body: (410 if b"poison" in body and n < 3 else 200, {})
    relay.catch_up(archive, broker, chosen)
    assert (shown()["state"], shown()["waiting"]) == ("paused", 2)
    assert "poison" in typed("resume", "desk", "--skip").output
    relay.catch_up(archive, broker, chosen)
    assert (shown()["state"], shown()["waiting"], shown()["set_aside"]) == ("active", 0, 1)
    typed("retry", "desk", status=1)
    typed("retry", "desk")
    assert shown()["set_aside"] == 0
    assert [json.loads(each.body)["id"] for each in receiver.taken] == ["good", "poison"]


def test_a_pause_keeps_what_comes_and_a_removal_does_not(
    archive: Engine, broker: redis.Redis, chosen: Settings, receiver: Receiver
) -> None:
    typed("add", receiver.url, "--name", "desk")
    typed("pause", "desk")
    tell(archive, "a")
    relay.catch_up(archive, broker, chosen)
    assert receiver.log == []
    assert typed("rotate", "desk").stdout.startswith("whsec_")
    typed("resume", "desk")
    relay.catch_up(archive, broker, chosen)
    assert len(receiver.log) == 1
    assert len(receiver.log[0].headers["webhook-signature"].split()) == 2
    typed("remove", "desk")
    tell(archive, "b")
    relay.catch_up(archive, broker, chosen)
    assert len(receiver.log) == 1


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("add", "ftp://desk.example/hook"), "no http or https URL"),
        (("add", "https://me:secret@desk.example/hook"), "leave them out"),
        (("add", "https://desk.example/hook", "--name", "Мой"), "is no name"),
        (("add", "https://desk.example/hook", "--pair", "KAZ"), "two codes"),
        (("add", "https://desk.example/hook", "--pair", "KAZ QQQ"), "neither a state nor a bloc"),
        (("add", "https://desk.example/hook", "--actor", "NOPE"), "neither a state nor a bloc"),
        (("add", "https://desk.example/hook", "--secret-file", "absent"), "absent"),
        (("remove", "stream"), "pause it instead"),
        (("show", "nobody"), "there are stream"),
        (("resume", "stream", "--skip"), "no event to skip"),
    ],
)
def test_what_can_not_be_is_told_in_one_line(words: tuple[str, ...], why: str, monkeypatch: pytest.MonkeyPatch,
                                             tmp_path: Path) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["subscribe", *words])
    assert result.exit_code in (1, 2)
    assert why in " ".join(result.output.split())
    assert "Traceback" not in result.output
