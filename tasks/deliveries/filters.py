"""What a subscription wants to hear of: types of events, pairs, actors, sources, flags, words.

A filter's dimensions are joined by *and*, the values of one by *or*; a dimension without values asks for nothing. What
an event does not speak of at all (a quarantine has no pair) does not match a filter that asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, Any, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from tasks.archive import words
from tasks.archive.keeping import name_key
from tasks.archive.outbox import EventType
from tasks.reading.record import Flag

TYPES: tuple[str, ...] = get_args(EventType)
FLAGS: tuple[str, ...] = (*get_args(Flag), "rests-on-claims", "rests-on-anonymous-sources", "one-pole")
"""Of readings and reposts, and of shifts."""
_VALUES = 1000
"""Of one dimension."""


def _type(value: str) -> str:
    known = value if value.startswith("chancery.") else f"chancery.{value}.v1"
    if known not in TYPES:
        short = ", ".join(each.split(".")[1] for each in TYPES)
        raise ValueError(f"no event is of type {value!r}: there are {short}")
    return known


def _pair(value: Any) -> tuple[str, str]:
    codes = value.replace("-", " ").split() if isinstance(value, str) else [*value]
    if len(codes) != 2 or codes[0] == codes[1] or not all(isinstance(code, str) and code for code in codes):
        raise ValueError(f"{value!r} is no pair: give two codes, as in 'KAZ GBR'")
    first, second = sorted(code.upper() for code in codes)
    return first, second


def _flag(value: str) -> str:
    if value not in FLAGS:
        raise ValueError(f"no flag is called {value!r}: there are {', '.join(FLAGS)}")
    return value


Text = Annotated[str, Field(min_length=1, max_length=200)]


class Filter(BaseModel):
    """What a subscription wants. Pairs are unordered, codes are ISO 3166-1 alpha-3 or those of blocs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    types: list[Annotated[str, AfterValidator(_type)]] = Field(default=[], max_length=_VALUES)
    pairs: list[tuple[str, str]] = Field(default=[], max_length=_VALUES)
    actors: list[Annotated[Text, AfterValidator(str.upper)]] = Field(default=[], max_length=_VALUES)
    sources: list[Text] = Field(default=[], max_length=_VALUES)
    flags: list[Annotated[str, AfterValidator(_flag)]] = Field(default=[], max_length=_VALUES)
    words: list[Text] = Field(default=[], max_length=_VALUES, description="stemmed; a phrase asks for all of its words")

    @model_validator(mode="before")
    @classmethod
    def _pairs(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and data.get("pairs"):
            return {**data, "pairs": [_pair(each) for each in data["pairs"]]}
        return data

    @model_validator(mode="after")
    def _words_mean_something(self) -> Self:
        for phrase in self.words:
            if not stems(phrase):
                raise ValueError(f"there is no word in {phrase!r}")
        return self

    def wants(self, facets: Facets) -> bool:
        """Whether what an event speaks of is wanted."""
        asked = (
            (self.types, {facets.type}), (self.pairs, facets.pairs), (self.actors, facets.actors),
            ([name_key(name) for name in self.sources], facets.sources), (self.flags, facets.flags),
        )  # fmt: skip
        if any(wanted and not spoken_of.intersection(wanted) for wanted, spoken_of in asked):
            return False
        return not self.words or any(stems(phrase) <= facets.stems for phrase in self.words)

    def told(self) -> str:
        """The filter in one line, for people; empty where everything is wanted."""
        parts = {
            "types": [each.split(".")[1] for each in self.types], "pairs": ["-".join(pair) for pair in self.pairs],
            "actors": self.actors, "sources": self.sources, "flags": self.flags, "words": self.words,
        }  # fmt: skip
        return "; ".join(f"{name}: {', '.join(values)}" for name, values in parts.items() if values)


@dataclass(frozen=True)
class Facets:
    """What an event speaks of, as filters ask for it."""

    type: str
    pairs: set[tuple[str, str]] = field(default_factory=set)
    actors: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    flags: set[str] = field(default_factory=set)
    stems: frozenset[str] = frozenset()


def facets(type_: str, data: Mapping[str, Any], texts: Iterable[str] | None = ()) -> Facets:
    """What an event of this type with this data speaks of.

    ``texts`` are further texts that words are looked for in; None where no word is asked for.
    """
    pairs = {_pair(pair) for pair in (*(data.get("pairs") or ()), data.get("pair") or ()) if len({*pair}) == 2}
    actors = {str(code).upper() for code in (*(data.get("actors") or ()), *(data.get("pair") or ()))}
    actors |= {code for pair in pairs for code in pair}
    sources = {name_key(_name(source)) for source in data.get("sources") or ()}
    said = frozenset().union(*(stems(text) for text in (*texts, *_texts(data)))) if texts is not None else frozenset()
    flags = {*(data.get("flags") or ()), *(["attribution-stripped"] if data.get("stripped") else [])}
    return Facets(type_, pairs, actors, sources, flags, said)


def _name(source: Any) -> str:
    return str(source.get("name", "")) if isinstance(source, Mapping) else str(source)


def _texts(data: Any) -> Iterable[str]:
    """What people wrote in an event's data: titles, contents, evidence."""
    if isinstance(data, Mapping):
        for name, value in data.items():
            if isinstance(value, str) and name in {"title", "content", "evidence", "text", "message"}:
                yield value
            elif isinstance(value, (list, Mapping)):
                yield from _texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)


@lru_cache(maxsize=512)
def stems(text: str) -> frozenset[str]:
    """The stems of a text's words, as the archive is searched by them."""
    return frozenset(words.stems(text))
