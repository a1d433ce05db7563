"""What is killed: a process that keeps readings without end, and one that delivers without end.

python -m tests.deliveries.processes keep FIRST | deliver
"""

from __future__ import annotations

import itertools
import sys
import time

from tasks.archive.database import engine, writing
from tasks.archive.keeping import keep
from tasks.deliveries import relay
from tests.archive.articles import made
from worker.ledger import connect
from worker.settings import load


def main(role: str, first: str = "0") -> None:
    chosen = load()
    archive = engine(chosen)
    if role == "deliver":
        client = connect(chosen)
        while True:
            relay.catch_up(archive, client, chosen)
            time.sleep(0.01)
    for n in itertools.count(int(first)):
        with writing(archive) as connection:
            keep(connection, made(f"Посол № {n} прибыл.\n«Рады ему», — сообщил вестник."))


if __name__ == "__main__":
    main(*sys.argv[1:])
