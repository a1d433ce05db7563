"""What another reader makes of the same text: what is added, what is gone, what is told otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from . import keeping

Part = Literal["attributions", "sources", "events", "attitudes"]
PARTS: tuple[Part, ...] = ("attributions", "sources", "events", "attitudes")
EXAMPLES = 3
"""Shown of each part and kind of change."""
_WORDS = 140

Reading = dict[str, Any]
"""As JSON-ready data."""


@dataclass(frozen=True)
class Example:
    """A change in one text: ``before`` or ``after`` is empty where the thing is only in the other reading."""

    outlet: str
    words: str
    before: str
    after: str


@dataclass
class Changes:
    """How many texts were read again and how many otherwise; of each part how many things were added, removed and
    changed, with examples.
    """

    texts: int = 0
    changed: int = 0
    added: Counter[Part] = field(default_factory=Counter)
    removed: Counter[Part] = field(default_factory=Counter)
    altered: Counter[Part] = field(default_factory=Counter)
    examples: dict[Part, list[Example]] = field(default_factory=dict)

    def count(self, before: Reading, after: Reading) -> None:
        """Adds the changes from one reading of a text to another."""
        self.texts += 1
        differs = False
        for part in PARTS:
            one, other = things(before, part), things(after, part)
            for counter, chosen in (
                (self.added, [key for key in other if key not in one]),
                (self.removed, [key for key in one if key not in other]),
                (self.altered, [key for key in one if key in other and one[key] != other[key]]),
            ):
                counter[part] += len(chosen)
                differs = differs or bool(chosen)
                for key in chosen:
                    self._show(part, before, key, one.get(key, ""), other.get(key, ""))
        self.changed += differs

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready data."""
        return {
            "texts": self.texts, "changed": self.changed,
            "parts": {
                part: {
                    "added": self.added[part], "removed": self.removed[part], "changed": self.altered[part],
                    "examples": [vars(example) for example in self.examples.get(part, [])],
                }
                for part in PARTS
            },
        }  # fmt: skip

    def _show(self, part: Part, reading: Reading, key: Any, before: str, after: str) -> None:
        shown = self.examples.setdefault(part, [])
        kind = (not before, not after)
        if sum(((not e.before, not e.after) == kind) for e in shown) < EXAMPLES:
            document = reading["document"]
            words = key[-1] if part == "sources" else keeping.words_of(document["text"], key[-1])
            cut = words if len(words) <= _WORDS else words[:_WORDS].rpartition(" ")[0] + " …"
            shown.append(Example(document["outlet"] or document["url"] or "", cut, before, after))


def things(reading: Reading, part: Part) -> dict[Any, str]:
    """What a reading has of a part: each thing by what makes it the same in two readings, with what is said of it."""
    return _THINGS[part](reading)


def _attributions(reading: Reading) -> dict[Any, str]:
    sources = {s["id"]: s for s in reading["sources"]}
    return {
        (_spans(a["content"]),): f"{a['kind']}, by {_name(sources.get(a['source']))}" for a in reading["attributions"]
    }


def _sources(reading: Reading) -> dict[Any, str]:
    return {
        (keeping.name_key(s["name"]), s["name"]): s["kind"] + ", anonymous" * s["anonymous"] for s in reading["sources"]
    }


def _events(reading: Reading) -> dict[Any, str]:
    return {
        (e["actor"], e["recipient"], _spans(e["evidence"])): f"{e['actor']} {e['type']} {e['recipient']}, {e['status']}"
        + _by(reading, e["attribution"])
        for e in reading["events"]
    }


def _attitudes(reading: Reading) -> dict[Any, str]:
    return {
        (t["holder"], t["target"], _spans(t["evidence"])): f"{t['holder']} {t['polarity']} towards {t['target']}"
        + _by(reading, t["attribution"])
        for t in reading["attitudes"]
    }


_THINGS: dict[Part, Callable[[Reading], dict[Any, str]]] = {
    "attributions": _attributions, "sources": _sources, "events": _events, "attitudes": _attitudes,
}  # fmt: skip


def _by(reading: Reading, attribution: str | None) -> str:
    """Whose word it is, where it is not the article's."""
    source = next((a["source"] for a in reading["attributions"] if a["id"] == attribution), None)
    found = next((s for s in reading["sources"] if s["id"] == source), None)
    return f", says {_name(found)}" if attribution else ""


def _name(source: dict[str, Any] | None) -> str:
    return source["name"] if source else "nobody named"


def _spans(spans: Iterable[Iterable[int]]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(span) for span in spans)
