"""The command line, run as a person would run it: real processes, a real broker, real signals."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tasks.reading.record import Reading
from tasks.reading.verify import problems

CHANCERY = Path(sys.executable).with_name("chancery")
pytestmark = pytest.mark.timeout(300)

ARTICLE = """Министр обороны Словении посетит Софию

Министр обороны Словении прибудет в Болгарию во вторник. Об этом сообщила пресс-служба ведомства.

«Мы обсудим совместные учения», — заявил министр обороны Боштьян Крамар.
"""
PAGE = """<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>Переговоры в Риге</title></head><body>
<nav><a href="/">Главная</a></nav><article><h1>Переговоры в Риге</h1>
<p>Делегация Эстонии прибыла в Ригу на переговоры о транзите. Стороны обсудят тарифы и сроки ремонта путей.</p>
<p>«Мы рассчитываем на соглашение», — сказала глава делегации Анна Тамм. По её словам, договор готов.</p>
</article></body></html>"""


def processes_of(data_dir: Path) -> list[int]:
    """Every living process that was started for this data directory, ourselves left out."""
    if not Path("/proc").is_dir():
        pytest.skip("this machine has no /proc, through which processes are counted")
    mark = f"CHANCERY_DATA_DIR={data_dir}\0".encode()
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                zombie = (folder / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
                if mark in (folder / "environ").read_bytes() and not zombie:
                    found.append(int(folder.name))
            except OSError:
                continue
    return found


def until(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHANCERY_")}
    return kept | {"CHANCERY_DATA_DIR": str(tmp_path / "data"), "CHANCERY_READ_PROCESSES": "1"}


def run(
    environment: dict[str, str], *arguments: str | Path, stdin: bytes = b"", cwd: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    command = [str(CHANCERY), *map(str, arguments)]
    return subprocess.run(command, env=environment, input=stdin, capture_output=True, timeout=240, cwd=cwd)


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A whole deployment, brought up by `chancery up` and stopped by SIGTERM."""
    data = tmp_path_factory.mktemp("up") / "data"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHANCERY_")}
    env = kept | {"CHANCERY_DATA_DIR": str(data), "CHANCERY_READ_PROCESSES": "1", "CHANCERY_FETCH_THREADS": "2"}
    # One attempt, and addresses of this machine may be fetched: a page that nobody serves ends in quarantine at once.
    env |= {"CHANCERY_ATTEMPTS": "1", "CHANCERY_FETCH_ALLOW": "127.0.0.0/8"}
    with (data.parent / "log").open("wb") as log, subprocess.Popen([CHANCERY, "up"], env=env, stderr=log) as process:
        try:
            assert until(lambda: run(env, "health").returncode == 0, 120), (data.parent / "log").read_text()
            yield env
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(180)
    assert until(lambda: not processes_of(data)), "what `chancery up` started is still running"


def test_read_without_arguments_reads_the_sample_and_leaves_no_process(environment: dict[str, str]) -> None:
    done = run(environment, "read")
    shown = done.stdout.decode()
    assert done.returncode == 0, done.stderr.decode()
    for part in ("Тихий поворот Баку", "Cut", "headlines", "Actors", "AZE", "Who says what", "Whose word it rests on"):
        assert part in shown
    assert "Каспийский циркуляр (channel, telegram, anonymous)" in " ".join(shown.split())
    assert until(lambda: not processes_of(Path(environment["CHANCERY_DATA_DIR"])))


def test_json_readings_come_in_the_order_of_the_inputs_and_a_bad_input_costs_only_itself(
    deployment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "b.txt").write_text(ARTICLE, "utf-8")
    (tmp_path / "a.html").write_text(PAGE, "utf-8")
    (tmp_path / "c.txt.gz").write_bytes(gzip.compress(ARTICLE.replace("вторник", "среду").encode("cp1251")))
    (tmp_path / "empty.txt").write_text("")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "1.txt").write_text(ARTICLE.replace("вторник", "четверг"), "utf-8")
    (folder / "2.md").write_text(ARTICLE.replace("вторник", "пятницу"), "utf-8")
    inputs = ("b.txt", "a.html", "empty.txt", "absent.txt", "c.txt.gz", "-", "folder")
    done = run(
        deployment, "read", "--json", *inputs, stdin=ARTICLE.replace("вторник", "субботу").encode(), cwd=tmp_path
    )
    readings = [Reading.model_validate_json(line) for line in done.stdout.splitlines()]
    days = ("вторник", "Ригу", "среду", "субботу", "четверг", "пятницу")
    assert [day in reading.document.text for day, reading in zip(days, readings, strict=True)] == [True] * 6
    assert [problem for reading in readings for problem in problems(reading)] == []
    errors = done.stderr.decode()
    assert done.returncode == 1
    assert "empty.txt: " in errors
    assert "absent.txt: there is no such file" in errors
    assert "Traceback" not in errors


