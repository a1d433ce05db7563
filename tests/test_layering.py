"""The contracts in pyproject.toml (import-linter) hold, and would not if an arrow were turned round."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

VIOLATIONS = {
    "tasks/reading/blocks.py": {
        "from worker import jobs": "reading is pure",
        "import redis": "reading is pure",
        "from urllib import request": "reading is pure",
        "import sqlite3": "reading is pure",
        "import subprocess": "reading is pure",
        "def late():\n    import celery": "reading is pure",
        "from tasks import page": "arrows point one way",
    },
    "worker/ledger.py": {
        "from tasks.reading import record": "the worker knows nothing of news",
        "import tasks": "the worker knows nothing of news",
    },
    "tasks/unplaced.py": {"": "arrows point one way"},
}


def lint(folder: Path) -> tuple[int, str]:
    """Runs the contracts over the packages in a folder: exit status, report."""
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from importlinter import cli; sys.exit(cli.lint_imports(no_cache=True))"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_every_import_follows_the_arrows() -> None:
    status, report = lint(ROOT)
    assert status == 0, report


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [(module, line, contract) for module, lines in VIOLATIONS.items() for line, contract in lines.items()],
)
def test_an_import_against_the_arrows_is_reported_by_its_contract(
    tmp_path: Path, module: str, line: str, contract: str
) -> None:
    for package in ("worker", "tasks"):
        shutil.copytree(
            ROOT / package,
            tmp_path / package,
            ignore=lambda folder, names: [
                name for name in names if not (Path(folder, name).is_dir() or name.endswith(".py"))
            ],
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")

    status, report = lint(tmp_path)

    assert status == 1
    broken = [text for text in report.splitlines() if "BROKEN" in text]
    assert len(broken) == 1, report
    assert broken[0].startswith(contract), report
