"""What goes wrong with the archive, in words for whoever has to mend it. Importing this costs nothing."""

from __future__ import annotations


class ArchiveError(Exception):
    """The archive can't be used as it is; the message says why, and what to do."""


class ArchiveUnavailable(ArchiveError):
    """The archive can't be reached or is locked: it may pass."""
