"""Flower's options: a view of the queues behind a password, without the buttons that stop workers."""

import os
from pathlib import Path

_password = Path(os.environ["MONITOR_PASSWORD_FILE"]).read_text(encoding="utf-8").strip()
if not _password:
    raise SystemExit("MONITOR_PASSWORD_FILE names an empty file: make the secrets with worker/image/secrets.sh")

basic_auth = [f"chancery:{_password}"]
read_only = True