def test_the_same_text_gives_the_same_reading_byte_for_byte(deployment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, "utf-8")
    first, known = (run(deployment, "read", "--json", tmp_path / "a.txt").stdout for _ in range(2))
    assert first == known, "what is in the archive comes back as it was kept"
    (tmp_path / "empty").mkdir()
    apart = deployment | {"CHANCERY_DATA_DIR": str(tmp_path / "empty")}
    once, twice = (json.loads(line) for line in (first, run(apart, "read", "--json", tmp_path / "a.txt").stdout))
    assert once["document"].pop("received") != twice["document"].pop("received")
    assert json.dumps(once) == json.dumps(twice)


def test_jobs_are_submitted_waited_for_shown_and_listed(deployment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, "utf-8")
    submitted = run(deployment, "submit", tmp_path / "a.txt", "--source", "wire")
    job = submitted.stdout.decode().strip()
    waited = run(deployment, "wait", "-", "--json", stdin=submitted.stdout)
    outcome = json.loads(waited.stdout)
    assert (waited.returncode, outcome["job"], outcome["state"]) == (0, job, "succeeded")
    assert outcome["reading"]["document"]["text"] == ARTICLE
    shown = json.loads(run(deployment, "jobs", job).stdout)
    assert (shown["state"], shown["source"], shown["attempts"]) == ("succeeded", "wire", 1)
    listed = [json.loads(line) for line in run(deployment, "jobs", "--json").stdout.splitlines()]
    assert job in [record["id"] for record in listed]
    assert run(deployment, "cancel", job).stdout.decode() == f"{job} succeeded\n"


def test_an_article_that_cannot_be_read_ends_rejected_with_the_reason(deployment: dict[str, str]) -> None:
    submitted = run(deployment, "submit", "-", stdin="12 345 — 67!".encode())
    waited = run(deployment, "wait", "-", stdin=submitted.stdout)
    assert waited.returncode == 1
    assert "rejected" in waited.stdout.decode()
    assert "no letter" in waited.stdout.decode()


def test_a_job_that_failed_for_good_is_shown_run_again_and_dropped(deployment: dict[str, str]) -> None:
    job = run(deployment, "submit", "http://127.0.0.1:1/gone").stdout.decode().strip()
    assert "quarantined" in run(deployment, "wait", job).stdout.decode()
    listed = [json.loads(line)["id"] for line in run(deployment, "quarantine", "list", "--json").stdout.splitlines()]
    assert job in listed
    shown = json.loads(run(deployment, "quarantine", "show", job).stdout)
    assert (shown["record"]["state"], shown["job"]["article"]["url"]) == ("quarantined", "http://127.0.0.1:1/gone")
    assert "127.0.0.1" in shown["record"]["message"]
    assert run(deployment, "quarantine", "replay", job).stdout.decode() == f"{job} replayed\n"
    assert "quarantined" in run(deployment, "wait", job).stdout.decode()
    assert json.loads(run(deployment, "jobs", job).stdout)["attempts"] == 2
    assert run(deployment, "quarantine", "drop", job).stdout.decode() == f"{job} dropped\n"
    assert job not in run(deployment, "quarantine", "list", "--json").stdout.decode()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("wait", "nonsense"), "is no job id"),
        (("wait", "00000000-0000-4000-8000-000000000000"), "no job 00000000"),
        (("jobs", "--state", "nonsense"), "no state is called nonsense"),
        (("schema", "nonsense"), "no schema is called nonsense"),
        (("read", "--json", "nowhere"), "there is no such file"),
        (("quarantine", "replay", "00000000-0000-4000-8000-000000000000"), "in quarantine"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    deployment: dict[str, str], arguments: tuple[str, ...], says: str
) -> None:
    done = run(deployment, *arguments)
    assert done.returncode != 0
    assert says in done.stderr.decode()
    assert len(done.stderr.decode().strip().splitlines()) == 1


def test_a_service_without_a_broker_says_which_setting_is_missing(environment: dict[str, str]) -> None:
    for command in (("worker", "--queue", "read"), ("beat",), ("intake",)):
        done = run(environment, *command)
        assert done.returncode == 2
        assert "CHANCERY_BROKER_URL is not set" in done.stderr.decode()


def test_a_broker_that_is_not_there_is_told_within_the_time_to_submit(environment: dict[str, str]) -> None:
    gone = environment | {"CHANCERY_BROKER_URL": "redis://127.0.0.1:1/0", "CHANCERY_SUBMIT_SECONDS": "1"}
    done = run(gone, "submit")
    assert done.returncode == 1
    assert "redis://127.0.0.1:1/0 does not answer" in done.stderr.decode()


def test_an_unknown_setting_is_warned_of_with_the_one_that_was_meant(environment: dict[str, str]) -> None:
    done = run(environment | {"CHANCERY_READ_PROCESES": "3"}, "schema", "reading")
    assert done.returncode == 0
    done = run(environment | {"CHANCERY_READ_PROCESES": "3"}, "health")
    assert "did you mean CHANCERY_READ_PROCESSES" in done.stderr.decode()


