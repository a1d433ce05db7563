"""README says what is: its settings, commands and pictures."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from pydantic_core import PydanticUndefined

from tests.conftest import ROOT
from worker.settings import SECRETS, Limits, Settings

README = (ROOT / "README.md").read_text("utf-8")


def settings_table() -> str:
    """The table of settings, as README has to have it."""
    rows = ["| variable | default | what |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        variable = f"`CHANCERY_{name.upper()}`" + (" (`_FILE`)" if name in SECRETS else "")
        if isinstance(field.default, Limits):
            variable, default = (
                f"`CHANCERY_{name.upper()}__SOFT`, `__HARD`",
                f"{field.default.soft}, {field.default.hard}",
            )
            what = f"seconds a job of the {name.partition('_')[0]} queue may take: ended, then killed"
        else:
            default = "" if field.default in (None, PydanticUndefined) else f"{field.default}".removesuffix(".0")
            what = field.description or ""
        rows.append(f"| {variable} | {default} | {what} |")
    return "\n".join(rows)


def test_every_setting_is_told_with_its_default() -> None:
    table = settings_table()
    assert table in README, f"README's table of settings is to be:\n{table}"


def test_every_command_that_is_named_exists() -> None:
    named = set(re.findall(r"`?chancery ([a-z]+)", README)) - {"is"}
    shown = subprocess.run(
        [Path(sys.executable).with_name("chancery"), "--help"], capture_output=True, text=True, timeout=180, check=True
    ).stdout
    assert {command for command in named if not re.search(rf"[│|]\s+{command}\s", shown)} == set()


def test_every_file_that_is_linked_exists() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    assert [link for link in links if not link.startswith("http") and not (ROOT / link).exists()] == []
