"""What a person names on the command line, as articles to submit: files, folders, pages, standard input.

A file is told by what is in it: an article (text or HTML), records (`records`: JSON lines, CSV, ninjs, readings;
`newsml`: NewsML-G2), or a container of articles (`containers`: tar, zip; `warc`). Each may be gzipped. Nothing is left
out silently: what is no article comes with the reason, or as a note.
"""

from __future__ import annotations

from .files import gather
from .items import Input
from .readings import stored_readings

__all__ = ["Input", "gather", "stored_readings"]