def test_the_doctor_finds_a_running_deployment_sound(deployment: dict[str, str]) -> None:
    done = run(deployment, "doctor")
    assert done.returncode == 0, done.stdout.decode()
    for part in ("versions", "broker", "workers", "models", "slovnet_ner_news_v1"):
        assert part in done.stdout.decode()


def test_the_schema_of_a_reading_is_valid_and_describes_one(deployment: dict[str, str]) -> None:
    import jsonschema

    schema = json.loads(run(deployment, "schema", "reading").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    reading = json.loads(run(deployment, "read", "--json").stdout)
    jsonschema.validate(reading, schema)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_read_that_is_interrupted_leaves_no_process_behind(
    environment: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    for i in range(200):
        (tmp_path / f"{i}.txt").write_text(ARTICLE * 20 + str(i), "utf-8")
    data = Path(environment["CHANCERY_DATA_DIR"])
    with subprocess.Popen([CHANCERY, "read", "--json", tmp_path], env=environment, stdout=subprocess.PIPE) as reading:
        assert reading.stdout
        assert reading.stdout.readline(), "it never began"
        reading.send_signal(number)
        assert reading.wait(120) == 128 + number
    assert until(lambda: not processes_of(data))

    def states() -> set[str]:
        listed = run(environment, "jobs", "--json", "--limit", "1000").stdout.splitlines()
        return {json.loads(line)["state"] for line in listed}

    # A worker that had to be killed leaves what it ran to the next one's sweep.
    assert until(lambda: states() <= {"succeeded", "cancelled"})
    assert "cancelled" in states()


def test_a_read_whose_process_is_killed_leaves_no_process_behind(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE * 100, "utf-8")
    data = Path(environment["CHANCERY_DATA_DIR"])
    with subprocess.Popen([CHANCERY, "read", "-"], env=environment, stdin=subprocess.PIPE) as reading:
        assert until(lambda: (data / "run" / "endpoint.json").exists()), "it never started a broker"
        reading.kill()
    assert until(lambda: not processes_of(data))


def test_two_reads_at_once_share_one_broker(environment: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for i in range(50):
        (folder / f"{i}.txt").write_text(ARTICLE + str(i), "utf-8")
    command = [str(CHANCERY), "read", "--json", str(folder)]
    endpoint = Path(environment["CHANCERY_DATA_DIR"]) / "run" / "endpoint.json"
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as one:
        assert until(endpoint.exists)
        url = json.loads(endpoint.read_text())["url"]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as two:
            out, _ = two.communicate(timeout=200)
            assert two.returncode == 0
            assert len(out.splitlines()) == 50
            out, _ = one.communicate(timeout=200)
            assert one.returncode == 0
            assert len(out.splitlines()) == 50
    log = (Path(environment["CHANCERY_DATA_DIR"]) / "broker" / "log").read_text(errors="replace")
    assert url.rpartition(":")[2].partition("/")[0] in log
    assert log.count("Ready to accept connections") == 1
    assert until(lambda: not processes_of(Path(environment["CHANCERY_DATA_DIR"])))


def test_a_submission_that_is_broken_off_is_resumed_by_the_same_command(
    deployment: dict[str, str], tmp_path: Path
) -> None:
    texts = [ARTICLE.replace("вторник", f"{day} октября") for day in range(1, 31)]
    lines = [json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts]
    command = [str(CHANCERY), "submit", "-", "--source", "resumed"]
    with subprocess.Popen(
        command, env=deployment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as broken:
        assert broken.stdin
        assert broken.stdout
        assert broken.stderr
        broken.stdin.writelines(lines[:20])
        broken.stdin.flush()
        first = [broken.stdout.readline().strip() for _ in range(10)]
        broken.send_signal(signal.SIGINT)
        first += broken.stdout.read().split()
        said = broken.stderr.read()
        assert broken.wait(60) == 130
    assert "goes on from there" in said
    (tmp_path / "all.jsonl").write_text("".join(lines), "utf-8")
    resumed = run(deployment, "submit", tmp_path / "all.jsonl", "--source", "resumed")
    ids = resumed.stdout.decode().split()
    assert resumed.returncode == 0
    assert ids[: len(first)] == first
    assert len(set(ids)) == 30
    assert f"{30 - len(first)} taken, {len(first)} known already" in resumed.stderr.decode()
    assert run(deployment, "wait", "-", stdin=resumed.stdout).returncode == 0


def test_a_bulk_submission_tells_what_was_taken_and_what_was_rejected(
    deployment: dict[str, str], tmp_path: Path
) -> None:
    records = [{"text": ARTICLE.replace("вторник", "июне")}, {"texd": "a"}, {"text": ARTICLE.replace("вторник", "мае")}]
    (tmp_path / "wire.jsonl").write_text("\n".join(json.dumps(record) for record in records))
    done = run(deployment, "submit", tmp_path / "wire.jsonl", "--source", "bulk")
    said = done.stderr.decode()
    assert done.returncode == 1
    assert len(done.stdout.split()) == 2
    assert "wire.jsonl:2: " in said
    assert "2 taken, 1 rejected" in said
