"""The words that attribute: which frames they take and what they say of their content.

The words themselves stand in ``cues.toml``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

from ..record import SpeechStatus

Status = SpeechStatus
Frame = Literal[
    "that",
    "quote",
    "aside",
    "about",
    "to",
    "wish",
    "ask",
    "small",
    "as",
    "seen",
    "heard",
    "charge",
    "likeness",
    "known",
    "phrase",
    "question",
    "begun",
    "cause",
    "words",
    "upon",
]


@dataclass(frozen=True, slots=True)
class Cue:
    """What a dictionary form attributes with. ``findings`` limits it to studies, data and those who make them."""

    frames: frozenset[str]
    status: Status
    findings: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The cue words by dictionary form, «ё» written as «е»."""

    verbs: dict[str, Cue] = field(default_factory=dict)
    predicatives: dict[str, Cue] = field(default_factory=dict)
    reflexive: frozenset[str] = frozenset()
    phrases: dict[str, tuple[frozenset[str], Status]] = field(default_factory=dict)
    nouns: frozenset[str] = frozenset()
    after_po: frozenset[str] = frozenset()
    attributing: frozenset[str] = frozenset()
    """All of the verbs and predicatives, alone, in phrases and reflexive: of no other anything is asked."""
    not_after_soglasno: frozenset[str] = frozenset()


@lru_cache(maxsize=50_000)
def plain(word: str) -> str:
    """Lower case without «ё», as the lexicon is keyed."""
    return word.lower().replace("ё", "е")


def _words(text: str) -> list[str]:
    return [plain(w) for w in text.split()]


def _add(into: dict[str, Cue], group: dict[str, str | list[str]]) -> None:
    frames = frozenset(group["frames"])
    findings = group.get("subject") == "findings"
    status: Status = group["status"]  # type: ignore[assignment]
    for word in _words(str(group["words"])):
        known = into.get(word)
        if known is None:
            into[word] = Cue(frames, status, findings)
        else:
            # A word of several groups takes the frames of all; its first group says its status.
            into[word] = Cue(known.frames | frames, known.status, known.findings and findings)


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    data: dict[str, Any] = tomllib.loads(files(__package__).joinpath("cues.toml").read_text("utf-8"))
    return data


def word_set(name: str) -> frozenset[str]:
    """One of the sets of ``cues.toml``, by name."""
    return frozenset(_words(_data()["sets"][name]))


@lru_cache(maxsize=1)
def _of_nouns() -> dict[str, Status]:
    statuses: dict[Status, str] = _data()["noun_statuses"]
    return {word: status for status, words in statuses.items() for word in _words(words)}


def noun_status(lemma: str) -> Status:
    """What a noun of saying says of its content: «по прогнозу» predicts, «по мнению» claims, «по словам» says."""
    return _of_nouns().get(lemma, "says")


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon of ``cues.toml``, read once."""
    data = _data()
    verbs: dict[str, Cue] = {}
    predicatives: dict[str, Cue] = {}
    for group in data["verbs"]:
        _add(verbs, group)
    for group in data["predicatives"]:
        _add(predicatives, group)
    phrases: dict[str, tuple[frozenset[str], Status]] = {}
    for group in data["phrases"]:
        nouns = frozenset(_words(group["nouns"]))
        for verb in _words(group["verbs"]):
            phrases[verb] = (phrases.get(verb, (frozenset(), "claims"))[0] | nouns, group["status"])
    reflexive = frozenset(_words(data["reflexive"]["words"]))
    return Lexicon(
        verbs=verbs,
        predicatives=predicatives,
        attributing=reflexive.union(verbs, predicatives, phrases),
        reflexive=reflexive,
        phrases=phrases,
        nouns=frozenset(_words(data["nouns"]["words"])),
        after_po=frozenset(_words(data["prepositional"]["after_po"])),
        not_after_soglasno=frozenset(_words(data["prepositional"]["not_after_soglasno"])),
    )
