"""What can go wrong with a fetch: what stays so, what may pass, and what only has to wait."""

from __future__ import annotations


class Refused(ValueError):
    """It can't be fetched, and that stays so: ``code`` for machines, the message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Unavailable(Exception):
    """It can't be fetched, and that may pass; ``after`` is the least number of seconds to wait before another try.

    ``status`` is that of the answer, where there was one.
    """

    def __init__(self, code: str, message: str, after: float = 0.0, status: int | None = None) -> None:
        super().__init__(message)
        self.code, self.after, self.status = code, after, status


class NotYet(Unavailable):
    """Nothing was tried: the host has all the visitors it is to have or, ``resting``, failed and is left alone."""

    def __init__(self, code: str, message: str, after: float, *, resting: bool) -> None:
        super().__init__(code, message, after)
        self.resting = resting
