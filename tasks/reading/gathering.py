"""The actors of one article while they are gathered: who was found where, and which state is named beside whom."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import TypeAdapter

from .gazetteer.files import blocs
from .gazetteer.lexicon import members, states
from .record import Actor, ActorKind, MentionForm
from .tokens import Parse

Span = tuple[int, int]
ACTORS = TypeAdapter(list[Actor])


@dataclass(slots=True)
class Found:
    """An actor being gathered: ``ru`` is its fullest name so far, ``mentions`` its form and other meanings by span."""

    kind: ActorKind
    ru: str
    en: str | None = None
    state: str | None = None
    mentions: dict[Span, tuple[MentionForm, list[str] | None]] = field(default_factory=dict)


class Gathering:
    """Actors by id, and their mentions by where they begin and end.

    ``day`` (ISO) decides what is dated. ``taken`` holds the tokens that a gazetteer's name has claimed, so that the
    tagger's name for the same thing is not a second actor.
    """

    def __init__(self, parse: Parse, day: str) -> None:
        self.parse = parse
        self.day = day
        self.found: dict[str, Found] = {}
        self.taken: set[int] = set()
        self._starts: dict[int, list[tuple[int, str, MentionForm]]] = {}
        self._stops: dict[int, list[tuple[str, MentionForm]]] = {}

    def add(self, actor: str, form: MentionForm, start: int, stop: int, alternatives: list[str] | None = None) -> None:
        """One more mention of an actor that is known; the first of two at one span stays."""
        mentions = self.found[actor].mentions
        if (start, stop) in mentions:
            return
        mentions[start, stop] = form, alternatives or None
        self._starts.setdefault(start, []).append((stop, actor, form))
        self._stops.setdefault(stop, []).append((actor, form))

    def know(self, actor: str) -> str:
        """The state, bloc or international body of a gazetteer id, begun if it is new."""
        if actor not in self.found:
            if actor in states():
                state = states()[actor]
                self.found[actor] = Found("state", state.ru, state.en)
            else:
                bloc = blocs()[actor]
                kind: ActorKind = "body" if bloc.get("kind") == "body" else "bloc"
                self.found[actor] = Found(kind, bloc["names"][0].strip("«»"), bloc["en"], bloc.get("of"))
        return actor

    def place(self, name: str, start: int, stop: int) -> None:
        """A mention of a place under its name in the nominative."""
        actor = f"place:{key(name)}"
        self.found.setdefault(actor, Found("place", name))
        self.add(actor, "name", start, stop)

    def state_beside(self, first: int, last: int) -> tuple[str | None, int]:
        """The state or bloc that a name after tokens ``first`` to ``last``, or an adjective before, names.

        With it the index after its last token: «МИД» + «России», «российский» + «МИД».
        """
        tokens = self.parse.tokens
        if last < len(tokens):
            for stop, actor, form in self._starts.get(tokens[last].start, ()):
                if form == "name" and self.found[actor].kind in ("state", "bloc"):
                    while last < len(tokens) and tokens[last].start < stop:
                        last += 1
                    return actor, last
        if first:
            for actor, form in self._stops.get(tokens[first - 1].stop, ()):
                if form == "adjective" and self.found[actor].kind in ("state", "bloc"):
                    return actor, last
        return None, last

    def state_within(self, first: int, last: int) -> str | None:
        """The first state that tokens ``first`` to ``last`` name, or the state of the first body that they name."""
        for token in self.parse.tokens[first:last]:
            for stop, actor, _ in self._starts.get(token.start, ()):
                if stop <= self.parse.tokens[last - 1].stop:
                    state = actor if self.found[actor].kind == "state" else self.found[actor].state
                    if self.found[actor].kind in ("state", "body") and state in states():
                        return state
        return None

    def actors(self) -> list[Actor]:
        """The record's actors, in the order of their first mention."""
        text = self.parse.text
        first = {actor: min(found.mentions) for actor, found in self.found.items()}
        out = []
        for actor in sorted(self.found, key=lambda actor: (first[actor], actor)):
            found = self.found[actor]
            listed = members(actor, self.day) if found.kind == "bloc" else None
            mentions = [
                {"span": span, "text": text[slice(*span)], "as": form, "alternatives": others}
                for span, (form, others) in sorted(found.mentions.items())
            ]
            out.append({
                "id": actor, "kind": found.kind, "name": {"ru": found.ru, "en": found.en}, "members": listed or None,
                "state": found.state, "mentions": mentions,
            })  # fmt: skip
        return ACTORS.validate_python(out)


def key(name: str) -> str:
    """A name as an id has it: lower case, single spaces."""
    return " ".join(name.lower().split())
