"""Processes that do not outlive their parent, however it ends."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def die_with_parent(signal: int) -> None:
    """The kernel sends this process the signal when its parent dies. On Linux; elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal, 0, 0, 0)


def bound_to_parent(signal: int) -> Callable[[], None]:
    """For ``preexec_fn``: the same for a child, which does not start where the parent has died meanwhile."""
    parent = os.getpid()

    def bind() -> None:
        die_with_parent(signal)
        if os.getppid() != parent:
            os._exit(1)

    return bind
