"""What is known already costs no reading.

A reading depends on the text, the title, the time of publication and the reader. So a kept reading serves again

- where this text was seen at this place before: it comes back as it was kept, whatever the title says by now;
- where the text is seen elsewhere (another URL or outlet) under the same title and time: the place is added to the
  text's appearances, and the reading comes back with the new place in its ``document``.

Under another title or time the text is read anew for whoever asks; `keeping.keep` then adds the appearance, and goes on
having the reading of the first.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, Row

from tasks.reading.record import Document, Reader

from . import database, keeping
from .tables import appearances, documents, readings


def recall(
    archive: Engine, document: Document, reader: Reader, *, url: str | None = None, forwarded_from: str | None = None
) -> dict[str, Any] | None:
    """The kept reading that serves for this document, as JSON-ready data; None where it has to be read.

    ``url`` is canonical. Raises ArchiveUnavailable.
    """
    with database.reading(archive) as connection:
        kept = _kept(connection, document.id, keeping.reader_key(reader))
        if kept is None:
            return None
        seen = sa.select(appearances.c.id).where(appearances.c.key == keeping.appearance_key(document, url))
        if connection.scalar(seen) is not None:
            return keeping.with_text(kept.body, document.text)
    read = Document.model_validate(kept.body["document"] | {"text": document.text})
    if (read.title, _moment(read.published)) != (document.title, _moment(document.published)):
        return None
    with database.writing(archive) as connection:
        # It may have been removed meanwhile, by its age.
        if _kept(connection, document.id, keeping.reader_key(reader)) is None:
            return None
        keeping.appear(connection, document, kept.language, url=url, forwarded_from=forwarded_from)
    return kept.body | {"document": document.model_dump(mode="json")}


def _kept(connection: Connection, document: str, reader: str) -> Row[Any, Any] | None:
    return connection.execute(
        sa.select(readings.c.body, documents.c.language).join_from(readings, documents)
        .where(readings.c.document == document, readings.c.reader == reader)
    ).one_or_none()  # fmt: skip


def _moment(published: datetime | None) -> float | None:
    return published.timestamp() if published else None
