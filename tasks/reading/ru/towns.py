"""Which state a town lies in that is no capital: what is struck, visited or left there is that state's."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files

from .cues import plain

ENDINGS = {
    "а": ("ы", "и", "е", "у", "ой"),
    "я": ("и", "е", "ю", "ей"),
    "ь": ("я", "ю", "ем", "е", "и", "ью"),
    "й": ("я", "ю", "ем", "е", "и"),
    "ы": ("", "ам", "ами", "ах"),
    "и": ("", "ам", "ами", "ах"),
}
"""What the last letter of a name gives way to in the cases; after a consonant they are added."""
HARD = ("а", "у", "ом", "е")
LASTING = "оеуюэё"


@lru_cache(maxsize=1)
def towns() -> dict[str, str]:
    """The state of every case of every town of ``towns.toml``, in small letters."""
    data = tomllib.loads(files(__package__).joinpath("towns.toml").read_text("utf-8"))
    return {form: state for state, names in data.items() for name in names.split() for form in _forms(plain(name))}


def _forms(name: str) -> tuple[str, ...]:
    if name[-1] in LASTING:
        return (name,)
    endings = ENDINGS.get(name[-1])
    if endings is None:
        return (name, *(name + ending for ending in HARD))
    return (name, *(name[:-1] + ending for ending in endings))
