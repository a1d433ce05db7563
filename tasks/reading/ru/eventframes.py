"""The frames of events: words with their PLOVER type and the places of their parties, from ``eventframes.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from ..record import EventType, Quad, Topic
from .cues import plain

QUADS: dict[EventType, Quad] = {
    **dict.fromkeys(("AGREE", "CONSULT", "SUPPORT", "CONCEDE"), "verbal-cooperation"),
    **dict.fromkeys(("COOPERATE", "AID", "RETREAT"), "material-cooperation"),
    **dict.fromkeys(("REQUEST", "ACCUSE", "REJECT", "THREATEN"), "verbal-conflict"),
    **dict.fromkeys(("PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"), "material-conflict"),
}
"""PLOVER's quad class of each type (Halterman et al. 2023)."""


def active(lemma: str) -> str:
    """The dictionary form without the reflexive ending: «вестись» → «вести»."""
    return lemma[:-2] if lemma.endswith(("ся", "сь")) and len(lemma) > 4 else lemma


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of a party: ``obj``, ``dat``, ``gen``, ``ins``, ``adj``, or a preposition with its case."""

    prep: str
    case: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What a word says and where its parties stand.

    ``targets``: the recipient may be struck in what is its («украинские позиции»); ``people``: in its people.
    ``deeds``: it is aimed at an act of the recipient's («осудил действия Израиля»); ``officials``: only people do it;
    ``reverse``: the subject receives («получила помощь от ЕС»). ``joint``: sides that are only named together
    must do it together («совместные учения»). ``forces``: only an army does it («войска вошли в Грузию»).
    ``goods``: the recipient is whose the things are («ввоз грузинских вин»). ``crowd``: people do it in the street,
    for the state where they are. ``armed``: only who bears arms does it, or a state by name. ``systems``: what is
    broken into from afar. ``going``: only where a verb says that it goes on («сотрудничество расширяется»).
    ``places``: the recipient may be told by where it lies («посетил верфь в Чили»). ``refusal``: not doing it refuses
    it («не признал»). ``membership``: a state leaves or joins a bloc («вышла из ЕС»). ``by``: the preposition of a
    phrase's noun («голосовать за резолюцию»). ``needs``: the words that a verb says it only with, or what must
    describe the noun of a phrase («санкционный список», «нота с требованием»); ``unless``: those with which it does
    not («передать послание»).
    """

    type: EventType
    root: str
    to: tuple[Slot, ...]
    from_: tuple[Slot, ...] = ()
    mutual: bool = False
    targets: bool = False
    people: bool = False
    deeds: bool = False
    officials: bool = False
    reverse: bool = False
    joint: bool = False
    forces: bool = False
    goods: bool = False
    crowd: bool = False
    armed: bool = False
    systems: bool = False
    going: bool = False
    places: bool = False
    refusal: bool = False
    membership: bool = False
    topic: Topic | None = None
    by: str = ""
    needs: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Frames:
    """Frames by dictionary form, in the order in which they are tried; ``phrases`` by verb, then noun or infinitive."""

    verbs: dict[str, tuple[Frame, ...]]
    nouns: dict[str, tuple[Frame, ...]]
    phrases: dict[str, dict[str, tuple[Frame, ...]]]
    topics: dict[str, Topic]
    words: dict[str, frozenset[str]]
    carriers: dict[str, str]
    organs: dict[str, str]


def _slot(text: str) -> Slot:
    prep, _, case = text.rpartition("+")
    return Slot(prep, case)


def _words(text: str) -> list[str]:
    return [plain(w) for w in text.split()]


def _frame(entry: dict[str, Any]) -> Frame:
    return Frame(
        type=entry["type"],
        root=entry["root"],
        to=tuple(_slot(s) for s in entry["to"]),
        from_=tuple(_slot(s) for s in entry.get("from", ())),
        mutual=entry.get("mutual", False),
        targets=entry.get("targets", False),
        people=entry.get("people", False),
        deeds=entry.get("deeds", False),
        officials=entry.get("officials", False),
        reverse=entry.get("reverse", False),
        joint=entry.get("joint", False),
        forces=entry.get("forces", False),
        goods=entry.get("goods", False),
        crowd=entry.get("crowd", False),
        armed=entry.get("armed", False),
        systems=entry.get("systems", False),
        going=entry.get("going", False),
        places=entry.get("places", False),
        refusal=entry.get("refusal", False),
        membership=entry.get("membership", False),
        topic=entry.get("topic"),
        by=entry.get("by", ""),
        needs=frozenset(entry.get("needs", ())),
        unless=frozenset(_words(entry.get("unless", ""))),
    )


def _by_word(entries: list[dict[str, Any]]) -> dict[str, tuple[Frame, ...]]:
    out: dict[str, tuple[Frame, ...]] = {}
    for entry in entries:
        frame = _frame(entry)
        for word in _words(entry["words"]):
            out[word] = (*out.get(word, ()), frame)
    return out


@lru_cache(maxsize=1)
def frames() -> Frames:
    """The frames of ``eventframes.toml``, read once."""
    data = tomllib.loads(files(__package__).joinpath("eventframes.toml").read_text("utf-8"))
    verbs = _by_word(data["verbs"])
    nouns = _by_word(data["nouns"])
    phrases: dict[str, dict[str, tuple[Frame, ...]]] = {}
    for entry in data["phrases"]:
        frame = _frame(entry)
        for verb in _words(entry["verbs"]):
            of_verb = phrases.setdefault(verb, {})
            for noun in _words(entry["nouns"]):
                of_verb[noun] = (*of_verb.get(noun, ()), frame)
    topics: dict[str, Topic] = {w: topic for topic, words in data["topics"].items() for w in _words(words)}
    words = {name: frozenset(_words(text)) for part in ("words", "status") for name, text in data[part].items()}
    carriers = dict(pair.split(":") for pair in _words(data["carriers"]["words"]))
    organs = {word: kind for kind, text in data["organs"].items() for word in _words(text)}
    return Frames(verbs, nouns, phrases, topics, words, carriers, organs)
